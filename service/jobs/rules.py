"""When a task is tried again, and which tasks the clock itself asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Work = Callable[..., Any]

# How long a worker may hold a task before others take it for lost; a task that takes longer says so.
LEASE = timedelta(minutes=2)
# So long before its lease ends a worker is stopped: it could not finish what another may already have begun.
SPARE = timedelta(seconds=10)
BACK_OFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600))
MOST_ATTEMPTS = len(BACK_OFF) + 1


@dataclass(frozen=True)
class Job:
    """What stands behind a task's name.

    Attributes:
        every: where the task is periodic, how often it is due.
        early: how long before such a turn of UTC begins it is due.
        lease: how long a worker may hold it.
    """

    name: str
    work: Work
    every: timedelta | None = None
    early: timedelta = timedelta()
    lease: timedelta = LEASE


JOBS: dict[str, Job] = {}


def task(
    name: str, every: timedelta | None = None, early: timedelta = timedelta(), lease: timedelta = LEASE
) -> Callable[[Work], Work]:
    """Register a function under the name that outbox rows call it by."""

    def register(work: Work) -> Work:
        JOBS[name] = Job(name, work, every, early, lease)
        return work

    return register


def lease(name: str) -> timedelta:
    """How long a worker may hold a task of this name; a name of tomorrow's release has the usual lease."""
    return JOBS[name].lease if name in JOBS else LEASE


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a task that failed for the nth time is tried again; None: never, it is dead."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def slot(name: str, every: timedelta, now: datetime) -> str:
    """The key of a periodic task's present turn: two ticks within one turn ask for one task."""
    return f"{name}@{int(now.astimezone(UTC).timestamp() // every.total_seconds())}"
