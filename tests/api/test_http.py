"""What every answer has in common: its number, its headers, the shape of its errors, and what the log keeps of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader
from prometheus_client import REGISTRY
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.app import create_app
from service.complaints import listing
from service.config import Config
from service.db import db
from service.intake import operations as intake
from tests.api.refusals import COMPLAINTS, JSON, counted, told
from tests.factories import People, filing

PERSONAL = {"name": "白鹭女士", "phone": "13947861234"}


@pytest.fixture
def unguarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app as it runs outside of tests: a fault becomes an answer instead of a traceback."""
    monkeypatch.setattr(app, "testing", False)


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("raw", [b"zz\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}XX0\r\n\r\n"])
def test_a_body_whose_chunks_are_broken_is_a_bad_request(client: FlaskClient, raw: bytes) -> None:
    for path, form in ((COMPLAINTS, "application/json"), ("/sign-in", "application/x-www-form-urlencoded")):
        chunks = Body(ChunkedReader(None, IterUnreader([raw])))
        answer = client.post(
            path, headers={"Content-Type": form, "Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input": chunks, "wsgi.input_terminated": True},
        )  # fmt: skip
        assert answer.status_code == 400
        if path == COMPLAINTS:
            assert answer.get_json()["message"] == "请求无法读取，请检查格式。"
        else:
            assert "<h1" in answer.text


# --- the request's number ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["12345678", "a-b_c-d_e", "F" * 64, "5b1f6a0c-2b7f-4b8e-9a3c-0d1e2f3a4b5c"])
def test_a_requests_number_is_given_back(client: FlaskClient, number: str) -> None:
    assert client.get("/livez", headers={"X-Request-Id": number}).headers["X-Request-Id"] == number


@pytest.mark.parametrize(
    "number", ["", "1234567", "a" * 65, "with space", "<script>", "caf\xe9caf\xe9", '"12345678"', "１２３"]
)
def test_a_requests_number_that_could_do_harm_is_replaced(client: FlaskClient, number: str) -> None:
    headers = {"X-Request-Id": number.encode().decode("latin-1")}
    assert len(client.get("/livez", headers=headers).headers["X-Request-Id"]) == 32


def test_every_request_without_a_number_gets_its_own(client: FlaskClient) -> None:
    assert len({client.get("/livez").headers["X-Request-Id"] for _ in range(5)}) == 5


