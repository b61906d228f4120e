"""Week by week: what the machine was unsure of, what people corrected, what it did not know."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from service.accounts.rules import Reader
from service.clock import ZONE
from service.complaints.models import Complaint
from service.complaints.rules import Trace
from service.db import db, transaction
from service.intake import operations as intake
from service.intake.rules import Draft
from service.learning import operations as learning
from service.learning.operations import Held
from tests.statements import counted

# A Monday at one in the morning there, which is a Sunday in UTC.
NOW = datetime(2026, 3, 16, 1, tzinfo=ZONE)


def stored(at: datetime, sure: bool, familiarity: float | None, corrected: bool = False) -> None:
    """A complaint that was filed then and looked like this to the machine."""
    with transaction():
        complaint = intake.file_complaint(Draft(body="货款拖欠一年", anonymous=True), Reader(), at).complaint
        said = [{"code": "arrears.goods-services", "probability": 0.9, "sure": sure}]
        db.session.execute(update(Complaint).where(Complaint.id == complaint.id)
                           .values(created_at=at, suggestions=said, familiarity=familiarity))  # fmt: skip
        if corrected:
            db.session.refresh(complaint)
            complaint.category = "arrears.bills"
            learning.remember(complaint, Held("arrears.goods-services", None), Trace("dispatcher", 1), None, at)


def test_the_weeks_are_those_of_the_region_and_take_one_statement(app: Flask) -> None:
    stored(NOW - timedelta(hours=2), sure=False, familiarity=0.5)
    stored(NOW - timedelta(days=6), sure=True, familiarity=0.9, corrected=True)
    stored(NOW, sure=True, familiarity=None)
    stored(NOW - timedelta(weeks=11, days=1), sure=True, familiarity=0.9)
    with counted() as sent:
        weeks = learning.drift(NOW, weeks=12)
    assert len(sent) == 1, sent
    assert [(str(one.week), one.n, one.unsure, one.corrected) for one in weeks] == [
        ("2026-03-09", 2, 0.5, 0.5), ("2026-03-16", 1, 0.0, 0.0),
    ]  # fmt: skip
    assert (weeks[0].unseen, weeks[0].spread) == (pytest.approx(0.3), pytest.approx(0.2))
    assert weeks[1].unseen is None
    assert not any(one.alarm for one in weeks)


def test_without_complaints_there_is_no_week(app: Flask) -> None:
    assert learning.drift(NOW) == []
