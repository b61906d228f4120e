"""A telephone rings at the hotline: the operator's hands stay on the keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from service import clock
from service.db import transaction
from service.intake import calls, enterprises
from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.views import ARREARS
from tests.e2e.window import Window

SCREEN = {"width": 1366, "height": 768}
FEWEST = 25
# Chinese comes from an input method as text: what is pressed beyond it are keys.
COUNT = """
    const pressed = () => Number(sessionStorage.getItem("keys"));
    addEventListener("keydown", () => sessionStorage.setItem("keys", pressed() + 1), true);
"""
Ring = Callable[..., None]


@pytest.fixture
def ring(cast: Cast) -> Ring:
    """Lets the telephone ring at the operator's."""

    def announce(phone: str = "13800138000", name: str = "c-1") -> None:
        with transaction():
            calls.announce({"id": name, "phone": phone, "operator": "zhang"}, clock.now())

    return announce


@pytest.fixture
def operator(cast: Cast, window: Open) -> Window:
    """The operator's window, on the smallest screen in use."""
    return window("zhang", viewport=SCREEN)


def scrolls(window: Window) -> bool:
    """Whether the page itself is longer than the screen."""
    return bool(window.page.evaluate("() => document.documentElement.scrollHeight > innerHeight"))


def test_a_call_is_logged_in_under_25_keystrokes_beyond_its_text(cast: Cast, operator: Window, ring: Ring) -> None:
    cast.complaint("closed", details={"contact": {"name": "马", "phone": "13900139000"}})
    with transaction():
        enterprises.learn()
    operator.page.add_init_script(COUNT)
    operator.go("/desk/hotline")
    keys = operator.page.keyboard
    ring()
    operator.sees("8000")
    keys.press("F9")
    expect(operator.field("contact.phone")).to_have_value("138 0013 8000")
    keys.type("htsj")
    operator.page.wait_for_selector("#known [role=option]")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(operator.field("body")).to_be_focused()
    keys.type(ARREARS)
    expect(operator.field("respondent.name")).to_have_value("五原县人民医院")
    operator.sees("五原县卫生健康委员会", "读自内容", "可以这样答")
    assert not scrolls(operator)
    keys.press("F4")
    operator.sees("刚才这通电话已登记", "待签收", "五原县卫生健康委员会")
    assert not scrolls(operator)
    assert 0 < operator.page.evaluate("() => Number(sessionStorage.getItem('keys'))") < FEWEST
    operator.follow("今天的通话")
    operator.sees("待签收")


def test_an_answer_read_out_becomes_the_reply_by_keys(operator: Window, ring: Ring) -> None:
    keys = operator.page.keyboard
    ring()
    operator.sees("接起 F9")
    keys.press("F9")
    expect(operator.field("contact.phone")).to_have_value("138 0013 8000")
    keys.type("河套试剂有限公司")
    operator.field("body").focus()
    keys.type("我们是五原县的企业，请问逾期付款的利息怎么算，合同里没有约定。")
    operator.sees("每日万分之五")
    keys.press("Alt+4")
    expect(operator.field("reply")).to_have_value(re.compile("每日万分之五"))
    keys.press("F2")
    operator.sees("刚才这通电话已登记", "即时办结")


def test_what_was_typed_survives_a_killed_tab_and_a_page_left_in_haste(operator: Window) -> None:
    operator.page.locator("#f-contact-phone").fill("0471-6601234")
    operator.write("body", ARREARS)
    operator.sees("草稿已存")
    operator.write("body", f"{ARREARS}说到一半")
    operator.go("/inbox")
    context = operator.page.context
    operator.page.close()
    operator.page = context.new_page()
    operator.go("/desk/hotline")
    assert operator.field("body").input_value() == f"{ARREARS}说到一半"
    operator.press("存草稿")
    operator.sees("草稿已存，保留 24 小时")


def test_what_the_operator_changed_is_not_changed_by_the_text(operator: Window) -> None:
    operator.write("body", f"{ARREARS}还欠42万元。")
    expect(operator.field("amount")).to_have_value("420000")
    operator.write("amount", "100")
    operator.write("respondent.name", "")
    operator.write("body", f"{ARREARS}还欠43万元。")
    operator.page.wait_for_selector("#preview .verdict strong:has-text('转派单员确认')")
    assert operator.field("amount").input_value() == "100"
    assert operator.field("respondent.name").input_value() == ""


def test_a_question_mark_tells_the_keys(operator: Window) -> None:
    operator.page.locator("[data-help]").focus()
    operator.page.keyboard.press("?")
    operator.sees("登记并派单")
    operator.field("body").focus()
    operator.page.keyboard.type("?")
    assert operator.field("body").input_value() == "?"
    operator.page.keyboard.press("F1")
    operator.lacks("登记并派单")


def test_without_a_script_a_call_is_taken_looked_at_and_passed_on(cast: Cast, window: Open, ring: Ring) -> None:
    ring()
    operator = window("zhang", java_script_enabled=False, viewport=SCREEN)
    operator.press("接起")
    operator.write("enterprise.name", "河套试剂有限公司")
    operator.write("body", ARREARS)
    operator.press("查来电")
    operator.sees("读自内容，请核对", "五原县卫生健康委员会", "第一次来电")
    operator.press("派单")
    operator.sees("刚才这通电话已登记", "待签收")
