"""Recording and verifying."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from service.audit.models import Anchor, Entry
from service.audit.rules import START, digest, seal
from service.clock import ZONE
from service.db import db

# Any number of our own: whoever writes an entry waits here, so that the chain has no fork.
LOCK = 20251


def hold() -> None:
    """Wait until nobody else records anything, and let nobody do so until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def record(action: str, subject: str, actor: str, now: datetime, **details: Any) -> None:
    """Write one entry at the end of the chain."""
    hold()
    last = db.session.scalar(select(Entry.hash).order_by(Entry.id.desc()).limit(1))
    entry = Entry(at=now, actor=actor, action=action, subject=subject, details=details)
    entry.hash = seal(last or START, entry.content())
    db.session.add(entry)
    db.session.flush()


def about(subject: str, limit: int) -> Sequence[Entry]:
    """What was recorded about one thing, the newest first."""
    query = select(Entry).where(Entry.subject == subject).order_by(Entry.id.desc())
    return db.session.scalars(query.limit(limit)).all()


@dataclass(frozen=True)
class Sought:
    """Which entries are wanted; None where it does not matter.

    Attributes:
        actor: who did it; thing: what an action begins with.
        since, until: days in Asia/Shanghai, the last one included.
        cursor: only what was before this entry.
    """

    actor: str | None = None
    thing: str | None = None
    since: date | None = None
    until: date | None = None
    cursor: int | None = None


# A token that somebody got for themselves is a sign-in, and none that was handed out.
ISSUED, SIGNED_IN = "token.issued", "user.signed_in"
OWN = (Entry.action == ISSUED) & (Entry.actor == Entry.subject)


def action_of(entry: Entry) -> str:
    """What was done."""
    return SIGNED_IN if entry.action == ISSUED and entry.actor == entry.subject else entry.action


def recorded(sought: Sought, limit: int) -> Sequence[Entry]:
    """What was recorded, the newest first."""
    wanted = [narrow(value) for name, narrow in NARROWED.items() if (value := getattr(sought, name)) is not None]
    return db.session.scalars(select(Entry).where(*wanted).order_by(Entry.id.desc()).limit(limit)).all()


def _of(thing: str) -> ColumnElement[bool]:
    begins = Entry.action.startswith(f"{thing}.", autoescape=True)
    if SIGNED_IN.startswith(f"{thing}."):
        return begins | OWN
    return begins & ~OWN


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


NARROWED: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "actor": lambda login: Entry.actor == login,
    "thing": _of,
    "since": lambda day: Entry.at >= _midnight(day),
    "until": lambda day: Entry.at < _midnight(day + timedelta(days=1)),
    "cursor": lambda before: Entry.id < before,
}


def broken() -> list[int]:
    """The ids of entries that do not follow from the one before."""
    found, previous = [], START
    for entry in db.session.scalars(select(Entry).order_by(Entry.id)).yield_per(1000):
        if seal(previous, entry.content()) != entry.hash:
            found.append(entry.id)
        previous = entry.hash
    return found


def anchor(day: date, last_event: int, heads: Sequence[bytes]) -> None:
    """Keep one hash over all chains, and over this record's own end, which could else be cut off unseen.

    Args:
        last_event: the events up to this one are covered; the first anchor written for a day stays.
    """
    hold()
    own = db.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).one_or_none()
    sealed = digest([*heads, own.hash if own else START])
    row = insert(Anchor).values(
        day=day, chains=len(heads), last_event=last_event, last_entry=own.id if own else 0, digest=sealed
    )
    db.session.execute(row.on_conflict_do_nothing())


def broken_anchors(heads_up_to: Callable[[int], Sequence[bytes]]) -> list[date]:
    """The days whose hash does not come out again from the chains as they stood then."""
    anchors = db.session.scalars(select(Anchor).order_by(Anchor.day)).all()
    return [row.day for row in anchors if digest([*heads_up_to(row.last_event), _own_head(row)]) != row.digest]


def _own_head(row: Anchor) -> bytes:
    return db.session.scalar(select(Entry.hash).where(Entry.id == row.last_entry)) or START
