"""Saying that somebody made an enterprise suffer for its complaint."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.complaints.models import Complaint
from service.db import db
from tests.casework import ways
from tests.statements import counted
from tests.web.browser import Browser

PLANTED = '"><script>alert(1)</script>{{7*7}}'
Filed = tuple[str, str]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Ten on a Monday morning."""
    with time_machine.travel(ways.MONDAY, tick=False):
        yield


@pytest.fixture
def first(browser: Browser) -> Filed:
    """A complaint in hand, opened in the browser."""
    filed = ways.brought_to("handling")
    browser.post("/progress", {"number": filed[0], "query_code": filed[1]})
    return filed


def path_of(filed: Filed) -> str:
    return f"/progress/{filed[0]}/retaliation"


def told(browser: Browser, filed: Filed, body: str = "交了诉求以后，三天来查了四次。") -> str:
    """Send the form; gives the receipt."""
    paper = re.search(r'name="_paper" value="([^"]+)"', browser.get(path_of(filed)).text)
    assert paper
    answer = browser.post(path_of(filed), {"_paper": paper[1], "body": body})
    assert answer.headers["Location"] == f"{path_of(filed)}/receipt", answer.text
    return browser.get(answer.headers["Location"]).text


def others(filed: Filed) -> list[Complaint]:
    db.session.rollback()
    return list(db.session.scalars(select(Complaint).where(Complaint.number != filed[0])))


def test_it_is_sealed_and_goes_past_the_department(browser: Browser, first: Filed) -> None:
    receipt = told(browser, first)
    (new,) = others(first)
    assert new.sealed
    assert new.flags == ["retaliation"]
    assert new.dispatch_place == "150000"
    assert new.department != ways.DEPARTMENT
    assert new.number in receipt


def test_the_receipt_gives_a_code_of_its_own_that_opens_the_new_one(browser: Browser, first: Filed) -> None:
    receipt = told(browser, first)
    (new,) = others(first)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", receipt)
    assert code
    assert code[0] != first[1]
    stranger = Browser(browser.client.application)
    answer = stranger.post("/progress", {"number": new.number, "query_code": code[0]})
    assert answer.headers["Location"] == f"/progress/{new.number}"
    assert stranger.post("/progress", {"number": new.number, "query_code": first[1]}).status_code == 404


def test_the_first_complaint_keeps_no_trace(browser: Browser, first: Filed) -> None:
    before = ways.stored(first[0])
    stood, page = (before.version, before.length, before.flags), browser.get(f"/progress/{first[0]}").text
    told(browser, first)
    after = ways.stored(first[0])
    assert (after.version, after.length, after.flags) == stood
    assert browser.get(f"/progress/{first[0]}").text == page


def test_a_second_press_of_the_button_files_nothing(browser: Browser, first: Filed) -> None:
    form = {"_paper": "a-paper", "body": "被查了四次。"}
    for _press in range(2):
        assert browser.post(path_of(first), form).status_code == 302
    assert len(others(first)) == 1


def test_the_receipt_is_shown_for_half_an_hour_and_until_it_is_put_away(browser: Browser, first: Filed) -> None:
    told(browser, first)
    (new,) = others(first)
    assert new.number in browser.get(f"{path_of(first)}/receipt").text
    with time_machine.travel(ways.MONDAY + timedelta(minutes=31), tick=False):
        assert browser.get(f"{path_of(first)}/receipt").status_code == 302
    assert browser.post(f"{path_of(first)}/receipt").headers["Location"] == f"/progress/{first[0]}"
    assert browser.get(f"{path_of(first)}/receipt").status_code == 302


@pytest.mark.parametrize("body", ["", "  ", "x" * 20_001])
def test_what_is_missing_or_too_long_is_said_beside_the_field(browser: Browser, first: Filed, body: str) -> None:
    answer = browser.post(path_of(first), {"_paper": "p", "body": body})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not others(first)


def test_nobody_files_on_the_complaint_of_another(browser: Browser, first: Filed) -> None:
    other = ways.brought_to("submitted")
    for answer in (browser.get(path_of(other)), browser.post(path_of(other), {"body": "被查了四次。"})):
        assert answer.status_code == 404
    assert len(others(first)) == 1  # the other one itself


def test_markup_stays_text(browser: Browser, first: Filed) -> None:
    receipt = told(browser, first, PLANTED)
    (new,) = others(first)
    page = browser.get(f"/progress/{new.number}").text
    assert "<script>alert" not in receipt + page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page


def test_asking_takes_one_statement(browser: Browser, first: Filed) -> None:
    browser.get(path_of(first))
    with counted() as sent:
        assert browser.get(path_of(first)).status_code == 200
    assert len(sent) <= 2


def test_a_handler_finds_nothing_of_it(at_desk: object, browser: Browser, first: Filed) -> None:
    told(browser, first)
    (new,) = others(first)
    handler = at_desk("handler", department=ways.DEPARTMENT)  # type: ignore[operator]
    assert handler.get(f"/desk/complaints/{first[0]}").status_code == 200
    assert handler.get(f"/desk/complaints/{new.number}").status_code == 404
    assert new.number not in handler.get("/desk/department").text
