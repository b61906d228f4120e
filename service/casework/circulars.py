"""Which complaints have come to 约谈/通报, by the ladder or by a supervisor's hand, and what is late about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from service.accounts.rules import Reader
from service.complaints.listing import COLUMNS
from service.complaints.models import Complaint, Event
from service.complaints.visibility import visible
from service.db import db
from service.deadlines.models import Clock

# The ladder's last rung and the supervisor's step have one name.
REACHED = ("summon", "circulate")


@dataclass(frozen=True)
class Circular:
    """A complaint on the list.

    Attributes:
        event: what brought it there last.
        late: its clocks that ran out, those that still run first, the longest overdue on top.
    """

    complaint: Complaint
    event: Event
    late: Sequence[Clock]


@dataclass(frozen=True)
class Page:
    """Some of the list and where the next ones begin."""

    items: Sequence[Circular]
    next_cursor: int | None


def page(reader: Reader, limit: int, department: str | None = None, cursor: int | None = None) -> Page:
    """What came to it last first, each complaint once, in two statements.

    Args:
        department: who handles it; None for all.
        cursor: where the page before ended.
    """
    last = _last(reader, department)
    query = select(Complaint, Event).options(load_only(*COLUMNS))
    query = query.join(Event, Event.complaint_id == Complaint.id).join(last, last.c.event == Event.id)
    if cursor is not None:
        query = query.where(Event.id < cursor)
    rows = db.session.execute(query.order_by(Event.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    late = _late([complaint.id for complaint, _ in shown])
    items = [Circular(complaint, event, late.get(complaint.id, ())) for complaint, event in shown]
    return Page(items, shown[-1][1].id if len(rows) > limit else None)


def by_department(reader: Reader) -> list[tuple[str | None, int]]:
    """Department → how many of its complaints are on the list, the most first, in one statement."""
    last = _last(reader, None)
    held = func.count().label("held")
    query: Any = select(Complaint.department, held).join(last, last.c.complaint_id == Complaint.id)
    rows = db.session.execute(query.group_by(Complaint.department).order_by(held.desc(), Complaint.department))
    return [(row.department, row.held) for row in rows]


def _last(reader: Reader, department: str | None) -> Any:
    """Of each complaint that the reader may see the last event that put it on the list."""
    query: Any = (
        select(Event.complaint_id, func.max(Event.id).label("event"))
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(Event.action.in_(REACHED), visible(reader))
        .group_by(Event.complaint_id)
    )
    return (query if department is None else query.where(Complaint.department == department)).subquery()


def _late(complaints: Sequence[int]) -> Mapping[int, list[Clock]]:
    """Complaint → its clocks that ran out before what they wait for came."""
    late: dict[int, list[Clock]] = {}
    wanted = select(Clock).where(
        Clock.complaint_id.in_(complaints), Clock.overdue_at.is_not(None), Clock.state != "cancelled"
    )
    for clock in db.session.scalars(wanted.order_by(Clock.state == "met", Clock.due_at)):
        late.setdefault(clock.complaint_id, []).append(clock)
    return late
