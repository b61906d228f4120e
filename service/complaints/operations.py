"""Finding complaints, adding to their trail, and proving that nobody changed it."""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from hmac import compare_digest
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import case, exists, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from service.accounts.rules import Reader
from service.audit import operations as audit
from service.audit.rules import START, seal
from service.complaints.models import SERIAL, Complaint, Event
from service.complaints.rules import (
    ANEW,
    ANSWERS,
    ASKING,
    DIGEST,
    ENTERPRISE,
    FACTS,
    OWN_WORD,
    Change,
    Trace,
)
from service.complaints.visibility import scopes
from service.crypto import keyed_hash
from service.db import db
from service.errors import NotFound

# What is said in a filing, which no step changes.
SAID = (
    "title", "body", "amount", "details", "source_system", "source_number", "anonymous", "confidential",
    "enterprise_name", "enterprise_size", "uscc", "contact_name", "contact_phone", "respondent_name",
)  # fmt: skip
# Without the letters and digits that are mistaken for each other on the phone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
EVENTS = Event.__table__
NEXT_SERIAL = select(SERIAL.next_value())
NOT_HERE = "没有找到这件诉求。请核对编号和查询码；查询码在提交回执上。"
# For whoever is told apart by grants: there is no code to look up.
NOT_YOURS = "没有这件诉求，或者不在您的办理范围。"


def new_query_code() -> str:
    """16 characters of 30, some 78 bits, in groups that can be read out: 7KQ4-9XPT-…"""
    drawn = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def code_hash(code: str) -> bytes:
    """How a query code is stored; case and dashes do not count."""
    return keyed_hash("".join(code.upper().split()).replace("-", ""), "query code")


def proof_of(number: str, hashed: bytes) -> str:
    """What a browser keeps once a query code was given: it opens this complaint, and the code cannot be read in it."""
    return keyed_hash(f"{number}:{hashed.hex()}", "proof of code").hex()


def find(
    number: str, reader: Reader, code: str = "", lock: bool = False, proof: str = ""
) -> tuple[Complaint, frozenset[str]]:
    """A complaint and the roles in which this reader reaches it, in one statement.

    Args:
        code: the query code, which lets anybody act as the enterprise.
        proof: that the code was given before; see proof_of.
        lock: whether to hold the row until the transaction ends.

    Raises:
        NotFound: it does not exist, or not for this reader; the two look the same.
    """
    reached = scopes(reader)
    columns = [condition.label(f"scope_{index}") for index, (_, condition) in enumerate(reached)]
    query = select(Complaint, *columns).where(Complaint.number == number)
    if lock:
        # Read anew, too: what this session knows of it may be from before another's step.
        query = query.with_for_update(of=Complaint).execution_options(populate_existing=True)
    row = db.session.execute(query).one_or_none()
    missing = NOT_YOURS if reader.is_staff and not (code or proof) else NOT_HERE
    if row is None:
        raise NotFound(missing)
    roles = {role for (role, _), held in zip(reached, row[1:], strict=True) if held}
    if _is_opened(row[0], code, proof):
        roles.add(ENTERPRISE)
    if not roles:
        raise NotFound(missing)
    return row[0], frozenset(roles)


def _is_opened(complaint: Complaint, code: str, proof: str) -> bool:
    """Whether a query code, or the proof that it was given before, fits a complaint."""
    hashed = complaint.query_code_hash
    return bool(
        (code and compare_digest(hashed, code_hash(code)))
        or (proof and compare_digest(proof_of(complaint.number, hashed).encode(), proof.encode()))
    )


def append(complaint: Complaint, change: Change, by: Trace, now: datetime) -> dict[str, Any]:
    """Seal a change onto a complaint's chain and give it as a row for `store_events`."""
    row = {
        "seq": complaint.length + 1,
        "at": now,
        "action": change.action,
        "role": by.role,
        "actor_id": by.actor_id,
        "from_status": change.before,
        "to_status": change.after,
        "public": change.public,
        "data": dict(change.data),
    }
    complaint.head = seal(complaint.head, {"number": complaint.number, **row})
    complaint.length += 1
    return {**row, "complaint_id": complaint.id, "hash": complaint.head}


def store_events(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of `append`, of one complaint or of many, in one statement."""
    db.session.execute(insert(EVENTS), rows)


def trail(complaint: Complaint, everything: bool) -> Sequence[Event]:
    """A complaint's events in order: all of them, or those the enterprise reads."""
    query = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)
    return db.session.scalars(query if everything else query.where(Event.public)).all()


def last_of(complaint_id: int, actions: Collection[str]) -> Event | None:
    """The last time one of some steps was taken on a complaint."""
    query = select(Event).where(Event.complaint_id == complaint_id, Event.action.in_(actions))
    return db.session.scalars(query.order_by(Event.seq.desc()).limit(1)).one_or_none()


def acted(complaint_id: int, actor_id: int, roles: Collection[str]) -> bool:
    """Whether somebody ever did anything to a complaint in one of some roles."""
    wanted = exists().where(Event.complaint_id == complaint_id, Event.actor_id == actor_id, Event.role.in_(roles))
    return bool(db.session.scalar(select(wanted)))


