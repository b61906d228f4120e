"""A window without scripts and without a browser: pages come from the test client, forms are sent as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from service.accounts.rules import Reader
from tests.web.browser import Browser

MULTIPART = "multipart/form-data"


class NotPlain(Exception):
    """This needs a browser."""


@dataclass
class Form:
    """A form as it stands on a page: what is filled in, and its buttons by their words."""

    action: str
    method: str
    kind: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)


class _Reading(HTMLParser):
    """The forms of a page, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._inside: Form | None = None
        self._area = self._select = ""
        self._button: dict[str, str] | None = None
        self._link: str | None = None
        self._words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            kind = given.get("enctype", "")
            self._inside = Form(given.get("action", ""), given.get("method", "get"), kind)
            self.forms.append(self._inside)
        elif tag == "a":
            self._link, self._words = given.get("href", ""), []
        elif self._inside is not None:
            self._control(tag, given, self._inside)

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") != "file":
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked:
                form.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "textarea":
            self._area, self._words = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in form.values):
            form.values[self._select] = [given.get("value", "")]
        elif tag == "button":
            self._button, self._words = given, []

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        words = "".join(self._words)
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""
        elif tag == "a" and self._link is not None:
            self.links.append((words, self._link))
            self._link = None
        elif tag == "textarea" and self._inside is not None:
            self._inside.values.setdefault(self._area, []).append(words.removeprefix("\n"))
        elif tag == "button" and self._inside is not None and self._button is not None:
            self._inside.buttons.append((words, self._button))
            self._button = None


class Plain:
    """Stands in for a Window where nothing but reading, writing, pressing and following is done.

    Attributes:
        answer: the last page; what else a Window can do raises NotPlain.
    """

    def __init__(self, app: Flask, reader: Reader | None = None) -> None:
        self._browser = Browser(app, reader)
        self._written: dict[str, str] = {}
        self.answer: TestResponse | None = None

    def __getattr__(self, name: str) -> Any:
        raise NotPlain(name)

    @property
    def address(self) -> str:
        """Where the last page stands, if a plain GET leads there."""
        request = self._last.request
        if request.method != "GET" or self._last.status_code >= 300 or self._last.mimetype != "text/html":
            raise NotPlain(f"{request.method} {request.path}: {self._last.status}")
        return request.full_path.removesuffix("?")

    @property
    def _last(self) -> TestResponse:
        if self.answer is None:
            raise NotPlain("nobody went anywhere")
        return self.answer

    def go(self, path: str) -> "Plain":
        """Enter an address."""
        return self._now_at(self._browser.get(path, follow_redirects=True))

    def write(self, name: str, text: str) -> None:
        """Fill in a field of the form that is sent next."""
        self._written[name] = text

    choose = write

    def tick(self, name: str, value: str = "true") -> None:
        """Take a choice."""
        self._written[name] = value

    def follow(self, name: str) -> None:
        """Click a link by its words."""
        self.go(self.link(name))

    def link(self, name: str) -> str:
        """Where a link leads."""
        found = (href for words, href in _Reading(self._last.text).links if name in words)
        return self._here(next(found, ""))

    def press(self, name: str) -> None:
        """Click a button by its words."""
        page = _Reading(self._last.text)
        pressed = ((form, given) for form in page.forms for words, given in form.buttons if name in words)
        form, given = next(pressed, (None, {}))
        if form is None:
            raise NotPlain(f"there is no button {name} on {self._last.request.path}")
        own = {given["name"]: given.get("value", "")} if given.get("name") else {}
        data = {**form.values, **self._written, **own}
        path = self._here(given.get("formaction") or form.action)
        if form.method.lower() == "get":
            self._now_at(self._browser.client.get(path, query_string=data, follow_redirects=True))
            return
        sent = {"data": data, "follow_redirects": True, "content_type": form.kind or None}
        self._now_at(self._browser.client.post(path, **sent))

    def sees(self, *texts: str) -> None:
        """All of these texts stand on the page; none comes later without a script."""
        if missing := [text for text in texts if text not in self._last.text]:
            raise NotPlain(f"{missing} not on {self._last.request.path}")

    def get(self, address: str) -> TestResponse:
        """A page as it comes, without going there."""
        return self._browser.get(address)

    def in_english(self, address: str) -> TestResponse:
        """The same as who reads English gets it."""
        self._browser.client.set_cookie("language", "en")
        answer = self.get(address)
        self._browser.client.delete_cookie("language")
        return answer

    def _here(self, address: str) -> str:
        parts = urlsplit(urljoin(self._last.request.url, address))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _now_at(self, answer: TestResponse) -> "Plain":
        self.answer, self._written = answer, {}
        return self
