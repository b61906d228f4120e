"""Spreading the news of events, bringing it out of the house, and reading it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from service.classifier.facts import mask
from service.clock import spoken
from service.complaints.models import Complaint, Event
from service.complaints.rules import STATES
from service.db import db, first_after
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.rules import Directory
from service.jobs import outbox
from service.jobs.rules import next_try
from service.notices import audiences, rules, sending
from service.notices.audiences import Happening, Recipient
from service.notices.models import Notice, NoticeTemplate, QuietHours
from service.notices.rules import DISTURBING, GROUP_OF, Quiet, Words

DELIVER = "notices.deliver"
# P: two years, until the yearly report on what was complained of the year before has long been out.
KEPT = timedelta(days=730)

COLUMNS = (
    Event.id.label("event_id"), Event.at, Event.action, Event.role, Event.actor_id, Event.data, Event.to_status,
    Event.public, Complaint.id.label("complaint_id"), Complaint.number, Complaint.flags, Complaint.sealed,
    Complaint.confidential, Complaint.anonymous, Complaint.phone_hash, Complaint.filed_by, Complaint.account,
    Complaint.department, Complaint.receiver, Complaint.dispatch_place, Complaint.queue_desk, Complaint.co_departments,
    Complaint.category, Complaint.due_at,
)  # fmt: skip


# --- spreading -------------------------------------------------------------------------------------------------------


def spread(now: datetime, limit: int) -> int:
    """Write who hears of the next events, and mark them told; gives how many events there were.

    The events stay locked until the transaction ends and others pass over them, so that each is told once whoever
    spreads at the same time; what is rolled back was not told. The number of statements does not depend on the batch.
    """
    batch = _untold(limit)
    if not batch:
        return 0
    book = directory.current()
    rows = _written(batch, audiences.recipients(batch, book), book, now)
    if rows:
        _store(rows)
    events = [one.event_id for one in batch]
    db.session.execute(update(Event).where(Event.id.in_(events)).values(told=True))
    return len(batch)


def _untold(limit: int) -> Sequence[Happening]:
    """The next events that nobody was told of, each with what of its complaint decides on who is."""
    query = select(*COLUMNS).join(Complaint, Complaint.id == Event.complaint_id).where(~Event.told)
    query = query.order_by(Event.id).limit(limit)
    return db.session.execute(query.with_for_update(of=Event, skip_locked=True)).all()


def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    fresh = insert(Notice).on_conflict_do_nothing().returning(Notice.id, Notice.state)
    stored = db.session.execute(fresh, list(rows)).all()
    outbox.add_all(DELIVER, [{"id": row.id} for row in stored if row.state == "waiting"])


def _written(
    batch: Sequence[Happening], found: Iterable[Recipient], book: Directory, now: datetime
) -> list[dict[str, Any]]:
    """The rows of a batch's notices; of what was done at one stroke a recipient hears the end."""
    last = {_stroke(one): one for one in found}
    templates, hours, clocks = active_templates(), quiet(), _clocks({one.complaint_id for one in batch})
    rows = []
    for one in last.values():
        words = _words(one, templates, clocks.get(one.happening.complaint_id, {}), book)
        rows.append({**_row(one, now), **words, **_begun(one, hours, now)})
    return rows


def _stroke(one: Recipient) -> tuple[Any, ...]:
    """What is one message to one recipient: filing, accepting and dispatching by the machine are three events."""
    event = one.happening
    alone = one.channel == "webhook" or rules.is_rung(event.action, event.role)
    return (one.channel, one.key, one.complaint_id, event.event_id if alone else event.at)


def _row(one: Recipient, now: datetime) -> dict[str, Any]:
    event = one.happening
    return {
        "complaint_id": one.complaint_id,
        "event_id": event.event_id,
        "number": one.number,
        "action": event.action,
        "audience": one.audience,
        "channel": one.channel,
        "recipient": one.key,
        "user_id": one.user_id,
        "address_id": one.address.id if one.address else None,
        "urgent": "urgent" in event.flags,
        "created_at": now,
        "attempts": 0,
    }


def _begun(one: Recipient, hours: Quiet, now: datetime) -> dict[str, Any]:
    """How a notice starts: an inbox has it at once, a telephone may have to wait for the morning."""
    due = None if "urgent" in one.happening.flags else hours.until(now)
    begun: dict[str, Any] = {"state": "waiting", "reason": None, "due_at": None, "sent_at": None}
    if one.channel == "inbox":
        return {**begun, "state": "sent", "sent_at": now}
    if one.channel == "sms" and not sending.gateway():
        return {**begun, "state": "skipped", "reason": sending.NO_GATEWAY}
    return {**begun, "state": "held", "due_at": due} if due and one.channel in DISTURBING else begun


# --- the words -------------------------------------------------------------------------------------------------------


def active_templates() -> dict[str, Words]:
    """The templates in use, by code."""
    found = select(NoticeTemplate.code, NoticeTemplate.subject, NoticeTemplate.body).where(NoticeTemplate.active)
    return {row.code: Words(*row) for row in db.session.execute(found)}


