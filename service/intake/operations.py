"""Filing: understood, routed, in its first state and on the clock, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.accounts.rules import Reader
from service.audit.rules import START
from service.classifier import facts
from service.classifier import operations as classifier
from service.classifier.rules import Reason, Suggestion, Understanding
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.listing import search_vector
from service.complaints.models import Complaint
from service.complaints.numbering import number
from service.complaints.rules import (
    ANSWERED_AT_ONCE,
    ENTERPRISE,
    MACHINE,
    STATES,
    STEPS,
    Change,
    Trace,
    queue_for,
)
from service.crypto import keyed_hash
from service.deadlines import operations as deadlines
from service.deadlines.ladder import KINDS, regimes
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, NotFound
from service.intake import duplicates, storing
from service.intake.rules import FILING_DESKS, URGENT, Draft, Turn, turns
from service.learning import operations as learning
from service.learning.operations import Held
from service.routing import operations as routing
from service.routing.matter import Matter
from service.routing.respondent import Respondent
from service.routing.rules import Decision, decide


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
    decision = _decide(draft, understood, reader, book, now)
    complaint = _complaint(draft, decision, understood, reader, now, by_hand)
    offered = duplicates.candidates(complaint, reader, now) if reader.is_authenticated else []
    code = complaints.new_query_code()
    complaint.query_code_hash = complaints.code_hash(code)
    steps = _steps(complaint)
    turned = turns(steps, complaint.regimes, deadlines.kinds(complaint.regimes, book.revision))
    events = _events(complaint, steps, turned, decision, reader, now)
    clocks = _clocks(complaint, turned, draft.source_due_at, now, book)
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
        learning.remember(complaint, machine, Trace(_filing_role(reader), reader.id), None, now)


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
    decision = _decide(draft, understood, reader, directory.current(), now)
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
        **_hashes(draft),
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


def correct(complaint: Complaint, category: str, nature: str, now: datetime) -> None:
    """A person found another category or nature: what follows is worked out anew, but nothing is unsealed."""
    decision = under(complaint, category, now, nature)
    complaint.category, complaint.nature, complaint.receiver = category, nature, decision.receiver
    complaint.sealed = complaint.sealed or decision.sealed
    complaint.respondent_department = decision.respondent_department
    complaint.gates = list(dict.fromkeys([*complaint.gates, *filter(None, [decision.gate])]))
    complaint.regimes = _regimes(decision, complaint.flags, complaint.source_due_at is not None)


def under(complaint: Complaint, category: str, now: datetime, nature: str = "", place: str | None = None) -> Decision:
    """Where a complaint would go under a category, a nature and from a place that a person chose."""
    named = complaint.respondent_name
    matter = Matter(
        nature=nature or complaint.nature,
        place=place or complaint.region,
        respondent=Respondent(named, complaint.respondent_kind) if named else None,
        creditor_size=complaint.enterprise_size,
        anonymous=complaint.anonymous,
        chosen=category,
        chosen_by="staff",
        flags=frozenset(complaint.flags),
        channel=complaint.channel,
        text=f"{complaint.title or ''}\n{complaint.body}",
    )
    book = directory.current()
    return decide(matter, book, routing.in_force(book, now))


# --- the parts of a filing -------------------------------------------------------------------------------------------


def _decide(draft: Draft, understood: Understanding, reader: Reader, book: Directory, now: datetime) -> Decision:
    """Ask routing, with the directives that hold today."""
    return decide(matter_of(draft, understood, reader, book), book, routing.in_force(book, now))


def matter_of(draft: Draft, understood: Understanding, reader: Reader, book: Directory) -> Matter:
    """What routing is asked: what the filing says and what the text suggests."""
    respondent = Respondent(draft.respondent_name, draft.respondent_kind) if draft.respondent_name else None
    text = f"{draft.title or ''}\n{draft.body}"
    return Matter(
        suggestions=understood.suggestions,
        strange=understood.strange,
        nature=draft.nature,
        place=draft.region or facts.places(text, book.places.values()).place,
        respondent=respondent,
        creditor_size=draft.enterprise_size,
        anonymous=draft.anonymous,
        chosen=draft.category,
        chosen_by=("staff" if reader.roles & FILING_DESKS else "filer") if draft.category else None,
        flags=frozenset(draft.flags),
        gates=draft.gates,
        channel=_channel(draft, reader),
        text=text,
    )


def _complaint(
    draft: Draft, decision: Decision, understood: Understanding, reader: Reader, now: datetime, by_hand: bool
) -> Complaint:
    """The complaint's row, but for its query code and its earliest limit."""
    department = None if by_hand or draft.answer else decision.department
    flags = _flags(draft, decision, department)
    status = "answered" if draft.answer else "dispatched" if department else "submitted"
    queue = queue_for(status, decision.queue, department)
    assert queue is not None  # neither state is the last
    serial = complaints.next_serial()
    return Complaint(
        **_said(draft, reader),
        account=_shared_by(draft, decision, reader),
        id=serial,
        number=number(serial, now),
        created_at=now,
        updated_at=now,
        version=1,
        nature=decision.nature,
        gates=list(dict.fromkeys([*draft.gates, *filter(None, [decision.gate])])),
        sealed=decision.sealed,
        region=decision.place,
        respondent_kind=decision.respondent_kind,
        respondent_department=decision.respondent_department,
        category=decision.category,
        suggestions=stored_suggestions(understood.suggestions),
        model_version=understood.version,
        familiarity=understood.familiarity,
        flags=flags,
        regimes=_regimes(decision, flags, draft.source_due_at is not None),
        receiver=decision.receiver,
        department=department,
        proposed_department=decision.department or decision.proposed,
        dispatch_place=decision.queue,
        **_routed(draft, decision, by_hand),
        directive=None if draft.answer else decision.directive,
        proposed_channel=decision.channel,
        status=status,
        queue_desk=queue.desk,
        queue_code=queue.code,
        delivered_to=department,
        spent=[],
        pending=[],
        hand_backs=0,
        designated=False,
        length=0,
        head=START,
    )


