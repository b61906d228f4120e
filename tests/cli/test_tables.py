"""`flask import` and `flask export`: the same operations as on the pages."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from service.audit.models import Entry
from service.complaints.models import Complaint
from service.db import db
from tests.cli.runs import Run, said
from tests.factories import People, filing

HEADS = ("诉求内容", "匿名", "事发地区")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two rows that are right, one that is not."""
    book, text = openpyxl.Workbook(), filing()["body"]
    for row in (HEADS, (text, "是", "五原县"), (text + "又及。", "是", "150821"), (text, "否", "五原县")):
        book.worksheets[0].append(row)
    book.save(found := tmp_path / "表.xlsx")
    return found


def read(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_a_table_is_imported_whole_or_its_good_rows_and_nothing_twice(
    run: Run, people: People, file: Path, tmp_path: Path
) -> None:
    login = people.reader("operator", "150000").login
    assert "有 1 行有问题，没有导入" in said(run("import", str(file), "--as", login), code=1)
    faults = tmp_path / "问题.xlsx"
    words = ("import", str(file), "--as", login, "--good-only", "--result", str(faults))
    assert "共 3 行：导入 2，有问题 1，以前已导入 0。" in said(run(*words), code=1)
    assert read(faults.read_bytes())[0] == (*HEADS, "原因")
    assert "导入 0，有问题 1，以前已导入 2。" in said(run(*words), code=1)
    assert db.session.scalar(select(func.count()).select_from(Complaint)) == 2


def test_who_may_not_file_for_others_imports_nothing(run: Run, people: People, file: Path) -> None:
    login = people.reader("handler", "150000").login
    assert "不能提交诉求" in said(run("import", str(file), "--as", login, "--good-only"), code=1)
    assert "没有用户 nobody" in said(run("import", str(file), "--as", "nobody"), code=1)


def test_an_account_exports_what_it_may_see_and_that_is_on_record(run: Run, people: People, file: Path) -> None:
    run("import", str(file), "--as", people.reader("operator", "150000").login, "--good-only")
    here, elsewhere = (people.reader("supervisor", place).login for place in ("150821", "150822"))
    target = file.with_name("导出.xlsx")
    for login, count in ((here, 2), (elsewhere, 0)):
        told = said(run("export", str(target), "--as", login, "--family", "arrears"))
        assert told == f"导出 {count} 件到 {target}。\n"
        assert len(read(target.read_bytes())) == count + 1
    entries = db.session.scalars(select(Entry).where(Entry.action == "complaints.exported").order_by(Entry.id))
    assert [(entry.actor, entry.details["rows"]) for entry in entries] == [(here, 2), (elsewhere, 0)]


def test_a_filter_that_is_none_is_named(run: Run, people: People, file: Path) -> None:
    login = people.reader("supervisor", "150000").login
    assert "--family：" in said(run("export", str(file), "--as", login, "--family", "x"), code=2)


def test_where_the_file_cannot_be_written_nothing_is_done_before_that_is_told(
    run: Run, people: People, file: Path, tmp_path: Path
) -> None:
    login, nowhere = people.reader("operator", "150000").login, str(tmp_path / "没有" / "表.xlsx")
    for words in (("export", nowhere), ("import", str(file), "--good-only", "--result", nowhere)):
        assert f"写不了 {nowhere}：文件夹不存在" in said(run(*words, "--as", login), code=2)
    assert db.session.scalar(select(func.count()).select_from(Complaint)) == 0


def test_a_row_that_turns_out_wrong_as_it_is_filed_is_told_too(run: Run, people: People, tmp_path: Path) -> None:
    book, text = openpyxl.Workbook(), filing()["body"]
    heads = (*HEADS, "来源系统", "来源编号")
    for row in (heads, (text, "是", "五原县", "12345", "A1"), (text + "又及。", "是", "五原县", "12345", "A1")):
        book.worksheets[0].append(row)
    book.save(file := tmp_path / "表.xlsx")
    faults = tmp_path / "问题.xlsx"
    login = people.reader("operator", "150000").login
    told = said(run("import", str(file), "--as", login, "--result", str(faults)), code=1)
    assert "第 3 行　来源编号：这个来源编号已经用于另一件诉求，请核对编号。" in told
    assert "共 2 行：导入 1，有问题 1，以前已导入 0。" in told
    assert [row[0] for row in read(faults.read_bytes())] == [HEADS[0], text + "又及。"]
