"""Complaints from an Excel table: checked row by row, all or the good ones, never twice."""

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from service import sheets
from service.accounts import operations as accounts
from service.audit.models import Entry
from service.clock import now
from service.complaints.models import Complaint
from service.db import db, transaction
from service.errors import Invalid, WrongState
from service.intake import importing, tables
from service.intake.models import Import, ImportRow
from service.jobs import runner
from service.jobs.models import Task
from tests.factories import People, filing
from tests.web.browser import Browser

At = Callable[..., Browser]
PATH = "/desk/import"
GOOD: dict[str, Any] = {
    "诉求内容": filing()["body"], "事发地区": "五原县", "诉求性质": "投诉", "企业名称": "河套试剂有限公司",
    "企业规模": "小型", "联系人": "白女士", "联系电话": "0471-6601234", "反映的对象": "五原县人民医院",
    "对方的性质": "事业单位",
    "涉及金额（元）": 1250000, "类别": "拖欠账款/货款服务款", "标记": "紧急、群体", "来源渠道": "上级交办",
}  # fmt: skip


def book(*rows: dict[str, Any], heads: Sequence[str] = ()) -> bytes:
    """A workbook as somebody fills it in."""
    target, made = BytesIO(), openpyxl.Workbook()
    names = list(heads) or list(dict.fromkeys(name for row in rows for name in row))
    for line in (names, *([row.get(name) for name in names] for row in rows)):
        made.worksheets[0].append(line)
    made.save(target)
    return target.getvalue()


def read(content: bytes, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).worksheets[sheet].iter_rows(values_only=True)]


def work() -> None:
    """Let a worker do all that waits."""
    while task := db.session.scalar(select(Task.id).where(Task.name.like("intake.%"), Task.next_at.is_not(None))):
        assert runner.run(task)
        db.session.rollback()


def sent(operator: Browser, content: bytes, name: str = "十一月.xlsx") -> str:
    """The page of a table that was sent in and checked."""
    answer = operator.post(PATH, {"file": (BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, re.findall(r'<li><a href="#f-file">([^<]+)', answer.text)
    work()
    return answer.headers["Location"]


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Complaint)) or 0


def figures(page: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'<span>([^<]+)</span><span class="value">(\d+)', page)}


@pytest.fixture
def operator(at_desk: At) -> Browser:
    """Somebody who may file for others."""
    return at_desk("operator", "150000")


def test_what_the_template_holds_can_be_filled_in_and_sent(operator: Browser) -> None:
    template = operator.get(f"{PATH}/template").data
    assert [head.rstrip("*") for head in read(template)[0]] == [field.title for field in tables.FIELDS]
    assert ["事发地区", "150821", "五原县"] in read(template, 2)
    assert ["类别", "arrears.goods-services", "拖欠账款/货款服务款"] in read(template, 2)
    page = sent(operator, book(GOOD, heads=read(template)[0]))
    # The head with the mark of a needed column is read too, though this row leaves that column blank.
    assert figures(operator.get(page).text) == {"共": 1, "可以导入": 0, "有问题": 1, "以前已导入": 0}


def test_a_row_is_filed_with_all_that_it_says(operator: Browser) -> None:
    more = {
        "统一社会信用代码": "91150100MA0MW4Q31H", "来源系统": "12345", "来源编号": 2026030901.0,
        "合同签订日期": "2025年3月1日", "上级要求的办结时间": "2026-12-30", "保密": "是",
    }  # fmt: skip
    page = sent(operator, book({**GOOD, **more}))
    assert figures(operator.get(page).text)["可以导入"] == 1, operator.get(page).text
    operator.post(page, {"_action": "all"})
    work()
    one = db.session.scalars(select(Complaint)).one()
    assert (one.region, one.nature, one.category, one.amount) == (
        "150821",
        "complaint",
        "arrears.goods-services",
        1250000,
    )
    assert (one.flags, one.channel, one.source_number) == (["urgent", "group"], "superior", "2026030901")
    assert (one.contact_phone, one.uscc, one.confidential) == ("+864716601234", "91150100MA0MW4Q31H", True)
    assert one.details["debt"]["signed_on"] == "2025-03-01"
    assert one.source_due_at is not None
    assert one.source_due_at.isoformat() == "2026-12-30T09:30:00+00:00"
    assert "导入了 1 行" in operator.get(page).text


