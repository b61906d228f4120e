"""Directives at the administrator's desk: written, tried, ordered, paused; with their conflicts and their history."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.db import db, transaction
from service.directory import operations as directory
from service.directory.models import Department
from service.intake import operations as intake
from service.routing import operations
from tests.routing.orders import OWED, at_noon
from tests.statements import counted
from tests.web.browser import Browser

DESK = "/admin/routing"
FILLED: dict[str, Any] = {
    "name": "医疗欠款专班", "respondents": "医院\n卫生院、诊所", "kind": "finance", "place": "150821",
    "priority": "ordinary",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[None]:
    with at_noon():
        yield


@pytest.fixture
def admin(noon: None, at_desk: Callable[..., Browser]) -> Browser:
    return at_desk("administrator")


def saved(admin: Browser, **said: Any) -> int:
    """The id of a directive that was saved through the form."""
    answer = admin.post(f"{DESK}/new", {**FILLED, **said})
    assert answer.status_code == 302, answer.text
    return max(row.id for row in operations.rows())


def filed() -> str:
    with transaction():
        return intake.file_complaint(OWED, Reader(), clock.now()).complaint.number


def test_a_directive_is_written_in_a_form_and_listed_in_words(admin: Browser) -> None:
    assert "还没有规则" in admin.get(DESK).text
    saved(admin, categories=["arrears", "tax.levy"], places=["150821"], channels=["visit"], natures=["complaint"],
          priority="urgent", begins="2026-03-01", ends="2026-03-31", note="县委会议定")  # fmt: skip
    filed()
    page = unescape(admin.get(DESK).text)
    for words in (
        "拖欠账款（全部）、税务—征收争议", "五原县", "“医院”、“卫生院”、“诊所”", "来访", "投诉", "五原县财政局", "紧急",
        "生效中", "3月1日", "县委会议定", '<td class="right">1</td>',
    ):  # fmt: skip
        assert words in page, words


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(admin: Browser) -> None:
    answer = admin.post(f"{DESK}/new", {**FILLED, "respondents": "医", "kind": ""})
    assert answer.status_code == 422
    for words in ("每个词 2 到 30 个字：医", "这一项必须填写", 'value="医疗欠款专班"'):
        assert words in answer.text
    assert "请至少填一个条件" in admin.post(f"{DESK}/new", {**FILLED, "respondents": ""}).text
    assert operations.rows() == []


def test_it_is_tried_before_it_is_saved_and_any_time_later(admin: Browser) -> None:
    number = filed()
    answer = admin.post(f"{DESK}/new", {**FILLED, "_do": "trial"})
    assert answer.status_code == 200
    assert number not in answer.text
    for words in (
        "另有 1 件不在您的查看范围，只计数",
        "五原县卫生健康委员会 → 五原县财政局：1 件",
        "去向会不同的 1 件",
        'value="医疗欠款专班"',
    ):
        assert words in answer.text, words
    assert operations.rows() == []
    mine = saved(admin)
    assert "去向会不同的 1 件" in admin.get(f"{DESK}/{mine}/trial").text
    assert "没有可以试算的" in admin.get(f"{DESK}/{mine}/trial?since=2026-01-01&until=2026-01-31").text
    narrower = admin.post(f"{DESK}/{mine}", {**FILLED, "respondents": "诊所", "_do": "trial", "_version": "1"})
    assert "去向会不同的 0 件" in narrower.text


@pytest.mark.parametrize("period", [{"_since": "soon"}, {"_since": "2026-03-02", "_until": "2026-03-01"}])
def test_a_period_that_is_none_is_told(admin: Browser, period: dict[str, str]) -> None:
    assert admin.post(f"{DESK}/new", {**FILLED, **period, "_do": "trial"}).status_code == 422
    asked = {name.strip("_"): value for name, value in period.items()}
    assert admin.get(f"{DESK}/{saved(admin)}/trial", query_string=asked).status_code == 422


def test_its_form_shows_what_it_says_and_its_history_what_was_changed(admin: Browser) -> None:
    mine = saved(admin, categories=["arrears"])
    page = unescape(admin.get(f"{DESK}/{mine}").text)
    assert '<option value="150821" selected>' in page
    assert 'value="arrears" checked' in page
    answer = admin.post(f"{DESK}/{mine}", {**FILLED, "name": "专班", "place": "", "_version": "1"})
    assert answer.status_code == 302
    told = unescape(admin.get(f"{DESK}/{mine}").text)
    for words in (
        "名称：医疗欠款专班 → 专班",
        "类别：拖欠账款（全部） → （空）",
        "派给：五原县财政局 → （空）",
        "新增",
    ):
        assert words in told, words
    for version in ("1", "", "9" * 5000):
        again = admin.post(f"{DESK}/{mine}", {**FILLED, "name": "乙", "_version": version})
        assert (again.status_code, "刚刚被别人改过" in again.text) == (412, True)


def test_anothers_change_is_shown_and_overwritten_only_by_who_has_seen_it(admin: Browser) -> None:
    mine = saved(admin)
    admin.post(f"{DESK}/{mine}", {**FILLED, "name": "甲", "_version": "1"})
    typed = {**FILLED, "name": "乙", "_version": "1"}
    for button in ({}, {"_do": "trial"}, {}):
        page = unescape(admin.post(f"{DESK}/{mine}", {**typed, **button}).text)
        assert 'name="_version" value="1"' in page
        assert page.index("名称：医疗欠款专班 → 甲") < page.index('name="_over" value="2"')
    assert [row.name for row in operations.rows()] == ["甲"]
    assert admin.post(f"{DESK}/{mine}", {**typed, "_over": "2"}).status_code == 302
    assert [row.name for row in operations.rows()] == ["乙"]
    assert admin.post(f"{DESK}/{mine}", {**typed, "_over": "2"}).status_code == 412
    assert 'name="_over"' not in admin.get(f"{DESK}/{mine}").text


def test_the_order_is_changed_and_a_directive_paused_by_buttons(admin: Browser) -> None:
    first, second = saved(admin, name="甲"), saved(admin, name="乙")
    admin.post(f"{DESK}/{second}/up")
    assert [row.name for row in operations.rows()] == ["乙", "甲"]
    admin.post(f"{DESK}/{second}/down")
    assert [row.name for row in operations.rows()] == ["甲", "乙"]
    admin.post(f"{DESK}/{first}/pause")
    assert "已停用" in admin.get(DESK).text
    admin.post(f"{DESK}/{first}/resume")
    assert [one.active for one in operations.known(directory.current())] == [True, True]


def test_conflicts_and_a_closed_department_are_shown(admin: Browser) -> None:
    saved(admin, name="宽")
    saved(admin, name="窄", kind="industry", categories=["tax"])
    assert "排在前面的“宽”已包含这一条的全部条件" in unescape(admin.get(DESK).text)
    with transaction():
        office = db.session.get_one(Department, "150821-finance")
        office.active = False
        directory.bump()
    try:
        page = admin.get(DESK).text
        assert "已自动暂停" in page
        assert "五原县财政局已停用" in page
        assert "已包含这一条" not in page
    finally:
        with transaction():
            office.active = True
            directory.bump()


@pytest.mark.parametrize("path", ["", "/new", "/1", "/1/trial"])
def test_only_administrators_look_after_directives(at_desk: Callable[..., Browser], path: str) -> None:
    for role, place in (("supervisor", "150000"), ("dispatcher", "150000"), ("auditor", None)):
        assert at_desk(role, place).get(DESK + path).status_code == 403


def test_one_that_there_is_not_is_not_found(admin: Browser) -> None:
    for path in ("999", "999/trial"):
        assert admin.get(f"{DESK}/{path}").status_code == 404
    assert admin.post(f"{DESK}/999/up").status_code == 404


def test_the_list_takes_three_statements_whatever_its_rows(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for length in (1, 2):
        saved(admin)
        admin.get(DESK)
        with counted() as sent:
            page = admin.get(DESK).text
        assert (page.count("/trial"), len(sent)) == (length, 3), sent