def test_an_error_carries_the_number_of_its_request(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing", headers={"X-Request-Id": "12345678"})
    assert answer.json["request_id"] == "12345678"


# --- headers and shapes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/livez", b"", 200),
        ("GET", "/api/v1/workflow", b"", 200),
        ("POST", COMPLAINTS, b"{", 400),
        ("GET", "/api/v1/me", b"", 401),
        ("GET", "/api/v1/nothing", b"", 404),
        ("PUT", COMPLAINTS, b"{}", 405),
        ("POST", COMPLAINTS, b" " * (1024 * 1024 + 1), 413),
        ("POST", COMPLAINTS, b"{}", 422),
    ],
)
def test_every_answer_guards_the_reader(client: FlaskClient, method: str, path: str, body: bytes, status: int) -> None:
    answer = client.open(path, method=method, data=body, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", COMPLAINTS, b"{", 400, "malformed"),
        ("GET", COMPLAINTS, b"", 401, "not_signed_in"),
        ("GET", f"{COMPLAINTS}/QS20261121-0000123-7", b"", 404, "not_found"),
        ("GET", "/api/v1/nothing", b"", 404, "not_found"),
        ("DELETE", COMPLAINTS, b"", 405, "method_not_allowed"),
        ("POST", COMPLAINTS, b" " * (1024 * 1024 + 1), 413, "request_entity_too_large"),
        ("POST", COMPLAINTS, b"{}", 422, "invalid"),
    ],
)
def test_every_error_has_one_shape(
    client: FlaskClient, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    answer = client.open(path, method=method, data=body, headers=JSON)
    told(answer, status)
    assert answer.json["code"] == code


def test_a_filing_names_the_address_of_the_complaint(client: FlaskClient) -> None:
    answer = client.post(COMPLAINTS, json=filing())
    assert answer.headers["Location"] == f"{COMPLAINTS}/{answer.json['number']}"


def test_an_invented_method_makes_no_series_of_its_own(client: FlaskClient) -> None:
    told(client.open("/livez", method="BREW"), 405)
    labels = {"route": "None", "status": "405"}
    assert REGISTRY.get_sample_value("qst_request_seconds_count", {**labels, "method": "BREW"}) is None
    assert REGISTRY.get_sample_value("qst_request_seconds_count", {**labels, "method": "-"})


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def filed(client: FlaskClient) -> dict[str, str]:
    """A complaint's address and its query code."""
    answer = client.post(COMPLAINTS, json=filing()).json
    return {"url": f"{COMPLAINTS}/{answer['number']}", "code": answer["query_code"]}


def read(client: FlaskClient, filed: dict[str, str], **headers: str) -> Any:
    return client.get(filed["url"], headers={"X-Query-Code": filed["code"], **headers})


def withdraw(client: FlaskClient, filed: dict[str, str], **headers: str) -> Any:
    url = f"{filed['url']}/actions/withdraw"
    return client.post(url, json={}, headers={"X-Query-Code": filed["code"], **headers})


def test_who_has_the_version_already_gets_no_body(client: FlaskClient, filed: dict[str, str]) -> None:
    version = read(client, filed).headers["ETag"]
    again = read(client, filed, **{"If-None-Match": version})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == version


@pytest.mark.parametrize("version", ['"0"', "rubbish", '"', ""])
def test_who_has_another_version_gets_the_complaint(client: FlaskClient, filed: dict[str, str], version: str) -> None:
    assert read(client, filed, **{"If-None-Match": version}).status_code == 200


def test_an_action_makes_a_new_version(client: FlaskClient, filed: dict[str, str]) -> None:
    before = read(client, filed).headers["ETag"]
    done = withdraw(client, filed, **{"If-Match": before})
    assert done.status_code == 200
    assert done.headers["ETag"] != before
    assert read(client, filed, **{"If-None-Match": before}).status_code == 200
    assert read(client, filed, **{"If-None-Match": done.headers["ETag"]}).status_code == 304


def test_who_read_before_somebody_else_acted_is_told_to_read_again(client: FlaskClient, filed: dict[str, str]) -> None:
    before = read(client, filed).headers["ETag"]
    assert withdraw(client, filed).status_code == 200
    stale = withdraw(client, filed, **{"If-Match": before})
    told(stale, 412)
    assert stale.json["code"] == "stale"


# --- outages ----------------------------------------------------------------------------------------------------------


@contextmanager
def connection_lost_before(statement: str) -> Iterator[None]:
    """The server ends the connection just before it would run a statement."""

    def lose(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        if text.startswith(statement):
            event.remove(db.engine, "before_cursor_execute", lose)
            url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(url, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s, 5000)", [cursor.connection.info.backend_pid])

    event.listen(db.engine, "before_cursor_execute", lose)
    try:
        yield
    finally:
        if event.contains(db.engine, "before_cursor_execute", lose):
            event.remove(db.engine, "before_cursor_execute", lose)


@pytest.mark.parametrize("statement", ["\nWITH filed AS (INSERT INTO complaints", "INSERT INTO answers"])
def test_a_connection_lost_while_filing_is_an_outage_that_stores_nothing(client: FlaskClient, statement: str) -> None:
    with connection_lost_before(statement):
        answer = client.post(COMPLAINTS, json=filing(), headers={"Idempotency-Key": "once"})
    told(answer, 503)
    assert (answer.json["code"], answer.headers["Retry-After"]) == ("unavailable", "5")
    assert "同一个 Idempotency-Key" in answer.json["message"]
    assert sum(counted()) == 0
    again = client.post(COMPLAINTS, json=filing(), headers={"Idempotency-Key": "once"})
    assert again.status_code == 201
    assert counted()[0] == 1


def test_a_database_that_cannot_be_reached_is_an_outage(config: Config) -> None:
    away = create_app(replace(config, database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    away.testing = True
    client = away.test_client()
    told(client.post(COMPLAINTS, json=filing()), 503)
    told(client.get(COMPLAINTS, headers={"Authorization": "Bearer x"}), 503)
    told(client.get(f"{COMPLAINTS}/QS20261121-0000123-7", headers={"X-Query-Code": "x"}), 503)
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503


@pytest.mark.usefixtures("unguarded")
def test_a_pool_without_a_free_connection_is_an_outage(
    client: FlaskClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*args: Any) -> None:
        raise PoolTimeout("QueuePool limit of size 5 overflow 10 reached")

    headers = people.headers("supervisor", "150000")
    monkeypatch.setattr(listing, "page", exhausted)
    told(client.get(COMPLAINTS, headers=headers), 503)


@pytest.mark.usefixtures("unguarded")
def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: Any) -> None:
        raise ValueError(f"{PERSONAL} /etc/secret.key")

    monkeypatch.setattr(intake, "file_complaint", fail)
    answer = client.post(COMPLAINTS, json=filing())
    assert told(answer, 500) == {}
    assert answer.json["code"] == "internal"
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    (fault,) = (line for line in lines if line["event"] == "unexpected")
    assert fault["kind"] == "ValueError"
    assert fault["request_id"] == answer.json["request_id"]
    assert "test_http.py" in fault["place"]
    assert_nothing_personal(json.dumps(lines, ensure_ascii=False))
    assert "secret" not in answer.text + json.dumps(lines)
    assert sum(counted()) == 0


# --- the log ----------------------------------------------------------------------------------------------------------


def assert_nothing_personal(log: str) -> None:
    for word in (*PERSONAL.values(), "+8613947861234", "河套", "五原", "货款"):
        assert word not in log


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({}, 201, id="filed"),
        pytest.param({"region": "五原"}, 422, id="a wrong field"),
        pytest.param({"contact": {**PERSONAL, "phone": "13947861234x5x"}}, 422, id="a wrong number"),
        pytest.param({"13947861234": "白鹭女士"}, 422, id="data for a field name"),
    ],
)
def test_the_log_says_that_something_was_filed_and_not_by_whom(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], changes: dict[str, Any], status: int
) -> None:
    answer = client.post(f"{COMPLAINTS}?who=13947861234", json=filing(**{"contact": PERSONAL, **changes}))
    assert answer.status_code == status
    log = capfd.readouterr().err
    (line,) = (json.loads(line) for line in log.splitlines())
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "POST", COMPLAINTS, status)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert_nothing_personal(log)


def test_the_log_keeps_neither_number_nor_query_code_nor_token(
    client: FlaskClient, filed: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    read(client, filed)
    client.get(COMPLAINTS, query_string={"q": "13947861234"}, headers={"Authorization": "Bearer qst_secret"})
    client.get("/nothing/13947861234")
    log = capfd.readouterr().err
    assert len(log.splitlines()) == 3
    for secret in (filed["code"], filed["url"].rpartition("/")[2], "qst_secret", "13947861234"):
        assert secret not in log


def test_a_lost_database_is_logged_without_the_statement_or_its_values(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    with connection_lost_before("\nWITH filed AS (INSERT INTO complaints"):
        client.post(COMPLAINTS, json=filing(contact=PERSONAL))
    log = capfd.readouterr().err
    assert "database_away" in log
    assert "INSERT" not in log
    assert_nothing_personal(log)
