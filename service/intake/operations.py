"""Filing: understood, routed, in its first state and on the clock, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.classifier.rules import Understanding
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint
from service.complaints.rules import STATES, STEPS, Trace
from service.deadlines import operations as deadlines
from service.deadlines.ladder import KINDS
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, NotFound
from service.intake import duplicates, rows, storing
from service.intake.deciding import decided
from service.intake.rules import FILING_DESKS, Draft, turns
from service.learning import operations as learning
from service.learning.operations import Held
from service.routing.rules import Decision


@dataclass(frozen=True)
class Filed:
    """What came of a filing; the query code is known only here."""

    complaint: Complaint
    query_code: str
    clocks: Sequence[Mapping[str, Any]]
    duplicates: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Preview:
    """What would come of a filing."""

    understood: Understanding
    decision: Decision
    duplicates: Sequence[Mapping[str, Any]]


def file_complaint(draft: Draft, reader: Reader, now: datetime, by_hand: bool = False) -> Filed:
    """Store one complaint with its events and clocks.

    Args:
        by_hand: a person at the desk wants to dispatch it, however sure the machine is.

    Raises:
        Conflict: the other system already sent this number of its own.
        NotAllowed: it was answered on the spot by who may not: it is sealed, or lies elsewhere.
    """
    book = directory.current()
    understood = classifier.understand(draft.body, draft.title or "")
    decision = decided(draft, understood, reader, book, now)
    complaint = rows.complaint(draft, decision, understood, reader, now, by_hand, book)
    offered = duplicates.candidates(complaint, reader, now) if reader.is_authenticated else []
    code = complaints.new_query_code()
    complaint.query_code_hash = complaints.code_hash(code)
    steps = _steps(complaint)
    turned = turns(steps, complaint.regimes, deadlines.kinds(complaint.regimes, book.revision))
    events = rows.events(complaint, steps, turned, decision, reader, now)
    clocks = rows.clocks(complaint, turned, draft.source_due_at, now, book)
    complaint.due_at = min(row["due_at"] for row in clocks if row["state"] == "running")
    storing.store(complaint, events, clocks)
    _remember(complaint, draft, reader, now, by_hand)
    if draft.answer:
        _check_answer(complaint, reader)
    return Filed(complaint, code, clocks, offered)


def _remember(complaint: Complaint, draft: Draft, reader: Reader, now: datetime, by_hand: bool) -> None:
    """Keep that a desk chose another category than the machine; who wants to dispatch by hand has not decided yet."""
    if draft.category and reader.roles & FILING_DESKS and not by_hand:
        machine = Held(learning.likeliest(complaint), None)
        learning.remember(complaint, machine, Trace(rows.filing_role(reader), reader.id), None, now)


def _check_answer(complaint: Complaint, reader: Reader) -> None:
    """Raise unless who answered on the spot reaches the complaint in a role that may; the predicate says so."""
    try:
        _, roles = complaints.find(complaint.number, reader)
    except NotFound:
        roles = frozenset()
    if not roles & STEPS["answer"].roles:
        raise NotAllowed("举报等密封的事项和其他地区的事项不能直接答复，请改为派单。")


def _steps(complaint: Complaint) -> tuple[str, ...]:
    """What was done to a complaint in the moment of its filing."""
    if complaint.status == "answered":
        return ("answer",)
    return ("accept", "dispatch") if complaint.department else ()


def preview(draft: Draft, reader: Reader, now: datetime) -> Preview:
    """What would come of a filing as it stands, for who is still writing it; nothing is stored."""
    understood = classifier.understand(draft.body, draft.title or "")
    decision = decided(draft, understood, reader, directory.current(), now)
    return Preview(understood, decision, duplicates.candidates(_sketch(draft, decision), reader, now))


def _sketch(draft: Draft, decision: Decision) -> Complaint:
    """As much of a complaint as others like it are found by."""
    return Complaint(
        body=draft.body,
        enterprise_name=draft.enterprise_name,
        respondent_name=draft.respondent_name,
        respondent_department=decision.respondent_department,
        amount=draft.amount,
        region=decision.place,
        **rows.hashes(draft),
    )


def check_rights(draft: Draft, reader: Reader) -> None:
    """Raise where somebody fills in what only the desks or other systems may say."""
    desk = bool(reader.roles & FILING_DESKS)
    told = {"channel": draft.channel, "source": draft.source_system, "flags": draft.flags}
    closed = {} if desk or "system" in reader.roles else told
    if not reader.roles & STEPS["answer"].roles:
        closed = {**closed, "answer": draft.answer}
    if foreign := {name: ["这一项只能由工作人员或对接系统填写。"] for name, value in closed.items() if value}:
        raise Invalid("有内容只能由工作人员填写。", foreign)


def told(filed: Filed, reader: Reader, book: Directory) -> dict[str, Any]:
    """What the filer learns at once."""
    complaint = filed.complaint
    return {
        "number": complaint.number,
        "query_code": filed.query_code,
        "status": complaint.status,
        "status_name": STATES[complaint.status].name,
        "queue": reading.queue(complaint, book),
        "category": reading.category(complaint.category, book),
        "suggestions": reading.suggestions(complaint.suggestions, book, reader.is_staff),
        "receiver": reading.named(complaint.receiver, book.departments),
        "department": reading.named(complaint.department, book.departments),
        "routed_by": complaint.routed_by,
        "reason": complaint.reason,
        "proposed_channel": complaint.proposed_channel,
        "clocks": [{**row, "name": KINDS[row["kind"]]} for row in filed.clocks if row["state"] == "running"],
        "duplicates": filed.duplicates,
        "created_at": complaint.created_at,
    }