def locked(complaint_id: int) -> Complaint:
    """A complaint whose row is held until the transaction ends, for who is let in by something else than grants."""
    held = select(Complaint).where(Complaint.id == complaint_id).with_for_update()
    return db.session.scalars(held, execution_options={"populate_existing": True}).one()


def hold(numbers: Collection[str]) -> None:
    """Hold the rows of several complaints until the transaction ends, in the one order in which everybody does."""
    rows = select(Complaint.id).where(Complaint.number.in_(numbers)).order_by(Complaint.id)
    db.session.execute(rows.with_for_update())


def last_event(complaint: Complaint) -> Event:
    """What happened to a complaint last."""
    query = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq.desc()).limit(1)
    return db.session.scalars(query).one()


def next_serial() -> int:
    """The next complaint's serial number."""
    return db.session.scalars(NEXT_SERIAL).one()


def broken_chains() -> Iterator[tuple[str, str]]:
    """(number, what is wrong) for each complaint whose events do not lead to its head, or that stands otherwise.

    One statement: what is filed or done while it runs is seen as a whole or not at all.
    """
    columns = (Complaint.id, Complaint.number, Complaint.head, Complaint.length, Event)
    # Long texts come once, with the first event.
    stands = (case((Event.seq == 1, getattr(Complaint, name))).label(name) for name in (*SAID, "reply", *FACTS))
    query = select(*columns, *stands).outerjoin(Event, Event.complaint_id == Complaint.id)
    rows = db.session.execute(query.order_by(Complaint.id, Event.seq).execution_options(yield_per=2000))
    for _, chain in groupby(rows, key=attrgetter("id")):
        links = list(chain)
        if fault := _fault(links[0], [link.Event for link in links if link.Event is not None]):
            yield links[0].number, fault


def _fault(complaint: Any, events: Sequence[Event]) -> str:
    """What is wrong with one chain; empty where nothing is."""
    if not events:
        return "没有任何记录"
    length, previous = 0, START
    for event in events:
        content = {name: getattr(event, name) for name in EVENT_CONTENT}
        if event.seq != length + 1 or seal(previous, {"number": complaint.number, **content}) != event.hash:
            return f"第 {event.seq} 条记录与前一条不衔接"
        length, previous = event.seq, event.hash
    if (length, previous) != (complaint.length, complaint.head):
        return "末条记录与诉求上的封印不一致"
    # Filed before digests were kept, there is nothing to compare with.
    return _departure(complaint, events) if DIGEST in events[0].data else ""


def _departure(complaint: Any, events: Sequence[Event]) -> str:
    """What stands on a complaint otherwise than its events say; empty where nothing does."""
    if digest(complaint) != events[0].data[DIGEST]:
        return "诉求内容与提交时不一致"
    reply, facts = _told(events)
    if complaint.reply != reply:
        return "答复与记录中的答复不一致"
    return "" if all(getattr(complaint, name) == facts.get(name) for name in FACTS) else "回访结果与记录不一致"


def _told(events: Sequence[Event]) -> tuple[str | None, dict[str, Any]]:
    """The reply that was given last, and what the enterprise said of it since."""
    drafted = reply = None
    facts: dict[str, Any] = {}
    for event in events:
        drafted = event.data["reply"] if event.action == "draft" else drafted
        reply = event.data.get("reply", drafted) if event.action in ANSWERS else reply
        if event.action in ANEW:
            facts = {}
        elif event.action in ASKING or (event.action in OWN_WORD and event.role == ENTERPRISE):
            facts |= {name: event.data[name] for name in FACTS if name in event.data}
    return reply, facts


def digest(said: Any) -> str:
    """What the event of a filing keeps of what was said in it: who lacks the service's secret learns nothing from it.

    Args:
        said: what has the fields of SAID, as filed or as stored.
    """
    content = {name: getattr(said, name) for name in SAID}
    amount = None if said.amount is None else f"{said.amount:.2f}"
    return keyed_hash(seal(START, {**content, "amount": amount}).hex(), "filing").hex()


EVENT_CONTENT = ("seq", "at", "action", "role", "actor_id", "from_status", "to_status", "public", "data")


def settled() -> int:
    """The id up to which all events are written for good.

    Waits for who is writing and holds new writers back until the transaction ends, so end it at once. It waits two
    seconds at most: behind one long transaction everybody would stand in line with it, and a task is tried again.
    """
    db.session.execute(text("SET LOCAL lock_timeout = '2s'"))
    db.session.execute(text("LOCK TABLE events IN SHARE MODE"))
    return db.session.scalar(select(func.max(Event.id))) or 0


def anchor(day: date, last_event: int) -> None:
    """Keep one hash over all chains as they stood after an event."""
    audit.anchor(day, last_event, heads_up_to(last_event))


def broken_anchors() -> list[date]:
    """The days whose hash over all chains no longer comes out."""
    return audit.broken_anchors(heads_up_to)


def heads_up_to(last_event: int) -> list[bytes]:
    """The hash at the end of each chain after an event, in the order of the complaints."""
    heads = select(Event.hash).ext(distinct_on(Event.complaint_id)).where(Event.id <= last_event)
    return list(db.session.scalars(heads.order_by(Event.complaint_id, Event.seq.desc())))
