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
from service.casework import answering, climbing, recounting
from service.casework import operations as casework
from service.casework.asking import MOST_MESSAGES
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import ENTERPRISE, STATES, STEPS, Change, Trace, allowed
from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.deadlines.ladder import INTERNAL, KINDS
from service.deadlines.rules import Term, Unit
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.models import Attachment
from service.intake.schemas import FilingSchema
from service.web import progress, promises, telling, words
from tests.casework import ways
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


def trail(filed: Complaint) -> list[str]:
    return [event.action for event in complaints.trail(filed, everything=False)]


# --- getting in ------------------------------------------------------------------------------------------------------


def test_number_and_code_open_the_page_however_they_are_typed(browser: Browser, file: Callable[..., Filed]) -> None:
    number, code = file()
    typed = {"number": f"  {number.lower()} ", "query_code": f" {code.lower().replace('-', ' ')} "}
    answer = browser.post("/progress", typed)
    assert answer.headers["Location"] == f"/progress/{number}"
    page = browser.get(f"/progress/{number}").text
    assert "待签收" in page
    assert "五原县卫生健康委员会" in page


@pytest.mark.parametrize("dash", ["", " ", "－", "–", "—", "‑"])
def test_a_number_may_be_typed_without_its_dashes_or_with_others(
    browser: Browser, file: Callable[..., Filed], dash: str
) -> None:
    number, code = file()
    wide = number.lower().translate({ord(letter): ord(letter) + 0xFEE0 for letter in "qs0123456789"})
    for typed in (number.replace("-", dash), wide.replace("-", dash)):
        answer = browser.post("/progress", {"number": typed, "query_code": code})
        assert answer.headers["Location"] == f"/progress/{number}", typed
    last = str((int(number[-1]) + 1) % 10)
    wrong = browser.post("/progress", {"number": number[:-2].replace("-", dash) + last, "query_code": code})
    assert "编号不对" in wrong.text


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
    assert "退出查询" in browser.get(path).text
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


@pytest.mark.parametrize(
    "path",
    ["", "/add", *(f"/{action}" for action in progress.STEPS), "/files/1", "/retaliation"],
)
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
                climbing.climb(datetime.now(UTC))
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
    assert set(telling.NOW) == {code for code, state in STATES.items() if state.desk}
    told = {*telling.HAPPENED, *telling.TALK}
    assert told == {"file", "recount", *(action for action, step in STEPS.items() if step.public)}
    assert set(telling.SAID) <= set(telling.HAPPENED)


def test_every_limit_that_is_shown_has_its_words_and_the_others_are_the_offices_own() -> None:
    assert set(promises.DONE) == set(KINDS) - INTERNAL
    assert {kind for _what, kind in telling.NOW.values()} - {None} <= set(promises.DONE)


@pytest.mark.parametrize("status", sorted(STATES))
def test_the_buttons_are_the_workflows(browser: Browser, status: str) -> None:
    number, code = ways.brought_to(status)
    page = browser.get(follow(browser, (number, code))).text
    filed = ways.stored(number)
    can = progress._can(filed)
    assert sorted(can.values()) == sorted(allowed(filed, {ENTERPRISE}))
    assert set(can) <= {*progress.ADDED, *progress.STEPS}
    for button in can:
        # By right and by the supervisor's leave are one button, the first as long as there is that right.
        hidden = button == "redo" and "reply" not in trail(filed) or button == "ask_redo" and '/redo"' in page
        assert hidden or f'/progress/{filed.number}/{button}"' in page


@pytest.mark.parametrize(
    "action", sorted(action for action, step in STEPS.items() if step.public and action != "split")
)
def test_the_page_tells_every_public_step(browser: Browser, action: str) -> None:
    filed = ways.ready_for(action)
    ways.go_on(filed[0], action)
    page = browser.get(follow(browser, filed)).text
    said = telling.HAPPENED[action].split("%")[0] if action not in telling.TALK else ways.VALUES["text"]
    assert said in page
    assert "%(" not in page


