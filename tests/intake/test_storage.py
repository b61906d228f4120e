"""What is kept of a filing, how, and what is nowhere to be read."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from service.complaints.models import Complaint, Event
from service.complaints.numbering import is_number
from service.complaints.operations import CODE_ALPHABET, CODE_LENGTH, code_hash, new_query_code
from service.crypto import keyed_hash
from service.db import db
from service.deadlines.models import Clock
from service.intake.models import Answer as Kept
from tests.factories import People, filing
from tests.intake.conftest import Answer, File, stored

NUMBER = re.compile(r"^QS(\d{8})-(\d{7})-\d$")
NAME, PHONE, USCC = "包海燕", "13947112233", "91150100MA0MW4Q31H"
PERSONAL = {"contact": {"name": NAME, "phone": PHONE}, "enterprise": {"name": "河套试剂有限公司", "uscc": USCC}}


def tables_with(needle: str) -> list[str]:
    """The tables in which a text stands in any row, as characters or as bytes."""
    found = []
    for table in db.metadata.sorted_tables:
        rows = db.session.scalars(text(f'SELECT t::text FROM "{table.name}" t')).all()  # noqa: S608 - our own names
        if any(needle in row or needle.encode().hex() in row for row in rows):
            found.append(table.name)
    return found


# --- what is personal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("personal", [NAME, PHONE, "+86" + PHONE, USCC])
def test_nothing_personal_can_be_read_in_any_table(personal: str, file: File) -> None:
    file({"Idempotency-Key": "k"}, **PERSONAL)
    assert tables_with("河套试剂有限公司") == ["complaints"]
    assert tables_with(personal) == []


def test_what_is_encrypted_is_read_back_through_the_model(file: File) -> None:
    complaint = stored(file(**PERSONAL))
    assert (complaint.contact_name, complaint.contact_phone, complaint.uscc) == (NAME, "+86" + PHONE, USCC)


def test_the_same_phone_is_encrypted_differently_each_time_and_hashed_alike(file: File) -> None:
    for _ in range(2):
        file(**PERSONAL)
    columns = "contact_phone, phone_hash, uscc_hash, uscc"
    first, second = db.session.execute(text(f"SELECT {columns} FROM complaints ORDER BY id")).all()  # noqa: S608
    assert first.contact_phone != second.contact_phone
    assert first.uscc != second.uscc
    assert first.phone_hash == second.phone_hash == keyed_hash("+86" + PHONE, "phone")
    assert first.uscc_hash == second.uscc_hash == keyed_hash(USCC, "uscc")


@pytest.mark.parametrize(
    "wanted", [{"phone": "139 4711 2233"}, {"phone": "+8613947112233"}, {"uscc": USCC}, {"uscc": USCC.lower()}]
)
def test_a_complaint_is_found_by_phone_and_by_credit_code(
    wanted: dict[str, str], client: FlaskClient, file: File, people: People
) -> None:
    file()
    answer = file(**PERSONAL)
    page = client.post("/api/v1/complaints/search", json=wanted, headers=people.headers("supervisor", "150000"))
    assert [item["number"] for item in page.get_json()["items"]] == [answer["number"]]


def test_an_anonymous_filing_holds_nobody(file: File) -> None:
    complaint = stored(file(anonymous=True, enterprise=None, contact=None))
    held = [complaint.enterprise_name, complaint.contact_name, complaint.contact_phone, complaint.uscc]
    assert held == [None] * 4
    assert (complaint.phone_hash, complaint.uscc_hash, complaint.anonymous) == (None, None, True)


def test_who_asked_for_confidentiality_is_not_named_in_lists(client: FlaskClient, file: File, people: People) -> None:
    file(confidential=True)
    page = client.get("/api/v1/complaints", headers=people.headers("supervisor", "150000")).get_json()
    assert page["items"][0]["enterprise"] == {"name": "（已申请保密）"}


# --- number and query code -------------------------------------------------------------------------------------------


def test_a_number_says_the_day_in_shanghai_a_serial_and_a_check_digit(file: File, traveller: Any) -> None:
    traveller.move_to("2026-03-10T16:30:00+00:00")
    number = file()["number"]
    ((day, serial),) = NUMBER.findall(number)
    assert (day, int(serial) > 0) == ("20260311", True)
    assert is_number(number)


def test_two_filings_have_two_numbers_and_a_misread_digit_is_none(file: File) -> None:
    first, second = file()["number"], file()["number"]
    assert first != second
    assert is_number(first)
    at = first.index("-") - 1
    wrong = [first[:at] + digit + first[at + 1 :] for digit in "0123456789" if digit != first[at]]
    assert not any(is_number(number) for number in wrong)


def test_a_query_code_is_drawn_from_more_than_seventy_bits_and_can_be_read_out() -> None:
    codes = {new_query_code() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) == {*CODE_ALPHABET, "-"}
    assert all(re.fullmatch(r"\w{4}-\w{4}-\w{4}-\w{4}", code) for code in codes)
    assert len(CODE_ALPHABET) ** CODE_LENGTH > 2**70
    assert not set(CODE_ALPHABET) & set("01ILOU")


def test_a_query_code_is_stored_only_as_a_hash(file: File) -> None:
    answer = file({"Idempotency-Key": "k"})
    code = answer["query_code"]
    assert tables_with(code) == []
    assert tables_with(code.replace("-", "")) == []
    assert stored(answer).query_code_hash == code_hash(code)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_query_code_opens_the_complaint_however_it_is_typed(
    typed: Callable[[str], str], client: FlaskClient, file: File
) -> None:
    answer = file()
    address = f"/api/v1/complaints/{answer['number']}"
    assert client.get(address, headers={"X-Query-Code": typed(answer["query_code"])}).status_code == 200
    assert client.get(address).status_code == 404


# --- what was said ---------------------------------------------------------------------------------------------------


def test_the_text_is_kept_as_it_was_written_but_for_invisible_junk(file: File) -> None:
    said = "\ufeff第一行：欠款３２万元\u200b（含税）；\r\n　　第二行　<b>不改</b> ' OR 1=1 -- ᠮᠣᠩᠭᠣᠯ 👨‍👩‍👧 …\t尾"
    complaint = stored(file(body=said, title="标题\u200e 照旧"))
    assert complaint.body == "第一行：欠款３２万元（含税）；\n　　第二行　<b>不改</b> ' OR 1=1 -- ᠮᠣᠩᠭᠣᠯ 👨‍👩‍👧 …\t尾"
    assert complaint.title == "标题 照旧"


def test_details_are_kept_and_given_back_as_json(client: FlaskClient, file: File) -> None:
    details = {
        "debt": {"contract_number": "HT-7", "signed_on": "2024-05-06", "due_on": "2024-08-01", "object": "goods",
                 "excuses": ["audit", "no_money"]},
        "promise": {"by": "旗政府", "made_on": "2020-02-29", "content": "一\n二"},
        "policy": {"name": "专精特新奖补", "applied_on": "2025-01-02", "answered": "等通知"},
    }  # fmt: skip
    answer = file(**details)
    assert stored(answer).details == details
    seen = client.get(f"/api/v1/complaints/{answer['number']}", headers={"X-Query-Code": answer["query_code"]})
    assert seen.get_json()["details"] == details


def test_an_amount_is_kept_to_the_cent(file: File) -> None:
    assert stored(file(amount="320500.07")).amount == Decimal("320500.07")
    assert stored(file(amount=999999999999.99)).amount == Decimal("999999999999.99")


def test_what_the_machine_thought_is_kept_with_the_models_version(file: File) -> None:
    complaint = stored(file())
    assert re.fullmatch(r"\d{8}-[0-9a-f]{8}", complaint.model_version)
    assert [set(one) for one in complaint.suggestions] == [{"code", "probability", "sure", "reasons", "against"}] * 3
    assert 0 < complaint.familiarity <= 1


# --- all of it or nothing --------------------------------------------------------------------------------------------

LATE = [
    "service.deadlines.operations.prepare",
    "service.intake.storing.store",
    "service.intake.answers.keep",
]


def hang_up(*_: Any, **__: Any) -> None:
    """The database ends the connection in the middle of the filing."""
    db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def stumble(*_: Any, **__: Any) -> None:
    raise RuntimeError("nobody foresaw it")


def held() -> dict[str, int | None]:
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model))
        for model in (Complaint, Event, Clock, Kept)
    }


@pytest.mark.parametrize("place", LATE)
@pytest.mark.parametrize(("fault", "status"), [(hang_up, 503), (stumble, 500)])
def test_a_filing_that_fails_late_leaves_nothing_and_works_the_next_time(
    place: str, fault: Callable[..., None], status: int, app: Flask, client: FlaskClient, file: File,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(app, "testing", False)
    key = {"Idempotency-Key": "again"}
    with monkeypatch.context() as broken:
        broken.setattr(place, fault)
        answer = client.post("/api/v1/complaints", json=filing(), headers=key)
    assert answer.status_code == status
    assert set(answer.get_json()) == {"code", "message", "errors", "request_id"}
    assert held() == {"complaints": 0, "events": 0, "clocks": 0, "answers": 0}
    db.session.rollback()
    file(key)
    assert held() == {"complaints": 1, "events": 3, "clocks": 5, "answers": 1}


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_holds_the_request_and_nobody(
    app: Flask, client: FlaskClient, file: File, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "testing", False)
    answer: Answer = file(**PERSONAL, body=f"我叫{NAME}，电话{PHONE}，信用代码{USCC}，货款拖欠一年。")
    address = f"/api/v1/complaints/{answer['number']}"
    client.get(address, headers={"X-Query-Code": answer["query_code"]})
    client.get("/api/v1/complaints", query_string={"q": PHONE}, headers={"Authorization": "Bearer qst_secret"})
    client.post("/api/v1/complaints", json=filing(**{**PERSONAL, "contact": {"phone": PHONE[:4]}}))
    monkeypatch.setattr("service.intake.storing.store", stumble)
    client.post("/api/v1/complaints", json=filing(**PERSONAL))
    output = "".join(capfd.readouterr())
    assert output.count('"event": "request"') == 5
    assert '"event": "unexpected"' in output
    secrets = [NAME, PHONE, USCC, "河套试剂", "货款", answer["number"], answer["query_code"], "qst_secret"]
    assert [secret for secret in secrets if secret in output] == []
