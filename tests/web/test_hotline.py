"""The hotline desk."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.db import db
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.intake.models import Answer
from tests.factories import filing
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
DESK = "/desk/hotline"
PLANTED = "<script>alert(1)</script>'\"=1+1"


def call(**changes: Any) -> dict[str, Any]:
    """A call as an operator types it: a county hospital owes for goods. A field given as None is left empty."""
    typed = {
        "contact.phone": "0471-6601234",
        "contact.name": "白女士",
        "enterprise.name": "河套试剂有限公司",
        "enterprise.size": "small",
        "body": filing()["body"],
        "region": "150821",
        "nature": "complaint",
        "respondent.name": "五原县人民医院",
        "respondent.kind": "institution",
        "amount": "1250000",
        "_once": "once",
        "_way": "dispatch",
    }
    return {name: value for name, value in {**typed, **changes}.items() if value is not None}


@pytest.fixture
def operator(at_desk: At) -> Browser:
    return at_desk("operator", "150000")


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the reference data changed is asked at most once a second: here, never."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))


def the_one() -> Complaint:
    return db.session.scalars(select(Complaint)).one()


def how_many() -> int | None:
    return db.session.scalar(select(func.count()).select_from(Complaint))


def value_of(page: TestResponse, name: str) -> str:
    """What stands in a line of a form."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert found, name
    return unescape(found[1])


# --- passing on ------------------------------------------------------------------------------------------------------


def test_a_call_is_passed_on_as_the_operators_filing(operator: Browser) -> None:
    answer = operator.post(DESK, call(flags=["urgent", "sensitive"], confidential="true"))
    assert (answer.status_code, answer.headers["Location"]) == (302, DESK)
    filed = the_one()
    assert (filed.channel, filed.status, filed.department) == ("hotline", "dispatched", "150821-health")
    assert (filed.flags, filed.confidential, filed.contact_phone) == (["urgent", "sensitive"], True, "+864716601234")
    assert db.session.scalar(select(Event.role).where(Event.action == "file")) == "operator"


def test_the_receipt_can_be_read_out_and_the_form_is_fresh(operator: Browser) -> None:
    operator.post(DESK, call())
    page = operator.get(DESK)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", page.text)
    assert code
    assert complaints.code_hash(code[0]) == the_one().query_code_hash
    for told in (
        the_one().number,
        "五原县卫生健康委员会",
        "办理结果",
        "个工作日",
        "保障中小企业款项支付条例第二十五条",
    ):
        assert told in page.text
    assert value_of(page, "contact.phone") == ""
    assert operator.get(DESK).text.count(code[0]) == 1


def test_the_query_code_is_not_in_the_cookie(operator: Browser) -> None:
    operator.post(DESK, call())
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", operator.get(DESK).text)
    with operator.client.session_transaction() as session:
        assert code
        assert code[0] not in str(dict(session))


def test_a_receipt_that_was_read_out_is_put_away(operator: Browser) -> None:
    operator.post(DESK, call())
    assert operator.post(f"{DESK}/next").headers["Location"] == DESK
    assert the_one().number not in operator.get(DESK).text


def test_a_receipt_is_its_operators_alone(operator: Browser, at_desk: At) -> None:
    operator.post(DESK, call())
    assert the_one().number not in at_desk("operator", "150000").get(DESK).text


def test_pressing_twice_files_once(operator: Browser) -> None:
    assert [operator.post(DESK, call()).status_code for _ in range(2)] == [302, 302]
    assert how_many() == 1


def test_what_was_read_from_the_text_is_still_marked_when_the_form_comes_back(operator: Browser) -> None:
    heard = {"amount": "320500", "respondent.name": "县医院", "_own": "respondent.name", "contact.phone": "12"}
    fields = operator.post(DESK, call(**heard)).text.split('<div class="field')
    marked = {name for name in ("amount", "respondent.name") for field in fields
              if f'name="{name}"' in field and "读自内容" in field}  # fmt: skip
    assert marked == {"amount"}


