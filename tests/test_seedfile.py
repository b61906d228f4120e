"""Seed files that know their lines, and tables that follow them without overruling people."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.db import db
from service.directory.models import Gate
from service.seedfile import Row, SeedError, Stored, load, store

# --- files -----------------------------------------------------------------------------------------------------------

FILE = """\
# a remark
kinds:
  - code: health

    name: 卫生健康
    offices:
      旗县区: 卫健委
  - {code: water, name: ""}
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "seed.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_mapping_knows_its_line_and_those_of_its_keys(tmp_path: Path) -> None:
    whole = load(written(tmp_path, FILE))
    first, second = whole["kinds"]
    assert (whole.line, first.line, first["offices"].line, second.line) == (2, 3, 7, 8)
    assert first.lines == {"code": 3, "name": 5, "offices": 6}
    assert first == {"code": "health", "name": "卫生健康", "offices": {"旗县区": "卫健委"}}
    assert isinstance(first["offices"], Row)


@pytest.mark.parametrize(("key", "line"), [("name", 5), ("offices", 6), ("nothing of this name", 3), (None, 3)])
def test_a_mistake_points_at_its_key_or_else_at_its_row(tmp_path: Path, key: str | None, line: int) -> None:
    path = written(tmp_path, FILE)
    row = load(path)["kinds"][0]
    assert row.fail(key, "不对").message == f"{path}:{line}: 不对"


@pytest.mark.parametrize(("row", "key", "line"), [(0, "levels", 3), (1, "name", 8)])
def test_what_is_needed_must_be_there_and_not_empty(tmp_path: Path, row: int, key: str, line: int) -> None:
    path = written(tmp_path, FILE)
    with pytest.raises(SeedError) as told:
        load(path)["kinds"][row].need(key)
    assert told.value.message == f"{path}:{line}: 缺少 {key}"
    assert load(path)["kinds"][0].need("code") == "health"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a 写了两次"),
        ("- {code: x}\n- code: y\n  inner: {k: 1,\n    k: 2}\n", 4, "k 写了两次"),
        ("a: 1\n b: 2\n", 2, "不是有效的 YAML"),
        ("a: [1, 2\n", 2, "不是有效的 YAML"),
        ("a: 1\nb: !!python/object:os.system {}\n", 2, "不是有效的 YAML"),
        ("a: *nowhere\n", 1, "不是有效的 YAML"),
        ("a: &itself\n  inner: *itself\n", 1, "不是有效的 YAML"),
        ("a: 1\nday: 2027-02-30\n", 2, "这里的内容读不懂"),
        ("a: 1\n? [x, y]\n: 2\n", 1, "这里的内容读不懂"),
        ("a: \x07\n", 1, "读不出来"),
        (b"a: \xff\xfe\n", 1, "读不出来"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, reason: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SeedError) as told:
        load(path)
    assert told.value.message.startswith(f"{path}:{line}: {reason}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"nothing\.yaml:1: 读不出来"):
        load(tmp_path / "nothing.yaml")


# --- tables ----------------------------------------------------------------------------------------------------------


Follow = Callable[..., Stored]


@pytest.fixture
def follow(app: Flask) -> Iterator[Follow]:
    """Makes the table of gates, empty at first, follow a file; the test's transaction is rolled back."""
    db.session.execute(Gate.__table__.delete())

    def followed(*rows: dict[str, Any]) -> Stored:
        done = store(Gate, rows, "code")
        db.session.flush()
        db.session.expire_all()
        return done

    yield followed
    db.session.rollback()


def row(code: str, name: str = "名称", **rest: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "effect": "warn", "channel": "", "cues": [], "not_for": [], **rest}


def gate(code: str) -> Gate:
    return db.session.get_one(Gate, code)


def test_new_rows_are_added_and_in_use(follow: Follow) -> None:
    assert follow(row("a"), row("b")) == Stored(added=2, changed=0, kept=0, retired=0)
    assert (gate("a").active, gate("a").edited_at) == (True, None)


def test_the_same_file_again_changes_nothing(follow: Follow) -> None:
    follow(row("a"), row("b", cues=["一", "二"]))
    assert follow(row("a"), row("b", cues=["一", "二"])) == Stored(0, 0, 0, 0)


@pytest.mark.parametrize("changed", [{"name": "新名"}, {"cues": ["新"]}, {"effect": "refuse"}])
def test_only_what_differs_is_changed(follow: Follow, changed: dict[str, Any]) -> None:
    follow(row("a"), row("b"))
    assert follow({**row("a"), **changed}, row("b")) == Stored(0, 1, 0, 0)
    assert {name: getattr(gate("a"), name) for name in changed} == changed


def test_a_row_that_is_gone_from_the_file_is_switched_off_once_and_stays_readable(follow: Follow) -> None:
    follow(row("a"), row("b"))
    assert follow(row("a")) == Stored(0, 0, 0, 1)
    assert gate("b").active is False
    assert follow(row("a")) == Stored(0, 0, 0, 0)


def test_a_row_that_comes_back_is_switched_on_again(follow: Follow) -> None:
    follow(row("a"), row("b"))
    follow(row("a"))
    assert follow(row("a"), row("b", name="回来")) == Stored(0, 1, 0, 0)
    assert (gate("b").active, gate("b").name) == (True, "回来")


@pytest.mark.parametrize("file", [[row("a", name="文件里的")], []], ids=["changed", "gone"])
def test_what_an_administrator_edited_stays_whatever_the_file_says(follow: Follow, file: list[dict[str, Any]]) -> None:
    follow(row("a"))
    gate("a").name, gate("a").edited_at = "管理员改的", clock.now()
    db.session.flush()
    assert follow(*file) == Stored(0, 0, 1, 0)
    assert (gate("a").name, gate("a").active) == ("管理员改的", True)


def test_what_an_administrator_switched_off_stays_off(follow: Follow) -> None:
    follow(row("a"))
    gate("a").active, gate("a").edited_at = False, clock.now()
    db.session.flush()
    assert follow(row("a")) == Stored(0, 0, 1, 0)
    assert gate("a").active is False
