"""Complaints as a list is to have them, and what a list shows of them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from service.complaints.models import Complaint
from service.db import db, transaction
from tests.casework import ways

REGION, LEAGUE, BANNER, OTHER = "150000", "150800", "150821", "150822"
Look = Callable[..., Any]


def stand(draft: Any = ways.OWED, **columns: Any) -> str:
    """A complaint with some columns as a test wants them."""
    number = ways.filed(draft).complaint.number
    if columns:
        with transaction():
            db.session.execute(update(Complaint).where(Complaint.number == number).values(**columns))
    return number


def numbers(page: Any) -> list[str]:
    """The complaints of a page in its order."""
    return [item["number"] for item in page["items"]]