def test_another_call_under_a_used_form_is_kept_and_can_be_sent_again(operator: Browser) -> None:
    operator.post(DESK, call())
    again = operator.post(DESK, call(body="另外一件事：开户许可证拖了三个月办不下来。"))
    assert again.status_code == 409
    assert "刚才那一次已经登记好了" in again.text
    assert "开户许可证" in again.text
    assert how_many() == 1
    answer = operator.post(DESK, call(body="另外一件事：开户许可证拖了三个月。", _once=value_of(again, "_once")))
    assert answer.status_code == 302
    assert how_many() == 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"body": None}, "body", "这一项必须填写。"),
        ({"contact.phone": "123"}, "contact.phone", "电话号码不对"),
        ({"contact.phone": None, "contact.name": None}, "contact.phone", "不愿透露身份可选择匿名"),
        ({"enterprise.name": None, "enterprise.size": None}, "enterprise.name", "不愿透露身份可选择匿名"),
        ({"enterprise.uscc": "91150100MA0MW4Q310"}, "enterprise.uscc", "校验位不符，请逐位核对，可能有一位抄错"),
        ({"enterprise.uscc": "91150100MA0MW4Q3"}, "enterprise.uscc", "应为 18 位"),
        ({"enterprise.uscc": "91150100MA0MW4QI1H"}, "enterprise.uscc", "应为 18 位"),
        ({"amount": "很多"}, "amount", "以元为单位的数字"),
        ({"region": "999999"}, "region", "没有这个地区编码"),
        ({"flags": ["odd"]}, "flags", "只能是"),
        ({"reply": "好的"}, "reply", "要派单请先清空这一栏"),
        ({"_way": "answer"}, "reply", "必须填写答复内容"),
        ({"anonymous": "true"}, "enterprise.name", "匿名提交时请不要填写这一项"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    operator: Browser, changes: dict[str, Any], field: str, sentence: str
) -> None:
    page = operator.post(DESK, call(**changes))
    ident = "f-" + field.replace(".", "-")
    assert page.status_code == 422
    assert how_many() == 0
    assert re.search(rf'<a href="#{ident}">[^<]*{sentence}', page.text)
    beside = re.search(rf'id="{ident}-error">(.*?)</p>', page.text, re.DOTALL)
    assert beside
    assert sentence in beside[1]
    assert f'id="{ident}"' in page.text
    for kept in set(call(**changes)) & {"contact.name", "amount", "enterprise.name", "respondent.name"}:
        assert value_of(page, kept) == call(**changes)[kept]


def test_who_stays_anonymous_leaves_no_name(operator: Browser) -> None:
    nobody = {name: None for name in call() if name.startswith(("contact.", "enterprise."))}
    assert operator.post(DESK, call(anonymous="true", **nobody)).status_code == 302
    assert (the_one().anonymous, the_one().contact_phone) == (True, None)


@pytest.mark.parametrize("way", [None, "", "erase"])
def test_a_form_without_a_known_button_does_nothing(operator: Browser, way: str | None) -> None:
    assert operator.post(DESK, call(_way=way)).status_code == 400
    assert how_many() == 0


# --- answering -------------------------------------------------------------------------------------------------------


def test_a_call_is_answered_at_once(operator: Browser) -> None:
    operator.post(
        DESK,
        call(_way="answer", reply="请带合同到政务大厅 3 号窗口办理。", body="咨询开户许可怎么办", nature="inquiry"),
    )
    filed = the_one()
    assert (filed.status, filed.reply, filed.department) == ("answered", "请带合同到政务大厅 3 号窗口办理。", None)
    assert db.session.scalars(select(Event.action).order_by(Event.seq)).all() == ["file", "answer"]
    assert db.session.scalars(select(Clock.kind).where(Clock.state == "running")).all() == ["revisit"]
    page = operator.get(DESK).text
    assert "即时办结" in page
    assert "回访" in page


