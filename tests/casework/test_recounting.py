"""A calendar that changes moves the limits that run, and says so on each complaint; the events alone tell the rest."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from time_machine import Traveller

from service import clock
from service.casework import recounting, tasks
from service.complaints import operations as complaints
from service.db import db, transaction
from service.deadlines import editing
from service.deadlines.models import CalendarDay, CalendarState, Clock
from service.directory import operations as directory
from service.jobs.models import Task
from tests.casework import ways


@pytest.fixture(autouse=True)
def calendar_is_known(app: Flask) -> None:
    """All clocks are counted with the calendar as it is."""
    with transaction():
        recounting.recount(0, 500, clock.now())


def day_off(day: date) -> None:
    """The place takes a day off; the reference data are read anew."""
    with transaction():
        editing.set_day(ways.PLACE, day, False, "旗庆", None, "管理员", clock.now())


@pytest.fixture
def later_removed(app: Flask) -> None:
    yield
    with transaction():
        for row in db.session.scalars(select(CalendarDay).where(CalendarDay.place_code == ways.PLACE)):
            db.session.delete(row)
        directory.bump()


def walk() -> None:
    """The hourly look and all that it asks for."""
    with transaction():
        tasks.watch_calendar()
    with transaction():
        for one in db.session.scalars(select(Task).where(Task.name == "casework.recount", Task.done_at.is_(None))):
            tasks.recount(**one.args)
            one.done_at = clock.now()


@pytest.mark.usefixtures("later_removed")
def test_a_day_off_moves_the_limit_and_is_told_with_old_and_new(app: Flask, travel: Traveller) -> None:
    number, _ = ways.brought_to("submitted")
    was = ways.clocks_of(number)["accept"].due_at
    day_off(date(2026, 3, 17))
    walk()
    found, event = ways.clocks_of(number)["accept"], ways.events_of(number)[-1]
    assert found.due_at == was + timedelta(days=1)
    assert (event.action, event.public, event.role) == ("recount", True, "machine")
    assert event.data["was"] == was.isoformat()
    assert event.data["due_at"] == found.due_at.isoformat()
    assert "五原县" in event.data["reason"]
    assert ways.stored(number).due_at == found.due_at
    assert list(complaints.broken_chains()) == []


@pytest.mark.usefixtures("later_removed")
def test_a_calendar_that_stays_moves_nothing_and_a_second_look_neither(app: Flask) -> None:
    number, _ = ways.brought_to("submitted")
    walk()
    assert [event.action for event in ways.events_of(number)] == ["file"]
    day_off(date(2026, 3, 17))
    walk()
    walk()
    assert [event.action for event in ways.events_of(number)] == ["file", "recount"]


@pytest.mark.usefixtures("later_removed")
def test_a_calendar_that_moves_on_during_the_walk_is_walked_again(app: Flask) -> None:
    ways.brought_to("submitted")
    day_off(date(2026, 3, 17))
    with transaction():
        recounting.recount(0, 500, clock.now(), begun_with="an older revision")
        noted = db.session.scalars(select(CalendarState)).one().counted_at
    assert noted == clock.now()
    with transaction():
        tasks.watch_calendar()
        assert db.session.scalars(select(Task).where(Task.name == "casework.recount")).all()


def test_the_events_alone_give_every_clock_and_rebuilding_changes_nothing(app: Flask, travel: Traveller) -> None:
    for state in ("waiting", "suspended", "handing_back", "replied", "closed", "withdrawn"):
        ways.brought_to(state)
    assert list(recounting.rebuild()) == []


def test_a_row_that_somebody_changed_is_found_and_can_be_put_right(app: Flask) -> None:
    number, _ = ways.brought_to("handling")
    with transaction():
        wrong = {"due_at": clock.now(), "state": "paused", "next_at": None}
        db.session.execute(update(Clock).where(Clock.kind == "result").values(**wrong))
    found = list(recounting.rebuild())
    assert {(which, one.field) for which, one in found} >= {(number, "due_at"), (number, "state")}
    with transaction():
        assert len(list(recounting.rebuild(correct=True))) == len(found)
    assert list(recounting.rebuild()) == []


def test_clocks_from_before_events_kept_them_are_left_as_they_are(app: Flask) -> None:
    number, _ = ways.brought_to("dispatched")
    with transaction():
        for event in ways.events_of(number):
            event.data = {name: value for name, value in event.data.items() if name != "clocks"}
    with transaction():
        complaint = ways.stored(number)
        ways.step_on(complaint, "sign")
    assert list(recounting.rebuild()) == []
    with transaction():
        assert list(recounting.rebuild(correct=True)) == []