def _routed(draft: Draft, decision: Decision, by_hand: bool) -> dict[str, str]:
    """Who decided where it goes, and why."""
    if draft.answer:
        return {"routed_by": "operator", "reason": ANSWERED_AT_ONCE}
    return {"routed_by": "triage" if by_hand else decision.routed_by, "reason": decision.reason}


def _flags(draft: Draft, decision: Decision, department: str | None) -> list[str]:
    """What it is marked with: as filed, and urgent where a directive says so and sends it there itself."""
    return list(dict.fromkeys([*draft.flags, *(["urgent"] if decision.urgent and department else [])]))


def _said(draft: Draft, reader: Reader) -> dict[str, Any]:
    """What the filer said, as columns."""
    return {
        "title": draft.title,
        "body": draft.body,
        "search": _search(f"{draft.title or ''}\n{draft.body}"),
        "amount": draft.amount,
        "details": dict(draft.details),
        "channel": _channel(draft, reader),
        "source_system": draft.source_system,
        "source_number": draft.source_number,
        "source_due_at": draft.source_due_at,
        "filed_by": _known_as(draft, reader),
        "anonymous": draft.anonymous,
        "confidential": draft.confidential,
        "enterprise_name": draft.enterprise_name,
        "enterprise_size": draft.enterprise_size,
        "uscc": draft.uscc,
        "contact_name": draft.contact_name,
        "contact_phone": draft.contact_phone,
        "respondent_name": draft.respondent_name,
        "reply": draft.answer,
        **_hashes(draft),
    }


def _hashes(draft: Draft) -> dict[str, bytes | None]:
    """By what others of the same enterprise are found."""
    return {
        "uscc_hash": keyed_hash(draft.uscc, "uscc") if draft.uscc else None,
        "phone_hash": keyed_hash(draft.contact_phone, "phone") if draft.contact_phone else None,
    }