def test_an_extension_tells_the_new_day_and_the_reason(browser: Browser) -> None:
    filed = ways.ready_for("grant_extension")
    ways.go_on(filed[0], "grant_extension")
    page = browser.get(follow(browser, filed)).text
    assert "最迟改到 4月20日 17:30 前答复您，理由：理由写在这里。" in page
    assert "延期审核" not in page


def test_a_suspension_tells_its_reason_and_when_it_is_looked_at_again(browser: Browser) -> None:
    filed = ways.ready_for("suspend")
    ways.go_on(filed[0], "suspend")
    page = browser.get(follow(browser, filed)).text
    assert "最迟 3月30日 复核能不能恢复办理，理由：理由写在这里。" in page
    assert "3月30日 17:30" in page


def test_where_it_went_is_told_by_name(browser: Browser) -> None:
    for action, told in (
        ("transfer", "已转给五原县财政局办理"), ("designate", "督办人已指定由五原县卫生健康委员会办理"),
        ("raise_level", "已提到巴彦淖尔市办理"),
    ):  # fmt: skip
        filed = ways.ready_for(action)
        ways.go_on(filed[0], action)
        assert told in browser.get(follow(browser, filed)).text


def test_a_merger_tells_nothing_of_the_other_complaint(browser: Browser) -> None:
    (number, code), other = ways.brought_to("handling"), ways.filed()
    with transaction():
        reason = "与丰茂建材的来件是同一件事。"
        ways.step_on(ways.stored(number), "merge", into=other.complaint.number, reason=reason)
    page = browser.get(follow(browser, (number, code))).text
    assert "两件并在一起办理" in page
    assert other.complaint.number not in page
    assert "丰茂建材" not in page


def test_what_is_split_off_is_named_and_opened_by_the_same_code(
    browser: Browser, file: Callable[..., Filed], step: Callable[..., None]
) -> None:
    number, code = file()
    step(number, "split", "supervisor", text="另有一笔保证金没有退。", reason="两件事归两个部门。")
    page = browser.get(follow(browser, (number, code))).text
    other = re.search(r"新的编号：(QS[\d-]+)，用原来的查询码就能查看", page)
    assert other
    assert f'href="/progress/{other[1]}"' in page
    page = browser.get(follow(browser, (other[1], code))).text
    assert "从您的另一件诉求中分出来，单独办理" in page
    assert "另有一笔保证金没有退。" in page


def test_a_limit_counted_anew_is_told_with_the_reason_unless_it_is_the_offices_own(browser: Browser) -> None:
    number, code = ways.brought_to("dispatched")
    told = {"was": "2026-04-13T17:30:00+08:00", "due_at": "2026-04-14T17:30:00+08:00", "reason": "4月6日放假。"}
    with transaction():
        filed = ways.stored(number)
        for kind in ("result", "approval"):
            change = Change(recounting.RECOUNT, filed.status, filed.status, True, {**told, "clock": kind})
            complaints.store_events([complaints.append(filed, change, Trace("machine"), datetime.now(UTC))])
    page = browser.get(follow(browser, (number, code))).text
    assert "“书面答复您”原来最迟 4月13日 17:30，改为最迟 4月14日 17:30" in page
    assert "理由：4月6日放假。" in page
    assert page.count("期限重新计算") == 1


def test_a_revisit_tells_what_the_enterprise_said(browser: Browser) -> None:
    filed = ways.ready_for("revisit")
    ways.go_on(filed[0], "revisit")
    page = browser.get(follow(browser, filed)).text
    assert "问题已经解决 · 满意" in page
    assert "没有新的意见就办结" in page


def test_the_limits_of_the_offices_among_themselves_are_not_shown(browser: Browser) -> None:
    for status in ("drafted", "handing_back", "consulting"):
        page = browser.get(follow(browser, ways.brought_to(status))).text
        assert telling.NOW[status][0] in page
        assert page.count('class="what"') >= 3


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
    assert "必须填写内容" in answer.text
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


