"""`flask classify` and `flask deadline`."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.runs import Run, said
from tests.factories import filing


def test_a_text_is_classified_with_probability_and_reasons(run: Run) -> None:
    first = json.loads(said(run("classify", filing()["body"])))[0]
    assert first["code"] == "arrears.goods-services"
    assert 0.6 < first["probability"] <= 1
    assert "货款" in "".join(first["reasons"])
    assert first["sure"] is True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_each_line_of_a_file_gets_one_line_of_json_even_an_empty_one(encoding: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("退税一直没有到账\r\n\r\n   \n医院拖欠货款\n开不出发票", encoding=encoding, newline="")
    output = [json.loads(line) for line in said(run("classify", "--lines", str(file))).splitlines()]
    assert [one[0]["code"] if one else None for one in output] == [
        "tax.refund", None, None, "arrears.goods-services", "tax.invoice",
    ]  # fmt: skip


def test_lines_come_from_standard_input_too(run: Run) -> None:
    assert len(said(run("classify", "--lines", "-", input="退税\n发票\n")).splitlines()) == 2


@pytest.mark.parametrize("words", [[], ["退税", "--lines", "-"], ["--lines", "/nothing/here.txt"]])
def test_a_text_or_a_file_must_be_named(words: list[str], run: Run) -> None:
    assert "Error: " in said(run("classify", *words), code=2)


def test_a_file_in_another_encoding_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes("退税".encode("gb18030"))
    assert "UTF-8" in said(run("classify", "--lines", str(file)), code=2)


# --- deadlines -------------------------------------------------------------------------------------------------------

CHECKED = [("2026-02-13 16:00", 5, "2026-02-27"), ("2026-01-26", 30, "2026-03-13"), ("2026-09-30", 5, "2026-10-13")]


@pytest.mark.parametrize(("start", "length", "end"), CHECKED)
def test_the_checked_cases_come_out_day_by_day(start: str, length: int, end: str, run: Run) -> None:
    found = json.loads(said(run("deadline", start, "--working-days", str(length), "--json")))
    assert set(found) == {"due_at", "provisional", "days"}
    assert found["due_at"] == f"{end}T17:30:00+08:00"
    assert found["provisional"] is False
    assert all(set(day) == {"date", "counted", "reason"} and day["reason"] for day in found["days"])
    assert sum(day["counted"] for day in found["days"]) == length
    days = [date.fromisoformat(day["date"]) for day in found["days"]]
    assert days == [days[0] + timedelta(days=index) for index in range(len(days))]
    assert (str(days[0]), str(days[-1])) == (start[:10], end)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["2026-03-10 10:00", "--days", "30"], "2026-04-09T17:30:00+08:00"),
        (["2026-03-10 10:00", "--working-hours", "4"], "2026-03-10T16:30:00+08:00"),
        (["2026-03-10 10:00", "--hours", "24"], "2026-03-11T10:00:00+08:00"),
        (["2026-03-10T02:00Z", "--hours", "24"], "2026-03-11T10:00:00+08:00"),
        (["2026-07-03", "--days", "120", "--cap", "90"], "2026-09-30T17:30:00+08:00"),
        (["2026-03-10 10:00", "--working-hours", "4", "--region", "150821"], "2026-03-10T16:30:00+08:00"),
    ],
)
def test_every_unit_is_counted_in_shanghai(words: list[str], due: str, run: Run) -> None:
    assert json.loads(said(run("deadline", *words, "--json")))["due_at"] == due


def test_people_read_the_moment_first_and_then_the_days(run: Run) -> None:
    lines = said(run("deadline", "2026-02-13 16:00", "--working-days", "5")).splitlines()
    assert lines[0] == "到期：2026年2月27日 17:30"
    assert len(lines) == 16


def test_a_clock_into_an_unpublished_year_is_provisional(run: Run) -> None:
    assert json.loads(said(run("deadline", "2027-12-20", "--working-days", "30", "--json")))["provisional"] is True


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["明天", "--days", "3"], 1),
        (["2026-02-30", "--days", "3"], 1),
        (["2026-02-13", "--days", "0"], 1),
        (["2026-02-13", "--working-days", "-5"], 1),
        (["2026-02-13", "--working-days", "9" * 30], 1),
        (["2026-02-13", "--days", "5", "--cap", "0"], 1),
        (["9999-12-31", "--days", "5"], 1),
        (["2026-02-13", "--days", "five"], 2),
        (["2026-02-13"], 2),
        (["2026-02-13", "--days", "5", "--hours", "5"], 2),
        (["2026-02-13", "--days", "5", "--region", "999999"], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_counted_gets_one_sentence(words: list[str], code: int, run: Run) -> None:
    output = said(run("deadline", *words), code)
    assert [line.startswith("Error: ") for line in output.splitlines()].count(True) == 1
    assert "Traceback" not in output
