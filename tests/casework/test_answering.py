"""After the reply: three facts, closing, done anew, explained, reopened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from time_machine import Traveller

from service.accounts.rules import Grant
from service.casework import climbing
from service.clock import now as current
from service.complaints.rules import SATISFACTION
from service.db import transaction
from tests.caller import Caller
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import DEPARTMENT, OTHER, PLACE
from tests.factories import People

A_DAY = timedelta(days=1)
CONTENT = {"contacted": True, "solved": True, "satisfaction": "satisfied"}
# The result of what was dispatched on that Monday is due on 15 April; the sweep comes by a day later.
OVERDUE = datetime(2026, 4, 16, 2, tzinfo=UTC)


def sweep() -> None:
    """Sweep until nothing is due."""
    with transaction():
        while climbing.climb(current()):
            pass


def actions(number: str) -> list[str]:
    """What happened to a complaint, in order."""
    return [event.action for event in ways.events_of(number)]


# --- the three facts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", SATISFACTION)
def test_a_revisit_keeps_three_facts_with_a_reason_for_the_two_worst_grades(desk: Desk, grade: str) -> None:
    number, _ = ways.ready_for("revisit", "replied")
    facts = {"contacted": True, "solved": False, "satisfaction": grade}
    worst = grade in {"dissatisfied", "very_dissatisfied"}
    if worst:
        answer = desk.ask(number, "revisit", "revisit_agent", **facts)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["reason"])
    more = {"reason": "款项只付了一半。"} if worst else {}
    seen = desk.take(number, "revisit", "revisit_agent", **facts, **more)
    assert (seen["status"], seen["contacted"], seen["solved"], seen["satisfaction"]) == (
        "revisited", True, False, grade,
    )  # fmt: skip


def test_who_could_not_be_reached_has_no_facts(desk: Desk) -> None:
    number, _ = ways.ready_for("revisit", "replied")
    seen = desk.take(number, "revisit", "revisit_agent", contacted=False, note="三次未接通。")
    assert (seen["contacted"], seen["solved"], seen["satisfaction"]) == (False, None, None)


@pytest.mark.parametrize("worked", ["sign", "contact", "draft"])
def test_who_had_a_hand_in_it_does_not_revisit(client: Caller, people: People, worked: str) -> None:
    """The facts are asked by somebody else, also of what was only signed for."""
    state = {"sign": "dispatched", "contact": "handling", "draft": "handling"}[worked]
    number, _ = ways.brought_to(state)
    both = people.holding(Grant("handler", department=DEPARTMENT), Grant("revisit_agent", place=PLACE))
    given = ways.given_for(ways.STEPS[worked])
    address = f"/api/v1/complaints/{number}/actions"
    assert client.post(f"{address}/{worked}", json=given, headers=both).status_code == 200
    rest = {
        "sign": ("draft", "approve", "reply"),
        "contact": ("draft", "approve", "reply"),
        "draft": ("approve", "reply"),
    }
    ways.go_on(number, *rest[worked])
    for action, facts in (("revisit", CONTENT), ("close", {"solved": True})):
        answer = client.post(f"{address}/{action}", json=facts, headers=both)
        assert (answer.status_code, answer.json and "另一位回访" in answer.json["message"]) == (403, True)


def test_where_the_limit_ends_without_a_reply_the_enterprise_is_asked_once(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    assert desk.read(number, "revisit_agent").status_code == 404
    travel.move_to(OVERDUE)
    sweep()
    sweep()
    complaint = ways.stored(number)
    assert (complaint.status, complaint.pending, actions(number).count("call_due")) == ("handling", ["revisit"], 1)
    assert ways.open_clocks(number)["revisit"] == "running"
    assert desk.read(number, "revisit_agent").json["allowed_actions"] == ["revisit_unanswered"]
    seen = desk.take(
        number, "revisit_unanswered", "revisit_agent", contacted=True, solved=False, satisfaction="dissatisfied",
        reason="没有人联系过我们。",
    )  # fmt: skip
    # The department still owes its reply.
    assert (seen["status"], seen["solved"], seen["pending"]) == ("handling", False, [])
    assert "revisit" not in ways.open_clocks(number)
    assert desk.refused(number, "revisit_unanswered", "revisit_agent", contacted=False)[0] in {404, 409}
    travel.shift(A_DAY * 30)
    sweep()
    assert actions(number).count("call_due") == 1


def test_a_reply_that_comes_after_the_limit_is_revisited_like_any_other(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    travel.move_to(OVERDUE)
    sweep()
    ways.go_on(number, "draft", "approve", "reply")
    complaint = ways.stored(number)
    assert (complaint.pending, ways.open_clocks(number)) == ([], {"revisit": "running"})
    assert ways.clocks_of(number)["result"].overdue_at == datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
    assert desk.take(number, "revisit", "revisit_agent", **CONTENT)["status"] == "revisited"


def test_the_machine_closes_one_working_day_after_the_revisit(desk: Desk, travel: Traveller) -> None:
    number, code = ways.brought_to("replied")
    desk.take(number, "revisit", "revisit_agent", **CONTENT)
    travel.move_to(datetime(2026, 3, 17, 9, 29, tzinfo=UTC))
    sweep()
    assert ways.stored(number).status == "revisited"
    travel.shift(60)
    sweep()
    assert (ways.stored(number).status, ways.open_clocks(number)) == ("closed", {})
    last = desk.read(number, code=code, path="/events").json[-1]
    assert (last["action"], last["name"]) == ("lapse_closing", "回访后自动办结")


# --- done anew -------------------------------------------------------------------------------------------------------


def test_the_enterprise_has_it_done_anew_once_by_right_and_by_somebody_else(desk: Desk, travel: Traveller) -> None:
    number, code = ways.brought_to("handling")
    desk.take(number, "draft", "handler", reply="正在办理。")
    ways.go_on(number, "approve", "reply")
    travel.shift(A_DAY)
    seen = desk.take(number, "redo", "enterprise", code=code, reason="没有说何时付款。")
    assert (seen["status"], seen["department"]["code"], seen["solved"]) == ("dispatched", DEPARTMENT, None)
    assert actions(number)[-2:] == ["redo", "dispatch"]
    result = ways.clocks_of(number)["result"]
    assert (result.state, result.started_at, result.cap_from) == ("running", current(), None)
    desk.take(number, "sign", "handler")
    status, why = desk.refused(number, "draft", "handler", reply="还是这样。")
    assert (status, why) == (403, "重办要换一位承办人，请由同事起草答复。")
    desk.take(number, "draft", "handler", PLACE, reply="三月三十一日前付清。")
    ways.go_on(number, "approve", "reply")
    assert "redo" not in desk.read(number, code=code).json["allowed_actions"]
    assert desk.refused(number, "redo", "enterprise", code=code, reason="还不满意。") == (
        409, "「申请重办」只能做一次，已经做过了。",
    )  # fmt: skip
    assert desk.read(number, code=code).json["reply"] == "三月三十一日前付清。"


# Ten working days after Monday 16 March: Monday 30 March at the close of business.
@pytest.mark.parametrize(
    ("moment", "status"),
    [(datetime(2026, 3, 30, 9, 30, tzinfo=UTC), 200), (datetime(2026, 3, 30, 9, 30, 1, tzinfo=UTC), 409)],
)
@pytest.mark.parametrize("state", ["replied", "revisited", "closed"])
def test_the_right_to_a_redo_ends_ten_working_days_after_the_reply(
    desk: Desk, travel: Traveller, state: str, moment: datetime, status: int
) -> None:
    number, code = ways.ready_for("redo", state)
    travel.move_to(moment)
    answer = desk.ask(number, "redo", "enterprise", code=code, reason="没有解决。")
    assert answer.status_code == status
    if status == 409:
        assert "再次申请重办" in answer.json["message"]
        assert desk.take(number, "ask_redo", "enterprise", code=code, reason="没有解决。")["status"] == "redo_asked"


def test_later_the_supervisor_lets_it_be_done_anew_or_has_it_explained(desk: Desk) -> None:
    for action, given, after in (
        ("grant_redo", {}, "dispatched"), ("explain", {"reason": "法律没有余地。"}, "explained"),
    ):  # fmt: skip
        number, code = ways.ready_for("redo", "closed")
        seen = desk.take(number, "ask_redo", "enterprise", code=code, reason="仍未付款。")
        assert (seen["status"], seen["queue"]["desk"]) == ("redo_asked", "supervisor")
        assert ways.open_clocks(number) == {"redo": "running"}
        seen = desk.take(number, action, "supervisor", **given)
        assert seen["status"] == after
        told = desk.read(number, code=code, path="/events").json
        assert action in {one["action"] for one in told}


def test_what_was_answered_on_the_spot_and_is_done_anew_waits_for_its_dispatcher(desk: Desk) -> None:
    number, code = ways.brought_to("answered")
    desk.take(number, "ask_redo", "enterprise", code=code, reason="答复不对。")
    seen = desk.take(number, "grant_redo", "supervisor")
    assert (seen["status"], seen["queue"]["desk"]) == ("accepted", "dispatcher")


@pytest.mark.parametrize("state", ["refused", "passed_on", "closed", "withdrawn", "terminated", "merged", "explained"])
def test_the_supervisor_reopens_what_was_over(desk: Desk, state: str) -> None:
    number, code = ways.brought_to(state)
    seen = desk.take(number, "reopen", "supervisor", reason="出现新情况。")
    assert (seen["status"], seen["queue"]["desk"]) == ("accepted", "dispatcher")
    assert ways.open_clocks(number) == {"dispatch": "running"}
    assert ways.stored(number).merged_into is None
    assert desk.read(number, code=code, path="/events").json[-1]["data"] == {"reason": "出现新情况。"}
    assert desk.take(number, "dispatch", "dispatcher", department=OTHER)["status"] == "dispatched"


# --- material --------------------------------------------------------------------------------------------------------


def test_material_is_asked_for_reminded_of_and_lapses_with_notice(desk: Desk, travel: Traveller) -> None:
    number, code = ways.brought_to("handling", ways.DELAYED)
    desk.take(number, "request_material", "handler", note="请补送货单。")
    assert ways.clocks_of(number)["result"].state == "paused"
    travel.move_to(datetime(2026, 3, 24, 2, tzinfo=UTC))
    sweep()
    rungs = [one.action for one in ways.events_of(number) if one.data.get("clock") == "material"]
    assert rungs == ["remind", "overdue"]
    last = desk.read(number, code=code, path="/events").json[-1]
    assert (last["action"], last["status"]) == ("lapse_material", "handling")
    assert ways.clocks_of(number)["result"].state == "running"


@pytest.mark.parametrize("role", ["enterprise", "operator", "handler"])
def test_material_may_come_from_the_enterprise_by_phone_or_to_the_handler(desk: Desk, role: str) -> None:
    number, code = ways.brought_to("waiting", replace(ways.DELAYED))
    given: dict[str, Any] = {"text": "送货单三张。"}
    seen = desk.take(number, "supply_material", role, code=code if role == "enterprise" else "", **given)
    assert (seen["status"], ways.clocks_of(number)["result"].state) == ("handling", "running")
