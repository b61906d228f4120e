"""However a filing is wrong: the right 4xx, the field and a Chinese sentence, nothing stored, never a fault of ours."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.refusals import COMPLAINTS, CREDIT_CODE, JSON, MISTYPED, send, told
from tests.factories import filing

pytestmark = pytest.mark.usefixtures("nothing_stored")

DEEP = 100_000
DIGITS = "9" * 5000

# Every text of a filing and its longest length.
TEXTS = {
    "body": 20_000,
    "title": 200,
    "enterprise.name": 200,
    "contact.name": 50,
    "respondent.name": 200,
    "source.system": 50,
    "source.number": 100,
    "debt.contract_number": 100,
    "promise.by": 200,
    "promise.content": 2000,
    "promise.document": 200,
    "policy.name": 200,
    "policy.document": 200,
    "policy.answered": 2000,
}
CODES = ("region", "nature", "category", "channel", "enterprise.size", "respondent.kind", "debt.object")
LISTS = ("flags", "gates", "debt.excuses")
DAYS = (
    "debt.signed_on",
    "debt.delivered_on",
    "debt.accepted_on",
    "debt.due_on",
    "promise.made_on",
    "policy.applied_on",
)
OBJECTS = ("enterprise", "contact", "respondent", "debt", "promise", "policy", "source")
# What an object needs beside the field that is wrong.
NEEDED = {"source": {"system": "12345"}}

BAD_TEXTS: Mapping[str, Any] = {
    "null": None, "number": 5, "boolean": True, "list": ["货款"], "object": {"a": "货款"}, "empty": "",
    "blank": " \u3000\n ",
    "zero-width": "\u200b\u200d\ufeff", "NUL": "货\0款", "escape": "货\x1b款", "high surrogate": "货\ud800款",
    "low surrogate": "货\udfff款",
}  # fmt: skip
BAD_CODES: Mapping[str, Any] = {
    "null": None, "number": 150821, "boolean": True, "list": [], "object": {}, "empty": "", "unknown": "nowhere",
    "SQL": "' OR 1=1 --", "NUL": "150821\0", "surrogate": "\ud800",
}  # fmt: skip
BAD_LISTS: Mapping[str, tuple[Any, str]] = {
    "null": (None, ""), "text": ("urgent", ""), "object": ({}, ""), "number": (1, ""), "too many": (["urgent"] * 9, ""),
    "unknown": (["nothing"], ".0"), "number inside": ([1], ".0"), "list inside": ([[]], ".0"),
    "null inside": ([None], ".0"),
    "surrogate inside": (["\ud800"], ".0"),
}  # fmt: skip
BAD_DAYS: Mapping[str, Any] = {
    "null": None, "no such day": "2026-02-30", "year 1": "0001-01-01", "year 9999": "9999-12-31", "number": 20260313,
    "words": "去年三月", "moment": "2026-03-13T00:00:00", "full-width": "２０２６-03-13", "empty": "", "list": [],
    "surrogate": "\ud800", "NUL": "2026-03-13\0",
}  # fmt: skip
BAD_OBJECTS: Mapping[str, Any] = {"null": None, "text": "河套", "number": 1, "list": [], "boolean": False}
BAD_VALUES: Mapping[str, Mapping[str, Any]] = {
    "amount": {
        "null": None, "zero": 0, "negative": -1, "huge": 10**12, "three decimals": 0.001,
        "three decimals as text": "1.001",
        "exponent as text": "1e5", "full-width": "１２３", "underscore": "1_000", "comma": "1,000", "words": "五百万",
        "NaN as text": "NaN", "infinity as text": "Infinity", "empty": "", "boolean": True, "list": [], "object": {},
        "tiny": 1e-300, "long text": "9" * 30, "surrogate": "\ud800",
    },
    "anonymous": {"null": None, "text": "true", "number": 1, "Chinese": "是", "list": []},
    "confidential": {"null": None, "text": "false", "number": 0, "object": {}},
    "enterprise.uscc": {
        "null": None, "wrong check digit": MISTYPED, "17 characters": CREDIT_CODE[:-1],
        "19 characters": CREDIT_CODE + "K",
        "letter that is not used": "I" + CREDIT_CODE[1:], "empty": "", "number": 911508210000000000,
        "NUL": CREDIT_CODE + "\0",
        "surrogate": CREDIT_CODE[:-1] + "\ud800", "list": [], "Chinese": "统一社会信用代码",
    },
    "contact.phone": {
        "null": None, "words": "没有电话", "too short": "12345", "too long": "1" * 40, "endless": "1" * 10_000,
        "empty": "",
        "impossible": "10000000000", "abroad without such a number": "+1 000 000 0000", "number": 13947800000,
        "list": [],
        "surrogate": "\ud800", "SQL": "' OR 1=1 --",
    },
    "source.due_at": {
        "null": None, "no zone": "2026-12-01T17:30:00", "a day": "2026-12-01",
        "no such day": "2026-02-30T00:00:00+08:00",
        "year 1": "0001-01-01T00:00:00+08:00", "year 9999": "9999-12-31T23:59:59-08:00", "number": 1773394200,
        "empty": "",
        "zone of 25 hours": "2026-12-01T17:30:00+25:00", "surrogate": "\ud800", "words": "年底前",
    },
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good filing with one field made wrong."""
    body = deepcopy(filing())
    outer, _, inner = path.rpartition(".")
    if outer:
        body[outer] = {**NEEDED.get(outer, {}), **body.get(outer, {}), inner: value}
    else:
        body[path] = value
    return body


