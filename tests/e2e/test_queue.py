"""A department's morning at its queue: by keys alone, while new complaints come in."""

from io import BytesIO

import openpyxl
from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open


def test_the_queue_is_worked_on_by_keys_while_it_tells_what_is_new(cast: Cast, window: Open) -> None:
    numbers = [cast.complaint("dispatched").number for _ in range(3)]
    here = window("cheng", viewport={"width": 1366, "height": 500}, reduced_motion="reduce")
    page = here.page
    page.locator(f"#open-{numbers[0]}").focus()
    for key in ("x", "j", "j"):
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_have_text("已勾选 1 件")
    place = page.evaluate("() => { scrollTo(0, 60); return scrollY; }")
    assert place > 0

    # Somebody comes back to the window, and what came in meanwhile is there; nothing else has moved.
    new = cast.complaint("dispatched").number
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    expect(page.locator(f"#row-{new}")).to_be_visible()
    expect(page.locator(f"#open-{numbers[2]}")).to_be_focused()
    expect(page.locator(f"#pick-{numbers[0]}")).to_be_checked()
    expect(page.locator("[data-picked]")).to_have_text("已勾选 1 件")
    assert page.evaluate("() => scrollY") == place
    # Nothing is new: not a row is written anew.
    page.evaluate("() => (document.querySelector('[data-row]').mark = 1)")
    with page.expect_response("**/fresh*") as answer:
        page.evaluate("() => dispatchEvent(new Event('focus'))")
    assert answer.value.status == 304
    assert page.evaluate("() => document.querySelector('[data-row]').mark") == 1

    # What is ticked goes out as a table and stays ticked; then the row under the keys is signed.
    with page.expect_download() as fetched:
        here.press("导出所选")
    rows = list(
        openpyxl.load_workbook(BytesIO(fetched.value.path().read_bytes())).worksheets[0].iter_rows(values_only=True)
    )
    assert [row[0] for row in rows[1:]] == [numbers[0]]
    page.locator(f"#open-{numbers[2]}").focus()
    page.keyboard.press("s")
    here.sees("「签收」办好了 1 件。")
    expect(page.locator(f"#sign-{numbers[2]}")).to_have_count(0)
    expect(page.locator(f"#sign-{new}")).to_have_count(1)
