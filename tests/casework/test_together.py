"""Two people who act on one complaint at the same moment: one wins, the other is told, nobody waits for ever."""

from typing import Any

import pytest
from flask import Flask

from service.complaints import operations as complaints
from service.complaints.rules import STEPS
from tests.caller import Caller
from tests.casework import ways
from tests.casework.ways import PLACE
from tests.factories import People
from tests.rivals import at_once


def acting(app: Flask, *steps: tuple[str, str, dict[str, str]]) -> list[Any]:
    """The answers to steps that are taken at the same moment: (number, action, headers) of each."""
    return at_once(app, *(
        (f"/api/v1/complaints/{number}/actions/{action}", ways.given_for(STEPS[action]), headers)
        for number, action, headers in steps
    ))  # fmt: skip


@pytest.mark.parametrize("rivals", ["accept accept", "accept refuse", "answer pass_on", "refuse request_supplement"])
def test_of_two_dispatchers_one_wins_and_the_other_hears_the_new_state(app: Flask, people: People, rivals: str) -> None:
    number, _ = ways.brought_to("submitted")
    one, other = rivals.split()
    headers = [people.headers("dispatcher", PLACE) for _ in range(2)]
    answers = acting(app, (number, one, headers[0]), (number, other, headers[1]))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner, loser = sorted(answers, key=lambda answer: answer.status_code)
    assert ways.stored(number).status == winner.json["status"]
    assert winner.json["status_name"] in loser.json["message"]
    assert ways.stored(number).version == 2
    assert len(ways.events_of(number)) == 2


def test_of_two_who_read_the_same_version_one_is_told_that_it_is_stale(app: Flask, people: People) -> None:
    number, _ = ways.brought_to("handling")
    match = {"If-Match": f'"{ways.stored(number).version}"'}
    headers = [people.headers("handler", department=ways.DEPARTMENT) | match for _ in range(2)]
    # Contacting leaves the state as it is: only the version tells that somebody was there.
    answers = acting(app, *((number, "contact", one) for one in headers))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


def test_what_is_held_is_read_as_it_stands_by_then(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("dispatched")
    reader = people.reader("handler", department=ways.DEPARTMENT)
    before, _roles = complaints.find(number, reader)
    headers = people.headers("handler", department=ways.DEPARTMENT)
    assert before.status == "dispatched"
    version = before.version
    assert client.post(f"/api/v1/complaints/{number}/actions/sign", json={}, headers=headers).status_code == 200
    now, _roles = complaints.find(number, reader, lock=True)
    assert (now.status, now.version) == ("handling", version + 1)
    assert complaints.locked(now.id).length == now.length


def test_the_enterprise_and_a_desk_at_once_leave_one_story(app: Flask, people: People) -> None:
    stories = set()
    for _ in range(5):
        number, code = ways.brought_to("approved")
        calls = [
            (number, "withdraw", {"X-Query-Code": code}),
            (number, "reply", people.headers("head", department=ways.DEPARTMENT)),
        ]
        answers = acting(app, *calls)
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        stories.add(ways.stored(number).status)
    assert stories <= {"withdrawn", "replied"}
    assert list(complaints.broken_chains()) == []


def test_many_on_many_complaints_end_without_a_deadlock(app: Flask, people: People) -> None:
    numbers = [ways.brought_to("dispatched")[0] for _ in range(3)]
    headers = [people.headers("handler", department=ways.DEPARTMENT) for _ in range(2)]
    answers = acting(app, *((number, "sign", one) for number in numbers for one in headers))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert all(ways.stored(number).status == "handling" for number in numbers)
