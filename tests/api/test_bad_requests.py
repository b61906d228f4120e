"""Whatever else is asked badly: the right 4xx, the field and a Chinese sentence, and nothing changes."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.refusals import COMPLAINTS, CREDIT_CODE, MISTYPED, send, told
from tests.factories import People, filing

pytestmark = pytest.mark.usefixtures("nothing_stored")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_method_that_does_not_exist_is_told_which_do(client: FlaskClient, method: str) -> None:
    answer = client.open(COMPLAINTS, method=method)
    told(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api", "/api/v2/complaints", "/api/v1/complaints/",
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
    return send(client, f"{filed['url']}/actions/{action}", given, **known)


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


@pytest.mark.parametrize("version", ["rubbish", '"0"', '"2"', '"1e0"', "１", "", '"' + "1" * 10_000 + '"', "\xe9"])
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
        *(({"limit": limit}, "limit") for limit in (0, 101, 1.0, 1e300, True, "x", None, [])),
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
    assert list(told(send(client, f"{COMPLAINTS}/search", given, **staff), 422)) == [field]


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


@pytest.fixture
def administrator(people: People) -> dict[str, str]:
    """Somebody who keeps the accounts."""
    return people.headers("administrator")


def test_lists_are_not_for_who_only_keeps_accounts(client: FlaskClient, administrator: dict[str, str]) -> None:
    told(client.get(COMPLAINTS, headers=administrator), 403)
    told(client.post(f"{COMPLAINTS}/search", json={}, headers=administrator), 403)


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
    assert list(told(send(client, "/api/v1/classifications", given), 422)) == [field]


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
    assert list(told(send(client, "/api/v1/tokens", given), 422)) == [field]


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
