"""Complaints that are in no data file, from filing to the end, over HTTP."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from service import clock
from service.casework import climbing
from service.complaints.models import Complaint, Event
from service.complaints.rules import OPEN
from service.db import db, transaction
from service.deadlines.models import Clock
from service.directory import operations as directory
from tests.factories import People
from tests.thirty import Case, cases

API = "/api/v1/complaints"
# What is said against somebody never goes to that one.
AGAINST = {"complaint", "report"}
Filed = Sequence[tuple[Case, dict[str, Any]]]


def file(client: FlaskClient, case: Case) -> dict[str, Any]:
    answer = client.post(API, json=case.body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


@pytest.fixture
def filed(client: FlaskClient) -> Filed:
    """All of them, each with the answer it got."""
    return [(case, file(client, case)) for case in cases()]


def share(held: Sequence[bool]) -> float:
    return sum(held) / len(held)


# --- what is answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_complaint_is_answered_with_who_has_it_why_and_until_when(client: FlaskClient, case: Case) -> None:
    answer = file(client, case)
    assert answer["receiver"]["name"]
    assert answer["reason"]
    assert answer["category"] or answer["suggestions"] or answer["proposed_channel"]
    assert answer["queue"]["name"]
    assert (answer["department"] is None) == (answer["routed_by"] == "triage")
    assert (answer["queue"]["desk"] == "department") == (answer["department"] is not None)
    assert answer["clocks"]
    assert all(datetime.fromisoformat(one["due_at"]) > clock.now() for one in answer["clocks"])


def judged(answer: dict[str, Any]) -> str:
    """The category that was taken, or the likeliest where a person has to take it."""
    return answer["category"]["code"] if answer["category"] else answer["suggestions"][0]["code"]


def test_nine_families_of_ten_are_right(filed: Filed) -> None:
    wrong = {
        case.name: judged(answer) for case, answer in filed if judged(answer).split(".")[0] != case.expect["family"]
    }
    assert len(wrong) <= 0.1 * len(filed), wrong


def test_seven_categories_of_ten_are_right(filed: Filed) -> None:
    expected = [f"{case.expect['family']}.{case.expect['leaf']}" for case, _ in filed]
    wrong = {
        case.name: judged(answer)
        for (case, answer), right in zip(filed, expected, strict=True)
        if judged(answer) != right
    }
    assert len(wrong) <= 0.3 * len(filed), wrong


def test_nine_of_ten_that_the_machine_dispatched_stand_with_the_department_that_owns_them(filed: Filed) -> None:
    dispatched = [(case, answer) for case, answer in filed if answer["department"] and case.expect["department"]]
    wrong = {
        case.name: answer["department"]["name"]
        for case, answer in dispatched
        if answer["department"]["name"] != case.expect["department"]
    }
    assert len(dispatched) >= 5
    assert len(wrong) <= 0.1 * len(dispatched), wrong


def test_what_is_said_against_a_body_is_never_sent_to_that_body(filed: Filed) -> None:
    sent = [
        (case.body["respondent"]["name"], answer["department"]["name"])
        for case, answer in filed
        if case.body.get("nature") in AGAINST and "respondent" in case.body and answer["department"]
    ]
    assert sent
    assert [pair for pair in sent if pair[0] in pair[1] or pair[1] in pair[0]] == []


# --- in whose queue it stands ----------------------------------------------------------------------------------------


def desk(queue: dict[str, str], people: People) -> dict[str, str]:
    """Somebody who works at a queue."""
    if queue["desk"] == "department":
        return people.headers("handler", department=queue["code"])
    return people.headers("dispatcher", place=queue["code"])


def elsewhere(queue: dict[str, str], region: str | None, people: People) -> dict[str, str]:
    """Somebody with the same work in a league that has nothing to do with it."""
    book = directory.current()
    place = queue["code"].split("-")[0]
    own = {*book.chain(place), *book.chain(region or place)}
    other = next(code for code in ("150100", "150800") if code not in own)
    return people.headers("handler" if queue["desk"] == "department" else "dispatcher", place=other)


def listed(client: FlaskClient, headers: dict[str, str]) -> set[str]:
    page = client.get(f"{API}?limit=100", headers=headers).get_json()
    return {item["number"] for item in page["items"]}


def test_each_stands_in_the_list_of_its_own_desk_and_in_none_elsewhere(
    client: FlaskClient, people: People, filed: Filed
) -> None:
    for case, answer in filed:
        assert answer["number"] in listed(client, desk(answer["queue"], people)), case.name
        assert answer["number"] not in listed(client, elsewhere(answer["queue"], case.body.get("region"), people)), (
            case.name
        )


# --- the way of one complaint ----------------------------------------------------------------------------------------


def case_named(name: str) -> Case:
    return next(case for case in cases() if case.name == name)


def test_people_take_a_complaint_from_the_desk_to_its_end(client: FlaskClient, people: People) -> None:
    answer = file(client, case_named("credit-repair-stuck"))
    place, department = answer["queue"]["code"], "150100-market"
    assert department in directory.current().departments
    own_department = {"department": department}
    dispatcher = people.headers("dispatcher", place)
    handler = people.headers("handler", **own_department)
    head = people.headers("head", **own_department)
    way: list[tuple[dict[str, str], str, dict[str, Any], str]] = [
        (dispatcher, "accept", {}, "accepted"),
        (dispatcher, "dispatch", own_department, "dispatched"),
        (handler, "sign", {}, "handling"),
        (handler, "contact", {"note": "已电话联系企业，核对了三次提交的材料。"}, "handling"),
        (handler, "draft", {"reply": "经核实，整改已经完成，信用网上的记录今日已修复，请告知银行。"}, "drafted"),
        (head, "approve", {}, "approved"),
        (handler, "reply", {}, "replied"),
        (people.headers("revisit_agent", place), "close", {"solved": True, "satisfaction": "satisfied"}, "closed"),
    ]
    etag = client.get(f"{API}/{answer['number']}", headers=dispatcher).headers["ETag"]
    for headers, action, given, status in way:
        done = client.post(
            f"{API}/{answer['number']}/actions/{action}", json=given, headers={**headers, "If-Match": etag}
        )
        assert done.status_code == 200, (action, done.text)
        seen, etag = done.get_json(), done.headers["ETag"]
        assert seen["status"] == status
        running = [one["kind"] for one in seen["clocks"] if one["state"] == "running"]
        assert bool(running) == (status in OPEN), (action, running)
        assert (seen["queue"] is not None) == (status in OPEN)
    enterprise = {"X-Query-Code": answer["query_code"]}
    assert client.get(f"{API}/{answer['number']}", headers=enterprise).get_json()["reply"].startswith("经核实")
    trail = [event["action"] for event in client.get(f"{API}/{answer['number']}/events", headers=dispatcher).get_json()]
    assert trail == ["file", *(action for _, action, _, _ in way)]


# --- what time does --------------------------------------------------------------------------------------------------


def climb_all() -> int:
    """Sweep until nothing is due."""
    total = done = 0
    while True:
        with transaction():
            done = climbing.climb(clock.now())
        if not done:
            return total
        total += done


def trail() -> Counter[tuple[int, str, str]]:
    """How often each rung of each clock stands in the complaints' trails."""
    rows = db.session.execute(
        select(Event.complaint_id, Event.action, Event.data["clock"].astext).where(Event.data.has_key("clock"))
    )
    return Counter((complaint, action, kind) for complaint, action, kind in rows)


@pytest.mark.usefixtures("filed")
def test_long_after_every_clock_is_overdue_once_and_a_second_sweep_changes_nothing() -> None:
    clocks = db.session.execute(select(Clock.complaint_id, Clock.kind).where(Clock.state == "running")).all()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=800), tick=False):
        assert climb_all() > 0
        marked = {key: times for key, times in trail().items() if key[1] == "overdue"}
        assert marked == {(complaint, "overdue", kind): 1 for complaint, kind in clocks}
        before = trail(), db.session.scalar(select(func.sum(Complaint.length)))
        assert climb_all() == 0
        assert (trail(), db.session.scalar(select(func.sum(Complaint.length)))) == before
