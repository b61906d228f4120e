"""Calls that the telephone system announces."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import clock
from service.db import db, transaction
from service.errors import Conflict
from service.intake import calls
from service.intake.models import Call
from service.notices.sending import signature
from tests.caller import Caller
from tests.factories import People

SECRET = "of the telephone system"
PATH = "/api/v1/calls"


@pytest.fixture(autouse=True)
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TELEPHONE_SECRET", SECRET)


def announced(client: Caller, late: int = 0, secret: str = SECRET, sent: str = "", **given: Any) -> TestResponse:
    """A call as the telephone system announces it; `sent`: another body than the one that was signed."""
    body = json.dumps({"id": "c-1", "phone": "13800138000", "extension": "8001", **given})
    stamp = str(int(clock.now().timestamp()) - late)
    headers = {"X-QST-Timestamp": stamp, "X-QST-Signature": signature(secret, stamp, body.encode())}
    return client.post(PATH, data=sent or body, headers=headers, content_type="application/json")


def rows() -> list[Call]:
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def test_a_signed_call_rings_for_who_sits_at_the_extension_or_is_named(client: Caller, people: People) -> None:
    zhang, li = people.reader("operator", "150821"), people.reader("operator", "150821")
    assert announced(client).status_code == 202
    assert announced(client, id="c-2", operator=zhang.login, phone="0471-6601234").get_json() == {"id": "c-2"}
    now = clock.now()
    assert [one.phone for one in calls.ringing(zhang, "8001", now)] == ["+864716601234", "+8613800138000"]
    assert [one.phone for one in calls.ringing(li, "8001", now)] == ["+8613800138000"]
    assert calls.ringing(li, "", now) == []
    assert calls.ringing(zhang, "8001", now + timedelta(minutes=3)) == []


def test_an_announcement_sent_again_rings_but_once(client: Caller) -> None:
    assert [announced(client).status_code for _ in range(2)] == [202, 202]
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"late": 301},
        {"late": -301},
        {"secret": "guessed"},
        {"sent": '{"id": "c-1", "extension": "8002"}'},
    ],
)
def test_what_was_not_signed_just_now_as_it_came_is_refused(client: Caller, wrong: dict[str, Any]) -> None:
    assert announced(client, **wrong).status_code == 401
    assert rows() == []


def test_without_signature_or_secret_nothing_rings(client: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post(PATH, json={"id": "c-1", "extension": "8001"}).status_code == 401
    monkeypatch.setitem(app.config, "TELEPHONE_SECRET", "")
    assert announced(client, secret="").status_code == 503
    assert rows() == []


@pytest.mark.parametrize(("given", "field"), [({"extension": None}, "extension"), ({"operator": "nobody"}, "operator")])
def test_a_call_for_nobody_is_said_to_be_one(client: Caller, given: dict[str, Any], field: str) -> None:
    body = {name: value for name, value in {"id": "c", "extension": "1", **given}.items() if value}
    stamp, text = str(int(clock.now().timestamp())), json.dumps(body)
    headers = {"X-QST-Timestamp": stamp, "X-QST-Signature": signature(SECRET, stamp, text.encode())}
    answer = client.post(PATH, data=text, headers=headers, content_type="application/json")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


@pytest.mark.parametrize(("phone", "kept"), [(None, None), ("10086", "10086"), ("013800138000", "+8613800138000")])
def test_a_number_that_cannot_be_called_still_rings(client: Caller, phone: str | None, kept: str | None) -> None:
    given = {"phone": phone} if phone else {"phone": "unknown"}
    announced(client, **given)
    assert rows()[0].phone == (kept or "unknown")


def test_numbers_lie_encrypted(client: Caller) -> None:
    announced(client)
    raw = db.session.connection().exec_driver_sql("SELECT phone FROM calls").scalar()
    assert b"13800138000" not in bytes(raw or b"")


def test_of_two_who_answer_one_has_the_call(client: Caller, people: People) -> None:
    announced(client)
    one, other = people.reader("operator", "150821"), people.reader("operator", "150821")
    call = rows()[0]
    with transaction():
        assert calls.take(call.id, one, "8001", clock.now())[1]
    with transaction():
        assert not calls.take(call.id, one, "8001", clock.now())[1]
    with pytest.raises(Conflict):
        calls.take(call.id, other, "8001", clock.now())


def test_a_draft_that_comes_late_does_not_bring_a_call_back(people: People, app: Flask) -> None:
    reader, now = people.reader("operator", "150821"), clock.now()
    with transaction():
        assert calls.keep(reader, "p", {"body": "刚说到一半"}, now)
    assert calls.said(reader, "p", now) == {"body": "刚说到一半"}
    with transaction():
        calls.end(reader, "p", "QS1", now, {})
        assert not calls.keep(reader, "p", {"body": "迟到的"}, now)
    assert calls.said(reader, "p", now) == {}
    assert rows()[0].number == "QS1"


def test_who_gives_a_call_up_in_another_window_takes_nothing_back(people: People, app: Flask) -> None:
    reader, now = people.reader("operator", "150821"), clock.now()
    with transaction():
        calls.end(reader, "p", "QS1", now, {"contact": {"phone": "0471-6601234"}})
        calls.end(reader, "p", None, now, {"contact": {"phone": "0471-6601234"}})
    assert [(one.number, one.phone) for one in rows()] == [("QS1", "+864716601234")]


def test_calls_are_forgotten_after_two_days(people: People, app: Flask) -> None:
    reader, now = people.reader("operator", "150821"), clock.now()
    with transaction():
        calls.keep(reader, "old", {"body": "x"}, now - timedelta(days=3))
        calls.keep(reader, "new", {"body": "x"}, now)
        calls.purge(now)
    assert [one.paper for one in rows()] == ["new"]
