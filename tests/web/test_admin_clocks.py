"""Clocks at the administrator's desk: from a day on, on a basis, tried before, taken back after."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service import clock
from service.accounts.rules import Reader
from service.audit import changing
from service.db import db, transaction
from service.deadlines import terms
from service.deadlines.models import ClockRuleVersion
from service.deadlines.terms import CLOCK
from service.directory import operations as directory
from service.intake import operations as intake
from service.jobs.models import Task
from tests.kept import kept
from tests.routing.orders import NOON, OWED
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
CLOCKS, SIGN = "/admin/clocks", "/admin/clocks/sign"
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), kept(ClockRuleVersion):
        yield


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def form(**said: Any) -> dict[str, Any]:
    """The form as the page shows it, with what somebody changes."""
    held = {name: value for name, value in terms.read("sign").items() if value is not None}
    typed = {**held, "valid_from": str(TODAY), "document": "某某〔2026〕3号"}
    return {**typed, "_version": str(changing.version(CLOCK, "sign")), **said}


def filed() -> None:
    with transaction():
        intake.file_complaint(OWED, Reader(), clock.now())


def test_other_terms_are_planned_from_a_day_on_and_stand_in_the_list(admin: Browser) -> None:
    later = TODAY + timedelta(days=30)
    assert admin.post(SIGN, form(length=6, valid_from=str(later))).status_code == 302
    assert "4月9日起：6 个工作小时" in admin.get(CLOCKS).text
    page = unescape(admin.get(SIGN).text)
    for words in (
        "从 4月9日 起生效的内容，还没有生效",
        "期限：4 → 6",
        "从哪天起：一直 → 2026-04-09",
        "依据：某某〔2026〕3号",
    ):
        assert words in page, words
    entry = changing.history(CLOCK, "sign", 1)[0].id
    assert admin.post(f"{SIGN}/undo/{entry}").status_code == 302
    assert "4月9日起" not in admin.get(CLOCKS).text


@pytest.mark.parametrize(("said", "sentence"), [
    ({"valid_from": "2026-03-09"}, "生效日期不能早于今天"),
    ({"valid_from": "2026-03-11", "running": "true"}, "到时候新开始的时限才按新的算"),
    ({"document": ""}, "这一项必须填写"),
    ({"length": ""}, "请写明期限有多长"),
    ({"length": "many"}, "这里应当是整数"),
    ({"basis": "依据：自己写的"}, "不能写成法律依据"),
    ({"ladder": ["shout"]}, "只能是"),
])  # fmt: skip
def test_what_cannot_hold_is_told_beside_its_field(admin: Browser, said: dict[str, Any], sentence: str) -> None:
    answer = admin.post(SIGN, form(length=6, extensions=3) | said)
    assert (answer.status_code, sentence in answer.text, 'value="3"' in answer.text) == (422, True, True)
    assert terms.read("sign")["length"] == 4


def test_what_would_move_is_told_without_a_document_and_nothing_is_saved(admin: Browser) -> None:
    assert "没有可以试算的" in admin.post(SIGN, form(length=6, _do="trial")).text
    filed()
    page = unescape(admin.post(SIGN, form(length=1, document="", _do="trial")).text)
    for words in ("有 1 个这样的时限", "提前 1 个，推后 0 个", "马上会逾期的 0 个"):
        assert words in page, words
    assert admin.post(SIGN, form(length="", _do="trial")).status_code == 422
    with time_machine.travel(NOON + timedelta(hours=4)):
        assert "马上会逾期的 1 个" in admin.post(SIGN, form(length=1, _do="trial")).text
    assert terms.read("sign")["length"] == 4


def test_running_clocks_are_asked_to_follow_only_where_that_was_chosen(admin: Browser) -> None:
    def asked() -> list[Any]:
        return [one.args for one in db.session.scalars(select(Task).where(Task.name == "casework.follow_terms"))]

    assert admin.post(SIGN, form(length=6)).status_code == 302
    assert asked() == []
    assert admin.post(SIGN, form(length=8, running="true")).status_code == 302
    assert asked() == [{"code": "sign", "document": "某某〔2026〕3号", "after_id": 0}]
    assert admin.post(SIGN, form(length=8, running="true")).status_code == 302
    assert len(asked()) == 1


def test_a_limit_that_a_superior_sets_has_no_length_in_its_form(admin: Browser) -> None:
    page = admin.get(f"{CLOCKS}/result-assigned").text
    assert ('name="length"' in page, 'name="ladder"' in page) == (False, True)
    assert "由上级定" in admin.get(CLOCKS).text
    said = {"basis": terms.read("result-assigned")["basis"], "valid_from": str(TODAY), "document": "x", "_version": "0"}
    assert admin.post(f"{CLOCKS}/result-assigned", said).status_code == 302
    assert terms.read("result-assigned")["ladder"] == []
    assert "没有可以试算的" in admin.post(f"{CLOCKS}/result-assigned", {**said, "_do": "trial"}).text


@pytest.mark.parametrize(("code", "path", "told"), [
    ("sign", "/how-it-works", "派单后 6 个工作小时内"), ("transfer-802", "/", "受理后 6 个工作日内转交承办部门"),
])  # fmt: skip
def test_everybody_reads_other_terms_once_they_hold(app: Flask, code: str, path: str, told: str) -> None:
    tomorrow = {**terms.read(code), "length": 6, "valid_from": str(TODAY + timedelta(days=1))}
    with transaction():
        changing.change(CLOCK, code, tomorrow, changing.version(CLOCK, code), "guan", clock.now())
    assert told not in Browser(app).get(path).text
    with time_machine.travel(NOON + timedelta(days=1)):
        assert told in Browser(app).get(path).text


def test_auditors_read_and_others_do_not(at_desk: At) -> None:
    auditor = at_desk("auditor")
    assert "工作小时" in auditor.get(SIGN).text
    assert [auditor.post(path).status_code for path in (SIGN, f"{SIGN}/undo/1")] == [403] * 2
    assert at_desk("supervisor", "150000").get(CLOCKS).status_code == 403
    assert at_desk("administrator").get(f"{CLOCKS}/nothing").status_code == 404


@pytest.mark.parametrize(("path", "most"), [(CLOCKS, 3), (SIGN, 5)])
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for length in (6, 7):
        admin.get(path)
        with counted() as sent:
            assert admin.get(path).status_code == 200
        assert len(sent) == most, sent
        admin.post(SIGN, form(length=length, valid_from=f"2026-0{length}-01"))
        db.session.rollback()
