"""The sweep: clocks that reached a rung climb it. Cost grows with what is due, not with what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, case, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from service.db import db
from service.deadlines.ladder import OVERDUE
from service.deadlines.models import Clock


@dataclass(frozen=True)
class Fired:
    """A rung that a clock has reached, at its true time, whenever the sweep came by."""

    clock_id: int
    complaint_id: int
    kind: str
    party: str | None
    due_at: datetime
    rung: str
    at: datetime


def complaints_due(now: datetime, limit: int = 500) -> Select[int]:
    """The complaints of the clocks that have reached a rung by now, the longest due first, as a query."""
    return select(Clock.complaint_id).where(_has_reached(now)).order_by(Clock.next_at).limit(limit)


def sweep(now: datetime, complaint_ids: Sequence[int] | None = None, limit: int = 500) -> list[Fired]:
    """Let clocks that reached a rung by now climb it, one rung each, in one statement; gives them in true order.

    To be called again while it gives any: a clock that slept through several rungs climbs them one by one. Clocks
    that another sweep has in hand are left to it.

    Args:
        complaint_ids: only clocks of these complaints, which the caller holds locked.
    """
    rows = db.session.execute(climb(now, complaint_ids, limit))
    return sorted((Fired(**row._mapping) for row in rows), key=lambda one: (one.at, one.clock_id))


def climb(now: datetime, complaint_ids: Sequence[int] | None, limit: int) -> ReturningUpdate[Any]:
    """The statement of a sweep; it reads only the rows that are due."""
    clocks = Clock.__table__.c
    due = select(clocks.id).where(_has_reached(now)).order_by(clocks.next_at).limit(limit)
    if complaint_ids is not None:
        due = due.where(clocks.complaint_id.in_(complaint_ids))
    picked = due.with_for_update(skip_locked=True).scalar_subquery()
    # Arrays count from 1 in SQL, rungs from 0. An array of ids keeps the planner from scanning the table to join.
    reached, following = clocks.rung + 1, clocks.rung + 2
    return (
        update(Clock.__table__)
        .where(clocks.id == any_(func.array(picked)))
        .values(
            rung=reached,
            next_at=clocks.moments[following],
            overdue_at=case(
                (clocks.ladder[reached] == OVERDUE, func.coalesce(clocks.overdue_at, clocks.moments[reached])),
                else_=clocks.overdue_at,
            ),
        )
        # What comes back is the row as it stands after the step.
        .returning(
            clocks.id.label("clock_id"),
            clocks.complaint_id,
            clocks.kind,
            clocks.party,
            clocks.due_at,
            clocks.ladder[clocks.rung].label("rung"),
            clocks.moments[clocks.rung].label("at"),
        )
    )


def _has_reached(now: datetime) -> ColumnElement[bool]:
    """Spelt as the index is, so that it is used."""
    return (Clock.state == "running") & (Clock.next_at <= now)
