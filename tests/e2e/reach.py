"""The pages of views.py that somebody comes to by a plain GET."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask

from service.accounts.rules import Reader
from tests.e2e.plain import NotPlain, Plain
from tests.e2e.views import VIEWS, View, World


@dataclass(frozen=True)
class Page:
    """A page and the window in which it opens; `who` is the login of who comes, empty for the public."""

    endpoint: str
    name: str
    who: str
    address: str
    window: Plain


def reached(app: Flask, world: World, readers: Mapping[str, Reader], views: Iterable[View] = VIEWS) -> Iterator[Page]:
    """The pages to which the public and these people (by login) come, each address once."""
    known: set[tuple[str, str]] = set()
    windows = {login: Plain(app, reader) for login, reader in readers.items()}
    for view in views:
        window = windows.get(view.who) or Plain(app)
        address = _address(view, window, world) if view.who in {"", *readers} else ""
        if address and (view.who, address) not in known:
            known.add((view.who, address))
            yield Page(view.endpoint, view.name, view.who, address, window)


def _address(view: View, window: Plain, world: World) -> str:
    """Where somebody comes by a view; empty where it takes more than a GET."""
    try:
        view.come(window, world)  # type: ignore[arg-type] # it stands in for a Window
        return window.address
    except NotPlain:
        return ""
