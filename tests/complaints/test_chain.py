"""Nobody changes a complaint's trail unseen: each kind of tampering is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from time_machine import Traveller

from service import clock
from service.audit.models import Anchor
from service.casework import climbing
from service.casework import operations as casework
from service.complaints import operations, tasks
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.intake import rows
from service.jobs import outbox, runner
from service.jobs.models import Task
from tests.casework import ways
from tests.statements import counted


def broken() -> list[str]:
    """The numbers of complaints whose chain does not hold."""
    db.session.rollback()
    return [number for number, _ in operations.broken_chains()]


def event(number: str, seq: int) -> Any:
    """The condition that picks one event."""
    return (Event.complaint_id == ways.stored(number).id) & (Event.seq == seq)


def test_chains_that_nobody_touched_hold(app: Flask) -> None:
    for state in ("submitted", "replied", "terminated"):
        ways.brought_to(state)
    assert broken() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime(2026, 3, 16, 2, 0, 0, 1, tzinfo=UTC)),
        ("action", "refuse"),
        ("role", "operator"),
        ("actor_id", 7),
        ("actor_id", None),
        ("from_status", "accepted"),
        ("from_status", None),
        ("to_status", "closed"),
        ("public", False),
        ("data", {"note": "另一种说法。"}),
        ("hash", bytes(32)),
        ("seq", 99),
    ],
)
def test_a_change_to_any_column_of_an_event_is_found(app: Flask, column: str, value: Any) -> None:
    number, _ = ways.brought_to("handling")
    ways.brought_to("handling")
    with transaction():
        db.session.execute(update(Event).where(event(number, 2)).values({column: value}))
    assert broken() == [number]


def test_every_column_that_tells_something_is_sealed() -> None:
    unsealed = {column.name for column in Event.__table__.columns} - set(operations.EVENT_CONTENT)
    # Whether somebody was told of it is no part of what happened.
    assert unsealed == {"id", "complaint_id", "hash", "told"}


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_missing_event_is_found_first_middle_or_last(app: Flask, seq: int) -> None:
    number, _ = ways.brought_to("handling")
    with transaction():
        db.session.execute(delete(Event).where(event(number, seq)))
    assert broken() == [number]


def test_a_trail_that_is_gone_altogether_is_found(app: Flask) -> None:
    number, _ = ways.brought_to("handling")
    with transaction():
        db.session.execute(delete(Event).where(Event.complaint_id == ways.stored(number).id))
    assert broken() == [number]


def test_events_in_another_order_are_found(app: Flask) -> None:
    number, _ = ways.brought_to("handling")
    for old, new in ((2, -2), (3, 2), (-2, 3)):
        with transaction():
            db.session.execute(update(Event).where(event(number, old)).values(seq=new))
    assert broken() == [number]


def test_an_event_moved_to_another_complaint_is_found_on_both(app: Flask) -> None:
    (one, _), (other, _) = ways.brought_to("accepted"), ways.brought_to("submitted")
    with transaction():
        db.session.execute(update(Event).where(event(one, 2)).values(complaint_id=ways.stored(other).id))
    assert broken() == [one, other]


@pytest.mark.parametrize(("column", "value"), [("head", bytes(32)), ("length", 3), ("number", "QS20260316-0000001-1")])
def test_a_change_to_the_complaints_own_seal_is_found(app: Flask, column: str, value: Any) -> None:
    number, _ = ways.brought_to("handling")
    with transaction():
        db.session.execute(update(Complaint).where(Complaint.number == number).values({column: value}))
    assert len(broken()) == 1


FILED, ANSWERED, SAID = "诉求内容与提交时不一致", "答复与记录中的答复不一致", "回访结果与记录不一致"
OTHERWISE: list[tuple[str, Any, str]] = [
    ("body", "改过", FILED),
    ("title", "改过", FILED),
    ("amount", 1, FILED),
    ("details", {"debt": {"paid": "1"}}, FILED),
    ("enterprise_name", "另一家公司", FILED),
    ("contact_phone", "+864716609999", FILED),
    ("uscc", None, FILED),
    ("respondent_name", None, FILED),
    ("confidential", True, FILED),
    ("source_number", "X-1", FILED),
    ("reply", "没有这回事。", ANSWERED),
    ("reply", None, ANSWERED),
    ("solved", True, SAID),
    ("solved", None, SAID),
    ("satisfaction", "very_satisfied", SAID),
    ("contacted", None, SAID),
]


@pytest.mark.parametrize(("column", "value", "what"), OTHERWISE)
def test_a_complaint_that_stands_otherwise_than_its_events_say_is_found(
    app: Flask, column: str, value: Any, what: str
) -> None:
    number, _ = ways.brought_to("replied", replace(ways.OWED, amount=Decimal("320500.5")))
    with transaction():
        ways.step_on(ways.stored(number), "revisit", solved=False)
    ways.brought_to("closed")
    assert broken() == []
    with transaction():
        db.session.execute(update(Complaint).where(Complaint.number == number).values({column: value}))
    db.session.rollback()
    assert list(operations.broken_chains()) == [(number, what)]


def test_what_a_redo_asks_anew_and_what_staff_says_in_closing_is_taken_as_it_counts(app: Flask) -> None:
    number, _ = ways.brought_to("replied")
    ways.go_on(number, "revisit", "redo", "sign", "draft", "approve", "reply", "rate")
    given = {"solved": False, "reason": "企业另行起诉。", "satisfaction": "dissatisfied"}
    with transaction():
        casework.act(ways.stored(number), {"dispatcher"}, "close", given, ways.SOMEBODY["dispatcher"], clock.now())
    assert ways.stored(number).satisfaction == "satisfied"
    assert broken() == []


def test_a_complaint_filed_before_digests_were_kept_is_judged_by_its_chain_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "DIGEST", "channel")
    number, _ = ways.brought_to("handling")
    with transaction():
        db.session.execute(update(Complaint).where(Complaint.number == number).values(body="改过"))
    assert broken() == []


def test_each_broken_chain_is_told_once_with_what_is_wrong(app: Flask) -> None:
    number, _ = ways.brought_to("replied")
    with transaction():
        db.session.execute(update(Event).where(Event.complaint_id == ways.stored(number).id).values(role="nobody"))
    db.session.rollback()
    assert list(operations.broken_chains()) == [(number, "第 1 条记录与前一条不衔接")]


def test_what_is_filed_while_the_chains_are_read_is_not_taken_for_broken(app: Flask) -> None:
    first, _ = ways.brought_to("submitted")
    second, _ = ways.brought_to("submitted")
    with transaction():
        db.session.execute(update(Event).where(event(first, 1)).values(role="nobody"))
    reading = operations.broken_chains()
    assert next(reading)[0] == first
    with app.app_context():
        ways.brought_to("handling")
        with transaction():
            ways.step_on(ways.stored(second), "accept")
    assert list(reading) == []


def test_reading_the_chains_takes_one_statement_however_many_there_are(app: Flask) -> None:
    for _ in range(3):
        ways.brought_to("accepted")
    with counted() as sent:
        assert list(operations.broken_chains()) == []
    assert len(sent) == 1


# --- the anchor of a day ---------------------------------------------------------------------------------------------


def seal_the_day() -> None:
    """What the two tasks of a day do, one after the other."""
    with transaction():
        last = operations.settled()
    with transaction():
        tasks.keep_anchor(clock.local(clock.now()).date().isoformat(), last)


@pytest.fixture
def anchored(app: Flask, travel: Traveller) -> str:
    """A complaint that was worked on on Monday and Tuesday, each day sealed at its end."""
    number, _ = ways.brought_to("handling")
    seal_the_day()
    travel.shift(timedelta(days=1))
    with transaction():
        ways.step_on(ways.stored(number), "contact")
    ways.brought_to("submitted")
    seal_the_day()
    return number


def broken_days() -> list[str]:
    """The days whose anchor does not come out, as dates."""
    db.session.rollback()
    return [str(day) for day in operations.broken_anchors()]


def test_the_anchors_of_days_that_nobody_touched_hold(anchored: str) -> None:
    assert broken_days() == []


def test_an_event_changed_with_its_whole_chain_breaks_the_anchor_of_its_day_and_after(anchored: str) -> None:
    """Who can write the database may seal a chain anew, so that it holds; the anchors tell all the same."""
    complaint = ways.stored(anchored)
    trail, head = ways.events_of(anchored), operations.START
    trail[1].data = {"note": "从没有人说过。"}
    for one in trail:
        content = {name: getattr(one, name) for name in operations.EVENT_CONTENT}
        head = one.hash = operations.seal(head, {"number": anchored, **content})
    complaint.head = head
    db.session.commit()
    assert broken() == []
    assert broken_days() == ["2026-03-16", "2026-03-17"]


def test_a_complaint_removed_with_its_trail_breaks_the_anchors(anchored: str) -> None:
    with transaction():
        found = ways.stored(anchored)
        db.session.execute(text("DELETE FROM events WHERE complaint_id = :id"), {"id": found.id})
        db.session.execute(text("DELETE FROM complaints WHERE id = :id"), {"id": found.id})
    assert broken() == []
    assert broken_days() == ["2026-03-16", "2026-03-17"]


def test_the_last_events_cut_off_with_the_head_put_back_break_the_anchor_of_that_day(anchored: str) -> None:
    trail, complaint = ways.events_of(anchored), ways.stored(anchored)
    with transaction():
        complaint.head, complaint.length = trail[-2].hash, complaint.length - 1
        db.session.execute(delete(Event).where(Event.id == trail[-1].id))
    assert broken() == []
    assert broken_days() == ["2026-03-17"]


def test_a_day_that_was_sealed_stays_sealed_whatever_comes_later(anchored: str, travel: Traveller) -> None:
    travel.shift(timedelta(days=30))
    seal_the_day()
    with transaction():
        # A sweep that comes late tells rungs at their true moments, which lie before the seal.
        assert climbing.climb(clock.now()) > 0
    with transaction():
        ways.step_on(ways.stored(anchored), "draft")
    assert ways.events_of(anchored)[-2].at < clock.now() - timedelta(days=7)
    assert broken_days() == []


def test_the_daily_task_seals_the_day_through_the_queue(app: Flask) -> None:
    ways.brought_to("accepted")
    with transaction():
        outbox.add("complaints.anchor")
    for name in ("complaints.anchor", "complaints.keep_anchor"):
        task = db.session.scalars(select(Task).where(Task.name == name)).one()
        db.session.rollback()
        assert runner.run(task.id)
    day, chains = db.session.execute(select(Anchor.day, Anchor.chains)).one()
    assert (str(day), chains) == ("2026-03-16", 1)
    assert broken_days() == []
