"""Following a complaint, and what the enterprise does about it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service.accounts.rules import Reader
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import ENTERPRISE, STATES, STEPS, allowed
from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.models import Attachment
from service.intake.schemas import FilingSchema
from service.web import progress
from tests.factories import People, filing
from tests.statements import counted
from tests.web.browser import Browser

MORNING = datetime(2026, 3, 13, 2, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PLANTED = '"><script>alert(1)</script>{{7*7}}'
Filed = tuple[str, str]


@pytest.fixture(autouse=True)
def quiet_morning() -> Iterator[None]:
    """10:00 on Friday, 2026-03-13."""
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def file(app: Flask) -> Callable[..., Filed]:
    """File something; gives number and query code."""

    def filed(**changes: Any) -> Filed:
        with transaction():
            done = intake.file_complaint(FilingSchema().load(filing(**changes)), Reader(), MORNING)
            return done.complaint.number, done.query_code

    return filed


@pytest.fixture
def step(app: Flask, people: People) -> Callable[..., None]:
    """Let somebody take a step of the workflow: step(number, "sign", "handler")."""
    known: dict[str, Reader] = {}

    def take(number: str, action: str, role: str, **given: Any) -> None:
        reader = known.setdefault(role, people.reader(role, "150821"))
        with transaction():
            complaint, _ = complaints.find(number, reader, lock=True)
            casework.act(complaint, {role}, action, given, reader, datetime.now(UTC))

    return take


@pytest.fixture
def waiting(file: Callable[..., Filed], step: Callable[..., None]) -> Filed:
    """A complaint whose handler asks for material."""
    filed = file()
    step(filed[0], "sign", "handler")
    step(filed[0], "request_material", "handler", note="请提供验收单。")
    return filed


@pytest.fixture
def replied(file: Callable[..., Filed], step: Callable[..., None]) -> Filed:
    """A complaint with a reply."""
    filed = file()
    step(filed[0], "sign", "handler")
    step(filed[0], "draft", "handler", reply="医院已于3月12日付清货款。", internal="院长已约谈。")
    step(filed[0], "approve", "head")
    step(filed[0], "reply", "handler")
    return filed


def follow(browser: Browser, filed: Filed) -> str:
    answer = browser.post("/progress", {"number": filed[0], "query_code": filed[1]})
    assert answer.headers["Location"] == f"/progress/{filed[0]}", answer.text
    return f"/progress/{filed[0]}"


def complaint() -> Complaint:
    db.session.rollback()
    return db.session.scalars(select(Complaint).execution_options(populate_existing=True)).one()


# --- getting in ------------------------------------------------------------------------------------------------------


def test_number_and_code_open_the_page_however_they_are_typed(browser: Browser, file: Callable[..., Filed]) -> None:
    number, code = file()
    typed = {"number": f"  {number.lower()} ", "query_code": f" {code.lower().replace('-', ' ')} "}
    answer = browser.post("/progress", typed)
    assert answer.headers["Location"] == f"/progress/{number}"
    page = browser.get(f"/progress/{number}").text
    assert "待签收" in page
    assert "五原县卫生健康委员会" in page


def test_the_session_keeps_a_proof_and_not_the_code(browser: Browser, file: Callable[..., Filed]) -> None:
    number, code = file()
    path = follow(browser, (number, code))
    with browser.client.session_transaction() as session:
        assert list(session[progress.FOLLOWED]) == [number]
        assert code not in str(dict(session))
        session[progress.FOLLOWED] = {number: "0" * 64}
    assert "请输入编号和查询码" in browser.get(path).text


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"query_code": "AAAA-AAAA-AAAA-AAAA"}, 404, "请核对编号和查询码"),
        ({"number": "QS20260313-0000000-1"}, 422, "编号不对"),
        ({"number": "你好"}, 422, "编号不对"),
        ({"number": ""}, 422, "这一项必须填写。"),
        ({"query_code": " "}, 422, "这一项必须填写。"),
        ({"query_code": "x" * 61}, 422, "最多 60 个字"),
        ({"query_code": PLANTED}, 404, "请核对编号和查询码"),
    ],
)
def test_what_does_not_fit_opens_nothing_and_stays_in_the_form(
    browser: Browser, file: Callable[..., Filed], change: dict[str, str], status: int, sentence: str
) -> None:
    number, code = file()
    typed = {"number": number, "query_code": code, **change}
    answer = browser.post("/progress", typed)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "<script>alert" not in answer.text
    assert "请输入编号和查询码" in browser.get(f"/progress/{number}").text


def test_a_number_of_nobody_looks_like_a_wrong_code(browser: Browser, file: Callable[..., Filed]) -> None:
    number, _code = file()
    wrong = browser.post("/progress", {"number": number, "query_code": "2345-6789-ABCD-EFGH"})
    with transaction():
        db.session.execute(db.text("DELETE FROM clocks"))
        db.session.execute(db.text("DELETE FROM events"))
        db.session.execute(db.text("DELETE FROM complaints"))
    unknown = browser.post("/progress", {"number": number, "query_code": "2345-6789-ABCD-EFGH"})
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)


def test_somebody_of_the_staff_gets_in_by_the_code_only(at_desk: Any, file: Callable[..., Filed]) -> None:
    number, code = file()
    somebody = at_desk("dispatcher", "150000")
    assert somebody.post("/progress", {"number": number, "query_code": "2345-6789-ABCD-EFGH"}).status_code == 404
    assert "请输入编号和查询码" in somebody.get(f"/progress/{number}").text
    follow(somebody, (number, code))
    assert "您提交了诉求" in somebody.get(f"/progress/{number}").text


def test_what_was_followed_is_forgotten_where_one_wants_it(browser: Browser, file: Callable[..., Filed]) -> None:
    path = follow(browser, file())
    browser.post("/progress/leave")
    assert "请输入编号和查询码" in browser.get(path).text


def test_only_the_last_five_are_kept(browser: Browser, file: Callable[..., Filed]) -> None:
    numbers = []
    for _ in range(6):
        filed = file()
        follow(browser, filed)
        numbers.append(filed[0])
    with browser.client.session_transaction() as session:
        assert list(session[progress.FOLLOWED]) == numbers[1:]


@pytest.mark.parametrize("path", ["", "/add", "/withdraw", "/close", "/files/1"])
def test_no_page_of_a_complaint_opens_without_its_code(browser: Browser, file: Callable[..., Filed], path: str) -> None:
    number, _code = file()
    for answer in (browser.get(f"/progress/{number}{path}"), browser.post(f"/progress/{number}{path}")):
        assert "河套试剂" not in answer.text
        assert "医药货款" not in answer.text
        assert answer.status_code in {200, 404, 405}
    assert complaint().status == "dispatched"


# --- what one sees ---------------------------------------------------------------------------------------------------


def test_the_timeline_says_what_happened_what_goes_on_and_what_comes_until_when(
    browser: Browser, file: Callable[..., Filed]
) -> None:
    page = browser.get(follow(browser, file())).text
    past, now, ahead = page.index("您提交了诉求"), page.index("等承办部门签收"), page.index("书面答复您</div>")
    assert past < page.index("已交给五原县卫生健康委员会办理") < now < ahead
    assert page.count('aria-current="step"') == 1
    assert "4月13日 17:30" in page
    assert "保障中小企业款项支付条例第二十五条第二款" in page


def test_what_was_refused_names_no_department_that_never_got_it(browser: Browser, step: Callable[..., None]) -> None:
    with transaction():
        done = intake.file_complaint(FilingSchema().load(filing()), Reader(), MORNING, by_hand=True)
    filed = done.complaint.number, done.query_code
    assert "还没有派给部门" in browser.get(follow(browser, filed)).text
    step(filed[0], "refuse", "dispatcher", channel="人民法院", reason="已经起诉。")
    page = browser.get(f"/progress/{filed[0]}").text
    assert "该找的渠道：人民法院" in page
    assert "五原县卫生健康委员会" not in page
    assert "交给了谁" not in page


def test_what_is_late_is_said_and_that_it_was_urged(browser: Browser, file: Callable[..., Filed]) -> None:
    path = follow(browser, file())
    with time_machine.travel(MORNING + timedelta(hours=7), tick=False):
        for _rung in ("remind", "overdue"):
            with transaction():
                casework.climb(datetime.now(UTC))
        page = browser.get(path).text
    assert "逾期" in page
    assert "系统已经催办" in page


def test_the_reply_is_shown_and_the_internal_part_is_not(browser: Browser, replied: Filed) -> None:
    page = browser.get(follow(browser, replied)).text
    assert "医院已于3月12日付清货款。" in page
    assert "院长已约谈" not in page
    assert "确认已解决" in page


def test_what_is_asked_for_stands_on_top(browser: Browser, waiting: Filed) -> None:
    page = browser.get(follow(browser, waiting)).text
    assert page.index("请提供验收单。") < page.index("办到哪一步了")


def test_every_state_and_every_public_step_has_its_words() -> None:
    assert set(progress.NOW) == {code for code, state in STATES.items() if state.desk}
    assert set(progress.HAPPENED) == {"file", *(action for action, step in STEPS.items() if step.public)}


@pytest.mark.parametrize("status", sorted(STATES))
def test_the_buttons_are_the_workflows(app: Flask, status: str) -> None:
    can = progress._can(status)
    assert sorted(can.values()) == sorted(allowed(status, {ENTERPRISE}))
    assert set(can) <= {"add", "withdraw", "close"}


# --- what one does ---------------------------------------------------------------------------------------------------


def test_material_goes_to_who_asked_for_it(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    token = re.search(r'name="_files" value="([^"]+)"', browser.get(f"{path}/add").text)
    assert token
    given = {"_files": token[1], "text": "验收单见附件。", "_go": "send", "files": (BytesIO(PDF), "验收单.pdf")}
    assert browser.post(f"{path}/add", given).headers["Location"] == path
    assert complaint().status == "handling"
    page = browser.get(path).text
    assert "验收单见附件。" in page
    assert "验收单.pdf" in page
    assert "材料已经交给工作人员。" in page
    (one,) = db.session.scalars(select(Attachment)).all()
    answer = browser.get(f"{path}/files/{one.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_files_stay_while_the_text_is_missing_and_can_be_taken_out(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    answer = browser.post(f"{path}/add", {"_files": "t", "_go": "send", "files": (BytesIO(PDF), "验收单.pdf")})
    assert answer.status_code == 422
    assert "必须填写补充的内容" in answer.text
    assert "验收单.pdf" in answer.text
    drop = re.search(r'value="(drop:\d+)"', answer.text)
    assert drop
    answer = browser.post(f"{path}/add", {"_files": "t", "_go": drop[1], "text": "见附件"})
    assert "验收单.pdf" not in answer.text
    assert "见附件</textarea>" in answer.text
    assert complaint().status == "waiting"


def test_a_file_that_is_refused_keeps_the_text(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    given = {"_files": "t", "_go": "send", "text": "见附件", "files": (BytesIO(b"MZ"), "a.exe")}
    answer = browser.post(f"{path}/add", given)
    assert answer.status_code == 422
    assert "a.exe：不是可以接收的文件类型" in answer.text
    assert "见附件</textarea>" in answer.text
    assert complaint().status == "waiting"


def test_what_is_missing_before_acceptance_is_handed_in_too(
    browser: Browser, file: Callable[..., Filed], step: Callable[..., None]
) -> None:
    filed = file(respondent={"name": "某某公司"})
    step(filed[0], "request_supplement", "dispatcher", note="请写明对方的性质。")
    path = follow(browser, filed)
    assert "请写明对方的性质。" in browser.get(path).text
    browser.post(f"{path}/add", {"_files": "t", "_go": "send", "text": "是国有企业。"})
    assert complaint().status == "submitted"


def test_withdrawing_asks_first(browser: Browser, file: Callable[..., Filed]) -> None:
    path = follow(browser, file())
    page = browser.get(f"{path}/withdraw").text
    assert "确定要撤回吗？" in page
    assert complaint().status == "dispatched"
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version
    browser.post(f"{path}/withdraw", {"_version": version[1], "reason": "已经付清"})
    assert complaint().status == "withdrawn"
    page = browser.get(path).text
    assert "您撤回了诉求" in page
    assert "已经付清" in page
    assert "撤回诉求" not in page


def test_confirming_that_it_is_solved_closes_it(browser: Browser, replied: Filed) -> None:
    path = follow(browser, replied)
    page = browser.get(f"{path}/close").text
    assert 'name="solved" value="true"' in page
    browser.post(f"{path}/close", {"solved": "true", "satisfaction": "satisfied"})
    filed = complaint()
    assert (filed.status, filed.solved, filed.satisfaction) == ("closed", True, "satisfied")
    assert "您已确认解决 · 满意" in browser.get(path).text


@pytest.mark.parametrize("given", [{}, {"solved": "false"}, {"solved": "true", "satisfaction": "splendid"}])
def test_closing_without_being_solved_is_refused_in_words(browser: Browser, replied: Filed, given: Any) -> None:
    path = follow(browser, replied)
    assert browser.post(f"{path}/close", given).status_code == 422
    assert complaint().status == "replied"


@pytest.mark.parametrize("verb", ["add", "close"])
def test_a_step_that_does_not_fit_leads_back(browser: Browser, file: Callable[..., Filed], verb: str) -> None:
    path = follow(browser, file())
    assert browser.get(f"{path}/{verb}").headers["Location"] == path
    answer = browser.post(f"{path}/{verb}", {"_files": "t", "_go": "send", "text": "又及", "solved": "true"})
    assert answer.status_code in {409, 422}
    assert complaint().status == "dispatched"


def test_a_page_read_before_somebody_else_acted_does_nothing(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    answer = browser.post(f"{path}/withdraw", {"_version": "1", "reason": "想好了"})
    assert answer.status_code == 412
    assert "想好了</textarea>" in answer.text
    assert complaint().status == "waiting"


def test_each_step_is_on_record_as_the_enterprises(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    browser.post(f"{path}/add", {"_files": "t", "_go": "send", "text": "见附件"})
    last = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last
    assert (last.action, last.role, last.actor_id) == ("supply_material", "enterprise", None)


def test_a_file_of_another_complaint_is_not_given_out(
    browser: Browser, waiting: Filed, file: Callable[..., Filed]
) -> None:
    path = follow(browser, waiting)
    given = {"_files": "t", "_go": "send", "text": "见附件", "files": (BytesIO(PDF), "a.pdf")}
    browser.post(f"{path}/add", given)
    (one,) = db.session.scalars(select(Attachment)).all()
    number = one.id
    other = follow(browser, file())
    assert browser.get(f"{other}/files/{number}").status_code == 404
    assert browser.get(f"{path}/files/{number}").status_code == 200


# --- what every page keeps to ----------------------------------------------------------------------------------------


def test_markup_planted_anywhere_shows_as_text(
    browser: Browser, file: Callable[..., Filed], step: Callable[..., None]
) -> None:
    enterprise = {"name": PLANTED}
    filed = file(body=f"货款拖欠一年没有给。{PLANTED}", enterprise=enterprise, respondent={"name": "某某公司"})
    step(filed[0], "request_supplement", "dispatcher", note=PLANTED)
    path = follow(browser, filed)
    given = {"_files": "t", "_go": "send", "text": PLANTED, "files": (BytesIO(PDF), f"{PLANTED}.pdf")}
    browser.post(f"{path}/add", given)
    browser.post(f"{path}/withdraw", {"reason": PLANTED})
    page = browser.get(path).text
    assert page.count("&lt;script&gt;") >= 5
    assert "<script>alert" not in page
    assert "49" not in re.sub(r"&#\d+;", "", page.split("您反映的内容")[1][:400])


@pytest.mark.parametrize("path", ["", "/add"])
def test_no_page_holds_script_or_style_of_its_own(browser: Browser, waiting: Filed, path: str) -> None:
    page = browser.get(follow(browser, waiting) + path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)


@pytest.fixture
def known(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference data as a process at work has it."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    deadlines.rules(directory.current().revision)


@pytest.mark.parametrize(
    ("path", "statements"),
    [("", 4), ("/add", 1), ("/withdraw", 1)],
)
def test_each_page_takes_a_fixed_number_of_statements(
    browser: Browser, known: None, waiting: Filed, path: str, statements: int
) -> None:
    page = follow(browser, waiting) + path
    browser.get(page)
    with counted() as sent:
        assert browser.get(page).status_code == 200
    assert len(sent) == statements


def test_asking_takes_no_statement_and_opening_one(browser: Browser, known: None, file: Callable[..., Filed]) -> None:
    filed = file()
    token = browser.token()
    with counted() as asking:
        browser.get("/progress")
    with counted() as opening:
        browser.client.post("/progress", data={"csrf_token": token, "number": filed[0], "query_code": filed[1]})
    assert (len(asking), len(opening)) == (0, 1)


@pytest.mark.parametrize("path", ["/progress", "", "/add"])
def test_the_first_load_is_under_150_kilobytes(browser: Browser, waiting: Filed, path: str) -> None:
    page = browser.get(path if path == "/progress" else follow(browser, waiting) + path)
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    loads = [browser.get(address, headers={"Accept-Encoding": "gzip, br"}) for address in addresses]
    assert len(page.data) + sum(len(load.data) for load in loads) < 150_000
