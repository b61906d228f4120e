"""Calls at the hotline desk: rung for, taken, kept while one writes, and listed for the day."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from service.intake import calls, enterprises
from service.intake.models import BegunFiling, Call
from tests.factories import filing
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import filed
from tests.web.test_hotline import At, call, how_many, value_of

DESK = "/desk/hotline"
USCC = "91150100MA0MW4Q31H"
TAKE = 'data-key="F9"'


@pytest.fixture
def operator(at_desk: At) -> Browser:
    return at_desk("operator", "150000")


def ring(phone: str | None = "0471-6601234", extension: str = "8001", name: str = "c-1", **more: Any) -> int:
    """A call that the telephone system has announced."""
    with transaction():
        calls.announce({"id": name, "phone": phone, "extension": extension, **more}, clock.now())
    return db.session.query(Call).filter_by(announced=name).one().id


def sit(browser: Browser, extension: str = "8001") -> None:
    """Take a seat at a telephone."""
    assert browser.post(f"{DESK}/extension", {"extension": extension}).status_code == 302


def taken(browser: Browser, call_id: int) -> str:
    """The desk after a call was answered."""
    assert browser.post(f"{DESK}/take", {"call": str(call_id)}).headers["Location"] == DESK
    return browser.get(DESK).text


def test_a_call_rings_where_the_operator_sits_and_no_number_stands_in_an_address(operator: Browser) -> None:
    ring()
    assert TAKE not in operator.get(DESK).text
    sit(operator)
    page = operator.get(DESK).text
    assert TAKE in page
    assert "尾号" in page
    assert "6601234" not in page
    asked = re.search(r'hx-get="([^"]+)"', page)
    assert asked
    assert operator.get(asked[1]).status_code == 204
    assert TAKE in operator.get(f"{DESK}/ringing").text


def test_a_poll_does_not_keep_an_empty_desk_signed_in(operator: Browser) -> None:
    assert "Set-Cookie" not in operator.get(f"{DESK}/ringing?shown=1").headers
    assert "Set-Cookie" not in operator.post(f"{DESK}/draft", call()).headers


def test_a_taken_call_opens_with_the_number_the_history_and_the_enterprise_of_the_last_time(operator: Browser) -> None:
    operator.client.post("/api/v1/complaints", json=filing(title="第一件"))
    sit(operator)
    page = taken(operator, ring())
    assert 'name="contact.phone" value="0471 660 1234"' in page
    assert 'name="enterprise.name" value="河套试剂有限公司"' in page
    assert "第一件" in page
    assert "data-clock=" in page
    assert re.search(r'<textarea[^>]*name="body"[^>]*autofocus', page)


def test_who_asked_for_confidentiality_is_not_named_to_who_takes_the_call(operator: Browser) -> None:
    operator.client.post("/api/v1/complaints", json=filing(confidential=True))
    sit(operator)
    assert "河套试剂" not in taken(operator, ring())


def test_of_two_operators_one_has_the_call_and_the_other_is_told(operator: Browser, at_desk: At) -> None:
    other, call_id = at_desk("operator", "150000"), ring()
    for each in (operator, other):
        sit(each)
    taken(operator, call_id)
    answer = other.post(f"{DESK}/take", {"call": str(call_id)})
    assert answer.status_code == 409
    assert "已经有人接了" in answer.text


@pytest.mark.parametrize("wrong", ["", "x", "9" * 30, "12"])
def test_a_call_that_is_none_is_not_taken(operator: Browser, wrong: str) -> None:
    assert operator.post(f"{DESK}/take", {"call": wrong}).status_code in {400, 409}


def test_what_was_typed_survives_a_killed_tab_and_lies_encrypted(operator: Browser) -> None:
    token, paper = operator.token(), value_of(operator.get(DESK), "_once")
    draft = call(csrf_token=token, _once=paper)
    assert operator.client.post(f"{DESK}/draft", data=draft).status_code == 204
    raw = db.session.connection().exec_driver_sql("SELECT said FROM begun_filings").scalar()
    assert "医药货款".encode() not in bytes(raw or b"")
    page = operator.get(DESK)
    assert value_of(page, "_once") == paper
    assert value_of(page, "enterprise.name") == "河套试剂有限公司"
    assert "医药货款拖欠" in page.text


def test_a_draft_is_found_again_from_another_browser_and_by_nobody_else(app: Flask, at_desk: At) -> None:
    here = at_desk("operator", "150000")
    here.post(f"{DESK}/draft", call())
    login = accounts.names([db.session.query(Call).one().taken_by or 0])
    there, stranger = Browser(app, _same(login)), at_desk("operator", "150000")
    assert "的来电" not in stranger.get(DESK).text
    assert "的来电" in there.get(DESK).text
    assert "医药货款拖欠" in taken(there, db.session.query(Call).one().id)


def _same(names: dict[int, str]) -> Any:
    user = db.session.get(accounts.User, next(iter(names)))
    assert user is not None
    return accounts.reader(user)


def test_filing_ends_the_call_and_a_late_draft_changes_nothing(operator: Browser) -> None:
    operator.post(f"{DESK}/draft", call())
    assert operator.post(DESK, call()).status_code == 302
    assert operator.post(f"{DESK}/draft", call()).status_code == 204
    number = db.session.query(Complaint).one().number
    ended = db.session.query(Call).one()
    assert (ended.number, ended.ended_at is not None) == (number, True)
    assert db.session.query(BegunFiling).count() == 0
    assert value_of(operator.get(DESK), "enterprise.name") == ""


def test_a_call_that_holds_words_is_given_up_only_when_asked_twice(operator: Browser) -> None:
    first = operator.post(DESK, call(_way="drop"))
    assert first.status_code == 409
    assert "请再按一次「不登记」" in first.text
    again = call(_way="drop", _sure=value_of(first, "_sure"), _once=value_of(first, "_once"))
    assert operator.post(DESK, again).status_code == 302
    assert how_many() == 0
    assert "没有登记" in operator.get(f"{DESK}/calls").text


def test_a_call_is_put_aside_and_taken_up_again(operator: Browser) -> None:
    operator.post(DESK, call(_way="save"))
    assert value_of(operator.get(DESK), "respondent.name") == "五原县人民医院"


def test_an_emergency_is_handed_over_whatever_the_words_are(operator: Browser) -> None:
    operator.post(DESK, call(_way="hand_over", body="门口那个罐子在冒白烟，味道刺鼻。"))
    filed = db.session.query(Complaint).one()
    assert (filed.status, filed.gates, filed.flags) == ("submitted", ["emergency"], ["urgent"])
    assert "<strong>119</strong>" in operator.get(DESK).text


def test_the_day_shows_what_became_of_each_call(operator: Browser) -> None:
    sit(operator)
    with transaction():
        calls.announce({"id": "missed", "extension": "8001"}, clock.now() - calls.RINGS)
    ring(name="ringing", phone=None)
    taken(operator, ring(name="open", phone="13800138000"))
    operator.post(DESK, call(_once="filed"))
    page = operator.get(f"{DESK}/calls").text
    for told in (
        db.session.query(Complaint).one().number,
        "待签收",
        "没写完",
        "接着写",
        "没有接起",
        "回拨并登记",
        "正在响",
        "8000",
    ):
        assert told in page
    assert "13800138000" not in page


def test_a_number_that_the_operator_wrote_down_is_shown_by_its_last_digits(operator: Browser) -> None:
    operator.post(f"{DESK}/draft", call(**{"contact.phone": "13800138000", "_once": "begun"}))
    operator.post(DESK, call(_once="done"))
    operator.post(f"{DESK}/draft", call(**{"contact.phone": "139", "_once": "short"}))
    assert sorted(one.phone or "" for one in db.session.query(Call)) == ["", "+8613800138000", "+864716601234"]
    page, desk = operator.get(f"{DESK}/calls").text, operator.get(DESK).text
    assert [digits in page for digits in ("8000", "1234", "13800138000", "6601234")] == [True, True, False, False]
    assert page.count("没有显示号码") == 1
    assert re.search(r"的来电 尾号 8000", desk)


def test_who_stays_anonymous_leaves_no_number_in_the_day(operator: Browser) -> None:
    operator.post(f"{DESK}/draft", call())
    operator.post(f"{DESK}/draft", call(anonymous="true"))
    assert db.session.query(Call).one().phone is None


def test_a_missed_call_can_be_called_back(operator: Browser) -> None:
    with transaction():
        calls.announce({"id": "m", "phone": "13800138000", "extension": "8001"}, clock.now() - timedelta(minutes=20))
    sit(operator)
    assert TAKE not in operator.get(DESK).text
    assert 'value="138 0013 8000"' in taken(operator, db.session.query(Call).one().id)


def test_who_also_revisits_sees_how_many_wait(app: Flask, operator: Browser) -> None:
    assert "待回访" not in operator.get(f"{DESK}/calls").text
    operator.post(DESK, call(_way="answer", reply="三号窗口。", body="咨询开户许可怎么办", nature="inquiry"))
    with transaction():
        grants = [Grant("operator", "150000"), Grant("revisit_agent", "150000")]
        user = accounts.create_user("both", "both", grants, None, clock.now(), "test")
    assert "待回访 1 件" in Browser(app, accounts.reader(user)).get(f"{DESK}/calls").text


@pytest.mark.parametrize("path", ["/take", "/draft", "/extension"])
def test_calls_are_for_operators(at_desk: At, path: str) -> None:
    stranger = at_desk("dispatcher", "150000")
    assert stranger.post(DESK + path, call()).status_code == 403
    assert stranger.get(f"{DESK}/calls").status_code == 403
    assert stranger.get(f"{DESK}/ringing").status_code == 403


def test_what_calls_cost_does_not_grow_with_them(operator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    sit(operator)
    token, costs = operator.token(), set()
    for turn in range(2):
        for index in range(1 + 5 * turn):
            ring(name=f"{turn}-{index}")
            operator.post(DESK, call(_once=f"{turn}-{index}"))
        with counted() as poll:
            operator.get(f"{DESK}/ringing")
        with counted() as day:
            operator.get(f"{DESK}/calls")
        with counted() as draft:
            operator.client.post(f"{DESK}/draft", data=call(csrf_token=token, _once=f"draft {turn}".replace(" ", "-")))
        costs.add((len(poll), len(day), len(draft)))
    # The session, and then: what rings; the calls and their complaints; the call and its draft.
    assert costs == {(2, 3, 3)}, json.dumps(draft)


# --- the enterprise --------------------------------------------------------------------------------------------------


def learnt(**changes: Any) -> None:
    """An enterprise that has filed and is known."""
    filed(**changes)
    with transaction():
        enterprises.learn()


def test_an_enterprise_is_picked_by_a_few_letters_and_its_code_comes_along(operator: Browser) -> None:
    learnt(enterprise={"name": "河套试剂有限公司", "size": "small", "uscc": USCC})
    offered = operator.post(f"{DESK}/enterprises", {"enterprise.name": "htsj"}).text
    assert "河套试剂有限公司" in offered
    assert USCC not in offered
    which = re.search(r'name="_way" value="(pick:\d+)"', offered)
    assert which
    fields = operator.post(f"{DESK}/enterprise", call(_way=which[1], **{"enterprise.name": "htsj"})).text
    assert "<html" not in fields
    for value in ("河套试剂有限公司", USCC):
        assert f'value="{value}"' in fields
    page = operator.post(DESK, call(_way=which[1], **{"enterprise.name": "htsj"}))
    assert value_of(page, "enterprise.uscc") == USCC
    assert "医药货款拖欠" in page.text


def test_without_a_script_the_known_enterprises_are_buttons_after_looking(operator: Browser) -> None:
    learnt()
    page = operator.post(DESK, call(_way="look", **{"enterprise.name": "河套"})).text
    assert re.search(r'<button[^>]*value="pick:\d+"[^>]*>河套试剂有限公司', page)


@pytest.mark.parametrize("which", ["pick:", "pick:x", "pick:999999999", "pick:" + "9" * 40])
def test_an_enterprise_that_is_none_changes_nothing(operator: Browser, which: str) -> None:
    page = operator.post(DESK, call(_way=which))
    assert page.status_code == 200
    assert value_of(page, "enterprise.name") == "河套试剂有限公司"


# --- what the text says ----------------------------------------------------------------------------------------------

SPOKEN = "我公司给五原县人民医院供应检验试剂，货早已验收，医药货款还欠42万元一年多没有给。"
NOTHING = dict.fromkeys(("respondent.name", "respondent.kind", "amount", "region"))


def heard(page: str) -> dict[str, str]:
    """What the page reads in the text, by the id of the field."""
    return dict(re.findall(r'data-heard="(f-[^"]+)" value="([^"]*)"', page))


def test_what_the_text_says_goes_into_fields_that_nobody_touched(operator: Browser) -> None:
    part = operator.post(f"{DESK}/preview", call(body=SPOKEN, _own="", **NOTHING)).text
    assert heard(part) == {"f-respondent-name": "五原县人民医院", "f-amount": "420000", "f-region": "150821"}
    assert "五原县卫生健康委员会" in part


def test_what_the_operator_changed_or_emptied_is_left_alone(operator: Browser) -> None:
    typed = call(body=SPOKEN, _own="amount region", **{**NOTHING, "amount": "100"})
    part = operator.post(f"{DESK}/preview", typed).text
    assert heard(part) == {"f-respondent-name": "五原县人民医院"}


def test_a_fact_that_the_text_no_longer_tells_goes(operator: Browser) -> None:
    part = operator.post(f"{DESK}/preview", call(body="咨询开户许可怎么办理", _own="")).text
    assert heard(part) == {"f-respondent-name": "", "f-amount": "", "f-region": ""}
    assert "五原县" not in part


def test_without_a_script_looking_fills_in_what_the_text_says_and_marks_it(operator: Browser) -> None:
    page = operator.post(DESK, call(_way="look", body=SPOKEN, **{**NOTHING, "amount": "100"}))
    assert (value_of(page, "respondent.name"), value_of(page, "amount")) == ("五原县人民医院", "100")
    assert '<option value="150821" selected' in page.text
    assert page.text.count("读自内容，请核对") == 2
