"""Limits counted anew: all open ones where the calendar changed, and all there are from the events alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import MACHINE, Change, Trace
from service.db import db
from service.deadlines import recounting, terms
from service.deadlines.ladder import INTERNAL, RUNGS, label
from service.deadlines.models import Clock
from service.deadlines.recounting import Difference, Recounted
from service.deadlines.replay import Turn
from service.directory import operations as directory

RECOUNT = "recount"


@dataclass(frozen=True)
class Walk:
    """How far a walk over all open clocks came; `last` is None at its end.

    Attributes:
        revision: of the reference data that the walk began with.
    """

    last: int | None
    moved: int
    revision: str


def recount(after_id: int, limit: int, now: datetime, begun_with: str | None = None) -> Walk:
    """Count some open clocks with the calendar as it is now; each limit that moves is an event on its complaint.

    Args:
        begun_with: the revision at the walk's beginning. Where the calendar moved on meanwhile, the end is not noted:
            the next look finds it changed, and everything is counted once more.
    """
    revision = directory.current().revision
    begun_with = begun_with or revision
    clocks = recounting.open_clocks(after_id, limit)
    held = _held({clock.complaint_id for clock in clocks})
    moved = recounting.recount(clocks, revision)
    if moved:
        complaints.store_events([_told(held[one.clock.complaint_id], one, now) for one in moved])
        _follow({one.clock.complaint_id for one in moved}, held)
    if len(clocks) == limit:
        return Walk(clocks[-1].id, len(moved), begun_with)
    if begun_with == revision:
        recounting.note_calendar(revision, now)
    return Walk(None, len(moved), begun_with)


def since_last(count: int) -> int:
    """The id of the oldest among the last complaints; 0 where there are fewer."""
    return db.session.scalar(select(Complaint.id).order_by(Complaint.id.desc()).offset(count - 1).limit(1)) or 0


def follow_terms(code: str, document: str, after_id: int, limit: int, now: datetime) -> int | None:
    """Let some open clocks of a rule run by the terms that hold today; each limit that moves is an event.

    Args:
        document: what the other terms are based on, for who reads the event.
    Returns:
        the last clock's id where there may be more, else None.
    """
    revision = directory.current().revision
    clocks = terms.open_clocks(code, after_id, limit)
    held = _held({clock.complaint_id for clock in clocks})
    moved = terms.follow(clocks, code, document, now, revision)
    if moved:
        complaints.store_events([_told(held[one.clock.complaint_id], one, now) for one in moved])
        _follow({one.clock.complaint_id for one in moved}, held)
    return clocks[-1].id if len(clocks) == limit else None


def _held(ids: set[int]) -> dict[int, Complaint]:
    """Complaints by id, their rows held until the transaction ends."""
    wanted = select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.id).with_for_update()
    return {complaint.id: complaint for complaint in db.session.scalars(wanted)}


def _told(complaint: Complaint, one: Recounted, now: datetime) -> dict[str, Any]:
    about = {
        "clock": one.clock.kind,
        "was": one.was.isoformat(),
        "due_at": one.due_at.isoformat(),
        "reason": one.reason,
    }
    public = one.clock.kind not in INTERNAL
    change = Change(RECOUNT, complaint.status, complaint.status, public, about)
    return complaints.append(complaint, change, Trace(MACHINE), now)


def _follow(ids: set[int], held: dict[int, Complaint]) -> None:
    """The earliest limit of each complaint, as its row repeats it."""
    soonest = select(Clock.complaint_id, func.min(Clock.due_at)).where(
        Clock.complaint_id.in_(ids), Clock.state == "running"
    )
    found = {row[0]: row[1] for row in db.session.execute(soonest.group_by(Clock.complaint_id))}
    for complaint_id in ids:
        held[complaint_id].due_at = found.get(complaint_id)


# --- from the events -------------------------------------------------------------------------------------------------


def rebuild(correct: bool = False, batch: int = 200) -> Iterator[tuple[str, Difference]]:
    """Work out every clock from its complaint's events; gives (number, difference) wherever the row says otherwise.

    Args:
        correct: let the rows follow the events.
    """
    last, revision = 0, directory.current().revision
    while numbers := _numbers(last, batch, correct):
        clocks, events = _by_complaint(Clock, numbers), _by_complaint(Event, numbers)
        for complaint_id, number in numbers.items():
            turns = [turn(event) for event in sorted(events.get(complaint_id, ()), key=lambda one: one.seq)]
            differences = recounting.rebuild(clocks.get(complaint_id, ()), turns, revision, correct)
            yield from ((number, found) for found in differences)
            if correct and differences:
                _follow({complaint_id}, _held({complaint_id}))
        last = max(numbers)
        if not correct:
            db.session.expunge_all()


def _numbers(after_id: int, batch: int, lock: bool) -> dict[int, str]:
    wanted = select(Complaint.id, Complaint.number).where(Complaint.id > after_id).order_by(Complaint.id).limit(batch)
    rows = db.session.execute(wanted.with_for_update() if lock else wanted)
    return {row.id: row.number for row in rows}


def _by_complaint(model: Any, ids: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in db.session.scalars(select(model).where(model.complaint_id.in_(list(ids))).order_by(model.id)):
        found.setdefault(row.complaint_id, []).append(row)
    return found


def turn(event: Event) -> Turn:
    """What an event did to clocks, as it keeps it."""
    kept, reached = event.data.get("clocks", {}), _reached(event)
    return Turn(at=event.at, **kept, rungs=reached)


def _reached(event: Event) -> Sequence[tuple[str, str]]:
    if event.role != MACHINE or event.action not in RUNGS:
        return ()
    return ((event.action, label(event.data["clock"], event.data.get("party"))),)
