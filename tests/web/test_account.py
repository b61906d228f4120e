"""The account of an enterprise on pages: nobody sees anything by knowing a credit code, colleagues see the same."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from service import clock
from service.accounts import enterprises
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.complaints import listing
from service.complaints.models import Complaint
from service.complaints.wanted import Wanted
from service.db import db, transaction
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.notices.models import Notice
from tests.factories import filing
from tests.notices.cases import spread
from tests.statements import counted
from tests.web.browser import Browser

CODE, OTHER_CODE = "91150821MA0NA00012", "911508220000000017"
FIRM = {"name": "河套试剂有限公司", "uscc": CODE, "size": "small"}
Opened = Callable[..., tuple[Browser, Reader]]


def file(reader: Reader | None = None, **changes: object) -> intake.Filed:
    body = filing(enterprise=FIRM, **changes)
    with transaction():
        return intake.file_complaint(FilingSchema().load(body), reader or Reader(), clock.now())


@pytest.fixture
def opened(app: Flask) -> Opened:
    """Opens an account, and gives the browser and the reader of who leads it."""

    def open_(login: str = "bai") -> tuple[Browser, Reader]:
        with transaction():
            user = enterprises.register(FIRM, {"name": login, "login": login, "password": "x" * 10}, clock.now())
        return Browser(app, reader := accounts.reader(user)), reader

    return open_


def colleague_of(app: Flask, leader: Reader, login: str = "li") -> tuple[Browser, Reader]:
    with transaction():
        token = enterprises.invite("小李", leader, clock.now())
        user = enterprises.join(token, {"name": login, "login": login, "password": "x" * 10}, clock.now())
    return Browser(app, reader := accounts.reader(user)), reader


def attach(browser: Browser, filed: intake.Filed, code: str | None = None):
    return browser.post("/account/attach", {"number": filed.complaint.number, "query_code": code or filed.query_code})


def register(browser: Browser, **changes: str):
    form = {
        "enterprise.name": FIRM["name"], "enterprise.uscc": CODE.lower(), "enterprise.size": "small", "name": "白女士",
        "login": "bai", "password": "correct horse battery", "again": "correct horse battery",
    }  # fmt: skip
    return browser.post("/register", {**form, **changes})


# --- registering -----------------------------------------------------------------------------------------------------


def test_registering_signs_in_and_shows_nothing_of_what_was_filed_under_the_code(browser: Browser) -> None:
    earlier = [file().complaint.number, file(confidential=True).complaint.number]
    answer = register(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    page = browser.get("/account").text
    assert FIRM["name"] in page
    assert "还没有诉求" in page
    for number in earlier:
        assert number not in page
        assert "办到哪一步了" not in browser.get(f"/progress/{number}").text


def test_who_asked_for_confidentiality_reads_the_own_words_in_the_own_list(opened: Opened) -> None:
    browser, reader = opened()
    file(reader, confidential=True, title=f"{FIRM['name']}催要货款")
    assert f"{FIRM['name']}催要货款" in browser.get("/account").text


def test_the_same_code_registers_again_in_the_very_same_way(app: Flask, browser: Browser, opened: Opened) -> None:
    _first, reader = opened("first")
    number = file(reader).complaint.number
    answer = register(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert number not in browser.get("/account").text
    page = Browser(app).get("/register").text
    assert "本企业已有同事开了账户的，请向他要邀请链接" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"enterprise.uscc": "91150821MA0NA00013"}, "f-enterprise-uscc"),
        ({"enterprise.uscc": ""}, "f-enterprise-uscc"),
        ({"enterprise.uscc": "", "enterprise.name": "", "enterprise.size": ""}, "f-enterprise-name"),
        ({"login": "白老板"}, "f-login"),
        ({"login": "taken"}, "f-login"),
        ({"again": "something else"}, "f-again"),
        ({"password": "short", "again": "short"}, "f-password"),
        ({"name": ""}, "f-name"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_opened(
    browser: Browser, opened: Opened, changes: dict[str, str], field: str
) -> None:
    opened("taken")
    answer = register(browser, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "correct horse" not in answer.text
    assert browser.get("/account").status_code == 302


def test_all_that_is_wrong_is_told_at_once(browser: Browser) -> None:
    page = register(browser, **{"enterprise.name": "", "login": "白老板", "password": "short"}).text
    for field in ("f-enterprise-name", "f-login", "f-password"):
        assert f'href="#{field}"' in page


def test_capitals_and_full_width_in_a_login_do_not_count(app: Flask, browser: Browser) -> None:
    assert register(browser, login="Ｂai ").status_code == 302
    given = {"login": "BAI", "password": "correct horse battery"}
    assert Browser(app).post("/sign-in", given).headers["Location"] == "/account"


# --- filing and following --------------------------------------------------------------------------------------------


def test_what_one_files_the_colleagues_see_and_may_act_on(app: Flask, opened: Opened) -> None:
    _bai, leader = opened()
    colleague, reader = colleague_of(app, leader)
    number = file(leader).complaint.number
    assert number in colleague.get("/account").text
    page = colleague.get(f"/progress/{number}").text
    assert "办到哪一步了" in page
    assert "退出查询" not in page, "nobody gave a code here that could be forgotten"
    assert colleague.post(f"/progress/{number}/withdraw", {"reason": "已经付清"}).status_code == 302
    assert reader.account == db.session.scalars(db.select(Complaint.account)).one()


@pytest.mark.parametrize("changes", [{"anonymous": True, "contact": None}, {"nature": "report"}])
def test_what_is_anonymous_or_sealed_is_not_for_colleagues(
    app: Flask, opened: Opened, changes: dict[str, object]
) -> None:
    bai, leader = opened()
    colleague, _reader = colleague_of(app, leader)
    body = {**filing(enterprise=FIRM), **changes}
    body = {name: value for name, value in body.items() if value is not None}
    if changes.get("anonymous"):
        body.pop("enterprise")
    with transaction():
        filed = intake.file_complaint(FilingSchema().load(body), leader, clock.now())
    assert filed.complaint.number not in colleague.get("/account").text
    assert (filed.complaint.number in bai.get("/account").text) == (not filed.complaint.anonymous)
    assert attach(bai, filed).status_code == 422


def test_the_form_is_prefilled_with_the_enterprise(opened: Opened) -> None:
    browser, _reader = opened()
    browser.post("/file", {"body": filing()["body"], "_go": "next"})
    page = browser.get("/file/contact").text
    assert f'value="{FIRM["name"]}"' in page
    assert f'value="{CODE}"' in page
    assert "会归入企业账户" in page


def test_news_come_to_all_who_share_the_account(app: Flask, opened: Opened) -> None:
    _bai, leader = opened()
    _li, reader = colleague_of(app, leader)
    file(leader)
    spread()
    mine = (Notice.audience == "enterprise", Notice.channel == "inbox")
    told = db.session.scalars(db.select(Notice.user_id).where(*mine))
    assert {*told} == {leader.id, reader.id}


# --- earlier complaints ----------------------------------------------------------------------------------------------


def test_an_earlier_complaint_comes_in_by_number_and_code_and_by_nothing_less(app: Flask, opened: Opened) -> None:
    browser, leader = opened()
    colleague, _reader = colleague_of(app, leader)
    filed, other = file(), file()
    for wrong in (other.query_code, "AAAA-AAAA-AAAA-AAAA"):
        answer = attach(browser, filed, wrong)
        assert answer.status_code == 404
        assert "没有找到这件诉求" in answer.text
    assert attach(browser, filed).headers["Location"] == "/account"
    page = colleague.get("/account").text
    assert (filed.complaint.number in page, other.complaint.number in page) == (True, False)


def test_what_belongs_to_another_account_or_code_stays_there(app: Flask, opened: Opened) -> None:
    (browser, _leader), (other, _other) = opened(), opened("other")
    filed = file()
    assert attach(other, filed).status_code == 302
    for address in (browser, other):
        assert attach(address, filed).status_code == 422
    with transaction():
        body = filing(enterprise={**FIRM, "uscc": OTHER_CODE})
        foreign = intake.file_complaint(FilingSchema().load(body), Reader(), clock.now())
    assert "另一个统一社会信用代码" in attach(browser, foreign).text


def test_guessing_codes_is_slowed_as_guessing_passwords_is(opened: Opened) -> None:
    browser, _reader = opened()
    filed = file()
    tries = [attach(browser, filed, "AAAA-AAAA-AAAA-AAAA").status_code for _ in range(6)]
    assert tries[:5] == [404] * 5
    assert attach(browser, filed).status_code == 429


# --- colleagues ------------------------------------------------------------------------------------------------------


def test_a_colleague_comes_in_by_a_link_that_was_shown_once(app: Flask, opened: Opened) -> None:
    browser, _reader = opened()
    page = browser.post("/account/people", {"name": "小李"})
    link = unescape(re.findall(r'id="invitation-link"[^>]*value="([^"]+)"', page.text)[0])
    path = link.removeprefix("http://localhost")
    assert link not in browser.get("/account/people").text
    guest = Browser(app)
    assert FIRM["name"] in guest.get(path).text
    assert guest.get(path).headers["X-Robots-Tag"].startswith("noindex")
    form = {"name": "小李", "login": "li", "password": "x" * 12, "again": "x" * 12}
    assert guest.post(path, form).headers["Location"] == "/account"
    assert Browser(app).get(path).status_code == 404
    assert "邀请同事" not in guest.get("/account/people").text


def test_who_was_taken_out_sees_nothing_more_not_even_by_the_codes(app: Flask, opened: Opened) -> None:
    browser, leader = opened()
    colleague, reader = colleague_of(app, leader)
    filed, followed = file(reader), Browser(app)
    follow = {"number": filed.complaint.number, "query_code": filed.query_code}
    assert followed.post("/progress", follow).status_code == 302
    assert "再也登录不了" in browser.get(f"/account/people/{reader.id}/out").text
    assert browser.post(f"/account/people/{reader.id}/out").status_code == 302
    assert colleague.get("/account").status_code == 302
    assert "办到哪一步了" not in followed.get(f"/progress/{filed.complaint.number}").text
    assert followed.post("/progress", follow).status_code == 404
    assert "办到哪一步了" in browser.get(f"/progress/{filed.complaint.number}").text


def test_only_who_leads_takes_out_and_hands_over(app: Flask, opened: Opened) -> None:
    browser, leader = opened()
    colleague, reader = colleague_of(app, leader)
    assert colleague.get(f"/account/people/{leader.id}/out").status_code == 403
    assert colleague.post(f"/account/people/{leader.id}/out").status_code == 403
    assert browser.post(f"/account/people/{reader.id}/lead").status_code == 302
    assert browser.post("/account/people", {"name": "小王"}).status_code == 403
    assert colleague.post("/account/people", {"name": "小王"}).status_code == 200


def test_who_leads_and_forgot_the_password_is_called_back_on_the_telephone_of_an_own_complaint(
    app: Flask, opened: Opened, at_desk
) -> None:
    leader, reader = opened()
    number, stranger = file(reader).complaint.number, file().complaint.number
    colleagues = file(colleague_of(app, reader)[1]).complaint.number
    admin, address = at_desk("administrator"), f"/admin/users/{reader.id}"
    assert "自己提交的一件诉求的编号" in admin.get(address).text
    for told in ("", "QS1", stranger, colleagues):
        answer = admin.post(f"{address}/password", {"number": told})
        assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True), told
    assert leader.get("/account").status_code == 200
    page = admin.post(f"{address}/password", {"number": number.lower()}).text
    assert "0471 660 1234" in page
    assert leader.get("/account").status_code == 302
    password = re.search(r"(?<=>)[a-z2-9]{4}(-[a-z2-9]{4}){2}(?=<)", page)
    assert password
    again = Browser(app)
    assert again.post("/sign-in", {"login": reader.login, "password": password[0]}).status_code == 302
    assert again.get("/account").headers["Location"] == "/profile"


def test_the_page_for_signing_in_says_what_to_do_without_a_password(browser: Browser) -> None:
    page = browser.get("/sign-in").text
    assert "忘记密码或登录名" in page
    assert "拨打 12345" in page


def test_an_account_is_not_for_the_staff_and_not_for_strangers(browser: Browser, at_desk) -> None:
    assert browser.get("/account").headers["Location"] == "/sign-in?next=/account"
    assert at_desk("supervisor", "150000").get("/account").status_code == 403


def test_who_belongs_to_no_account_sees_what_they_filed(at_desk, people, app: Flask) -> None:
    reader = people.reader("enterprise")
    number = file(reader).complaint.number
    browser = Browser(app, reader)
    assert number in browser.get("/account").text
    assert browser.get("/account/people").status_code == 404
    assert attach(browser, file()).status_code == 403


@pytest.mark.parametrize("role", ["enterprise", "system"])
def test_who_filed_without_an_account_still_sees_what_an_enterprise_attached(opened: Opened, people, role: str) -> None:
    reader = people.reader(role)
    filed = file(reader)
    browser, leader = opened()
    assert attach(browser, filed).headers["Location"] == "/account"
    for who in (reader, leader):
        assert [one.number for one in listing.page(Wanted(), who, clock.now()).items] == [filed.complaint.number]


def test_news_of_what_an_enterprise_attached_come_to_who_filed_it_too(opened: Opened, people) -> None:
    reader = people.reader("enterprise")
    filed = file(reader)
    browser, leader = opened()
    attach(browser, filed)
    spread()
    mine = (Notice.audience == "enterprise", Notice.channel == "inbox")
    assert {*db.session.scalars(db.select(Notice.user_id).where(*mine))} == {reader.id, leader.id}


@pytest.mark.parametrize("length", [1, 15])
def test_an_account_takes_three_statements_whatever_its_complaints(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    browser, leader = opened()
    for _ in range(length):
        file(leader)
    browser.get("/account")
    with counted() as sent:
        page = browser.get("/account").text
    assert page.count('href="/progress/') == length
    assert len(sent) == 3, sent
