"""Who hears of what: by table, by place, once, and never who may not see it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from service import clock
from service.complaints.models import Event
from service.complaints.rules import MACHINE, STEPS
from service.db import db, transaction
from service.jobs.models import Task
from service.notices import administration, operations, rules
from service.notices.models import Address, Notice
from tests.factories import People
from tests.notices.cases import DAY, HEALTH, MOBILE, PLACE, changed, filed, happens, notices, rung, spread, told
from tests.statements import counted

STAFF = ("department", "head", "dispatcher", "supervisor", "co_handlers", "receiver", "revisit_agent")
OTHER = "150821-industry"


@pytest.fixture(autouse=True)
def morning(app: Flask):
    with time_machine.travel(DAY, tick=False):
        yield


@pytest.fixture
def cast(people: People) -> dict[str, int]:
    """One person for each audience."""
    seats = {
        "department": ("handler", None, HEALTH),
        "head": ("head", None, HEALTH),
        "dispatcher": ("dispatcher", PLACE, None),
        "supervisor": ("supervisor", PLACE, None),
        "co_handlers": ("handler", None, OTHER),
        "revisit_agent": ("revisit_agent", PLACE, None),
        "enterprise": ("enterprise", None, None),
    }
    return {audience: people.reader(*seat).id or 0 for audience, seat in seats.items()}


def prepared(cast: dict[str, int], status: str = "handling") -> int:
    """A complaint of the enterprise's account, with a department that helps, which a revisit agent may see too."""
    number = filed()
    changed(number, filed_by=cast["enterprise"], co_departments=[OTHER], receiver=HEALTH, status=status,
            pending=["revisit"])  # fmt: skip
    return number


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [action for action, step in STEPS.items() if step.tells])
def test_each_step_is_told_to_those_in_its_row(cast: dict[str, int], action: str) -> None:
    complaint = prepared(cast)
    happens(complaint, action, department=OTHER, assignee=cast["department"])
    expected = {audience: cast[audience] for audience in STEPS[action].tells if audience in cast}
    if "receiver" in STEPS[action].tells:
        expected["receiver"] = cast["head"]
        expected["receiver*"] = cast["department"]
    if "assignee" in STEPS[action].tells:
        expected["assignee"] = cast["department"]
    heard = told(spread())
    assert heard == {(audience.rstrip("*"), user) for audience, user in expected.items()}


@pytest.mark.parametrize("action", [action for action, step in STEPS.items() if not step.tells])
def test_what_is_told_to_nobody_is_told_to_nobody(cast: dict[str, int], action: str) -> None:
    happens(prepared(cast), action)
    assert spread() == []
    assert db.session.scalar(select(func.count()).where(~Event.told)) == 0


@pytest.mark.parametrize("kind", rules.KEEPERS)
def test_a_reminder_goes_to_those_for_whom_the_clock_runs(cast: dict[str, int], kind: str) -> None:
    rung(prepared(cast), "remind", kind)
    assert told(spread()) == {(audience, cast[audience]) for audience in rules.KEEPERS[kind]}


@pytest.mark.parametrize(
    ("name", "audiences"),
    [
        ("supervise", {"department", "head", "supervisor"}),
        ("supervise_again", {"department", "head", "supervisor"}),
        ("summon", {"head", "supervisor"}),
        ("letter", {"department", "supervisor"}),
        ("censure", {"head", "supervisor"}),
    ],
)
def test_the_higher_rungs_reach_higher(cast: dict[str, int], name: str, audiences: set[str]) -> None:
    rung(prepared(cast), name, "result")
    assert told(spread()) == {(audience, cast[audience]) for audience in audiences}


def test_every_clock_has_keepers_and_every_audience_a_channel() -> None:
    from service.deadlines.ladder import KINDS, RUNGS

    assert set(KINDS) == set(rules.KEEPERS)
    assert set(RUNGS) <= set(rules.RUNG_TELLS)
    for _action, name, audiences in rules.table():
        assert name != "有新情况"
        assert all(rules.CHANNELS_OF[one] for one in audiences if one != "keepers")
    assert {one for step in STEPS.values() for one in step.tells} <= set(rules.AUDIENCES)


def test_a_clock_of_an_unknown_kind_is_the_business_of_the_desk_that_holds_the_complaint() -> None:
    assert rules.tells("overdue", MACHINE, {"clock": "new"}, "revisit") == ("revisit_agent",)
    assert rules.tells("overdue", MACHINE, {"clock": "new"}, None) == ()


def test_retaliation_goes_straight_to_the_supervisor(cast: dict[str, int]) -> None:
    assert "supervisor" in rules.tells("file", "enterprise", {}, "department", ["retaliation"])
    assert "supervisor" not in rules.tells("file", "enterprise", {}, "department", ["urgent"])


# --- filing ----------------------------------------------------------------------------------------------------------


def test_a_filing_that_the_machine_dispatched_is_one_message_to_the_enterprise(cast: dict[str, int]) -> None:
    filed(told=False)
    found = spread()
    assert [(one.action, one.audience) for one in found if one.channel == "sms"] == [("dispatch", "enterprise")]
    assert told(found) == {("department", cast["department"])}


