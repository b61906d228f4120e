"""Whatever is sent: the right 4xx, the field and a Chinese sentence, nothing stored, and never a fault of ours."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.accounts.models import Token
from service.complaints.models import Complaint, Event
from service.db import db
from service.deadlines.models import Clock
from service.intake.models import Answer
from service.jobs.models import Task
from tests.factories import People, filing

COMPLAINTS = "/api/v1/complaints"
STORED = (Complaint, Event, Clock, Task, Answer, Token)
JSON = {"Content-Type": "application/json"}
DEEP = 100_000
DIGITS = "9" * 5000
# A credit code whose check digit holds, and the same with another one.
CREDIT_CODE, MISTYPED = "91150821MA0N1QK7XK", "91150821MA0N1QK7XJ"

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
        "NUL": "13947800000\0", "surrogate": "\ud800", "SQL": "' OR 1=1 --",
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


def told(response: TestResponse, status: int) -> dict[str, list[str]]:
    """The errors of an answer, once it is sure that a person can read them."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    answer = response.json
    assert set(answer) == {"code", "message", "errors", "request_id"}
    assert answer["request_id"] == response.headers["X-Request-Id"]
    assert_is_chinese(answer["message"])
    assert "Traceback" not in response.text
    for field, sentences in answer["errors"].items():
        for sentence in sentences if field != "allowed_actions" else ():
            assert_is_chinese(sentence)
    return answer["errors"]


def assert_is_chinese(sentence: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in sentence), sentence
    assert sentence[-1] in "。…", sentence


@pytest.fixture(autouse=True)
def nothing_stored(client: FlaskClient, request: pytest.FixtureRequest) -> Iterator[None]:
    """No bad request leaves a trace: what was in the tables before is in them after."""
    # What the test needs is made before it is counted.
    for name in {"filed", "staff", "dispatcher"} & set(request.fixturenames):
        request.getfixturevalue(name)
    before = counted()
    yield
    assert counted() == before


def counted() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in STORED]


