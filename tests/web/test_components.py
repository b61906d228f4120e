"""The components, all of them on one page."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask

from service.config import ROOT
from service.directory import operations as directory
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.specimen import NAMES, ODD, specimen

# Macros that give nothing to look at.
UNSEEN = {"csrf", "hidden"}
VOID = {"meta", "link", "input", "img", "br", "hr"}


class Reading(HTMLParser):
    """What a browser makes of a page: its elements, and whether they are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the last that began."""
        assert self.open.pop() == tag

    def ids(self) -> list[str]:
        """Every id."""
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]


@pytest.fixture(params=["portal", "desk"])
def page(app: Flask, request: pytest.FixtureRequest) -> str:
    with app.test_request_context():
        return specimen(request.param)


def test_whatever_text_stands_in_a_component_shows_as_text(page: str) -> None:
    reading = Reading(page)
    assert [attributes for tag, attributes in reading.elements if tag == "script" and "src" not in attributes] == []
    assert not [name for _, attributes in reading.elements for name in attributes if name.startswith("on")]
    assert "{{7*7}}=1+1" in page
    assert ODD not in page
    assert reading.open == []


def test_no_two_elements_share_an_id_and_every_reference_points_at_one(page: str) -> None:
    reading = Reading(page)
    ids = reading.ids()
    assert len(ids) == len(set(ids))
    named = [attributes for _, attributes in reading.elements]
    referred = {str(attributes["for"]) for attributes in named if "for" in attributes}
    referred |= {part for attributes in named for part in str(attributes.get("aria-describedby", "")).split()}
    referred |= {str(attributes["href"])[1:] for attributes in named if str(attributes.get("href", "")).startswith("#")}
    assert referred <= set(ids)


def test_each_wrong_field_says_so_to_eyes_and_ears(page: str) -> None:
    assert page.count('aria-invalid="true"') == len(NAMES)
    assert len(re.findall(r'<p class="error"', page)) == len(NAMES)


def test_a_form_without_mistakes_shows_none(app: Flask) -> None:
    with app.test_request_context():
        page = specimen("portal", "平常的文字", wrong=False)
    assert "aria-invalid" not in page
    assert 'class="summary"' not in page
    assert page.count("平常的文字") > 10


def test_the_living_page_shows_every_macro_that_pages_may_use() -> None:
    source = (ROOT / "service" / "web" / "templates" / "styleguide" / "page.html").read_text(encoding="utf-8")
    for name, module in (("form", "field"), ("show", "show"), ("keys", "keys")):
        macros = (ROOT / "service" / "web" / "templates" / "components" / f"{name}.html").read_text(encoding="utf-8")
        for macro in set(re.findall(r"\{% macro ([a-z]\w*)\(", macros)) - UNSEEN:
            assert f"{module}.{macro}(" in source, f"{module}.{macro}"


@pytest.mark.parametrize("layout", ["portal", "desk", "nonsense"])
def test_everybody_may_look_at_the_living_page_in_both_layouts(
    browser: Browser, layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    browser.get("/styleguide")
    with counted() as sent:
        answer = browser.get(f"/styleguide?layout={layout}")
    assert answer.status_code == 200
    assert f'class="{"desk" if layout == "desk" else "portal"}"' in answer.text
    assert len(sent) == 0
