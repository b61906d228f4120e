"""Departments at the administrator's desk: called, reached, added, closed, and what that would change."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.audit import changing
from service.casework.departments import DEPARTMENT
from service.config import ROOT
from service.db import db, transaction
from service.directory import operations as directory
from service.directory.models import Department
from service.intake import operations as intake
from tests.kept import kept
from tests.routing.orders import NOON, OWED
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
OFFICES, HEALTH = "/admin/departments", "/admin/departments/150821-health"
CALLED = "五原县卫生健康委员会"


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), kept(Department):
        yield


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def form(**said: Any) -> dict[str, Any]:
    version = changing.version(DEPARTMENT, "150821-health")
    return {"name": CALLED, "active": "true", "_version": str(version), **said}


def filed() -> str:
    with transaction():
        return intake.file_complaint(OWED, Reader(), clock.now()).complaint.number


def office(code: str = "150821-health") -> Any:
    directory.forget()
    return directory.current().departments[code]


def test_the_list_is_narrowed_by_place_kind_name_and_state_and_goes_on(admin: Browser) -> None:
    first = admin.get(OFFICES).text
    assert "下一页" in first
    assert first.count("/admin/departments/1") == 50
    found = unescape(admin.get(f"{OFFICES}?place=150800&kind=health").text)
    assert CALLED in found
    assert "呼和浩特" not in found.split("<table")[1]
    assert "没有符合条件的部门" in admin.get(f"{OFFICES}?state=off&place=150821").text
    assert admin.get(f"{OFFICES}?state=x").status_code == 422


def test_a_department_gets_another_name_and_a_telephone_and_no_seeding_overrules_it(admin: Browser) -> None:
    assert (
        admin.post(HEALTH, form(name="五原县卫健委", phone="0478-5212345", hours="工作日 9:00—12:00")).status_code
        == 302
    )
    assert (office().name, office().phone) == ("五原县卫健委", "0478-5212345")
    with transaction():
        directory.seed(ROOT / "data")
    assert office().name == "五原县卫健委"
    page = unescape(admin.get(HEALTH).text)
    assert f"名称：{CALLED} → 五原县卫健委" in page
    assert "联系电话：（空） → 0478-5212345" in page
    entry = changing.history(DEPARTMENT, "150821-health", 1)[0].id
    assert admin.post(f"{HEALTH}/undo/{entry}").status_code == 302
    assert (office().name, office().phone) == (CALLED, None)


def test_an_enterprise_reads_how_its_department_is_reached(admin: Browser, app: Flask) -> None:
    admin.post(HEALTH, form(phone="0478-5212345", hours="工作日 9:00—12:00"))
    with transaction():
        filed_ = intake.file_complaint(OWED, Reader(), clock.now())
    enterprise = Browser(app)
    said = {"number": filed_.complaint.number, "query_code": filed_.query_code}
    page = enterprise.post("/progress", said, follow_redirects=True).text
    assert ("0478-5212345" in page, "工作日 9:00—12:00" in page) == (True, True)


def test_a_name_that_is_taken_or_missing_is_told_beside_its_field_and_nothing_is_lost(admin: Browser) -> None:
    for name, sentence in (("五原县财政局", "这个地区已有同名的部门"), ("", "这一项必须填写")):
        answer = admin.post(HEALTH, form(name=name, phone="0478-1"))
        assert (answer.status_code, sentence in answer.text, 'value="0478-1"' in answer.text) == (422, True, True)


def test_no_department_is_closed_while_it_has_work_in_hand_or_the_region_needs_it(admin: Browser) -> None:
    filed()
    answer = admin.post(HEALTH, form(active=""))
    page = unescape(answer.text)
    assert (answer.status_code, "还有 1 件没有办完" in page, "/reorganisations" in page) == (409, True, True)
    top = admin.post(f"{OFFICES}/150000-tax", {"name": office("150000-tax").name, "_version": "0"})
    assert (top.status_code, "会找不到主管" in top.text) == (422, True)
    free = admin.post(f"{OFFICES}/150821-police", {"name": office("150821-police").name, "_version": "0"})
    assert free.status_code == 302
    assert not office("150821-police").active


def test_what_would_change_is_told_before_anything_is_saved(admin: Browser) -> None:
    number = filed()
    answer = admin.post(HEALTH, form(active="", _do="trial"))
    page = unescape(answer.text)
    assert answer.status_code == 200
    for words in ("去向会不同的 1 件", f"{CALLED} → 巴彦淖尔市卫生健康委员会：1 件", "另有 1 件不在您的查看范围"):
        assert words in page, words
    assert number not in page
    assert office().active
    assert "去向会不同的 0 件" in admin.post(HEALTH, form(phone="0478-1", _do="trial")).text
    assert admin.post(HEALTH, form(name="", _do="trial")).status_code == 422


def test_a_department_is_added_once_and_is_in_use_at_once(admin: Browser) -> None:
    new = {"place": "150821", "kind": "science", "name": "五原县科学技术局", "phone": "0478-7"}
    assert "还没有诉求" in admin.post(f"{OFFICES}/new", {**new, "_do": "trial"}).text
    answer = admin.post(f"{OFFICES}/new", new)
    assert answer.headers["Location"] == f"{OFFICES}/150821-science"
    assert directory.current().department("science", "150821") == office("150821-science")
    again = admin.post(f"{OFFICES}/new", new)
    assert (again.status_code, "已有这一类部门" in again.text) == (409, True)
    wrong = admin.post(f"{OFFICES}/new", {**new, "kind": "nothing", "place": "999999"})
    assert (wrong.status_code, "没有这个地区" in wrong.text) == (422, True)
    assert "新增" in admin.get(f"{OFFICES}/150821-science").text


def test_auditors_read_departments_and_others_do_not(at_desk: At) -> None:
    auditor = at_desk("auditor")
    assert CALLED in auditor.get(HEALTH).text
    assert [auditor.post(path).status_code for path in (HEALTH, f"{OFFICES}/new", f"{HEALTH}/undo/1")] == [403] * 3
    assert at_desk("supervisor", "150000").get(OFFICES).status_code == 403


def test_one_that_there_is_not_is_not_found(admin: Browser) -> None:
    assert admin.get(f"{OFFICES}/nothing").status_code == 404


@pytest.mark.parametrize(("path", "most"), [(OFFICES, 1), (f"{OFFICES}/new", 1), (HEALTH, 5)])
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for round_ in range(2):
        admin.get(path)
        with counted() as sent:
            assert admin.get(path).status_code == 200
        assert len(sent) == most, sent
        filed()
        admin.post(HEALTH, form(phone=f"0478-{round_}"))
        db.session.rollback()
