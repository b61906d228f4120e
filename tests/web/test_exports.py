"""The queue as an Excel table: what stands in it, what does not, and who took it out."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant, Reader
from service.audit.models import Entry
from service.complaints import exporting
from service.complaints.models import Export
from service.db import db, transaction
from service.directory import operations as directory
from service.jobs import runner
from service.jobs.models import Task
from tests.factories import People
from tests.web.browser import Browser
from tests.web.cases import HEALTH, filed, the
from tests.web.test_department import MONDAY

At = Callable[..., Browser]
EXPORT = "/desk/department/export"


def table(content: bytes) -> tuple[list[str], list[dict[str, Any]], Any]:
    """The heads, the rows by head, and the sheet."""
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    heads, *rows = sheet.iter_rows()
    names = [str(cell.value) for cell in heads]
    return names, [dict(zip(names, row, strict=True)) for row in rows], sheet


def everything(at_desk: At) -> Browser:
    """Somebody who wants a table with every column."""
    browser = at_desk("handler", department=HEALTH)
    browser.post("/desk/department/columns", {"columns": list(exporting.COLUMNS)})
    return browser


@pytest.fixture
def handler(at_desk: At) -> Browser:
    """The same, signed in now."""
    return everything(at_desk)


def test_a_table_holds_what_the_list_shows_with_real_dates_and_numbers(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        handler, number = everything(at_desk), filed()
        filed(respondent={"name": "五原县第九小学", "kind": "institution"})
        answer = handler.post(EXPORT)
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AF%89%E6%B1%82_20260309_0900.xlsx"
    heads, rows, sheet = table(answer.data)
    assert heads == [column.title for column, _ in (*exporting.FIRST.values(), *exporting.COLUMNS.values())]
    row = {name: cell.value for name, cell in rows[0].items()}
    assert len(rows) == 1
    assert (row["编号"], row["涉及金额（元）"], row["企业"]) == (number, 1250000, "河套试剂有限公司")
    assert row["提交时间"] == clock.local(MONDAY).replace(tzinfo=None)
    assert rows[0]["提交时间"].is_date
    assert (row["期限"], row["是否逾期"]) == (clock.local(the(number).due_at or MONDAY).replace(tzinfo=None), "否")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:P2")


@pytest.mark.parametrize("planted", ["=1+1", '=HYPERLINK("http://evil.example","点我")', "+1", "-1", "@SUM(A1)"])
def test_a_text_that_looks_like_a_formula_is_a_text(handler: Browser, planted: str) -> None:
    filed(title=planted, enterprise={"name": planted, "size": "small"})
    for head in ("事项", "企业"):
        cell = table(handler.post(EXPORT).data)[1][0][head]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (planted, "s", True)


def test_who_asked_for_confidentiality_and_numbers_of_persons_are_in_no_table(handler: Browser) -> None:
    filed(confidential=True, title="河套试剂有限公司请打13812345678联系，身份证150821197303048815")
    content = handler.post(EXPORT).data
    whole = str([[cell.value for cell in row.values()] for row in table(content)[1]])
    for secret in ("河套试剂", "白女士", "6601234", "13812345678", "150821197303048815"):
        assert secret not in whole
    assert "〔电话〕" in whole


def test_only_what_was_ticked_or_what_the_filters_leave_is_in_it(handler: Browser) -> None:
    first, second, third = filed(), filed(flags=["urgent"], nature="request"), filed()
    foreign = filed(respondent={"name": "五原县第九小学", "kind": "institution"})
    chosen = table(handler.post(EXPORT, {"numbers": [first, third, foreign]}).data)[1]
    assert {row["编号"].value for row in chosen} == {first, third}
    urgent = table(handler.post(f"{EXPORT}?flag=urgent").data)[1]
    assert [(row["编号"].value, row["标记"].value) for row in urgent] == [(second, "紧急")]


def test_who_took_out_what_is_on_record_without_numbers_of_persons(handler: Browser) -> None:
    filed()
    handler.post(f"{EXPORT}?q=13812345678&family=arrears")
    entry = db.session.scalars(select(Entry).where(Entry.action == "complaints.exported")).one()
    assert entry.actor.startswith("handler-")
    assert (entry.details["rows"], entry.details["columns"]) == (0, list(exporting.COLUMNS))
    assert (
        entry.details["filters"] | {"q": "〔电话〕", "family": "arrears", "desk": "department"}
        == (entry.details["filters"])
    )


def test_a_long_table_is_written_by_a_worker_and_fetched_when_it_is_ready(
    app: Flask, handler: Browser, at_desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    number = [filed() for _ in range(3)][0]
    assert handler.post(EXPORT).headers["Location"] == "/desk/exports"
    assert "正在生成" in handler.get("/desk/exports").text
    export = db.session.scalars(select(Export.id)).one()
    assert handler.get(f"/desk/exports/{export}").status_code == 404
    assert runner.run(db.session.scalars(select(Task.id).where(Task.name == "complaints.export")).one())
    part = handler.get("/desk/exports", headers={"HX-Request": "true"}).text
    assert "下载 3 件诉求" in part
    assert "hx-trigger" not in part
    assert number in {row["编号"].value for row in table(handler.get(f"/desk/exports/{export}").data)[1]}
    other = at_desk("handler", department=HEALTH)
    assert other.get(f"/desk/exports/{export}").status_code == 404
    assert "下载 3 件" not in other.get("/desk/exports").text
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert handler.get(f"/desk/exports/{export}").status_code in {302, 404}
        with transaction():
            exporting.purge(clock.now())
    assert db.session.scalar(select(Export.id)) is None


@pytest.fixture
def ordered(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> tuple[Reader, Browser]:
    """Somebody who has asked for a table that a worker is still to write."""
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    filed()
    reader = people.reader("handler", department=HEALTH)
    browser = Browser(app, reader)
    browser.post(EXPORT)
    return reader, browser


def test_a_worker_writes_only_what_its_reader_may_see_by_then(ordered: tuple[Reader, Browser]) -> None:
    reader, _browser = ordered
    with transaction():
        accounts.close_user(accounts.user_named(reader.login), clock.now(), "test")
        exporting.make(db.session.scalars(select(Export.id)).one(), clock.now())
    assert db.session.scalars(select(Export.rows)).one() == 0


def test_a_table_is_not_given_out_any_more_once_its_reader_works_elsewhere(ordered: tuple[Reader, Browser]) -> None:
    reader, browser = ordered
    with transaction():
        exporting.make(export := db.session.scalars(select(Export.id)).one(), clock.now())
    assert browser.get(f"/desk/exports/{export}").status_code == 200
    assert "可以下载" in browser.get("/desk/exports").text
    with transaction():
        elsewhere = accounts.grant_row(Grant("handler", None, None, "150821-education"), directory.current())
        accounts.user_named(reader.login).grants = [elsewhere]
    answer = browser.get(f"/desk/exports/{export}")
    assert (answer.status_code, "岗位变了就不再提供" in answer.text) == (403, True)
    page = browser.get("/desk/exports").text
    assert ("不再提供" in page, "可以下载" in page, f"/desk/exports/{export}" in page) == (True, False, False)


def test_a_table_too_long_for_anybody_is_refused_with_what_to_do(
    handler: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    filed(), filed()
    page = handler.post(EXPORT, follow_redirects=True).text
    assert "筛选后有 2 件，一次最多导出 1 件" in page
    assert re.search(r"flash brick", page)


def test_amounts_in_fen_stay_exact(handler: Browser) -> None:
    filed(amount="999999999999.99")
    cell = table(handler.post(EXPORT).data)[1][0]["涉及金额（元）"]
    assert (round(Decimal(cell.value), 2), cell.number_format) == (Decimal("999999999999.99"), "#,##0.00")
