"""`flask sweep`, `flask audit verify`, `flask doctor` and `flask demo`."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from service import clock
from service.accounts.models import User
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.jobs.models import Task
from tests.caller import Caller
from tests.cli.runs import Run, said
from tests.factories import filing


@pytest.fixture
def complaint(app: Flask) -> dict[str, Any]:
    """One complaint, filed on a Tuesday morning."""
    with time_machine.travel("2026-03-10T02:00:00+00:00", tick=False):
        return Caller(app).post("/api/v1/complaints", json=filing()).get_json()


def overdue() -> int | None:
    return db.session.scalar(select(func.count()).where(Event.action == "overdue"))


@pytest.mark.usefixtures("complaint")
def test_a_sweep_marks_what_is_overdue_at_the_moment_it_is_told_once(run: Run) -> None:
    assert said(run("sweep", "--now", "2026-03-10 15:00")) == "处理了 0 个到点的时限。\n"
    assert said(run("sweep", "--now", "2026-03-10 16:30")) == "处理了 2 个到点的时限。\n"
    assert overdue() == 1
    assert said(run("sweep", "--now", "2026-03-10 16:30")) == "处理了 0 个到点的时限。\n"
    said(run("sweep", "--now", "2026-12-03"))
    with time_machine.travel("2026-12-03T01:00:00+00:00"):
        said(run("sweep"))
    assert overdue() == 2


def test_a_sweep_at_no_moment_is_told(run: Run) -> None:
    assert "开始时间要写成" in said(run("sweep", "--now", "昨天"), code=1)


def test_an_honest_record_is_verified(run: Run, complaint: dict[str, Any]) -> None:
    assert said(run("audit", "verify")) == "全部记录完整，未发现改动。\n"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: update(Event).where(Event.action == "dispatch").values(data={"department": "150821-industry"}),
        lambda: update(Event).where(Event.action == "accept").values(at=clock.now()),
        lambda: Event.__table__.delete().where(Event.action == "dispatch"),
        lambda: update(Complaint).values(length=2),
    ],
    ids=["another department", "another time", "an event gone", "a chain cut short"],
)
def test_a_record_that_was_tampered_with_is_named(
    tamper: Callable[[], Any], run: Run, complaint: dict[str, Any]
) -> None:
    with transaction() as session:
        session.execute(tamper())
    assert complaint["number"] in said(run("audit", "verify"), code=1)


def test_the_doctor_tells_people_and_programs_the_same(run: Run) -> None:
    assert said(run("doctor")).count("✓") == 7
    found = json.loads(said(run("doctor", "--json")))
    assert [set(one) for one in found] == [{"what", "good", "state", "remedy", "grave"}] * 7


@pytest.mark.usefixtures("complaint")
def test_the_doctor_ends_with_one_where_the_service_is_broken_and_not_where_people_are_late(run: Run) -> None:
    with time_machine.travel("2026-05-10T02:00:00+00:00", tick=False):
        assert "！ 逾期诉求：1 件　→ " in said(run("doctor"))
        assert not all(one["good"] for one in json.loads(said(run("doctor", "--json"))))
        with transaction() as session:
            session.add(Task(name="x", args={}, created_at=clock.now(), dead_at=clock.now()))
        assert "✗ 失败任务：1 个　→ " in said(run("doctor"), code=1)
        assert not all(one["good"] for one in json.loads(said(run("doctor", "--json"), code=1)))


# --- the demonstration -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("complaint")
def test_the_demonstration_adds_nothing_to_real_complaints(run: Run) -> None:
    head = db.session.scalars(select(Complaint.head)).one()
    said(run("demo"))
    db.session.rollback()
    assert db.session.scalars(select(Complaint.head)).one() == head
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.usefixtures("app")
def test_the_demonstration_takes_the_time_it_is_given(run: Run) -> None:
    said(run("demo"))
    assert db.session.scalars(select(func.max(Complaint.created_at))).one() < clock.now()
