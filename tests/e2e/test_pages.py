"""Every page, light and dark, wide and narrow: open to everybody, quiet in the console, never wider than the window."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from werkzeug.exceptions import HTTPException

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.views import NO_PAGES, STAFF, VIEWS, View, World
from tests.e2e.window import Window

# All that can differ between light and dark.
COLOURS = ["color-contrast", "link-in-text-block"]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def is_page(rule: str) -> bool:
    return not rule.startswith(("/api", "/livez", "/readyz", "/metrics"))


def test_every_page_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and is_page(rule.rule)}
    assert pages - NO_PAGES == {view.endpoint for view in VIEWS} - {""}


@pytest.mark.parametrize("who", ["", *STAFF])
def test_every_page_is_for_everybody(app: Flask, cast: Cast, window: Open, who: str) -> None:
    world = World.of(cast)
    here = window(who, viewport=WIDE, reduced_motion="reduce")
    wrong = {view.name: found for view in VIEWS if view.who == who if (found := faults(here, view, world, app))}
    assert not wrong, "\n".join(f"{name}: {fault}" for name, found in wrong.items() for fault in found)


def faults(here: Window, view: View, world: World, app: Flask) -> list[str]:
    """What is wrong with a page at both widths and in both colours."""
    here.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    if not view.who:
        here.context.clear_cookies()
    try:
        view.come(here, world)
    except (PlaywrightError, AssertionError) as lost:
        return [f"nobody comes there from {here.page.url}: {lost}\n{here.page.inner_text('body')[:600]}"]
    if not is_at(here, view, app):
        return [f"that leads to {here.page.url}: {here.page.inner_text('body')[:600]}"]
    found = []
    for size in (WIDE, NARROW):
        here.page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{size['width']} px: sticks out: {one}" for one in here.sticking_out()]
        for scheme, rules in (("light", None), ("dark", COLOURS)):
            here.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{size['width']} px, {scheme}: {one}" for one in here.violations(rules)]
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
