"""Signing in over HTTP, and what a token is worth there."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.db import transaction
from tests.factories import People

PASSWORD = "correct horse battery"
CREDENTIALS = {"login": "wang", "password": PASSWORD}
WRONG = {"login": "wang", "password": "wrong"}


@pytest.fixture
def wang(client: FlaskClient) -> None:
    """A user with a password."""
    with transaction():
        accounts.create_user("wang", "王女士", [Grant("operator", "150821")], PASSWORD, clock.now(), "test")


@pytest.mark.usefixtures("wang")
def test_a_password_is_exchanged_for_a_token_that_says_who_one_is(client: FlaskClient) -> None:
    answer = client.post("/api/v1/tokens", json=CREDENTIALS)
    assert answer.status_code == 201
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert me.json == {
        "login": "wang",
        "name": "王女士",
        "grants": [{"role": "operator", "place": "150821", "department": None}],
    }


@pytest.mark.usefixtures("wang")
def test_a_wrong_password_and_an_unknown_login_look_the_same(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/tokens", json={**WRONG, "login": login}) for login in ("wang", "nobody")]
    told = [{name: value for name, value in answer.json.items() if name != "request_id"} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert told[0] == told[1]


@pytest.mark.usefixtures("wang")
def test_failures_are_counted_across_requests_and_lock_the_account_for_a_while(client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 3, 13, tzinfo=UTC), tick=False) as traveller:
        assert {client.post("/api/v1/tokens", json=WRONG).status_code for _ in range(5)} == {401}
        locked = client.post("/api/v1/tokens", json=CREDENTIALS)
        assert (locked.status_code, locked.json["code"]) == (429, "too_often")
        assert "Retry-After" in locked.headers
        traveller.shift(timedelta(seconds=1))
        assert client.post("/api/v1/tokens", json=CREDENTIALS).status_code == 201


@pytest.mark.usefixtures("wang")
def test_a_token_of_a_password_ends_after_twelve_hours(client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 3, 13, tzinfo=UTC), tick=False) as traveller:
        token = client.post("/api/v1/tokens", json=CREDENTIALS).json["token"]
        traveller.shift(timedelta(hours=12, seconds=-1))
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        traveller.shift(timedelta(seconds=1))
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_one_request_does_not_lend_its_token_to_the_next(client: FlaskClient, people: People) -> None:
    assert client.get("/api/v1/me", headers=people.headers("auditor")).status_code == 200
    assert client.get("/api/v1/me").status_code == 401
