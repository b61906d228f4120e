"""What is begun on the filing pages: kept while it is typed, file by file, in a cookie that outlives the browser."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from service.db import db
from service.directory import operations as directory
from service.intake import attachments, begun
from service.intake.models import Attachment, BegunFiling
from service.web import qr
from tests.rivals import pressed_meanwhile
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.test_filing import BODY, CONTACT, PDF, fill, go, stored, submit

MORNING = datetime(2026, 3, 13, 2, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture(autouse=True)
def quiet_morning() -> Iterator[time_machine.Traveller]:
    """10:00 on Friday, 2026-03-13."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def known(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference data as a process at work has it."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    directory.current()


def keep(browser: Browser, index: int, **given: Any) -> Any:
    return browser.post(f"/file/keep/{index}", given)


def send(browser: Browser, content: bytes = PDF, name: str = "合同.pdf", **more: Any) -> Any:
    return browser.post("/file/files", {"files": (BytesIO(content), name), **more})


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_right_or_wrong_and_the_page_is_told_when(browser: Browser) -> None:
    answer = keep(browser, 0, body=BODY)
    assert answer.json["told"] == "已自动保存 10:00"
    assert keep(browser, 1, amount="三十万", _paper=answer.json["paper"]).status_code == 200
    assert BODY in browser.get("/file").text
    assert 'value="三十万"' in browser.get("/file/details").text


def test_a_closed_browser_finds_it_again_for_a_day_and_an_hour_later_says_whose_it_may_be(
    app: Flask, browser: Browser, quiet_morning: time_machine.Traveller
) -> None:
    keep(browser, 0, body=BODY)
    cookie = browser.client.get_cookie("draft", path="/file")
    assert cookie
    assert (cookie.max_age, cookie.http_only, cookie.same_site) == (24 * 3600, True, "Lax")
    opened = Browser(app)
    opened.client.set_cookie("draft", cookie.value, path="/file")
    assert "接着上次的填" not in opened.get("/file").text
    quiet_morning.shift(timedelta(hours=1))
    page = opened.get("/file").text
    assert BODY in page
    assert "这台设备 3月13日 10:00 没填完的" in page
    opened.post("/file/new")
    assert BODY not in browser.get("/file").text
    assert db.session.scalar(select(func.count()).select_from(BegunFiling)) == 0


def test_nobody_sees_it_with_another_cookie_and_filing_takes_the_cookie_away(app: Flask, browser: Browser) -> None:
    fill(browser)
    other = Browser(app)
    for value in ("x", "x" * 100, "draft"):
        other.client.set_cookie("draft", value, path="/file")
        assert BODY not in other.get("/file").text
    submit(browser)
    assert browser.client.get_cookie("draft", path="/file") is None
    assert BODY not in browser.get("/file").text


def test_two_windows_that_keep_at_once_keep_what_both_say(app: Flask, browser: Browser) -> None:
    keep(browser, 0, body=BODY)
    csrf, cookie = browser.token(), browser.client.get_cookie("draft", path="/file")
    assert cookie is not None

    def said() -> dict[str, Any]:
        return begun.said(begun.read(cookie.value, MORNING, lock=True))

    told = pressed_meanwhile(
        app,
        first=lambda: begun.write(cookie.value, {**said(), "body": BODY * 2}, MORNING),
        second=lambda: browser.client.post("/file/keep/1", data={"csrf_token": csrf, "amount": "三十万"}),
    )
    assert told is None
    assert (said()["body"], said()["amount"]) == (BODY * 2, "三十万")


def test_a_page_of_another_filing_keeps_nothing_in_this_one(browser: Browser) -> None:
    keep(browser, 0, body=BODY)
    answer = keep(browser, 0, body="别的事情", _paper="0123456789ab")
    assert answer.status_code == 409
    assert "另一个窗口" in answer.json["told"]
    assert BODY in browser.get("/file").text
    assert send(browser, _paper="0123456789ab").status_code == 409


