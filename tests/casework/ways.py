"""Complaints brought to where any step of the workflow can be taken, by the shortest way that its own table knows."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select

from service import clock
from service.accounts.rules import Grant, Reader
from service.casework import operations
from service.casework.deeds import Deed
from service.casework.rules import FOLLOWED_BY
from service.casework.taking import take
from service.complaints.models import Complaint, Event
from service.complaints.rules import CO_HANDLER, MACHINE, RESPONDENT, STATES, STEPS, Step, Trace
from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.intake import operations as intake
from service.intake.rules import Draft
from tests.factories import People

PLACE, DEPARTMENT = "150821", "150821-health"
# Another department that may have it too, and the place above.
OTHER, ABOVE = "150821-finance", "150800"
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
# Who rules on an extension under each.
RULERS = {"802": "head", "other": "supervisor"}

VALUES: dict[str, Any] = {
    "note": "已电话说明。",
    "reason": "理由写在这里。",
    "evidence": "三定规定第七条。",
    "channel": "人民法院",
    "department": DEPARTMENT,
    "place": PLACE,
    "text": "补充了对账单。",
    "reply": "经核实，本月内付清。",
    "internal": "已与财政核对，仅供内部。",
    "contacted": True,
    "solved": True,
    "satisfaction": "satisfied",
    "category": "arrears.construction",
    "nature": "request",
    # Later than the limit of either complaint that is dispatched on that Monday, and not beyond what it may become.
    "until": date(2026, 4, 20),
    "review_on": date(2026, 3, 30),
    "upheld": True,
    "into": "QS20260316-9999999-9",
    "assignee": 999_999,
}
# Where a step wants another department than the one that has it.
ELSEWHERE = frozenset({"transfer", "invite", "supervise_jointly", "hand_back"})
# What a fact that is given asks for.
FACTS = dict.fromkeys(("revisit", "revisit_unanswered"), ("solved", "satisfaction"))

GRANTS: dict[str, dict[str, str]] = {
    "operator": {"place": PLACE},
    "dispatcher": {"place": PLACE},
    "supervisor": {"place": PLACE},
    "revisit_agent": {"place": PLACE},
    "department_dispatcher": {"department": DEPARTMENT},
    "handler": {"department": DEPARTMENT},
    "head": {"department": DEPARTMENT},
    CO_HANDLER: {"department": OTHER},
    "auditor": {},
    "administrator": {},
    "system": {},
}


def held(role: str) -> str:
    """The role that somebody is granted to act in a role: who co-handles is a handler elsewhere."""
    return "handler" if role == CO_HANDLER else role


def _somebody(at: int, role: str) -> Reader:
    bound = GRANTS[role]
    places = frozenset({bound["place"]}) if "place" in bound else None
    grant = Grant(held(role), bound.get("place"), places, bound.get("department"))
    return Reader(id=9000 + at, grants=(grant,), roles=frozenset({grant.role}))


# Another person for each role, since who wrote a reply does not approve it.
SOMEBODY = {
    "enterprise": Reader(), RESPONDENT: Reader(), **{role: _somebody(at, role) for at, role in enumerate(GRANTS)},
}  # fmt: skip


def headers_of(role: str, code: str, people: People) -> dict[str, str]:
    """What somebody in a role sends; the enterprise has its query code and no account."""
    return {"X-Query-Code": code} if role == "enterprise" else people.headers(held(role), **GRANTS[role])


def given_for(step: Step, more: Sequence[str] = ()) -> dict[str, Any]:
    """The fields a step must have, and some that it may; the complaint to merge into is filed."""
    wanted = dict.fromkeys((*step.needs, *FACTS.get(step.action, ()), *more))
    given = {name: VALUES[name] for name in wanted}
    if "department" in given and step.action in ELSEWHERE:
        given["department"] = OTHER
    if "assignee" in given:
        given["assignee"] = colleague()
    if "into" in given:
        given["into"] = filed().complaint.number
    return given


def colleague() -> int:
    """Somebody of the department to whom a complaint can be given."""
    return People().reader("handler", department=DEPARTMENT).id or 0


def sent(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as they travel in JSON."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


# --- the ways --------------------------------------------------------------------------------------------------------

OPENERS = {step.opens: action for action, step in STEPS.items() if step.opens}
# What must have been done that a condition holds; the conditions that hold from the beginning are not here.
CONDITIONS = {"has_department": "dispatch", "misused": "rule_misuse"}
BEFORE = {"dispatch_on": "raise_level", "opine": "invite", "answer_inquiry": "inquire"}
# Steps that no way goes by: they take the department away, or are followed by another.
BYWAYS = frozenset({"raise_level", "recall", "grant_hand_back", *FOLLOWED_BY})


def prerequisite(step: Step) -> str | None:
    """The step that must have been taken before this one can be."""
    known = (CONDITIONS.get(condition) for condition in step.when)
    return BEFORE.get(step.action) or OPENERS.get(step.settles) or next(filter(None, known), None)


@cache
def _ways_from(start: str) -> dict[str, list[str]]:
    """State → the fewest actions that lead there."""
    ways, waiting = {start: list[str]()}, deque([start])
    while waiting:
        here = waiting.popleft()
        for action, step in STEPS.items():
            usable = action not in BYWAYS and prerequisite(step) is None
            if here in step.sources and step.target and step.target not in ways and usable:
                ways[step.target] = [*ways[here], action]
                waiting.append(step.target)
    return ways


def way_to(state: str) -> list[str]:
    """The fewest actions that lead from a filing to a state."""
    return _ways_from("submitted")[state]


@cache
def way_before(action: str, source: str) -> list[str] | None:
    """The fewest actions after which a step can be taken from a state; None where it never can."""
    first = prerequisite(STEPS[action])
    if first is None:
        return _ways_from("submitted").get(source)
    found = [way for begin in sorted(STEPS[first].sources) if (way := _way_over(first, begin, source)) is not None]
    return min(found, key=len, default=None)


def _way_over(first: str, begin: str, source: str) -> list[str] | None:
    """From the filing over a step taken from a state to another."""
    before, after = way_before(first, begin), _ways_from(STEPS[first].target or begin).get(source)
    return None if before is None or after is None else [*before, first, *after]


def taken_from(action: str) -> list[str]:
    """The states from which a step can ever be taken."""
    return [source for source in STATES if source in STEPS[action].sources and way_before(action, source) is not None]


# --- complaints ------------------------------------------------------------------------------------------------------


def filed(draft: Draft = OWED, reader: Reader | None = None) -> intake.Filed:
    """A complaint that waits for its dispatcher, committed; with its query code."""
    with transaction():
        return intake.file_complaint(draft, reader or Reader(), clock.now(), by_hand=True)


def brought_to(state: str, draft: Draft = OWED, reader: Reader | None = None) -> tuple[str, str]:
    """Number and query code of a complaint in a state."""
    return _brought(way_to(state), draft, reader)


def ready_for(action: str, source: str = "", draft: Draft = OWED) -> tuple[str, str]:
    """Number and query code of a complaint in a state from which a step can now be taken."""
    return _brought(way_before(action, source or taken_from(action)[0]) or [], draft, None)


def _brought(way: Collection[str], draft: Draft, reader: Reader | None) -> tuple[str, str]:
    found = filed(draft, reader)
    with transaction():
        for action in way:
            step_on(found.complaint, action)
    return found.complaint.number, found.query_code


def step_on(complaint: Complaint, action: str, **given: Any) -> None:
    """Let somebody who may take a step; a step of the machine is taken by the machine.

    Args:
        given: fields beside or instead of those that the step needs; None leaves one out.
    """
    step, now = STEPS[action], clock.now()
    if step.roles == {MACHINE}:
        take(step, Deed(complaint, {}, Trace(MACHINE), Reader(), now))
        return
    # Of those who may close, the enterprise alone says whether it is solved.
    role = "enterprise" if action == "close" else min(step.roles - {MACHINE})
    somebody = SOMEBODY[role]
    if action == "draft" and somebody.id in complaint.former_handlers:
        somebody = replace(somebody, id=9900)
    said = {name: value for name, value in {**given_for(step), **given}.items() if value is not None}
    operations.act(complaint, {role}, action, said, somebody, now)


def go_on(number: str, *actions: str) -> Complaint:
    """Take steps on a stored complaint, each by somebody who may."""
    complaint = stored(number)
    with transaction():
        for action in actions:
            step_on(complaint, action)
    return stored(number)


def stored(number: str) -> Complaint:
    """A complaint as it stands in the database now."""
    db.session.rollback()
    return db.session.scalars(select(Complaint).where(Complaint.number == number)).one()


def events_of(number: str) -> list[Event]:
    """Its events in order."""
    return list(db.session.scalars(select(Event).where(Event.complaint_id == stored(number).id).order_by(Event.seq)))


def clocks_of(number: str) -> dict[str, Clock]:
    """Its clocks by kind; of several of one kind the last."""
    return {found.kind: found for found in deadlines.clocks_of(stored(number).id)}


def open_clocks(number: str) -> dict[str, str]:
    """The kinds of clocks that are not over, with their state."""
    return {kind: one.state for kind, one in clocks_of(number).items() if one.state in {"running", "paused"}}
