"""The one predicate: whoever may not see a complaint finds it nowhere, as if it did not exist."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from service.accounts.rules import Grant
from service.complaints.models import Complaint
from service.complaints.operations import NOT_HERE, NOT_YOURS
from service.db import db, transaction
from tests.caller import Caller
from tests.casework import ways
from tests.factories import People, filing

ABSENT = "QS20260316-9999999-9"
BANNER, OTHER_BANNER, LEAGUE, REGION = "150821", "150822", "150800", "150000"
HELPER = f"{BANNER}-finance"
HEALTH, ABOVE, DISCIPLINE = f"{BANNER}-health", f"{LEAGUE}-health", f"{LEAGUE}-discipline"

# What matters for who sees it; what is not named is as in the first.
CASES: dict[str, dict[str, Any]] = {
    "handled": {"region": BANNER, "dispatch_place": BANNER, "department": HEALTH, "status": "handling"},
    "confidential": {"confidential": True},
    "anonymous": {"anonymous": True},
    "at the desk": {"department": None, "status": "submitted"},
    "handed back": {"status": "handing_back"},
    "suspended": {"status": "suspended"},
    "consulted on": {"status": "consulting", "department": None},
    "withdrawn": {"status": "withdrawn"},
    "merged": {"status": "merged"},
    "replied": {"status": "replied"},
    "answered": {"status": "answered", "department": None},
    "revisited": {"status": "revisited"},
    "redo asked": {"status": "redo_asked"},
    "closed": {"status": "closed"},
    "explained": {"status": "explained"},
    "due": {"pending": ["revisit"]},
    "due and sealed": {"pending": ["revisit"], "sealed": True, "dispatch_place": LEAGUE, "department": DISCIPLINE},
    "sealed at the desk": {"sealed": True, "department": None, "status": "submitted"},
    "sealed above": {"sealed": True, "dispatch_place": LEAGUE, "department": DISCIPLINE},
    "of no place": {"region": None, "dispatch_place": REGION, "department": None, "status": "submitted"},
    "against its handler": {"respondent_department": HEALTH},
    "handled above": {"respondent_department": HEALTH, "dispatch_place": LEAGUE, "department": ABOVE},
    "against the government": {
        "respondent_department": f"{BANNER}-government", "dispatch_place": LEAGUE, "department": None,
        "status": "submitted",
    },
    "helped by another": {"co_departments": [f"{BANNER}-water"]},
    "helped by two": {"co_departments": [HELPER, f"{OTHER_BANNER}-finance"]},
    "helped by the accused": {"co_departments": [HELPER], "respondent_department": HELPER},
}  # fmt: skip

AT_WORK = {"handled", "confidential", "anonymous", "handed back", "suspended", "withdrawn", "merged", "due"}
HELPED = {"helped by another", "helped by two"}
ANSWERED = {"replied", "answered", "revisited", "redo asked", "closed", "explained"}
UNSEALED = CASES.keys() - {"sealed at the desk", "sealed above", "due and sealed"}
IN_BANNER = UNSEALED - {"of no place", "against the government"}
IN_LEAGUE = UNSEALED - {"of no place"}
OWN = {*AT_WORK, *HELPED, *ANSWERED} - {"answered"}
AGAINST_ANOTHER = {"helped by the accused"}

# (role, place or department) → the cases that are seen
SEEN: dict[tuple[str, str | None], set[str]] = {
    **{(role, BANNER): set(IN_BANNER) for role in ("operator", "supervisor")},
    **{(role, LEAGUE): set(IN_LEAGUE) for role in ("operator", "supervisor")},
    **{(role, OTHER_BANNER): set() for role in ("operator", "dispatcher", "supervisor", "revisit_agent")},
    ("operator", REGION): set(UNSEALED),
    # Sealed matters stand at one desk only, and go straight to the region's supervisor.
    ("supervisor", REGION): set(CASES),
    ("dispatcher", BANNER): IN_BANNER | {"sealed at the desk"},
    ("dispatcher", LEAGUE): IN_LEAGUE | {"sealed above", "due and sealed"},
    ("dispatcher", REGION): set(UNSEALED),
    **{("revisit_agent", place): ANSWERED | {"due"} for place in (BANNER, LEAGUE, REGION)},
    **{(role, HEALTH): OWN | AGAINST_ANOTHER for role in ("department_dispatcher", "handler", "head")},
    # Who handles for the league's discipline inspection sees what was sealed for it, and the accused one never.
    ("handler", DISCIPLINE): {"sealed above", "due and sealed"},
    ("handler", ABOVE): {"handled above"},
    ("handler", f"{BANNER}-education"): set(),
    ("handler", f"{OTHER_BANNER}-health"): set(),
    ("head", f"{BANNER}-government"): set(),
    # Who was asked to help, and the authority that received it and gets the written result.
    ("handler", f"{BANNER}-water"): {"helped by another"},
    **{(role, HELPER): {"helped by two"} for role in ("department_dispatcher", "handler", "head")},
    **{("handler", where): {"helped by two"} for where in (OTHER_BANNER, f"{OTHER_BANNER}-finance")},
    ("head", "150000-industry"): set(UNSEALED),
    ("handler", "150800-industry"): set(),
    # One office for all departments of a place.
    ("handler", BANNER): OWN,
    ("handler", LEAGUE): OWN | AGAINST_ANOTHER | {"handled above"},
    ("handler", REGION): OWN | AGAINST_ANOTHER | {"handled above"},
    ("auditor", None): set(UNSEALED),
    ("administrator", None): set(),
    ("enterprise", None): set(),
    ("system", None): set(),
}


def stand(changes: dict[str, Any]) -> str:
    """A complaint as a case has it."""
    number = ways.filed().complaint.number
    with transaction():
        values = {**CASES["handled"], "respondent_department": None, **changes}
        db.session.execute(update(Complaint).where(Complaint.number == number).values(**values))
    return number


def headers_of(people: People, role: str, where: str | None) -> dict[str, str]:
    """What somebody in a role for a place or a department sends."""
    bound = {} if where is None else {"department" if "-" in where else "place": where}
    return people.headers(role, **bound)


def ask_for(client: Caller, number: str, headers: dict[str, str], how: int) -> Any:
    """Ask for a complaint in one of three ways: read it, read its trail, act on it."""
    address = f"/api/v1/complaints/{number}"
    if how == 2:
        return client.post(f"{address}/actions/approve", json={}, headers=headers)
    return client.get(f"{address}/events" if how else address, headers=headers)


@pytest.mark.parametrize(("role", "where"), list(SEEN))
def test_each_reader_sees_the_own_complaints_everywhere_and_no_others_anywhere(
    client: Caller, people: People, role: str, where: str | None
) -> None:
    cases = {stand(changes): name for name, changes in CASES.items()}
    headers = headers_of(people, role, where)
    told = NOT_HERE if role in {"enterprise", "system"} else NOT_YOURS
    expected, turn = SEEN[role, where], list(SEEN).index((role, where))
    for place, (number, name) in enumerate(cases.items()):
        answer = ask_for(client, number, headers, (place + turn) % 3)
        assert (answer.status_code != 404) == (name in expected), name
        if answer.status_code == 404:
            assert answer.json is not None
            assert (answer.json["code"], answer.json["message"]) == ("not_found", told)
    for answer in (
        client.get("/api/v1/complaints?limit=100", headers=headers),
        client.post(
            "/api/v1/complaints/search", json={"phone": ways.OWED.contact_phone, "limit": 100}, headers=headers
        ),
    ):
        assert answer.json is not None
        if role == "administrator":
            assert answer.status_code == 403
        else:
            assert {cases[item["number"]] for item in answer.json["items"]} <= expected
    if role != "administrator":
        listed = client.get("/api/v1/complaints?limit=100", headers=headers).json
        assert listed is not None
        assert {cases[item["number"]] for item in listed["items"]} == expected


def test_what_does_not_exist_is_told_in_the_same_sentence(client: Caller, people: People) -> None:
    answers = [
        client.get(f"/api/v1/complaints/{ABSENT}", headers=headers)
        for headers in ({}, {"X-Query-Code": "AAAA-AAAA-AAAA-AAAA"}, people.headers("supervisor", REGION))
    ]
    told = [(answer.status_code, answer.json["message"]) for answer in answers if answer.json]
    assert told == [(404, NOT_HERE), (404, NOT_HERE), (404, NOT_YOURS)]


@pytest.mark.parametrize("role", ["enterprise", "system"])
def test_an_account_sees_what_it_filed_and_nothing_else(client: Caller, people: People, role: str) -> None:
    own, other = people.headers(role), people.headers(role)
    mine = client.post("/api/v1/complaints", json=filing(), headers=own).json
    theirs = client.post("/api/v1/complaints", json=filing(), headers=other).json
    nobodys = client.post("/api/v1/complaints", json=filing()).json
    assert mine
    assert theirs
    assert nobodys
    listed = client.get("/api/v1/complaints", headers=own).json
    assert listed is not None
    assert [item["number"] for item in listed["items"]] == [mine["number"]]
    shown = client.get(f"/api/v1/complaints/{mine['number']}", headers=own)
    assert (shown.status_code, shown.json and shown.json["allowed_actions"]) == (200, ["withdraw", "urge", "message"])
    for one in (theirs, nobodys):
        assert client.get(f"/api/v1/complaints/{one['number']}", headers=own).status_code == 404


def test_nobody_signed_in_gets_no_list(client: Caller) -> None:
    assert client.get("/api/v1/complaints").status_code == 401
    assert client.post("/api/v1/complaints/search", json={}).status_code == 401


def test_the_accused_governments_own_desk_does_not_see_what_its_superior_got(client: Caller, people: People) -> None:
    body = filing(
        body="县政府招商时承诺的土地出让金返还没有兑现，新一届领导不认账。", category="default.investment-promise",
        respondent={"name": "五原县人民政府", "kind": "organ"},
    )  # fmt: skip
    number = client.post("/api/v1/complaints", json=body).json["number"]  # type: ignore[index]
    address = f"/api/v1/complaints/{number}"
    for role in ("dispatcher", "operator", "supervisor"):
        assert client.get(address, headers=people.headers(role, BANNER)).status_code == 404
        assert client.get(address, headers=people.headers(role, LEAGUE)).status_code == 200


def test_a_report_is_sealed_for_all_but_its_desk_and_the_regions_supervisor(client: Caller, people: People) -> None:
    body = filing(nature="report", body="举报五原县卫生健康委员会工作人员验收时索要好处费，不给就不付货款。")
    number = client.post("/api/v1/complaints", json=body).json["number"]  # type: ignore[index]
    complaint = ways.stored(number)
    assert complaint.sealed
    seers = {
        (role, place)
        for role in ("operator", "dispatcher", "supervisor")
        for place in (BANNER, LEAGUE, REGION)
        if client.get(f"/api/v1/complaints/{number}", headers=people.headers(role, place)).status_code == 200
    }
    assert seers == {("dispatcher", complaint.dispatch_place), ("supervisor", REGION)}
    for role in ("handler", "head", "department_dispatcher"):
        headers = people.headers(role, department=HEALTH)
        assert client.get(f"/api/v1/complaints/{number}", headers=headers).status_code == 404


def test_a_person_with_two_desks_sees_what_each_of_them_sees(client: Caller, people: People) -> None:
    at_desk = stand(CASES["at the desk"])
    elsewhere = stand({"region": OTHER_BANNER, "dispatch_place": OTHER_BANNER, "department": f"{OTHER_BANNER}-health"})
    both = people.holding(Grant("dispatcher", BANNER), Grant("handler", department=f"{OTHER_BANNER}-health"))
    listed = client.get("/api/v1/complaints", headers=both).json
    assert listed is not None
    assert {item["number"] for item in listed["items"]} == {at_desk, elsewhere}


def test_a_desk_that_saw_a_matter_keeps_seeing_it_when_it_was_dispatched(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("handling", replace(ways.OWED, region=BANNER))
    for place, expected in ((BANNER, 200), (LEAGUE, 200), (OTHER_BANNER, 404)):
        answer = client.get(f"/api/v1/complaints/{number}", headers=people.headers("dispatcher", place))
        assert answer.status_code == expected
