"""What time does: rungs of the ladder, limits that end, calendars that change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import defer

from service.accounts.rules import Reader
from service.casework import letters, rules, supervising
from service.casework.deeds import Deed
from service.casework.taking import pending_after, take
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import MACHINE, STEPS, Change, Trace, obstacle
from service.db import db
from service.deadlines import operations as deadlines
from service.deadlines.ladder import KINDS, OVERDUE
from service.directory import operations as directory

log = structlog.get_logger()

Rungs = Sequence[deadlines.Fired]
Held = dict[int, Complaint]
BY = Trace(MACHINE)
# What no rung needs to know and takes time to read: what is encrypted, and the words of the search.
UNREAD = (Complaint.search, Complaint.uscc, Complaint.contact_name, Complaint.contact_phone)


def climb(now: datetime, limit: int = 500) -> int:
    """Do what is due on the ladder for some complaints; gives how many rungs were reached.

    Complaints are locked before their clocks, as everybody does, so that no two wait for each other; what somebody
    is working on right now is left for the next sweep.
    """
    due = select(Complaint).where(Complaint.id.in_(deadlines.complaints_due(now, limit)))
    due = due.order_by(Complaint.id).with_for_update(skip_locked=True).options(*map(defer, UNREAD))
    held = {complaint.id: complaint for complaint in db.session.scalars(due)}
    try:
        with db.session.begin_nested():
            return _climb(held, now)
    except Exception as error:
        # One complaint that cannot be dealt with must not keep all others from their rungs.
        log.error("sweep_failed", complaints=len(held), kind=type(error).__name__)
    return sum(_climb_alone(complaint, now) for complaint in held.values())


def _climb(held: Held, now: datetime) -> int:
    """One rung of each due clock of some complaints, with all that follows from it."""
    fired = deadlines.sweep(now, list(held)) if held else []
    if fired:
        complaints.store_events([_rung_event(held[rung.complaint_id], rung) for rung in fired])
        letters.issue_many(_letters(fired, held, now), now)
        _end_limits([rung for rung in fired if rung.rung == OVERDUE], held, now)
    return len(fired)


def _climb_alone(complaint: Complaint, now: datetime) -> int:
    try:
        with db.session.begin_nested():
            return _climb({complaint.id: complaint}, now)
    except Exception as error:
        log.error("rung_failed", complaint=complaint.number, kind=type(error).__name__)
        return 0


def _rung_event(complaint: Complaint, rung: deadlines.Fired) -> dict[str, Any]:
    """The event of one rung, at the moment the rung was truly reached."""
    about = {"clock": rung.kind, **({"party": rung.party} if rung.party else {})}
    change = Change(rung.rung, complaint.status, complaint.status, False, about)
    return complaints.append(complaint, change, BY, rung.at)


def _letters(fired: Rungs, held: Held, now: datetime) -> list[letters.Request]:
    """The letters that the rungs send out: to the department that is late, to the respondent that does not answer."""
    unsent = []
    for rung in fired:
        complaint = held[rung.complaint_id]
        if kind := rules.letter_for(complaint, rung.rung, rung.kind):
            demand = rules.DEMANDS[kind].format(KINDS[rung.kind])
            due_at = supervising.until(complaint, kind, now)
            unsent.append(letters.Request(complaint, kind, demand, due_at, typed=False))
    return unsent


def _end_limits(fired: Rungs, held: Held, now: datetime) -> None:
    """What follows where a limit ends: the complaint moves by itself, or the enterprise is asked how things stand."""
    for rung in fired:
        if action := rules.LAPSES.get(rung.kind):
            _lapse(held[rung.complaint_id], action, now)
    _call([held[rung.complaint_id] for rung in fired if rung.kind == "result"], now)


def _lapse(complaint: Complaint, action: str, now: datetime) -> None:
    step = STEPS[action]
    if complaint.status in step.sources:
        take(step, Deed(complaint, {}, BY, Reader(), now))


def _call(unanswered: Sequence[Complaint], now: datetime) -> None:
    """A revisit for each complaint whose limit ended without a reply (北京 23), in two statements for all of them."""
    step, revision = STEPS["call_due"], directory.current().revision
    due = [one for one in unanswered if one.status in step.sources and obstacle(step, one) is None]
    clocks = [clock for one in due for clock in _revisit_clock(one, now, revision)]
    if due:
        deadlines.insert_many(clocks)
        complaints.store_events([_called(one, now) for one in due])


def _revisit_clock(complaint: Complaint, now: datetime, revision: str) -> list[dict[str, Any]]:
    chain = directory.current().chain(complaint.region or complaint.dispatch_place)
    rows = deadlines.prepare(["revisit"], complaint.regimes, now, chain, revision)
    return [{**row, "complaint_id": complaint.id} for row in rows]


def _called(complaint: Complaint, now: datetime) -> dict[str, Any]:
    step = STEPS["call_due"]
    complaint.pending = pending_after(step, complaint.pending)
    complaint.version += 1
    about = {"clocks": {"started": ["revisit"]}}
    return complaints.append(complaint, Change(step.action, complaint.status, complaint.status, False, about), BY, now)
