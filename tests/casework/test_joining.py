"""Several complaints about one matter, one about several, and what was done to an enterprise because it complained."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from service.accounts.rules import Grant
from service.complaints.models import Complaint
from service.db import db
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import ABOVE, DEPARTMENT, OTHER, PLACE
from tests.factories import People

REGION = "150000"
SEALED = replace(ways.OWED, nature="report", body="举报县医院采购人员索要回扣，不给就不付货款。")
THREAT = "县医院采购科长打电话威胁，说再投诉就终止全部合同。"
WHY = {"reason": "同一医院的同一批货款。"}


def how_many() -> int:
    """All complaints there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Complaint)) or 0


# --- merged ----------------------------------------------------------------------------------------------------------


def test_merging_keeps_both_histories_and_each_enterprise_reads_its_own(desk: Desk) -> None:
    lead, lead_code = ways.brought_to("handling")
    number, code = ways.brought_to("handling", replace(ways.OWED, enterprise_name="后套耗材有限公司"))
    before = len(ways.events_of(number)), len(ways.events_of(lead))
    seen = desk.take(number, "merge", "dispatcher", into=lead.replace("-", "").lower(), **WHY)
    assert (seen["status"], seen["queue"], ways.open_clocks(number)) == ("merged", None, {})
    assert (len(ways.events_of(number)), len(ways.events_of(lead))) == (before[0] + 1, before[1] + 1)
    assert ways.stored(number).merged_into == ways.stored(lead).id
    told = ways.events_of(lead)[-1]
    assert (told.action, told.data["number"], told.public, told.role) == ("absorb", number, False, "machine")
    assert ways.stored(lead).status == "handling"
    own = desk.read(number, code=code)
    assert (own.status_code, own.json["status"], own.json["text"]) == (200, "merged", ways.OWED.body)
    # Neither learns of the other: whose it went into, and who came along.
    assert desk.read(number, code=code, path="/events").json[-1]["data"] == {}
    assert desk.read(lead, code=code).status_code == 404
    assert number not in desk.read(lead, code=lead_code, path="/events").text


@pytest.mark.parametrize("state", ["closed", "merged", "withdrawn", "replied", "revisited", "redo_asked"])
def test_only_what_is_still_worked_on_leads(desk: Desk, state: str) -> None:
    number, _ = ways.brought_to("handling")
    lead, _ = ways.brought_to(state)
    answer = desk.ask(number, "merge", "supervisor", into=lead, **WHY)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["into"])
    assert ways.stored(number).status == "handling"


@pytest.mark.parametrize("into", ["QS20260316-9999999-9", "rubbish", "' OR 1=1", ""])
def test_what_is_not_there_does_not_lead(desk: Desk, into: str) -> None:
    number, _ = ways.brought_to("handling")
    answer = desk.ask(number, "merge", "dispatcher", into=into, **WHY)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["into"])


def test_a_complaint_is_not_merged_into_itself_or_into_what_somebody_may_not_see(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    elsewhere = ways.filed(replace(ways.OWED, region="150822", respondent_name="磴口县人民医院")).complaint.number
    for into in (number, elsewhere):
        answer = desk.ask(number, "merge", "dispatcher", into=into, **WHY)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["into"])


def test_a_sealed_one_and_an_open_one_are_never_merged(desk: Desk) -> None:
    sealed = ways.filed(SEALED).complaint
    number, _ = ways.brought_to("submitted")
    assert sealed.sealed
    for one, other in ((sealed.number, number), (number, sealed.number)):
        status, why = desk.refused(one, "merge", "supervisor", REGION, into=other, **WHY)
        assert (status, why) == (422, "密封的诉求不能与其他诉求并案。")


def test_who_dispatches_here_and_only_handles_there_does_not_merge_into_it(desk: Desk, people: People) -> None:
    there = replace(ways.OWED, region="150822", respondent_name="磴口县人民医院")
    lead = ways.filed(there).complaint.number
    with_department = desk.take(lead, "accept", "dispatcher", "150822")
    assert with_department["status"] == "accepted"
    desk.take(lead, "dispatch", "dispatcher", "150822", department="150822-health")
    number, _ = ways.brought_to("submitted")
    both = people.holding(Grant("dispatcher", PLACE), Grant("handler", department="150822-health"))
    answer = desk.client.post(f"/api/v1/complaints/{number}/actions/merge", json={"into": lead, **WHY}, headers=both)
    assert answer.status_code == 422