def test_what_arrives_after_filing_begins_anew_and_changes_nothing(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    keep(browser, 0, body="第二件事：消防验收迟迟不办。")
    assert stored()[0].body == BODY
    assert "第二件事" in browser.get("/file").text


def test_a_late_answer_that_brings_back_what_was_filed_keeps_nobody_from_the_next_one(browser: Browser) -> None:
    fill(browser)
    token = browser.client.get_cookie("draft", path="/file")
    assert token is not None
    submit(browser)
    browser.post("/file/receipt")
    browser.client.set_cookie("draft", token.value, path="/file")
    assert BODY not in browser.get("/file").text
    assert go(browser, "/file", {"body": "第二件事：消防验收迟迟不办。"}).headers["Location"] == "/file/details"
    assert "第二件事" in browser.get("/file").text
    assert stored()[0].body == BODY


def test_who_comes_too_late_to_submit_is_told_and_not_shown_a_receipt(browser: Browser) -> None:
    browser.client.delete_cookie("draft", path="/file")
    assert submit(browser).headers["Location"] == "/file"
    assert "已经超过一天没有提交" in browser.get("/file").text


# --- files, one by one -----------------------------------------------------------------------------------------------


def test_each_file_is_taken_by_itself_looked_at_and_taken_out(app: Flask, browser: Browser) -> None:
    fill(browser)
    first = send(browser, PNG, "对账单.png")
    assert first.status_code == 200
    assert "对账单.png" in first.json["rows"]
    refused = send(browser, b"MZ\x90\x00", "run.pdf")
    assert (refused.status_code, len(refused.json["refused"])) == (422, 1)
    assert "对账单.png" in refused.json["rows"]
    seen = browser.get(f"/file/files/{first.json['last']}")
    assert seen.data == PNG
    assert seen.headers["Content-Disposition"].startswith("attachment")
    assert Browser(app).get(f"/file/files/{first.json['last']}").status_code == 404
    assert browser.post("/file/files", {"_go": f"drop:{first.json['last']}"}).json["rows"].strip() == ""
    submit(browser)
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_no_file_is_taken_where_nothing_is_begun(browser: Browser) -> None:
    assert send(browser).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_name_with_markup_stays_text_in_what_the_script_puts_into_the_page(browser: Browser) -> None:
    fill(browser)
    rows = send(browser, PDF, '"><script>alert(1)</script>.pdf').json["rows"]
    assert "<script" not in rows


def test_the_page_tells_the_script_all_it_says(browser: Browser) -> None:
    fill(browser)
    page = browser.get("/file/review").text
    assert 'data-send="/file/files"' in page
    assert f'data-largest="{attachments.LARGEST}"' in page
    assert re.search(r"data-said='\{[^<>']*lost[^<>']*\}'", page)


# --- the receipt -----------------------------------------------------------------------------------------------------


def test_the_code_to_scan_leads_to_the_page_that_asks_for_the_secret(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    page = browser.get("/file/receipt").text
    drawn = re.search(r"<svg[^>]*qr-code.*?</svg>", page, re.S)
    assert drawn
    assert "style=" not in drawn[0]
    secret = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", page)
    assert secret
    # The same address draws the same code, so nothing but the address is in it.
    assert str(qr.code(f"http://localhost/progress/{stored()[0].number}")) == drawn[0]


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_keeping_takes_two_statements_and_a_file_six(browser: Browser, known: None) -> None:
    fill(browser)
    token = browser.token()
    with counted() as kept:
        browser.client.post("/file/keep/2", data={"csrf_token": token, **CONTACT})
    with counted() as sent:
        data = {"csrf_token": token, "files": (BytesIO(PDF), "a.pdf")}
        browser.client.post("/file/files", data=data)
    assert (len(kept), len(sent)) == (2, 6)


def test_steps_by_hand_keep_as_before(browser: Browser) -> None:
    assert go(browser, "/file", {"body": BODY}).headers["Location"] == "/file/details"
    assert "已自动保存 3月13日 10:00" in browser.get("/file/details").text
