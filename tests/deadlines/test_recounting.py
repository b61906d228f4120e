"""Open clocks follow the calendar when it changes, and say why they moved."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete

from service.db import db
from service.deadlines import calendar as package
from service.deadlines import operations, places, recounting
from service.deadlines.models import CalendarDay, OfficeHours
from service.deadlines.rules import ZONE

pytestmark = pytest.mark.usefixtures("app")

REGION = ("150821", "150800", "150000")
BEFORE, AFTER = "before", "after"
NOW = datetime(2026, 12, 1, 9, tzinfo=ZONE)


def here(month, day, hour=None, year=2026):
    return (
        datetime(year, month, day, 17, 30, tzinfo=ZONE)
        if hour is None
        else datetime(year, month, day, hour, tzinfo=ZONE)
    )


@pytest.fixture(autouse=True)
def forgotten(app):
    """Nothing is remembered of a revision that another test used."""
    for known in (operations._editions, places.differences, places._calendar, places._years):
        known.cache_clear()


def a_clock(complaint_id=1, regimes=(), began=NOW, kind="result"):
    (clock,) = operations.start(complaint_id, (kind,), regimes, began, REGION, BEFORE)
    return clock


def a_day(place, day, working=False, name="区庆"):
    db.session.add(CalendarDay(code=f"{place}:{day}", place_code=place, date=day, working=working, name=name))
    db.session.flush()


def recount():
    clocks = recounting.open_clocks(0, 100)
    return [(one.clock.complaint_id, one.was, one.due_at, one.reason) for one in recounting.recount(clocks, AFTER)]


def test_a_published_year_makes_a_limit_certain_and_moves_it():
    clock = a_clock(began=here(12, 21, 9))
    assert (clock.due_at, clock.provisional) == (here(1, 12, year=2027), True)
    recounting.note_calendar(BEFORE, NOW)
    a_day("000000", date(2027, 1, 1), name="元旦")
    a_day("000000", date(2027, 1, 4), name="元旦")
    a_day("000000", date(2027, 1, 9), True, "调休上班")
    assert recount() == [(1, here(1, 12, year=2027), here(1, 12, year=2027), "2027年放假安排已公布")]
    assert not clock.provisional
    assert recount() == []


def test_a_limit_that_moves_moves_with_its_ladder():
    clock = a_clock(began=here(12, 21, 9))
    recounting.note_calendar(BEFORE, NOW)
    for day in (1, 4, 5):
        a_day("000000", date(2027, 1, day), name="元旦")
    assert recount() == [(1, here(1, 12, year=2027), here(1, 14, year=2027), "2027年放假安排已公布")]
    assert clock.moments[1] == here(1, 14, year=2027)
    assert clock.next_at == clock.moments[0]


def test_a_day_off_of_a_place_moves_the_clocks_there_and_says_whose_it_is():
    a_clock()
    operations.start(2, ("result",), (), NOW, ("150100", "150000"), BEFORE)
    recounting.note_calendar(BEFORE, NOW)
    a_day("150800", date(2026, 12, 8))
    assert recount() == [(1, here(12, 22), here(12, 23), "巴彦淖尔市放假日调整")]


def test_office_hours_that_change_move_the_close_of_business():
    a_clock()
    recounting.note_calendar(BEFORE, NOW)
    db.session.add(OfficeHours(code="150821", spans=[["09:00", "12:00"], ["14:00", "17:00"]]))
    db.session.flush()
    assert recount() == [(1, here(12, 22), here(12, 22, 17), "五原县办公时间调整")]


def test_another_day_of_the_nation_is_told_as_such():
    a_clock()
    recounting.note_calendar(BEFORE, NOW)
    a_day("000000", date(2026, 12, 7), name="国家公祭")
    assert recount() == [(1, here(12, 22), here(12, 23), "全国放假安排调整")]


def test_what_was_reached_stays_reached_and_what_is_over_stays_as_it_was():
    clock, over = a_clock(), a_clock(2)
    operations.stop(2, ("result",), NOW)
    operations.sweep(here(12, 16))
    a_day("150800", date(2026, 12, 8))
    assert [row[0] for row in recount()] == [1]
    assert (clock.rung, clock.next_at) == (1, here(12, 23))
    db.session.refresh(over)
    assert over.due_at == here(12, 22)


def test_a_clock_that_stands_still_is_counted_anew_and_stands_still():
    clock = a_clock()
    operations.pause(1, ("result",), here(12, 10, 10))
    a_day("150800", date(2026, 12, 8))
    assert [row[:3] for row in recount()] == [(1, here(12, 22), here(12, 23))]
    assert (clock.state, clock.next_at) == ("paused", None)


def test_open_clocks_are_walked_in_batches():
    for complaint_id in range(1, 6):
        a_clock(complaint_id)
    operations.stop(3, ("result",), NOW)
    seen, after = [], 0
    while batch := recounting.open_clocks(after, 2):
        seen += [clock.complaint_id for clock in batch]
        after = batch[-1].id
    assert seen == [1, 2, 4, 5]


def test_a_change_of_calendar_is_noticed_until_it_is_noted(monkeypatch):
    assert recounting.calendar_changed(BEFORE)
    recounting.note_calendar(BEFORE, NOW)
    assert not recounting.calendar_changed(BEFORE)
    a_day("150800", date(2026, 12, 8))
    assert recounting.calendar_changed(AFTER)
    recounting.note_calendar(AFTER, NOW)
    assert not recounting.calendar_changed(AFTER)
    monkeypatch.setattr(recounting, "PACKAGE", "0.0")
    assert recounting.calendar_changed(AFTER)


def test_the_fingerprint_names_the_package_the_years_and_the_places():
    a_day("150800", date(2026, 12, 8))
    found = recounting.calendar_fingerprint(AFTER)
    assert found["holidays"] == package.PACKAGE
    assert found["published"][:8] == list(range(2019, 2027))
    assert (list(found["days"]), list(found["hours"])) == (["150800"], ["150000"])
    db.session.execute(delete(CalendarDay).where(CalendarDay.place_code == "150800"))


def test_a_recount_keeps_what_was_granted():
    clock = a_clock()
    operations.extend(clock, date(2026, 12, 30), NOW, BEFORE)
    a_day("150800", date(2026, 12, 8))
    assert recount()[0][2] == here(12, 31)
    assert clock.granted == 21
