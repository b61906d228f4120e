"""Every page, light and dark, wide and narrow, in large type, by keys: open to everybody, and quiet in the console."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import ViewportSize
from werkzeug.exceptions import HTTPException

from tests.e2e.cast import COLLEAGUE, LEADER, Cast
from tests.e2e.conftest import Open
from tests.e2e.views import NO_PAGES, STAFF, VIEWS, View, World
from tests.e2e.window import Window

# All that can differ between light and dark.
COLOURS = ["color-contrast", "link-in-text-block"]
# All that can differ where only places and sizes do.
PLACES = ["scrollable-region-focusable"]
WIDE, BETWEEN, NARROW, PAPER = (ViewportSize(width=width, height=900) for width in (1440, 768, 390, 680))
# Of the steps that ask for the same one stands for all, on each page.
FORMS = {(view.endpoint, view.form): view for view in reversed(VIEWS) if view.form is not None}
LOOKED_AT = [view for view in VIEWS if view.form is None or FORMS[view.endpoint, view.form] is view]
# Of each page one state, for what does not change with it.
FIRST = {id(view) for view in {view.endpoint: view for view in reversed(LOOKED_AT)}.values()}


# Where much stands side by side, or in few pixels.
LONG_IN_ENGLISH = {
    "portal.home", "filing.details", "filing.receipt", "progress.show", "open.how", "hotline.desk",
    "department.desk", "complaint.page", "dispatching.desk", "supervision.desk", "board.desk", "admin_clocks.listed",
}  # fmt: skip


def is_page(rule: str) -> bool:
    return not rule.startswith(("/api", "/livez", "/readyz", "/metrics"))


def test_every_page_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and is_page(rule.rule)}
    assert pages - NO_PAGES == {view.endpoint for view in VIEWS} - {""}


@pytest.mark.timeout(420)  # some come to a hundred pages
@pytest.mark.parametrize("who", ["", *STAFF, LEADER, COLLEAGUE])
def test_every_page_is_for_everybody(app: Flask, cast: Cast, window: Open, who: str) -> None:
    world = World.of(cast)
    here = window(who, viewport=WIDE, reduced_motion="reduce")
    wrong = {view.name: found for view in LOOKED_AT if view.who == who if (found := faults(here, view, world, app))}
    assert not wrong, "\n".join(f"{name}: {fault}" for name, found in wrong.items() for fault in found)


def faults(here: Window, view: View, world: World, app: Flask) -> list[str]:
    """What is wrong with a page."""
    here.page.set_viewport_size(WIDE)
    if not view.who:
        here.context.clear_cookies()
    try:
        view.come(here, world)
    except (PlaywrightError, AssertionError) as lost:
        return [f"nobody comes there from {here.page.url}: {lost}\n{here.page.inner_text('body')[:600]}"]
    if not is_at(here, view, app):
        return [f"that leads to {here.page.url}: {here.page.inner_text('body')[:600]}"]
    looks: list[Callable[[Window], list[str]]] = [as_usual, in_large_type]
    if id(view) in FIRST:
        looks += [at_a_desk, in_large_type_with_room, in_its_colours, on_paper]
        looks += [in_english] if view.endpoint in LONG_IN_ENGLISH else []
    return [fault for look in looks for fault in look(here)]


def as_usual(here: Window) -> list[str]:
    """What is wrong by keys, by widths, and by what axe sees where there is least room."""
    found = [f"by keys: {one}" for one in here.lost()]
    for size in (WIDE, BETWEEN, NARROW):
        here.page.set_viewport_size(size)
        found += [f"{size['width']} px: sticks out: {one}" for one in here.sticking_out()]
    return found + [f"{NARROW['width']} px: {one}" for one in here.violations()]


def in_large_type(here: Window, sizes: Sequence[ViewportSize] = (NARROW,)) -> list[str]:
    """What is wrong in 长者模式, which brings no colour of its own."""
    here.dress("light", "large")
    found = []
    for size in sizes:
        here.page.set_viewport_size(size)
        found += [f"{size['width']} px, large: sticks out: {one}" for one in here.sticking_out()]
        found += [f"{size['width']} px, large: {one}" for one in here.small()]
    return found


def in_large_type_with_room(here: Window) -> list[str]:
    """The same where there is more room."""
    return in_large_type(here, (WIDE, BETWEEN))


def at_a_desk(here: Window) -> list[str]:
    """What axe has against it where there is most room, and in the dark."""
    here.page.set_viewport_size(WIDE)
    found = []
    for theme, rules in (("light", None), ("dark", COLOURS)):
        here.dress(theme)
        found += [f"{WIDE['width']} px, {theme}: {one}" for one in here.violations(rules)]
    here.page.set_viewport_size(NARROW)
    return found + [f"{NARROW['width']} px, dark: {one}" for one in here.violations(COLOURS)]


def in_its_colours(here: Window) -> list[str]:
    """What is wrong in 长者模式 by what axe sees there: a letter that is large may be paler."""
    here.page.set_viewport_size(NARROW)
    found = []
    for theme, rules in (("light", [*COLOURS, *PLACES]), ("dark", COLOURS)):
        here.dress(theme, "large")
        found += [f"{NARROW['width']} px, {theme}, large: {one}" for one in here.violations(rules)]
    return found


def on_paper(here: Window) -> list[str]:
    """What is wrong with a page that is printed, from a dark screen and in large type."""
    here.page.set_viewport_size(PAPER)
    here.page.emulate_media(media="print")
    found = [f"on paper: {one}" for one in [*here.sticking_out(), *here.printed_amiss()]]
    here.page.emulate_media(media="screen")
    return found


def in_english(here: Window) -> list[str]:
    """What is wrong where words are longer."""
    here.context.add_cookies([{"name": "language", "value": "en", "url": here.address}])
    here.page.goto(here.page.url)
    found = [] if here.page.get_attribute("html", "lang") == "en-GB" else ["does not speak English"]
    for size in (NARROW, BETWEEN, WIDE):
        here.page.set_viewport_size(size)
        found += [f"{size['width']} px, English: sticks out: {one}" for one in here.sticking_out()]
    here.context.clear_cookies(name="language")
    return found


def is_at(here: Window, view: View, app: Flask) -> bool:
    """Whether somebody came to the page that was meant, by GET or by the form on it."""
    for method in ("GET", "POST"):
        try:
            endpoint, _ = app.url_map.bind("localhost").match(urlsplit(here.page.url).path, method)
        except HTTPException:
            continue
        if endpoint == view.endpoint:
            return True
    return not view.endpoint
