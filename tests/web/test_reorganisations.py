"""Duties that move, on pages: the administrator prepares, the supervisor sees what moves and confirms."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from service import clock
from service.audit.models import Entry
from service.casework import reorganising
from service.casework.models import DutyProposal, Reorganisation
from service.casework.tasks import reorganise
from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from tests.casework import ways
from tests.casework.ways import DEPARTMENT, PLACE
from tests.statements import counted
from tests.web.browser import Browser

PAGE = "/reorganisations"
At = Callable[..., Browser]
FILLED: dict[str, Any] = {
    "relieved_place": PLACE, "relieved_kind": DEPARTMENT.split("-")[1], "successor_place": PLACE,
    "successor_kind": "finance", "document": "五党编发〔2026〕3号", "reason": "医疗机构欠款改由财政部门统筹。",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def admin(app: Flask, at_desk: At) -> Browser:
    return at_desk("administrator")


def prepared(admin: Browser, **said: Any) -> str:
    answer = admin.post(PAGE, {**FILLED, **said})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_an_administrator_prepares_and_the_supervisor_of_the_place_confirms(admin: Browser, at_desk: At) -> None:
    number = ways.brought_to("handling")[0]
    address, supervisor = prepared(admin), at_desk("supervisor", PLACE)
    page = admin.get(address).text
    assert number not in page
    assert "另有 1 件不在您的查看范围，只计数" in page
    assert "还没有办完的诉求 1 件" in page
    assert number in supervisor.get(address).text
    assert "确认划转" not in page
    assert admin.post(f"{address}/confirm").status_code == 403
    assert "确认划转" in supervisor.get(address).text
    assert "待督办人确认" in supervisor.get(PAGE).text
    assert supervisor.post(f"{address}/confirm").status_code == 302
    assert "正在划转" in supervisor.get(address).text
    with transaction():
        reorganise(db.session.query(Reorganisation).one().id)
    done = supervisor.get(address).text
    assert "已完成" in done
    assert "1 件" in done
    assert ways.stored(number).department == f"{PLACE}-finance"
    again = supervisor.post(f"{address}/confirm")
    assert (again.status_code, "不能再改" in again.text) == (409, True)


def test_one_that_stands_still_is_shown_and_let_on_by_the_supervisor(admin: Browser, at_desk: At) -> None:
    address, supervisor = prepared(admin), at_desk("supervisor", PLACE)
    supervisor.post(f"{address}/confirm")
    assert "继续划转" not in supervisor.get(address).text
    assert supervisor.post(f"{address}/go-on").status_code == 409
    with transaction():
        db.session.query(Reorganisation).one().worked_at -= reorganising.STILL
    assert ["继续划转" in browser.get(address).text for browser in (admin, supervisor)] == [False, True]
    assert "已经一小时没有划转" in admin.get(address).text
    assert [browser.post(f"{address}/go-on").status_code for browser in (admin, supervisor)] == [403, 302]


def test_a_second_of_one_department_is_refused_in_a_sentence(admin: Browser) -> None:
    prepared(admin)
    answer = admin.post(PAGE, FILLED)
    assert (answer.status_code, "还没有办完" in answer.text) == (409, True)


def test_what_is_wrong_stands_beside_its_field(admin: Browser) -> None:
    answer = admin.post(PAGE, {**FILLED, "successor_kind": FILLED["relieved_kind"], "document": ""})
    assert (answer.status_code, "这一项必须填写" in answer.text) == (422, True)
    answer = admin.post(PAGE, {**FILLED, "successor_kind": FILLED["relieved_kind"]})
    assert (answer.status_code, "不能就是原来的部门" in answer.text) == (422, True)


def test_it_is_cancelled_by_who_prepared_it(admin: Browser) -> None:
    address = prepared(admin)
    assert admin.post(f"{address}/cancel").status_code == 302
    assert "已取消" in admin.get(address).text
    prepared(admin)


def test_it_is_for_administrators_and_those_who_supervise_both_places(admin: Browser, at_desk: At) -> None:
    address = prepared(admin)
    elsewhere = at_desk("supervisor", "150802")
    assert "还没有" in elsewhere.get(PAGE).text
    assert [elsewhere.get(address).status_code, elsewhere.post(f"{address}/cancel").status_code] == [404, 404]
    for role, place in (("dispatcher", PLACE), ("head", None)):
        browser = at_desk(role, place, DEPARTMENT if role == "head" else None)
        assert [browser.get(PAGE).status_code, browser.get(address).status_code] == [403, 403]
    assert at_desk("supervisor", PLACE).post(PAGE, FILLED).status_code == 403


def test_its_page_takes_as_many_statements_for_three_complaints_as_for_one(
    admin: Browser, at_desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    address, supervisor = prepared(admin), at_desk("supervisor", PLACE)
    for more in (1, 2):
        for _ in range(more):
            ways.brought_to("dispatched")
        supervisor.get(address)
        with counted() as sent:
            supervisor.get(address)
        assert len(sent) == 5, sent


# --- what hand-backs say about duties --------------------------------------------------------------------------------


def handed_back(why: str = "应由财政部门牵头，请打13812345678。") -> str:
    number = ways.brought_to("handling")[0]
    complaint = ways.stored(number)
    with transaction():
        db.session.add(DutyProposal(
            complaint_id=complaint.id, category="arrears.goods-services", place=PLACE, department=DEPARTMENT,
            proposed=f"{PLACE}-finance", reason=why, at=clock.now(),
        ))  # fmt: skip
    return number


def buttons(page: str) -> list[str]:
    return re.findall(r'action="(/reorganisations/proposals/\d+/\w+)"', page)


def test_what_a_hand_back_says_about_duties_waits_for_an_administrator(admin: Browser, at_desk: At) -> None:
    number = handed_back()
    page = admin.get(PAGE).text
    assert "应由财政部门牵头，请打〔电话〕。" in page
    assert "五原县财政局" in page
    assert number not in page
    assert re.search(r'aria-label="不采纳：五原县卫生健康委员会、[^"、]+、\d+月\d+日 \d\d:\d\d"', page)
    assert "财政部门牵头" not in at_desk("supervisor", "150000").get(PAGE).text
    accept, leave = buttons(page)
    assert at_desk("supervisor", "150000").post(accept).status_code == 403
    assert admin.post(accept).status_code == 302
    assert buttons(admin.get(PAGE).text) == []
    late = admin.post(leave)
    assert late.status_code == 409
    assert late.text.index('id="proposals"') < late.text.index("已经有人处理") < late.text.index("新的职责划转</h2>")
    assert admin.post(leave.replace("/leave", "9/leave")).status_code == 404
    entry = db.session.scalars(select(Entry).where(Entry.action == "duty.weighed")).one()
    assert (entry.details["accepted"], entry.details["proposed"]) == (True, f"{PLACE}-finance")


def test_no_administrator_reads_there_who_complains(admin: Browser) -> None:
    handed_back("河套试剂有限公司的白女士说应由财政部门牵头。")
    assert "〔企业〕的〔联系人〕说应由财政部门牵头。" in admin.get(PAGE).text


@pytest.mark.parametrize("unknown", ["confidential", "anonymous"])
def test_no_administrator_reads_there_what_a_confidential_or_sealed_complaint_says(
    admin: Browser, unknown: str
) -> None:
    handed_back()
    with transaction():
        db.session.execute(update(Complaint).values({unknown: True}))
    page = admin.get(PAGE).text
    assert "财政部门牵头" not in page
    assert "企业要求保密" in page
    accept, _leave = buttons(page)
    with transaction():
        db.session.execute(update(Complaint).values(sealed=True))
    assert buttons(admin.get(PAGE).text) == []
    assert admin.post(accept).status_code == 404
    assert db.session.scalars(select(DutyProposal.accepted)).one() is None


def test_the_list_takes_a_fixed_number_of_statements(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for _ in range(2):
        handed_back()
        admin.get(PAGE)
        with counted() as sent:
            assert admin.get(PAGE).status_code == 200
        assert len(sent) == 3, sent
