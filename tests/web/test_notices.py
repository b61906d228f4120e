"""The inbox of everybody, and what an administrator sees of what goes out."""

import re
from collections.abc import Callable
from html import unescape

import pytest
import time_machine
from flask import Flask

from service import clock
from service.db import db, transaction
from service.directory import operations as directory
from service.notices import administration
from service.notices.models import Address, Notice, NoticeTemplate
from tests.factories import People
from tests.notices.cases import DAY, HEALTH, MOBILE, changed, filed, happens, notices, spread
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
ADMIN = "/admin/notices"
PAGES = ["", "/templates", "/templates/any.any.inbox", "/addresses", "/quiet-hours", "/rules"]


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(DAY, tick=False):
        yield


@pytest.fixture
def handler(app: Flask, people: People) -> Browser:
    return Browser(app, people.reader("handler", None, HEALTH))


@pytest.fixture
def admin(morning: None, at_desk: At) -> Browser:
    return at_desk("administrator")


def news(times: int = 1) -> int:
    complaint = filed()
    for _ in range(times):
        happens(complaint, "urge")
    spread()
    return complaint


def heading(page: str) -> str:
    """What the bell in the head of a page says."""
    found = re.search(r'aria-label="消息，(\S+) 条未读"', page)
    assert found, page
    return found[1]


# --- the inbox -------------------------------------------------------------------------------------------------------


def test_the_head_of_every_page_tells_how_many_messages_are_unread(handler: Browser) -> None:
    assert heading(handler.get("/profile").text) == "0"
    news(3)
    for path in ("/profile", "/desk/department", "/inbox"):
        assert heading(handler.get(path).text) == "3"
    assert "消息" not in Browser(handler.client.application).get("/").text.split("</header>")[0]


def test_a_message_is_opened_once_and_leads_to_its_complaint(handler: Browser) -> None:
    news()
    page = handler.get("/inbox").text
    address = re.findall(r'action="(/inbox/\d+/open)"', page)[0]
    number = notices(channel="inbox")[0].number
    assert number in page
    assert handler.post(address).headers["Location"] == f"/desk/complaints/{number}"
    assert heading(handler.get("/profile").text) == "0"
    assert "没有未读的消息" in handler.get("/inbox").text
    assert number in handler.get("/inbox?show=all").text


def test_all_messages_are_read_with_one_button(handler: Browser) -> None:
    news(3)
    assert handler.post("/inbox/read").status_code == 302
    assert heading(handler.get("/inbox").text) == "0"


def test_nobody_opens_somebody_elses_message(handler: Browser, at_desk: At) -> None:
    news()
    assert at_desk("handler", None, HEALTH).post(f"/inbox/{notices(channel='inbox')[0].id}/open").status_code == 404
    assert heading(handler.get("/profile").text) == "1"


def test_an_enterprise_is_led_from_a_message_to_its_complaint_without_a_code(app: Flask, people: People) -> None:
    reader = people.reader("enterprise")
    complaint = filed()
    changed(complaint, filed_by=reader.id)
    happens(complaint, "sign")
    spread()
    browser = Browser(app, reader)
    address = re.findall(r'action="(/inbox/\d+/open)"', browser.get("/inbox").text)[0]
    leads = browser.post(address).headers["Location"]
    assert leads == f"/progress/{notices(channel='inbox')[0].number}"
    assert "办到哪一步了" in browser.get(leads).text


def test_a_wrong_filter_is_told(handler: Browser) -> None:
    assert handler.get("/inbox?cursor=x").status_code == 422