def wrong_fields() -> Iterator[Any]:
    """(filing, field) for each thing that can be wrong with each field."""
    for path, longest in TEXTS.items():
        for name, value in {**BAD_TEXTS, "too long": "长" * (longest + 1)}.items():
            yield pytest.param(changed(path, value), path, id=f"{path}: {name}")
    for paths, values in ((CODES, BAD_CODES), (DAYS, BAD_DAYS), (OBJECTS, BAD_OBJECTS)):
        for path in paths:
            for name, value in values.items():
                yield pytest.param(changed(path, value), path, id=f"{path}: {name}")
    for path in LISTS:
        for name, (value, index) in BAD_LISTS.items():
            yield pytest.param(changed(path, value), path + index, id=f"{path}: {name}")
    for path, cases in BAD_VALUES.items():
        for name, value in cases.items():
            yield pytest.param(changed(path, value), path, id=f"{path}: {name}")
    for path in ("unknown", "Body", "body ", "id", "number", "status", "__class__", "长" * 200, "a.b", "",
                 "enterprise.unknown", "contact.email", "respondent.uscc", "debt.unknown", "promise.unknown",
                 "policy.unknown", "source.unknown"):  # fmt: skip
        field = path[:80] if path != "a.b" else path
        body = {**filing(), "a.b": 1} if path == "a.b" else changed(path, 1)
        yield pytest.param(body, field, id=f"unknown field {field!r}")


@pytest.mark.parametrize(("body", "field"), [*wrong_fields()])
def test_a_filing_with_one_wrong_field_is_refused_and_the_field_is_named(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    errors = told(send(client, COMPLAINTS, body), 422)
    assert {name: len(sentences) for name, sentences in errors.items()} == {field: 1}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        pytest.param({"enterprise": None}, {"enterprise"}, id="no enterprise"),
        pytest.param({"contact": None}, {"contact"}, id="no contact"),
        pytest.param({"contact": None, "enterprise": None}, {"contact", "enterprise"}, id="neither"),
        pytest.param({"contact": {}}, {"contact.phone"}, id="contact without a number"),
        pytest.param({"contact": {"name": "白女士"}}, {"contact.phone"}, id="contact with a name only"),
        pytest.param({"enterprise": {}}, {"enterprise.name"}, id="enterprise without a name"),
        pytest.param({"respondent": {}}, {"respondent.name"}, id="respondent without a name"),
        pytest.param({"anonymous": True}, {"contact", "enterprise"}, id="anonymous and named"),
        pytest.param({"anonymous": True, "enterprise": None}, {"contact"}, id="anonymous with a number"),
        pytest.param({"anonymous": True, "contact": None}, {"enterprise"}, id="anonymous enterprise with a name"),
        pytest.param({"source": {"number": "1"}}, {"source.system"}, id="a number of no system"),
        pytest.param({"body": None}, {"body"}, id="no text"),
        pytest.param({"amount": -1, "region": "0", "nature": "x"}, {"amount", "region", "nature"}, id="three at once"),
        pytest.param({"flags": ["urgent"]}, {"flags"}, id="a citizen's flag"),
        pytest.param({"source": {"system": "12345"}}, {"source"}, id="a citizen's source"),
        pytest.param({"channel": "hotline"}, {"channel"}, id="a citizen's channel"),
    ],
)
def test_a_filing_that_does_not_fit_together_is_refused(
    client: FlaskClient, changes: dict[str, Any], fields: set[str]
) -> None:
    assert set(told(client.post(COMPLAINTS, json=filing(**changes)), 422)) == fields


def text(**changes: Any) -> str:
    return json.dumps(filing(**changes), ensure_ascii=False)