# --- filing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "field"), [*wrong_fields()])
def test_a_filing_with_one_wrong_field_is_refused_and_the_field_is_named(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    assert list(told(client.post(COMPLAINTS, json=body), 422)) == [field]


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


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_method_that_does_not_exist_is_told_which_do(client: FlaskClient, method: str) -> None:
    answer = client.open(COMPLAINTS, method=method)
    told(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api", "/api/v2/complaints", "/api/v1/complaints/", "/wp-login.php", "/%00", "/.env",
     "/api/v1/complaints/%00", "/api/v1/complaints/QS20261121-0000123-7%00", "/api/v1/complaints/%0d%0aX-Evil:%201",
     "/api/v1/complaints/%ff%fe", "/api/v1/complaints/%ed%a0%80", "/api/v1/complaints/..%2f..%2fetc%2fpasswd",
     "/api/v1/complaints/' OR 1=1 --", "/api/v1/complaints/<script>", "/api/v1/complaints/%F0%9F%98%80",
     "/api/v1/complaints/" + "9" * 50_000, "/api/v1/complaints/QS20261121-0000123-7/events",
     "/api/v1/complaints/%00/events"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_not_found(client: FlaskClient, path: str) -> None:
    told(client.get(path, headers={"X-Query-Code": "AAAA"}), 404)


# --- working on a complaint ------------------------------------------------------------------------------------------


@pytest.fixture
def filed(client: FlaskClient) -> dict[str, str]:
    """A complaint that was filed well: its address, and the headers that open it."""
    answer = client.post(COMPLAINTS, json=filing()).json
    return {"url": f"{COMPLAINTS}/{answer['number']}", "X-Query-Code": answer["query_code"]}


def act(client: FlaskClient, filed: dict[str, str], action: str, given: Any, **headers: str) -> TestResponse:
    known = {"X-Query-Code": filed["X-Query-Code"], **headers}
    return client.post(f"{filed['url']}/actions/{action}", json=given, headers=known)


@pytest.mark.parametrize(
    ("action", "given", "status", "field"),
    [
        pytest.param("explode", {}, 404, None, id="no such action"),
        pytest.param("%00", {}, 404, None, id="NUL for an action"),
        pytest.param("file", {}, 404, None, id="the machine's own event"),
        pytest.param("accept", {}, 403, None, id="the dispatcher's step"),
        pytest.param("lapse_supplement", {}, 403, None, id="the machine's step"),
        pytest.param("close", {"solved": True}, 409, "allowed_actions", id="too early"),
        pytest.param("withdraw", {"note": 5}, 422, "note", id="number for a note"),
        pytest.param("withdraw", {"note": "\0"}, 422, "note", id="NUL in a note"),
        pytest.param("withdraw", {"note": "\ud800"}, 422, "note", id="surrogate in a note"),
        pytest.param("withdraw", {"note": "长" * 2001}, 422, "note", id="note too long"),
        pytest.param("withdraw", {"note": None}, 422, "note", id="null for a note"),
        pytest.param("withdraw", {"unknown": 1}, 422, "unknown", id="unknown field"),
        pytest.param("withdraw", {"status": "closed"}, 422, "status", id="a state"),
        pytest.param("withdraw", {"reply": "好"}, 422, "reply", id="a field the step has no use for"),
        pytest.param("withdraw", {"solved": "yes"}, 422, "solved", id="text for a flag"),
        pytest.param("withdraw", {"satisfaction": "5"}, 422, "satisfaction", id="unknown satisfaction"),
        pytest.param("withdraw", {"department": "150821-magic"}, 422, "department", id="unknown department"),
        pytest.param("withdraw", {"category": "nothing.at-all"}, 422, "category", id="unknown category"),
        pytest.param("withdraw", [], 422, "body", id="a list"),
    ],
)
def test_a_bad_action_changes_nothing(
    client: FlaskClient, filed: dict[str, str], action: str, given: Any, status: int, field: str | None
) -> None:
    assert list(told(act(client, filed, action, given), status)) == ([field] if field else [])


@pytest.mark.parametrize(
    "version", ["rubbish", '"0"', '"2"', '"1e0"', "１", '"1', "", '"' + "1" * 10_000 + '"', "\xe9"]
)
def test_an_action_on_a_version_that_nobody_has_is_stale(
    client: FlaskClient, filed: dict[str, str], version: str
) -> None:
    told(act(client, filed, "withdraw", {}, **{"If-Match": version.encode().decode("latin-1")}), 412)


@pytest.mark.parametrize("code", ["", "wrong", "AAAA-AAAA-AAAA-AAAA", "\xe9", "x" * 100_000, "' OR 1=1 --"])
def test_a_complaint_does_not_exist_for_who_has_no_query_code(
    client: FlaskClient, filed: dict[str, str], code: str
) -> None:
    told(client.get(filed["url"], headers={"X-Query-Code": code}), 404)
    told(act(client, filed, "withdraw", {}, **{"X-Query-Code": code}), 404)


# --- lists and search ------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(people: People) -> dict[str, str]:
    """Somebody who may see everything."""
    return people.headers("supervisor", "150000")


def cursor(content: str) -> str:
    return urlsafe_b64encode(content.encode()).decode().rstrip("=")


BAD_CURSORS = {
    "words": "abc", "not base64": "!!!", "Chinese": "翻页", "one letter": "a", "no number": cursor("|x"),
    "empty": cursor(""),
    "no mark": cursor("5x"), "broken UTF-8": "__79", "too long": "a" * 201, "NUL": cursor("|1\0"),
}  # fmt: skip
BAD_DUE_CURSORS = {
    "no moment": cursor("|5"), "words": cursor("soon|5"), "before all time": cursor("0001-01-01T00:00:00+14:00|5"),
    "after all time": cursor("9999-12-31T23:59:59-14:00|5"), "naive before all time": cursor("0001-01-01|5"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(pytest.param({"limit": limit}, "limit", id=f"limit {limit!r}")
          for limit in ("0", "101", "-1", "abc", "", "1.5", "1e1", "２０", " 5", "9" * 5000, "0x10", "1_0", "\0")),
        *(pytest.param({"cursor": value}, "cursor", id=f"cursor: {name}") for name, value in BAD_CURSORS.items()),
        *(pytest.param({"cursor": value, "sort": "due"}, "cursor", id=f"cursor by limit: {name}")
          for name, value in BAD_DUE_CURSORS.items()),
        *(pytest.param({name: value}, name, id=f"{name}: {value!r}")
          for name in ("department", "status", "family", "region", "due", "sort")
          for value in ("", "nothing", "' OR 1=1 --", "\0", "%", "<script>")),
        pytest.param({"q": ""}, "q", id="nothing to search for"),
        pytest.param({"q": "。，！"}, "q", id="no word to search for"),
        pytest.param({"q": "\0"}, "q", id="NUL to search for"),
        pytest.param({"q": "长" * 101}, "q", id="too long a search"),
        pytest.param({"q": "长" * 100_000}, "q", id="endless search"),
        pytest.param({"phone": "13947800000"}, "phone", id="a phone number in the address"),
        pytest.param({"uscc": CREDIT_CODE}, "uscc", id="a credit code in the address"),
        pytest.param({"unknown": "1"}, "unknown", id="an unknown filter"),
        pytest.param({"Status": "closed"}, "Status", id="a misspelt filter"),
    ],
)  # fmt: skip
def test_a_list_that_is_asked_for_badly_is_refused(
    client: FlaskClient, staff: dict[str, str], query: dict[str, str], field: str
) -> None:
    assert list(told(client.get(COMPLAINTS, query_string=query, headers=staff), 422)) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        *(({"limit": limit}, "limit") for limit in (0, 101, 1.0, 1e300, True, "x", None, [], float("inf"))),
        *(({"phone": phone}, "phone") for phone in ("", "x", "12345", 13947800000, "\ud800", "\0", None)),
        *(({"uscc": code}, "uscc") for code in ("", MISTYPED, CREDIT_CODE[:-1], 5, "\ud800", None)),
        *(({"cursor": value}, "cursor") for value in (5, [], "\ud800", "\0", None)),
        *(({"q": value}, "q") for value in (5, "\ud800", "\0", "   ", None, "的" * 101)),
        ({"unknown": 1}, "unknown"),
        ([], "body"),
    ],
)
def test_a_search_that_is_asked_for_badly_is_refused(
    client: FlaskClient, staff: dict[str, str], given: Any, field: str
) -> None:
    raw = json.dumps(given).replace("Infinity", "1e400")
    answer = client.post(f"{COMPLAINTS}/search", data=raw, headers={**JSON, **staff})
    assert list(told(answer, 422)) == [field]