# step → what its form says in full, and what is missing from it
SAYS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "urge": ({"note": PLANTED}, {}),
    "rate": ({"_more": "1", "satisfaction": "dissatisfied", "solved": "false", "reason": PLANTED},
             {"satisfaction": "「企业评价」必须填写满意度。"}),
    "redo": ({"reason": PLANTED}, {"reason": "「申请重办」必须填写理由。"}),
    "ask_redo": ({"reason": PLANTED}, {"reason": "「再次申请重办」必须填写理由。"}),
    "appeal_misuse": ({"reason": PLANTED}, {"reason": "「申诉」必须填写理由。"}),
    "close": ({"solved": "true", "satisfaction": "mostly_satisfied", "reason": PLANTED},
              {"solved": "「办结」必须填写问题是否已解决。"}),
    "withdraw": ({"reason": PLANTED}, {}),
}  # fmt: skip


def test_every_step_of_the_enterprise_has_a_form() -> None:
    theirs = {action for action, step in STEPS.items() if ENTERPRISE in step.roles}
    assert theirs == {*progress.ADDING, *progress.ADDED.values(), *progress.STEPS}
    assert set(progress.STEPS) == set(SAYS)


@pytest.mark.parametrize("action", sorted(SAYS))
def test_a_step_is_taken_by_its_form(browser: Browser, action: str) -> None:
    filed = ways.ready_for(action)
    path = follow(browser, filed)
    version = re.search(r'name="_version" value="(\d+)"', browser.get(f"{path}/{action}").text)
    assert version
    answer = browser.post(f"{path}/{action}", {"_version": version[1], **SAYS[action][0]})
    assert answer.headers["Location"] == path
    last = [event for event in ways.events_of(filed[0]) if event.role == ENTERPRISE][-1]
    assert (last.action, last.actor_id) == (action, None)
    page = browser.get(path).text
    assert progress.STEPS[action] in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("action", sorted(action for action, (_all, missing) in SAYS.items() if missing))
def test_a_form_without_what_it_needs_comes_back_with_the_rest(browser: Browser, action: str) -> None:
    filed = ways.ready_for(action)
    path, (said, missing) = follow(browser, filed), SAYS[action]
    answer = browser.post(f"{path}/{action}", {name: text for name, text in said.items() if name not in missing})
    assert answer.status_code == 422
    for sentence in missing.values():
        assert sentence in answer.text
    assert "<script>alert" not in answer.text
    assert ways.events_of(filed[0])[-1].action != action


@pytest.mark.parametrize("action", ["urge", "withdraw"])
def test_a_form_that_needs_nothing_may_stay_blank(browser: Browser, action: str) -> None:
    filed = ways.ready_for(action)
    path = follow(browser, filed)
    assert browser.post(f"{path}/{action}").headers["Location"] == path
    assert ways.events_of(filed[0])[-1].action == action


@pytest.mark.parametrize("action", sorted(SAYS))
def test_nobody_takes_a_step_on_the_complaint_of_another(browser: Browser, action: str) -> None:
    filed, own = ways.ready_for(action), ways.brought_to("submitted")
    follow(browser, own)
    before = len(ways.events_of(filed[0]))
    answers = (browser.get(f"/progress/{filed[0]}/{action}"),
               browser.post(f"/progress/{filed[0]}/{action}", SAYS[action][0]))  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(ways.events_of(filed[0])) == before