def _words(
    one: Recipient, templates: Mapping[str, Words], clocks: Mapping[str, datetime], book: Directory
) -> dict[str, Any]:
    """Template, subject and body of a notice; a webhook carries no words."""
    group = GROUP_OF.get(one.channel)
    if group is None:
        return {"template": None, "subject": None, "body": None}
    chosen = rules.words_for(one.happening.action, one.audience, group, templates)
    subject, body = rules.render(group, chosen.subject, chosen.body, _values(one, clocks, book))
    return {"template": chosen.code, "subject": subject, "body": body}


def _values(one: Recipient, clocks: Mapping[str, datetime], book: Directory) -> dict[str, str]:
    """What the placeholders stand for. Nothing here says who complains or what of."""
    event = one.happening
    category = book.categories.get(event.category or "")
    return {
        "number": one.number,
        "action": rules.action_name(event.action),
        "status": STATES[event.to_status].name,
        "department": _name(event.department, book.departments),
        "place": _name(event.dispatch_place, book.places),
        "due": _due(one, clocks),
        "clock": rules.clock_name(event.data.get("clock")),
        "category": category.name if category else "",
        "reason": rules.IN_PAGE if _is_of_another(one) else reason_of(event),
    }


def _is_of_another(one: Recipient) -> bool:
    """Whether what was said may tell an enterprise of another one's complaint, about the same matter."""
    return one.audience == "followers" or (one.audience == "enterprise" and one.happening.action == "merge")


def _name(code: str | None, table: Mapping[str, Any]) -> str:
    return table[code].name if code and code in table else rules.IN_PAGE


def reason_of(event: Happening) -> str:
    """What the one who acted gave as reason, without numbers of persons; where somebody's name is to stay unknown,
    it can only be read in the page, by who may."""
    written = str(event.data.get("reason") or event.data.get("note") or "")
    if not written or event.confidential or event.sealed:
        return rules.IN_PAGE
    return mask(written)[: rules.MOST_REASON]


def _due(one: Recipient, clocks: Mapping[str, datetime]) -> str:
    """The limit that matters to the reader: the enterprise's own, or the day of its answer; for others the next.

    Empty where none of these runs.
    """
    event = one.happening
    kinds = ("supplement", "material", "result") if one.audience in {"enterprise", "followers"} else ()
    wanted = (str(event.data.get("clock")), *kinds)
    due = next((clocks[kind] for kind in wanted if kind in clocks), None if kinds else event.due_at)
    return spoken(due) if due else ""


def _clocks(complaints: Iterable[int]) -> dict[int, dict[str, datetime]]:
    """The limits that run for some complaints, by kind."""
    columns = (Clock.complaint_id, Clock.kind, Clock.due_at)
    query = select(*columns).where(Clock.complaint_id.in_(sorted(complaints)), Clock.state == "running")
    found: dict[int, dict[str, datetime]] = {}
    for row in db.session.execute(query.order_by(Clock.due_at.desc())):
        found.setdefault(row.complaint_id, {})[row.kind] = row.due_at
    return found


# --- bringing it out of the house ------------------------------------------------------------------------------------


def quiet() -> Quiet:
    """The quiet hours in force."""
    row = db.session.get(QuietHours, 1)
    return Quiet(row.begins, row.ends) if row else Quiet()


def deliver(notice_id: int, now: datetime) -> None:
    """Try once to send a notice that waits, and write down what became of it.

    A try that failed asks for the next by itself, at the outbox's own distances; the row keeps why.
    """
    query = select(Notice).where(Notice.id == notice_id, Notice.state == "waiting").with_for_update()
    notice = db.session.scalars(query).one_or_none()
    if notice is None:
        return
    due = None if notice.urgent or notice.channel not in DISTURBING else quiet().until(now)
    if due is not None:
        notice.state, notice.due_at = "held", due
        return
    notice.attempts += 1
    _settle(notice, sending.send(notice, now), now)


def _settle(notice: Notice, outcome: sending.Outcome, now: datetime) -> None:
    later = None if outcome.state != "failed" or outcome.final else next_try(notice.attempts, now)
    notice.reason, notice.due_at = outcome.reason, later
    notice.state = "waiting" if later else outcome.state
    notice.sent_at = now if outcome.state == "sent" else None
    if later:
        outbox.add_all(DELIVER, [{"id": notice.id}], at=later)


def release(now: datetime, limit: int) -> int:
    """Let go what was held back for the night; gives how many notices."""
    due = select(Notice.id).where(Notice.state == "held", Notice.due_at <= now).order_by(Notice.due_at).limit(limit)
    ids = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    if ids:
        db.session.execute(update(Notice).where(Notice.id.in_(ids)).values(state="waiting", due_at=None))
        outbox.add_all(DELIVER, [{"id": one} for one in ids])
    return len(ids)


def purge(now: datetime) -> None:
    """Drop messages of long ago, read or not; what still waits to be sent stays, and so does all on the trails."""
    first = first_after(now - KEPT, Notice.id, Notice.created_at)
    settled = Notice.state.not_in(("waiting", "held"))
    db.session.execute(delete(Notice).where(Notice.id < first, settled))