def test_a_filing_that_waits_is_the_news_of_the_dispatcher_of_its_place(cast: dict[str, int]) -> None:
    filed(told=False, body="我们反映的事情比较复杂，希望有人联系我们了解具体情况。", respondent=None)
    found = spread()
    assert told(found) == {("dispatcher", cast["dispatcher"])}
    assert {one.action for one in found} == {"file"}


def test_an_enterprise_without_a_telephone_gets_no_short_message() -> None:
    filed(told=False, anonymous=True, contact=None, enterprise=None)
    assert [one for one in spread() if one.channel == "sms"] == []


# --- who sits nearest ------------------------------------------------------------------------------------------------


def test_where_a_department_has_nobody_of_its_own_the_office_of_its_place_hears(people: People) -> None:
    office, above = people.reader("handler", PLACE), people.reader("handler", "150800")
    happens(filed(), "urge")
    assert told(spread()) == {("department", office.id)}
    assert above.id is not None


def test_the_departments_own_people_come_before_an_office_for_all(people: People) -> None:
    own, _office = people.reader("handler", None, HEALTH), people.reader("handler", PLACE)
    happens(filed(), "urge")
    assert told(spread()) == {("department", own.id)}


def test_who_did_it_and_who_left_hear_nothing(people: People) -> None:
    from service.accounts import operations as accounts

    actor, gone, left = (people.reader("handler", None, HEALTH) for _ in range(3))
    with transaction():
        accounts.close_user(accounts.user_named(gone.login), clock.now(), "test")
    happens(filed(), "approve", actor=actor.id)
    assert told(spread()) == {("department", left.id)}


def test_somebody_in_two_audiences_hears_once(people: People) -> None:
    from service.accounts import operations as accounts
    from service.accounts.rules import Grant

    with transaction():
        grants = [Grant("handler", department=HEALTH), Grant("head", department=HEALTH)]
        both = accounts.create_user("both", "both", grants, None, clock.now(), "test").id
    happens(filed(), "urge")
    assert told(spread()) == {("department", both)}


# --- who must not hear -----------------------------------------------------------------------------------------------


def test_who_works_for_the_unit_complained_of_is_told_nothing(people: People) -> None:
    people.reader("handler", None, HEALTH)
    people.reader("head", None, HEALTH)
    complaint = filed()
    changed(complaint, respondent_department=HEALTH)
    for action in ("dispatch", "urge", "supervise", "terminate"):
        happens(complaint, action, department=HEALTH)
    assert told(spread()) == set()


def test_its_addresses_are_told_nothing_either(app: Flask) -> None:
    address("robot", department=HEALTH)
    address("webhook", department=HEALTH)
    complaint = filed()
    changed(complaint, respondent_department=HEALTH)
    happens(complaint, "urge")
    assert {one.channel for one in spread()} <= {"sms"}


def test_what_is_sealed_goes_to_the_regions_supervisor_and_to_no_address(people: People) -> None:
    below, region = people.reader("supervisor", PLACE), people.reader("supervisor", "150000")
    address("robot", place=PLACE)
    address("webhook", place="150000")
    complaint = filed()
    changed(complaint, sealed=True)
    happens(complaint, "ask_redo")
    found = spread()
    assert told(found) == {("supervisor", region.id)}
    assert len(found) == 1
    assert below.id is not None


def test_nobody_of_another_place_hears(people: People) -> None:
    for role in ("supervisor", "dispatcher", "handler"):
        people.reader(role, "150100")
    happens(filed(), "urge")
    rung(notices_complaint(), "supervise", "result")
    assert told(spread()) == set()


def notices_complaint() -> int:
    return db.session.scalar(select(Event.complaint_id).limit(1)) or 0


PLANTED = "河套试剂有限公司的白女士，电话 13804710001，信用代码 91150100MA0MW4Q31H"


def test_no_notice_holds_a_persons_numbers_or_what_was_complained_of(cast: dict[str, int]) -> None:
    complaint = prepared(cast)
    for channel in ("email", "robot"):
        address(channel, department=HEALTH)
        address(channel, place=PLACE)
    for action in STEPS:
        given = {"department": OTHER, "assignee": cast["department"]}
        happens(complaint, action, reason=PLANTED, note=PLANTED, text=PLANTED, reply=PLANTED, **given)
    found = spread()
    said = "\n".join(f"{one.subject}\n{one.body}" for one in found)
    assert len(found) > 100
    assert MOBILE not in said
    assert "91150100MA0MW4Q31H" not in said
    assert "检验试剂和输液耗材" not in said
    outside = "\n".join(f"{one.subject}\n{one.body}" for one in found if one.channel != "inbox")
    assert "河套试剂" not in outside
    assert "白女士" not in outside


def test_who_asked_for_confidentiality_is_named_nowhere(cast: dict[str, int]) -> None:
    complaint = prepared(cast)
    changed(complaint, confidential=True)
    for action in STEPS:
        given = {"department": OTHER, "assignee": cast["department"]}
        happens(complaint, action, reason=PLANTED, note=PLANTED, **given)
    said = "\n".join(f"{one.subject}\n{one.body}" for one in spread())
    assert "河套试剂" not in said
    assert "白女士" not in said


