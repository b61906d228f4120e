"""Somebody without a mouse: every stop of a page is come to in its order, and none holds the focus."""

from playwright.sync_api import Page, expect

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.views import VIEWS, World
from tests.e2e.window import USED

# Pages whose own script listens to keys or moves the focus, and the plainest.
WALKED = (
    "home", "file", "contact, wrong", "progress handling", "hotline", "dispatching", "queue open",
    "a late one", "supervision",
)  # fmt: skip
# What is fetched once the page stands.
ARRIVED = """() => !document.querySelector("[hx-trigger=load]")"""
# Where Tab is to stop, in order: of the choices that exclude each other, the one that is taken or the first.
STOPS = f"""() => {{ {USED}
    const group = (one) => used.filter((other) => other.type === "radio" && other.name === one.name);
    const taken = (one) => group(one).find((other) => other.checked) ?? group(one)[0];
    const stops = used.filter((one) => one.tabIndex >= 0 && (one.type !== "radio" || taken(one) === one));
    stops.forEach((one, at) => {{ one.dataset.stop = at; }});
    window.walked = [];
    const note = (event) => window.walked.push(event.target.dataset.stop ?? told(event.target));
    document.addEventListener("focusin", note);
    return stops.length;
}}"""


def test_tab_leads_through_every_page_from_the_skip_link_to_its_end(cast: Cast, window: Open) -> None:
    world = World.of(cast)
    walkers = {login: window(login) for login in ("", "zhang", "pang", "cheng", "du")}
    for view in (view for view in VIEWS if view.name in WALKED):
        view.come(walkers[view.who], world)
        walk(walkers[view.who].page, view.name)


def walk(page: Page, name: str) -> None:
    """Press Tab from the beginning to the end of a page."""
    page.wait_for_function(ARRIVED)
    stops = page.evaluate(STOPS)
    page.locator(".skip").focus()
    for _stop in range(stops - 1):
        page.keyboard.press("Tab")
    walked = page.evaluate("() => window.walked")
    assert walked == [str(at) for at in range(stops)], name


def test_the_first_tab_skips_to_the_text(window: Open) -> None:
    here = window().go("/progress")
    here.page.keyboard.press("Tab")
    skip = here.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    here.page.keyboard.press("Enter")
    expect(here.main).to_be_focused()
    here.page.keyboard.press("Tab")
    expect(here.field("number")).to_be_focused()


def test_a_menu_closes_by_escape_and_gives_the_focus_back(window: Open) -> None:
    here = window("cheng")
    button = here.page.locator(".top .menu > summary")
    button.press("Enter")
    here.page.keyboard.press("Tab")
    expect(here.page.locator(".top .menu a").first).to_be_focused()
    here.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(here.page.locator(".top .menu a").first).to_be_hidden()


def test_large_type_comes_on_the_page_as_it_stands_and_stays(window: Open) -> None:
    here = window().go("/file")
    here.write("body", "医院欠我们货款")
    with here.page.expect_response("**/display"):
        here.page.get_by_role("button", name="长者模式").press("Enter")
    expect(here.page.get_by_role("button", name="退出长者模式")).to_be_focused()
    expect(here.field("body")).to_have_value("医院欠我们货款")
    here.go("/")
    expect(here.page.locator("html")).to_have_attribute("data-reading", "large")