def test_wrong_rows_are_told_and_the_good_ones_can_be_taken_alone(operator: Browser) -> None:
    wrong = [
        {**GOOD, "联系电话": "12"}, {**GOOD, "事发地区": "长安"}, {**GOOD, "诉求内容": None}, {**GOOD, "匿名": "是"},
        {**GOOD, "涉及金额（元）": "很多"}, {**GOOD, "标记": "紧急、火速"},
    ]  # fmt: skip
    page = sent(operator, book(GOOD, *wrong))
    text = operator.get(page).text
    assert figures(text) == {"共": 7, "可以导入": 1, "有问题": 6, "以前已导入": 0}
    for said in (
        "联系电话：电话号码不对", "事发地区：没有「长安」这一项，请照「代码」表填写", "诉求内容：这一项必须填写",
        "企业名称：匿名提交时请不要填写这一项", "涉及金额（元）：这里应当是以元为单位的数字",
        "标记：没有「火速」这一项，请填：紧急、敏感、群体",
    ):  # fmt: skip
        assert said in text
    operator.client.set_cookie("language", "en")
    english = operator.get(page).text
    for said in (
        "“联系电话”: The telephone number is wrong",
        "“事发地区”: There is no “长安”; fill it in as the sheet “代码” has it",
        "“标记”: There is no “火速”; fill in one of “紧急、敏感、群体",
    ):  # fmt: skip
        assert said in english
    operator.client.delete_cookie("language")
    refused = operator.post(page, {"_action": "all"})
    assert (refused.status_code, "有 6 行有问题，没有导入" in refused.text, stored()) == (422, True, 0)
    operator.post(page, {"_action": "good"})
    work()
    assert stored() == 1
    heads, *rows = read(operator.get(f"{page}/result").data)
    assert heads == [*GOOD, "匿名", tables.WHY]
    assert len(rows) == 6
    assert rows[0][-1].startswith("联系电话：")
    assert rows[0][:-1] == [str(value) for value in {**GOOD, "联系电话": "12"}.values()] + [None]
    assert read(operator.get(f"{page}/result").data, 1)[1][::2] == [2, "已提交"]


def test_days_may_be_written_as_people_and_tables_do_and_what_is_none_says_how(operator: Browser) -> None:
    days = ("2026年3月1日", "2026/3/1", 46082, "下周五", "#REF!", "2026-13-45")
    rows = [{**GOOD, "来源系统": "12345", "交付日期": day, "上级要求的办结时间": day} for day in days]
    text = operator.get(page := sent(operator, book(*rows, {**GOOD, "来源编号": "7"}))).text
    assert figures(text) == {"共": 7, "可以导入": 3, "有问题": 4, "以前已导入": 0}
    for told in ("例如 2026-04-30 或 2026-04-30 17:30", "这一格的公式算错了（#REF!）", "就要写明从哪个系统转来"):
        assert told in text
    assert "+08:00" not in text
    operator.post(page, {"_action": "good"})
    work()
    found = db.session.scalars(select(Complaint)).all()
    assert {one.source_due_at for one in found} == {datetime(2026, 3, 1, 9, 30, tzinfo=UTC)}
    assert {one.details["debt"]["delivered_on"] for one in found} == {"2026-03-01"}


def test_the_wrong_rows_mended_in_the_result_can_be_sent_again(operator: Browser) -> None:
    page = sent(operator, book(GOOD, {**GOOD, "标题": "第二件", "联系电话": "12"}))
    operator.post(page, {"_action": "good"})
    work()
    heads, row = read(operator.get(f"{page}/result").data)
    row[heads.index("联系电话")] = "0471-6605678"
    again = sent(operator, book(dict(zip(heads, row, strict=True))))
    assert figures(operator.get(again).text)["可以导入"] == 1
    operator.post(again, {"_action": "all"})
    work()
    assert stored() == 2


