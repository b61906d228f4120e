"""What looks like an attack or an accident, and is only somebody's text, is taken and given back as it came."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service.complaints.models import Complaint
from service.db import db
from tests.api.refusals import COMPLAINTS, CREDIT_CODE, JSON, counted
from tests.factories import People, filing

HOSTILE = {
    "SQL": "货款'); DROP TABLE complaints; --",
    "SQL with a union": "' UNION SELECT password_hash FROM users WHERE '1'='1",
    "HTML": "<script>alert(\"货款\")</script><img src=x onerror='x'>&amp;&#39;",
    "template": "{{ config.items() }} ${7*7} {% raw %} #{x}",
    "format": "%s %(name)s %n {0.__class__} \\x00 \\u0000 \\",
    "header": "货款 Set-Cookie: x=1",
    "spreadsheet": '=HYPERLINK("http://example.test")',
    "shell": "$(reboot); `reboot` | cat /etc/passwd",
}
ODD = {
    "emoji": "货款 💰😭👍🏽 拖了三年 👨\u200d👩\u200d👧 1\ufe0f\u20e3",
    "Mongolian": "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ ᠬᠠᠷ\u180eᠠ ᠪ\u180bᠢ ᠡ\u200dᠭ ᠠ\u200cᠢ",
    "beyond the basic plane": "𠮷野家与㐂公司、𪚥先生拖欠货款",
    "Arabic letters": "قەرز پۇلى تۆلەنمىدى",
    "Tibetan letters": "བུ་ལོན་མ་སྤྲད།",
    "accents": "Müller é e\u0301 ñ",
    "full-width": "ＡＢＣ公司　欠款１２３万元",
    "lines": "一、欠款\n\n\t二、合同\n三、证据",
    "right to left": "欠款 שלום 已久",
    "private use": "公司名里有生僻字\ue000",
}


def stored() -> Complaint:
    db.session.rollback()
    return db.session.scalars(select(Complaint)).one()


def read(client: FlaskClient, answer: Any) -> Any:
    return client.get(
        answer["number"].join((f"{COMPLAINTS}/", "")), headers={"X-Query-Code": answer["query_code"]}
    ).json


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_signs_that_mean_something_to_a_machine_are_only_text(client: FlaskClient, people: People, text: str) -> None:
    given = filing(
        body=text + "，拖欠货款。",
        title=text,
        enterprise={"name": text, "uscc": CREDIT_CODE},
        contact={"name": text[:50].strip(), "phone": "13947800000"},
        respondent={"name": text},
        source={"system": text[:50].strip(), "number": text},
        debt={"contract_number": text},
        promise={"by": text, "content": text, "document": text},
        policy={"name": text, "document": text, "answered": text},
    )
    answer = client.post(COMPLAINTS, json=given, headers=people.headers("system"))
    assert answer.status_code == 201, answer.text
    seen = read(client, answer.json)
    assert seen["text"] == given["body"]
    assert seen["title"] == text
    assert seen["enterprise"]["name"] == text
    assert seen["respondent"]["name"] == text
    assert seen["details"] == {name: given[name] for name in ("debt", "promise", "policy")}
    row = stored()
    assert (row.contact_name, row.source_system, row.source_number) == (text[:50].strip(), text[:50].strip(), text)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in ODD.items()])
def test_every_script_and_sign_is_given_back_unchanged(client: FlaskClient, text: str) -> None:
    name = text.replace("\n", "").replace("\t", "")
    given = filing(body=f"我公司被拖欠货款。{text}", title=name, enterprise={"name": name}, respondent={"name": name})
    answer = client.post(COMPLAINTS, json=given)
    assert answer.status_code == 201, answer.text
    seen = read(client, answer.json)
    assert seen["text"] == given["body"]
    assert {seen["title"], seen["enterprise"]["name"], seen["respondent"]["name"]} == {name}


def test_a_list_shows_them_unchanged_too(client: FlaskClient, people: People) -> None:
    client.post(COMPLAINTS, json=filing(title=HOSTILE["HTML"], enterprise={"name": ODD["Mongolian"]}))
    (row,) = client.get(COMPLAINTS, headers=people.headers("supervisor", "150000")).json["items"]
    assert row["summary"] == HOSTILE["HTML"][:59] + "…"
    assert row["enterprise"]["name"] == ODD["Mongolian"]


def test_numbers_typed_in_full_width_are_understood(client: FlaskClient) -> None:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    given = filing(
        enterprise={"name": "河套试剂有限公司", "uscc": CREDIT_CODE.translate(wide)},
        contact={"phone": "0471-6601234".translate(wide)},
    )
    assert client.post(COMPLAINTS, json=given).status_code == 201
    assert (stored().uscc, stored().contact_phone) == (CREDIT_CODE, "+864716601234")


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("13947800000", "+8613947800000"),
        ("139 4780 0000", "+8613947800000"),
        ("+86 139-4780-0000", "+8613947800000"),
        ("0086 13947800000", "+8613947800000"),
        ("(0471) 6601234", "+864716601234"),
        ("+976 11 312345", "+97611312345"),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(client: FlaskClient, phone: str, kept: str) -> None:
    assert client.post(COMPLAINTS, json=filing(contact={"phone": phone})).status_code == 201
    assert stored().contact_phone == kept


def test_windows_line_ends_become_line_feeds(client: FlaskClient) -> None:
    answer = client.post(COMPLAINTS, json=filing(body="拖欠货款。\r\n合同已到期。\r第三行。"))
    assert read(client, answer.json)["text"] == "拖欠货款。\n合同已到期。\n第三行。"


def test_a_text_of_twenty_thousand_characters_is_taken_whole(client: FlaskClient) -> None:
    body = ("我公司为旗医院供货，货款拖欠一年多。𠮷💰" * 1000)[:20_000]
    answer = client.post(COMPLAINTS, json=filing(body=body))
    assert answer.status_code == 201
    assert read(client, answer.json)["text"] == body


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="behind a byte order mark"),
        pytest.param(lambda text: text + b" " * (1024 * 1024 - len(text)), id="exactly a megabyte"),
        pytest.param(lambda text: b"\r\n\t" + text, id="behind blanks"),
    ],
)
def test_a_body_is_read_however_it_is_wrapped(client: FlaskClient, raw: Any) -> None:
    body = client.application.json.dumps(filing()).encode()
    assert client.post(COMPLAINTS, data=raw(body), headers=JSON).status_code == 201


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "application/problem+json"])
def test_json_is_json_by_whatever_name(client: FlaskClient, content_type: str) -> None:
    body = client.application.json.dumps(filing()).encode()
    assert client.post(COMPLAINTS, data=body, headers={"Content-Type": content_type}).status_code == 201


@pytest.mark.parametrize(
    ("amount", "kept"),
    [(1, "1.00"), (0.01, "0.01"), ("320500.50", "320500.50"), (1e5, "100000.00"), (999999999999.99, "999999999999.99")],
)
def test_an_amount_is_kept_to_the_cent(client: FlaskClient, amount: Any, kept: str) -> None:
    answer = client.post(COMPLAINTS, json=filing(amount=amount))
    assert answer.status_code == 201
    assert read(client, answer.json)["amount"] == kept


def test_staff_and_other_systems_may_say_where_a_filing_comes_from(client: FlaskClient, people: People) -> None:
    given = filing(
        flags=["urgent"], channel="hotline", source={"system": "12345", "due_at": "2027-01-05T17:30:00+08:00"}
    )
    for headers in (people.headers("system"), people.headers("operator", "150000")):
        assert client.post(COMPLAINTS, json=given, headers=headers).status_code == 201
    assert counted()[0] == 2
