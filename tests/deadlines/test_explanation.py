"""Deadlines told day by day."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.deadlines.explanation import explain
from service.deadlines.rules import ZONE, Term, Unit, due
from tests.deadlines.test_rules import CHINA, MOMENTS, TERMS, at, held


def told(start, term, pauses=()):
    """Each day as 日 with a mark and its reason."""
    days = explain(at(start), term, CHINA, [(at(begin), at(until)) for begin, until in pauses]).days
    return [f"{day.date:%m-%d}{'+' if day.counted else '-'}{day.reason}" for day in days]


def test_working_days_leave_out_rest_and_pauses():
    assert told("2026-02-13 16:00", Term(3, Unit.WORKING_DAYS), [("2026-02-24 09:00", "2026-02-24 15:00")]) == [
        "02-13-起算日不计",
        "02-14+调休上班",
        *(f"02-{day}-春节假期" for day in range(15, 24)),
        "02-24-暂停",
        "02-25+工作日",
        "02-26+工作日",
    ]


def test_a_rest_day_under_a_pause_stays_a_rest_day():
    pauses = [("2026-11-27 09:00", "2026-11-30 09:00")]
    assert told("2026-11-26 16:00", Term(1, Unit.WORKING_DAYS), pauses) == [
        "11-26-起算日不计",
        "11-27-暂停",
        "11-28-周末",
        "11-29-周末",
        "11-30-暂停",
        "12-01+工作日",
    ]


def test_calendar_days_count_rest_days_and_roll_over_the_last():
    assert told("2026-11-26 10:00", Term(3, Unit.CALENDAR_DAYS)) == [
        "11-26-起算日不计",
        "11-27+工作日",
        "11-28+周末，按自然日计入",
        "11-29+周末，按自然日计入",
        "11-30-工作日，期限顺延到这一天",
    ]


def test_a_roll_may_pass_more_days_of_rest_and_a_pause():
    assert told("2026-11-26 10:00", Term(2, Unit.CALENDAR_DAYS), [("2026-11-30 09:00", "2026-11-30 10:00")]) == [
        "11-26-起算日不计",
        "11-27+工作日",
        "11-28+周末，按自然日计入",
        "11-29-周末，顺延",
        "11-30-暂停",
        "12-01-工作日，期限顺延到这一天",
    ]


def test_a_cap_says_that_it_ended_the_term():
    assert told("2026-11-26 10:00", Term(3, Unit.CALENDAR_DAYS, 3)) == [
        "11-26-起算日不计",
        "11-27+工作日，总计不超过3日，到此为止",
    ]


def test_hours_say_how_long_each_day_ran():
    assert told("2026-11-20 16:00", Term(4, Unit.WORKING_HOURS), [("2026-11-20 16:30", "2026-11-20 17:00")]) == [
        "11-20+工作日，计1小时",
        "11-21-周末",
        "11-22-周末",
        "11-23+工作日，计3小时",
    ]


def test_a_term_that_starts_after_hours_says_so():
    assert told("2026-11-23 19:00", Term(1, Unit.WORKING_HOURS)) == [
        "11-23-工作日，办公时间已过",
        "11-24+工作日，计1小时",
    ]


def test_clock_hours_run_through_nights_and_holidays():
    pauses = [("2026-02-16 22:00", "2026-02-18 00:00")]
    assert told("2026-02-16 20:30", Term(4, Unit.CLOCK_HOURS), pauses) == [
        "02-16+昼夜连续计时，计1小时30分",
        "02-17-暂停",
        "02-18+昼夜连续计时，计2小时30分",
    ]


@pytest.mark.parametrize("unit", list(Unit))
def test_the_explanation_ends_on_the_last_day(unit):
    deadline = explain(at("2026-09-28 10:00"), Term(9, unit), CHINA)
    assert deadline.days[0].date == at("2026-09-28 10:00").date()
    assert deadline.days[-1].date == deadline.due_at.astimezone(ZONE).date()


@settings(max_examples=300, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS)
def test_an_explanation_counts_what_the_term_is_long(data, start, term):
    """In days: as many as the term has, unless a cap cut it; the moment is that of due() in any case."""
    pauses = data.draw(held(start))
    deadline = explain(start, term, CHINA, pauses)
    plain = due(start, term, CHINA, pauses)
    assert (deadline.due_at, deadline.provisional) == (plain.due_at, plain.provisional)
    counted = sum(day.counted for day in deadline.days)
    cut = "到此为止" in deadline.days[-1].reason
    if not term.unit.in_hours:
        assert counted <= term.length if cut else counted == term.length
    assert [day.date for day in deadline.days] == sorted({day.date for day in deadline.days})
    assert isinstance(deadline.due_at, datetime)