@pytest.mark.parametrize(
    "q", ["' | 'x", "货款 & !拖欠", "\\", "'\\'", "a:*", "(", "医院' || '拖欠", "💰", "DROP TABLE"]
)
def test_signs_with_a_meaning_to_the_database_are_only_signs(
    client: FlaskClient, staff: dict[str, str], q: str
) -> None:
    assert client.get(COMPLAINTS, query_string={"q": q}, headers=staff).status_code in {200, 422}


def test_lists_and_search_are_not_for_the_public(client: FlaskClient) -> None:
    told(client.get(COMPLAINTS), 401)
    told(client.post(f"{COMPLAINTS}/search", json={}), 401)


def test_lists_are_not_for_who_only_keeps_accounts(client: FlaskClient, people: People) -> None:
    headers = people.headers("administrator")
    told(client.get(COMPLAINTS, headers=headers), 403)
    told(client.post(f"{COMPLAINTS}/search", json={}, headers=headers), 403)


# --- the rest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": []}, "text"),
        ({"text": ""}, "text"),
        ({"text": "\u200b"}, "text"),
        ({"text": "\0"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"text": "货款", "top": 5}, "top"),
        ([], "body"),
    ],
)
def test_a_text_that_cannot_be_classified_is_refused(client: FlaskClient, given: Any, field: str) -> None:
    assert list(told(client.post("/api/v1/classifications", json=given), 422)) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"login": "wang"}, "password"),
        ({"password": "x"}, "login"),
        ({"login": None, "password": "x"}, "login"),
        ({"login": 5, "password": "x"}, "login"),
        ({"login": "\0", "password": "x"}, "login"),
        ({"login": "\ud800", "password": "x"}, "login"),
        ({"login": "x" * 65, "password": "x"}, "login"),
        ({"login": "wang", "password": None}, "password"),
        ({"login": "wang", "password": 5}, "password"),
        ({"login": "wang", "password": ["x"]}, "password"),
        ({"login": "wang", "password": ""}, "password"),
        ({"login": "wang", "password": "\ud800"}, "password"),
        ({"login": "wang", "password": "x" * 201}, "password"),
        ({"login": "wang", "password": "x", "remember": True}, "remember"),
        ([], "body"),
    ],
)
def test_credentials_that_cannot_be_any_are_refused(client: FlaskClient, given: Any, field: str) -> None:
    assert list(told(client.post("/api/v1/tokens", json=given), 422)) == [field]


@pytest.mark.parametrize("login", ["nobody", "' OR 1=1 --", "王", "💰"])
def test_credentials_that_are_nobodys_open_nothing(client: FlaskClient, login: str) -> None:
    told(client.post("/api/v1/tokens", json={"login": login, "password": "NUL \0 is a password"}), 401)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"region": "999999"}, "region"), ({"region": "\0"}, "region"), ({"kind": "magic"}, "kind"),
     ({"limit": "0"}, "limit"),
     ({"limit": "501"}, "limit"), ({"after": "x" * 61}, "after"), ({"unknown": "1"}, "unknown")],
)  # fmt: skip
def test_departments_that_are_asked_for_badly_are_refused(
    client: FlaskClient, query: dict[str, str], field: str
) -> None:
    assert list(told(client.get("/api/v1/departments", query_string=query), 422)) == [field]