@pytest.mark.parametrize("length", [1, 60])
@pytest.mark.parametrize("path", ["/inbox", "/inbox?show=all"])
def test_the_inbox_takes_two_statements_whatever_its_rows(
    handler: Browser, monkeypatch: pytest.MonkeyPatch, path: str, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    news(length)
    handler.get(path)
    with counted() as sent:
        page = handler.get(path).text
    assert page.count("/open") == min(length, 50)
    assert len(sent) == 2, sent


def test_more_than_a_page_goes_on_and_many_are_not_counted_out(handler: Browser) -> None:
    news(101)
    page = handler.get("/inbox").text
    assert heading(page) == "99+"
    following = unescape(re.findall(r'href="(/inbox\?cursor=[^"]+)"', page)[0])
    again = handler.get(following).text
    assert set(re.findall(r"/inbox/\d+/open", page)).isdisjoint(re.findall(r"/inbox/\d+/open", again))


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_look_after_notices_and_auditors_read_the_templates(
    at_desk: At, admin: Browser, path: str
) -> None:
    assert admin.get(ADMIN + path).status_code == 200
    for role, place in (("supervisor", "150000"), ("enterprise", None)):
        assert at_desk(role, place).get(ADMIN + path).status_code == 403
    assert at_desk("auditor").get(ADMIN + path).status_code == (200 if path.startswith("/templates") else 403)


def test_an_auditor_reads_what_was_done_to_a_template_and_is_led_nowhere_else(
    at_desk: At, admin: Browser, unedited: None
) -> None:
    admin.post(SMS, {"body": "【企声通】{number} 有答复了。"})
    auditor = at_desk("auditor")
    page = auditor.get(SMS).text
    assert "→ 【企声通】{number} 有答复了。" in unescape(page)
    assert ("/undo/" in page, f'action="{SMS}"' in page) == (False, False)
    listed = auditor.get(f"{ADMIN}/templates").text
    assert (f'href="{SMS}"' in listed, f'href="{ADMIN}"' in listed) == (True, False)
    assert auditor.post(SMS, {"body": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/1/resend", "/templates/any.any.inbox", "/addresses", "/addresses/1/remove",
                                  "/quiet-hours"])  # fmt: skip
def test_only_administrators_change_anything(at_desk: At, path: str) -> None:
    assert at_desk("supervisor", "150000").post(ADMIN + path).status_code == 403


def test_the_way_there_is_shown_to_administrators_alone(admin: Browser, handler: Browser) -> None:
    assert f'href="{ADMIN}"' in admin.get("/profile").text
    assert f'href="{ADMIN}"' not in handler.get("/profile").text


# --- deliveries ------------------------------------------------------------------------------------------------------


def test_deliveries_show_state_and_reason_and_nothing_that_was_said(admin: Browser) -> None:
    news()
    page = admin.get(ADMIN).text
    happens(filed(), "sign")
    spread()
    page = admin.get(ADMIN).text
    assert "没有配置短信网关" in page
    assert "企业留的手机" in page
    assert MOBILE not in page
    assert "请登录平台查看" not in page


def test_a_delivery_is_sent_again_by_its_button(admin: Browser) -> None:
    happens(filed(), "sign")
    spread()
    address = re.findall(r'action="(/admin/notices/\d+/resend)"', admin.get(ADMIN).text)[0]
    assert admin.post(address).status_code == 302
    assert notices(channel="sms")[0].state == "waiting"


def test_deliveries_are_filtered_and_a_wrong_filter_is_told(admin: Browser) -> None:
    happens(filed(), "sign")
    spread()
    assert "/resend" in admin.get(f"{ADMIN}?state=skipped&channel=sms").text
    assert "/resend" not in admin.get(f"{ADMIN}?state=failed").text
    assert admin.get(f"{ADMIN}?state=x").status_code == 422


@pytest.mark.parametrize("length", [1, 60])
def test_deliveries_take_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    complaint = filed()
    for _ in range(length):
        happens(complaint, "sign")
    spread()
    admin.get(ADMIN)
    with counted() as sent:
        page = admin.get(ADMIN).text
    assert page.count("/resend") == min(length, 50)
    assert len(sent) == 4, sent


# --- templates -------------------------------------------------------------------------------------------------------

SMS = f"{ADMIN}/templates/reply.enterprise.sms"


@pytest.fixture
def unedited(app: Flask):
    """The templates as they were seeded, after the test too."""
    yield
    with transaction():
        db.session.query(NoticeTemplate).update({"edited_at": None})
        administration.seed(app.config["DATA"])


def test_a_template_is_previewed_before_it_is_kept(admin: Browser, unedited: None) -> None:
    words = "【企声通】{department}答复了 {number}。"
    seen = admin.post(SMS, {"body": words, "_do": "trial"}).text
    assert "【企声通】五原县卫生健康委员会答复了 QS20261121-0000123-1。" in seen
    assert words not in admin.get(SMS).text
    assert admin.post(SMS, {"body": words}).status_code == 302
    assert words in admin.get(SMS).text
    assert "已改过" in admin.get(f"{ADMIN}/templates").text


def test_a_change_of_a_template_is_on_record_and_can_be_taken_back(admin: Browser, unedited: None) -> None:
    before = administration.template("reply.enterprise.sms").body
    admin.post(SMS, {"body": "【企声通】{number} 有答复了。"})
    page = admin.get(SMS).text
    assert f"内容：{before} → 【企声通】{{number}} 有答复了。" in unescape(page)
    assert admin.post(re.findall(r'action="(/admin/notices/templates/[^"]+/undo/\d+)"', page)[0]).status_code == 302
    assert administration.template("reply.enterprise.sms").body == before
    assert "撤销修改" in admin.get(SMS).text


def test_who_saves_over_what_somebody_else_changed_meanwhile_is_told_first(admin: Browser, unedited: None) -> None:
    opened = {"body": "【企声通】{number} 一。", "_version": "0"}
    assert admin.post(SMS, opened).status_code == 302
    answer = admin.post(SMS, {**opened, "body": "【企声通】{number} 二。"})
    assert (answer.status_code, "别人改了这一项" in answer.text) == (412, True)


@pytest.mark.parametrize("do", ["trial", ""])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{number} 的查询码是 {query_code}", "没有占位符 {query_code}"),
        ("{enterprise} {number}", "没有占位符 {enterprise}"),
        ("{text}", "没有占位符 {text}"),
        ("{reason}", "没有占位符 {reason}"),
        ("{number.__class__}", "没有占位符 {number.__class__}"),
        ("{number", "花括号要成对"),
        ("长" * 201, "最多 200 个字，现在是 201 个字"),
        ("", "这一项必须填写"),
    ],
)
def test_a_template_that_cannot_be_is_refused_in_words(admin: Browser, words: str, told: str, do: str) -> None:
    answer = admin.post(SMS, {"body": words, "_do": do})
    assert answer.status_code == 422
    assert told in unescape(answer.text)


