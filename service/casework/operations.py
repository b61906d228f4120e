"""Taking a step of the workflow, and climbing the ladder when time has run out."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.accounts.rules import Reader
from service.casework import rules
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import (
    ANSWERED_AT_ONCE,
    EVERY_CLOCK,
    MACHINE,
    STEPS,
    UNDONE,
    Change,
    Step,
    Trace,
    allowed,
    queue_for,
    started_by,
)
from service.db import db
from service.deadlines import operations as deadlines
from service.deadlines.ladder import OVERDUE
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, Stale, WrongState
from service.intake import operations as intake
from service.routing.respondent import Respondent
from service.routing.rules import barred

Given = Mapping[str, Any]


def act(complaint: Complaint, roles: Collection[str], action: str, given: Given, actor: Reader, now: datetime) -> None:
    """Take one step on a complaint whose row the caller holds locked.

    Args:
        roles: in which the actor reaches this very complaint.
        given: the step's fields, checked by schema.

    Raises:
        NotFound, NotAllowed, WrongState, Invalid: see rules.step_for.
    """
    step = rules.step_for(action, complaint.status, roles, given)
    if action in complaint.spent:
        left = allowed(complaint.status, roles, complaint.spent)
        raise WrongState(f"「{step.name}」只能做一次，已经做过了。", {"allowed_actions": left})
    role = rules.acting_role(step, roles)
    if effect := EFFECTS.get(action):
        effect(complaint, given, Trace(role, actor.id))
    take(complaint, step, given, Trace(role, actor.id), now)
    if step.once:
        complaint.spent = [*complaint.spent, action]


def accept_and_dispatch(
    complaint: Complaint, roles: Collection[str], given: Given, actor: Reader, now: datetime
) -> None:
    """Dispatch a complaint and, where nobody has accepted it yet, accept it with the same stroke; raises as act()."""
    if complaint.status in STEPS["accept"].sources:
        act(complaint, roles, "accept", {}, actor, now)
    act(complaint, roles, "dispatch", given, actor, now)


def take(complaint: Complaint, step: Step, data: Given, by: Trace, now: datetime) -> None:
    """Move a complaint along one row of the table: state, queue, clocks, event, and the version that others read."""
    before = complaint.status
    complaint.status = step.target or before
    queue = queue_for(complaint.status, complaint.dispatch_place, complaint.department)
    complaint.queue_desk, complaint.queue_code = (queue.desk, queue.code) if queue else (None, None)
    complaint.due_at = _turn_clocks(complaint, step, now)
    complaint.updated_at = now
    complaint.version += 1
    change = Change(step.action, before, complaint.status, step.public, data)
    complaints.store_events([complaints.append(complaint, change, by, now)])


def _turn_clocks(complaint: Complaint, step: Step, now: datetime) -> datetime | None:
    """Stop, pause, resume and start what the step says; gives the earliest limit that runs afterwards."""
    book = directory.current()
    left = _stop_clocks(complaint, step, book.revision, now)
    if step.pauses:
        deadlines.pause(complaint.id, step.pauses, now)
    if step.resumes:
        deadlines.resume(complaint.id, step.resumes, now, book.revision)
    running = {clock.kind for clock in left}
    fresh = [kind for kind in started_by(step.action, complaint.regimes) if kind not in running]
    chain = book.chain(complaint.region or complaint.dispatch_place)
    begun = deadlines.start(complaint.id, fresh, complaint.regimes, now, chain, book.revision, complaint.source_due_at)
    return min((clock.due_at for clock in [*left, *begun] if clock.state == "running"), default=None)


def _stop_clocks(complaint: Complaint, step: Step, revision: str, now: datetime) -> list[Clock]:
    """End the clocks that the step ends, and those it starts anew under other rules; gives the ones that are left."""
    clocks = deadlines.running(complaint.id)
    over = {clock.kind for clock in clocks if step.stops == EVERY_CLOCK or clock.kind in step.stops}
    begins, rulebook = started_by(step.action, complaint.regimes), deadlines.rules(revision)
    replaced = {
        clock.kind
        for clock in clocks
        if clock.kind in begins
        and (rule := rulebook.find(clock.kind, complaint.regimes))
        and rule.code != clock.rule_code
    }
    for kinds, state in ((over, "cancelled" if complaint.status in UNDONE else "met"), (replaced - over, "cancelled")):
        if kinds:
            deadlines.stop(complaint.id, kinds, now, state)
    return [clock for clock in clocks if clock.kind not in over | replaced]


# --- what single steps do beyond the table ---------------------------------------------------------------------------


def _dispatch(complaint: Complaint, given: Given, by: Trace) -> None:
    """Give the complaint to a department that may have it, under another category where the dispatcher says so."""
    book = directory.current()
    target = book.departments[given["department"]]
    # Where nobody knew the place, the department's own is now the place of the matter.
    complaint.region = complaint.region or target.place
    category, nature = given.get("category", complaint.category), given.get("nature", complaint.nature)
    if category and (category, nature) != (complaint.category, complaint.nature):
        intake.correct(complaint, category, nature)
    if why := not_for(target.code, complaint, book):
        raise Invalid(why, {"department": [why]})
    complaint.department = target.code
    complaint.routed_by = "operator"
    complaint.reason = f"派单员指定由{target.name}办理。" + given.get("note", "")


def not_for(department: str, complaint: Complaint, book: Directory) -> str | None:
    """The sentence why a department may not get a complaint; None if it may."""
    named = complaint.respondent_name
    respondent = Respondent(named, complaint.respondent_kind) if named else None
    family = (complaint.category or "").partition(".")[0]
    accused = complaint.respondent_department
    return barred(department, complaint.nature, respondent, book, family=family, near=complaint.region, accused=accused)


def _draft(complaint: Complaint, given: Given, by: Trace) -> None:
    complaint.draft = {"reply": given["reply"], "internal": given.get("internal"), "by": by.actor_id}


def _approve(complaint: Complaint, given: Given, by: Trace) -> None:
    """Four eyes: who wrote a reply does not approve it."""
    if complaint.draft and complaint.draft["by"] == by.actor_id:
        raise NotAllowed("自己起草的答复要由另一位负责人审签。")


def _answer(complaint: Complaint, given: Given, by: Trace) -> None:
    complaint.reply = given["reply"]
    complaint.routed_by, complaint.reason = "operator", ANSWERED_AT_ONCE


def _reply(complaint: Complaint, given: Given, by: Trace) -> None:
    """The approved text goes out as it was approved."""
    complaint.reply = (complaint.draft or {})["reply"]


def _close(complaint: Complaint, given: Given, by: Trace) -> None:
    rules.check_close(given, by.role)
    if complaint.draft and complaint.draft["by"] == by.actor_id:
        raise NotAllowed("自己办理的诉求要由另一位回访后办结。")
    complaint.solved, complaint.satisfaction = given["solved"], given.get("satisfaction")


EFFECTS: dict[str, Callable[[Complaint, Given, Trace], None]] = {
    "dispatch": _dispatch,
    "draft": _draft,
    "approve": _approve,
    "answer": _answer,
    "reply": _reply,
    "close": _close,
}


# --- what time does --------------------------------------------------------------------------------------------------


def climb(now: datetime, limit: int = 500) -> int:
    """Do what is due on the ladder for some complaints; gives how many rungs were reached.

    Complaints are locked before their clocks, as everybody does, so that no two wait for each other; what somebody
    is working on right now is left for the next sweep.
    """
    due = select(Complaint).where(Complaint.id.in_(deadlines.complaints_due(now, limit)))
    found = db.session.scalars(due.order_by(Complaint.id).with_for_update(skip_locked=True)).all()
    held = {complaint.id: complaint for complaint in found}
    fired = deadlines.sweep(now, list(held)) if held else []
    rows = [_rung_event(held[rung.complaint_id], rung) for rung in fired]
    if rows:
        complaints.store_events(rows)
    for rung in fired:
        if rung.rung == OVERDUE and rung.kind in rules.LAPSES:
            _lapse(held[rung.complaint_id], rung.kind, now)
    return len(fired)


def _rung_event(complaint: Complaint, rung: deadlines.Fired) -> dict[str, Any]:
    """The event of one rung, at the moment the rung was truly reached."""
    change = Change(rung.rung, complaint.status, complaint.status, False, {"clock": rung.kind})
    return complaints.append(complaint, change, Trace(MACHINE), rung.at)


def _lapse(complaint: Complaint, kind: str, now: datetime) -> None:
    """What the enterprise was asked for did not come in time."""
    step = STEPS[rules.LAPSES[kind]]
    if complaint.status in step.sources:
        take(complaint, step, {}, Trace(MACHINE), now)


def check_version(complaint: Complaint, expected: Collection[str]) -> None:
    """Raise where the caller read none of the versions that stand now (If-Match, as complaints.api.etag gives them)."""
    # What is read from If-Match: "" comes as None.
    if str(complaint.version) not in {tag.partition(".")[0] for tag in expected if tag}:
        raise Stale("这件诉求刚刚被别人处理过，请重新打开后再操作。")
