"""Answers to read out: at the hotline's side, and where administrators keep them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text, update

from service.complaints.models import Complaint
from service.config import ROOT
from service.db import db, transaction
from service.directory import operations as directory
from service.knowledge import operations as knowledge
from tests.casework import ways
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.test_hotline import At, call, value_of

LIST, LATE = "/admin/answers", "/admin/answers/late-interest"
DESK = "/desk/hotline"


@pytest.fixture
def operator(at_desk: At) -> Browser:
    return at_desk("operator", "150000")


@pytest.fixture
def administrator(at_desk: At, app: Flask) -> Iterator[Browser]:
    """Somebody who changes answers; afterwards they say what the seed file says."""
    yield at_desk("administrator")
    db.session.rollback()
    with transaction():
        db.session.execute(text("DELETE FROM knowledge_answers"))
        db.session.expunge_all()
        knowledge.seed(ROOT / "data")


def written(**changes: Any) -> dict[str, Any]:
    """An answer as an administrator types it."""
    said = {
        "question": "逾期付款的利息怎么算？",
        "answer": "按合同；没写的，每日万分之五。",
        "category": "arrears.interest",
        "words": "利息，滞纳金",
        "source": "保障中小企业款项支付条例第十七条",
        "public": "true",
        "active": "true",
        "version": "1",
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


# --- reading out -----------------------------------------------------------------------------------------------------


def test_while_the_caller_talks_the_answer_stands_at_the_side_ready_to_become_the_reply(operator: Browser) -> None:
    part = operator.post(f"{DESK}/preview", call(body="逾期付款的利息怎么算，合同没有约定利率。")).text
    assert "每日万分之五" in part
    assert "保障中小企业款项支付条例第十七条" in part
    assert re.search(r'data-fill="f-reply" data-value="[^"]+（依据：[^"]+）"[^>]*data-key="Alt\+4"', part)


def test_an_answer_is_looked_for_by_its_words_with_and_without_a_script(operator: Browser) -> None:
    part = operator.post(f"{DESK}/answers", {"_words": "保函"}).text
    assert "保证金到期不退" in part
    assert "<html" not in part
    page = operator.post(DESK, call(_way="look", _words="保函"))
    assert "保证金到期不退" in page.text
    assert "医药货款拖欠" in page.text
    assert operator.post(f"{DESK}/answers", {"_words": ""}).text.strip() == ""
    assert "换一个词" not in operator.post(f"{DESK}/answers", {"_words": "的"}).text


# --- administration --------------------------------------------------------------------------------------------------


def test_a_changed_answer_is_read_out_at_once_and_what_it_said_can_be_brought_back(
    administrator: Browser, operator: Browser
) -> None:
    before = value_of_area(administrator.get(LATE).text)
    assert administrator.post(LATE, written()).headers["Location"] == LIST
    assert "按合同；没写的" in operator.post(f"{DESK}/answers", {"_words": "利息"}).text
    page = administrator.get(LATE).text
    assert "第 2 版" in page
    again = re.search(r'href="([^"]+version=1)"', page)
    assert again
    assert value_of_area(administrator.get(again[1]).text) == before


def value_of_area(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="answer"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def test_two_administrators_do_not_overwrite_each_other(administrator: Browser) -> None:
    administrator.post(LATE, written())
    late = administrator.post(LATE, written(answer="另一个说法。"))
    assert late.status_code == 412
    assert "另一个说法。" in late.text
    assert knowledge.find("late-interest").version == 2


def test_an_answer_put_away_is_read_out_no_more(administrator: Browser, operator: Browser) -> None:
    administrator.post(LATE, written(active=None))
    assert "逾期付款的利息" not in operator.post(f"{DESK}/answers", {"_words": "利息"}).text
    assert "停用" in administrator.get(f"{LIST}?q=利息").text


def test_a_new_answer_is_found_by_what_people_say(administrator: Browser, operator: Browser) -> None:
    new = written(question="草原上的驿站有补贴吗？", words="驿站补贴", category=None, source=None)
    assert administrator.post(f"{LIST}/new", new).status_code == 302
    assert "草原上的驿站" in operator.post(f"{DESK}/answers", {"_words": "驿站"}).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"question": None}, "question"), ({"answer": None}, "answer"), ({"category": "none.such"}, "category"),
     ({"valid_until": "明天"}, "valid-until"), ({"answer": "长" * 4001}, "answer")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(administrator: Browser, changes: dict[str, Any], field: str) -> None:
    for path in (LATE, f"{LIST}/new"):
        page = administrator.post(path, written(**changes))
        assert page.status_code == 422
        assert f'href="#f-{field}"' in page.text
        assert value_of(page, "words") == "利息，滞纳金"


def test_planted_script_shows_as_text(administrator: Browser, operator: Browser) -> None:
    planted = "<script>alert(1)</script>利息"
    administrator.post(LATE, written(question=planted, answer=planted, words=planted, source=planted))
    for page in (
        administrator.get(LIST),
        administrator.get(LATE),
        operator.post(f"{DESK}/answers", {"_words": "利息"}),
    ):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("path", [LIST, LATE, f"{LIST}/new"])
def test_answers_are_kept_by_administrators_alone(operator: Browser, path: str) -> None:
    assert operator.get(path).status_code == 403
    assert operator.post(f"{LIST}/new", written()).status_code == 403


def test_there_is_no_answer_of_an_unknown_code(administrator: Browser) -> None:
    assert administrator.get(f"{LIST}/nothing").status_code == 404
    assert administrator.get(f"{LATE}?version=99").status_code == 200


def test_what_the_pages_cost(administrator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    administrator.get(LIST)
    costs = []
    for path in (LIST, f"{LIST}?q=利息", LATE, f"{LIST}/new"):
        with counted() as sent:
            administrator.get(path)
        costs.append(len(sent))
    # The session, and the answers; for one also its history.
    assert costs == [2, 2, 3, 1]


def test_a_supervisor_makes_a_case_and_an_administrator_publishes_it(
    at_desk: At, browser: Browser, administrator: Browser
) -> None:
    number, _code = ways.brought_to("closed")
    with transaction():
        db.session.execute(update(Complaint).where(Complaint.number == number).values(solved=True))
    supervisor = at_desk("supervisor", "150000")
    assert f"/desk/complaints/{number}/case" in supervisor.get(f"/desk/complaints/{number}").text
    path = f"/desk/complaints/{number}/case"
    named = supervisor.post(path, {"question": "五原县人民医院不付款怎么办？", "answer": "督促付清。"})
    assert (named.status_code, "被反映单位的名称" in named.text) == (422, True)
    said = {"question": "医院说没有预算，一直不付怎么办？", "answer": "由卫健部门督促，一个月内付清。"}
    assert supervisor.post(path, said).status_code == 302
    assert said["question"] not in browser.get("/faq").text
    page = administrator.get("/admin/answers?q=没有预算").text
    assert "案例草稿，等您审核" in page
    (code,) = re.findall(r"/admin/answers/(own-\w+)", page)
    form = {**said, "version": "1", "active": "true", "public": "true"}
    assert administrator.post(f"/admin/answers/{code}", form).status_code == 302
    assert said["answer"] in browser.get(f"/faq/{code}").text
    assert at_desk("handler", None, "150821-health").get(path).status_code == 403
