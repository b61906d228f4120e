"""Running a task: claimed by a conditional update, marked done in the same transaction as its effect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import update

from service import clock
from service.db import db, transaction
from service.errors import WrongState
from service.jobs import outbox
from service.jobs.models import Task
from service.jobs.rules import JOBS, LEASE, MOST_ATTEMPTS, lease, next_try

log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """A task that is ours until the lease ends."""

    id: int
    name: str
    args: dict[str, Any]
    attempts: int


def run(task_id: int) -> bool:
    """Run one task if it is due and nobody else holds it; true where its effect was made.

    RQ calls this with the row's id; whatever goes wrong is kept in the row, not in RQ.
    """
    claim = _claim(task_id, clock.now())
    if claim is None:
        return False
    try:
        with transaction():
            JOBS[claim.name].work(**claim.args)
            _finish(claim, clock.now())
    except Exception as error:
        log.error("task_failed", task=claim.name, id=claim.id, attempts=claim.attempts, kind=type(error).__name__)
        _fail(claim, error, clock.now())
        return False
    return True


def tick() -> None:
    """What the cron rings for."""
    with transaction():
        outbox.tick(clock.now())


def _claim(task_id: int, now: datetime) -> Claim | None:
    """Take a due task by moving its time ahead: a second worker finds it no longer due.

    One whose workers were killed at every attempt is dead like one that failed at each.
    """
    with transaction():
        claimed = db.session.execute(
            update(Task)
            .where(Task.id == task_id, Task.next_at <= now)
            .values(next_at=now + LEASE, attempts=Task.attempts + 1)
            .returning(Task.id, Task.name, Task.args, Task.attempts)
        ).one_or_none()
        claim = Claim(*claimed) if claimed else None
        if claim and lease(claim.name) != LEASE:
            _mark(claim, next_at=now + lease(claim.name))
    if claim is None or claim.attempts <= MOST_ATTEMPTS:
        return claim
    with transaction():
        _mark(claim, next_at=None, dead_at=now, last_error="killed")
    return None


def _finish(claim: Claim, now: datetime) -> None:
    if not _mark(claim, next_at=None, done_at=now):
        raise WrongState(f"任务 {claim.id} 已被另一个进程接手。")


def _fail(claim: Claim, error: Exception, now: datetime) -> None:
    """Write down when to try again, or that this was the last time. Only the error's kind: its text may hold data."""
    later = next_try(claim.attempts, now)
    with transaction():
        _mark(claim, next_at=later, dead_at=None if later else now, last_error=type(error).__name__)


def _mark(claim: Claim, **values: Any) -> bool:
    """Change the row only while it is still ours: the attempt's number is the proof."""
    ours = (Task.id == claim.id, Task.attempts == claim.attempts, Task.done_at.is_(None))
    return db.session.execute(update(Task).where(*ours).values(**values)).rowcount == 1  # type: ignore[attr-defined]
