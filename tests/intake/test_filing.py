"""What comes of a filing: who has it, in which state, and on which clocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service import clock
from service.clock import ZONE
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import OPEN
from service.db import db
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.models import Category
from service.intake import operations
from service.intake.schemas import FilingSchema
from tests.caller import Caller
from tests.factories import People, filing
from tests.intake import texts
from tests.intake.conftest import File, stored

pytestmark = pytest.mark.usefixtures("traveller")

STEPS = ["file", "accept", "dispatch"]
NOBODY = {"respondent": None, "nature": None, "amount": None}
GOVERNMENT = {"name": "五原县人民政府", "kind": "organ"}


def at(day: str, time: str = "17:30") -> datetime:
    return datetime.fromisoformat(f"2026-{day} {time}").replace(tzinfo=ZONE)


SIGN = at("03-10", "16:30")  # 4 working hours from 10:00, with the noon break
MONTH, FIFTEEN_DAYS, FIVE_DAYS, ONE_DAY = at("04-09"), at("03-31"), at("03-17"), at("03-11")


@dataclass(frozen=True)
class Outcome:
    """What must be true after a filing on Tuesday, 10 March 2026, 10:00.

    Attributes:
        role: who files, for the whole region; None is the public.
        department: None means that a dispatcher has it, at `place`.
        running: what runs, and until when; met: what the machine's own steps met at once.
    """

    name: str
    said: dict[str, Any]
    running: dict[str, datetime]
    department: str | None = None
    place: str = "150821"
    role: str | None = None
    met: set[str] = field(default_factory=lambda: {"accept", "dispatch"})
    routed_by: str = "model"
    sealed: bool = False
    channel: str = ""


def waits(name: str, said: dict[str, Any], **rest: Any) -> Outcome:
    """A filing that a dispatcher has to look at."""
    running = {"accept": ONE_DAY, **rest.pop("also", {})}
    return Outcome(name, said, running, met=set(), routed_by="triage", **rest)


OUTCOMES = [
    Outcome("802", {}, {"sign": SIGN, "result": MONTH}, "150821-health", met={"accept", "dispatch", "transfer"}),
    Outcome(
        "an anonymous filer starts no statutory clock",
        {"anonymous": True, "enterprise": None, "contact": None},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-health",
    ),
    Outcome(
        "a large creditor is not under 802",
        {"enterprise": {"name": "河套重工集团", "size": "large"}},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-health",
    ),
    Outcome(
        "a broken promise goes one level up",
        {"body": texts.PROMISE, "respondent": GOVERNMENT},
        {"sign": SIGN, "result": MONTH}, "150800-dev-reform", met={"accept", "dispatch", "transfer"},
    ),
    Outcome("policy", {**NOBODY, "body": texts.SUBSIDY}, {"sign": SIGN, "result": FIVE_DAYS}, "150821-industry"),
    Outcome("inquiry", {**NOBODY, "body": texts.INQUIRY}, {"sign": SIGN, "result": ONE_DAY}, "150821-industry"),
    Outcome(
        "an inquiry by its nature",
        {**NOBODY, "body": texts.REFUND, "nature": "inquiry"},
        {"sign": SIGN, "result": ONE_DAY}, "150821-tax",
    ),
    Outcome("all others", {**NOBODY, "body": texts.REFUND}, {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-tax"),
    Outcome(
        "urgent", {**NOBODY, "body": texts.POWER, "flags": ["urgent"]},
        {"sign": SIGN, "contact": at("03-10", "12:00"), "result": at("03-11", "10:00")},
        "150821-dev-reform", role="operator",
    ),
    Outcome(
        "a group", {**NOBODY, "body": texts.POWER, "flags": ["group"]},
        {"sign": SIGN, "contact": at("03-10", "12:00"), "result": at("03-11", "10:00")},
        "150821-dev-reform", role="operator",
    ),
    Outcome(
        "sensitive alone is not urgent", {**NOBODY, "body": texts.POWER, "flags": ["sensitive"]},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-dev-reform", role="operator",
    ),
    Outcome(
        "assigned by a superior",
        {**NOBODY, "body": texts.REFUND,
         "source": {"system": "督查", "number": "1", "due_at": "2026-03-13T12:00:00+08:00"}},
        {"sign": SIGN, "result": at("03-13", "12:00")}, "150821-tax", role="system",
    ),
    Outcome(
        "the law and a superior: the earlier counts",
        {"source": {"system": "督查", "number": "2", "due_at": "2026-03-20T12:00:00+08:00"}},
        {"sign": SIGN, "result": at("03-20", "12:00")},
        "150821-health", role="system", met={"accept", "dispatch", "transfer"},
    ),
    Outcome(
        "a superior may not give more time than the law",
        {"source": {"system": "督查", "number": "3", "due_at": "2026-12-20T12:00:00+08:00"}},
        {"sign": SIGN, "result": MONTH},
        "150821-health", role="system", met={"accept", "dispatch", "transfer"},
    ),
    Outcome(
        "retaliation goes sealed to the region's supervisor", {"flags": ["retaliation"]},
        {"sign": SIGN, "result": MONTH}, "150000-rule-of-law",
        role="operator", met={"accept", "dispatch", "transfer"}, routed_by="rule", sealed=True,
    ),
    Outcome(
        "a report on an official is sealed", {**NOBODY, "body": texts.BRIBE},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-discipline", sealed=True,
    ),
    Outcome(
        "what staff chose overrules the machine", {**NOBODY, "body": texts.VAGUE, "category": "tax.refund"},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-tax", role="operator", routed_by="operator",
    ),
    Outcome(
        "what the filer chose and the machine agrees with", {**NOBODY, "body": texts.REFUND, "category": "tax.refund"},
        {"sign": SIGN, "result": FIFTEEN_DAYS}, "150821-tax",
    ),
    waits(
        "what the filer chose and the machine contradicts", {**NOBODY, "body": texts.REFUND, "category": "market.ip"}
    ),
    waits("unsure", {**NOBODY, "body": texts.VAGUE}),
    waits("place unknown", {**NOBODY, "body": texts.REFUND, "region": None}, place="150000"),
    waits("owner unknown", {**NOBODY, "body": texts.PROMISE}),
    waits("an inquiry nobody is sure of", {**NOBODY, "body": texts.VAGUE, "nature": "inquiry"},
          also={"result": ONE_DAY}),
    waits("assigned by a superior, but unsure",
          {**NOBODY, "body": texts.VAGUE,
           "source": {"system": "督查", "number": "4", "due_at": "2026-03-13T12:00:00+08:00"}},
          role="system", also={"result": at("03-13", "12:00")}),
    waits("out of scope", {**NOBODY, "body": texts.NEIGHBOURS}, channel="12345"),
    waits("a private debtor", {"respondent": {"name": "张三建材店", "kind": "private"}}, channel="调解"),
    waits("a gate that the text shows", {"body": texts.ARREARS + "我公司已经起诉，法院已立案。"}, channel="该程序"),
    waits("a gate that was declared", {"gates": ["in_petition"]}, channel="信访"),
    waits("an official's bribe", {**NOBODY, "body": texts.REFUND + "经办人收了红包，涉嫌受贿。"},
          channel="12388", sealed=True),
    waits("an emergency", {**NOBODY, "body": "我厂隔壁仓库着火了，火势很大，有人被困在里面，快来救。"},
          channel="119"),
]  # fmt: skip


@pytest.mark.parametrize("expected", OUTCOMES, ids=lambda outcome: outcome.name)
def test_a_filing_comes_out_as_the_table_says(expected: Outcome, file: File, people: People) -> None:
    headers = people.headers(expected.role, None if expected.role == "system" else "150000") if expected.role else None
    answer = file(headers, **expected.said)
    dispatched = expected.department is not None
    desk = ("department", expected.department) if dispatched else ("dispatcher", expected.place)
    assert (answer["queue"]["desk"], answer["queue"]["code"]) == desk
    assert answer["status"] == ("dispatched" if dispatched else "submitted")
    assert (answer["department"] or {"code": None})["code"] == expected.department
    assert answer["routed_by"] == expected.routed_by
    assert {one["kind"]: datetime.fromisoformat(one["due_at"]) for one in answer["clocks"]} == expected.running
    assert expected.channel in (answer["proposed_channel"] or "")
    assert bool(answer["proposed_channel"]) == bool(expected.channel)
    assert answer["reason"].endswith("。")
    assert answer["receiver"]["name"]


@pytest.mark.parametrize("expected", OUTCOMES, ids=lambda outcome: outcome.name)
def test_a_filing_is_stored_whole(expected: Outcome, file: File, people: People) -> None:
    headers = people.headers(expected.role, None if expected.role == "system" else "150000") if expected.role else None
    complaint = stored(file(headers, **expected.said))
    assert complaint.status in OPEN
    assert complaint.queue_desk
    assert complaint.queue_code
    clocks = db.session.scalars(select(Clock).where(Clock.complaint_id == complaint.id)).all()
    assert {one.kind: one.due_at for one in clocks if one.state == "running"} == expected.running
    assert {one.kind for one in clocks if one.state == "met"} == expected.met
    assert complaint.due_at == min(expected.running.values())
    assert all((one.next_at is None) == (one.state == "met") for one in clocks)
    steps = db.session.scalars(select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)).all()
    assert [step.action for step in steps] == (STEPS if expected.department else STEPS[:1])
    assert [step.role for step in steps[1:]] == (["machine", "machine"] if expected.department else [])
    assert (complaint.length, complaint.head) == (len(steps), steps[-1].hash)
    assert list(complaints.broken_chains()) == []
    assert complaint.sealed == expected.sealed


def test_a_hospitals_debt_goes_to_the_countys_health_commission_with_the_law_beside_it(file: File) -> None:
    answer = file()
    assert answer["category"]["family"] == "arrears"
    assert answer["department"]["name"] == "五原县卫生健康委员会"
    assert answer["receiver"]["name"] == "内蒙古自治区工业和信息化厅"
    assert "保障中小企业款项支付条例第二十五条" in answer["reason"]
    basis = {one["kind"]: one["basis"] for one in answer["clocks"]}
    assert basis["result"] == "依据：保障中小企业款项支付条例第二十五条第二款"
    assert basis["sign"] == "本平台服务承诺"


def test_the_ten_days_for_handing_an_802_debt_over_stand_on_record_as_met(file: File) -> None:
    complaint = stored(file())
    transfer = db.session.scalars(
        select(Clock).where(Clock.complaint_id == complaint.id, Clock.kind == "transfer")
    ).one()
    assert (transfer.state, transfer.stopped_at, transfer.statutory) == ("met", clock.now(), True)
    assert transfer.due_at == at("03-24")


def test_three_suggestions_tell_the_public_why_and_the_staff_how_sure(file: File, people: People) -> None:
    public, staff = file()["suggestions"], file(people.headers("operator", "150000"))["suggestions"]
    assert len(public) == len(staff) == 3
    assert all("probability" not in one for one in public)
    assert public[0]["reasons"]
    assert staff[0]["probability"] > staff[1]["probability"] > 0
    assert [one["code"] for one in public] == [one["code"] for one in staff]


def test_what_is_asked_for_by_an_operator_is_answered_on_the_spot(
    client: FlaskClient, file: File, people: People
) -> None:
    operator = people.headers("operator", "150000")
    answer = file(operator, **NOBODY, body=texts.VAGUE)
    address = f"/api/v1/complaints/{answer['number']}"
    done = client.post(f"{address}/actions/answer", json={"reply": "材料清单已当场说明。"}, headers=operator)
    assert done.status_code == 200, done.text
    seen = done.get_json()
    assert (seen["status"], seen["queue"]["desk"], seen["reply"]) == ("answered", "revisit", "材料清单已当场说明。")
    assert [one["kind"] for one in seen["clocks"] if one["state"] == "running"] == ["revisit"]


# --- inside the house ------------------------------------------------------------------------------------------------


@contextmanager
def confirmed(family: str) -> Iterator[None]:
    """An administrator wants a person to look at a family; taken back at the end."""
    try:
        db.session.get_one(Category, family).policy = "confirm"
        directory.bump()
        yield
    finally:
        db.session.rollback()


def test_a_family_that_is_to_be_confirmed_waits_with_the_department_proposed(people: People) -> None:
    operator = people.reader("operator", "150000")
    with confirmed("tax"):
        draft = FilingSchema().load(filing(**NOBODY, body=texts.REFUND))
        complaint = operations.file_complaint(draft, operator, clock.now()).complaint
        assert (complaint.status, complaint.department) == ("submitted", None)
        assert complaint.proposed_department == "150821-tax"
        assert "由派单员确认" in complaint.reason


def test_what_the_desk_wants_to_dispatch_by_hand_waits_however_sure_the_machine_is(people: People) -> None:
    draft = FilingSchema().load(filing())
    filed = operations.file_complaint(draft, people.reader("operator", "150000"), clock.now(), by_hand=True)
    assert (filed.complaint.status, filed.complaint.routed_by) == ("submitted", "triage")
    assert filed.complaint.proposed_department == "150821-health"
    assert {row["kind"] for row in filed.clocks} == {"accept"}


# --- who files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "place", "channel", "acts_as"),
    [
        (None, None, "web", "enterprise"),
        ("enterprise", None, "web", "enterprise"),
        ("operator", "150800", "hotline", "operator"),
        ("system", None, "api", "system"),
    ],
)
def test_the_channel_and_the_filer_stand_on_record(
    role: str | None, place: str | None, channel: str, acts_as: str, file: File, people: People
) -> None:
    complaint = stored(file(people.headers(role, place) if role else None))
    event = db.session.scalars(select(Event).where(Event.complaint_id == complaint.id, Event.seq == 1)).one()
    assert (complaint.channel, event.role) == (channel, acts_as)
    assert (complaint.filed_by is None) == (role is None)
    assert event.actor_id == complaint.filed_by


def test_staff_and_systems_may_name_another_channel(file: File, people: People) -> None:
    assert stored(file(people.headers("operator", "150000"), channel="visit")).channel == "visit"
    assert stored(file(people.headers("system"), channel="transfer")).channel == "transfer"


@pytest.mark.parametrize("role", [None, "enterprise"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("channel", "leader_note"), ("source", {"system": "12345"}), ("flags", ["urgent"])],
)
def test_what_only_staff_may_say_is_refused_from_others(
    role: str | None, field: str, value: Any, client: FlaskClient, people: People
) -> None:
    headers = people.headers(role) if role else None
    answer = client.post("/api/v1/complaints", json=filing(**{field: value}), headers=headers)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


def test_an_operator_answers_on_the_spot_and_only_the_revisit_runs(client: FlaskClient, people: People) -> None:
    operator = people.headers("operator", "150000")
    said = filing(respondent=None, amount=None, nature="inquiry", body=texts.INQUIRY, answer="可在窗口或网上申报。")
    answer = client.post("/api/v1/complaints", json=said, headers=operator).json or {}
    assert (answer["status"], answer["department"]) == ("answered", None)
    assert [clock["kind"] for clock in answer["clocks"]] == ["revisit"]
    trail = client.get(f"/api/v1/complaints/{answer['number']}/events", headers=operator).json or []
    assert [(event["action"], event["role"]) for event in trail] == [("file", "operator"), ("answer", "operator")]
    seen = client.get(f"/api/v1/complaints/{answer['number']}", headers=operator).json or {}
    assert seen["reply"] == "可在窗口或网上申报。"


def test_only_who_may_answer_sends_an_answer_along(client: FlaskClient, people: People) -> None:
    for headers in ({}, people.headers("system")):
        refused = client.post("/api/v1/complaints", json=filing(answer="好的。"), headers=headers)
        assert refused.status_code == 422
        assert list(refused.json["errors"]) == ["answer"]


def test_an_auditor_speaks_for_no_enterprise(client: FlaskClient, people: People) -> None:
    refused = client.post("/api/v1/complaints", json=filing(flags=["urgent"]), headers=people.headers("auditor"))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["flags"])


def test_who_files_anonymously_with_an_account_is_unknown_to_us_too(client: FlaskClient, people: People) -> None:
    said = filing(enterprise=None, contact=None, anonymous=True)
    answer = client.post("/api/v1/complaints", json=said, headers=people.headers("enterprise"))
    assert answer.status_code == 201
    assert db.session.scalars(select(Complaint.filed_by)).all() == [None]
    assert set(db.session.scalars(select(Event.actor_id))) == {None}


@pytest.mark.parametrize("changes", [{"nature": "report"}, {"flags": ["retaliation"]}])
def test_what_is_sealed_is_not_answered_on_the_spot(
    client: FlaskClient, people: People, changes: dict[str, Any]
) -> None:
    said = filing(answer="知道了。", **changes)
    refused = client.post("/api/v1/complaints", json=said, headers=people.headers("operator", "150000"))
    assert refused.status_code == 403
    assert "请改为派单" in refused.json["message"]
    assert db.session.scalars(select(Complaint.id)).all() == []


def test_nobody_answers_on_the_spot_for_another_place(client: FlaskClient, people: People) -> None:
    refused = client.post(
        "/api/v1/complaints", json=filing(answer="好的。"), headers=people.headers("operator", "150100")
    )
    assert refused.status_code == 403
    assert db.session.scalars(select(Complaint.id)).all() == []


def test_an_answer_on_the_spot_is_the_operators_own(client: FlaskClient, people: People) -> None:
    said = filing(answer="可在窗口或网上申报。")
    answer = client.post("/api/v1/complaints", json=said, headers=people.headers("operator", "150000")).json or {}
    assert (answer["routed_by"], answer["reason"]) == ("operator", "工作人员已当场答复，不再派给部门。")


def test_what_only_a_ruling_says_cannot_be_filed(client: Caller, people: People) -> None:
    body = {"body": "我公司被拖欠货款。", "flags": ["misuse"], "anonymous": True}
    answer = client.post("/api/v1/complaints", json=body, headers=people.headers("operator", place="150821"))
    assert answer.status_code == 422
    assert "flags" in str(answer.json)
