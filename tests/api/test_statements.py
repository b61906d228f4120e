"""What a request costs the database. BEGIN, COMMIT and the pool's ping come on top."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.directory import operations as directory
from tests.caller import Caller
from tests.factories import People, filing
from tests.statements import counted

LENGTHS = (1, 20, 100)


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the reference data changed is asked at most once a second: here, never."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Caller(app)


def file(client: FlaskClient, headers: dict[str, str], **changes: Any) -> None:
    answer = client.post("/api/v1/complaints", json=filing(**changes), headers=headers)
    assert answer.status_code == 201, answer.text


def statements_of_a_filing(client: FlaskClient, headers: dict[str, str]) -> list[str]:
    """Those of a second filing: a process's first one reads the clock rules and the calendar."""
    file(client, headers | {"Idempotency-Key": "first"} if "Idempotency-Key" in headers else headers)
    with counted() as sent:
        file(client, headers, enterprise={"name": "河套试剂有限公司", "uscc": "91150100MA0MW4Q31H"})
    return sent


def test_a_public_filing_takes_two_statements(client: FlaskClient) -> None:
    sent = statements_of_a_filing(client, {})
    assert len(sent) == 2, sent


@pytest.mark.parametrize(("role", "place"), [("system", None), ("operator", "150000")])
def test_a_filing_of_somebody_signed_in_with_a_key_takes_six_at_most(
    client: FlaskClient, people: People, role: str, place: str | None
) -> None:
    sent = statements_of_a_filing(client, people.headers(role, place) | {"Idempotency-Key": "second"})
    assert len(sent) <= 6, sent


def test_a_list_page_takes_as_many_statements_for_a_hundred_rows_as_for_one_and_four_at_most(
    client: FlaskClient, people: People
) -> None:
    for serial in range(max(LENGTHS)):
        file(client, {}, title=f"第 {serial} 件")
    reader, numbers = people.headers("supervisor", "150000"), set()
    for length in LENGTHS:
        with counted() as sent:
            page = client.get(f"/api/v1/complaints?limit={length}", headers=reader).json
        assert page is not None
        assert len(page["items"]) == length
        numbers.add(len(sent))
    assert len(numbers) == 1
    assert max(numbers) <= 4, sent
