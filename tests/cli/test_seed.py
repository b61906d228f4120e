"""Reading the seed files again: what follows, what stays, what stops."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import update

from service import clock
from service.config import ROOT, Config
from service.db import db, transaction
from service.deadlines.models import ClockRule
from service.directory import operations as directory
from service.directory.models import Department, Region
from tests.apps import other
from tests.cli.runs import runner, said
from tests.servers import Servers, database


@contextmanager
def migrated(config: Config, servers: Servers) -> Iterator[Flask]:
    """An app on a migrated, empty database of its own."""
    with database(servers.database_url) as url, other(config, database_url=url.replace("://", "+psycopg://")) as app:
        upgrade()
        yield app


@pytest.fixture(scope="module")
def empty(config: Config, servers: Servers) -> Iterator[Flask]:
    """An app on a database of its own, where seeds may be spoilt."""
    with migrated(config, servers) as app:
        db.session.remove()
        yield app


@pytest.fixture
def data(empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the seed files, read by `flask seed`; the database follows the original ones before and after."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    with empty.app_context():
        directory.forget()
        said(runner(empty)("seed"))
        monkeypatch.setitem(empty.config, "DATA", folder)
        yield folder
        db.session.rollback()
        directory.forget()


def edit(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def test_the_first_seed_fills_every_table_and_the_second_changes_nothing(config: Config, servers: Servers) -> None:
    with migrated(config, servers) as app:
        first, second = (said(runner(app)("seed")).splitlines() for _ in range(2))
        assert len(directory.current().places) >= 116
    assert len(first) == len(second) == 11
    assert all("新增 0，" not in line and line.endswith("更新 0，停用 0，人工编辑过而未动 0") for line in first)
    assert all(line.endswith("新增 0，更新 0，停用 0，人工编辑过而未动 0") for line in second)


def test_an_edited_name_changes_its_row_and_is_in_force_at_once(data: Path, empty: Flask) -> None:
    edit(data / "seed_categories.yaml", "name: 货款服务款", "name: 货款与服务款")
    assert "categories：新增 0，更新 1，停用 0" in said(runner(empty)("seed"))
    assert directory.current().categories["arrears.goods-services"].name == "货款与服务款"


def test_an_edited_clock_rule_is_in_force_at_once(data: Path, empty: Flask) -> None:
    before = directory.current().revision
    edit(data / "seed_clocks.yaml", "name: 受理审查\n  regime: any\n  starts: filed\n  length: 1",
         "name: 受理审查\n  regime: any\n  starts: filed\n  length: 2")  # fmt: skip
    assert "clocks：新增 0，更新 1，停用 0" in said(runner(empty)("seed"))
    assert directory.current().revision != before


def test_what_an_administrator_edited_stays(data: Path, empty: Flask) -> None:
    with transaction() as session:
        row = session.get_one(Department, "150821-health")
        row.name, row.edited_at = "五原县卫健委（改）", clock.now()
        rule = session.get_one(ClockRule, "sign")
        rule.length, rule.edited_at = 8, clock.now()
    edit(data / "seed_clocks.yaml", "name: 部门签收", "name: 签收时限")
    output = said(runner(empty)("seed"))
    assert "departments：新增 0，更新 0，停用 0，人工编辑过而未动 1" in output
    assert "clocks：新增 0，更新 0，停用 0，人工编辑过而未动 1" in output
    db.session.expire_all()
    assert db.session.get_one(Department, "150821-health").name == "五原县卫健委（改）"
    assert db.session.get_one(ClockRule, "sign").length == 8
    with transaction() as session:
        session.execute(update(Department).values(edited_at=None))
        session.execute(update(ClockRule).values(edited_at=None))


MISTAKES = [
    ("seed_categories.yaml", "owners: [dev-reform]}", "owners: [dev-reforms]}", "dev-reforms"),
    ("seed_categories.yaml", "name: 政务失信, policy: auto, nature: complaint, owners: [dev-reform]}",
     "name: 政务失信, policy: auto, nature: complaint}", "owner"),
    ("seed_categories.yaml", "{code: default.judgment, parent: default,",
     "{code: default.judgment, parent: default.judgment,", "default.judgment"),
    ("seed_categories.yaml", "parent: tax, name: 发票", "parent: taxes, name: 发票", "taxes"),
    ("seed_categories.yaml", "parent: tax, name: 退税", "parent: tax, parent: tax, name: 退税", "写了两次"),
    ("seed_categories.yaml", "gate: in_court", "gate: in_courts", "in_courts"),
    ("seed_clocks.yaml", "kind: sign", "kind: signs", "signs"),
    ("seed_clocks.yaml", "unit: working_hours", "unit: working_years", "working_years"),
    ("seed_clocks.yaml", "  length: 1\n", "  length: 1\n  length: 2\n", "length 写了两次"),
    ("working_days.yaml", "notices: {}", "notices: {2027: {notice: 国办, rest: {元旦: [2027-02-30, 2027-03-01]}}}",
     "读不懂"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "reason"), MISTAKES, ids=[row[2][:24] for row in MISTAKES])
def test_a_mistake_stops_with_file_line_and_reason_and_stores_nothing(
    file: str, right: str, wrong: str, reason: str, data: Path, empty: Flask
) -> None:
    edit(data / "regions.csv", "五原县", "五原新县")
    edit(data / file, right, wrong)
    output = said(runner(empty)("seed"), code=1)
    line = (data / file).read_text(encoding="utf-8").partition(wrong)[0].count("\n") + 1
    told, _, sentence = output.partition(f"{data / file}:")
    assert told == "Error: "
    assert abs(int(sentence.partition(":")[0]) - line) <= wrong.count("\n"), (output, line)
    assert reason in sentence
    assert db.session.get_one(Region, "150821").name == "五原县"
