"""Extending a clock: to which day, by whom, and how it climbs afterwards."""

from datetime import date, datetime, timedelta

import pytest

from service.db import db
from service.deadlines import operations
from service.deadlines.extension import NotExtendable, extended
from service.deadlines.ladder import Course
from service.deadlines.models import ClockRule
from service.deadlines.rules import ZONE, Term, Unit
from service.errors import Invalid, WrongState
from tests.deadlines.table import CHINA, at

REGION = ("150821", "150800", "150000")
MONDAY = at("2026-11-23 09:00")
WORKING, DAYS, CLOCK = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.CLOCK_HOURS


def here(month, day, hour=None, year=2026):
    """A full hour of a day, or its close of business."""
    return (
        datetime(year, month, day, 17, 30, tzinfo=ZONE)
        if hour is None
        else datetime(year, month, day, hour, tzinfo=ZONE)
    )


def reach(term, until, longest=None, start=MONDAY, **course):
    standing = Course(start, term, **course)
    return extended(standing, until, standing.only(CHINA)[1].due_at, longest, CHINA)


# --- which day -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "until", "longest", "length"),
    [
        (Term(15, WORKING), date(2026, 12, 21), 30, 20),
        (Term(15, WORKING), date(2027, 1, 5), 30, 30),
        (Term(30, DAYS, 90), date(2026, 12, 31), 90, 38),
        # The ninetieth day is Sunday, 2027-02-21: a cap ends on the Friday before.
        (Term(30, DAYS, 90), date(2027, 2, 19), 90, 88),
        # Without a cap the sixtieth day, a Friday, or a rest day that rolls to the Monday.
        (Term(30, DAYS), date(2027, 1, 22), 60, 60),
        (Term(30, DAYS), date(2027, 1, 25), 61, 61),
    ],
)
def test_the_length_is_the_one_that_reaches_the_day(term, until, longest, length):
    found = reach(term, until, longest)
    assert (found.length, found.moment) == (length, None)
    assert found.due_at.astimezone(ZONE) == CHINA.close(until)


@pytest.mark.parametrize(
    ("term", "until", "longest", "said"),
    [
        (Term(15, WORKING), date(2026, 12, 19), 30, "不上班（周末）"),
        (Term(15, WORKING), date(2027, 1, 1), 30, "元旦假期（预计）"),
        (Term(15, WORKING), date(2026, 12, 14), 30, "晚于现在的期限"),
        (Term(15, WORKING), date(2026, 12, 11), 30, "晚于现在的期限（2026年12月14日 17:30）"),
        (Term(15, WORKING), date(2027, 1, 6), 30, "最晚可以延到2027年1月5日 17:30：总计不得超过30个工作日"),
        (Term(30, DAYS, 90), date(2027, 2, 22), 90, "最晚可以延到2027年2月19日 17:30：总计不得超过90日"),
        (Term(15, WORKING), date(2090, 1, 4), None, "太远"),
        (Term(15, WORKING), date(9999, 12, 31), None, "太远"),
        (Term(15, WORKING), date(1, 1, 1), None, "晚于"),
    ],
)
def test_a_day_that_cannot_be_granted_gets_a_sentence(term, until, longest, said):
    with pytest.raises(NotExtendable) as refusal:
        reach(term, until, longest)
    assert said in str(refusal.value)


def test_the_ninety_days_run_from_the_first_delivery():
    first = MONDAY - timedelta(days=50)
    with pytest.raises(NotExtendable, match="最晚可以延到2026年12月31日"):
        reach(Term(30, DAYS, 90), date(2027, 1, 8), 90, cap_from=first)
    assert reach(Term(30, DAYS, 90), date(2026, 12, 31), 90, cap_from=first).length == 38


def test_a_day_on_which_the_clock_stood_still_is_none():
    pauses = [(here(11, 24, 10), here(12, 2, 10))]
    standing = Course(MONDAY, Term(1, WORKING), None, pauses)
    with pytest.raises(NotExtendable, match="暂停计时"):
        extended(standing, date(2026, 12, 2), here(12, 1), None, CHINA)


def test_hours_round_the_clock_are_extended_to_the_close_of_a_day_even_of_rest():
    found = reach(Term(24, CLOCK), date(2026, 11, 28))
    assert (found.moment, found.length) == (here(11, 28), 5)
    with pytest.raises(NotExtendable, match="总计不得超过48小时"):
        reach(Term(24, CLOCK), date(2026, 11, 28), 48)


def test_a_superiors_moment_moves_to_the_close_of_a_working_day_within_the_term():
    assert reach(None, date(2026, 12, 4), fixed=here(12, 1, 12)).moment == here(12, 4)
    with pytest.raises(NotExtendable, match="不上班"):
        reach(None, date(2026, 12, 5), fixed=here(12, 1, 12))
    both = {"term": Term(15, WORKING), "fixed": here(12, 1, 12)}
    assert reach(until=date(2026, 12, 14), **both).moment == here(12, 14)
    with pytest.raises(NotExtendable, match="最晚可以延到2026年12月14日"):
        reach(until=date(2026, 12, 15), **both)


def test_a_term_does_not_outgrow_a_superiors_later_moment():
    both = {"term": Term(15, WORKING), "fixed": here(12, 18, 12)}
    with pytest.raises(NotExtendable, match="上级要求"):
        reach(until=date(2026, 12, 18), **both)
    assert reach(until=date(2026, 12, 17), **both).length == 18


# --- on stored clocks ------------------------------------------------------------------------------------------------


@pytest.fixture
def revision(app):
    """A revision of the reference data of its own, so that nothing is remembered from another test."""
    return object()


def a_result(revision, regimes=(), fixed=None, **more):
    given = {"result": fixed} if fixed else {}
    (clock,) = operations.start(1, ("result",), regimes, MONDAY, REGION, revision, given, **more)
    return clock


@pytest.mark.parametrize(
    ("regimes", "fixed", "who"),
    [
        (("802",), None, "head"),
        ((), None, "supervisor"),
        (("assigned",), here(12, 1, 12), "supervisor"),
        # The law's own end is later than what the superior set: that is the supervisor's to move.
        (("802",), here(12, 1, 12), "supervisor"),
        (("802",), here(12, 30, 12), "head"),
    ],
)
def test_who_rules_on_an_extension(revision, regimes, fixed, who):
    assert operations.who_extends(a_result(revision, regimes, fixed), revision) == who


def test_a_clock_whose_rule_says_nothing_is_not_extended(revision):
    (clock,) = operations.start(1, ("sign",), (), MONDAY, REGION, revision)
    assert operations.who_extends(clock, revision) is None
    with pytest.raises(Invalid) as refusal:
        operations.extension(clock, date(2026, 12, 1), revision)
    assert refusal.value.errors == {"until": ["这个期限不能延长。"]}


def test_an_extension_is_told_before_it_is_granted(revision):
    clock = a_result(revision)
    assert operations.extension(clock, date(2026, 12, 21), revision).length == 20
    db.session.flush()
    assert (clock.granted, clock.extensions, clock.due_at) == (None, 0, here(12, 14))


def test_a_clock_that_was_reminded_climbs_anew_in_its_longer_course(revision):
    clock = a_result(revision)
    db.session.flush()
    (reminded,) = operations.sweep(here(12, 8))
    assert reminded.rung == "remind"
    db.session.expire_all()
    done = operations.extend(clock, date(2026, 12, 28), here(12, 9, 10), revision)
    assert (done.was, done.due_at, done.length) == (here(12, 14), here(12, 28), 25)
    assert (clock.granted, clock.extensions, clock.rung, clock.overdue_at) == (25, 1, 0, None)
    db.session.flush()
    fired = [(one.rung, one.at) for _ in range(3) for one in operations.sweep(here(12, 28))]
    assert fired == [("remind", here(12, 17, 12)), ("overdue", here(12, 28))]


def test_an_extension_that_leaves_the_reminder_behind_does_not_remind_again(revision):
    clock = a_result(revision)
    operations.extend(clock, date(2026, 12, 15), here(12, 14, 10), revision)
    assert (clock.rung, clock.next_at) == (1, here(12, 15))


@pytest.mark.parametrize("swept", [True, False])
def test_a_clock_that_was_overdue_stays_so_and_climbs_anew(revision, swept):
    clock = a_result(revision)
    db.session.flush()
    now = here(12, 16, 10)
    while swept and operations.sweep(now):
        pass
    db.session.expire_all()
    operations.extend(clock, date(2026, 12, 28), now, revision)
    assert (clock.overdue_at, clock.rung) == (here(12, 14), 0)
    db.session.flush()
    while operations.sweep(here(12, 28)):
        pass
    db.session.expire_all()
    assert (clock.rung, clock.overdue_at) == (2, here(12, 14))


def test_a_clock_is_extended_as_often_as_its_rule_says(revision):
    clock = a_result(revision, ("802",))
    operations.extend(clock, date(2026, 12, 30), MONDAY, revision)
    operations.extend(clock, date(2027, 1, 29), MONDAY, revision)
    with pytest.raises(Invalid) as refusal:
        operations.extend(clock, date(2027, 2, 5), MONDAY, revision)
    assert refusal.value.errors == {"until": ["这个期限最多延长 2 次，已经延长过 2 次。"]}
    assert (clock.granted, clock.extensions, clock.due_at) == (67, 2, here(1, 29, year=2027))


def test_the_rule_in_force_decides(revision):
    clock = a_result(revision)
    db.session.get(ClockRule, "result").extendable_by = None
    db.session.flush()
    with pytest.raises(Invalid, match="不能延长"):
        operations.extend(clock, date(2026, 12, 21), MONDAY, object())


