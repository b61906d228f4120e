"""Which clocks a complaint follows, and when their ladders' rungs are reached."""

from datetime import timedelta

import pytest

from service.deadlines.ladder import KINDS, OWED_BY, REGIMES, RUNGS, Course, Rule, Rulebook, label, plan, regimes
from service.deadlines.rules import Term, Uncountable, Unit
from tests.deadlines.test_rules import CHINA, at

START = at("2026-11-23 10:00")
WHOLE = ["remind", "overdue", "supervise", "supervise_again", "summon"]


def a_rule(kind, regime):
    return Rule(f"{kind}-{regime}", kind, regime, "filed", None, "本平台服务承诺", False, None, None, ())


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (("arrears", "arrears.goods-services", "complaint", False, True, False), ("802",)),
        (("arrears", "arrears.goods-services", "complaint", True, True, True), ("802", "assigned", "urgent")),
        (("arrears", "arrears.goods-services", "inquiry", False, True, False), ("inquiry",)),
        (("arrears", "arrears.goods-services", "complaint", False, False, False), ()),
        (("default", "default.investment-promise", "complaint", False, False, True), ("assigned", "default")),
        (("factor", "factor.utilities", "request", True, False, False), ("urgent",)),
        (("factor", "factor.utilities", "inquiry", True, False, False), ("urgent", "inquiry")),
        (("policy", "policy.inquiry", "request", False, False, False), ("inquiry",)),
        (("market", "market.ip", "inquiry", False, False, False), ("inquiry",)),
        (("default", "default.judgment", "complaint", False, False, False), ("default",)),
        (("policy", "policy.subsidy", "request", False, False, False), ("policy",)),
        (("tax", "tax.refund", "complaint", False, False, False), ()),
    ],
)
def test_the_law_comes_first_then_a_superior_then_what_presses(facts, expected):
    assert regimes(*facts) == expected
    assert set(expected) <= set(REGIMES)


def test_each_kind_follows_the_first_regime_that_names_it_then_the_general_row():
    book = Rulebook([a_rule("contact", "urgent"), a_rule("result", "802"), a_rule("sign", "any")])
    found = {kind: book.find(kind, ("802", "urgent")).code for kind in ("contact", "result", "sign")}
    assert found == {"contact": "contact-urgent", "result": "result-802", "sign": "sign-any"}
    assert book.find("contact", ("802",)) is None


def test_a_kind_without_a_row_for_the_regime_follows_the_general_one():
    book = Rulebook([a_rule("result", "any"), a_rule("result", "802"), a_rule("transfer", "802")])
    assert book.find("result", ("802",)).code == "result-802"
    assert book.find("result", ("policy",)).code == "result-any"
    assert book.find("transfer", ("policy",)) is None


@pytest.mark.parametrize(
    ("term", "reached"),
    [
        (
            Term(5, Unit.WORKING_DAYS),
            ["2026-11-27 12:00", "2026-11-30 17:30", "2026-12-01 17:30", "2026-12-03 17:30", "2026-12-07 17:30"],
        ),
        (
            Term(30, Unit.CALENDAR_DAYS, 90),
            ["2026-12-14 17:30", "2026-12-23 17:30", "2026-12-24 17:30", "2026-12-28 17:30", "2026-12-30 17:30"],
        ),
        (
            Term(4, Unit.WORKING_HOURS),
            ["2026-11-23 15:18", "2026-11-23 16:30", "2026-11-24 12:00", "2026-11-25 10:00", "2026-11-25 16:30"],
        ),
        (
            Term(2, Unit.CLOCK_HOURS),
            ["2026-11-23 11:24", "2026-11-23 12:00", "2026-11-23 14:00", "2026-11-23 16:00", "2026-11-23 18:00"],
        ),
    ],
)
def test_the_rungs_stand_where_the_ladder_says(term, reached):
    course = plan(WHOLE, Course(START, term), CHINA)
    assert course.moments == [at(moment) for moment in reached]
    assert course.deadline.due_at == course.moments[1]


def test_a_superiors_moment_counts_where_it_is_earlier_or_all_there_is():
    fixed = START + timedelta(days=10)
    for term in (None, Term(15, Unit.WORKING_DAYS)):
        course = plan(WHOLE[:3], Course(START, term, fixed), CHINA)
        assert course.moments == [START + timedelta(days=7), fixed, at("2026-12-04 17:30")]
        assert not course.deadline.provisional
    assert plan([], Course(START, Term(5, Unit.WORKING_DAYS), fixed), CHINA).deadline.due_at == at("2026-11-30 17:30")


def test_of_a_term_that_its_cap_cuts_the_reminder_stands_at_a_share_of_what_is_left():
    """Four working days are left of sixty; 70 % of them are two days and four fifths of the third."""
    course = plan(WHOLE[:2], Course(START, Term(60, Unit.WORKING_DAYS, 5)), CHINA)
    assert course.moments == [at("2026-11-26 16:18"), at("2026-11-27 17:30")]


def test_a_term_counts_its_cap_from_where_an_earlier_one_began():
    """Delivered anew on day 75 of 90: fifteen days are left, whatever the term says."""
    began = START - timedelta(days=75)
    course = plan(WHOLE, Course(START, Term(30, Unit.CALENDAR_DAYS, 90), cap_from=began), CHINA)
    assert course.deadline.due_at == at("2026-12-08 17:30")
    assert course.moments[0] == at("2026-12-04 12:00")


def test_a_clock_whose_cap_had_ended_climbs_from_its_start():
    began = START - timedelta(days=100)
    course = plan(WHOLE, Course(START, Term(30, Unit.CALENDAR_DAYS, 90), cap_from=began), CHINA)
    assert course.deadline.due_at == at("2026-11-13 17:30")
    assert course.moments == [START, START, at("2026-11-24 17:30"), at("2026-11-26 17:30"), at("2026-11-30 17:30")]


def test_towards_a_respondent_the_ladder_goes_to_the_letter_and_to_censure():
    course = plan(["remind", "overdue", "letter", "censure"], Course(START, Term(5, Unit.WORKING_DAYS)), CHINA)
    assert course.moments[2:] == [at("2026-12-01 17:30"), at("2026-12-07 17:30")]


def test_whatever_rungs_a_ladder_has_they_stand_in_order():
    for unit in Unit:
        moments = plan(list(RUNGS), Course(START, Term(4, unit)), CHINA).moments
        assert moments == sorted(moments)


def test_a_clock_without_any_end_is_refused():
    with pytest.raises(Uncountable):
        plan([], Course(START, None), CHINA)


def test_every_kind_has_a_name_and_somebody_who_owes_it():
    assert all(KINDS.values())
    assert set(OWED_BY) == set(KINDS)


def test_a_clock_is_labelled_by_its_kind_and_by_whom_it_runs_for():
    assert [label("sign", None), label("co_handle", "150821-health")] == ["sign", "co_handle:150821-health"]