def _search(text: str) -> str:
    """The words a text is found by; numbers of persons are masked before, so that nobody finds people by them."""
    return search_vector(classifier.words(classifier.mask(text)))


def _known_as(draft: Draft, reader: Reader) -> int | None:
    """The account that filed; who files anonymously is unknown to us too, also with an account."""
    return reader.id if reader.roles & (FILING_DESKS | {"system"}) or not draft.anonymous else None


def _shared_by(draft: Draft, decision: Decision, reader: Reader) -> int | None:
    """The enterprise's account whose people see it; what is anonymous or sealed is not even for colleagues."""
    return None if draft.anonymous or decision.sealed else reader.account


def _channel(draft: Draft, reader: Reader) -> str:
    """By which channel it came: as said, or as is usual for who files."""
    if draft.channel:
        return draft.channel
    if "system" in reader.roles:
        return "api"
    return "hotline" if reader.is_staff else "web"


def stored_suggestions(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions as a complaint keeps them."""
    return [_stored(one) for one in suggestions]


def _stored(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "code": suggestion.code,
        "probability": round(suggestion.probability, 4),
        "sure": suggestion.sure,
        "reasons": _told_reasons(suggestion.reasons),
        "against": _told_reasons(suggestion.against),
    }


def _told_reasons(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [{"word": reason.word, "weight": round(reason.weight, 3)} for reason in reasons]


def _regimes(decision: Decision, flags: Collection[str], assigned: bool) -> list[str]:
    """Which rows of clocks it follows, in order."""
    leaf = decision.category or ""
    found = regimes(
        family=leaf.partition(".")[0],
        leaf=leaf,
        nature=decision.nature,
        urgent=bool(URGENT & set(flags)),
        under_802=decision.under_802,
        assigned=assigned,
    )
    return list(found)


def _events(
    complaint: Complaint,
    steps: Sequence[str],
    turned: Sequence[Turn],
    decision: Decision,
    reader: Reader,
    now: datetime,
) -> list[dict[str, Any]]:
    """The filing itself and what was done to it in the same moment, by the machine or by who answered at once."""
    by = Trace(_filing_role(reader), complaint.filed_by)
    about = {"channel": complaint.channel, "receiver": complaint.receiver, **turned[0].told()}
    rows = [complaints.append(complaint, Change("file", None, "submitted", True, about), by, now)]
    said = {
        "accept": ({}, Trace(MACHINE)),
        "dispatch": ({"department": decision.department, "reason": decision.reason}, Trace(MACHINE)),
        "answer": ({"reply": complaint.reply}, by),
    }
    for step, turn in zip((STEPS[action] for action in steps), turned[1:], strict=True):
        data, who = said[step.action]
        change = Change(step.action, rows[-1]["to_status"], step.target or "", step.public, {**data, **turn.told()})
        rows.append(complaints.append(complaint, change, who, now))
    return rows


def _filing_role(reader: Reader) -> str:
    return next(
        (role for role in ("system", "operator", "dispatcher", "supervisor") if role in reader.roles), ENTERPRISE
    )


def _clocks(
    complaint: Complaint, turned: Sequence[Turn], fixed: datetime | None, now: datetime, book: Directory
) -> list[dict[str, Any]]:
    """The rows of all clocks the filing started; those that its own steps met are kept as met."""
    started = [kind for turn in turned for kind in turn.started]
    met = {kind for turn in turned for kind in turn.met}
    chain = book.chain(complaint.region or complaint.dispatch_place)
    set_by_superior = {"result": fixed} if fixed else {}
    rows = deadlines.prepare(started, complaint.regimes, now, chain, book.revision, set_by_superior)
    return [_begun(row, row["kind"] in met, now) for row in rows]


def _begun(row: dict[str, Any], met: bool, now: datetime) -> dict[str, Any]:
    over = {"state": "met", "stopped_at": now, "next_at": None} if met else {"state": "running", "stopped_at": None}
    return {**row, **over}
