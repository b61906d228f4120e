"""Earlier complaints that may be about the same matter: offered, never merged."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints.models import Complaint
from service.complaints.visibility import visible
from service.db import db

# P: proposals of this project (domain words: 重复诉求).
WINDOW = timedelta(days=180)
CANDIDATES = 20
OFFERED = 5
LEAST_LIKENESS = 0.35


def candidates(complaint: Complaint, reader: Reader, now: datetime) -> list[dict[str, Any]]:
    """Complaints of the last 180 days with the same enterprise or respondent and a similar text, the likest first.

    Only what the reader may see; one statement, and none where the complaint names nobody.
    """
    same = {
        "同一企业": Complaint.uscc_hash == complaint.uscc_hash if complaint.uscc_hash else None,
        "同一联系电话": Complaint.phone_hash == complaint.phone_hash if complaint.phone_hash else None,
        "同一被反映单位": (
            Complaint.respondent_name == complaint.respondent_name if complaint.respondent_name else None
        ),
    }
    told = {why: condition for why, condition in same.items() if condition is not None}
    if not told:
        return []
    columns = [condition.label(f"why_{index}") for index, condition in enumerate(told.values())]
    query = select(Complaint, *columns).options(
        load_only(Complaint.number, Complaint.status, Complaint.created_at, Complaint.body)
    )
    # To say "the same telephone" of a complaint made in confidence would name who made it.
    nameable = or_(Complaint.confidential.is_(False), Complaint.filed_by == reader.id)
    query = query.where(or_(*told.values()), Complaint.created_at > now - WINDOW, visible(reader), nameable)
    # The enterprise's own come first: a respondent may be complained of by many.
    nearest = [condition.is_(True).desc() for condition in told.values()]
    rows = db.session.execute(query.order_by(*nearest, Complaint.id.desc()).limit(CANDIDATES)).all()
    found = [_offer(complaint, row[0], [why for why, held in zip(told, row[1:], strict=True) if held]) for row in rows]
    likely = [offer for offer in found if offer["likeness"] >= LEAST_LIKENESS]
    return sorted(likely, key=lambda offer: -offer["likeness"])[:OFFERED]


def _offer(new: Complaint, old: Complaint, why: list[str]) -> dict[str, Any]:
    return {
        "number": old.number,
        "status": old.status,
        "created_at": old.created_at,
        "likeness": round(classifier.likeness(new.body, old.body), 2),
        "why": why,
    }
