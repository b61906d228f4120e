"""What is asked beside the main way and ruled on: more time, a pause, help, an urge, misuse, counting."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from time_machine import Traveller

from service.accounts.rules import Grant, Reader
from service.casework import climbing
from service.clock import now as current
from service.db import transaction
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import DEPARTMENT, OTHER, PLACE
from tests.factories import People

A_DAY = timedelta(days=1)
ASKED: dict[str, Any] = {"until": ways.VALUES["until"], "reason": "等待审计结论。"}
UNTIL = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)


# --- more time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("regime", "ruler", "other"), [("802", "head", "supervisor"), ("other", "supervisor", "head")])
def test_an_extension_is_granted_by_who_may_and_told_to_the_enterprise_with_its_reason(
    desk: Desk, regime: str, ruler: str, other: str
) -> None:
    number, code = ways.brought_to("handling", ways.REGIMES[regime])
    was = ways.clocks_of(number)["result"].due_at
    seen = desk.take(number, "ask_extension", "handler", **ASKED)
    assert (seen["status"], seen["pending"]) == ("handling", ["extension"])
    assert ways.open_clocks(number)["extension"] == "running"
    for ruling, given in (("grant_extension", {}), ("refuse_extension", {"reason": "不同意。"})):
        status, why = desk.refused(number, ruling, other, **given)
        assert (status, "的延期由" in why) == (403, True)
    seen = desk.take(number, "grant_extension", ruler)
    clock = ways.clocks_of(number)["result"]
    assert (seen["pending"], clock.due_at, clock.state) == ([], UNTIL, "running")
    assert "extension" not in ways.open_clocks(number)
    told = desk.read(number, code=code, path="/events").json[-1]
    assert (told["action"], told["data"]["reason"], told["data"]["until"]) == (
        "grant_extension", "等待审计结论。", "2026-04-20",
    )  # fmt: skip
    assert datetime.fromisoformat(told["data"]["was"]) == was


def test_an_extension_that_is_refused_leaves_the_limit_and_says_why(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    was = ways.clocks_of(number)["result"].due_at
    desk.take(number, "ask_extension", "handler", **ASKED)
    seen = desk.take(number, "refuse_extension", "head", reason="材料已经齐全。")
    assert (seen["pending"], ways.clocks_of(number)["result"].due_at) == ([], was)


def test_while_one_extension_waits_no_other_is_asked(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    desk.take(number, "ask_extension", "handler", **ASKED)
    assert desk.refused(number, "ask_extension", "handler", **ASKED) == (409, "已经有一份延期申请在等待裁定。")


def test_a_limit_of_our_own_is_extended_once(desk: Desk) -> None:
    number, _ = ways.brought_to("handling", ways.DELAYED)
    desk.take(number, "ask_extension", "handler", **ASKED)
    desk.take(number, "grant_extension", "supervisor")
    status, why = desk.refused(number, "ask_extension", "handler", until=date(2026, 4, 22), reason="再延。")
    assert (status, why) == (422, "这个期限最多延长 1 次，已经延长过 1 次。")


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 6, 15), "总计不得超过90日"),
        (date(2027, 3, 15), "总计不得超过90日"),
        (date(2026, 4, 14), "应当晚于现在的期限"),
        (date(2026, 3, 16), "应当晚于现在的期限"),
        (date(2026, 4, 18), "不上班"),
        (date(2026, 5, 1), "不上班"),
    ],
)
def test_a_day_that_cannot_be_granted_cannot_be_asked_for(desk: Desk, until: date, said: str) -> None:
    number, _ = ways.brought_to("handling")
    answer = desk.ask(number, "ask_extension", "handler", until=until, reason="理由。")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["until"])
    assert said in answer.json["errors"]["until"][0]


def test_the_last_working_day_of_the_ninety_can_be_granted(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    desk.take(number, "ask_extension", "handler", until=date(2026, 6, 12), reason="理由。")
    desk.take(number, "grant_extension", "head")
    assert ways.clocks_of(number)["result"].due_at == datetime(2026, 6, 12, 9, 30, tzinfo=UTC)


def test_who_is_both_rules_as_the_one_who_may(desk: Desk, people: People) -> None:
    both = people.holding(Grant("head", department=DEPARTMENT), Grant("supervisor", place=PLACE))
    for regime, ruler in ways.RULERS.items():
        number, _ = ways.brought_to("handling", ways.REGIMES[regime])
        desk.take(number, "ask_extension", "handler", **ASKED)
        answer = desk.client.post(f"/api/v1/complaints/{number}/actions/grant_extension", json={}, headers=both)
        assert (answer.status_code, ways.events_of(number)[-1].role) == (200, ruler)


# --- a pause ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("regime", "state"), [("other", "paused"), ("802", "running")])
def test_only_a_limit_of_our_own_is_suspended_and_until_a_day_that_is_set(
    desk: Desk, travel: Traveller, regime: str, state: str
) -> None:
    number, code = ways.brought_to("handling", ways.REGIMES[regime])
    was = ways.clocks_of(number)["result"].due_at
    seen = desk.take(number, "suspend", "supervisor", reason="等待法院判决。", review_on=date(2026, 3, 30))
    assert (seen["status"], seen["queue"]["desk"]) == ("suspended", "supervisor")
    clocks = ways.clocks_of(number)
    assert (clocks["result"].state, clocks["suspension"].state) == (state, "running")
    assert clocks["suspension"].due_at == datetime(2026, 3, 30, 9, 30, tzinfo=UTC)
    assert desk.read(number, code=code, path="/events").json[-1]["data"]["reason"] == "等待法院判决。"
    travel.shift(A_DAY * 7)
    assert desk.take(number, "resume", "supervisor")["status"] == "handling"
    again = ways.clocks_of(number)
    assert (again["result"].state, again["suspension"].state) == ("running", "met")
    assert (again["result"].due_at > was) == (regime == "other")


@pytest.mark.parametrize("day", [date(2026, 3, 16), date(2026, 3, 15), date(2026, 4, 16), date(2026, 3, 28)])
def test_the_day_of_review_is_a_working_day_within_thirty(desk: Desk, day: date) -> None:
    number, _ = ways.brought_to("handling")
    answer = desk.ask(number, "suspend", "supervisor", reason="理由。", review_on=day)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["review_on"])


def test_who_suspended_is_reminded_when_the_day_of_review_is_over(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling", ways.DELAYED)
    desk.take(number, "suspend", "supervisor", reason="理由。", review_on=date(2026, 3, 30))
    travel.move_to(datetime(2026, 3, 31, 2, tzinfo=UTC))
    while sweep():
        pass
    told = [one.action for one in ways.events_of(number) if one.data.get("clock") == "suspension"]
    assert told == ["remind", "overdue"]
    assert ways.stored(number).status == "suspended"


def sweep() -> int:
    """One sweep in a transaction of its own."""
    with transaction():
        return climbing.climb(current())


def test_what_sues_meanwhile_is_terminated_with_its_reason(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    seen = desk.take(number, "terminate", "supervisor", reason="企业已起诉。", channel="人民法院")
    assert (seen["status"], seen["queue"], ways.open_clocks(number)) == ("terminated", None, {})
    assert ways.clocks_of(number)["result"].state == "cancelled"
    assert desk.read(number, code=code, path="/events").json[-1]["data"] == {
        "reason": "企业已起诉。", "channel": "人民法院",
    }  # fmt: skip


# --- help ------------------------------------------------------------------------------------------------------------


def test_each_department_that_helps_has_a_clock_of_its_own_and_gives_its_opinion(desk: Desk, travel: Traveller) -> None:
    third = "150821-industry"
    number, code = ways.brought_to("handling")
    assert desk.read(number, "handler", OTHER).status_code == 404
    desk.take(number, "invite", "handler", department=OTHER, note="请核资金安排。")
    travel.shift(3600)
    desk.take(number, "invite", "supervisor", department=third, note="请核企业划型。")
    parties = {one.party: one for one in clocks(number) if one.kind == "co_handle"}
    assert {party: one.state for party, one in parties.items()} == {OTHER: "running", third: "running"}
    assert parties[OTHER].started_at < parties[third].started_at
    seen = desk.read(number, "handler", OTHER).json
    assert (seen["allowed_actions"], seen["contact"], seen["department"]["code"]) == (["opine"], None, DEPARTMENT)
    desk.take(number, "opine", "handler", OTHER, text="资金已列入四月预算。")
    assert {one.party: one.state for one in clocks(number) if one.kind == "co_handle"} == {
        OTHER: "met", third: "running",
    }  # fmt: skip
    event = ways.events_of(number)[-1]
    assert (event.role, event.data["department"], event.public) == ("co_handler", OTHER, False)
    status, why = desk.refused(number, "opine", "handler", OTHER, text="再补一句。")
    assert (status, why) == (409, "没有等待您的部门提出的协办意见。")
    # The lead answers for all, whether or not the others have spoken.
    for action in ("draft", "approve", "reply"):
        ways.go_on(number, action)
    assert ways.open_clocks(number) == {"revisit": "running"}
    assert "资金已列入" not in desk.read(number, code=code, path="/events").text


def clocks(number: str) -> list[Clock]:
    """All clocks of a complaint."""
    return deadlines.clocks_of(ways.stored(number).id)


@pytest.mark.parametrize("at", ["150821-education", "150822-finance", "150822"])
def test_nobody_of_a_department_that_was_not_asked_helps(desk: Desk, at: str) -> None:
    number, _ = ways.ready_for("opine")
    assert desk.read(number, "handler", at).status_code == 404
    assert desk.refused(number, "opine", "handler", at, text="我们也说一句。")[0] == 404


def test_one_office_for_a_whole_place_speaks_for_each_department_in_turn(desk: Desk) -> None:
    number, _ = ways.brought_to("handling")
    for department in (OTHER, "150821-industry"):
        desk.take(number, "invite", "handler", department=department, note="请协助。")
    spoken = []
    for text in ("第一份意见。", "第二份意见。"):
        desk.take(number, "opine", "handler", PLACE, text=text)
        spoken.append(ways.events_of(number)[-1].data["department"])
    assert set(spoken) == {OTHER, "150821-industry"}


@pytest.mark.parametrize("department", [DEPARTMENT, OTHER])
def test_who_already_works_on_it_is_not_asked_again(desk: Desk, department: str) -> None:
    number, _ = ways.ready_for("opine")
    assert desk.refused(number, "invite", "handler", department=department, note="请协助。")[0] == 422


def test_what_is_complained_of_is_neither_asked_to_help_nor_sees_it(desk: Desk) -> None:
    accused = replace(ways.OWED, respondent_name="五原县财政局", respondent_kind="organ")
    number, _ = ways.brought_to("handling", accused)
    assert desk.refused(number, "invite", "handler", department=OTHER, note="请协助。")[0] == 422
    assert desk.read(number, "handler", OTHER).status_code == 404


# --- told meanwhile, and urged ---------------------------------------------------------------------------------------


def test_an_interim_report_is_read_by_the_enterprise_and_stops_no_clock(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    before = ways.open_clocks(number)
    desk.take(number, "report", "handler", text="已约谈医院，正在核对账目。")
    assert ways.open_clocks(number) == before
    told = desk.read(number, code=code, path="/events").json[-1]
    assert (told["name"], told["data"]) == ("阶段报告", {"text": "已约谈医院，正在核对账目。"})


@pytest.mark.parametrize(("later", "status"), [(timedelta(hours=23, minutes=59), 409), (timedelta(hours=24), 200)])
def test_the_enterprise_urges_once_in_a_day(desk: Desk, travel: Traveller, later: timedelta, status: int) -> None:
    number, code = ways.brought_to("handling")
    assert desk.take(number, "urge", "enterprise", code=code, note="请尽快。")["status"] == "handling"
    travel.shift(later)
    assert desk.ask(number, "urge", "enterprise", code=code).status_code == status


# --- misuse ----------------------------------------------------------------------------------------------------------


def test_misuse_is_ruled_on_and_appealed_and_never_blocks(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    seen = desk.take(
        number, "report_misuse", "handler", reason="第五次重复提交同一笔已付清的款项。", evidence="三定规定。"
    )
    assert (seen["pending"], seen["flags"]) == (["misuse"], [])
    assert desk.refused(number, "appeal_misuse", "enterprise", code=code, reason="不属实。")[0] == 409
    assert desk.take(number, "rule_misuse", "supervisor", upheld=True, reason="属实。")["flags"] == ["misuse"]
    # What follows from it people decide, step by step: everybody may go on as before.
    offered = desk.read(number, code=code).json["allowed_actions"]
    assert {"urge", "withdraw", "appeal_misuse"} <= set(offered)
    assert desk.refused(number, "report_misuse", "handler", reason="又一次。", evidence="三定规定。")[0] == 409
    ways.go_on(number, "contact")
    another = ways.filed(replace(ways.OWED, body="另一家医院也欠我们检验试剂款。"), Reader())
    assert another.complaint.status == "submitted"
    desk.take(number, "appeal_misuse", "enterprise", code=code, reason="两笔款项合同号不同。")
    seen = desk.take(number, "rule_misuse_appeal", "supervisor", upheld=True, reason="申诉成立。")
    assert (seen["flags"], seen["pending"]) == ([], [])


@pytest.mark.parametrize(
    ("ruling", "appeal", "flags"),
    [(False, None, []), (True, False, ["misuse"]), (True, True, []), (True, None, ["misuse"])],
)
def test_a_mark_of_misuse_stands_as_long_as_it_is_upheld(
    desk: Desk, ruling: bool, appeal: bool | None, flags: list[str]
) -> None:
    number, code = ways.brought_to("replied")
    desk.take(number, "report_misuse", "dispatcher", reason="重复。", evidence="三定规定。")
    desk.take(number, "rule_misuse", "supervisor", upheld=ruling, reason="裁定。")
    if appeal is not None:
        desk.take(number, "appeal_misuse", "enterprise", code=code, reason="不服。")
        desk.take(number, "rule_misuse_appeal", "supervisor", upheld=appeal, reason="裁定。")
    assert ways.stored(number).flags == flags


# --- counting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upheld", [True, False])
def test_a_department_appeals_a_cases_counting_once_and_the_ruling_is_kept(desk: Desk, upheld: bool) -> None:
    number, _ = ways.ready_for("appeal_counting", "revisited")
    assert not ways.stored(number).excluded
    seen = desk.take(number, "appeal_counting", "head", reason="企业拒绝沟通，非我部门责任。")
    assert seen["pending"] == ["counting"]
    desk.take(number, "rule_counting", "supervisor", upheld=upheld, reason="裁定意见。")
    assert ways.stored(number).excluded == upheld
    event = ways.events_of(number)[-1]
    assert (event.data["upheld"], event.data["reason"], event.public) == (upheld, "裁定意见。", False)
    assert desk.refused(number, "appeal_counting", "head", reason="再申诉。") == (
        409, "「申诉剔除」只能做一次，已经做过了。",
    )  # fmt: skip
