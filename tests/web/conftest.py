"""What the tests of the pages share."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from service.web import open_pages, portal
from tests.factories import People
from tests.web.browser import Browser

At = Callable[..., Browser]


@pytest.fixture(autouse=True)
def fresh_figures() -> Iterator[None]:
    """The open figures are those of this test's complaints."""
    portal.figures.cache_clear()
    open_pages.counted.cache_clear()
    yield
    portal.figures.cache_clear()
    open_pages.counted.cache_clear()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """The browser of somebody unknown."""
    return Browser(app)


@pytest.fixture
def at_desk(app: Flask, people: People) -> At:
    """The browser of somebody signed in with a role: at_desk("handler", department="150821-health")."""
    return lambda role, place=None, department=None: Browser(app, people.reader(role, place, department))