def test_the_same_table_twice_adds_nothing_not_even_with_a_row_more_or_for_another(
    operator: Browser, at_desk: At
) -> None:
    rows = [{**GOOD, "标题": f"第 {at} 件"} for at in range(3)]
    for table, added in ((rows, 3), (rows, 0), ([*rows, {**GOOD, "标题": "新的"}], 1)):
        before = stored()
        page = sent(operator, book(*table))
        operator.post(page, {"_action": "all"})
        work()
        assert stored() - before == added
    page = sent(at_desk("supervisor", "150000"), book(*rows))
    whole = db.session.scalars(select(Import).order_by(Import.id.desc())).first()
    assert whole is not None
    assert (whole.same, whole.good) == (3, 0)


def test_two_rows_alike_in_one_table_are_two_complaints_and_one_number_of_a_source_is_one(operator: Browser) -> None:
    from_elsewhere = {**GOOD, "来源系统": "12345", "来源编号": "A1"}
    other = {**from_elsewhere, "标题": "换了标题"}
    page = sent(operator, book(GOOD, GOOD, from_elsewhere, from_elsewhere, other))
    operator.post(page, {"_action": "all"})
    work()
    assert stored() == 3
    text = operator.get(page).text
    assert figures(text) == {"共": 5, "已导入": 3, "有问题": 1, "以前已导入": 1}
    assert "来源编号：这个来源编号已经用于另一件诉求，请核对编号。" in text


def test_many_rows_are_filed_some_at_a_time_and_the_page_tells_how_far(
    operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    page = sent(operator, book(*({**GOOD, "标题": f"第 {at} 件"} for at in range(5))))
    operator.post(page, {"_action": "all"})
    first = db.session.scalars(
        select(Task.id).where(Task.name == "intake.file_import", Task.next_at.is_not(None))
    ).one()
    runner.run(first)
    db.session.rollback()
    text = operator.get(page, headers={"HX-Request": "true"}).text
    assert '<progress max="5" value="2"' in text
    assert 'hx-trigger="every 2s"' in text
    assert "<html" not in text
    work()
    assert "hx-trigger" not in operator.get(page).text
    assert stored() == 5
    entry = db.session.scalars(select(Entry).where(Entry.action == "complaints.imported")).one()
    assert entry.details == {"rows": 5, "filed": 5, "bad": 0, "same": 0}
    # What the rows said is nowhere but in the complaints any more.
    assert set(db.session.scalars(select(ImportRow.said))) == {None}
    assert db.session.scalars(select(Import.content)).one() is None


def bomb() -> bytes:
    """A small file that says of itself that it is a large one."""
    target = BytesIO(book(GOOD))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"\0" * (sheets.UNPACKED + 1))
    return target.getvalue()


def merged(content: bytes) -> bytes:
    """The same with one cell over two rows, as people let a place stand for both."""
    target, made = BytesIO(), openpyxl.load_workbook(BytesIO(content))
    made.worksheets[0].merge_cells("B2:B3")
    made.save(target)
    return target.getvalue()