UNREADABLE = {
    "broken JSON": b'{"body": "',
    "two documents": b"{}{}",
    "single quotes": b"{'body': 'x'}",
    "comment": b'{} // "x"',
    "trailing comma": b'{"body": "x",}',
    "not JSON at all": "我要投诉".encode(),
    "form": b"body=%E6%AC%A0%E6%AC%BE",
    "blank": b"  \n",
    "NUL only": b"\0",
    "raw NUL in a text": text().replace("货早", "货\0早").encode(),
    "raw line feed in a text": text().replace("货早", "货\n早").encode(),
    "broken UTF-8": text().encode().replace("货".encode(), b"\xe8\xb4"),
    "raw high surrogate": text().encode().replace("货".encode(), b"\xed\xa0\x80"),
    "raw low surrogate": text().encode().replace("货".encode(), b"\xed\xbf\xbf"),
    "overlong NUL": text().encode().replace("货".encode(), b"\xc0\x80"),
    "GBK": text().encode("gbk"),
    "UTF-16": text().encode("utf-16"),
    "endless lists": b"[" * DEEP + b"]" * DEEP,
    "endless lists left open": b"[" * DEEP,
    "endless objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "lists too deep": b"[" * 13 + b"]" * 13,
    "objects too deep": b'{"a":' * 13 + b"1" + b"}" * 13,
    "deep in a field": text().replace("1250000", "[" * 400 + "]" * 400).encode(),
    "endless integer": text().replace("1250000", DIGITS).encode(),
    "endless fraction": text().replace("1250000", "0." + DIGITS).encode(),
    "endless exponent": text().replace("1250000", "1e" + DIGITS).encode(),
    "endless integer in an unknown field": b'{"x": ' + DIGITS.encode() + b"}",
    "NaN": text().replace("1250000", "NaN").encode(),
    "Infinity": text().replace("1250000", "Infinity").encode(),
    "negative Infinity": text().replace("1250000", "-Infinity").encode(),
    "the same field twice": text()[:-1].encode() + b', "amount": 5}',
    "the same field twice inside": text().replace('"name": "河套', '"name": "青山", "name": "河套').encode(),
    "a hundred thousand fields": json.dumps({str(index): 0 for index in range(DEEP)}, separators=(",", ":")).encode(),
}


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in UNREADABLE.items()])
def test_a_body_that_cannot_be_read_is_refused(client: FlaskClient, raw: bytes) -> None:
    assert list(told(client.post(COMPLAINTS, data=raw, headers=JSON), 400)) == ["body"]


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"5", b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, raw: bytes) -> None:
    assert "body" in told(client.post(COMPLAINTS, data=raw, headers=JSON), 422)


@pytest.mark.parametrize("raw", [b"", b"{}"])
def test_a_body_with_nothing_in_it_is_told_what_is_missing(client: FlaskClient, raw: bytes) -> None:
    assert set(told(client.post(COMPLAINTS, data=raw, headers=JSON), 422)) == {"body", "enterprise", "contact"}


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400"])
def test_an_amount_beyond_all_numbers_is_refused(client: FlaskClient, number: str) -> None:
    raw = text().replace("1250000", number).encode()
    assert list(told(client.post(COMPLAINTS, data=raw, headers=JSON), 422)) == ["amount"]


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 5 * 1024 * 1024])
def test_a_body_over_a_megabyte_is_refused(client: FlaskClient, size: int) -> None:
    raw = text().encode()
    assert list(told(client.post(COMPLAINTS, data=raw + b" " * (size - len(raw)), headers=JSON), 413)) == ["body"]


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "json", "a" * 5000,
     "multipart/form-data; boundary=x", "application/json; charset=gbk", "application/json; charset=utf-16"],
)  # fmt: skip
def test_only_json_in_utf_8_is_read(client: FlaskClient, content_type: str) -> None:
    answer = client.post(COMPLAINTS, data=text().encode(), headers={"Content-Type": content_type})
    assert list(told(answer, 415)) == ["body"]


@pytest.mark.parametrize(
    "key",
    [pytest.param("", id="empty"), pytest.param("k" * 201, id="too long"), pytest.param("k" * 100_000, id="endless"),
     pytest.param("caf\xe9", id="not ASCII"), pytest.param("a b", id="with a space"),
     pytest.param("a\tb", id="with a tab")],
)  # fmt: skip
def test_an_idempotency_key_is_visible_ascii_of_limited_length(client: FlaskClient, key: str) -> None:
    answer = client.post(COMPLAINTS, json=filing(), headers={"Idempotency-Key": key})
    assert list(told(answer, 400)) == ["Idempotency-Key"]


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer wrong", "bearer wrong", "Bearer a b c", "Basic d2FuZzp4", "Token x", "wrong", "\xe9",
     "Bearer " + "x" * 100_000, "Bearer \xff\xfe", "Bearer ' OR 1=1 --"],
)  # fmt: skip
def test_a_token_that_does_not_hold_files_nothing(client: FlaskClient, authorization: str) -> None:
    answer = client.post(COMPLAINTS, json=filing(), headers={"Authorization": authorization})
    told(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
