"""Counting complaints for the figures that are judged, as far as a reader may see them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Exists, and_, case, exists, func, or_, select

from service.complaints.models import Complaint, Event
from service.complaints.rules import ASKING, DELIVERIES, ENTERPRISE, OWN_WORD
from service.db import db
from service.deadlines.models import Clock
from service.insight.rules import GRADES, Figure, judged

REDOS = ("redo", "grant_redo")


def figures(scope: ColumnElement[bool], since: datetime, until: datetime) -> list[Figure]:
    """The figures of a period, in one statement.

    Args:
        scope: which complaints: what a reader may see, and whatever narrows that down. Those that a ruling took out
            of the count are left out here.
        since, until: aware datetimes, the second excluded.
    """
    counted = and_(scope, Complaint.excluded.is_(False))
    parts = {**_revisits(counted, since, until), **_clocks(counted, since, until), **_steps(counted, since, until)}
    row = db.session.execute(select(*(query.label(name) for name, query in parts.items()))).one()
    return judged({name: float(value or 0) for name, value in row._mapping.items()})


def valid(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The cases of the three facts: the enterprise was asked or spoke up, or the limit ended without an answer."""
    period = (Event.at >= since, Event.at < until)
    unanswered = exists().where(
        Clock.complaint_id == Complaint.id, Clock.kind == "result", Clock.state != "cancelled",
        Clock.overdue_at >= since, Clock.overdue_at < until,
    )  # fmt: skip
    return or_(_reached(*period), _spoke(since, until), unanswered)


def _reached(*when: ColumnElement[bool]) -> Exists:
    """A revisit that found somebody."""
    mine = (Event.complaint_id == Complaint.id, Event.action.in_(ASKING), Event.data["contacted"].as_boolean())
    return exists().where(*mine, *when)


def _spoke(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The enterprise's own word, as long as nobody asked it: counted once, where it was said last."""
    word = exists().where(
        Event.complaint_id == Complaint.id, Event.action.in_(OWN_WORD), Event.role == ENTERPRISE,
        Event.data["satisfaction"].as_string().is_not(None),
    )  # fmt: skip
    said = word.where(Event.at >= since, Event.at < until)
    later = word.where(Event.at >= until)
    return and_(Complaint.solved.is_not(None), said, ~later, ~_reached())


def _revisits(scope: ColumnElement[bool], since: datetime, until: datetime) -> dict[str, ColumnElement[float]]:
    """Of the valid cases: contacted in time, solved, and weighed by satisfaction."""
    in_time = exists().where(
        Clock.complaint_id == Complaint.id, Clock.kind == "contact", Clock.state == "met", Clock.overdue_at.is_(None)
    )
    grade = case(GRADES, value=Complaint.satisfaction, else_=0.0)
    cases = select(func.count()).select_from(Complaint).where(scope, valid(since, until))
    return {
        "valid": cases.scalar_subquery(),
        "contacted_in_time": cases.where(in_time).scalar_subquery(),
        "solved": cases.where(Complaint.solved.is_(True)).scalar_subquery(),
        "satisfied": select(func.sum(grade)).where(scope, valid(since, until)).scalar_subquery(),
    }


def _clocks(scope: ColumnElement[bool], since: datetime, until: datetime) -> dict[str, ColumnElement[float]]:
    """Clocks whose limit lies in the period, and those of them that were met in time."""
    met = and_(Clock.state == "met", Clock.overdue_at.is_(None))
    ended = select(func.count()).join_from(Clock, Complaint, Complaint.id == Clock.complaint_id).where(
        scope, Clock.due_at >= since, Clock.due_at < until, Clock.state != "cancelled"
    )  # fmt: skip
    results, signs = ended.where(Clock.kind == "result"), ended.where(Clock.kind == "sign")
    return {
        "due": results.scalar_subquery(),
        "met_in_time": results.where(met).scalar_subquery(),
        "to_sign": signs.scalar_subquery(),
        "signed_in_time": signs.where(met).scalar_subquery(),
    }


def _steps(scope: ColumnElement[bool], since: datetime, until: datetime) -> dict[str, ColumnElement[float]]:
    """How often some steps were taken in the period."""
    return {
        "hand_backs": _taken(scope, since, until, "hand_back"),
        "dispatches": _taken(scope, since, until, *DELIVERIES),
        "redone": _taken(scope, since, until, *REDOS),
        "replies": _taken(scope, since, until, "reply"),
    }


def _taken(scope: ColumnElement[bool], since: datetime, until: datetime, *actions: str) -> ColumnElement[float]:
    taken = select(func.count()).join_from(Event, Complaint, Complaint.id == Event.complaint_id)
    return taken.where(scope, Event.action.in_(actions), Event.at >= since, Event.at < until).scalar_subquery()
