"""Complaints with news, and people to hear of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from service import clock
from service.accounts.rules import Reader
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import MACHINE, Change, Trace
from service.db import db, transaction
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.notices import operations
from service.notices.models import Notice
from tests.factories import filing

HEALTH, PLACE = "150821-health", "150821"
MOBILE = "13804710001"
LATER = count(1)
# Ten in the morning there, on a Tuesday; and one in the night after.
DAY, NIGHT = datetime(2026, 3, 10, 2, tzinfo=UTC), datetime(2026, 3, 10, 17, tzinfo=UTC)


def filed(by: Reader | None = None, told: bool = True, **changes: Any) -> int:
    """The id of a complaint with the county's health commission; `told`: its filing is nobody's news any more."""
    with transaction():
        contact = {"name": "白女士", "phone": MOBILE}
        draft = FilingSchema().load(filing(**{"contact": contact, **changes}))
        complaint = intake.file_complaint(draft, by or Reader(), clock.now()).complaint
        db.session.flush()
        if told:
            db.session.execute(update(Event).values(told=True))
    return complaint.id


def happens(complaint_id: int, action: str, role: str = "handler", actor: int | None = None, **data: Any) -> None:
    """An event on a complaint's trail."""
    with transaction():
        complaint = db.session.get_one(Complaint, complaint_id)
        change = Change(action, complaint.status, complaint.status, True, data)
        # Two things are never done in the same microsecond, but where they are one.
        at = clock.now() + timedelta(microseconds=next(LATER))
        complaints.store_events([complaints.append(complaint, change, Trace(role, actor), at)])


def rung(complaint_id: int, name: str, kind: str) -> None:
    """A rung of the ladder is reached."""
    happens(complaint_id, name, MACHINE, clock=kind)


def changed(complaint_id: int, **values: Any) -> None:
    """A complaint that stands otherwise."""
    with transaction():
        db.session.execute(update(Complaint).where(Complaint.id == complaint_id).values(**values))


def spread(limit: int = 100) -> list[Notice]:
    """Tell of what is new; gives all notices there are."""
    with transaction():
        operations.spread(clock.now(), limit)
    return notices()


def notices(**wanted: Any) -> list[Notice]:
    """The notices, in the order in which they were written."""
    db.session.expire_all()
    return list(db.session.scalars(select(Notice).filter_by(**wanted).order_by(Notice.id)))


def told(found: Sequence[Notice], channel: str = "inbox") -> set[tuple[str, int | None]]:
    """(audience, user) of some notices."""
    return {(one.audience, one.user_id) for one in found if one.channel == channel}
