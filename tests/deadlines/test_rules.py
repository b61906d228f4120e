"""The arithmetic of terms: cases worked out by hand, and agreement with the brute-force oracle."""

import os
import time as clock
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.deadlines.calendar import Years
from service.deadlines.rules import ZONE, Calendar, Mark, Term, Uncountable, Unit, Year, due, share
from tests.deadlines import oracle

CHINA = Calendar(Years({}))
HOURS, CLOCK, WORKING, DAYS = Unit.WORKING_HOURS, Unit.CLOCK_HOURS, Unit.WORKING_DAYS, Unit.CALENDAR_DAYS


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


@contextmanager
def server_in(zone):
    """The process as on a server of another zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    clock.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        clock.tzset()


CASES = [
    # The checked cases of the domain.
    ("2026-02-13 16:00", 5, WORKING, None, "2026-02-27 17:30"),
    ("2026-01-26 09:00", 30, WORKING, None, "2026-03-13 17:30"),
    ("2026-09-30 10:00", 5, WORKING, None, "2026-10-13 17:30"),
    # The start day never counts: early, late, at night, on a rest day.
    ("2026-11-23 00:00", 1, WORKING, None, "2026-11-24 17:30"),
    ("2026-11-23 23:59", 1, WORKING, None, "2026-11-24 17:30"),
    ("2026-11-21 10:00", 1, WORKING, None, "2026-11-23 17:30"),
    ("2026-11-20 10:00", 1, WORKING, None, "2026-11-23 17:30"),
    # A Saturday and a Sunday that are worked.
    ("2026-02-13 10:00", 1, WORKING, None, "2026-02-14 17:30"),
    ("2026-01-02 10:00", 1, WORKING, None, "2026-01-04 17:30"),
    ("2024-02-03 10:00", 1, WORKING, None, "2024-02-04 17:30"),
    # Calendar days count through rest days and roll over a last day of rest.
    ("2026-11-23 10:00", 4, DAYS, None, "2026-11-27 17:30"),
    ("2026-11-23 10:00", 5, DAYS, None, "2026-11-30 17:30"),
    ("2026-09-20 10:00", 11, DAYS, None, "2026-10-08 17:30"),
    ("2026-02-01 10:00", 13, DAYS, None, "2026-02-14 17:30"),
    ("2026-02-01 10:00", 14, DAYS, None, "2026-02-24 17:30"),
    ("2024-01-30 10:00", 30, DAYS, None, "2024-02-29 17:30"),
    ("2019-12-02 10:00", 30, DAYS, None, "2020-01-02 17:30"),
    # A cap never rolls: it ends on the last working day of its days.
    ("2026-11-23 10:00", 5, DAYS, 5, "2026-11-27 17:30"),
    ("2026-09-20 10:00", 11, DAYS, 11, "2026-09-30 17:30"),
    ("2026-09-20 10:00", 30, WORKING, 17, "2026-09-30 17:30"),
    ("2026-09-20 10:00", 5, DAYS, 90, "2026-09-28 17:30"),
    # None of its days is worked: it ends on the last of them, never before the start.
    ("2026-11-20 10:00", 1, WORKING, 2, "2026-11-22 17:30"),
    # Working hours stop over lunch, night, weekend and holidays, and end on the second.
    ("2026-11-23 09:00", 3, HOURS, None, "2026-11-23 12:00"),
    ("2026-11-23 09:00", 4, HOURS, None, "2026-11-23 15:30"),
    ("2026-11-23 11:59", 1, HOURS, None, "2026-11-23 15:29"),
    ("2026-11-23 12:30", 1, HOURS, None, "2026-11-23 15:30"),
    ("2026-11-23 14:30", 4, HOURS, None, "2026-11-24 10:00"),
    ("2026-11-23 20:00", 6, HOURS, None, "2026-11-24 17:30"),
    ("2026-11-20 16:30", 4, HOURS, None, "2026-11-23 12:00"),
    ("2026-02-14 16:30", 4, HOURS, None, "2026-02-24 12:00"),
    # Clock hours know no rest.
    ("2026-02-16 23:00", 2, CLOCK, None, "2026-02-17 01:00"),
    ("2026-12-31 20:00", 24, CLOCK, None, "2027-01-01 20:00"),
    # Years before the first arrangement still have weekends and New Year.
    ("2005-05-08 10:00", 1, WORKING, None, "2005-05-09 17:30"),
    ("1999-12-31 10:00", 1, WORKING, None, "2000-01-04 17:30"),
]


@pytest.mark.parametrize(("start", "length", "unit", "cap", "end"), CASES)
def test_a_term_ends_where_it_was_worked_out_by_hand(start, length, unit, cap, end):
    assert due(at(start), Term(length, unit, cap), CHINA).due_at == at(end)


@pytest.mark.parametrize(
    ("start", "length", "unit", "cap", "provisional"),
    [
        ("2026-12-21 10:00", 8, WORKING, None, False),
        ("2026-12-21 10:00", 9, WORKING, None, True),
        ("2026-12-21 10:00", 11, DAYS, None, True),
        ("2026-12-30 10:00", 1, DAYS, None, False),
        ("2026-12-31 16:00", 1, HOURS, None, False),
        ("2026-12-31 17:00", 1, HOURS, None, True),
        ("2026-12-31 17:00", 100, CLOCK, None, False),
        ("2026-12-21 10:00", 30, WORKING, 10, False),
        ("2026-12-21 10:00", 30, WORKING, 11, True),
        ("2027-03-01 10:00", 5, WORKING, None, True),
        ("2005-03-01 10:00", 5, WORKING, None, False),
        ("1999-03-01 10:00", 5, WORKING, None, True),
    ],
)
def test_a_term_is_provisional_where_it_needs_a_year_nobody_knows(start, length, unit, cap, provisional):
    assert due(at(start), Term(length, unit, cap), CHINA).provisional is provisional


@pytest.mark.parametrize(
    ("length", "unit", "pauses", "end"),
    [
        # Whole days that ran are kept; the day of the pause and the day of resuming do not count.
        (5, WORKING, [("2026-11-26 10:00", "2026-12-03 10:00")], "2026-12-08 17:30"),
        (5, WORKING, [("2026-11-26 18:00", "2026-12-03 10:00")], "2026-12-07 17:30"),
        (5, WORKING, [("2026-11-26 17:30", "2026-12-03 10:00")], "2026-12-07 17:30"),
        (5, WORKING, [("2026-11-26 17:29", "2026-12-03 00:00")], "2026-12-08 17:30"),
        (5, WORKING, [("2026-11-26 10:00", "2026-11-26 11:00")], "2026-12-01 17:30"),
        (5, WORKING, [("2026-11-23 10:00", "2026-11-23 11:00")], "2026-11-30 17:30"),
        (5, WORKING, [("2026-11-28 10:00", "2026-11-29 10:00")], "2026-11-30 17:30"),
        (5, WORKING, [("2026-12-01 10:00", "2026-12-09 10:00")], "2026-11-30 17:30"),
        (5, DAYS, [("2026-11-25 10:00", "2026-11-25 10:00")], "2026-11-30 17:30"),
        (5, DAYS, [("2026-11-30 10:00", "2026-12-01 10:00")], "2026-12-02 17:30"),
        # Seconds that ran are kept.
        (4, HOURS, [("2026-11-23 11:00", "2026-11-24 09:00")], "2026-11-24 12:00"),
        (4, HOURS, [("2026-11-23 11:00", "2026-11-23 15:00"), ("2026-11-23 14:00", "2026-11-23 16:00")],
         "2026-11-24 10:30"),
        (24, CLOCK, [("2026-11-23 20:00", "2026-11-24 08:00")], "2026-11-24 22:00"),
        (24, CLOCK, [("2026-11-20 20:00", "2026-11-21 08:00")], "2026-11-24 10:00"),
    ],
)  # fmt: skip
def test_what_ran_before_a_pause_is_kept(length, unit, pauses, end):
    held = [(at(begin), at(until)) for begin, until in pauses]
    assert due(at("2026-11-23 10:00"), Term(length, unit), CHINA, held).due_at == at(end)


def test_a_pause_does_not_lengthen_a_cap():
    held = [(at("2026-11-25 10:00"), at("2026-12-25 10:00"))]
    assert due(at("2026-11-23 10:00"), Term(5, WORKING, 20), CHINA, held).due_at == at("2026-12-11 17:30")


@pytest.mark.parametrize(
    ("length", "unit", "moment"),
    [
        (10, WORKING, "2026-12-02 17:30"),
        (5, WORKING, "2026-11-27 12:00"),
        (1, WORKING, "2026-11-24 15:42"),
        (30, DAYS, "2026-12-14 17:30"),
        (4, HOURS, "2026-11-23 15:18"),
        (24, CLOCK, "2026-11-24 02:48"),
    ],
)
def test_seven_tenths_of_a_term_are_counted_in_its_own_unit(length, unit, moment):
    assert share(at("2026-11-23 10:00"), Term(length, unit), 70, CHINA) == at(moment)


def test_a_deadline_is_given_in_utc():
    assert due(at("2026-11-23 10:00"), Term(1, WORKING), CHINA).due_at.tzinfo is UTC


def test_the_start_day_is_the_day_it_was_here():
    late_in_new_york = datetime(2026, 11, 22, 20, tzinfo=ZoneInfo("America/New_York"))
    assert due(late_in_new_york, Term(1, WORKING), CHINA).due_at == at("2026-11-24 17:30")


@pytest.mark.parametrize(("length", "cap"), [(0, None), (-1, None), (99999999, None), (1, 0), (1, -3), (1, 99999999)])
@pytest.mark.parametrize("unit", list(Unit))
def test_a_term_without_a_sensible_length_is_refused(length, unit, cap):
    with pytest.raises(Uncountable, match="之间"):
        Term(length, unit, cap)


NAIVE = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize("unit", list(Unit))
def test_a_naive_time_is_refused(unit):
    with pytest.raises(Uncountable, match="时区"):
        due(NAIVE, Term(1, unit), CHINA)
    with pytest.raises(Uncountable, match="时区"):
        due(at("2026-11-23 09:00"), Term(1, unit), CHINA, [(NAIVE, at("2026-11-24 09:00"))])


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(Uncountable, match="早于"):
        due(at("2026-11-23 09:00"), Term(1, WORKING), CHINA, [(at("2026-11-25 09:00"), at("2026-11-24 09:00"))])


@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "1949-10-01 00:00", "9999-12-31 23:59"])
def test_a_time_out_of_all_counted_years_is_refused(moment):
    with pytest.raises(Uncountable, match="年到"):
        due(at(moment), Term(1, WORKING), CHINA)


def test_a_term_that_leaves_the_counted_years_is_refused():
    with pytest.raises(Uncountable, match="2099"):
        due(at("2098-01-01 10:00"), Term(3000, DAYS), CHINA)


class Holiday(dict):
    """Years in which nobody ever works."""

    def __missing__(self, year):
        days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
        return Year({day: Mark(False, "停工") for day in days}, True)


@pytest.mark.parametrize("unit", [HOURS, WORKING, DAYS])
def test_a_calendar_without_working_days_is_an_error_not_an_endless_loop(unit):
    with pytest.raises(Uncountable, match="没有工作日"):
        due(at("2026-11-23 09:00"), Term(1, unit), Calendar(Holiday()))


@pytest.mark.parametrize("hours", [(), ((time(12), time(9)),), ((time(9), time(12)), (time(11), time(17)))])
def test_office_hours_must_follow_one_another(hours):
    with pytest.raises(Uncountable, match="办公时间"):
        Calendar(Years({}), hours=hours)


def test_a_place_may_work_and_rest_against_the_nation():
    local = {date(2026, 11, 24): Mark(False, "区庆"), date(2026, 11, 28): Mark(True, "区庆调休")}
    place = Calendar(Years({}), local, ((time(8), time(18)),))
    assert due(at("2026-11-23 10:00"), Term(4, WORKING), place).due_at == at("2026-11-28 18:00")
    assert due(at("2026-11-23 17:00"), Term(2, HOURS), place).due_at == at("2026-11-25 09:00")


MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2027, 9, 30)).map(  # noqa: DTZ001 - the zone follows
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=ZONE)
)
TERMS = st.one_of(
    st.builds(Term, st.integers(1, 30), st.sampled_from([HOURS, CLOCK]), st.none() | st.integers(1, 12)),
    st.builds(Term, st.integers(1, 70), st.sampled_from([WORKING, DAYS]), st.none() | st.integers(1, 100)),
)
SERVERS = st.sampled_from(["America/New_York", "Asia/Shanghai", "UTC"])


MINUTES = st.just(0) | st.integers(-600, 600)


@st.composite
def held(draw, start):
    """Up to three pauses somewhere around and after a start, overlapping or not."""
    edges = st.builds(
        datetime.combine, st.just(start.date()), st.sampled_from([time(), time(12), time(17, 30), start.time()])
    )
    begins = [
        draw(edges).replace(tzinfo=ZONE) + timedelta(days=draw(st.integers(-2, 40)), minutes=draw(MINUTES))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return [(begin, _later(begin, draw(st.integers(0, 14)), draw(edges), draw(MINUTES))) for begin in begins]


def _later(begin, days, edge, minutes):
    """So many days later near an edge of the day, but not before."""
    return max(begin, datetime.combine(begin.date() + timedelta(days), edge.time(), ZONE) + timedelta(minutes=minutes))


def agrees(start, term, pauses):
    found = due(start, term, CHINA, pauses)
    assert (found.due_at, found.provisional) == oracle.due(start, term.length, term.unit, term.cap, pauses)


@settings(max_examples=400, deadline=None)
@given(start=MOMENTS, term=TERMS, zone=SERVERS)
def test_the_engine_agrees_with_brute_force_on_any_server(start, term, zone):
    with server_in(zone):
        agrees(start, term, [])
        agrees(start.astimezone(UTC), term, [])


@settings(max_examples=400, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS)
def test_the_engine_agrees_with_brute_force_under_pauses(data, start, term):
    agrees(start, term, data.draw(held(start)))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS, percent=st.integers(1, 99))
def test_a_share_of_a_term_lies_between_its_start_and_its_end(data, start, term, percent):
    uncapped, pauses = Term(term.length, term.unit), data.draw(held(start))
    assert start < share(start, uncapped, percent, CHINA, pauses) <= due(start, uncapped, CHINA, pauses).due_at
