"""Whatever happens to a worker, a task takes effect once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import select

from service import clock
from service.config import ROOT
from service.db import db, transaction
from service.jobs import outbox, runner
from service.jobs.models import Task
from service.jobs.rules import BACK_OFF, JOBS, LEASE, Job
from tests.jobs.conftest import DoTask, note, notes

pytestmark = pytest.mark.usefixtures("bell")


def ask(name: str, **args: Any) -> int:
    """A task, committed; gives its id."""
    with transaction():
        outbox.add(name, args)
    return db.session.scalar(select(Task.id).order_by(Task.id.desc()).limit(1)) or 0


def state(task_id: int) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task_id)


def elsewhere(app: Flask, work: Callable[[], Any]) -> Any:
    """What a second worker gets: another thread with a session of its own."""

    def run() -> Any:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_a_task_is_done_with_its_arguments_and_once(app: Flask, define: DoTask) -> None:
    define("note", note)
    task = ask("note", subject="甲")
    assert runner.run(task) is True
    assert runner.run(task) is False
    assert notes() == 1
    assert state(task).done_at is not None
    assert state(task).next_at is None


def test_a_task_that_somebody_holds_is_nobody_elses(app: Flask, define: DoTask) -> None:
    second: list[bool] = []

    def work() -> None:
        second.append(elsewhere(app, lambda: runner.run(task)))
        note()

    define("note", work)
    task = ask("note")
    assert runner.run(task) is True
    assert second == [False]
    assert notes() == 1


def test_a_task_that_does_not_exist_is_not_run(app: Flask) -> None:
    assert runner.run(10**12) is False


def test_a_failure_takes_the_effect_back_and_keeps_only_the_kind_of_the_error(app: Flask, define: DoTask) -> None:
    def work() -> None:
        note()
        raise ValueError("白女士 13947800000")

    define("note", work)
    task = ask("note")
    assert runner.run(task) is False
    assert notes() == 0
    assert (state(task).last_error, state(task).attempts, state(task).done_at) == ("ValueError", 1, None)


def test_an_effect_that_the_database_refuses_is_a_failure_like_any_other(app: Flask, define: DoTask) -> None:
    def work() -> None:
        note()
        db.session.execute(select(Task.id).where(Task.id == 2**70))

    define("note", work)
    task = ask("note")
    assert runner.run(task) is False
    assert notes() == 0
    assert state(task).attempts == 1


def test_a_failing_task_waits_longer_each_time_and_is_dead_after_the_last(
    app: Flask, define: DoTask, traveller: Any
) -> None:
    define("fail", lambda: 1 // 0)
    task = ask("fail")
    for wait in BACK_OFF:
        assert runner.run(task) is False
        assert state(task).next_at == clock.now() + wait
        traveller.shift(wait - timedelta(seconds=1))
        assert runner.run(task) is False
        traveller.shift(timedelta(seconds=1))
    assert runner.run(task) is False
    assert (state(task).dead_at, state(task).next_at) == (clock.now(), None)
    assert state(task).attempts == len(BACK_OFF) + 1
    traveller.shift(timedelta(days=365))
    assert runner.run(task) is False
    assert state(task).attempts == len(BACK_OFF) + 1


def test_a_task_that_fails_once_is_done_at_the_next_try(app: Flask, define: DoTask, traveller: Any) -> None:
    def work() -> None:
        note()
        if state_of_weather.pop():
            raise OSError

    state_of_weather = [False, True]
    define("note", work)
    task = ask("note")
    assert runner.run(task) is False
    traveller.shift(BACK_OFF[0])
    assert runner.run(task) is True
    assert notes() == 1


def test_a_name_that_nobody_registered_waits_for_a_release_that_knows_it(
    app: Flask, define: DoTask, traveller: Any
) -> None:
    task = ask("note.of.tomorrow")
    assert runner.run(task) is False
    assert state(task).last_error == "KeyError"
    define("note.of.tomorrow", note)
    traveller.shift(BACK_OFF[0])
    assert runner.run(task) is True


def test_a_task_that_takes_longer_is_held_longer(app: Flask, monkeypatch: pytest.MonkeyPatch, traveller: Any) -> None:
    second: list[bool] = []

    def work() -> None:
        traveller.shift(2 * LEASE)
        second.append(elsewhere(app, lambda: runner.run(task)))
        note()

    monkeypatch.setitem(JOBS, "long", Job("long", work, lease=3 * LEASE))
    task = ask("long")
    assert runner.run(task) is True
    assert second == [False]
    assert notes() == 1


def test_who_outlives_the_own_lease_finds_the_work_done_and_adds_nothing(
    app: Flask, define: DoTask, traveller: Any
) -> None:
    taken_over: list[bool] = []

    def work() -> None:
        if not taken_over:
            taken_over.append(False)
            traveller.shift(LEASE)
            taken_over.append(elsewhere(app, lambda: runner.run(task)))
        note()

    define("note", work)
    task = ask("note")
    assert runner.run(task) is False
    assert taken_over == [False, True]
    assert notes() == 1
    assert state(task).done_at is not None
    assert (state(task).last_error, state(task).attempts) == (None, 2)


def test_a_task_of_a_killed_worker_runs_again_when_the_lease_is_over(
    app: Flask, define: DoTask, surroundings: dict[str, str], traveller: Any
) -> None:
    task = ask("note")
    killed = subprocess.run(
        [sys.executable, "-m", "tests.jobs.dying", str(task)], cwd=ROOT, env=surroundings, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert notes() == 0
    define("note", note)
    assert runner.run(task) is False
    # The killed process lived by the real clock, a little ahead of the one that stands still here.
    traveller.shift(LEASE + timedelta(minutes=1))
    assert runner.run(task) is True
    assert notes() == 1
    assert state(task).attempts == 2


def test_a_real_worker_hears_the_bell_and_does_the_task(app: Flask, bell: Queue, surroundings: dict[str, str]) -> None:
    with transaction():
        outbox.add("old", key="old")
        old = db.session.scalars(select(Task)).one()
        old.next_at, old.done_at = None, clock.now() - timedelta(days=31)
    bell.empty()
    task = ask("jobs.purge")
    worked = subprocess.run([sys.executable, "-m", "tests.jobs.burst"], cwd=ROOT, env=surroundings, check=False)
    assert worked.returncode == 0
    assert state(task).done_at is not None
    assert db.session.scalar(select(Task.id).where(Task.key == "old")) is None
    assert bell.is_empty()


def test_a_real_worker_that_cannot_do_a_task_writes_that_down_and_lives_on(
    app: Flask, bell: Queue, surroundings: dict[str, str]
) -> None:
    hopeless, good = ask("nobody.knows.this"), ask("jobs.purge")
    worked = subprocess.run([sys.executable, "-m", "tests.jobs.burst"], cwd=ROOT, env=surroundings, check=False)
    assert worked.returncode == 0
    assert state(hopeless).last_error == "KeyError"
    assert state(good).done_at is not None


@pytest.fixture
def surroundings(app: Flask) -> dict[str, str]:
    """The environment of a worker process of this app."""
    return {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": app.config["REDIS_URL"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "QST_QUEUE": app.config["QUEUE"],
        "QST_VAR": str(app.config["VAR"]),
    }
