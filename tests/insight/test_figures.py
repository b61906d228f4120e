"""The figures that are judged, against complaints whose every fact is known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import false, true
from time_machine import Traveller

from service import clock
from service.casework import climbing
from service.casework import operations as casework
from service.complaints.models import Complaint
from service.db import transaction
from service.errors import WrongState
from service.insight import operations
from service.insight.rules import RATES, Figure, judged, overall
from tests.casework import ways
from tests.statements import counted as statements

A_DAY = timedelta(days=1)
SINCE, UNTIL = ways.MONDAY - A_DAY, ways.MONDAY + A_DAY * 60
NONE = dict.fromkeys(RATES, (0, 0))


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(ways.MONDAY, tick=False) as traveller:
        yield traveller


def counted(since: datetime = SINCE, until: datetime = UNTIL, scope: Any = None) -> dict[str, tuple[float, int]]:
    """Figure → what stands above the line and below it."""
    found = operations.figures(true() if scope is None else scope, since, until)
    return {one.code: (round(one.numerator, 6), one.denominator) for one in found}


def take(number: str, action: str, **given: Any) -> None:
    """One step, with fields beside those that it needs."""
    complaint = ways.stored(number)
    with transaction():
        ways.step_on(complaint, action, **given)


def answered(contact: bool = True) -> str:
    """A complaint that was replied to in time."""
    number, _ = ways.brought_to("handling")
    ways.go_on(number, *(["contact"] if contact else []), "draft", "approve", "reply")
    return number


def sweep() -> None:
    with transaction():
        while climbing.climb(clock.now()):
            pass


def test_where_nothing_was_filed_nothing_is_divided_by() -> None:
    assert counted() == NONE
    found = operations.figures(true(), SINCE, UNTIL)
    assert all(one.rate is None for one in found)
    assert overall(found) is None


def test_one_that_went_well_counts_in_full() -> None:
    take(answered(), "revisit", solved=True, satisfaction="very_satisfied")
    assert counted() == {
        "response": (1, 1), "solution": (1, 1), "satisfaction": (1, 1), "on_time": (1, 1), "signing": (1, 1),
        "hand_back": (0, 1), "redo": (0, 1),
    }  # fmt: skip
    assert overall(operations.figures(true(), SINCE, UNTIL)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("grade", "weight"),
    [("very_satisfied", 1), ("satisfied", 1), ("mostly_satisfied", 0.9), ("dissatisfied", 0), ("very_dissatisfied", 0)],
)
def test_satisfaction_counts_by_its_grade_and_a_reply_is_no_solution(grade: str, weight: float) -> None:
    take(answered(), "revisit", solved=False, satisfaction=grade, reason="款项没有到账。")
    found = counted()
    assert (found["solution"], found["satisfaction"]) == ((0, 1), (weight, 1))


def test_who_could_not_be_reached_is_in_no_denominator() -> None:
    take(answered(), "revisit", contacted=False, solved=None, satisfaction=None)
    found = counted()
    assert [found[code] for code in ("response", "solution", "satisfaction")] == [(0, 0)] * 3
    assert found["on_time"] == (1, 1)


def test_a_limit_that_ended_without_an_answer_counts_against_whoever_owed_it(travel: Traveller) -> None:
    ways.brought_to("handling")
    travel.shift(A_DAY * 40)
    sweep()
    found = counted()
    assert [found[code] for code in ("response", "solution", "satisfaction", "on_time")] == [(0, 1)] * 4


def test_a_late_answer_counts_as_late_and_once(travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    ways.go_on(number, "contact")
    travel.shift(A_DAY * 40)
    sweep()
    ways.go_on(number, "draft", "approve", "reply", "revisit")
    found = counted()
    assert (found["response"], found["solution"], found["on_time"]) == ((1, 1), (1, 1), (0, 1))


def close(number: str, role: str, **given: Any) -> Complaint:
    """Somebody closes a complaint; gives it as it stands then."""
    complaint = ways.stored(number)
    with transaction():
        casework.act(complaint, {role}, "close", given, ways.SOMEBODY[role], clock.now())
    return ways.stored(number)


@pytest.mark.parametrize("role", ["enterprise", "revisit_agent", "dispatcher"])
def test_closing_is_no_revisit_whoever_closes(role: str) -> None:
    close(answered(), role, solved=True)
    assert counted()["solution"] == (0, 0)


@pytest.mark.parametrize("role", ["revisit_agent", "dispatcher"])
def test_who_closes_unasked_sets_no_fact_of_the_enterprises(role: str) -> None:
    number = answered()
    take(number, "revisit", contacted=False, solved=None, satisfaction=None)
    complaint = close(number, role, solved=True, satisfaction="very_satisfied")
    assert (complaint.status, complaint.contacted, complaint.solved, complaint.satisfaction) == (
        "closed", False, None, None,
    )  # fmt: skip
    assert [counted()[code] for code in ("response", "solution", "satisfaction")] == [(0, 0)] * 3


@pytest.mark.parametrize("role", ["revisit_agent", "dispatcher"])
def test_who_closes_against_the_enterprises_word_does_not_change_it(role: str) -> None:
    number = answered()
    rate(number, satisfaction="very_dissatisfied", solved=False)
    complaint = close(number, role, solved=True)
    assert (complaint.status, complaint.solved, complaint.satisfaction) == ("closed", False, "very_dissatisfied")
    # The enterprise's own word counts, as it was said.
    assert (counted()["solution"], counted()["satisfaction"]) == ((0, 1), (0, 1))


def rate(number: str, action: str = "rate", **given: Any) -> None:
    """The enterprise's own word."""
    complaint = ways.stored(number)
    with transaction():
        casework.act(complaint, {"enterprise"}, action, given, ways.SOMEBODY["enterprise"], clock.now())