@pytest.mark.parametrize("changes", [{"nature": "report"}, {"flags": ["retaliation"]}])
def test_what_is_sealed_is_not_answered_by_the_operator_and_leaves_nothing_behind(
    operator: Browser, changes: dict[str, Any]
) -> None:
    page = operator.post(DESK, call(_way="answer", reply="知道了。", **changes))
    assert page.status_code == 403
    assert "请改为派单" in page.text
    assert "知道了。" in page.text
    assert (how_many(), db.session.scalar(select(func.count()).select_from(Answer))) == (0, 0)


# --- the caller ------------------------------------------------------------------------------------------------------


def test_the_callers_earlier_complaints_are_found_by_number_however_it_is_written(operator: Browser) -> None:
    operator.client.post("/api/v1/complaints", json=filing(title="第一件"))
    operator.client.post(
        "/api/v1/complaints", json=filing(title="别人的", contact={"name": "赵", "phone": "13800138000"})
    )
    part = operator.post(f"{DESK}/caller", {"contact.phone": "＋86 471 6601234"}).text
    assert "第一件" in part
    assert "别人的" not in part
    assert "<html" not in part


@pytest.mark.parametrize(
    ("phone", "advice"), [("", "填好联系电话"), ("0471", "号码还不完整"), ("0471-6609999", "第一次来电")]
)
def test_the_desk_says_why_nothing_is_known_of_a_caller(operator: Browser, phone: str, advice: str) -> None:
    assert advice in operator.post(f"{DESK}/caller", {"contact.phone": phone}).text


def test_an_operator_learns_of_a_caller_only_what_may_be_seen_from_there(operator: Browser, at_desk: At) -> None:
    operator.client.post("/api/v1/complaints", json=filing(nature="report", title="密封的"))
    operator.client.post("/api/v1/complaints", json=filing(confidential=True, title="保密的"))
    wanted = {"contact.phone": "0471-6601234"}
    part = operator.post(f"{DESK}/caller", wanted).text
    assert "密封的" not in part
    assert "保密的" not in part
    assert "河套试剂" not in part


# --- the preview -----------------------------------------------------------------------------------------------------


def test_what_would_become_of_a_call_is_shown_and_nothing_is_stored(operator: Browser) -> None:
    part = operator.post(f"{DESK}/preview", call()).text
    for told in ("货款服务款", "%", "依据：", "五原县卫生健康委员会", "五原县", "选用"):
        assert told in part
    assert how_many() == 0
    assert the_filing_of(operator) == ("150821-health", "arrears.goods-services")


def the_filing_of(operator: Browser) -> tuple[str | None, str | None]:
    operator.post(DESK, call())
    return the_one().department, the_one().category


@pytest.mark.parametrize(
    "broken",
    [{"contact.phone": "04"}, {"enterprise.uscc": "9115"}, {"amount": "3 万"}, {"region": "x"}, {"flags": ["odd"]},
     {"respondent.name": None}, {"enterprise.name": None}],
)  # fmt: skip
def test_a_preview_needs_no_more_than_a_text(operator: Browser, broken: dict[str, Any]) -> None:
    part = operator.post(f"{DESK}/preview", call(**broken))
    assert part.status_code == 200
    assert "货款服务款" in part.text


@pytest.mark.parametrize("body", [None, "", "   ", "\u200b", "\x01"])
def test_without_a_text_there_is_advice_instead_of_a_preview(operator: Browser, body: str | None) -> None:
    part = operator.post(f"{DESK}/preview", call(body=body))
    assert part.status_code == 200
    assert "边听边写" in part.text


