"""How a reader wants the pages shown is kept, and served with every page."""

import re

import pytest

from service.web.assets import STATIC, manifest
from tests.web.browser import Browser

ROOT = re.compile(r"<html[^>]*>")
BY_SYSTEM, BY_CHOICE = ":root:not([data-theme=light])", ":root[data-theme=dark]"


def root(browser: Browser, path: str = "/") -> str:
    """The first element of a page."""
    found = ROOT.search(browser.get(path).text)
    assert found
    return found[0]


def test_who_chose_nothing_follows_the_system(browser: Browser) -> None:
    assert "data-" not in root(browser)
    assert '<meta name="color-scheme" content="light dark">' in browser.get("/").text


@pytest.mark.parametrize(("name", "value"), [("theme", "dark"), ("theme", "light"), ("reading", "large")])
def test_what_was_chosen_holds_on_every_page_for_a_year(browser: Browser, name: str, value: str) -> None:
    answer = browser.post("/display", {name: value, "_next": "/progress?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/progress?a=1")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}={value};"))
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    for path in ("/", "/sign-in", "/nowhere"):
        assert f'data-{name}="{value}"' in root(browser, path)
    assert re.search(rf'value="{value}" checked', browser.get("/display").text)


def test_what_holds_anyway_is_not_kept(browser: Browser) -> None:
    browser.post("/display", {"theme": "dark", "reading": "large"})
    browser.post("/display", {"theme": "system", "reading": "standard"})
    assert "data-" not in root(browser)
    assert browser.client.get_cookie("theme") is None


def test_one_choice_leaves_the_other(browser: Browser) -> None:
    browser.post("/display", {"theme": "dark"})
    browser.post("/display", {"reading": "large"})
    assert 'data-theme="dark" data-reading="large"' in root(browser)


def test_a_choice_that_is_none_is_said_beside_the_field(browser: Browser) -> None:
    answer = browser.post("/display", {"theme": "pink", "_next": "/progress"})
    assert answer.status_code == 422
    assert "请从跟随系统、浅色、深色中选一项。" in answer.text
    assert 'value="/progress"' in answer.text


@pytest.mark.parametrize("value", ["pink", "<x-x>", "", "system"])
def test_a_cookie_of_somebody_elses_making_does_nothing(browser: Browser, value: str) -> None:
    browser.client.set_cookie("theme", value)
    assert "data-" not in root(browser)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_elsewhere(browser: Browser, elsewhere: str) -> None:
    assert browser.post("/display", {"theme": "dark", "_next": elsewhere}).headers["Location"] == "/display"
    page = browser.get("/display", query_string={"next": elsewhere}).text
    assert 'name="_next"' not in page.split("<main", 1)[1]


def test_every_page_leads_to_the_settings_and_back(browser: Browser) -> None:
    assert 'href="/display?next=/progress?a%3D1"' in browser.get("/progress?a=1").text
    # What answered a form that was sent is asked for again by its address.
    assert 'href="/display?next=/progress"' in browser.post("/progress", {}).text
    # A letter's address is a secret.
    assert 'href="/display"' in browser.get("/letters/nonsense").text


def test_dark_is_the_same_by_choice_and_by_the_system() -> None:
    style = (STATIC / manifest()["site.css"]).read_text(encoding="utf-8")
    rules = re.findall(r"[^{}]*\{[^{}]*\}", style)
    by_system = [rule for rule in rules if BY_SYSTEM in rule]
    assert len(by_system) > 3
    assert [rule.replace(BY_SYSTEM, BY_CHOICE) for rule in by_system] == [rule for rule in rules if BY_CHOICE in rule]


def test_no_font_is_fetched_and_lines_stand_apart() -> None:
    style = (STATIC / manifest()["site.css"]).read_text(encoding="utf-8")
    assert "@font-face" not in style
    usual, large = (float(height) for height in re.findall(r"--bs-body-line-height: ?([\d.]+)", style))
    assert (usual, large) == (1.6, 1.8)
