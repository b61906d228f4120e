"""What hand-backs that were granted say about the table of duties: for an administrator to take up or to leave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from service.accounts.rules import Reader
from service.audit import operations as audit
from service.casework.models import DutyProposal
from service.classifier.facts import mask
from service.complaints.models import Complaint
from service.complaints.telling import CONTACT, ENTERPRISE, INSTEAD
from service.complaints.visibility import UNSEALED
from service.db import db
from service.errors import NotFound, WrongState

# What of a complaint decides how much of a reason is told.
UNSAID = (Complaint.confidential, Complaint.anonymous, Complaint.enterprise_name, Complaint.contact_name)


def waiting(limit: int) -> Sequence[tuple[DutyProposal, str]]:
    """What nobody has decided on yet, the newest first, with the reason as far as an administrator may read it."""
    query = _readable(DutyProposal, *UNSAID).where(DutyProposal.accepted.is_(None))
    rows = db.session.execute(query.order_by(DutyProposal.id.desc()).limit(limit))
    return [(row.DutyProposal, _words(row)) for row in rows]


def _words(row: Any) -> str:
    """A reason without names and numbers; none where the enterprise is not to be known."""
    if row.confidential or row.anonymous:
        return ""
    said = row.DutyProposal.reason
    for name, what in ((row.enterprise_name, ENTERPRISE), (row.contact_name, CONTACT)):
        said = said.replace(name, INSTEAD[what]) if name else said
    return mask(said)


def decide(proposal_id: int, accepted: bool, actor: Reader, now: datetime) -> None:
    """Put a proposal away: taken up in the table of duties by then, or left.

    Raises:
        NotFound: there is none that an administrator may read. WrongState: somebody decided on it already.
    """
    wanted = _readable(DutyProposal).where(DutyProposal.id == proposal_id).with_for_update(of=DutyProposal)
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound("没有这条职责疑问。")
    if row.accepted is not None:
        raise WrongState("这条职责疑问已经有人处理。")
    row.accepted = accepted
    said = {"category": row.category, "department": row.department, "proposed": row.proposed}
    audit.record("duty.weighed", f"duty {row.id}", actor.login, now, accepted=accepted, **said)


def _readable(*columns: Any) -> Select[Any]:
    """An administrator reads no complaints: nothing of a sealed one is told."""
    return select(*columns).join(Complaint, Complaint.id == DutyProposal.complaint_id).where(UNSEALED)
