"""The tallies follow from what is stored, however far behind they are kept."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from time_machine import Traveller

from service import clock
from service.casework import climbing
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.insight import tallying
from service.insight.models import Tally
from tests.casework import ways

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(ways.MONDAY, tick=False) as traveller:
        yield traveller


def kept() -> list[tuple[object, ...]]:
    """What is stored, in order."""
    return [tuple(row) for row in db.session.execute(select(tallying.TALLIES).order_by(*tallying.TALLIES.primary_key))]


def as_it_is() -> list[tuple[object, ...]]:
    """What follows from everything that is stored now."""
    ids = db.session.scalars(select(Complaint.id)).all()
    return sorted((tuple(row) for row in db.session.execute(tallying.counted(), {"ids": ids})), key=lambda row: row[:2])  # type: ignore[arg-type, return-value]


def keep(**given: int) -> bool:
    with transaction():
        return tallying.keep(clock.now(), **given)


def busy(travel: Traveller) -> None:
    """Complaints to which much happened, some of it twice."""
    number, _ = ways.brought_to("dispatched")
    ways.go_on(
        number, "hand_back", "grant_hand_back", "dispatch", "sign", "contact", "draft", "approve", "reply", "redo"
    )
    ways.brought_to("closed")
    ways.brought_to("withdrawn", ways.DELAYED)
    late, _ = ways.brought_to("handling")
    travel.shift(A_DAY * 40)
    with transaction():
        while climbing.climb(clock.now()):
            pass
    ways.go_on(late, "draft", "approve", "reply", "revisit")


def test_what_is_kept_is_what_follows_from_the_events(travel: Traveller) -> None:
    busy(travel)
    assert keep() is False
    assert kept() == []
    assert keep() is False
    assert kept() == as_it_is()
    assert len(kept()) > db.session.scalar(select(func.count()).select_from(Complaint))  # type: ignore[operator]


def test_it_is_kept_in_batches_and_asks_for_the_next(travel: Traveller) -> None:
    busy(travel)
    keep()
    events = db.session.scalar(select(func.count()).select_from(Event))
    assert [keep(batch=events - 1), keep(batch=events - 1)] == [True, False]
    assert kept() == as_it_is()


def read() -> tuple[list[tuple[object, ...]], object]:
    """What figures are counted from, in order, and the moment for which that holds."""
    found = tallying.source(clock.now())
    names = [found.rows.c[name] for name in tallying.NAMES]
    return [tuple(row) for row in db.session.execute(select(*names).order_by(*names[:2]))], found.as_of


def test_what_nobody_kept_yet_is_counted_when_it_is_asked_for(travel: Traveller) -> None:
    busy(travel)
    assert read() == (as_it_is(), clock.now())
    keep()
    keep()
    travel.shift(A_DAY)
    changed = ways.go_on(ways.brought_to("replied")[0], "close")
    assert len(kept()) < len(as_it_is())
    rows, as_of = read()
    assert (rows, as_of) == (as_it_is(), clock.now())
    assert [row[0] for row in rows].count(changed.id) == 1


def test_where_too_much_happened_the_numbers_are_those_of_then_and_say_so(
    travel: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(travel)
    keep()
    then = clock.now()
    travel.shift(A_DAY)
    keep()
    before = kept()
    monkeypatch.setattr(tallying, "MOST_FRESH", 1)
    ways.brought_to("replied")
    assert read() == (before, then)
    keep()
    keep()
    assert read() == (as_it_is(), clock.now())


def test_an_event_that_was_drawn_earlier_and_seen_later_is_not_missed(travel: Traveller) -> None:
    """Ids are drawn before a transaction ends: one that ends late shows an id below others that were kept."""
    number, _ = ways.brought_to("dispatched")
    complaint = ways.stored(number).id
    db.session.rollback()
    copy = """INSERT INTO events (complaint_id, seq, at, action, role, to_status, public, data, hash)
              SELECT complaint_id, 90, at, 'reply', role, to_status, public, data, hash FROM events
              WHERE complaint_id = :id AND seq = 1"""
    with db.engine.connect() as slow:
        slow.execute(text(copy), {"id": complaint})
        ways.brought_to("closed")
        for _ in range(3):
            keep()
        slow.commit()
    assert read()[0] == as_it_is()
    keep()
    keep()
    assert kept() == as_it_is()
    replied = select(Tally.replied_at).where(Tally.complaint_id == complaint)
    assert db.session.scalars(replied).all() != [None]


def test_all_can_be_made_anew(travel: Traveller) -> None:
    busy(travel)
    keep()
    keep()
    with transaction():
        db.session.execute(text("UPDATE tallies SET stage = 0"))
        tallying.forget()
    assert (tallying.size(), read()[0]) == (0, as_it_is())
    keep()
    keep()
    assert kept() == as_it_is()
