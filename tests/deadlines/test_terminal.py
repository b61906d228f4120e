"""Deadlines asked and answered on a terminal, and as JSON."""

from datetime import UTC, datetime

import pytest

from service.config import ROOT
from service.deadlines import operations, terminal
from service.deadlines.rules import Unit
from service.deadlines.schemas import ClockSchema, ExplanationSchema
from service.errors import Invalid
from tests.deadlines.test_rules import at

CHINA = operations.offline(ROOT / "data")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-02-13 16:00", at("2026-02-13 16:00")),
        ("2026-02-13", at("2026-02-13 00:00")),
        (" 2026-02-13T16:00:30 ", at("2026-02-13 16:00:30")),
        ("2026-02-13T16:00+00:00", datetime(2026, 2, 13, 16, tzinfo=UTC)),
        ("2026-02-13T16:00:00Z", datetime(2026, 2, 13, 16, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_people_and_systems_write_it(written, moment):
    assert terminal.moment(written) == moment
    assert terminal.moment(written).tzinfo is not None


@pytest.mark.parametrize(
    "written",
    ["", "明天", "2026", "20260213", "2026-W07-5", "２０２６-02-13",
     "2026-02-13 16:00\x00", "99999-01-01", "2026-02-13 16:00 Asia/Shanghai"],
)  # fmt: skip
def test_what_is_no_moment_gets_a_sentence(written):
    with pytest.raises(Invalid, match="开始时间要写成"):
        terminal.moment(written)


@pytest.mark.parametrize(
    ("start", "length", "cap"),
    [
        ("0001-01-01", 5, None),
        ("9999-12-31 23:59", 5, None),
        ("2026-02-13", 0, None),
        ("2026-02-13", -5, None),
        ("2026-02-13", 99999999, None),
        ("2026-02-13", 5, 99999999),
        ("2098-02-13", 3660, None),
    ],
)
@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.CALENDAR_DAYS])
def test_what_cannot_be_counted_gets_a_sentence(start, length, cap, unit):
    with pytest.raises(Invalid, match="。"):
        terminal.ask(start, length, unit, cap, CHINA)


def test_people_read_a_deadline_day_by_day():
    lines = list(terminal.lines(terminal.ask("2026-11-26 16:00", 2, Unit.WORKING_DAYS, None, CHINA)))
    assert lines == [
        "到期：2026年11月30日 17:30",
        "2026-11-26 周四  　  起算日不计",
        "2026-11-27 周五  计  工作日",
        "2026-11-28 周六  　  周末",
        "2026-11-29 周日  　  周末",
        "2026-11-30 周一  计  工作日",
    ]


def test_people_read_that_a_deadline_is_provisional():
    first, *_ = terminal.lines(terminal.ask("2030-01-07", 2, Unit.WORKING_DAYS, None, CHINA))
    assert first == "到期：2030年1月9日 17:30（暂定：途经年份的放假安排尚未公布）"


def test_systems_read_the_same_as_json():
    deadline = terminal.ask("2026-11-26 16:00", 1, Unit.WORKING_DAYS, None, CHINA)
    assert ExplanationSchema().dump(deadline) == {
        "due_at": "2026-11-27T17:30:00+08:00",
        "provisional": False,
        "unpublished": [],
        "notes": [],
        "days": [
            {"date": "2026-11-26", "counted": False, "reason": "起算日不计"},
            {"date": "2026-11-27", "counted": True, "reason": "工作日"},
        ],
    }


def test_a_clock_is_shown_with_its_name_and_basis():
    clock = operations.Clock(
        kind="result", due_at=at("2026-12-23 17:30"), basis="依据：…", provisional=False, state="running",
        started_at=at("2026-11-23 09:00"), overdue_at=None,
    )  # fmt: skip
    shown = ClockSchema().dump(clock)
    assert (shown["kind"], shown["name"], shown["basis"]) == ("result", "办理结果", "依据：…")
    assert shown["overdue_at"] is None
    assert set(shown) == {"kind", "name", "due_at", "basis", "provisional", "state", "started_at", "overdue_at"}


@pytest.mark.parametrize("written", ["2026-02-30", "2026-02-13 25:00", "0000-01-01"])
def test_a_day_that_does_not_exist_is_told_apart_from_one_that_cannot_be_read(written):
    with pytest.raises(Invalid, match=f"没有 {written} 这一天或这个时刻，请核对。"):
        terminal.moment(written)
