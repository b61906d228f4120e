"""How the language of complaints moves away from what the model knows, week by week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Date, Float, cast, func, select

from service import clock
from service.complaints.models import Complaint
from service.db import db
from service.learning.models import Example
from service.learning.rules import Week, alarmed

ZONE = clock.ZONE.key


def drift(now: datetime, weeks: int = 12) -> Sequence[Week]:
    """The last weeks, Monday to Sunday in Asia/Shanghai, the oldest first, in one statement.

    Weeks without a complaint are left out; the last one is not over yet.
    """
    monday = clock.local(now).date() - timedelta(days=clock.local(now).weekday())
    first = datetime.combine(monday - timedelta(weeks=weeks - 1), datetime.min.time(), clock.ZONE)
    week = cast(func.date_trunc("week", func.timezone(ZONE, Complaint.created_at)), Date)
    sure = Complaint.suggestions[0]["sure"].as_boolean()
    corrected = Example.label != func.coalesce(Example.was, "")
    unseen = 1 - cast(Complaint.familiarity, Float)
    share = cast(func.count(), Float)
    rows = db.session.execute(
        select(
            week.label("week"),
            func.count().label("n"),
            (func.count().filter(~func.coalesce(sure, False)) / share).label("unsure"),
            (func.count().filter(corrected) / share).label("corrected"),
            func.avg(unseen).label("unseen"),
            func.coalesce(func.stddev_pop(unseen), 0.0).label("spread"),
        )
        .outerjoin(Example, Example.complaint_id == Complaint.id)
        .where(Complaint.created_at >= first)
        .group_by(week)
        .order_by(week)
    )
    return alarmed([Week(**row) for row in rows.mappings()])
