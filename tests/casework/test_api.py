"""Steps on many complaints, the same request twice, copies that are old, and people who cross each other."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from service.casework.models import Letter
from service.casework.schemas import MOST_AT_ONCE
from service.complaints import operations as complaints
from service.complaints.models import Event
from service.db import db
from service.http import TRY_AGAIN
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import DEPARTMENT, PLACE
from tests.factories import People
from tests.rivals import at_once

ABSENT = "QS20260316-9999999-9"
Outcomes = list[dict[str, Any]]


def act_on_all(desk: Desk, action: str, numbers: list[str], role: str = "handler", **given: Any) -> Any:
    """The answer to one step on many complaints."""
    return desk.client.post(
        f"/api/v1/actions/{action}", json={"numbers": numbers, **given}, headers=desk.headers(role, "")
    )


# --- many at once ----------------------------------------------------------------------------------------------------


def test_of_many_each_succeeds_or_fails_for_itself_with_the_reason(desk: Desk) -> None:
    fits, wrong, elsewhere = (
        ways.brought_to("dispatched")[0], ways.brought_to("handling")[0],
        ways.filed(replace(ways.OWED, region="150822", respondent_name="磴口县人民医院")).complaint.number,
    )  # fmt: skip
    answer = act_on_all(desk, "sign", [wrong, fits, ABSENT, elsewhere])
    assert answer.status_code == 200
    found: Outcomes = answer.json
    assert [one["number"] for one in found] == [wrong, fits, ABSENT, elsewhere]
    assert [one["done"] for one in found] == [False, True, False, False]
    assert "不能做「签收」" in found[0]["why"]
    assert found[1]["why"] == ""
    assert found[2]["why"] == found[3]["why"] == complaints.NOT_YOURS
    assert (ways.stored(fits).status, ways.stored(wrong).status) == ("handling", "handling")


def test_what_fails_in_the_middle_leaves_nothing_of_itself(desk: Desk) -> None:
    """A step that was refused late has changed nothing, not even where the effect had begun."""
    number, _ = ways.brought_to("accepted", replace(ways.OWED, respondent_name="五原县财政局", respondent_kind="organ"))
    before = ways.stored(number)
    kept = (before.category, before.regimes, before.version, before.length, before.updated_at)
    found: Outcomes = act_on_all(
        desk, "dispatch", [number], "dispatcher", department=ways.OTHER, category="default.contract-breach"
    ).json
    after = ways.stored(number)
    assert not found[0]["done"]
    assert (after.category, after.regimes, after.version, after.length, after.updated_at) == kept


def test_a_number_that_comes_twice_is_acted_on_once(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    found: Outcomes = act_on_all(desk, "contact", [number, number], note="已联系。").json
    assert found == [{"number": number, "done": True, "why": ""}]
    assert [event.action for event in ways.events_of(number)].count("contact") == 1


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"numbers": []}, 422, {"numbers"}),
        ({}, 422, {"numbers"}),
        ({"numbers": "QS"}, 422, {"numbers"}),
        ({"numbers": [ABSENT] * (MOST_AT_ONCE + 1)}, 422, {"numbers"}),
        ({"numbers": [5]}, 422, None),
        ({"numbers": [ABSENT], "solved": "?"}, 422, {"solved"}),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_as_a_whole(
    desk: Desk, body: dict[str, Any], status: int, fields: set[str] | None
) -> None:
    answer = desk.client.post("/api/v1/actions/sign", json=body, headers=desk.headers("handler", ""))
    assert answer.status_code == status
    assert answer.json is not None
    assert fields is None or set(answer.json["errors"]) == fields


def test_a_batch_is_for_the_desks_and_for_an_action_that_there_is(desk: Desk, people: People) -> None:
    number, code = ways.brought_to("submitted")
    for headers, status in (({"X-Query-Code": code}, 401), (people.headers("auditor"), 403)):
        answer = desk.client.post("/api/v1/actions/withdraw", json={"numbers": [number]}, headers=headers)
        assert answer.status_code == status
    answer = act_on_all(desk, "explode", [number], "dispatcher")
    assert (answer.status_code, "没有这个操作" in answer.json["message"]) == (404, True)


# --- the same request twice ------------------------------------------------------------------------------------------

KEY = {"Idempotency-Key": "step-4711"}


def post(desk: Desk, number: str, action: str, headers: dict[str, str], **given: Any) -> Any:
    return desk.client.post(f"/api/v1/complaints/{number}/actions/{action}", json=given, headers=headers)


def test_the_same_key_gets_the_same_answer_and_takes_no_second_step(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    mine = desk.headers("handler", "") | KEY
    first = post(desk, number, "inquire", mine, text="请说明付款安排。")
    ways.go_on(number, "contact")
    again = post(desk, number, "inquire", mine, text="请说明付款安排。")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert again.json["issued"]["token"]
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1
    assert [event.action for event in ways.events_of(number)].count("inquire") == 1


def test_the_same_key_with_another_body_is_refused_without_effect(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    mine = desk.headers("handler", "") | KEY
    assert post(desk, number, "contact", mine, note="已联系。").status_code == 200
    version = ways.stored(number).version
    answer = post(desk, number, "contact", mine, note="另一次联系。")
    assert (answer.status_code, list(answer.json["errors"])) == (409, ["Idempotency-Key"])
    assert ways.stored(number).version == version


def test_a_key_is_for_one_caller_one_complaint_and_one_action(desk: Desk, people: People) -> None:
    (one, _), (other, _) = ways.brought_to("handling"), ways.brought_to("handling")
    mine, theirs = desk.headers("handler", "") | KEY, people.headers("handler", department=DEPARTMENT) | KEY
    calls = [(one, "contact", mine), (other, "contact", mine), (one, "contact", theirs)]
    assert [post(desk, number, action, who, note="x").status_code for number, action, who in calls] == [200] * 3
    assert post(desk, one, "request_material", mine, note="x").status_code == 200
    assert ways.stored(one).status == "waiting"


def test_a_step_that_was_refused_does_not_use_its_key_up(desk: Desk) -> None:
    number, _ = ways.brought_to("dispatched")
    mine = desk.headers("handler", "") | KEY
    assert post(desk, number, "draft", mine, reply="…").status_code == 409
    ways.go_on(number, "sign")
    assert post(desk, number, "draft", mine, reply="…").status_code == 200


@pytest.mark.parametrize("key", ["", "k" * 201, "a b"])
def test_a_key_that_is_none_is_refused_before_anything_is_done(desk: Desk, key: str) -> None:
    number, _ = ways.brought_to("dispatched")
    assert post(desk, number, "sign", desk.headers("handler", "") | {"Idempotency-Key": key}).status_code == 400
    assert ways.stored(number).status == "dispatched"


def test_who_knows_a_key_but_not_the_code_gets_nothing(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    assert post(desk, number, "urge", {"X-Query-Code": code} | KEY).status_code == 200
    assert post(desk, number, "urge", KEY).status_code == 404
    assert post(desk, number, "urge", {"X-Query-Code": "AAAA-AAAA-AAAA-AAAA"} | KEY).status_code == 404


# --- old copies ------------------------------------------------------------------------------------------------------


def test_who_acts_on_an_old_copy_hears_who_did_what_meanwhile(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    tag = desk.read(number, "handler").headers["ETag"]
    travel.shift(300)
    desk.take(number, "invite", "supervisor", department=ways.OTHER, note="请协助。")
    answer = post(desk, number, "draft", desk.headers("handler", "") | {"If-Match": tag}, reply="…")
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert "督办人" in answer.json["message"]
    assert "请求协办" in answer.json["message"]
    assert "10:05" in answer.json["message"]


def test_an_enterprise_with_an_old_copy_hears_only_what_it_may_read(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    tag = desk.read(number, code=code).headers["ETag"]
    desk.take(number, "invite", "supervisor", department=ways.OTHER, note="请协助。")
    desk.take(number, "report", "handler", text="正在核对。")
    answer = post(desk, number, "withdraw", {"X-Query-Code": code, "If-Match": tag})
    assert answer.status_code == 412
    assert "阶段报告" in answer.json["message"]
    assert "协办" not in answer.json["message"]


# --- crossing each other ---------------------------------------------------------------------------------------------


def test_of_two_merges_that_cross_one_ends_in_a_sentence(app: Flask, desk: Desk, people: People) -> None:
    headers = [people.headers("dispatcher", PLACE) for _ in range(2)]
    for _ in range(4):
        (one, _), (other, _) = ways.brought_to("handling"), ways.brought_to("handling")
        answers = at_once(app, *(
            (f"/api/v1/complaints/{here}/actions/merge", {"into": there, "reason": "同一件事。"}, who)
            for here, there, who in ((one, other, headers[0]), (other, one, headers[1]))
        ))  # fmt: skip
        codes = sorted(answer.status_code for answer in answers)
        assert codes in ([200, 409], [200, 422], [200, 503]), [answer.text for answer in answers]
        loser = max(answers, key=lambda answer: answer.status_code)
        assert loser.json["message"]
        if loser.status_code == 503:
            assert loser.json["message"] == TRY_AGAIN
            assert loser.headers["Retry-After"]
        assert sorted([ways.stored(one).status, ways.stored(other).status]) == ["handling", "merged"]
    assert list(complaints.broken_chains()) == []


def test_batches_that_cross_end_without_a_fault(app: Flask, people: People) -> None:
    numbers = [ways.brought_to("dispatched")[0] for _ in range(6)]
    headers = [people.headers("handler", department=DEPARTMENT) for _ in range(2)]
    answers = at_once(app, *(
        ("/api/v1/actions/sign", {"numbers": order}, who)
        for order, who in ((numbers, headers[0]), (numbers[::-1], headers[1]))
    ))  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200]
    done = [one["number"] for answer in answers for one in answer.json if one["done"]]
    assert sorted(done) == sorted(numbers)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.action == "sign")) == 6
