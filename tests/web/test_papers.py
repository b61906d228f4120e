"""The slip a department gets a complaint with, and the letter that answers it: on pages and as files."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from docx import Document
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.casework import papers
from service.db import transaction
from service.deadlines.rules import Term, Unit
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from tests.factories import filing
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, SAID, standing, taken, the

At = Callable[..., Browser]
MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)
PLANTED = "<script>alert(1)</script>{{ 7*191 }}{% raw %}"
NUMBERS = ("6601234", "13947112233", "白女士")


@pytest.fixture(autouse=True)
def monday(app: Flask) -> object:
    """Nine o'clock on Monday, 2026-03-09."""
    with time_machine.travel(MONDAY, tick=False):
        yield


def paper(number: str, kind: str = "slip") -> str:
    return f"/desk/complaints/{number}/papers/{kind}"


def said(content: bytes) -> str:
    """What a reader of the file sees, in order."""
    body = Document(BytesIO(content)).element.body
    return "\n".join("".join(node.text or "" for node in line.iter("{*}t")) for line in body.iter("{*}p"))


def in_order(text: str, *wanted: str) -> None:
    at = 0
    for words in wanted:
        found = text.find(words, at)
        assert found >= 0, f"{words} does not stand after {text[:at][-200:]}"
        at = found + len(words)


def test_a_slip_says_what_the_department_must_do_by_when_and_nobodys_number(at_desk: At) -> None:
    number = standing("dispatched", body=filing()["body"] + "我的电话是13947112233。")
    handler = at_desk("handler", department=HEALTH)
    page, file = handler.get(paper(number)).text, said(handler.get(f"{paper(number)}.docx").data)
    wanted = (
        f"企声交办 {number}", "企业诉求交办单", "五原县卫生健康委员会：", f"诉求编号：{number}",
        "反映企业：河套试剂有限公司",
        "反映的对象：五原县人民医院", "涉及金额：1,250,000.00 元", "诉求内容：我公司给五原县人民医院供应",
        "办理结果：2026年4月8日",
        "保障中小企业款项支付条例第二十五条", "签收人：", "（盖章处）", "2026年3月9日", "2026年3月9日印发",
    )  # fmt: skip
    in_order(re.sub(r"<[^>]+>", "", page[page.index("<article") :]), *wanted)
    in_order(file, *wanted)
    for told in NUMBERS:
        assert told not in page
        assert told not in file
    assert not {"{", "}"} & set(file)


def test_a_slip_names_nobody_who_asked_for_confidence(at_desk: At) -> None:
    number = standing("dispatched", confidential=True, body=f"河套试剂的白女士反映：{filing()['body']}")
    page = at_desk("handler", department=HEALTH).get(paper(number)).text
    assert "河套试剂" not in page
    assert "白女士" not in page
    assert "（已申请保密）" in page


def test_who_gets_it_next_gets_a_slip_of_its_own(at_desk: At) -> None:
    number = standing("handling")
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        taken(number, "transfer", department="150821-finance", reason="由财政局主管。")
        page = at_desk("handler", department="150821-finance").get(paper(number)).text
    in_order(page, f"企声交办 {number}（第 2 次）", "财政局：", "办理结果：2026年4月10日", "2026年3月11日印发")


def test_the_letter_is_signed_by_who_answered_and_says_what_was_answered(at_desk: At) -> None:
    number = standing("approved")
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        taken(number, "reply")
    page = at_desk("handler", department=HEALTH).get(paper(number, "reply")).text
    in_order(
        page, "五原县卫生健康委员会", f"企声答复 {number}", "企业诉求办理结果答复书", "河套试剂有限公司：",
        "你单位于2026年3月9日反映的诉求", SAID["draft"]["reply"], "10 个工作日内在平台申请重办", "特此答复。",
        "（盖章处）", "2026年3月18日",
    )  # fmt: skip


def test_the_letter_says_how_long_a_redo_can_be_asked_for_as_the_rule_has_it(
    at_desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "TIME_TO_REDO", Term(7, Unit.CALENDAR_DAYS))
    page = at_desk("handler", department=HEALTH).get(paper(standing("replied"), "reply")).text
    assert "自答复之日起 7 日内在平台申请重办" in page