# --- split -----------------------------------------------------------------------------------------------------------


def test_a_second_matter_becomes_a_complaint_of_its_own_under_the_same_query_code(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    before = ways.events_of(number)
    desk.take(number, "split", "dispatcher", text=ways.DELAYED.body, category="approval.delay", reason="两件事。")
    event = ways.events_of(number)[-1]
    new = event.data["number"]
    assert [one.hash for one in ways.events_of(number)[:-1]] == [one.hash for one in before]
    complaint = ways.stored(new)
    assert (complaint.split_from, complaint.category, complaint.enterprise_name, complaint.contact_phone) == (
        ways.stored(number).id, "approval.delay", ways.OWED.enterprise_name, ways.OWED.contact_phone,
    )  # fmt: skip
    assert ways.stored(number).status == "handling"
    assert desk.read(new, code=code).status_code == 200
    assert desk.take(new, "withdraw", "enterprise", code=code)["status"] == "withdrawn"
    assert ways.events_of(new)[0].action == "file"


def test_what_is_cut_out_of_a_sealed_one_is_sealed_and_dispatched_by_hand(desk: Desk) -> None:
    sealed = ways.filed(SEALED).complaint
    desk.take(sealed.number, "split", "supervisor", REGION, text=ways.OWED.body)
    new = ways.stored(ways.events_of(sealed.number)[-1].data["number"])
    assert (new.sealed, new.status, new.department) == (True, "submitted", None)
    assert (new.dispatch_place, new.queue_code) == (sealed.dispatch_place, sealed.dispatch_place)
    assert desk.read(new.number, "operator", REGION).status_code == 404


# --- retaliation -----------------------------------------------------------------------------------------------------


def test_retaliation_is_a_sealed_complaint_for_the_regions_supervisor_and_leaves_no_trace(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    before = desk.read(number, "handler").json, desk.read(number, "handler", path="/events").json
    answer = desk.client.post(
        f"/api/v1/complaints/{number}/retaliation", json={"text": THREAT}, headers={"X-Query-Code": code}
    )
    assert answer.status_code == 201, answer.text
    told: Any = answer.json
    new = ways.stored(told["number"])
    assert (new.sealed, "retaliation" in new.flags, new.details) == (True, True, {"about": {"number": number}})
    assert (new.dispatch_place, new.department) == (REGION, f"{REGION}-rule-of-law")
    assert (desk.read(number, "handler").json, desk.read(number, "handler", path="/events").json) == before
    for role, at in (
        ("handler", DEPARTMENT), ("head", DEPARTMENT), ("handler", OTHER), ("handler", PLACE), ("dispatcher", PLACE),
        ("supervisor", PLACE), ("supervisor", ABOVE), ("operator", REGION), ("revisit_agent", REGION),
    ):  # fmt: skip
        assert desk.read(new.number, role, at).status_code == 404, (role, at)
        listed = desk.client.get("/api/v1/complaints?limit=100", headers=desk.headers(role, at)).text
        assert new.number not in listed, (role, at)
    assert desk.read(new.number, "supervisor", REGION).status_code == 200
    assert desk.read(new.number, code=told["query_code"]).status_code == 200
    # Its own code opens it; that of the first, which the department may have seen, does not.
    assert desk.read(new.number, code=code).status_code == 404


@pytest.mark.parametrize("role", ["handler", "dispatcher", "supervisor", "operator"])
def test_only_the_enterprise_reports_retaliation(desk: Desk, role: str) -> None:
    number, _ = ways.brought_to("handling")
    before = how_many()
    answer = desk.client.post(
        f"/api/v1/complaints/{number}/retaliation", json={"text": THREAT}, headers=desk.headers(role, "")
    )
    assert (answer.status_code, how_many()) == (403, before)
    assert desk.client.post(f"/api/v1/complaints/{number}/retaliation", json={"text": THREAT}).status_code == 404


def test_the_same_key_reports_retaliation_once_and_gets_the_same_answer(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    before, headers = how_many(), {"X-Query-Code": code, "Idempotency-Key": "once"}
    path = f"/api/v1/complaints/{number}/retaliation"
    first, again = (desk.client.post(path, json={"text": THREAT}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code, how_many()) == (201, 201, before + 1)
    assert first.json == again.json
    other = desk.client.post(path, json={"text": f"{THREAT}还来过一次。"}, headers=headers)
    assert (other.status_code, how_many()) == (409, before + 1)