def test_a_day_that_is_over_is_not_granted(revision):
    clock = a_result(revision)
    with pytest.raises(Invalid, match="已经过去"):
        operations.extend(clock, date(2026, 12, 15), here(12, 15), revision)
    assert clock.extensions == 0


def test_a_clock_that_is_over_is_not_extended(revision):
    clock = a_result(revision)
    operations.stop(1, ("result",), MONDAY)
    with pytest.raises(WrongState, match="已经结束"):
        operations.extend(clock, date(2026, 12, 21), MONDAY, revision)


def test_a_clock_that_stands_still_is_extended_and_runs_on_with_the_longer_term(revision):
    clock = a_result(revision)
    operations.pause(1, ("result",), here(12, 1, 10))
    operations.extend(clock, date(2026, 12, 21), here(12, 2, 10), revision)
    assert (clock.state, clock.next_at, clock.due_at) == ("paused", None, here(12, 21))
    operations.resume(1, ("result",), here(12, 3, 10), revision)
    # Two more working days did not count: that of the pause, the one between, and that of resuming make three.
    assert (clock.state, clock.due_at) == ("running", here(12, 24))


def test_an_urgent_clock_ends_at_the_close_of_the_granted_day_and_no_longer_pauses(revision):
    clock = a_result(revision, ("urgent",))
    assert clock.due_at == MONDAY + timedelta(hours=24)
    done = operations.extend(clock, date(2026, 11, 26), MONDAY, revision)
    assert (clock.due_at, clock.granted, clock.extended_to, done.length) == (here(11, 26), None, here(11, 26), 3)
    assert clock.moments[0] == MONDAY + (here(11, 26) - MONDAY) * 0.7
    assert operations.pause(1, ("result",), MONDAY) == []


def test_of_several_clocks_of_a_kind_each_has_its_party(revision):
    for party in ("150821-health", "150821-finance"):
        operations.start(1, ("co_handle",), (), MONDAY, REGION, revision, party=party)
    (held,) = operations.pause(1, ("co_handle",), here(11, 24, 10), "150821-health")
    assert held.label == "co_handle:150821-health"
    assert [clock.party for clock in operations.resume(1, ("co_handle",), here(11, 25, 10), revision, "nobody")] == []
    operations.stop(1, ("co_handle",), here(11, 25, 10), party="150821-finance")
    db.session.expire_all()
    states = {clock.party: clock.state for clock in operations.clocks_of(1)}
    assert states == {"150821-health": "paused", "150821-finance": "met"}
    fired = operations.sweep(here(12, 30))
    assert fired == []
    operations.resume(1, ("co_handle",), here(11, 26, 10), revision)
    db.session.flush()
    assert {one.party for one in operations.sweep(here(12, 30))} == {"150821-health"}


def test_the_explanation_tells_the_extension_the_pauses_and_the_cap(revision):
    clock = a_result(revision)
    operations.pause(1, ("result",), here(12, 1, 10))
    operations.resume(1, ("result",), here(12, 3, 10), revision)
    operations.extend(clock, date(2026, 12, 30), here(12, 4, 10), revision)
    told = operations.explain(clock, revision)
    assert told.notes == ("延期至2026年12月30日 17:30，经批准", "2026年12月1日 10:00至2026年12月3日 10:00暂停计时")
    assert told.days[-1].date == date(2026, 12, 30)


def test_the_explanation_of_a_cap_says_from_when_it_counts(revision):
    clock = a_result(revision, ("802",), cap_from=here(9, 1, 10))
    told = operations.explain(clock, revision)
    assert told.due_at == here(11, 30)
    assert told.notes == ("自2026年9月1日起总计不超过90日，不因暂停或转办而延长",)
    assert told.days[-1].reason.endswith("自2026年9月1日起总计不超过90日，到此为止")


def test_the_explanation_names_the_years_that_nobody_published(revision):
    clock = a_result(revision, ("802",))
    operations.extend(clock, date(2027, 1, 29), MONDAY, revision)
    told = operations.explain(clock, revision)
    assert (told.provisional, told.unpublished) == (True, (2027,))
    assert told.notes[-1] == "2027年放假安排尚未公布，期限为暂定，公布后重新计算"


def test_the_explanation_of_a_set_moment_has_no_days(revision):
    clock = a_result(revision, ("assigned",), here(12, 1, 12))
    assert operations.explain(clock, revision).notes == ("上级要求在2026年12月1日 12:00之前办结",)
    operations.extend(clock, date(2026, 12, 4), MONDAY, revision)
    told = operations.explain(clock, revision)
    assert (told.days, told.notes) == ((), ("延期至2026年12月4日 17:30，经批准",))


def test_the_explanation_of_a_clock_that_stands_still_says_since_when(revision):
    clock = a_result(revision)
    operations.pause(1, ("result",), here(12, 1, 10))
    assert operations.explain(clock, revision).notes == ("2026年12月1日 10:00起暂停计时",)
    later = operations.explain(clock, revision, here(12, 3, 10))
    assert later.due_at == here(12, 17)
