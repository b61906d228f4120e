"""Accounts at the administrator's desk: made, granted, switched off, let in again; and what an auditor reads of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service import clock
from service.accounts import administration
from service.accounts import operations as accounts
from service.accounts.models import User
from service.accounts.rules import Grant
from service.audit import changing
from service.config import ROOT
from service.db import db, transaction
from service.directory import operations as directory
from service.web.admin import DEEDS, THINGS
from tests import recorded
from tests.factories import People
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
USERS = "/admin/users"
NEW = {"login": "bai", "name": "白承办", "role": "handler", "place": "150821", "kind": "health"}
ONE_TIME = re.compile(r"(?<=>)[a-z2-9]{4}(-[a-z2-9]{4}){2}(?=<)")


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def user(login: str) -> User:
    db.session.expire_all()
    return accounts.user_named(login)


def made(admin: Browser, **said: str) -> str:
    """A user made through the form; gives the one-time password."""
    answer = admin.post(f"{USERS}/new", {**NEW, **said})
    assert answer.status_code == 200, answer.text
    found = ONE_TIME.search(answer.text)
    assert found, answer.text
    return found[0]


def one(login: str, what: str = "") -> str:
    return f"{USERS}/{user(login).id}{what}"


def saved(admin: Browser, login: str, **said: object) -> int:
    """The status with which a user's form is taken; it begins with what the page showed."""
    version = changing.version(administration.USER, login)
    held = sorted(administration.written(row) for row in user(login).grants)
    form = {"name": user(login).name, "grants": held, "_version": str(version), **said}
    return admin.post(one(login), form).status_code


def last_entry(login: str) -> int:
    return changing.history(administration.USER, login, 1)[0].id


def sign_in(app: Flask, login: str, password: str) -> tuple[Browser, str]:
    browser = Browser(app)
    return browser, browser.post("/sign-in", {"login": login, "password": password}).headers.get("Location", "")


# --- making and granting ---------------------------------------------------------------------------------------------


def test_a_new_user_gets_a_password_for_one_sign_in_and_then_needs_an_own_one(app: Flask, admin: Browser) -> None:
    password = made(admin)
    bai, _onward = sign_in(app, "bai", password)
    for path in ("/desk/department", "/"):
        assert bai.get(path).headers["Location"] == "/profile"
    own = {"current": password, "password": "staple fence window", "again": "staple fence window"}
    assert bai.post("/profile", own).status_code == 302
    assert bai.get("/desk/department").status_code == 200
    assert sign_in(app, "bai", password)[1] == ""


def test_a_one_time_password_opens_no_api_and_holds_three_days(app: Flask, admin: Browser) -> None:
    password = made(admin)
    said = app.test_client().post("/api/v1/tokens", json={"login": "bai", "password": password})
    assert (said.status_code, "一次性密码" in said.json["message"]) == (403, True)
    with time_machine.travel(clock.now() + timedelta(days=3, minutes=1)):
        late = Browser(app).post("/sign-in", {"login": "bai", "password": password})
    assert (late.status_code, "一次性密码已过期" in late.text) == (403, True)


def test_what_is_wrong_with_a_new_user_stands_beside_its_field(admin: Browser) -> None:
    for wrong, sentence in (
        ({"login": "Bai Li"}, "登录名格式不对"), ({"role": ""}, "这一项必须填写"),
        ({"place": ""}, "这个地区没有这一类部门"), ({"role": "auditor"}, "审计员不属于部门"),
        ({"role": "operator", "kind": "", "place": ""}, "话务员必须指定一个地区编码"),
    ):  # fmt: skip
        answer = admin.post(f"{USERS}/new", {**NEW, **wrong})
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
        assert "白承办" in answer.text
    assert db.session.scalar(select(User.id).where(User.login == "bai")) is None