def test_danger_shows_whom_to_call_before_and_after_filing(operator: Browser) -> None:
    fire = call(body="车间着火了，正在燃烧，有人被困在里面。")
    part = operator.post(f"{DESK}/preview", fire).text
    operator.post(DESK, fire)
    for page in (part, operator.get(DESK).text):
        assert re.findall(r"<strong>(1\d\d)</strong>", page) == ["110", "119", "120", "122"]
        assert 'role="alert"' in page
    assert "<strong>119</strong>" not in operator.post(f"{DESK}/preview", call()).text


def test_a_repeated_complaint_is_offered_before_it_is_filed_again(operator: Browser) -> None:
    operator.post(DESK, call())
    part = operator.post(f"{DESK}/preview", call()).text
    assert the_one().number in part
    assert "同一联系电话" in part


def test_without_a_script_a_button_shows_caller_and_preview_and_keeps_the_form(operator: Browser) -> None:
    operator.client.post("/api/v1/complaints", json=filing(title="第一件"))
    page = operator.post(DESK, call(_way="look"))
    assert page.status_code == 200
    assert "第一件" in page.text
    assert "五原县卫生健康委员会" in page.text
    assert value_of(page, "enterprise.name") == "河套试剂有限公司"
    assert how_many() == 1


# --- the page --------------------------------------------------------------------------------------------------------


def test_every_control_has_a_label(operator: Browser) -> None:
    page = operator.get(DESK).text
    controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', page)
    assert len(controls) > 15
    assert [ident for ident in controls if f'for="{ident}"' not in page] == []
    assert len(set(controls)) == len(controls)


def test_planted_script_shows_as_text(operator: Browser) -> None:
    fields = ("body", "contact.name", "enterprise.name", "respondent.name", "reply", "amount", "enterprise.uscc")
    planted = call(**dict.fromkeys(fields, PLANTED))
    good = planted | {"amount": "1", "enterprise.uscc": "", "reply": ""}
    assert operator.post(DESK, good).status_code == 302
    for page in (
        operator.post(DESK, planted), operator.get(DESK), operator.post(f"{DESK}/preview", planted),
        operator.post(f"{DESK}/caller", planted),
    ):  # fmt: skip
        assert "<script>alert" not in page.text
        assert page.status_code in {200, 422}
    assert "&lt;script&gt;" in operator.post(f"{DESK}/caller", planted).text


@pytest.mark.parametrize("path", ["", "/caller", "/preview", "/next"])
def test_the_desk_is_for_operators(at_desk: At, path: str) -> None:
    assert at_desk("dispatcher", "150000").post(DESK + path, call()).status_code == 403


@pytest.mark.usefixtures("trusted")
def test_what_the_desk_costs_does_not_grow_with_what_the_caller_said_before(app: Flask, operator: Browser) -> None:
    token, costs = operator.token(), set()
    for _ in range(2):
        with counted() as empty:
            operator.get(DESK)
        with counted() as caller:
            operator.client.post(f"{DESK}/caller", data=call(csrf_token=token))
        with counted() as preview:
            operator.client.post(f"{DESK}/preview", data=call(csrf_token=token))
        with counted() as look:
            operator.client.post(DESK, data=call(csrf_token=token, _way="look"))
        costs.add((len(empty), len(caller), len(preview), len(look)))
        for _ in range(8):
            operator.client.post("/api/v1/complaints", json=filing())
    # The session, and what is looked up; with the whole page also the calls that ring or wait.
    assert costs == {(2, 2, 3, 6)}
    operator.post(DESK, call())
    with counted() as receipt:
        operator.get(DESK)
    assert len(receipt) == 3


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("way", "most"), [("dispatch", 9), ("answer", 17)])
def test_what_logging_a_call_costs(operator: Browser, way: str, most: int) -> None:
    token, reply = operator.token(), {"reply": "好的。"} if way == "answer" else {}
    operator.post(DESK, call(_way=way, **reply))
    with counted() as sent:
        answer = operator.client.post(DESK, data=call(csrf_token=token, _way=way, _once="second", **reply))
    assert answer.status_code == 302
    assert len(sent) <= most, sent
