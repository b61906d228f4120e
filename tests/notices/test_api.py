"""Notices over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from service.accounts import operations as accounts
from service.audit.models import Entry
from service.db import db, transaction
from service.notices import administration
from service.notices.models import NoticeTemplate
from tests.caller import Caller
from tests.factories import People
from tests.notices.cases import DAY, HEALTH, MOBILE, filed, happens, notices, spread

API = "/api/v1"
ADDRESS = {"channel": "robot", "name": "值班群", "department": HEALTH, "url": "wecombot://topsecretkey"}
WORDS = {"subject": "标题", "body": "诉求 {number}：{action}"}
ADMINISTRATION = [
    ("GET", "/deliveries", None),
    ("POST", "/deliveries/1/resend", None),
    ("GET", "/notice-templates", None),
    ("PUT", "/notice-templates/any.any.inbox", WORDS),
    ("POST", "/notice-templates/any.any.inbox/preview", WORDS),
    ("GET", "/addresses", None),
    ("POST", "/addresses", ADDRESS),
    ("DELETE", "/addresses/1", None),
    ("GET", "/quiet-hours", None),
    ("PUT", "/quiet-hours", {"begins": "22:00", "ends": "07:00"}),
]


@pytest.fixture(autouse=True)
def morning(app: Flask) -> Iterator[None]:
    with time_machine.travel(DAY, tick=False):
        yield
    with transaction():
        db.session.query(NoticeTemplate).update({"edited_at": None})
        administration.seed(app.config["DATA"])


@pytest.fixture
def handler(people: People) -> dict[str, str]:
    return people.headers("handler", None, HEALTH)


@pytest.fixture
def admin(morning: None, people: People) -> dict[str, str]:
    return people.headers("administrator")


def news(times: int = 1) -> None:
    complaint = filed()
    for _ in range(times):
        happens(complaint, "urge")
    spread()


@pytest.mark.parametrize(("method", "path", "body"), ADMINISTRATION)
def test_only_administrators_may(client: Caller, people: People, method: str, path: str, body: Any) -> None:
    assert client.open(API + path, method=method, json=body).status_code == 401
    for role, place in (("supervisor", "150000"), ("auditor", None), ("system", None)):
        answer = client.open(API + path, method=method, json=body, headers=people.headers(role, place))
        assert answer.status_code == 403, role


def test_an_inbox_comes_in_pages_the_newest_first(client: Caller, handler: dict[str, str]) -> None:
    news(3)
    first = client.get(f"{API}/notices?limit=2", headers=handler).json
    second = client.get(f"{API}/notices?limit=2&cursor={first['next_cursor']}", headers=handler).json
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert (first["unread"], second["next_cursor"]) == (3, None)
    assert {*first["items"][0]} == {
        "id", "number", "action", "action_name", "subject", "body", "created_at", "read_at"
    }  # fmt: skip


def test_a_message_is_read_once_and_leaves_the_unread(client: Caller, handler: dict[str, str]) -> None:
    news(2)
    chosen = client.get(f"{API}/notices", headers=handler).json["items"][0]["id"]
    answers = [client.post(f"{API}/notices/{chosen}/read", headers=handler) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    left = client.get(f"{API}/notices?unread=true", headers=handler).json
    assert (left["unread"], chosen in [one["id"] for one in left["items"]]) == (1, False)


def test_nobody_reads_somebody_elses_messages(client: Caller, handler: dict[str, str], people: People) -> None:
    news()
    other = people.headers("handler", None, HEALTH)
    assert client.get(f"{API}/notices", headers=other).json["items"] == []
    assert client.post(f"{API}/notices/{notices()[0].id}/read", headers=other).status_code == 404
    assert client.get(f"{API}/notices").status_code == 401


def test_deliveries_are_filtered_and_say_why_and_nothing_more(client: Caller, admin: dict[str, str]) -> None:
    happens(filed(), "sign")
    spread()
    answer = client.get(f"{API}/deliveries?state=skipped&channel=sms", headers=admin)
    (one,) = answer.json["items"]
    assert (one["state"], one["reason"]) == ("skipped", "没有配置短信网关")
    assert MOBILE not in answer.text
    assert "body" not in one
    assert client.get(f"{API}/deliveries?state=failed", headers=admin).json["items"] == []
    assert client.get(f"{API}/deliveries?state=x", headers=admin).status_code == 422


def test_sending_again_is_on_record_and_only_for_what_needs_it(
    client: Caller, admin: dict[str, str], handler: dict[str, str]
) -> None:
    news()
    happens(filed(), "sign")
    spread()
    sms, message = notices(channel="sms")[0], notices(channel="inbox")[0]
    assert client.post(f"{API}/deliveries/{sms.id}/resend", headers=admin).json["state"] == "waiting"
    assert client.post(f"{API}/deliveries/{message.id}/resend", headers=admin).status_code == 404
    assert db.session.query(Entry).filter_by(action="notice.resent", subject=str(sms.id)).count() == 1
    with transaction():
        notices(channel="sms")[0].state = "sent"
    assert client.post(f"{API}/deliveries/{sms.id}/resend", headers=admin).status_code == 409


def test_a_template_is_previewed_and_edited(client: Caller, admin: dict[str, str]) -> None:
    path = f"{API}/notice-templates/any.any.inbox"
    assert client.post(f"{path}/preview", json=WORDS, headers=admin).json["body"] == "诉求 QS20261121-0000123-1：派单"
    edited = client.put(path, json=WORDS, headers=admin).json
    assert (edited["body"], edited["edited_at"]) == (WORDS["body"], "2026-03-10T10:00:00+08:00")
    listed = client.get(f"{API}/notice-templates", headers=admin).json
    assert next(one for one in listed if one["code"] == "any.any.inbox") == edited


@pytest.mark.parametrize("way", ["", "/preview"])
@pytest.mark.parametrize("body", ["{query_code} {number}", "{text}", "{", "长" * 501])
def test_a_template_that_cannot_be_is_refused(client: Caller, admin: dict[str, str], way: str, body: str) -> None:
    path = f"{API}/notice-templates/any.any.inbox{way}"
    answer = client.open(path, method="POST" if way else "PUT", json={**WORDS, "body": body}, headers=admin)
    assert answer.status_code == 422
    assert answer.json["errors"]["body"]


def test_an_address_is_kept_encrypted_never_shown_and_removed(client: Caller, admin: dict[str, str]) -> None:
    added = client.post(f"{API}/addresses", json=ADDRESS, headers=admin)
    assert added.status_code == 201
    listed = client.get(f"{API}/addresses", headers=admin)
    assert listed.json == [added.json]
    assert "topsecretkey" not in added.text + listed.text
    raw = db.session.execute(db.text("SELECT url FROM addresses")).scalar()
    assert b"topsecretkey" not in raw
    assert client.delete(f"{API}/addresses/{added.json['id']}", headers=admin).status_code == 200
    assert client.get(f"{API}/addresses", headers=admin).json == []
    assert client.delete(f"{API}/addresses/{added.json['id']}", headers=admin).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"department": None}, "user"),
        ({"place": "150821"}, "user"),
        ({"department": None, "user": "nobody"}, "user"),
        ({"department": "150821-nothing"}, "department"),
        ({"channel": "inbox"}, "channel"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"channel": "webhook", "url": "https://example.com/"}, "secret"),
        ({"channel": "webhook", "url": "http://169.254.169.254/", "secret": "x"}, "url"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    client: Caller, admin: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    body = {name: value for name, value in {**ADDRESS, **changes}.items() if value is not None}
    answer = client.post(f"{API}/addresses", json=body, headers=admin)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_a_systems_address_is_named_by_its_login(client: Caller, admin: dict[str, str], people: People) -> None:
    system = people.reader("system")
    body = {"channel": "webhook", "name": "蒙企通", "user": system.login, "url": "https://example.com/", "secret": "x"}
    assert client.post(f"{API}/addresses", json=body, headers=admin).status_code == 201
    (kept,) = administration.addresses()
    assert kept.user_id == accounts.user_named(system.login).id


def test_quiet_hours_are_read_and_set(client: Caller, admin: dict[str, str]) -> None:
    path = f"{API}/quiet-hours"
    assert client.get(path, headers=admin).json == {"begins": "21:00", "ends": "08:00"}
    assert client.put(path, json={"begins": "22：30", "ends": "7:00"}, headers=admin).json == {
        "begins": "22:30", "ends": "07:00"
    }  # fmt: skip
    assert client.put(path, json={"begins": "24:00", "ends": "7:00"}, headers=admin).status_code == 422
    assert client.put(path, json={"begins": 21, "ends": "7:00"}, headers=admin).status_code == 422
