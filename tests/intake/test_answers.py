"""The same Idempotency-Key gets the same answer for a day, and never files twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from service import clock
from service.complaints.models import Complaint
from service.db import db, transaction
from service.intake import answers, tasks
from service.intake.models import Answer
from tests.caller import Caller
from tests.factories import People, filing
from tests.intake import texts
from tests.intake.conftest import MORNING, File

API = "/api/v1/complaints"
KEY = {"Idempotency-Key": "call-4711"}
SOURCE = {"system": "12345", "number": "NM2026-7"}


def count(model: type = Complaint) -> int | None:
    return db.session.scalar(select(func.count()).select_from(model))


def post(client: FlaskClient, headers: dict[str, str], **changes: Any) -> TestResponse:
    return client.post(API, json=filing(**changes), headers=headers)


# --- one after the other ---------------------------------------------------------------------------------------------


def test_the_same_request_gets_the_same_answer_and_is_filed_once(client: FlaskClient) -> None:
    first, second = post(client, KEY), post(client, KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert first.headers["Location"] == second.headers["Location"] == f"{API}/{first.get_json()['number']}"
    assert count() == 1


def test_the_answer_given_again_still_opens_the_complaint(client: FlaskClient) -> None:
    post(client, KEY)
    answer = post(client, KEY).get_json()
    seen = client.get(f"{API}/{answer['number']}", headers={"X-Query-Code": answer["query_code"]})
    assert seen.status_code == 200


def test_without_a_key_each_request_is_a_filing_of_its_own(file: File) -> None:
    assert file()["number"] != file()["number"]


def test_the_same_key_with_another_text_is_refused_and_stores_nothing(client: FlaskClient) -> None:
    post(client, KEY)
    answer = post(client, KEY, title="另一件事")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "conflict")
    assert list(answer.get_json()["errors"]) == ["Idempotency-Key"]
    assert count() == 1


def test_a_refused_request_does_not_use_its_key_up(client: FlaskClient) -> None:
    assert post(client, KEY, region="999999").status_code == 422
    assert post(client, KEY).status_code == 201


def test_a_key_belongs_to_who_sent_it(file: File, people: People) -> None:
    callers = [{}, people.headers("operator", "150000"), people.headers("enterprise"), people.headers("enterprise")]
    filed = {file({**caller, **KEY})["number"] for caller in callers}
    assert len(filed) == count() == 4


@pytest.mark.parametrize(("hours", "filed"), [(23, 1), (24, 2)])
def test_after_a_day_a_key_files_anew(hours: int, filed: int, file: File, traveller: time_machine.Traveller) -> None:
    first = file(KEY)
    traveller.move_to(MORNING + timedelta(hours=hours))
    second = file(KEY)
    assert (first == second) == (filed == 1)
    assert count() == filed
    assert file(KEY) == second


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "钥匙".encode().decode("latin-1"), "a b", "a\tb"])
def test_a_key_that_is_none_is_refused(key: str, client: FlaskClient) -> None:
    answer = post(client, {"Idempotency-Key": key})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (400, ["Idempotency-Key"])
    assert count() == 0


@pytest.mark.parametrize("key", ["k", "k" * 200, "6f1c2e0a-5f0e-4a55-9d5b-6e0d1c6f2b1a", "!~"])
def test_a_key_is_any_visible_word(key: str, client: FlaskClient) -> None:
    assert post(client, {"Idempotency-Key": key}).status_code == 201


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_the_kept_answer_cannot_be_read_in_the_database(file: File) -> None:
    answer = file(KEY)
    row = db.session.execute(text("SELECT key, fingerprint, body FROM answers")).one()
    for told in (answer["query_code"], answer["number"], "五原县"):
        assert told.encode() not in bytes(row.body)
    assert KEY["Idempotency-Key"].encode() not in bytes(row.key)
    assert db.session.scalars(select(Answer.body)).one().startswith("{")


def test_the_purge_drops_answers_whose_day_is_over_and_no_others(file: File, traveller: time_machine.Traveller) -> None:
    file({"Idempotency-Key": "old"})
    traveller.move_to(MORNING + timedelta(hours=20))
    young = file({"Idempotency-Key": "young"})
    traveller.move_to(MORNING + timedelta(hours=24))
    with transaction():
        tasks.purge_answers()
    assert count(Answer) == 1
    assert file({"Idempotency-Key": "young"}) == young


# --- at the same time ------------------------------------------------------------------------------------------------


def abreast(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let two threads pass a function's end only together, each once."""
    barrier, passed, original = threading.Barrier(2, timeout=20), threading.local(), getattr(module, name)

    def waiting(*args: Any) -> Any:
        result = original(*args)
        if not hasattr(passed, "once"):
            passed.once = True
            barrier.wait()
        return result

    monkeypatch.setattr(module, name, waiting)


def both(*requests: Callable[[], TestResponse]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(requests)) as threads:
        return [future.result(timeout=60) for future in [threads.submit(request) for request in requests]]


@pytest.mark.parametrize("source", [None, SOURCE], ids=["plain", "with a source number"])
def test_two_at_once_with_one_key_are_one_filing_with_one_answer(
    source: dict[str, str] | None, app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = {**people.headers("system"), **KEY}
    abreast(monkeypatch, answers, "given")
    first, second = both(*[lambda: post(Caller(app), caller, source=source)] * 2)
    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert first.get_json() == second.get_json()
    assert (count(), count(Answer)) == (1, 1)


def test_of_two_at_once_with_one_key_and_two_texts_one_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    abreast(monkeypatch, answers, "given")
    done = both(lambda: post(Caller(app), KEY), lambda: post(Caller(app), KEY, body=texts.REFUND))
    assert sorted(answer.status_code for answer in done) == [201, 409]
    assert count() == 1


# --- another system's own number -------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["system", "operator"])
def test_another_systems_number_is_filed_once(second: str, client: FlaskClient, people: People) -> None:
    assert post(client, people.headers("system"), source=SOURCE).status_code == 201
    headers = people.headers(second, "150000" if second == "operator" else None)
    answer = post(client, headers, source=SOURCE)
    assert (answer.status_code, answer.get_json()["message"]) == (409, "这个来源编号已经提交过，请勿重复。")
    assert list(answer.get_json()["errors"]) == ["source.number"]
    assert count() == 1


def test_the_same_number_of_another_system_and_no_number_at_all_are_no_repetition(file: File, people: People) -> None:
    system = people.headers("system")
    for source in (SOURCE, {**SOURCE, "system": "蒙企通"}, {"system": "12345"}, {"system": "12345"}):
        file(system, source=source)
    assert count() == 4


def test_of_two_at_once_with_one_number_one_is_refused(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.complaints import operations as complaints

    caller = people.headers("system")
    abreast(monkeypatch, complaints, "new_query_code")
    done = both(*[lambda: post(Caller(app), caller, source=SOURCE)] * 2)
    assert sorted(answer.status_code for answer in done) == [201, 409]
    assert count() == 1


def test_what_was_kept_a_day_ago_is_not_given(file: File, traveller: time_machine.Traveller) -> None:
    file(KEY)
    key = answers.key_of(KEY["Idempotency-Key"], None, b"another body")
    traveller.move_to(MORNING + timedelta(hours=24))
    assert answers.given(key, clock.now()) is None
