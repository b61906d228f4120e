"""Writing tasks down, ringing for them, and what the operator may know of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, event, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service import clock
from service.db import db
from service.jobs import queue
from service.jobs.models import Task
from service.jobs.rules import JOBS, slot

KEPT = timedelta(days=30)
RUNG_AT_ONCE = 1000


def add(name: str, args: dict[str, Any] | None = None, key: str | None = None) -> None:
    """Write a task in the caller's transaction; after its commit a worker is rung.

    Args:
        key: a second task with the same key is not written.
    """
    now = clock.now()
    row = insert(Task).values(name=name, args=args or {}, key=key, created_at=now, next_at=now, attempts=0)
    added = db.session.scalar(row.on_conflict_do_nothing(index_elements=["key"]).returning(Task.id))
    if added is not None:
        db.session.info.setdefault("to_ring", []).append((added, name))


def add_all(name: str, several: Sequence[Mapping[str, Any]], at: datetime | None = None) -> None:
    """Write a task of one name for each of several arguments, in one statement.

    Args:
        at: when they are due, if not now; until then nobody is rung, and the tick rings once it has come.
    """
    now = clock.now()
    if not several:
        return
    rows = [{"name": name, "args": dict(args), "created_at": now, "next_at": at or now} for args in several]
    added = db.session.scalars(insert(Task).returning(Task.id), rows).all()
    if at is None:
        db.session.info.setdefault("to_ring", []).extend((one, name) for one in added)


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    # The end of a savepoint is no commit yet.
    if not session.in_nested_transaction():
        queue.ring(session.info.pop("to_ring", []))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    # What a savepoint took back may still be rung for: a worker finds no such row.
    if not session.in_nested_transaction():
        session.info.pop("to_ring", None)


def tick(now: datetime) -> None:
    """Write the periodic tasks whose turn has come, and ring again for every task that is due and not done."""
    for job in JOBS.values():
        if job.every is not None:
            add(job.name, key=slot(job.name, job.every, now + job.early))
    waiting = select(Task.id, Task.name).where(Task.next_at <= now).order_by(Task.next_at).limit(RUNG_AT_ONCE)
    fresh = db.session.info.get("to_ring", [])
    fresh.extend(found for found in map(tuple, db.session.execute(waiting)) if found not in fresh)
    db.session.info["to_ring"] = fresh


def counts(now: datetime) -> dict[str, int]:
    """How many tasks wait past their time, and how many are dead."""
    late = func.count().filter(Task.next_at <= now - timedelta(minutes=2))
    row = db.session.execute(select(late, func.count().filter(Task.dead_at.is_not(None)))).one()
    return {"late": row[0], "dead": row[1]}


def purge(now: datetime) -> None:
    """Drop tasks that were done long ago; dead ones stay until somebody looks at them."""
    db.session.execute(delete(Task).where(Task.done_at < now - KEPT))