# --- followers -------------------------------------------------------------------------------------------------------


def test_an_enterprise_whose_complaint_was_merged_hears_of_the_answer_under_its_own_number(people: People) -> None:
    first, second = people.reader("enterprise"), people.reader("enterprise")
    lead, other = filed(), filed(body="五原县人民医院欠我们设备款，货到验收一年多没有付。")
    changed(lead, filed_by=first.id)
    changed(other, filed_by=second.id, merged_into=lead, status="merged")
    happens(lead, "reply", reply="答复")
    found = [one for one in spread() if one.audience == "followers"]
    assert {one.channel for one in found} == {"inbox", "sms"}
    assert {one.complaint_id for one in found} == {other}
    assert all(one.number in (one.body or "") for one in found)


# --- addresses -------------------------------------------------------------------------------------------------------


def address(channel: str, **owner: object) -> int:
    with transaction():
        row = Address(channel=channel, name=f"{channel} {owner}", url="https://example.com/hook", secret="s" * 20,
                      created_at=clock.now(), **owner)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


def test_addresses_of_the_department_the_place_and_the_person_hear_beside_the_inbox(cast: dict[str, int]) -> None:
    department = address("robot", department=HEALTH)
    place = address("email", place=PLACE)
    person = address("email", user_id=cast["head"])
    address("robot", department=OTHER)
    address("email", place="150100")
    happens(prepared(cast), "urge")
    found = {(one.audience, one.channel, one.address_id) for one in spread() if one.address_id}
    assert found == {
        ("department", "robot", department),
        ("dispatcher", "email", place),
        ("head", "email", person),
    }


def test_webhooks_hear_of_every_event_that_they_may(people: People) -> None:
    system = people.reader("system")
    own, place, department = (
        address("webhook", user_id=system.id), address("webhook", place="150800"), address("webhook", department=HEALTH)
    )  # fmt: skip
    address("webhook", place="150100")
    complaint = filed()
    changed(complaint, filed_by=system.id)
    happens(complaint, "sign")
    found = [one for one in spread() if one.channel == "webhook"]
    assert {(one.address_id, one.audience) for one in found} == {(one, "systems") for one in (own, place, department)}
    assert {one.body for one in found} == {None}


# --- once ------------------------------------------------------------------------------------------------------------


def test_telling_twice_tells_once(cast: dict[str, int]) -> None:
    happens(prepared(cast), "urge")
    first = [one.id for one in spread()]
    assert [one.id for one in spread()] == first


def test_two_that_tell_at_once_tell_each_event_once(app: Flask, cast: dict[str, int]) -> None:
    complaint = prepared(cast)
    for _ in range(20):
        happens(complaint, "urge")
    barrier = Barrier(2)

    def work() -> int:
        with app.app_context():
            barrier.wait()
            with transaction():
                return operations.spread(clock.now(), 10)

    with ThreadPoolExecutor(2) as pool:
        counts = [done.result() for done in [pool.submit(work), pool.submit(work)]]
    assert counts == [10, 10]
    assert len(told(notices())) == 3
    assert len(spread()) == 20 * 3


def test_one_that_is_killed_in_the_middle_told_nothing_and_the_next_tells_all(
    cast: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    happens(prepared(cast), "urge")

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("service.jobs.outbox.add_all", killed)
        with pytest.raises(KeyboardInterrupt):
            spread()
    assert notices() == []
    assert told(spread()) == {(one, cast[one]) for one in ("dispatcher", "department", "head")}


def test_each_message_that_leaves_the_house_has_one_task(cast: dict[str, int]) -> None:
    address("robot", department=HEALTH)
    happens(prepared(cast), "urge")
    outside = [one.id for one in spread() if one.state == "waiting"]
    tasks = db.session.scalars(select(Task).where(Task.name == "notices.deliver")).all()
    assert [task.args for task in tasks] == [{"id": one} for one in outside]
    assert outside


def test_the_number_of_statements_does_not_grow_with_the_batch(cast: dict[str, int]) -> None:
    address("robot", department=HEALTH)
    spread()
    numbers = set()
    for length in (1, 60):
        for _ in range(length):
            happens(prepared(cast), "close")
        with counted() as sent:
            spread()
        numbers.add(len([one for one in sent if "set_config" not in one]) - 1)
    assert len(numbers) == 1, numbers
    assert max(numbers) <= 15, numbers


def test_seeding_again_leaves_what_an_administrator_edited(app: Flask, people: People) -> None:
    admin = people.reader("administrator")
    with transaction():
        administration.edit("any.any.inbox", "新标题 {number}", "新内容 {number}", admin, clock.now())
        stored = administration.seed(app.config["DATA"])
    assert (stored.kept, stored.changed) == (1, 0)
    with transaction():
        template = administration.template("any.any.inbox")
        assert template.body == "新内容 {number}"
        template.edited_at = None
        administration.seed(app.config["DATA"])
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
