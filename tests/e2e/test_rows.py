"""Whoever works through a list by keys stays on it: what is done takes the row's place, and the next has the focus."""

from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.window import Window

STAYS = "() => { window.stays = true; }"


def at_first_row(here: Window, path: str) -> None:
    """Come to a list, and with the focus into its first row."""
    here.go(path)
    here.page.evaluate(STAYS)
    here.main.locator("[data-row-start]").first.focus()


def test_complaints_are_sent_on_by_a_digit_and_enter_and_the_last_is_taken_back(cast: Cast, window: Open) -> None:
    first, second = cast.complaint("submitted"), cast.complaint("submitted")
    here = window("pang")
    at_first_row(here, "/desk/dispatching")
    numbers = [one.inner_text() for one in here.main.locator("[data-row-start]").all()]
    assert sorted(numbers) == sorted([first.number, second.number])
    here.page.keyboard.press("1")
    expect(here.main.locator("button:focus")).to_contain_text("派给五原县卫生健康委员会")
    here.page.keyboard.press("Enter")
    here.sees(f"{numbers[0]} 已派给五原县卫生健康委员会")
    expect(here.main.locator(".tabs a").first).to_contain_text("1")
    expect(here.main.locator("[data-row-start]:focus")).to_have_text(numbers[1])
    here.page.keyboard.press("u")
    expect(here.main.locator(f"#case-{numbers[0]} [data-row-start]")).to_be_focused()
    expect(here.main.locator(".tabs a").first).to_contain_text("2")
    assert here.page.evaluate("() => window.stays")


def test_rulings_are_made_in_their_rows(cast: Cast, window: Open) -> None:
    first, second = cast.complaint("handing_back"), cast.complaint("handing_back")
    here = window("du")
    at_first_row(here, "/desk/supervision")
    here.page.keyboard.press("2")
    expect(here.main.locator("button:focus")).to_contain_text("不同意退单")
    here.page.keyboard.press("Enter")
    expect(here.main.locator("textarea:focus")).to_have_attribute("aria-invalid", "true")
    here.main.locator(f"#case-{first.number} .phrases").select_option("按职责规定属于本部门，请继续办理。")
    expect(here.main.locator("textarea:focus")).to_have_value("按职责规定属于本部门，请继续办理。")
    here.main.locator(f"#case-{first.number}").get_by_role("button", name="不同意退单").press("Enter")
    here.sees(f"{first.number}：不同意退单")
    expect(here.main.locator("[data-row-start]:focus")).to_have_text(second.number)
    expect(here.main.locator(".tabs a").first).to_contain_text("1")
    assert here.page.evaluate("() => window.stays")
