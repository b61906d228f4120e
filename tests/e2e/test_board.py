"""A supervisor's look at the board: diagrams drawn from their numbers, pictures of them, and the wall."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open


def test_a_diagram_shows_its_numbers_leads_to_them_and_follows_the_colours(cast: Cast, window: Open) -> None:
    for status in ("closed", "handling", "withdrawn"):
        cast.complaint(status, timedelta(days=3))
    here = window("du", viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    page = here.page
    here.go("/desk/board/families")
    canvas = page.locator("[data-chart=bars] canvas").first
    expect(canvas).to_be_visible()
    # The drawn colours are those of the mode, also when it changes meanwhile.
    light = canvas.evaluate("(one) => one.toDataURL()")
    page.evaluate("() => (document.documentElement.dataset.theme = 'dark')")
    page.wait_for_function(
        "(light) => document.querySelector('[data-chart=bars] canvas').toDataURL() !== light", arg=light
    )
    with page.expect_download() as fetched:
        page.locator("[data-picture]").first.click()
    assert fetched.value.suggested_filename == "按大类.png"
    # The one bar there is stands from the axis to near the edge.
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + (box["height"] - 30) / 2)
    page.wait_for_url("**/desk/board/complaints?**")
    expect(page.locator("[data-total]")).to_have_text("共 3 件")

    here.go("/desk/board/regions")
    with page.expect_download() as fetched:
        page.locator("[data-picture]").click()
    assert fetched.value.suggested_filename == "各地新收.png"

    here.go("/desk/board/wall")
    expect(page.locator("[data-chart=trend] canvas")).to_be_visible()
    # All of it stands on the wall.
    for part in page.locator("main section").all():
        placed = part.bounding_box()
        assert placed
        assert placed["y"] + placed["height"] <= 1080
        assert placed["x"] + placed["width"] <= 1920
        assert part.evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk/board")
    assert here.faults == []


def test_without_script_the_numbers_stand_there(cast: Cast, window: Open) -> None:
    cast.complaint("handling")
    here = window("du", java_script_enabled=False)
    here.go("/desk/board/families")
    expect(here.main.get_by_role("cell", name="1").first).to_be_visible()
    expect(here.page.locator("[data-plot]").first).to_be_hidden()
    expect(here.page.locator("[data-picture]").first).to_be_hidden()
