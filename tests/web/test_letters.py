"""Letters on pages: the respondent's one-time form, the sheet and its file, and the circular list."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from docx import Document
from flask import Flask, render_template

from service import clock
from service.accounts.rules import Reader
from service.casework import letters
from service.casework.contents import LETTERS
from service.casework.letters import Issued
from service.casework.models import Letter
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import MACHINE, Change, Trace
from service.db import db, transaction
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.web import worklists
from tests.casework.written import DEPARTMENT, NEVER, filed, issued
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
OTHER_OFFICE = "150821-education"
PLANTED = "<script>alert(1)</script>{{ 7*7 }}"
ANSWER = {"answer": "已于三月付清，附凭证号 20260301。", "name": "财务科 张某"}


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    """10:00 on Monday, 2026-03-16."""
    with time_machine.travel("2026-03-16T02:00Z", tick=False):
        yield


@pytest.fixture
def inquiry() -> Issued:
    """A letter that waits for its answer."""
    complaint, _ = filed()
    return issued(complaint)


def link(one: Issued) -> str:
    return f"/letters/{one.token}"


def stored(letter: Letter) -> Letter:
    """The letter as it stands in the database now."""
    db.session.rollback()
    return db.session.get_one(Letter, letter.id, populate_existing=True)


def sheet_of(complaint: Complaint, letter: Letter) -> str:
    return f"/desk/complaints/{complaint.number}/letters/{letter.id}"


# --- the respondent --------------------------------------------------------------------------------------------------


def test_a_link_shows_the_letter_and_nothing_else_of_the_complaint(browser: Browser) -> None:
    complaint, code = filed()
    one = issued(complaint)
    page = browser.get(link(one)).text
    for words in (
        one.letter.number,
        "五原县人民医院：",
        "HT-2024-017",
        "保障中小企业款项支付条例第二十五条第三款",
        "2026年11月22日 17:30前",
        "（盖章处）",
    ):
        assert words in page
    assert [word for word in (*NEVER, code, complaint.body) if word in page] == []


def test_the_answer_is_kept_and_the_link_is_dead(browser: Browser, inquiry: Issued) -> None:
    answer = browser.post(link(inquiry), ANSWER)
    assert answer.status_code == 200
    assert "答复已收到" in answer.text
    assert ANSWER["answer"] in answer.text
    letter = stored(inquiry.letter)
    assert (letter.answer, letter.answered_by, letter.answered_at) == (ANSWER["answer"], ANSWER["name"], clock.now())
    complaint = db.session.get_one(Complaint, letter.complaint_id)
    assert complaints.last_event(complaint).action == "answer_inquiry"
    for again in (browser.get(link(inquiry)), browser.post(link(inquiry), ANSWER)):
        assert again.status_code == 404
        assert letters.DEAD_LINK in again.text


def test_a_wrong_link_and_a_used_one_look_the_same(browser: Browser, inquiry: Issued) -> None:
    browser.post(link(inquiry), ANSWER)
    pages = [browser.get(path).text for path in (link(inquiry), f"/letters/{'x' * 43}", "/letters/%20")]
    assert len({re.sub(r'value="[^"]+"', "", page) for page in pages}) == 1


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ({"answer": ""}, "答复内容：这一项必须填写。"),
        ({"name": " "}, "答复人：这一项必须填写。"),
        ({"name": "长" * 51}, "答复人：最多 50 个字"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(
    browser: Browser, inquiry: Issued, left_out: dict[str, str], told: str
) -> None:
    page = browser.post(link(inquiry), ANSWER | left_out)
    assert page.status_code == 422
    assert told in page.text
    kept = next(value for name, value in ANSWER.items() if name not in left_out)
    assert kept in page.text
    assert browser.get(link(inquiry)).status_code == 200


def test_where_a_complaint_stands_is_nothing_that_a_respondent_learns(browser: Browser) -> None:
    complaint, _ = filed()
    one = issued(complaint)
    with transaction():
        complaint.status = "answered"
    answer = browser.post(link(one), ANSWER)
    assert (answer.status_code, letters.DEAD_LINK in answer.text) == (404, True)
    assert "即时办结" not in answer.text
    assert stored(one.letter).answer is None


def test_without_the_forms_own_token_no_answer_is_taken(browser: Browser, inquiry: Issued) -> None:
    assert browser.client.post(link(inquiry), data=ANSWER).status_code == 400
    assert stored(inquiry.letter).answer is None


@pytest.mark.parametrize("path", ["", "x"])
def test_a_link_is_told_to_nobody(browser: Browser, inquiry: Issued, path: str) -> None:
    headers = browser.get(link(inquiry) + path).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_no_log_holds_a_link(browser: Browser, inquiry: Issued, capfd: pytest.CaptureFixture[str]) -> None:
    token = inquiry.token or ""
    for _ in range(2):
        browser.get(link(inquiry))
        browser.post(link(inquiry), ANSWER)
    told = capfd.readouterr()
    assert "/letters/<token>" in told.err
    assert token not in told.err + told.out


def test_planted_text_is_text_on_every_page(browser: Browser, at_desk: At) -> None:
    complaint, _ = filed(enterprise_name=PLANTED, respondent_name=PLANTED)
    one = issued(complaint, demand=PLANTED)
    desk = at_desk("supervisor", "150821")
    pages = [browser.get(link(one)), browser.post(link(one), {"answer": PLANTED, "name": PLANTED})]
    pages.append(desk.get(sheet_of(complaint, one.letter)))
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert PLANTED in unescape(page.text)


# --- the staff -------------------------------------------------------------------------------------------------------


def test_the_sheet_and_its_file_say_the_same(at_desk: At) -> None:
    complaint, _ = filed()
    letter = issued(complaint).letter
    desk = at_desk("supervisor", "150821")
    page = desk.get(sheet_of(complaint, letter))
    file = desk.get(f"{sheet_of(complaint, letter)}.docx")
    assert (page.status_code, file.status_code) == (200, 200)
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E4%BC%81")
    lines = [line.text for line in Document(BytesIO(file.data)).paragraphs if line.text]
    assert letter.number in lines
    assert [line for line in lines if line not in unescape(page.text) and "印发" not in line] == []


READING: list[tuple[str, dict[str, str], set[str]]] = [
    ("supervisor", {"place": "150821"}, set(LETTERS)),
    ("dispatcher", {"place": "150821"}, set(LETTERS)),
    ("auditor", {}, set(LETTERS)),
    ("handler", {"department": DEPARTMENT}, set(LETTERS)),
    ("handler", {"department": OTHER_OFFICE}, set()),
    ("supervisor", {"place": "150100"}, set()),
]


@pytest.mark.parametrize(("role", "where", "read"), READING)
def test_who_sees_the_complaint_sees_its_letters(at_desk: At, role: str, where: dict[str, str], read: set[str]) -> None:
    complaint, _ = filed()
    paths = {kind: sheet_of(complaint, issued(complaint, kind).letter) for kind in LETTERS}
    desk = at_desk(role, **where)
    for ending in ("", ".docx"):
        assert {kind for kind, path in paths.items() if desk.get(path + ending).status_code == 200} == read


def test_the_department_complained_of_sees_none_even_where_it_handles(at_desk: At) -> None:
    complaint, _ = filed({"respondent_department": DEPARTMENT})
    letter = issued(complaint).letter
    assert at_desk("handler", department=DEPARTMENT).get(sheet_of(complaint, letter)).status_code == 404


def test_an_order_to_another_department_is_not_for_this_one(at_desk: At) -> None:
    complaint, _ = filed()
    letter = issued(complaint, "order", department=OTHER_OFFICE).letter
    assert at_desk("handler", department=DEPARTMENT).get(sheet_of(complaint, letter)).status_code == 404


def test_a_letter_is_not_reached_through_another_complaint(at_desk: At) -> None:
    (one, _), (other, _) = filed(), filed()
    letter = issued(one).letter
    desk = at_desk("supervisor", "150821")
    assert desk.get(sheet_of(other, letter)).status_code == 404
    assert desk.get(f"/desk/complaints/{one.number}/letters/{10**30}").status_code == 404


def test_nobody_unknown_opens_a_sheet(browser: Browser, inquiry: Issued) -> None:
    complaint = db.session.get_one(Complaint, inquiry.letter.complaint_id)
    answer = browser.get(sheet_of(complaint, inquiry.letter))
    assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (302, True)


def test_a_lost_link_is_replaced_and_shown_once(at_desk: At, browser: Browser) -> None:
    complaint, _ = filed()
    one = issued(complaint)
    desk = at_desk("handler", department=DEPARTMENT)
    page = desk.post(f"{sheet_of(complaint, one.letter)}/link")
    fresh = re.search(r"http://localhost(/letters/[\w-]{43})<", page.text)
    assert fresh
    assert browser.get(link(one)).status_code == 404
    assert browser.get(fresh[1]).status_code == 200
    assert fresh[1] not in desk.get(sheet_of(complaint, one.letter)).text


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("head", 403), ("operator", 403)])
def test_who_writes_no_letters_makes_no_links(at_desk: At, role: str, status: int) -> None:
    complaint, _ = filed()
    one = issued(complaint)
    where = {"department": DEPARTMENT} if role == "head" else {"place": "150821"} if role == "operator" else {}
    assert at_desk(role, **where).post(f"{sheet_of(complaint, one.letter)}/link").status_code == status
    assert letters.by_token(one.token or "", clock.now())


def test_the_panel_of_a_complaint_tells_each_letter_and_its_answer(app: Flask, browser: Browser) -> None:
    complaint, _ = filed()
    one, order = issued(complaint), issued(complaint, "order", due_at=None)
    browser.post(link(one), ANSWER)
    seen = letters.seen(complaint.id, {"supervisor"}, Reader())
    with app.test_request_context():
        panel = render_template("letters/_panel.html", letters=seen, number=complaint.number)
    for words in (
        one.letter.number,
        order.letter.number,
        "函询",
        "督办单",
        "五原县人民医院",
        "五原县卫生健康委员会",
        *ANSWER.values(),
    ):
        assert words in panel
    with app.test_request_context():
        assert render_template("letters/_panel.html", letters=[], number=complaint.number).strip() == ""


# --- the circular list -----------------------------------------------------------------------------------------------

LIST = "/desk/supervision/circulars"


def listed(action: str = "summon", role: str = MACHINE, **changes: Any) -> str:
    """The number of a complaint that has come to the list."""
    complaint, _ = filed(changes)
    late(complaint)
    came(complaint, action, role)
    return complaint.number


def came(complaint: Complaint, action: str, role: str = MACHINE) -> None:
    with transaction():
        change = Change(action, complaint.status, complaint.status, False, {})
        complaints.store_events([complaints.append(complaint, change, Trace(role), clock.now())])


def late(complaint: Complaint) -> None:
    """Its clocks ran out a day after they began."""
    with transaction():
        for one in db.session.query(Clock).filter_by(complaint_id=complaint.id):
            one.state, one.due_at = "running", one.started_at + timedelta(days=1)
            one.overdue_at = one.due_at


def numbers(page: str) -> list[str]:
    return re.findall(r'<a class="number" href="/desk/complaints/([^"]+)"', page)


def test_what_came_to_it_stands_on_the_list_the_newest_first(at_desk: At) -> None:
    filed()
    by_ladder, by_hand, circular = listed(), listed(role="supervisor"), listed("circulate", "supervisor")
    page = at_desk("supervisor", "150800").get(LIST).text
    assert numbers(page) == [circular, by_hand, by_ladder]
    assert page.count("系统列入") == 1
    assert "受理：3月17日 10:00起逾期" in page
    assert "五原县卫生健康委员会" in page


def test_what_came_twice_stands_once_where_it_came_last(at_desk: At) -> None:
    first, second = listed(), listed()
    came(db.session.query(Complaint).filter_by(number=first).one(), "circulate", "supervisor")
    page = at_desk("supervisor", "150800").get(LIST).text
    assert numbers(page) == [first, second]
    assert "<td>通报</td>" in page


def test_the_list_narrows_down_to_a_department(at_desk: At) -> None:
    ours, theirs = listed(), listed(department=OTHER_OFFICE)
    desk = at_desk("supervisor", "150800")
    links = re.findall(r'<a href="(/desk/supervision/circulars\?department=[^"]+)"', desk.get(LIST).text)
    assert {tuple(numbers(desk.get(one).text)) for one in links} == {(ours,), (theirs,)}


def test_a_supervisor_sees_the_own_places_only(at_desk: At) -> None:
    listed()
    listed(sealed=True, dispatch_place="150000")
    desk = at_desk("supervisor", "150100")
    assert numbers(desk.get(LIST).text) == []
    assert numbers(desk.get(f"{LIST}?department={DEPARTMENT}").text) == []
    assert len(numbers(at_desk("supervisor", "150821").get(LIST).text)) == 1
    assert len(numbers(at_desk("supervisor", "150000").get(LIST).text)) == 2


@pytest.mark.parametrize("role", ["dispatcher", "operator"])
def test_the_list_is_for_supervisors(at_desk: At, role: str) -> None:
    assert at_desk(role, "150821").get(LIST).status_code == 403


def test_pages_follow_without_gap_or_twin(at_desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklists, "ROWS", 2)
    made = [listed() for _ in range(5)]
    desk, path, read = at_desk("supervisor", "150821"), LIST, list[str]()
    while path:
        page = desk.get(path).text
        read += numbers(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(following[1]) if following else ""
        if len(read) == 2:
            made.append(listed())
    assert read == list(reversed(made[:5]))


@pytest.mark.parametrize("query", ["department=x", "cursor=x", "cursor=0", "cursor=99999999999999999999"])
def test_a_filter_that_is_none_is_told(at_desk: At, query: str) -> None:
    answer = at_desk("supervisor", "150821").get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_empty_list_says_what_will_stand_there(at_desk: At) -> None:
    assert "这里将列出到了约谈、通报这一步的诉求" in at_desk("supervisor", "150821").get(LIST).text


@pytest.mark.parametrize("length", [1, 30])
def test_the_list_takes_four_statements_whatever_its_rows(
    at_desk: At, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for _ in range(length):
        listed()
    desk = at_desk("supervisor", "150821")
    desk.get(LIST)
    with counted() as sent:
        page = desk.get(LIST).text
    assert len(numbers(page)) == length
    assert len(sent) == 4, sent


def test_a_confidential_enterprise_is_not_on_the_list(at_desk: At) -> None:
    listed(confidential=True)
    assert "河套" not in at_desk("supervisor", "150821").get(LIST).text
