"""What the second step of filing already knows from the text: marked, to be changed, never put over an answer."""

import re

from flask import Flask

from service.directory import operations as directory
from service.web import questions
from tests.web.browser import Browser

BODY = (
    "我公司给五原县人民医院供应检验试剂和输液耗材，货早已送齐并验收，合同编号HT-2025-08，医药货款总额132万元，"
    "已付90万元，尚欠42万元一年多没有给。"
)


def details(browser: Browser, body: str = BODY) -> str:
    browser.post("/file", {"body": body, "_go": "next"})
    return browser.get("/file/details").text


def field(page: str, name: str) -> str:
    """The part of the page with a field, its label and what is said about it."""
    (found,) = re.findall(
        rf'<div class="field[^"]*">(?:(?!<div class="field).)*?name="{re.escape(name)}"[^>]*>', page, re.S
    )
    return str(found)


def test_what_the_text_says_is_filled_in_and_marked(browser: Browser) -> None:
    page = details(browser)
    for name, value in (
        ("respondent.name", "五原县人民医院"), ("amount", "420000"), ("debt.contract_number", "HT-2025-08"),
    ):  # fmt: skip
        part = field(page, name)
        assert f'value="{value}"' in part
        assert "prefilled" in part
        assert "从您写的内容里读出来的，请核对" in part
    assert '<option value="150821" selected>' in page


def test_what_the_text_leaves_open_is_neither_filled_in_nor_marked(browser: Browser) -> None:
    page = details(browser, "我公司供应检验试剂和输液耗材，医药货款拖欠一年多没有给，医院推来推去。")
    for name in ("amount", "respondent.name", "debt.paid", "debt.delivered_on"):
        assert 'value=""' in field(page, name)
        assert "prefilled" not in field(page, name)


def test_what_is_to_be_chosen_is_chosen_beforehand_and_marked(browser: Browser) -> None:
    page = details(browser, BODY + "2025年6月10日验收，院长说资金紧张。")
    assert '<option value="institution" selected>' in page
    assert '<option value="goods" selected>' in page
    assert 'value="no_money" checked' in page
    assert 'value="2025-06-10"' in field(page, "debt.accepted_on")
    assert 'value="900000"' in field(page, "debt.paid")


def test_an_answer_is_kept_and_what_was_cleared_stays_cleared(browser: Browser) -> None:
    details(browser)
    browser.post("/file/details", {"amount": "410000", "region": "150821", "respondent.name": "", "_go": "next"})
    page = browser.get("/file/details").text
    assert 'value="410000"' in field(page, "amount")
    assert 'value=""' in field(page, "respondent.name")
    assert "prefilled" not in page


def test_markup_in_a_title_stays_text(browser: Browser) -> None:
    page = details(
        browser, '补贴不落实，《<script>alert(1)</script>"办法》里写的三十万奖励一直没有兑现，五原县工信局。'
    )
    assert "<script>alert(1)" not in page


def test_who_clears_everything_the_place_too_is_offered_nothing_again(browser: Browser) -> None:
    details(browser)
    browser.post("/file/details", {"amount": "", "region": "", "respondent.name": "", "_go": "back"})
    page = browser.get("/file/details").text
    assert "prefilled" not in page
    assert '<option value="150821" selected>' not in page
    assert 'value=""' in field(page, "amount")


def test_what_is_answered_stays_where_nobody_kept_that_the_step_was_seen(app: Flask) -> None:
    said = {"body": BODY, "amount": "410000"}
    with app.app_context():
        book = directory.current()
        assert questions.prefilled({"body": BODY}, book)["amount"] == "420000"
        assert questions.prefilled(said, book) == {}
