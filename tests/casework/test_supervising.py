"""Orders and letters that steps write, and the link that a respondent answers by."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from time_machine import Traveller

from service.casework import climbing, letters, operations
from service.casework.models import Letter
from service.clock import now as current
from service.db import db, transaction
from service.errors import NotFound
from service.intake.rules import Draft
from tests.casework import ways
from tests.casework.desk import Desk
from tests.casework.ways import DEPARTMENT, OTHER

REGION = "150000"


def written(number: str) -> list[Letter]:
    """The letters about a complaint, the oldest first."""
    return letters.of(ways.stored(number).id)[::-1]


def sweep() -> None:
    """Sweep until nothing is due."""
    with transaction():
        while climbing.climb(current()):
            pass


@pytest.mark.parametrize(("action", "given"), [("supervise", {}), ("supervise_jointly", {"department": OTHER})])
def test_an_order_goes_to_the_department_that_handles_it(desk: Desk, action: str, given: dict[str, str]) -> None:
    number, code = ways.brought_to("handling")
    desk.take(number, action, "supervisor", reason="企业反映强烈，请三日内报告。", **given)
    (order,) = written(number)
    assert (order.kind, order.department, order.demand) == ("order", DEPARTMENT, "企业反映强烈，请三日内报告。")
    assert order.due_at == datetime(2026, 3, 19, 9, 30, tzinfo=UTC)
    assert ways.events_of(number)[-1].data["letter"] == order.number
    assert order.number not in desk.read(number, code=code, path="/events").text


def test_the_link_of_an_inquiry_is_told_once_and_kept_nowhere(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    seen = desk.take(number, "inquire", "handler", text="请说明付款安排。")
    token = seen["issued"]["token"]
    (letter,) = written(number)
    assert seen["issued"]["letter"] == letter.number
    assert ways.open_clocks(number)["inquiry"] == "running"
    for told in (
        desk.read(number, "handler"), desk.read(number, "supervisor"), desk.read(number, "handler", path="/events"),
        desk.read(number, code=code), desk.read(number, code=code, path="/events"),
    ):  # fmt: skip
        assert token not in told.text
    assert all(token not in str(event.data) for event in ways.events_of(number))
    assert desk.take(number, "contact", "handler", note="已联系。")["issued"] is None


KEPT = replace(
    ways.OWED, confidential=True, enterprise_name="草原狼医疗器械有限公司", contact_name="王建国",
    amount=Decimal(1200000), details={"debt": {"contract_number": "CYL-2024-077"}},
)  # fmt: skip
UNKNOWN = replace(
    ways.OWED, anonymous=True, enterprise_name=None, enterprise_size=None, uscc=None, contact_name=None,
    contact_phone=None, body=f"{ways.OWED.body}张三13812345678",
)  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "text", "told"),
    [
        (KEPT, "请核实是否拖欠草原狼医疗器械货款，联系人王建国。", "企业的名称、联系人"),
        (KEPT, "请核实合同CYL-2024-077货款，金额1200000元。", "合同编号、准确的金额"),
        (UNKNOWN, "请联系张三13812345678。", "联系电话"),
    ],
)
def test_an_inquiry_that_would_tell_who_complains_is_not_sent(desk: Desk, draft: Draft, text: str, told: str) -> None:
    number, _ = ways.brought_to("handling", draft)
    status, said = desk.refused(number, "inquire", "handler", text=text)
    assert (status, said.endswith(f"请去掉：{told}。")) == (422, True)
    assert written(number) == []
    desk.take(number, "inquire", "handler", text="请核实付款情况。")


def answer(token: str, text: str = "本月底前付清。") -> None:
    """The respondent answers."""
    with transaction():
        operations.answer_inquiry(token, text, "院办王主任", current())


def test_a_respondent_answers_once_by_the_link_and_the_clock_stops(desk: Desk) -> None:
    number, code = ways.brought_to("handling")
    token = desk.take(number, "inquire", "dispatcher", text="请说明付款安排。")["issued"]["token"]
    answer(token)
    event = ways.events_of(number)[-1]
    assert (event.action, event.role, event.actor_id, event.public) == ("answer_inquiry", "respondent", None, False)
    assert ways.clocks_of(number)["inquiry"].state == "met"
    assert "本月底前付清" in desk.read(number, "handler", path="/events").text
    assert "本月底前付清" not in desk.read(number, code=code, path="/events").text
    with pytest.raises(NotFound):
        answer(token)


@pytest.mark.parametrize("action", ["withdraw", "terminate"])
def test_a_link_is_dead_when_the_complaint_is_over(desk: Desk, action: str) -> None:
    number, _ = ways.brought_to("handling")
    token = desk.take(number, "inquire", "handler", text="请说明。")["issued"]["token"]
    ways.go_on(number, action)
    with pytest.raises(NotFound):
        answer(token)


def test_nobody_is_asked_where_no_respondent_is_named_or_the_matter_is_sealed(desk: Desk) -> None:
    number, _ = ways.brought_to("handling", ways.DELAYED)
    assert desk.refused(number, "inquire", "handler", text="请说明。") == (409, "这件诉求没有填写被投诉单位。")
    sealed, _ = ways.brought_to("accepted", replace(ways.OWED, nature="report"))
    status, why = desk.refused(sealed, "inquire", "supervisor", REGION, text="请说明。")
    assert (status, "密封" in why) == (403, True)
    assert written(sealed) == []


def test_an_unanswered_inquiry_is_followed_by_a_letter_and_the_list(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("accepted")
    desk.take(number, "inquire", "dispatcher", text="请说明付款安排。")
    travel.move_to(datetime(2026, 3, 31, 2, tzinfo=UTC))
    sweep()
    rungs = [one.action for one in ways.events_of(number) if one.data.get("clock") == "inquiry"]
    assert rungs == ["remind", "overdue", "letter", "censure"]
    assert [(one.kind, one.addressee) for one in written(number)][:2] == [
        ("inquiry", "五原县人民医院"), ("letter", "五原县人民医院"),
    ]  # fmt: skip


def test_a_department_that_is_late_gets_an_order_and_another_for_each_rung(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    ways.go_on(number, "contact")
    travel.move_to(datetime(2026, 4, 16, 10, tzinfo=UTC))
    sweep()
    assert [(one.kind, one.department) for one in written(number)] == [("order", DEPARTMENT)]
    travel.shift(timedelta(days=14))
    sweep()
    assert [one.kind for one in written(number)] == ["order", "order"]
    found = {one.action for one in ways.events_of(number) if one.data.get("clock") == "result"}
    assert found == {"remind", "overdue", "supervise", "supervise_again", "summon"}


def test_nobody_is_ordered_for_what_somebody_else_is_late_with(desk: Desk, travel: Traveller) -> None:
    number, _ = ways.brought_to("handling")
    ways.go_on(number, "terminate", "reopen")
    assert ways.stored(number).department == DEPARTMENT
    travel.shift(timedelta(days=10))
    sweep()
    rungs = {one.action for one in ways.events_of(number) if one.data.get("clock") == "dispatch"}
    assert "supervise" in rungs
    assert db.session.scalars(select(Letter)).all() == []
