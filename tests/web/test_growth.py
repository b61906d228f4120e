"""What a page asks of the database does not grow with what is stored there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from service import clock
from service.complaints.models import Complaint
from service.complaints.numbering import number
from service.db import db, transaction
from service.directory import operations as directory
from tests.bench import years
from tests.e2e.cast import PEOPLE, PLACE, Cast
from tests.e2e.reach import Page, reached
from tests.e2e.views import VIEWS, View, World
from tests.statements import counted

# So many of each complaint there are in the end; so many views of one page are asked for.
TIMES, VIEWS_EACH = 12, 2
# Pages whose cost is measured on their own, with what they show made for it.
ELSEWHERE = {"routing_desk.trial", "model_desk.report", "model_desk.ask_drop"}


def test_no_page_asks_the_database_more_often_the_more_is_stored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    cast = Cast()
    world, people = World.of(cast), {login: cast.reader(login) for login in (*PEOPLE, *cast.firm)}
    pages = list(reached(app, world, people, some(VIEWS)))
    before = {page.name: statements(page) for page in pages}
    multiply(cast)
    after = {page.name: statements(page) for page in pages}
    assert {name: (before[name], after[name]) for name in before if after[name] > before[name]} == {}
    assert len({page.endpoint for page in pages}) > 50


def some(views: Iterable[View]) -> Iterator[View]:
    """A few views of each page."""
    seen = Counter[str]()
    for view in views:
        seen[view.endpoint] += 1
        if seen[view.endpoint] <= VIEWS_EACH and view.endpoint not in ELSEWHERE:
            yield view


def statements(page: Page) -> int:
    """How often a page asks; whoever came there has seen it once, so that what is kept in memory is there."""
    with counted() as sent:
        assert page.window.get(page.address).status_code == 200, page
    return len(sent)


def multiply(cast: Cast) -> None:
    """Store every complaint again and again, with all that belongs to it."""
    with transaction():
        rows = list(copies())
    with db.engine.begin() as connection:
        years.copy(connection, [{"text": 0, "body": "又一件。", "bands": [], "search": "'又'"}], rows, cast)


def copies() -> Iterator[Mapping[str, object]]:
    """Each complaint at the same place and time under other numbers."""
    now, firsts = clock.now(), db.session.scalars(select(Complaint.id).order_by(Complaint.id)).all()
    serial = firsts[-1]
    for turn in range(1, TIMES):
        for old in firsts:
            serial += 1
            yield {
                "id": serial, "old": old, "number": number(serial, now), "later": now - now, "place": PLACE,
                "league": years.LEAGUE, "people": 0, "text": 0, "enterprise": turn, "respondent": turn,
            }  # fmt: skip