def broken() -> bytes:
    """A workbook whose sheet is no XML."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book(GOOD))) as whole, zipfile.ZipFile(target, "w") as archive:
        for part in whole.infolist():
            content = b"<worksheet" if "sheet1" in part.filename else whole.read(part)
            archive.writestr(part.filename, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"", "请选择填好的模板"),
        (lambda: b"no workbook at all", "不是完好的 Excel 工作簿"),
        (lambda: book(GOOD)[:-400], "不是完好的 Excel 工作簿"),
        (broken, "不是完好的 Excel 工作簿"),
        (bomb, "文件解开以后太大"),
        (lambda: book({**GOOD, "手机": "1"}), "没有这些列：手机"),
        (lambda: book({"标题": "一"}), "缺少必填的列：诉求内容"),
        (lambda: book(GOOD, heads=["诉求内容", "诉求内容"]), "出现了两次：诉求内容"),
        (lambda: book(heads=[" "]), "缺少必填的列"),
        (lambda: book({}, {}, heads=list(GOOD)), "还没有填写任何诉求"),
        (lambda: merged(book(GOOD, GOOD)), "有合并的单元格"),
    ],
)
def test_what_is_no_table_of_ours_is_refused_with_what_to_do(
    operator: Browser, content: Callable[[], bytes], said: str
) -> None:
    sent_ = {"file": (BytesIO(content()), "" if said.startswith("请选择") else "表.xlsx")}
    with operator.post(PATH, sent_, content_type="multipart/form-data") as answer:
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert db.session.scalar(select(func.count()).select_from(Import)) == 0


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(Invalid, match="文件超过 10 MB"):
        sheets.check(b"x" * (sheets.LARGEST + 1))


def test_a_table_that_is_too_long_is_told_and_can_be_given_up(
    operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_ROWS", 2)
    page = sent(operator, book(GOOD, GOOD, GOOD))
    assert "请分成几份" in operator.get(page).text
    assert stored() == db.session.scalar(select(func.count()).select_from(ImportRow)) == 0


def test_what_was_given_up_is_forgotten_and_nobody_sees_anothers(operator: Browser, at_desk: At) -> None:
    page = sent(operator, book(GOOD))
    other = at_desk("operator", "150000")
    for answer in (other.get(page), other.get(f"{page}/result"), other.post(page, {"_action": "all"})):
        assert answer.status_code == 404
    assert at_desk("handler", "150000").get(PATH).status_code == 403
    operator.post(page, {"_action": "drop"})
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 0
    again = operator.post(page, {"_action": "all"})
    assert (again.status_code, stored()) == (409, 0)


def test_a_table_that_is_being_filed_is_not_given_up_by_who_read_it_before(operator: Browser) -> None:
    page = sent(operator, book(GOOD))
    made = db.session.scalars(select(Import)).one()
    assert made.state == "checked"
    operator.post(page, {"_action": "all"})
    with pytest.raises(WrongState):
        importing.drop(made.id, accounts.reader_of(made.user_id), now())
    assert (made.state, made.good) == ("filing", 1)


def test_what_was_not_filed_is_forgotten_after_a_week_and_what_was_is_still_known(operator: Browser) -> None:
    page = sent(operator, book(GOOD, {**GOOD, "联系电话": "12"}))
    operator.post(page, {"_action": "good"})
    work()
    waiting = sent(operator, book({**GOOD, "标题": "另一件"}))
    with transaction():
        importing.purge(now() + importing.KEPT)
    assert list(db.session.scalars(select(ImportRow.state))) == ["filed"]
    assert operator.post(waiting, {"_action": "all"}).status_code == 409
    assert figures(operator.get(sent(operator, book(GOOD))).text)["以前已导入"] == 1


def test_who_may_no_longer_file_files_nothing(app: Flask, people: People) -> None:
    reader = people.reader("operator", "150000")
    operator = Browser(app, reader)
    page = sent(operator, book(GOOD))
    operator.post(page, {"_action": "all"})
    with transaction():
        accounts.close_user(accounts.user_named(reader.login), now(), "test")
    work()
    assert (stored(), db.session.scalars(select(Import.why)).one()) == (0, importing.NOBODY)


@pytest.mark.parametrize("planted", ["<script>alert(1)</script>.xlsx", "../../etc/passwd.xlsx"])
def test_planted_names_and_cells_show_as_text(operator: Browser, planted: str) -> None:
    page = sent(operator, book({**GOOD, "事发地区": "<script>alert(2)</script>"}), planted)
    for path in (PATH, page):
        assert "<script>alert" not in operator.get(path).text
    cells = read(operator.get(f"{page}/result").data)[1]
    assert "<script>alert(2)</script>" in cells
