"""Complaints that stand where a test needs them."""

from typing import Any

from service import clock
from service.accounts.rules import Reader
from service.casework import operations as casework
from service.complaints.models import Complaint
from service.complaints.rules import STEPS
from service.db import db, transaction
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from tests.factories import filing

HEALTH = "150821-health"
# What a step's fields say where a test does not care.
SAID: dict[str, dict[str, Any]] = {
    "refuse": {"channel": "人民法院", "reason": "已经起诉。"},
    "contact": {"note": "电话联系了企业。"},
    "request_material": {"note": "请补充对账单。"},
    "draft": {"reply": "经核实，货款将于月底前付清。", "internal": "已与院长核对。"},
    "return_draft": {"reason": "请写明付款日期。"},
    "close": {"solved": True, "satisfaction": "satisfied"},
}
# Who drafts a reply neither approves it nor closes the case.
SOMEBODY = (Reader(id=1), Reader(id=2))
WAY = ("sign", "contact", "draft", "approve", "reply", "close")


def filed(by: Reader | None = None, **changes: Any) -> str:
    """The number of a complaint that stands with the county's health commission, waiting to be signed."""
    with transaction():
        draft = FilingSchema().load(filing(**changes))
        return intake.file_complaint(draft, by or Reader(), clock.now()).complaint.number


def by_hand() -> str:
    """The number of a complaint that waits for a dispatcher to send it on."""
    with transaction():
        draft = FilingSchema().load(filing())
        return intake.file_complaint(draft, Reader(), clock.now(), by_hand=True).complaint.number


def taken(number: str, *actions: str, by: Reader | None = None) -> None:
    """Take steps on a complaint, each in a role that may."""
    for action in actions:
        with transaction():
            complaint = the(number)
            role = min(STEPS[action].roles)
            actor = by or SOMEBODY[action in {"approve", "close"}]
            casework.act(complaint, {role}, action, SAID.get(action, {}), actor, clock.now())


def standing(state: str, **changes: Any) -> str:
    """A new complaint on its way through the department, as far as a state."""
    number = filed(**changes)
    for action in WAY:
        if the(number).status == state:
            return number
        taken(number, action)
    return number


def the(number: str) -> Complaint:
    """The complaint as it stands in the database now."""
    db.session.expire_all()
    return db.session.query(Complaint).filter_by(number=number).one()
