"""What a list is asked for: each filter gives what it says, and numbers of persons stay out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.accounts.rules import Grant
from service.complaints import listing
from service.complaints.wanted import Wanted
from tests.caller import Caller
from tests.casework import ways
from tests.complaints.lists import BANNER, LEAGUE, OTHER, REGION, Look, numbers, stand
from tests.factories import People, filing


def test_filters_narrow_a_list_alone_and_together(app: Flask, look: Look) -> None:
    owed = stand(department="150821-health", status="handling")
    delayed = stand(ways.DELAYED, department="150821-services", status="handling")
    replied = stand(department="150821-health", status="replied")
    assert numbers(look()) == [replied, delayed, owed]
    assert numbers(look(department="150821-health")) == [replied, owed]
    assert numbers(look(status="handling")) == [delayed, owed]
    assert numbers(look(family="approval")) == [delayed]
    assert numbers(look(department="150821-health", status="handling", family="arrears")) == [owed]
    assert numbers(look(family="tax")) == []


def test_a_region_means_everything_below_it(app: Flask, look: Look) -> None:
    banner, other = stand(region=BANNER), stand(region=OTHER)
    league, nowhere = stand(region=LEAGUE), stand(region=None)
    elsewhere = stand(region="150102")
    assert numbers(look(region=BANNER)) == [banner]
    assert numbers(look(region=LEAGUE)) == [league, other, banner]
    assert numbers(look(region=REGION)) == [elsewhere, league, other, banner]
    assert nowhere in numbers(look())


def test_overdue_and_soon_are_told_apart_and_only_of_open_complaints(app: Flask, look: Look) -> None:
    now, minute = clock.now(), timedelta(minutes=1)
    late, long_late = stand(due_at=now - minute), stand(due_at=now - timedelta(days=9))
    at_once, soon = stand(due_at=now), stand(due_at=now + timedelta(days=2) - minute)
    later, closed = stand(due_at=now + timedelta(days=2)), stand(due_at=now - minute, status="closed")
    assert numbers(look(due="overdue")) == [long_late, late]
    assert numbers(look(due="soon")) == [soon, at_once]
    assert later not in numbers(look(due="soon"))
    assert closed not in numbers(look(due="overdue"))
    assert numbers(look(sort="due", due="soon")) == [at_once, soon]


@pytest.mark.parametrize(
    "nothing",
    [{"queues": ()}, {"numbers": ()}, {"ids": ()}, {"actions": ()}, {"pending": ()}, {"to_rule": ()}, {"assignee": 0}],
    ids=str,
)
def test_an_empty_choice_finds_nothing_and_nought_is_a_number(
    app: Flask, people: People, nothing: dict[str, Any]
) -> None:
    stand()
    reader = people.reader("supervisor", REGION)
    whole, none = listing.totals([Wanted(), Wanted(**nothing)], reader, clock.now())
    assert (whole, none) == (1, 0)


def test_words_are_found_in_title_and_text_in_any_order_and_all_of_them(app: Flask, look: Look) -> None:
    reagents = stand(replace(ways.OWED, title="检验试剂货款", body="县医院欠我们钱。"))
    licence = stand(ways.DELAYED)
    assert numbers(look(q="检验试剂")) == [reagents]
    assert numbers(look(q="医院 试剂")) == [reagents]
    assert numbers(look(q="食品经营许可证")) == [licence]
    assert numbers(look(q="试剂 许可证")) == []
    assert numbers(look(q="光伏")) == []


@pytest.mark.parametrize(
    "q", ["13947812345", "1394781", "12345", "91150100MA0MW4Q31H", "MA0MW4Q31H", "152801198503120031"]
)
def test_nobody_is_found_by_a_number_in_the_text(app: Flask, look: Look, q: str) -> None:
    body = "五原县人民医院欠货款，请打 13947812345，代码 91150100MA0MW4Q31H，身份证 152801198503120031。"
    number = stand(replace(ways.OWED, body=body))
    assert numbers(look(q="货款")) == [number]
    assert numbers(look(q=q)) == []


@pytest.mark.parametrize("q", ["'", "\\", "' | '", "a:*", "!货款", "货款 & 医院", "<->", "货款';--", "%", "*", "（）"])
def test_whatever_stands_in_a_query_is_only_words(client: Caller, people: People, q: str) -> None:
    stand()
    headers = people.headers("supervisor", REGION)
    answer = client.get("/api/v1/complaints", query_string={"q": q}, headers=headers)
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.json is not None
        assert list(answer.json["errors"]) == ["q"]


def test_a_very_long_word_in_a_text_does_not_keep_it_from_being_filed(app: Flask, look: Look) -> None:
    number = stand(replace(ways.OWED, body="医院欠货款，附链接 https://example.com/" + "a" * 15_000))
    assert numbers(look(q="货款")) == [number]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "1e2"),
        ("status", "done"),
        ("due", "tomorrow"),
        ("sort", "oldest"),
        ("family", "arrears.construction"),
        ("region", "999999"),
        ("department", "150821-nobody"),
        ("q", ""),
        ("q", "长" * 101),
        ("cursor", "A" * 201),
        ("page", "2"),
    ],
)
def test_a_filter_that_is_none_is_named(client: Caller, people: People, name: str, value: str) -> None:
    headers = people.headers("supervisor", REGION)
    answer = client.get("/api/v1/complaints", query_string={name: value}, headers=headers)
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["errors"]) == {name}


# --- by phone and credit code ----------------------------------------------------------------------------------------


def test_a_phone_or_a_credit_code_finds_its_complaints_however_it_is_written(app: Flask, search: Look) -> None:
    mine, _ = stand(), stand(replace(ways.OWED, contact_phone="+8613947812345", uscc=None))
    for wanted in (
        {"phone": "0471-6601234"},
        {"phone": "+86 471 6601234"},
        {"uscc": "91150100MA0MW4Q31H"},
        {"uscc": "91150100ma0mw4q31h"},
        {"phone": "04716601234", "uscc": "91150100MA0MW4Q31H", "status": "submitted"},
    ):
        assert numbers(search(**wanted).json) == [mine], wanted
    assert numbers(search(phone="0471-6601235").json) == []
    assert set(search(phone="123").json["errors"]) == {"phone"}
    assert set(search(uscc="91150100MA0MW4Q31X").json["errors"]) == {"uscc"}


@pytest.mark.parametrize("field", ["phone", "uscc"])
def test_a_number_of_a_person_is_no_part_of_an_address(client: Caller, people: People, field: str) -> None:
    value = {"phone": "04716601234", "uscc": "91150100MA0MW4Q31H"}[field]
    answer = client.get(f"/api/v1/complaints?{field}={value}", headers=people.headers("dispatcher", REGION))
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["errors"]) == {field}
    assert value not in answer.text


@pytest.mark.parametrize("wanted", [{"phone": "0471-6601234"}, {"uscc": "91150100MA0MW4Q31H"}])
@pytest.mark.parametrize(("role", "finds"), [("dispatcher", True), ("operator", False), ("auditor", False)])
def test_who_may_not_know_a_confidential_writer_does_not_find_him_by_number(
    client: Caller, people: People, wanted: dict[str, str], role: str, finds: bool
) -> None:
    open_one, kept = stand(), stand(replace(ways.OWED, confidential=True))
    headers = people.headers(role, **({} if role == "auditor" else {"place": REGION}))
    answer = client.post("/api/v1/complaints/search", json=wanted, headers=headers)
    assert numbers(answer.json) == [kept, open_one][0 if finds else 1 :]


@pytest.mark.parametrize("wanted", [{"phone": "0471-6601234"}, {"uscc": "91150100MA0MW4Q31H"}])
@pytest.mark.parametrize(
    ("departments", "finds"),
    [(["150821-health"], True), (["150821-finance"], False), (["150821-industry"], False),
     (["150821-finance", "150821-health"], True)],
)  # fmt: skip
def test_who_helps_or_received_it_finds_a_confidential_writer_by_number_only_as_its_handler(
    client: Caller, people: People, wanted: dict[str, str], departments: list[str], finds: bool
) -> None:
    stands = {"department": "150821-health", "status": "handling", "co_departments": ["150821-finance"],
              "receiver": "150821-industry", "regimes": ["802"]}  # fmt: skip
    open_one, kept = stand(**stands), stand(replace(ways.OWED, confidential=True), **stands)
    headers = people.holding(*(Grant("handler", None, None, department) for department in departments))
    assert numbers(client.get("/api/v1/complaints", headers=headers).json) == [kept, open_one]
    answer = client.post("/api/v1/complaints/search", json=wanted, headers=headers)
    assert numbers(answer.json) == [kept, open_one][0 if finds else 1 :]


def test_nobody_finds_a_confidential_complaint_by_the_name_that_it_keeps(app: Flask, look: Look) -> None:
    told = replace(ways.OWED, title="河套试剂有限公司催要货款", body="我是河套试剂的白女士，医院欠货款。")
    open_one, kept = stand(told), stand(replace(told, confidential=True))
    assert numbers(look(q="货款")) == [kept, open_one]
    for q in ("河套试剂", "河套", "白女士"):
        assert numbers(look(q=q)) == [open_one], q


def test_an_account_finds_its_own_confidential_complaint_by_number(client: Caller, people: People) -> None:
    for role in ("enterprise", "system"):
        headers = people.headers(role)
        filed = client.post("/api/v1/complaints", json=filing(confidential=True), headers=headers).json
        assert filed is not None
        answer = client.post("/api/v1/complaints/search", json={"phone": "0471-6601234"}, headers=headers)
        assert numbers(answer.json) == [filed["number"]]
