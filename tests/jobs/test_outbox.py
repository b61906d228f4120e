"""A task is a row of the caller's transaction; Redis only rings, and may be away."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from rq import Queue
from sqlalchemy import select

from service import clock
from service.db import db, transaction
from service.jobs import outbox, queue, runner
from service.jobs.models import Task
from service.jobs.rules import JOBS, LEASE, lease
from tests.statements import counted

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def tasks() -> list[Task]:
    return list(db.session.scalars(select(Task).order_by(Task.id)))


def rung(bell: Queue) -> list[int]:
    return [job.args[0] for job in bell.get_jobs()]


def unheard() -> float:
    return REGISTRY.get_sample_value("qst_doorbells_unheard_total") or 0.0


def test_a_task_stands_in_the_transaction_of_who_asked_for_it(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("jobs.purge", {"subject": "甲"})
    (task,) = tasks()
    assert (task.name, task.args, task.attempts, task.done_at) == ("jobs.purge", {"subject": "甲"}, 0, None)
    assert rung(bell) == [task.id]


def test_a_rollback_leaves_neither_row_nor_ring(app: Flask, bell: Queue) -> None:
    outbox.add("jobs.purge")
    db.session.rollback()
    with transaction():
        outbox.add("casework.sweep")
    (task,) = tasks()
    assert task.name == "casework.sweep"
    assert rung(bell) == [task.id]


def test_nobody_is_rung_before_the_commit(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("jobs.purge")
        assert rung(bell) == []
    assert len(rung(bell)) == 1


def test_the_end_of_a_savepoint_is_no_commit(app: Flask, bell: Queue) -> None:
    with transaction():
        with db.session.begin_nested():
            outbox.add("jobs.purge")
        assert rung(bell) == []
    assert len(rung(bell)) == 1


def test_a_savepoint_that_is_undone_does_not_silence_what_was_asked_for_before_it(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("jobs.purge")
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            raise ZeroDivisionError
    assert len(rung(bell)) == 1


def test_a_commit_without_tasks_rings_for_nothing(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("jobs.purge")
    bell.empty()
    with transaction():
        db.session.execute(select(Task.id))
    assert rung(bell) == []


def test_the_same_key_asks_for_one_task_only(app: Flask, bell: Queue) -> None:
    for _ in range(2):
        with transaction():
            outbox.add("jobs.purge", key="once")
    assert len(tasks()) == 1
    assert len(rung(bell)) == 1


def test_a_worker_is_stopped_before_its_lease_ends(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("learning.retrain")
        outbox.add("name.of.tomorrow")
    timeouts = [timedelta(seconds=job.timeout) for job in bell.get_jobs()]
    assert [timeout < lease(task.name) for task, timeout in zip(tasks(), timeouts, strict=True)] == [True, True]
    assert timeouts[0] > LEASE > timeouts[1]


def test_the_models_learn_at_night(app: Flask, bell: Queue, traveller: Any) -> None:
    seen = []
    for hour in range(24):
        traveller.move_to(f"2026-03-13T{hour:02}:30:00+08:00")
        runner.tick()
        seen.append(sum(task.name == "learning.retrain" for task in tasks()))
    assert (seen[1], seen[2], seen[23]) == (1, 2, 2)


def test_a_redis_that_is_down_is_counted_and_raised_nowhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", NOBODY_LISTENS)
    before = unheard()
    with transaction():
        outbox.add("jobs.purge")
        outbox.add("casework.sweep")
    assert len(tasks()) == 2
    assert unheard() - before == 2
    assert not queue.answers()


def test_the_tick_rings_again_for_what_redis_did_not_hear(
    app: Flask, bell: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setitem(app.config, "REDIS_URL", NOBODY_LISTENS)
        with transaction():
            outbox.add("jobs.purge")
    assert rung(bell) == []
    runner.tick()
    assert tasks()[0].id in rung(bell)


def test_the_tick_writes_each_periodic_task_once_a_turn(app: Flask, bell: Queue, traveller: Any) -> None:
    traveller.move_to("2026-03-13T09:30:00+08:00")
    periodic = sorted(job.name for job in JOBS.values() if job.every)
    runner.tick()
    runner.tick()
    assert "casework.sweep" in periodic
    assert sorted(task.name for task in tasks()) == periodic
    traveller.shift(timedelta(seconds=30))
    runner.tick()
    half_minutely = [job.name for job in JOBS.values() if job.every == timedelta(seconds=30)]
    assert sorted(task.name for task in tasks()) == sorted([*periodic, *half_minutely])


def test_the_tick_leaves_a_task_alone_whose_time_has_not_come(app: Flask, bell: Queue) -> None:
    with transaction():
        outbox.add("jobs.purge")
    (task,) = tasks()
    with transaction():
        task.next_at = clock.now() + timedelta(minutes=1)
    bell.empty()
    runner.tick()
    assert task.id not in rung(bell)


def test_late_and_dead_tasks_are_counted(app: Flask, bell: Queue, traveller: Any) -> None:
    with transaction():
        for _ in range(3):
            outbox.add("jobs.purge")
    last = tasks()[-1]
    with transaction():
        last.next_at, last.dead_at = None, clock.now()
    assert outbox.counts(clock.now()) == {"late": 0, "dead": 1}
    traveller.shift(timedelta(minutes=2))
    assert outbox.counts(clock.now()) == {"late": 2, "dead": 1}


def test_done_tasks_go_after_thirty_days_and_dead_ones_stay(app: Flask, bell: Queue, traveller: Any) -> None:
    with transaction():
        for name in ("done", "dead", "waiting"):
            outbox.add(name)
    done, dead, _ = tasks()
    with transaction():
        done.next_at, done.done_at = None, clock.now()
        dead.next_at, dead.dead_at = None, clock.now()
    traveller.shift(timedelta(days=30))
    with transaction():
        outbox.purge(clock.now())
    assert len(tasks()) == 3
    traveller.shift(timedelta(seconds=1))
    with transaction():
        outbox.purge(clock.now())
    assert [task.name for task in tasks()] == ["dead", "waiting"]


def test_several_tasks_of_one_name_are_written_in_one_statement_and_rung(app: Flask, bell: Queue) -> None:
    with counted() as sent, transaction():
        outbox.add_all("jobs.purge", [{"day": day} for day in range(50)])
    assert len(sent) == 1
    assert [task.args["day"] for task in tasks()] == list(range(50))
    assert set(rung(bell)) == {task.id for task in tasks()}


def test_tasks_for_later_are_rung_when_their_time_has_come(app: Flask, bell: Queue, traveller: Any) -> None:
    with transaction():
        outbox.add_all("jobs.purge", [{}], at=clock.now() + timedelta(minutes=1))
    (task,) = tasks()
    assert rung(bell) == []
    traveller.shift(timedelta(minutes=1))
    runner.tick()
    assert task.id in rung(bell)
