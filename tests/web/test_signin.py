"""Signing in, staying in, and being out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.db import transaction
from service.web.signin import same_site
from tests.statements import counted
from tests.web.browser import Browser

PASSWORD = "correct horse battery"
ANOTHER = "staple fence window"
MORNING = datetime(2026, 3, 13, 1, tzinfo=UTC)


@pytest.fixture
def wang(app: Flask) -> None:
    """An operator with a password."""
    with transaction():
        accounts.create_user("wang", "王女士", [Grant("operator", "150821")], PASSWORD, clock.now(), "test")


def sign_in(browser: Browser, password: str = PASSWORD, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"login": "wang", "password": password, **more})


pytestmark = pytest.mark.usefixtures("wang")


def test_signing_in_leads_to_ones_desk_and_says_who_one_is(browser: Browser) -> None:
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/hotline")
    assert "王女士" in browser.get("/desk/hotline").text
    assert browser.get("/sign-in").headers["Location"] == "/desk/hotline"


def test_signing_in_leads_on_to_where_one_wanted_to_go(browser: Browser) -> None:
    page = browser.get("/sign-in?next=/profile?a%3D1").text
    assert 'name="_next" value="/profile?a=1"' in page
    assert sign_in(browser, _next="/profile?a=1").headers["Location"] == "/profile?a=1"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil",
     "/\t/evil.example", "http:/evil", "https:evil", "/\n", " //evil.example", ""],
)  # fmt: skip
def test_no_link_to_us_leads_elsewhere(browser: Browser, address: str) -> None:
    assert same_site(address) == ""
    assert sign_in(browser, _next=address).headers["Location"] == "/desk/hotline"


def test_a_session_of_its_own_begins_at_signing_in(browser: Browser) -> None:
    before = browser.token()
    sign_in(browser)
    assert browser.client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    assert browser.get("/profile").status_code == 200


@pytest.mark.parametrize(("login", "password"), [("wang", "horse battery"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_login_look_the_same(browser: Browser, login: str, password: str) -> None:
    answer = browser.post("/sign-in", {"login": login, "password": password})
    assert answer.status_code == 422
    assert answer.text.count("登录名或密码不对，请核对后再试。") == 2
    assert f'value="{login}"' in answer.text
    assert password not in answer.text


def test_what_is_left_blank_is_named(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"login": " "})
    assert answer.status_code == 422
    assert '<a href="#f-login">登录名：这一项必须填写。</a>' in answer.text
    assert '<a href="#f-password">密码：这一项必须填写。</a>' in answer.text


def test_guessing_is_slowed_and_the_page_says_how_long_to_wait(browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        for _ in range(5):
            assert sign_in(browser, "wrong").status_code == 422
        locked = sign_in(browser)
        assert locked.status_code == 429
        assert re.search("请 [12] 秒后再试", locked.text)
        traveller.shift(timedelta(seconds=2))
        assert sign_in(browser).status_code == 302


def test_signing_out_ends_the_session_on_the_server_too(browser: Browser) -> None:
    sign_in(browser)
    stolen = browser.client.get_cookie("session")
    assert stolen is not None
    assert browser.post("/sign-out").headers["Location"] == "/sign-in"
    assert browser.get("/profile").status_code == 302
    browser.client.set_cookie("session", stolen.value)
    assert browser.get("/profile").status_code == 302


def test_a_session_ends_after_eight_hours_without_use_and_after_twelve_in_any_case(browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        sign_in(browser)
        traveller.shift(timedelta(hours=7, minutes=59))
        assert browser.get("/profile").status_code == 200
        traveller.shift(timedelta(hours=4))
        assert browser.get("/profile").status_code == 200
        traveller.shift(timedelta(minutes=2))
        assert browser.get("/profile").status_code == 302
        sign_in(browser)
        traveller.shift(timedelta(hours=8, minutes=1))
        assert browser.get("/profile").status_code == 302


def test_a_session_ends_with_the_account(browser: Browser) -> None:
    sign_in(browser)
    with transaction():
        accounts.user_named("wang").active = False
    assert browser.get("/profile").status_code == 302


def test_a_session_that_somebody_made_up_is_none(browser: Browser) -> None:
    browser.client.set_cookie("session", "eyJ0b2tlbiI6IngifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert browser.get("/profile").status_code == 302


# --- the profile -----------------------------------------------------------------------------------------------------


def change(browser: Browser, **fields: str) -> TestResponse:
    return browser.post("/profile", {"current": PASSWORD, "password": ANOTHER, "again": ANOTHER, **fields})


def test_the_profile_says_who_one_is_and_for_where(browser: Browser) -> None:
    sign_in(browser)
    page = browser.get("/profile").text
    assert all(text in page for text in ("王女士", "wang", "话务员", "五原县"))


def test_another_password_ends_the_other_sessions_and_not_this_one(app: Flask, browser: Browser) -> None:
    elsewhere = Browser(app)
    sign_in(browser)
    sign_in(elsewhere)
    assert change(browser).status_code == 302
    assert browser.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302
    assert sign_in(elsewhere).status_code == 422
    assert sign_in(elsewhere, ANOTHER).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"current": "wrong"}, "f-current"),
        ({"password": "short", "again": "short"}, "f-password"),
        ({"again": "something else"}, "f-again"),
        ({"current": ""}, "f-current"),
    ],
    ids=["wrong", "short", "mistyped", "blank"],
)
def test_a_password_that_cannot_be_set_is_told_and_changes_nothing(
    app: Flask, browser: Browser, fields: dict[str, str], field: str
) -> None:
    sign_in(browser)
    answer = change(browser, **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert ANOTHER not in answer.text
    assert sign_in(Browser(app)).status_code == 302


def test_guessing_the_password_from_within_a_session_is_slowed_too(browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False):
        sign_in(browser)
        assert {change(browser, current="wrong").status_code for _ in range(5)} == {422}
        assert change(browser).status_code == 429


def test_the_profile_takes_one_statement_besides_the_revision(browser: Browser) -> None:
    sign_in(browser)
    browser.get("/profile")
    with counted() as sent:
        assert browser.get("/profile").status_code == 200
    assert len(sent) <= 2, sent
