"""The doorbell of one test, silent before and after it, and tasks whose effect can be counted."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from redis import Redis
from rq import Queue
from sqlalchemy import func, select

from service import clock
from service.audit import operations as audit
from service.audit.models import Entry
from service.db import db
from service.jobs.rules import JOBS, Job, Work

DoTask = Callable[[str, Work], None]


@pytest.fixture
def bell(app: Flask) -> Iterator[Queue]:
    """The real queue that workers listen to, empty."""
    with Redis.from_url(app.config["REDIS_URL"]) as connection:
        queue = Queue(app.config["QUEUE"], connection=connection)
        queue.empty()
        yield queue
        queue.empty()


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch) -> DoTask:
    """Registers a task for one test."""

    def add(name: str, work: Work) -> None:
        monkeypatch.setitem(JOBS, name, Job(name, work))

    return add


def note(subject: str = "test") -> None:
    """An effect in the database that can be counted."""
    audit.record("test.noted", subject, "test", clock.now())


def notes() -> int:
    """How often `note` took effect."""
    return db.session.scalar(select(func.count()).select_from(Entry).where(Entry.action == "test.noted")) or 0


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller
