"""Who in the department works on a complaint."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service import clock
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.db import db, transaction
from service.errors import Invalid
from service.notices import operations as notices
from service.notices.models import Notice
from tests.casework import ways
from tests.casework.desk import Desk
from tests.factories import People


@pytest.fixture
def chief(people: People) -> Any:
    """Who hands out the work of a department."""
    return people.reader("department_dispatcher", department=ways.DEPARTMENT)


def give(number: str, chief: Any, assignee: Any) -> None:
    with transaction():
        complaint, roles = complaints.find(number, chief, lock=True)
        casework.act(complaint, roles, "assign", {"assignee": assignee}, chief, clock.now())


def test_a_complaint_is_given_to_a_colleague_who_is_told_and_nobody_else_is(chief: Any, people: People) -> None:
    colleague, other = (people.reader("handler", department=ways.DEPARTMENT) for _ in range(2))
    number, _ = ways.brought_to("handling")
    with transaction():
        notices.spread(clock.now(), 1000)
        db.session.execute(Notice.__table__.delete())
    give(number, chief, colleague.id)
    assert ways.stored(number).assignee == colleague.id
    last = ways.events_of(number)[-1]
    assert (last.action, last.public, last.data["assignee_name"]) == ("assign", False, colleague.name)
    with transaction():
        notices.spread(clock.now(), 1000)
    assert list(db.session.scalars(select(Notice.user_id))) == [colleague.id] != [other.id]


@pytest.mark.parametrize("elsewhere", ["150821-finance", "150826-health"])
def test_nobody_of_another_department_is_given_it_and_the_colleagues_are_named(
    chief: Any, people: People, elsewhere: str
) -> None:
    stranger = people.reader("handler", department=elsewhere)
    colleague = people.reader("handler", department=ways.DEPARTMENT)
    number, _ = ways.brought_to("dispatched")
    for nobody in (stranger.id, chief.id, 1):
        with pytest.raises(Invalid) as caught:
            give(number, chief, nobody)
        assert caught.value.errors == {"assignee": [f"可以分给：{colleague.name}（{colleague.id}）。"]}
    assert ways.stored(number).assignee is None


def test_who_works_for_all_departments_of_a_place_can_be_given_it(chief: Any, people: People) -> None:
    colleague = people.reader("handler", ways.ABOVE)
    number, _ = ways.brought_to("dispatched")
    give(number, chief, colleague.id)
    assert ways.stored(number).assignee == colleague.id


def test_who_signs_as_a_handler_works_on_it_unless_somebody_was_given_it(people: People) -> None:
    signer = people.reader("handler", department=ways.DEPARTMENT)
    free, given = ways.brought_to("dispatched")[0], ways.brought_to("dispatched")[0]
    other = people.reader("handler", department=ways.DEPARTMENT)
    give(given, signer, other.id)
    with transaction():
        casework.act_on_all([free, given], "sign", {}, signer, clock.now())
    assert (ways.stored(free).assignee, ways.stored(given).assignee) == (signer.id, other.id)


def test_another_department_begins_without_anybody(app: Flask) -> None:
    number, _ = ways.brought_to("dispatched")
    ways.go_on(number, "assign", "transfer")
    assert ways.stored(number).assignee is None


def test_what_is_done_anew_is_given_to_another(desk: Desk, chief: Any, people: People) -> None:
    author = people.reader("handler", department=ways.DEPARTMENT)
    number, _ = ways.brought_to("dispatched")
    ways.stored(number).former_handlers = [author.id]
    db.session.commit()
    with pytest.raises(Invalid, match="换人"):
        give(number, chief, author.id)
    with transaction():
        casework.act_on_all([number], "sign", {}, author, clock.now())
    assert ways.stored(number).assignee is None