def test_what_both_sides_write_stands_by_itself_and_goes_with_its_files(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    given = {"_files": "t", "_go": "send", "text": "合同也请看一下。", "files": (BytesIO(PDF), "合同.pdf")}
    assert browser.post(f"{path}/message", given).headers["Location"] == path
    ways.go_on(waiting[0], "message_back")
    page = browser.get(path).text
    talk = page.split('id="talk"')[1].split("</section>")[0]
    assert talk.index("合同也请看一下。") < talk.index(ways.VALUES["text"])
    (one,) = db.session.scalars(select(Attachment)).all()
    assert f'href="{path}/files/{one.id}" download>合同.pdf</a></p></li>' in talk
    assert words.moment(one.added_at) in page.split('<ul class="files">')[1].split("</ul>")[0]
    timeline = page.split('class="timeline"')[1].split("</ol>")[0]
    assert "合同也请看一下。" not in timeline
    assert complaint().status == "waiting"


def test_a_file_stands_beside_the_message_that_it_came_with_at_the_desk_too(
    browser: Browser, at_desk: Callable[..., Browser], waiting: Filed
) -> None:
    path = follow(browser, waiting)
    for minute, (text, name) in enumerate((("第一句。", "甲.pdf"), ("第二句。", "乙.pdf"))):
        given = {"_files": text, "_go": "send", "text": text, "files": (BytesIO(PDF), name)}
        with time_machine.travel(MORNING + timedelta(minutes=minute), tick=False):
            assert browser.post(f"{path}/message", given).headers["Location"] == path
    page = at_desk("handler", department="150821-health").get(f"/desk/complaints/{waiting[0]}").text
    said = page.split('class="timeline"')[1].split("<li")
    assert [("甲.pdf" in one, "乙.pdf" in one) for one in said if "句。" in one] == [(False, True), (True, False)]


def test_a_message_without_words_comes_back_with_its_files(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    sent = browser.post(f"{path}/files", {"_files": "t", "files": (BytesIO(PDF), "合同.pdf")})
    assert "合同.pdf" in sent.json["rows"]  # type: ignore[index]
    answer = browser.post(f"{path}/message", {"_files": "t", "_go": "send"})
    assert answer.status_code == 422
    assert "「企业留言」必须填写内容。" in answer.text
    assert "合同.pdf" in answer.text


def test_so_many_messages_a_day_and_no_more(browser: Browser, waiting: Filed) -> None:
    path = follow(browser, waiting)
    for count in range(MOST_MESSAGES):
        assert browser.post(f"{path}/message", {"_go": "send", "text": f"第 {count} 句"}).status_code == 302
    answer = browser.post(f"{path}/message", {"_go": "send", "text": "还有一句"})
    assert answer.status_code == 409
    assert "24 小时内最多留言 10 次" in answer.text
    assert "还有一句</textarea>" in answer.text


def test_a_tap_rates_and_asks_for_the_rest(browser: Browser, replied: Filed) -> None:
    path = follow(browser, replied)
    assert browser.get(path).text.count('name="satisfaction"') == 5
    answer = browser.post(f"{path}/rate", {"satisfaction": "dissatisfied"})
    assert answer.headers["Location"] == f"{path}/rate"
    assert (complaint().satisfaction, complaint().solved) == ("dissatisfied", None)
    browser.get(f"{path}/rate")
    with counted() as sent:
        page = browser.get(f"{path}/rate").text
    assert re.search(r'value="dissatisfied" checked', page)
    assert sum("FROM complaints" in statement for statement in sent) == 1
    browser.post(f"{path}/rate", {"_more": "1", "satisfaction": "mostly_satisfied", "solved": "true"})
    assert (complaint().satisfaction, complaint().solved) == ("mostly_satisfied", True)
    page = browser.get(path).text
    assert "基本满意" in page
    assert 'name="satisfaction"' not in page
    with time_machine.travel(MORNING + timedelta(days=31), tick=False):
        assert f"{path}/rate" not in browser.get(follow(browser, replied)).text
        assert browser.post(f"{path}/rate", {"satisfaction": "satisfied"}).status_code == 409


def test_urging_is_possible_once_a_day(browser: Browser) -> None:
    filed = ways.brought_to("handling")
    path = follow(browser, filed)
    browser.post(f"{path}/urge")
    page = browser.get(path).text
    assert "24 小时后可以再催" in page
    assert f"{path}/urge" not in page
    answer = browser.post(f"{path}/urge", {"note": "再催一次"})
    assert answer.status_code == 409
    assert "24 小时内已经催办过" in answer.text
    assert "再催一次</textarea>" in answer.text
    with time_machine.travel(MORNING + timedelta(days=2), tick=False):
        assert f"{path}/urge" in browser.get(follow(browser, filed)).text


def test_where_nothing_can_be_urged_nothing_is_said_of_it(
    browser: Browser, file: Callable[..., Filed], step: Callable[..., None]
) -> None:
    filed = file()
    step(filed[0], "sign", "handler")
    path = follow(browser, filed)
    browser.post(f"{path}/urge")
    assert "可以再催" in browser.get(path).text
    step(filed[0], "draft", "handler", reply="医院已于3月12日付清货款。", internal="院长已约谈。")
    step(filed[0], "approve", "head")
    step(filed[0], "reply", "handler")
    browser.post(f"{path}/close", {"solved": "true"})
    assert complaint().status == "closed"
    assert "可以再催" not in browser.get(path).text


def test_who_lost_the_code_reads_which_number_to_call(browser: Browser) -> None:
    page = browser.get("/progress").text
    assert "查询码丢了？" in page
    assert 'href="tel:12345"' in page


def test_redoing_by_right_ends_ten_working_days_after_the_reply(browser: Browser, replied: Filed) -> None:
    path = follow(browser, replied)
    page = browser.get(path).text
    assert f"{path}/redo" in page
    assert f"{path}/ask_redo" not in page
    assert "3月27日 17:30" in page
    with time_machine.travel(MORNING + timedelta(days=17), tick=False):
        page = browser.get(follow(browser, replied)).text
        assert f'{path}/redo"' not in page
        assert f"{path}/ask_redo" in page
        answer = browser.post(f"{path}/redo", {"reason": "答复不对"})
        assert answer.status_code == 409
        assert "再次申请重办" in answer.text
    assert ways.stored(replied[0]).status == "replied"


def test_the_page_that_asks_for_a_redo_says_how_long_one_may_as_the_rule_has_it(
    browser: Browser, replied: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (progress, answering):
        monkeypatch.setattr(module, "TIME_TO_REDO", Term(7, Unit.CALENDAR_DAYS))
    path = follow(browser, replied)
    assert "答复后 7 日内" in browser.get(f"{path}/redo").text
    with time_machine.travel(MORNING + timedelta(days=17), tick=False):
        follow(browser, replied)
        assert "答复已超过 7 日" in browser.post(f"{path}/redo", {"reason": "答复不对"}).text


def test_a_reply_that_is_done_anew_is_called_the_last_one(browser: Browser, replied: Filed) -> None:
    path = follow(browser, replied)
    browser.post(f"{path}/redo", {"reason": "钱还没有到账。"})
    page = browser.get(path).text
    assert "上一次的答复" in page
    assert "钱还没有到账。" in page


def test_who_was_found_to_misuse_is_told_and_may_appeal_once(browser: Browser) -> None:
    filed = ways.ready_for("appeal_misuse")
    path = follow(browser, filed)
    assert "认定为滥用。您可以申诉。" in browser.get(path).text
    browser.post(f"{path}/appeal_misuse", {"reason": "每一件都是真的。"})
    page = browser.get(path).text
    assert "您的申诉正在等督办人裁定。" in page
    assert f"{path}/appeal_misuse" not in page
    ways.go_on(filed[0], "rule_misuse_appeal")
    page = browser.get(path).text
    assert "申诉成立，原来的认定已经取消。" in page
    assert "您不同意，可以申诉" not in page


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
    [("", 4), ("/add", 1), ("/message", 1), ("/withdraw", 1), ("/urge", 1), ("/retaliation", 1)],
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
