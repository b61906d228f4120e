"""The rows that a filing is stored as: the complaint, what happened to it in that moment, and its clocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service import lexemes
from service.accounts.rules import Reader
from service.audit.rules import START
from service.classifier import operations as classifier
from service.classifier.rules import Reason, Suggestion, Understanding
from service.complaints import operations as complaints
from service.complaints import telling
from service.complaints.models import Complaint
from service.complaints.numbering import number
from service.complaints.rules import ANSWERED_AT_ONCE, DIGEST, ENTERPRISE, MACHINE, STEPS, Change, Trace, queue_for
from service.crypto import keyed_hash
from service.deadlines import operations as deadlines
from service.directory.rules import Directory
from service.intake.deciding import channel_of, regimes_of
from service.intake.rules import FILING_DESKS, Draft, Turn
from service.routing.rules import Decision


def complaint(
    draft: Draft, decision: Decision, understood: Understanding, reader: Reader, now: datetime, by_hand: bool,
    book: Directory,
) -> Complaint:  # fmt: skip
    """The complaint's row, but for its query code and its earliest limit."""
    department = None if by_hand or draft.answer else decision.department
    flags = _flags(draft, decision, department)
    status = "answered" if draft.answer else "dispatched" if department else "submitted"
    queue = queue_for(status, decision.queue, department)
    assert queue is not None  # neither state is the last
    serial = complaints.next_serial()
    return Complaint(
        **_said(draft, reader),
        search=_search(draft, book),
        **_decided(draft, decision),
        **_routed(draft, decision, by_hand),
        **_untouched(),
        id=serial,
        number=number(serial, now),
        created_at=now,
        updated_at=now,
        account=_shared_by(draft, decision, reader),
        suggestions=stored_suggestions(understood.suggestions),
        model_version=understood.version,
        familiarity=understood.familiarity,
        flags=flags,
        regimes=regimes_of(decision, flags, draft.source_due_at is not None),
        department=department,
        delivered_to=department,
        status=status,
        queue_desk=queue.desk,
        queue_code=queue.code,
    )


def _decided(draft: Draft, decision: Decision) -> dict[str, Any]:
    """What routing found out, as columns."""
    return {
        "nature": decision.nature,
        "gates": list(dict.fromkeys([*draft.gates, *filter(None, [decision.gate])])),
        "sealed": decision.sealed,
        "region": decision.place,
        "respondent_kind": decision.respondent_kind,
        "respondent_department": decision.respondent_department,
        "category": decision.category,
        "receiver": decision.receiver,
        "proposed_department": decision.department or decision.proposed,
        "dispatch_place": decision.queue,
        "directive": None if draft.answer else decision.directive,
        "proposed_channel": decision.channel,
    }


def _untouched() -> dict[str, Any]:
    """How a complaint stands on which nobody has worked."""
    return {
        "version": 1, "spent": [], "pending": [], "hand_backs": 0, "designated": False, "length": 0, "head": START,
    }  # fmt: skip


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
        "amount": draft.amount,
        "details": dict(draft.details),
        "channel": channel_of(draft, reader),
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
        **hashes(draft),
    }


def hashes(draft: Draft) -> dict[str, bytes | None]:
    """By what others of the same enterprise are found."""
    return {
        "uscc_hash": keyed_hash(draft.uscc, "uscc") if draft.uscc else None,
        "phone_hash": keyed_hash(draft.contact_phone, "phone") if draft.contact_phone else None,
    }


def _search(draft: Draft, book: Directory) -> str:
    """The words a text is found by: no numbers of persons, nor names that are to be kept, so that nobody is found."""
    kept = list(telling.who(draft, book)) if draft.confidential else []
    text = telling.covered(classifier.mask(f"{draft.title or ''}\n{draft.body}"), kept)
    return lexemes.vector(classifier.words(text))


def _known_as(draft: Draft, reader: Reader) -> int | None:
    """The account that filed; who files anonymously is unknown to us too, also with an account."""
    return reader.id if reader.roles & (FILING_DESKS | {"system"}) or not draft.anonymous else None


def _shared_by(draft: Draft, decision: Decision, reader: Reader) -> int | None:
    """The enterprise's account whose people see it; what is anonymous or sealed is not even for colleagues."""
    return None if draft.anonymous or decision.sealed else reader.account


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


def events(
    complaint: Complaint,
    steps: Sequence[str],
    turned: Sequence[Turn],
    decision: Decision,
    reader: Reader,
    now: datetime,
) -> list[dict[str, Any]]:
    """The filing itself and what was done to it in the same moment, by the machine or by who answered at once."""
    by = Trace(filing_role(reader), complaint.filed_by)
    about = {"channel": complaint.channel, "receiver": complaint.receiver, **turned[0].told()}
    about[DIGEST] = complaints.digest(complaint)
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


def filing_role(reader: Reader) -> str:
    """In which role somebody files."""
    return next(
        (role for role in ("system", "operator", "dispatcher", "supervisor") if role in reader.roles), ENTERPRISE
    )


def clocks(
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
