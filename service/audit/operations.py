"""Recording and verifying."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from service.audit.models import Anchor, Entry
from service.audit.rules import START, digest, seal
from service.clock import ZONE
from service.db import db

# Any number of our own: whoever writes an entry waits here, so that the chain has no fork.
LOCK = 20251


def record(action: str, subject: str, actor: str, now: datetime, **details: Any) -> None:
    """Write one entry at the end of the chain."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = db.session.scalar(select(Entry.hash).order_by(Entry.id.desc()).limit(1))
    entry = Entry(at=now, actor=actor, action=action, subject=subject, details=details)
    entry.hash = seal(last or START, entry.content())
    db.session.add(entry)
    db.session.flush()


def broken() -> list[int]:
    """The ids of entries that do not follow from the one before."""
    found, previous = [], START
    for entry in db.session.scalars(select(Entry).order_by(Entry.id)).yield_per(1000):
        if seal(previous, entry.content()) != entry.hash:
            found.append(entry.id)
        previous = entry.hash
    return found


def anchor(day: date, heads: Sequence[bytes]) -> None:
    """Keep one hash over all chains as they stood at the end of a day; the first one written for a day stays."""
    row = insert(Anchor).values(day=day, chains=len(heads), digest=_digest(day, heads))
    db.session.execute(row.on_conflict_do_nothing())


def _digest(day: date, heads: Sequence[bytes]) -> bytes:
    """One hash over the complaints' chains and this record's own, whose last entries could else vanish unseen."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZONE)
    own = select(Entry.hash).where(Entry.at < midnight).order_by(Entry.id.desc()).limit(1)
    return digest([*heads, db.session.scalar(own) or START])


def broken_anchors(heads_of: Callable[[date], Sequence[bytes]]) -> list[date]:
    """The days whose hash does not come out again from the chains of that day."""
    anchors = db.session.scalars(select(Anchor).order_by(Anchor.day)).all()
    return [row.day for row in anchors if _digest(row.day, heads_of(row.day)) != row.digest]
