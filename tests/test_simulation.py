"""Days of the whole service in simulated time, for little money: nothing goes wrong, and nothing stays."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.db import db
from service.deadlines.models import Clock
from service.insight.rules import RATES

FEW = ["--days", "8", "--complaints", "40", "--seed", "7"]


def simulate(app: Flask, *arguments: str) -> Any:
    """What `flask simulate` answers."""
    result = app.test_cli_runner().invoke(args=["simulate", *arguments])
    db.session.rollback()
    return result


def held() -> list[int | None]:
    """How many rows there are of what a run writes."""
    return [db.session.scalar(select(func.count()).select_from(model)) for model in (Complaint, Event, Clock)]


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the first run said, for those after it."""
    return {}


def test_some_days_pass_without_a_fault_and_leave_nothing(app: Flask, told: dict[str, str]) -> None:
    result = simulate(app, *FEW)
    assert result.exit_code == 0, result.output
    assert "提交 40 件" in result.output
    assert all(name in result.output for name, _, _ in RATES.values())
    assert held() == [0, 0, 0]
    told["first"] = result.output


def test_the_same_seed_gives_the_same_days_which_stay_where_that_is_wanted(app: Flask, told: dict[str, str]) -> None:
    result = simulate(app, *FEW, "--keep")
    assert (result.exit_code, result.output) == (0, told.get("first", result.output))
    many, events, clocks = held()
    assert many == 40
    assert (events or 0) > 200
    assert (clocks or 0) > 100
    assert list(complaints.broken_chains()) == []
    names = db.session.scalars(select(Complaint.enterprise_name)).all()
    assert all((name or "").startswith("模拟企业") for name in names)


def test_another_seed_gives_other_days(app: Flask, told: dict[str, str]) -> None:
    assert simulate(app, *FEW[:-1], "8").output != told.get("first")
