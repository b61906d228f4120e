"""Whoever changes the record afterwards is found out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from service import clock
from service.audit import operations as audit
from service.audit.models import Anchor, Entry
from service.audit.rules import START, seal
from service.db import db, transaction

pytestmark = pytest.mark.usefixtures("app")

DAY = date(2026, 3, 13)


@pytest.fixture
def ids(app: Flask) -> list[int]:
    """Five entries, honestly recorded."""
    with transaction():
        for index in range(5):
            audit.record("user.created", f"用户{index}", "test", clock.now(), roles=["handler"], index=index)
    return list(db.session.scalars(select(Entry.id).order_by(Entry.id)))


def change(entry: int, **values: Any) -> None:
    db.session.execute(update(Entry).where(Entry.id == entry).values(**values))


def forge(ids: list[int]) -> None:
    """Change an entry and give it the seal that fits it."""
    entry, before = db.session.get_one(Entry, ids[2]), db.session.get_one(Entry, ids[1])
    entry.actor = "别人"
    entry.hash = seal(before.hash, entry.content())


def swap(ids: list[int]) -> None:
    second, third = db.session.get_one(Entry, ids[1]), db.session.get_one(Entry, ids[2])
    second.subject, third.subject = third.subject, second.subject
    second.hash, third.hash = third.hash, second.hash


def slip_in(ids: list[int]) -> None:
    content = {"at": clock.now(), "actor": "别人", "action": "user.created", "subject": "x", "details": {}}
    row = {"id": ids[0] - 1, **content, "hash": seal(START, content)}
    db.session.execute(insert(Entry.__table__).values(**row))


def test_an_honest_record_is_whole(ids: list[int]) -> None:
    assert audit.broken() == []


def test_an_empty_record_is_whole() -> None:
    assert audit.broken() == []


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        pytest.param(lambda ids: change(ids[1], actor="别人"), [1], id="another actor"),
        pytest.param(lambda ids: change(ids[1], action="token.issued"), [1], id="another action"),
        pytest.param(lambda ids: change(ids[1], subject="别人"), [1], id="another subject"),
        pytest.param(lambda ids: change(ids[1], at=clock.now()), [1], id="another moment"),
        pytest.param(lambda ids: change(ids[1], details={}), [1], id="other details"),
        pytest.param(lambda ids: change(ids[4], details={}), [4], id="the last entry"),
        pytest.param(lambda ids: change(ids[1], hash=bytes(32)), [1, 2], id="another seal"),
        pytest.param(lambda ids: db.session.execute(delete(Entry).where(Entry.id == ids[2])), [3], id="one taken out"),
        pytest.param(lambda ids: db.session.execute(delete(Entry).where(Entry.id == ids[0])), [1], id="the first gone"),
        pytest.param(forge, [3], id="a forged seal"),
        pytest.param(swap, [1, 2, 3], id="two in the wrong order"),
        pytest.param(slip_in, [0], id="one slipped in at the front"),
    ],
)
def test_a_change_is_found_where_it_was_made(
    ids: list[int], tamper: Callable[[list[int]], Any], found: list[int]
) -> None:
    with transaction():
        tamper(ids)
    assert audit.broken() == [ids[index] for index in found]


def test_an_entry_that_is_rolled_back_leaves_no_gap(ids: list[int]) -> None:
    audit.record("user.created", "undone", "test", clock.now())
    db.session.rollback()
    with transaction():
        audit.record("user.created", "done", "test", clock.now())
    assert audit.broken() == []


def test_many_who_record_at_once_make_one_chain(app: Flask) -> None:
    def record(index: int) -> None:
        with app.app_context(), transaction():
            audit.record("user.created", str(index), "test", clock.now())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(20)))
    assert len(db.session.scalars(select(Entry.id)).all()) == 20
    assert audit.broken() == []


def test_the_anchor_of_a_day_stays_as_it_was_first_written() -> None:
    heads = [seal(START, {"n": n}) for n in range(3)]
    with transaction():
        audit.anchor(DAY, 9, heads)
        audit.anchor(DAY, 9, heads[:1])
    assert db.session.scalars(select(Anchor.chains)).all() == [3]
    assert audit.broken_anchors(lambda last_event: heads) == []


def test_entries_taken_off_the_end_are_found_by_the_anchor_of_their_day(ids: list[int]) -> None:
    today = clock.local(clock.now()).date()
    with transaction():
        audit.anchor(today, 0, [])
    assert audit.broken_anchors(lambda last_event: []) == []
    with transaction():
        db.session.execute(delete(Entry).where(Entry.id >= ids[3]))
    assert audit.broken() == []
    assert audit.broken_anchors(lambda last_event: []) == [today]


@pytest.mark.parametrize("now", [[], [b"a"], [b"b", b"a"], [b"a", b"b", b"c"], [b"a", b"x"]])
def test_chains_that_changed_since_the_anchor_are_found(now: list[bytes]) -> None:
    with transaction():
        audit.anchor(DAY, 9, [b"a", b"b"])
    assert audit.broken_anchors(lambda last_event: now) == [DAY]