def test_a_second_reply_is_a_second_letter(at_desk: At) -> None:
    number = standing("replied")
    taken(number, "redo", reason="没有付清。")
    taken(number, "sign")
    taken(number, "draft", by=Reader(id=10_007), reply="重新核实，已经付清。")
    taken(number, "approve", "reply")
    page = at_desk("handler", department=HEALTH).get(paper(number, "reply")).text
    in_order(page, f"企声答复 {number}（第 2 次）", "重新核实，已经付清。")


def test_what_was_answered_on_the_spot_is_signed_by_who_works_for_the_place(at_desk: At) -> None:
    number = standing("answered")
    page = at_desk("operator", "150000").get(paper(number, "reply")).text
    assert "企业诉求办理结果答复书" in page
    assert "申请重办" not in page
    assert at_desk("operator", "150000").get(paper(number)).status_code == 404


@pytest.mark.parametrize(("state", "kind"), [("accepted", "slip"), ("handling", "reply"), ("handling", "nothing")])
def test_what_there_is_not_yet_is_not_found(at_desk: At, state: str, kind: str) -> None:
    assert at_desk("dispatcher", "150821").get(paper(standing(state), kind)).status_code == 404


def test_papers_are_read_by_who_may_see_the_complaint(at_desk: At, browser: Browser) -> None:
    number = standing("replied")
    for kind in ("slip", "reply"):
        assert at_desk("handler", department="150826-health").get(paper(number, kind)).status_code == 404
        assert at_desk("handler", department="150826-health").get(f"{paper(number, kind)}.docx").status_code == 404
        assert browser.get(paper(number, kind)).status_code == 302
    assert "/papers/slip" in at_desk("handler", department=HEALTH).get(f"/desk/complaints/{number}").text
    assert (
        "/papers/reply"
        not in at_desk("handler", department=HEALTH).get(f"/desk/complaints/{standing('handling')}").text
    )


def test_the_enterprise_gets_its_letter_with_its_code_and_nobody_else_does(browser: Browser, app: Flask) -> None:
    with transaction():
        filed = intake.file_complaint(FilingSchema().load(filing()), Reader(), clock.now())
        number, code = filed.complaint.number, filed.query_code
    for action in ("sign", "contact", "draft", "approve"):
        taken(number, action)
    browser.post("/progress", {"number": number, "query_code": code})
    assert browser.get(f"/progress/{number}/reply").status_code == 404
    taken(number, "reply")
    assert f'href="/progress/{number}/reply"' in browser.get(f"/progress/{number}").text
    in_order(browser.get(f"/progress/{number}/reply").text, "河套试剂有限公司：", SAID["draft"]["reply"])
    answer = browser.get(f"/progress/{number}/reply.docx")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert SAID["draft"]["reply"] in said(answer.data)
    for path in (f"/progress/{number}/reply", f"/progress/{number}/reply.docx"):
        assert Browser(app).get(path).status_code == 404


def test_planted_marks_come_out_as_text(at_desk: At) -> None:
    number = standing("handling", body=PLANTED + filing()["body"], enterprise={"name": PLANTED, "size": "small"})
    taken(number, "draft", reply=PLANTED)
    taken(number, "approve", "reply")
    handler = at_desk("handler", department=HEALTH)
    for kind in ("slip", "reply"):
        page, file = handler.get(paper(number, kind)).text, said(handler.get(f"{paper(number, kind)}.docx").data)
        assert "<script>alert" not in page
        assert PLANTED in file
        assert "1337" not in file


@pytest.mark.parametrize("rounds", [0, 9])
def test_a_paper_takes_five_statements_at_most_whatever_happened(
    at_desk: At, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    number = standing("handling")
    for _ in range(rounds):
        taken(number, "request_material", "lapse_material")
    taken(number, "draft", "approve", "reply")
    handler = at_desk("handler", department=HEALTH)
    handler.get(paper(number))
    for kind in ("slip", "reply"):
        with counted() as sent:
            handler.get(paper(number, kind))
        assert len(sent) <= 5, sent
    assert the(number).status == "replied"
