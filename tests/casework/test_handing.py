"""To whom a complaint goes: the chain of dispatches, hand-backs, transfers, designation, a level raised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from service.casework.models import DutyProposal
from service.db import db
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import ABOVE, DEPARTMENT, MONDAY, OTHER, PLACE

REGION, ELSEWHERE = "150000", "150822"
THIRD = "150821-industry"
# One working day after a dispatch on Monday.
TUESDAY_EVENING = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


def proposals() -> list[DutyProposal]:
    """What hand-backs taught about the table of duties."""
    db.session.rollback()
    return list(db.session.scalars(select(DutyProposal).order_by(DutyProposal.id)))


# --- region → league → banner → department ---------------------------------------------------------------------------


def test_a_chain_of_dispatches_is_on_record_under_one_clock(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("accepted", replace(ways.DELAYED, region=None))
    assert ways.stored(number).dispatch_place == REGION
    began = ways.clocks_of(number)["dispatch"]
    for here, below in ((REGION, ABOVE), (ABOVE, PLACE)):
        travel.shift(600)
        seen = desk.take(number, "dispatch_on", "dispatcher", here, place=below)
        assert (seen["status"], seen["queue"]["code"]) == ("accepted", below)
    travel.shift(600)
    desk.take(number, "dispatch", "dispatcher", PLACE, department=DEPARTMENT)
    ended = ways.clocks_of(number)["dispatch"]
    assert (ended.id, ended.started_at, ended.state) == (began.id, began.started_at, "met")
    trail = [(one.action, one.data.get("place")) for one in ways.events_of(number)[2:]]
    assert trail == [("dispatch_on", ABOVE), ("dispatch_on", PLACE), ("dispatch", None)]


@pytest.mark.parametrize("place", [ABOVE, REGION, "150100", PLACE])
def test_a_place_that_does_not_lie_below_is_refused(desk: Desk, place: str) -> None:
    number, _ = ways.brought_to("accepted")
    assert desk.refused(number, "dispatch_on", "dispatcher", place=place) == (422, "只能派给下一级地区。")


def test_what_accuses_a_government_is_not_dispatched_to_it(desk: Desk) -> None:
    draft = replace(
        ways.OWED, category="default.contract-breach", respondent_name="五原县人民政府", respondent_kind="organ"
    )
    number, _ = ways.brought_to("accepted", draft)
    at = ways.stored(number).dispatch_place
    status, why = desk.refused(number, "dispatch_on", "dispatcher", at, place=PLACE)
    assert (status, "被投诉的正是" in why) == (422, True)


# --- handed back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "status"), [(timedelta(), 200), (timedelta(microseconds=1), 409), (timedelta(days=3), 409)]
)
def test_a_hand_back_is_asked_within_one_working_day_of_the_dispatch(
    desk: Desk, travel: Traveller, late: timedelta, status: int
) -> None:
    number, _ = ways.brought_to("dispatched")
    travel.move_to(TUESDAY_EVENING + late)
    answer = desk.ask(number, "hand_back", "handler", reason="不是我们的职责。", evidence="三定规定。")
    assert answer.status_code == status
    if status == 409:
        assert "1 个工作日" in answer.json["message"]


def test_a_hand_back_that_is_granted_routes_anew_and_teaches_the_table_of_duties(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    result = ways.clocks_of(number)["result"]
    seen = desk.take(
        number, "hand_back", "department_dispatcher", reason="归财政局管。", evidence="三定规定。", department=OTHER
    )
    assert (seen["status"], seen["queue"]["desk"]) == ("handing_back", "supervisor")
    seen = desk.take(number, "grant_hand_back", "supervisor")
    assert (seen["status"], seen["department"], seen["proposed_department"]["code"]) == ("accepted", None, OTHER)
    (row,) = proposals()
    assert (row.department, row.proposed, row.reason, row.place, row.category, row.accepted) == (
        DEPARTMENT, OTHER, "归财政局管。", PLACE, "arrears.goods-services", None,
    )  # fmt: skip
    # Nobody's limit gains by it: the result's clock runs on until another department has the material.
    still = ways.clocks_of(number)["result"]
    assert (still.id, still.state, still.due_at) == (result.id, "running", result.due_at)
    assert desk.read(number, "handler").status_code == 404


def test_a_hand_back_that_is_refused_goes_back_with_the_time_to_sign(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("dispatched")
    desk.take(number, "hand_back", "handler", reason="不是我们的职责。", evidence="三定规定。")
    travel.shift(3600)
    seen = desk.take(number, "refuse_hand_back", "supervisor", reason="主管部门就是你们。")
    assert (seen["status"], seen["queue"]["code"]) == ("dispatched", DEPARTMENT)
    sign = ways.clocks_of(number)["sign"]
    assert (sign.state, sign.started_at) == ("running", MONDAY + timedelta(hours=1))
    assert proposals() == []


def test_the_second_hand_back_is_consulted_on_and_who_is_designated_keeps_it(desk: Desk) -> None:
    number, _ = ways.brought_to("dispatched")
    for ruling, given in (("grant_hand_back", {}), ("", {})):
        desk.take(number, "hand_back", "handler", reason="不是我们的职责。", evidence="三定规定。")
        if ruling:
            desk.take(number, ruling, "supervisor", **given)
            desk.take(number, "dispatch", "dispatcher", department=DEPARTMENT)
    status, why = desk.refused(number, "grant_hand_back", "supervisor")
    assert (status, why) == (409, "已是第二次退单，请会商后指定承办部门。")
    assert "grant_hand_back" not in desk.read(number, "supervisor").json["allowed_actions"]
    desk.take(number, "consult", "supervisor", note="请卫健、财政会商。")
    seen = desk.take(number, "designate", "supervisor", department=OTHER, reason="会商结果。")
    assert (seen["status"], seen["department"]["code"]) == ("dispatched", OTHER)
    status, why = desk.refused(number, "hand_back", "handler", OTHER, reason="也不是我们。", evidence="三定规定。")
    assert (status, why) == (409, "这件诉求由督办人指定办理，不能再退单。")


def test_what_bound_the_designated_does_not_bind_whom_it_is_handed_on_to(desk: Desk) -> None:
    number, _ = ways.brought_to("accepted")
    desk.take(number, "designate", "supervisor", department=OTHER, reason="指定。")
    desk.take(number, "transfer", "supervisor", department=DEPARTMENT, reason="另有主管。")
    seen = desk.take(number, "hand_back", "handler", reason="不是我们的职责。", evidence="三定规定。")
    assert seen["status"] == "handing_back"


# --- handed on -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["transfer", "designate"])
def test_another_department_gets_a_limit_of_its_own_while_the_cap_runs_on(
    desk: Desk, travel: Traveller, action: str
) -> None:
    number, _ = ways.brought_to("handling")
    first = ways.clocks_of(number)["result"]
    travel.shift(A_DAY * 70)
    desk.take(number, action, "supervisor", department=OTHER, reason="换主管部门。")
    second = ways.clocks_of(number)["result"]
    assert (second.id != first.id, second.state, second.started_at) == (True, "running", MONDAY + A_DAY * 70)
    assert second.cap_from == first.started_at
    # Thirty days would end on 24 June; the ninety from the first delivery end on 14 June, a Sunday.
    assert second.due_at == datetime(2026, 6, 12, 9, 30, tzinfo=UTC)
    told = ways.events_of(number)[-1].data["clocks"]
    assert ("result" in told["cancelled"], "result" in told["started"]) == (True, True)


def test_the_same_department_again_keeps_its_limit(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    first = ways.clocks_of(number)["result"]
    travel.shift(A_DAY)
    desk.take(number, "designate", "supervisor", department=DEPARTMENT, reason="仍由你们办。")
    again = ways.clocks_of(number)["result"]
    assert (again.id, again.due_at) == (first.id, first.due_at)
    status, why = desk.refused(number, "transfer", "supervisor", department=DEPARTMENT, reason="再转。")
    assert (status, why) == (422, "这件诉求已经由这个部门办理。")


def test_who_had_it_before_sees_it_no_more_and_its_question_is_gone(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    desk.take(number, "ask_extension", "handler", until=ways.VALUES["until"], reason="需要审计。")
    seen = desk.take(number, "transfer", "dispatcher", department=OTHER, reason="换主管部门。")
    assert seen["pending"] == []
    assert "extension" not in ways.open_clocks(number)
    assert desk.read(number, "handler").status_code == 404
    assert desk.read(number, "handler", OTHER).status_code == 200


def test_who_helped_and_now_leads_owes_no_opinion(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    desk.take(number, "invite", "handler", department=OTHER, note="请核资金。")
    desk.take(number, "invite", "handler", department=THIRD, note="请核企业划型。")
    seen = desk.take(number, "transfer", "dispatcher", department=OTHER, reason="改由财政主办。")
    assert [one["code"] for one in seen["co_departments"]] == [THIRD]
    left = [one["label"] if "label" in one else one["kind"] for one in seen["clocks"] if one["state"] == "running"]
    assert len([kind for kind in left if kind.startswith("co_handle")]) == 1


@pytest.mark.parametrize("action", ["dispatch", "designate", "transfer", "invite", "supervise_jointly"])
def test_nobody_hands_it_to_who_is_complained_of(desk: Desk, action: str) -> None:
    accused = replace(ways.OWED, respondent_name="五原县财政局", respondent_kind="organ")
    number, _ = ways.brought_to("accepted" if action in {"dispatch", "designate"} else "handling", accused)
    role = "dispatcher" if action == "dispatch" else "supervisor"
    more = {"dispatch": {}, "invite": {"note": "请协助。"}}.get(action, {"reason": "理由。"})
    at = ways.stored(number).dispatch_place
    status, _ = desk.refused(number, action, role, at, department=OTHER, **more)
    assert status == 422


# --- raised ----------------------------------------------------------------------------------------------------------


def test_a_raised_level_goes_to_the_dispatcher_above_and_not_beyond_the_region(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    for at, above in ((PLACE, ABOVE), (ABOVE, REGION)):
        seen = desk.take(number, "raise_level", "supervisor", at, reason="本级难以协调。")
        assert (seen["status"], seen["queue"]["code"], seen["department"]) == ("accepted", above, None)
        assert ways.events_of(number)[-1].data["place"] == above
    status, why = desk.refused(number, "raise_level", "supervisor", REGION, reason="再提。")
    assert (status, why) == (409, "已经在自治区一级，不能再提级。")
    assert desk.read(number, "dispatcher", ELSEWHERE).status_code == 404