@pytest.mark.parametrize("action", ["rate", "close"])
def test_the_enterprises_own_rating_counts_where_nobody_asked(action: str) -> None:
    rate(answered(), action, solved=True, satisfaction="mostly_satisfied")
    found = counted()
    assert (found["solution"], found["satisfaction"]) == ((1, 1), (0.9, 1))


def test_a_grade_alone_does_not_say_whether_it_is_solved_and_does_not_count_yet() -> None:
    rate(answered(), satisfaction="satisfied")
    assert counted()["satisfaction"] == (0, 0)


def test_who_rates_and_is_asked_later_counts_once_in_the_month_of_the_question_with_the_last_word(
    travel: Traveller,
) -> None:
    number = answered()
    rate(number, solved=False, satisfaction="dissatisfied")
    rate(number, solved=True, satisfaction="satisfied")
    month = ways.MONDAY + A_DAY * 20
    assert counted(until=month)["satisfaction"] == (1, 1)
    travel.shift(A_DAY * 25)
    take(number, "revisit", solved=False, satisfaction="dissatisfied", reason="又没有付。")
    assert counted(until=month)["satisfaction"] == (0, 0)
    assert counted(month)["satisfaction"] == counted()["satisfaction"] == (0, 1)


def test_a_rating_that_is_changed_counts_when_it_was_said_last(travel: Traveller) -> None:
    number, month = answered(), ways.MONDAY + A_DAY * 20
    rate(number, solved=True, satisfaction="satisfied")
    travel.shift(A_DAY * 25)
    rate(number, solved=False, satisfaction="very_dissatisfied")
    assert (counted(until=month)["satisfaction"], counted(month)["satisfaction"]) == ((0, 0), (0, 1))
    travel.shift(A_DAY * 10)
    with pytest.raises(WrongState):
        rate(number, satisfaction="satisfied")


def test_what_a_ruling_took_out_of_the_count_is_in_no_figure() -> None:
    number, other = answered(), answered()
    take(other, "revisit")
    take(number, "revisit", solved=False, satisfaction="dissatisfied", reason="没有解决。")
    assert counted()["solution"] == (1, 2)
    ways.go_on(number, "appeal_counting", "rule_counting")
    found = counted()
    assert ways.stored(number).excluded
    assert found == {
        "response": (1, 1), "solution": (1, 1), "satisfaction": (1, 1), "on_time": (1, 1), "signing": (1, 1),
        "hand_back": (0, 1), "redo": (0, 1),
    }  # fmt: skip


def test_hand_backs_are_counted_against_dispatches_and_redos_against_replies() -> None:
    number, _ = ways.brought_to("dispatched")
    ways.go_on(number, "hand_back", "grant_hand_back", "dispatch", "sign", "draft", "approve", "reply", "redo")
    found = counted()
    # Dispatched, dispatched anew after the hand-back, and again for the redo.
    assert (found["hand_back"], found["redo"]) == ((1, 3), (1, 1))


def test_a_ticket_that_was_signed_late_is_not_signed_in_time(travel: Traveller) -> None:
    (late, _), (_early, _) = ways.brought_to("dispatched"), ways.brought_to("handling")
    travel.shift(A_DAY)
    ways.go_on(late, "sign")
    assert counted()["signing"] == (1, 2)


def test_what_was_withdrawn_owed_nothing() -> None:
    number, _ = ways.brought_to("handling")
    ways.go_on(number, "withdraw")
    assert counted() == {**NONE, "signing": (1, 1), "hand_back": (0, 1)}


def test_a_period_counts_only_what_falls_into_it(travel: Traveller) -> None:
    number = answered()
    travel.shift(A_DAY * 2)
    take(number, "revisit")
    noon = ways.MONDAY + A_DAY
    assert counted(SINCE, noon)["solution"] == (0, 0)
    assert counted(noon, UNTIL)["solution"] == (1, 1)
    assert (counted(SINCE, noon)["redo"], counted(noon, UNTIL)["redo"]) == ((0, 1), (0, 0))
    # The end is not part of a period, its beginning is.
    now = ways.MONDAY + A_DAY * 2
    assert (counted(now, UNTIL)["solution"], counted(SINCE, now)["solution"]) == ((1, 1), (0, 0))


def test_only_what_the_reader_reaches_is_counted() -> None:
    take(answered(), "revisit")
    assert counted(scope=false()) == NONE
    assert counted(scope=Complaint.department == ways.DEPARTMENT)["solution"] == (1, 1)
    assert counted(scope=Complaint.department == ways.OTHER) == NONE


def test_the_overall_figure_weighs_a_tenth_a_half_and_two_fifths() -> None:
    found = judged({
        "contacted_in_time": 9, "solved": 5, "satisfied": 7.9, "valid": 10, "met_in_time": 0, "due": 0,
        "signed_in_time": 0, "to_sign": 0, "hand_backs": 0, "dispatches": 0, "redone": 0, "replies": 0,
    })  # fmt: skip
    assert overall(found) == pytest.approx(0.1 * 0.9 + 0.5 * 0.5 + 0.4 * 0.79)
    assert {one.code: one.rate for one in found}["on_time"] is None
    assert Figure("x", "x", 0, 4).rate == 0
    assert Figure("x", "x", 3, 0).rate is None


def test_figures_take_one_statement() -> None:
    take(answered(), "revisit")
    with statements() as sent:
        operations.figures(true(), SINCE, datetime.now(UTC))
    assert len(sent) == 1
