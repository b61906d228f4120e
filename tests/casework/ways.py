"""Complaints brought to any state of the workflow, by the shortest way that its own table knows."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from service import clock
from service.accounts.rules import Reader
from service.casework import operations
from service.complaints.models import Complaint, Event
from service.complaints.rules import MACHINE, STEPS, Step, Trace
from service.db import db, transaction
from service.deadlines.models import Clock
from service.intake import operations as intake
from service.intake.rules import Draft

PLACE, DEPARTMENT = "150821", "150821-health"
# A Monday, ten in the morning there.
MONDAY = datetime(2026, 3, 16, 2, tzinfo=UTC)
A_MONTH = timedelta(days=30)

OWED = Draft(
    body="我公司给五原县人民医院供应检验试剂，货早已送齐并验收，医药货款拖欠一年多没有给。",
    region=PLACE,
    nature="complaint",
    category="arrears.goods-services",
    enterprise_name="河套试剂有限公司",
    enterprise_size="small",
    uscc="91150100MA0MW4Q31H",
    contact_name="白女士",
    contact_phone="+864716601234",
    respondent_name="五原县人民医院",
    respondent_kind="institution",
)
DELAYED = replace(
    OWED,
    body="办理食品经营许可证交了材料，窗口一直不给答复，也不说缺什么，超过承诺时限一个月了。",
    category="approval.delay",
    respondent_name=None,
    respondent_kind=None,
)
# One complaint under a law's clocks, which never pause, and one under the platform's own promises.
REGIMES = {"802": OWED, "other": DELAYED}

VALUES: dict[str, Any] = {
    "note": "已电话说明。",
    "reason": "理由写在这里。",
    "channel": "人民法院",
    "department": DEPARTMENT,
    "text": "补充了对账单。",
    "reply": "经核实，本月内付清。",
    "internal": "已与财政核对，仅供内部。",
    "solved": True,
    "satisfaction": "satisfied",
    "category": "arrears.construction",
}

GRANTS: dict[str, dict[str, str]] = {
    "operator": {"place": PLACE},
    "dispatcher": {"place": PLACE},
    "supervisor": {"place": PLACE},
    "revisit_agent": {"place": PLACE},
    "department_dispatcher": {"department": DEPARTMENT},
    "handler": {"department": DEPARTMENT},
    "head": {"department": DEPARTMENT},
    "auditor": {},
    "administrator": {},
    "system": {},
}


# Another person for each role, since who wrote a reply does not approve it.
SOMEBODY = {"enterprise": Reader(), **{role: Reader(id=9000 + at) for at, role in enumerate(GRANTS)}}


def given_for(step: Step, more: Sequence[str] = ()) -> dict[str, Any]:
    """The fields a step must have, and some that it may."""
    return {name: VALUES[name] for name in (*step.needs, *more)}


def way_to(state: str) -> list[str]:
    """The fewest actions that lead from a filing to a state."""
    ways, waiting = {"submitted": list[str]()}, deque(["submitted"])
    while waiting:
        here = waiting.popleft()
        for action, step in STEPS.items():
            if here in step.sources and step.target and step.target not in ways:
                ways[step.target] = [*ways[here], action]
                waiting.append(step.target)
    return ways[state]


def filed(draft: Draft = OWED, reader: Reader | None = None) -> intake.Filed:
    """A complaint that waits for its dispatcher, committed; with its query code."""
    with transaction():
        return intake.file_complaint(draft, reader or Reader(), clock.now(), by_hand=True)


def brought_to(state: str, draft: Draft = OWED, reader: Reader | None = None) -> tuple[str, str]:
    """Number and query code of a complaint in a state."""
    found = filed(draft, reader)
    with transaction():
        for action in way_to(state):
            step_on(found.complaint, action)
    return found.complaint.number, found.query_code


def step_on(complaint: Complaint, action: str) -> None:
    """Let somebody who may take a step; a step of the machine is taken by the machine."""
    step, now = STEPS[action], clock.now()
    if step.roles == {MACHINE}:
        operations.take(complaint, step, {}, Trace(MACHINE), now)
        return
    role = min(step.roles - {MACHINE})
    operations.act(complaint, {role}, action, given_for(step), SOMEBODY[role], now)


def stored(number: str) -> Complaint:
    """A complaint as it stands in the database now."""
    db.session.rollback()
    return db.session.scalars(select(Complaint).where(Complaint.number == number)).one()


def events_of(number: str) -> list[Event]:
    """Its events in order."""
    return list(db.session.scalars(select(Event).where(Event.complaint_id == stored(number).id).order_by(Event.seq)))


def clocks_of(number: str) -> dict[str, Clock]:
    """Its clocks by kind; of several of one kind the last."""
    wanted = select(Clock).where(Clock.complaint_id == stored(number).id).order_by(Clock.id)
    return {found.kind: found for found in db.session.scalars(wanted)}


def open_clocks(number: str) -> dict[str, str]:
    """The kinds of clocks that are not over, with their state."""
    return {kind: one.state for kind, one in clocks_of(number).items() if one.state in {"running", "paused"}}
