"""What holds for every page: headers, cookies, forms, error pages, assets."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask, g
from sqlalchemy.exc import OperationalError

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import ROLES
from service.complaints import figures
from service.db import transaction
from service.directory import operations as directory
from service.http import LARGEST_BODY
from service.web import assets, desks, site
from service.web.signin import TOKEN
from tests.factories import People, filing
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
MORNING = datetime(2026, 3, 13, 2, tzinfo=UTC)


# --- headers and cookies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/api/v1/me"])
def test_nothing_foreign_and_nothing_inline_may_run_in_a_page(browser: Browser, path: str) -> None:
    policy = browser.get(path).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere"])
def test_no_page_holds_script_or_style_of_its_own(browser: Browser, path: str) -> None:
    page = browser.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)


def test_a_session_cookie_is_for_us_alone_and_secure_where_the_page_was(browser: Browser) -> None:
    plain = browser.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    again = Browser(browser.client.application).get("/sign-in", base_url="https://localhost")
    assert "Secure" in again.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in again.headers
    assert "Strict-Transport-Security" not in browser.get("/").headers


def test_a_session_counts_on_pages_and_never_under_the_api(at_desk: At) -> None:
    somebody = at_desk("auditor")
    assert somebody.get("/profile").status_code == 200
    answer = somebody.get("/api/v1/me")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_is_opened_moves_the_session_on_now_and_then(at_desk: At) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        somebody = at_desk("operator", "150000")
        somebody.get("/profile")
        assert "Set-Cookie" not in somebody.get("/profile").headers
        traveller.shift(site.MOVED_ON)
        assert "Set-Cookie" not in somebody.get("/profile").headers
        traveller.shift(1)
        assert "Set-Cookie" in somebody.get("/profile").headers
        assert "Set-Cookie" not in somebody.get("/profile").headers


def test_what_is_asked_beside_a_page_moves_no_session_on(at_desk: At) -> None:
    somebody = at_desk("operator", "150000")
    desk = "/desk/hotline"
    somebody.get(desk)
    beside = [
        somebody.get("/profile", headers={"HX-Request": "true"}),
        somebody.get("/profile", headers={"Sec-Fetch-Dest": "image"}),
        somebody.post(f"{desk}/preview", {"body": "拖欠货款"}),
        somebody.post(f"{desk}/caller", {"contact.phone": "04716601234"}),
    ]
    assert [(answer.status_code, "Set-Cookie" in answer.headers) for answer in beside] == [(200, False)] * 4


def test_what_is_asked_beside_a_page_ends_no_session(at_desk: At) -> None:
    somebody = at_desk("operator", "150000")
    with somebody.client.session_transaction() as session, transaction():
        accounts.sign_out(session[TOKEN], clock.now())
    late = somebody.get("/desk/hotline/ringing", headers={"HX-Request": "true"})
    assert (late.status_code, "Set-Cookie" in late.headers) == (401, False)
    assert "Set-Cookie" in somebody.get("/desk/hotline").headers


def test_a_bearer_token_counts_under_the_api_and_not_on_pages(browser: Browser, people: People) -> None:
    headers = people.headers("auditor")
    assert browser.get("/api/v1/me", headers=headers).status_code == 200
    assert browser.get("/profile", headers=headers).status_code == 302


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", "IjEi.aaaaaa.bbbbbb"])
def test_a_form_without_our_token_does_nothing(at_desk: At, token: str | None) -> None:
    somebody = at_desk("auditor")
    answer = somebody.client.post("/sign-out", data={} if token is None else {"csrf_token": token})
    assert answer.status_code == 400
    assert "请返回上一页" in answer.text
    assert somebody.get("/profile").status_code == 200


def test_a_token_of_another_session_does_nothing(at_desk: At, browser: Browser) -> None:
    assert at_desk("auditor").client.post("/sign-out", data={"csrf_token": browser.token()}).status_code == 400


def test_the_api_asks_for_no_form_token(browser: Browser) -> None:
    assert browser.client.post("/api/v1/complaints", json=filing()).status_code == 201


def test_a_body_larger_than_the_page_takes_is_refused_in_words(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"login": "x" * LARGEST_BODY})
    assert answer.status_code == 413
    assert "提交的内容太大" in answer.text


# --- who may see what ------------------------------------------------------------------------------------------------


def test_a_page_for_somebody_leads_through_signing_in_and_back(browser: Browser) -> None:
    answer = browser.get("/profile?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/profile?a%3D1")


def test_a_part_of_a_page_asked_for_by_script_leads_the_whole_page_to_signing_in(browser: Browser) -> None:
    answer = browser.get("/profile", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("desk", desks.DESKS, ids=lambda desk: desk.endpoint)
def test_a_desk_is_open_to_its_roles_and_shut_to_others(app: Flask, at_desk: At, desk: desks.Desk) -> None:
    with app.test_request_context():
        path = app.url_for(desk.endpoint)
    for role in sorted(desk.roles):
        assert at_desk(role, None if ROLES[role][1] == "nothing" else "150000").get(path).status_code == 200
    refused = at_desk("system").get(path)
    assert refused.status_code == 403
    assert "您的岗位不能打开这个页面" in refused.text
    assert "您的岗位不能做这一步" not in refused.text  # said once is enough


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("operator", "/desk/hotline"),
        ("dispatcher", "/desk/dispatching"),
        ("handler", "/desk/department"),
        ("head", "/desk/department"),
        ("department_dispatcher", "/desk/department"),
        ("supervisor", "/desk/supervision"),
        ("auditor", "/admin"),
        ("administrator", "/admin"),
    ],
)
def test_each_role_is_led_to_its_own_desk(at_desk: At, role: str, path: str) -> None:
    place = None if role in {"auditor", "administrator"} else "150000"
    somebody = at_desk(role, place)
    assert somebody.get("/desk").headers["Location"] == path
    assert somebody.get(path).status_code == 200


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nowhere", "/wp-login.php", "/.env", "/%00", "/apis", "/" + "9" * 50_000])
def test_an_address_that_is_none_is_told_as_a_page_to_people_and_as_json_to_programs(
    browser: Browser, path: str
) -> None:
    page, answer = browser.get(path), browser.get("/api/v1/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "没有找到这个页面" in page.text
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


@pytest.mark.parametrize("path", ["/nowhere%00", "/<script>alert(1)</script>", "/sign-in?next=<script>", "/é"])
def test_what_stands_in_an_address_is_never_part_of_a_page(browser: Browser, path: str) -> None:
    assert "<script>" not in browser.get(path).text


def test_a_page_says_so_where_the_database_is_away(at_desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    somebody = at_desk("auditor")
    monkeypatch.setattr("service.accounts.operations.bearer", away)
    answer = somebody.get("/profile")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "系统暂时连不上" in answer.text


@pytest.mark.parametrize("status", sorted(site.WRONG))
def test_every_error_page_says_what_to_do(app: Flask, status: int) -> None:
    with app.test_request_context():
        page = site.error_page(status)
    assert page.status_code == status
    assert site.WRONG[status][1] in page.get_data(as_text=True)


@pytest.mark.parametrize("broken", ["display", "url_for", "_"])
def test_where_the_frame_of_all_pages_fails_a_page_is_left_that_needs_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setitem(app.jinja_env.globals, broken, fails)
    with app.test_request_context():
        g.request_id = "<b>one</b>"
        page = site.error_page(500)
    assert (page.status_code, page.mimetype) == (500, "text/html")
    for told in ("请稍后再试", "Please try again later", 'href="/"', "&lt;b&gt;one"):
        assert told in page.get_data(as_text=True)


# --- assets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None), ("identity", None)])
def test_an_asset_comes_as_small_as_the_browser_reads_and_may_be_kept(
    browser: Browser, accepted: str, coding: str | None
) -> None:
    name = assets.manifest()["site.css"]
    answer = browser.get(f"/static/{name}", headers={"Accept-Encoding": accepted})
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers.get("Content-Encoding") == coding
    assert "immutable" in answer.headers["Cache-Control"]
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["manifest.json", "..%2f..%2fsite.py", "site.css", "x" * 300])
def test_only_what_was_built_is_given_away(browser: Browser, name: str) -> None:
    assert browser.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/sign-in"])
def test_the_first_load_of_a_public_page_is_under_150_kilobytes(browser: Browser, path: str) -> None:
    page = browser.get(path)
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    loads = [browser.get(address, headers={"Accept-Encoding": "gzip, br"}) for address in addresses]
    assert len(page.data) + sum(len(load.data) for load in loads) < 150_000


# --- the home page ---------------------------------------------------------------------------------------------------


def test_the_home_page_takes_one_statement_once_and_none_after(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    with counted() as first:
        assert browser.get("/").status_code == 200
    with counted() as second:
        browser.get("/")
    assert (len(first), len(second)) == (1, 0)


def test_small_numbers_stay_hidden(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.client.post("/api/v1/complaints", json=filing())
    assert browser.get("/").text.count("暂不公布") == 2
    for _ in range(figures.FEWEST):
        assert browser.client.post("/api/v1/complaints", json=filing()).status_code == 201
    from service.web import portal

    portal.figures.cache_clear()
    page = browser.get("/").text
    assert page.count("暂不公布") == 1
    assert '<span class="value">11 件</span>' in page
