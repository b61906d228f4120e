"""Moving a complaint along one row of the workflow: its state, its queue, its clocks, its event."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from service.casework.deeds import Deed
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import EVERY_CLOCK, UNDONE, Change, Step, queue_for, started_by
from service.deadlines import operations as deadlines
from service.deadlines.ladder import label
from service.deadlines.models import Clock

# Questions whose answer a clock of the same name waits for.
CLOCKED = frozenset({"extension", "revisit"})


def take(step: Step, deed: Deed) -> None:
    """Move a complaint along one row of the table, and count the version that others read."""
    complaint, before = deed.complaint, deed.complaint.status
    complaint.status = step.target or before
    stand_in_queue(complaint)
    complaint.pending = pending_after(step, complaint.pending)
    turned = _turn_clocks(step, deed)
    complaint.updated_at = deed.now
    complaint.version += 1
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in deed.given.items()}
    data = {**said, **deed.noted, **({"clocks": turned} if turned else {})}
    change = Change(step.action, before, complaint.status, step.public, data)
    complaints.store_events([complaints.append(complaint, change, deed.by, deed.now)])


def stand_in_queue(complaint: Complaint) -> None:
    """Put a complaint into the one queue that its state and its department say."""
    queue = queue_for(complaint.status, complaint.dispatch_place, complaint.department)
    complaint.queue_desk, complaint.queue_code = (queue.desk, queue.code) if queue else (None, None)


def pending_after(step: Step, pending: Sequence[str]) -> list[str]:
    """The questions that still wait: where a step ends the clock of one, nobody need answer it any more."""
    settled = {step.settles, *(CLOCKED if step.stops == EVERY_CLOCK else step.stops)}
    left = [question for question in pending if question not in settled]
    return [*left, step.opens] if step.opens and step.opens not in left else left


def _turn_clocks(step: Step, deed: Deed) -> dict[str, Any]:
    """Stop, pause, resume and start what the step says; gives what was done, by label, as the event keeps it."""
    complaint, now = deed.complaint, deed.now
    clocks = deadlines.running(complaint.id)
    begins = started_by(step.action, complaint.regimes)
    replaced = _replaced(clocks, begins, deed)
    over = [clock for clock in clocks if _ends(step, clock, deed.party)]
    undone = complaint.status in UNDONE
    turned: dict[str, Any] = {
        "met": _stop(complaint.id, [] if undone else over, now, "met"),
        "cancelled": _stop(complaint.id, [*(over if undone else ()), *(c for c in replaced if c not in over)], now),
        "paused": _labels(deadlines.pause(complaint.id, step.pauses, now)) if step.pauses else [],
    }
    left = [clock for clock in clocks if clock not in over and clock not in replaced]
    if step.resumes:
        turned["resumed"] = _labels(deadlines.resume(complaint.id, step.resumes, now, deed.book.revision))
    begun = _start([kind for kind in begins if label(kind, _party(kind, deed)) not in _labels(left)], replaced, deed)
    complaint.due_at = min((clock.due_at for clock in [*left, *begun] if clock.state == "running"), default=None)
    turned |= {"started": _labels(begun), "extended": deed.extended}
    return {what: which for what, which in turned.items() if which}


def _ends(step: Step, clock: Clock, party: str | None) -> bool:
    """Whether a step ends a clock; of those that run for a party only its own."""
    if step.stops == EVERY_CLOCK:
        return True
    return clock.kind in step.stops and (clock.party is None or clock.party == party)


def _replaced(clocks: Collection[Clock], begins: Collection[str], deed: Deed) -> list[Clock]:
    """The clocks that start anew: where the step says so, or where other rules hold now."""
    book = deadlines.rules(deed.book.revision)
    found = {kind: book.find(kind, deed.complaint.regimes) for kind in begins}
    rules = {kind: rule for kind, rule in found.items() if rule is not None}
    return [
        clock
        for clock in clocks
        if (rule := rules.get(clock.kind)) and clock.party is None
        and (rule.code != clock.rule_code or (clock.kind in deed.anew and rule.starts != "filed"))
    ]  # fmt: skip


def _stop(complaint_id: int, clocks: Collection[Clock], now: datetime, state: str = "cancelled") -> list[str]:
    for party in {clock.party for clock in clocks}:
        kinds = {clock.kind for clock in clocks if clock.party == party}
        deadlines.stop(complaint_id, kinds, now, state, party)
    return _labels(clocks)


def _start(kinds: Collection[str], replaced: Collection[Clock], deed: Deed) -> list[Clock]:
    """Start clocks; a cap that an earlier clock of the same law began runs on (条例第二十五条第二款)."""
    complaint, begun = deed.complaint, list[Clock]()
    first = {clock.kind: clock.cap_from or clock.started_at for clock in replaced if clock.cap}
    fixed = deed.fixed | ({"result": complaint.source_due_at} if complaint.source_due_at else {})
    in_order = sorted(kinds, key=lambda kind: kind in first)
    for (party, cap_from), those in groupby(in_order, key=lambda kind: (_party(kind, deed), first.get(kind))):
        begun += deadlines.start(
            complaint.id, those, complaint.regimes, deed.now, deed.chain, deed.book.revision, fixed, party, cap_from
        )
    return begun


def _party(kind: str, deed: Deed) -> str | None:
    """For whom a clock runs: only co-handlers have one each."""
    return deed.party if kind == "co_handle" else None


def _labels(clocks: Collection[Clock]) -> list[str]:
    return [clock.label for clock in clocks]