def test_grants_are_added_and_taken_away_and_the_history_tells_it_in_words(admin: Browser) -> None:
    made(admin)
    assert saved(admin, "bai", role="supervisor", place="150800") == 302
    page = unescape(admin.get(one("bai")).text)
    held, became = "承办人　五原县卫生健康委员会", "督办人　巴彦淖尔市"
    assert f"岗位：{held} → {held}、{became}" in page
    assert saved(admin, "bai", grants=["supervisor@150800"]) == 302
    assert [administration.written(row) for row in user("bai").grants] == ["supervisor@150800"]
    assert saved(admin, "bai", grants=[]) == 422


def test_a_change_is_taken_back_and_refused_where_the_same_changed_since(admin: Browser) -> None:
    made(admin)
    saved(admin, "bai", name="白主任")
    first = last_entry("bai")
    assert admin.post(one("bai", f"/undo/{first}")).status_code == 302
    assert user("bai").name == "白承办"
    again = admin.post(one("bai", f"/undo/{first}"))
    assert (again.status_code, "后来又改过" in again.text) == (409, True)
    assert admin.post(one("bai", "/undo/999999")).status_code == 404


def test_who_opened_the_form_before_anothers_change_sees_it_and_saves_over_it_only_knowingly(admin: Browser) -> None:
    made(admin)
    saved(admin, "bai", name="白主任")
    typed = {"name": "白处长", "grants": ["handler@150821-health"], "_version": "0"}
    answer = admin.post(one("bai"), typed)
    page = unescape(answer.text)
    assert answer.status_code == 412
    for words in ("姓名：白承办 → 白主任", 'value="白处长"', 'name="_version" value="0"'):
        assert words in page, words
    over = re.search(r'name="_over" value="(\d+)"', page)
    assert over
    assert admin.post(one("bai"), {**typed, "_over": over[1]}).status_code == 302
    assert user("bai").name == "白处长"


# --- ways in ---------------------------------------------------------------------------------------------------------


def test_a_reset_ends_sessions_but_not_the_tokens_of_programs_and_revoking_ends_all(
    app: Flask, admin: Browser, people: People
) -> None:
    reader = people.reader("system")
    with transaction():
        token = accounts.issue_token(accounts.user_named(reader.login), clock.now(), "test")
        session = accounts.issue_token(accounts.user_named(reader.login), clock.now(), "test", timedelta(hours=1))
    page = admin.get(one(reader.login)).text
    assert "1 处" in page
    assert ONE_TIME.search(admin.post(one(reader.login, "/password")).text)

    def opens(secret: str) -> bool:
        return app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200

    assert (opens(token), opens(session)) == (True, False)
    assert admin.post(one(reader.login, "/tokens")).status_code == 302
    assert not opens(token)


def test_a_user_is_switched_off_with_every_way_in_and_on_again(app: Flask, admin: Browser, at_desk: At) -> None:
    password = made(admin)
    bai, _onward = sign_in(app, "bai", password)
    assert admin.post(one("bai", "/close")).status_code == 302
    assert bai.get("/profile").status_code == 302
    assert sign_in(app, "bai", password)[1] == ""
    assert "已停用" in admin.get(f"{USERS}?state=off").text
    assert admin.post(one("bai", f"/undo/{last_entry('bai')}")).status_code == 302
    assert user("bai").active


def test_the_last_administrator_is_not_locked_out_by_any_way(admin: Browser, people: People) -> None:
    me = accounts.users()[0].login
    for what in ("/close",):
        answer = admin.post(one(me, what))
        assert (answer.status_code, "最后一位在用的管理员" in answer.text) == (422, True)
    assert saved(admin, me, grants=["auditor"], role="auditor") == 422
    people.reader("administrator")
    assert admin.post(one(me, "/close")).status_code == 302


# --- who sees it -----------------------------------------------------------------------------------------------------


def test_the_list_finds_by_login_name_and_role_and_hides_who_belongs_to_an_enterprise(
    admin: Browser, people: People
) -> None:
    made(admin)
    with transaction():
        accounts.create_user("firm", "白老板", [Grant("enterprise")], None, clock.now(), "test")
    assert "白承办" in admin.get(f"{USERS}?q=BA").text
    found = admin.get(f"{USERS}?q=白").text
    assert ("白承办" in found, "白老板" in found, "白**" in found) == (True, False, True)
    assert "白**" not in admin.get(f"{USERS}?role=handler").text
    assert admin.get(f"{USERS}?role=nobody").status_code == 422
    assert "没有符合条件的用户" in admin.get(f"{USERS}?q=%25").text


