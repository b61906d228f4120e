"""How pages say things."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from service.casework.schemas import ActionSchema
from service.complaints.rules import STATES
from service.config import ROOT
from service.deadlines.models import Clock
from service.deadlines.rules import ZONE
from service.intake.schemas import FilingSchema
from service.web import words

WEB = ROOT / "service" / "web"


@pytest.fixture(autouse=True)
def friday_morning(app: Flask) -> Iterator[None]:
    """10:00 on Friday, 2026-03-13."""
    with time_machine.travel(datetime(2026, 3, 13, 2, tzinfo=UTC), tick=False), app.test_request_context():
        yield


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "state", "text"),
    [
        ("2026-03-19T17:30", "in_time", "3月19日 17:30 · 还有 4 个工作日"),
        ("2026-03-17T17:30", "in_time", "3月17日 17:30 · 还有 2 个工作日"),
        ("2026-03-16T17:30", "soon", "3月16日 17:30 · 临期，还有 1 个工作日"),
        ("2026-03-13T15:00", "soon", "3月13日 15:00 · 临期，还有 2 个工作小时 30 分"),
        ("2026-03-13T10:40", "soon", "3月13日 10:40 · 临期，还有 40 分钟"),
        ("2026-03-13T10:00", "soon", "3月13日 10:00 · 临期，很快到期"),
        ("2026-03-13T09:20", "overdue", "3月13日 09:20 · 已逾期 40 分钟"),
        ("2026-03-11T17:30", "overdue", "3月11日 17:30 · 已逾期 2 个工作日"),
        # 21 in January, 16 in February, 10 so far in March.
        ("2025-12-31T17:30", "overdue", "2025年12月31日 17:30 · 已逾期 47 个工作日"),
    ],
)
def test_a_deadline_is_told_by_its_moment_and_by_what_is_left(moment: str, state: str, text: str) -> None:
    due = words.due(at(moment), "150821")
    assert (due.state, due.text) == (state, text)


def test_a_limit_of_friday_is_past_on_sunday_without_a_count_and_not_just_now() -> None:
    with time_machine.travel(at("2026-03-15T09:00"), tick=False):
        due = words.due(at("2026-03-13T17:30"), "150821")
    assert (due.state, due.text) == ("overdue", "3月13日 17:30 · 已逾期")


def test_a_clock_round_the_clock_is_told_in_plain_hours() -> None:
    due = words.due(at("2026-03-14T09:00"), "150821", "clock_hours")
    assert (due.state, due.text) == ("in_time", "3月14日 09:00 · 还有 23 小时")


@pytest.mark.parametrize(
    ("state", "overdue_at", "told"),
    [
        ("met", None, "按时完成"),
        ("met", at("2026-03-12T17:30"), "逾期完成"),
        ("paused", None, "暂停计时"),
        ("cancelled", None, "不再计时"),
        ("running", None, "还有 4 个工作日"),
    ],
)
def test_a_clock_says_how_it_stands(state: str, overdue_at: datetime | None, told: str) -> None:
    running = Clock(due_at=at("2026-03-19T17:30"), state=state, overdue_at=overdue_at, places=["150821"],
                    unit="working_days", provisional=False)  # fmt: skip
    assert words.due_of(running).left == told


@pytest.mark.parametrize(
    ("now", "state"),
    [("09:30", "in_time"), ("12:00", "in_time"), ("14:40", "in_time"), ("14:50", "soon"), ("16:10", "overdue")],
)
def test_a_clock_of_four_hours_is_not_near_its_end_before_most_of_it_has_run(now: str, state: str) -> None:
    running = Clock(started_at=at("2026-03-13T09:30"), due_at=at("2026-03-13T16:00"), state="running",
                    places=["150821"], unit="working_hours", provisional=False)  # fmt: skip
    with time_machine.travel(at(f"2026-03-13T{now}"), tick=False):
        assert words.due_of(running).state == state


def test_a_moment_leaves_out_the_year_only_where_it_is_this_one() -> None:
    assert words.moment(at("2026-12-03T17:30")) == "12月3日 17:30"
    assert words.moment(at("2025-12-31T17:30") + timedelta(hours=8)) == "1月1日 01:30"
    assert words.day(date(2027, 1, 4)) == "2027年1月4日"
    assert words.machine(datetime(2026, 3, 13, 9, 30, tzinfo=UTC)) == "2026-03-13T17:30+08:00"


@pytest.mark.parametrize(
    ("amount", "told"),
    [(Decimal("1250000.00"), "1,250,000 元"), (Decimal("320500.5"), "320,500.50 元"), (0, "0 元"), (None, "")],
)
def test_an_amount_is_grouped_and_shows_fen_only_where_there_are_any(amount: Decimal | None, told: str) -> None:
    assert words.yuan(amount) == told


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("+864716601234", "0471 660 1234"),
        ("+8613800138000", "138 0013 8000"),
        ("+97611123456", "+97611123456"),
        ("*********1234", "*********1234"),
    ],
)
def test_a_number_is_told_as_people_here_dial_it(stored: str, told: str) -> None:
    assert words.phone(stored) == told


def test_every_state_of_a_complaint_has_a_word_an_icon_and_a_colour() -> None:
    assert set(words.STATUS_LOOKS) == set(STATES)
    assert words.status("handling") == {"name": "办理中", "icon": "pencil-square", "tone": "sky"}


@pytest.mark.parametrize("schema", [FilingSchema, ActionSchema])
def test_every_field_of_a_form_is_called_something(schema: type) -> None:
    fields = schema().fields
    nested = [f"{name}.{inner}" for name, field in fields.items() for inner in getattr(field, "schema", schema()).fields
              if hasattr(field, "schema")]  # fmt: skip
    plain = [name for name in fields if f"{name}." not in "".join(nested)]
    assert [name for name in [*plain, *nested] if words.label(name) == name] == []


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'"([a-z0-9-]+)"', (WEB / "assets" / "src" / "icons.json").read_text(encoding="utf-8")))
    templates = "".join(path.read_text(encoding="utf-8") for path in (WEB / "templates").rglob("*.html"))
    named = set(re.findall(r"""icon\(["']([a-z0-9-]+)["']""", templates))
    named |= {icon for icon, _ in [*words.DUE_STATES.values(), *words.STATUS_LOOKS.values()]}
    assert named
    assert named <= drawn