def test_an_unknown_template_is_not_found(admin: Browser) -> None:
    assert admin.get(f"{ADMIN}/templates/nothing").status_code == 404


# --- addresses and hours ---------------------------------------------------------------------------------------------


def test_an_address_is_added_shown_without_where_it_leads_and_removed(admin: Browser) -> None:
    given = {"channel": "robot", "name": "值班群", "department": HEALTH, "url": "wecombot://topsecretkey"}
    assert admin.post(f"{ADMIN}/addresses", given).status_code == 302
    page = admin.get(f"{ADMIN}/addresses").text
    assert "值班群" in page
    assert "五原县卫生健康委员会" in page
    assert "topsecretkey" not in page
    address = re.findall(r'action="(/admin/notices/addresses/\d+/remove)"', page)[0]
    assert admin.post(address).status_code == 302
    assert "删除地址" not in admin.get(f"{ADMIN}/addresses").text
    row = db.session.query(Address).one()
    assert (row.url, row.removed_at) == (None, clock.now())


def test_an_address_that_cannot_be_is_refused_and_its_secret_not_given_back(admin: Browser) -> None:
    given = {"channel": "webhook", "name": "系统", "place": "150821", "url": "http://127.0.0.1/?k=topsecretkey",
             "secret": "anothersecret"}  # fmt: skip
    answer = admin.post(f"{ADMIN}/addresses", given)
    assert answer.status_code == 422
    assert "内部网络" in answer.text
    assert 'value="系统"' in answer.text
    assert "topsecretkey" not in answer.text
    assert "anothersecret" not in answer.text


def test_quiet_hours_are_set(admin: Browser) -> None:
    assert 'value="21:00"' in admin.get(f"{ADMIN}/quiet-hours").text
    assert admin.post(f"{ADMIN}/quiet-hours", {"begins": "22:30", "ends": "7:00"}).status_code == 302
    page = admin.get(f"{ADMIN}/quiet-hours").text
    assert 'value="22:30"' in page
    assert 'value="07:00"' in page
    assert admin.post(f"{ADMIN}/quiet-hours", {"begins": "25:00", "ends": "7:00"}).status_code == 422


def test_planted_text_shows_as_text(admin: Browser, unedited: None) -> None:
    planted = "<script>alert(1)</script>"
    admin.post(f"{ADMIN}/templates/any.any.message", {"subject": planted, "body": planted})
    admin.post(f"{ADMIN}/addresses", {"channel": "robot", "name": planted, "department": HEALTH,
                                      "url": "wecombot://topsecretkey"})  # fmt: skip
    happens(filed(), "urge")
    spread()
    for path in ("", "/templates", "/templates/any.any.message", "/addresses"):
        page = admin.get(ADMIN + path).text
        assert planted not in page
        assert planted in unescape(page) or path == "/addresses/none"
    assert db.session.query(Notice).count() > 0