def test_an_auditor_reads_accounts_and_the_record_and_changes_nothing(admin: Browser, at_desk: At) -> None:
    made(admin)
    auditor = at_desk("auditor")
    home = auditor.get("/admin").text
    assert ('href="/admin/users"' in home, 'href="/admin/models"' in home) == (True, False)
    page = auditor.get(one("bai")).text
    assert 'href="/admin" aria-current="true"' in page
    assert ("白承办" in page, f'action="{one("bai")}' in page) == (True, False)
    assert "新建" in auditor.get("/admin/records").text
    for path in (USERS + "/new", *(one("bai", what) for what in ("", "/close", "/password", "/tokens", "/undo/1"))):
        assert auditor.post(path).status_code == 403, path


def test_who_signed_in_is_told_from_who_was_given_a_token(admin: Browser) -> None:
    made(admin)
    with transaction():
        accounts.issue_token(accounts.user_named("bai"), clock.now(), "bai", timedelta(hours=12))
    signed_in = rows_of(admin.get("/admin/records").text)[0]
    assert ("登录" in signed_in, "令牌" in signed_in) == (True, False)
    with transaction():
        accounts.issue_token(accounts.user_named("bai"), clock.now(), "命令行")
    handed_out = rows_of(admin.get("/admin/records").text)[0]
    assert ("令牌" in handed_out, "发出" in handed_out) == (True, True)


def test_the_record_is_searched_by_who_what_and_when(admin: Browser) -> None:
    made(admin)
    with transaction():
        accounts.issue_token(accounts.user_named("bai"), clock.now(), "bai", timedelta(hours=12))
    whole = rows_of(admin.get("/admin/records").text)
    today = clock.local(clock.now()).date()
    (signed_in,) = rows_of(admin.get(f"/admin/records?actor=bai&since={today}&until={today}").text)
    assert signed_in in rows_of(admin.get("/admin/records?thing=user").text)
    assert signed_in not in rows_of(admin.get("/admin/records?thing=token").text)
    assert rows_of(admin.get(f"/admin/records?since={today}").text) == whole
    for none in (f"until={today - timedelta(days=1)}", "actor=nobody", "thing=gate"):
        assert "没有符合条件的记录" in admin.get(f"/admin/records?{none}").text, none
    wrong = admin.get("/admin/records?thing=nothing&since=2026-02-30")
    assert (wrong.status_code, rows_of(wrong.text)) == (422, [])


def rows_of(page: str) -> list[str]:
    """The rows of a page's table."""
    return re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody")[2], re.DOTALL)


@pytest.mark.parametrize("path", ["/admin", "/admin/records", USERS, USERS + "/new", USERS + "/1"])
def test_only_administrators_and_auditors_come_there(at_desk: At, path: str) -> None:
    assert at_desk("supervisor", "150000").get(path).status_code == 403


def test_everything_that_is_recorded_has_a_name() -> None:
    sources = (path.read_text() for path in Path(ROOT / "service").rglob("*.py"))
    found = {action for source in sources for action in recorded.actions(source)}
    assert {"user.undone", "account.taken_out", "directive.paused", "model.promoted", "calendar.day_set"} <= found
    assert {action.partition(".")[0] for action in found} <= set(THINGS)
    assert {action.partition(".")[2] for action in found} <= set(DEEDS)


@pytest.mark.parametrize(("path", "most"), [("/admin", 1), ("/admin/records", 2), (USERS, 4), (USERS + "/{id}", 7)])
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, people: People, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    made(admin)
    address = path.format(id=user("bai").id)
    for _round in range(2):
        admin.get(address)
        with counted() as sent:
            assert admin.get(address).status_code == 200
        assert len(sent) == most, sent
        for _more in range(5):
            people.reader("handler", department="150821-health")
        saved(admin, "bai", role="operator", place=f"15082{_round + 1}")
