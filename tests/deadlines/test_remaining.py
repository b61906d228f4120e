"""What is left of a deadline in working time. 2026-03-13 is a Friday, its neighbours are ordinary weeks."""

from datetime import datetime, timedelta

import pytest

from service.config import ROOT
from service.deadlines.operations import offline
from service.deadlines.remaining import Left, left
from service.deadlines.rules import ZONE, Calendar, Uncountable, Unit, is_near


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return offline(ROOT / "data")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        pytest.param("03-09 10:00", "03-13 17:30", Left(False, 4, None), id="four days later in the week"),
        pytest.param("03-12 10:00", "03-13 17:30", Left(False, 1, None), id="tomorrow at the close"),
        pytest.param("03-13 09:00", "03-13 17:30", Left(False, 0, hours(6)), id="today, the break not counted"),
        pytest.param("03-13 11:00", "03-13 15:30", Left(False, 0, hours(2)), id="today across the break"),
        pytest.param("03-13 17:00", "03-16 09:30", Left(False, 1, hours(1)), id="two half hours over a weekend"),
        pytest.param("03-13 17:00", "03-16 17:30", Left(False, 1, None), id="a day and a half hour"),
        pytest.param("03-13 10:00", "03-17 09:30", Left(False, 2, None), id="two days, the weekend not counted"),
        pytest.param("03-14 10:00", "03-16 09:30", Left(False, 1, hours(0.5)), id="on a Saturday for Monday morning"),
        pytest.param("03-13 19:00", "03-13 23:00", Left(False, 0, hours(0)), id="at night"),
        pytest.param("02-13 16:00", "02-27 17:30", Left(False, 5, None), id="over Spring Festival with make-up days"),
        pytest.param("09-30 10:00", "10-13 17:30", Left(False, 5, None), id="over National Day with make-up Saturday"),
        pytest.param("03-13 18:00", "03-13 17:30", Left(True, 0, hours(0)), id="late since a moment, after hours"),
        pytest.param("03-16 10:00", "03-13 17:30", Left(True, 1, hours(1)), id="late by an hour, on Monday"),
        pytest.param("03-18 10:00", "03-13 17:30", Left(True, 3, None), id="late by days"),
        pytest.param("03-13 10:00", "03-13 10:00", Left(False, 0, hours(0)), id="this very moment"),
    ],
)
def test_what_is_left_is_told_in_working_days_or_in_office_hours(
    now: str, due: str, expected: Left, calendar: Calendar
) -> None:
    assert left(at(now), at(due), calendar) == expected


def test_days_are_those_of_here_whatever_zone_the_moments_come_in(calendar: Calendar) -> None:
    now, due = datetime.fromisoformat("2026-03-12T17:00Z"), datetime.fromisoformat("2026-03-13T09:30Z")
    assert left(now, due, calendar) == Left(False, 0, hours(6))


def test_a_naive_moment_is_nobodys_time(calendar: Calendar) -> None:
    with pytest.raises(Uncountable):
        left(datetime(2026, 3, 13), at("03-13 10:00"), calendar)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "start", "end", "unit", "near"),
    [
        pytest.param("03-13 11:47", "03-13 09:00", "03-13 15:30", Unit.WORKING_HOURS, False, id="less than 70 of 100"),
        pytest.param("03-13 11:48", "03-13 09:00", "03-13 15:30", Unit.WORKING_HOURS, True, id="70 of 100"),
        pytest.param("03-13 10:23", "03-13 09:00", "03-13 11:00", Unit.CLOCK_HOURS, False, id="two hours, not yet"),
        pytest.param("03-14 08:00", "03-13 15:00", "03-14 15:00", Unit.CLOCK_HOURS, True, id="at night as by day"),
        pytest.param("03-16 09:00", "03-13 09:00", "03-16 17:30", Unit.WORKING_DAYS, False, id="half of a day's limit"),
        pytest.param("03-16 15:00", "03-13 09:00", "03-16 17:30", Unit.WORKING_DAYS, True, id="its afternoon"),
        pytest.param("03-13 09:30", "03-02 09:00", "03-13 17:30", Unit.WORKING_DAYS, True, id="the last of ten days"),
        pytest.param("03-14 18:00", "03-14 09:00", "03-15 09:00", None, False, id="no office hours, not yet"),
        pytest.param("03-15 02:00", "03-14 09:00", "03-15 09:00", None, True, id="no office hours, by the clock"),
    ],
)
def test_a_term_is_near_its_end_when_most_of_it_has_run(
    now: str, start: str, end: str, unit: Unit | None, near: bool, calendar: Calendar
) -> None:
    assert is_near(at(now), at(start), at(end), unit, calendar) is near


def test_a_pause_is_no_part_of_what_has_run(calendar: Calendar) -> None:
    start, end, paused = at("03-12 09:00"), at("03-13 15:30"), [(at("03-12 10:00"), at("03-13 10:00"))]
    assert not is_near(at("03-13 11:00"), start, end, Unit.WORKING_HOURS, calendar, paused)
    assert is_near(at("03-13 11:48"), start, end, Unit.WORKING_HOURS, calendar, paused)
