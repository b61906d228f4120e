"""The tallies follow from what is stored, however far behind they are kept."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from service import clock
from service.casework import climbing
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.insight import tallying
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
    return sorted((tuple(row) for row in db.session.execute(tallying.counted(ids))), key=lambda row: row[:2])  # type: ignore[arg-type, return-value]


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
