"""Complaints that stand where a test needs them."""

from typing import Any

from service import clock, demonstration
from service.accounts.rules import Grant, Reader
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
# A matter under the platform's own promises, whose clocks pause and whose extensions the supervisor grants.
POLICY: dict[str, Any] = {
    "category": "policy.subsidy",
    "body": "我公司专精特新奖励公示十个月没有兑现。",
    "respondent": {"name": "五原县工业和信息化局", "kind": "organ"},
}
# Who works on a case neither approves the reply nor asks the enterprise about it.
APART = {"approve": 2, "reply": 2, "revisit": 3, "revisit_unanswered": 3, "close": 3, "appeal_counting": 4}
EVERYWHERE = Grant("dispatcher", "150000")


def filed(by: Reader | None = None, by_hand: bool = False, **changes: Any) -> str:
    """The number of a complaint that stands with the county's health commission, waiting to be signed.

    Args:
        by_hand: it waits at the dispatcher's desk instead.
    """
    with transaction():
        draft = FilingSchema().load(filing(**changes))
        return intake.file_complaint(draft, by or Reader(), clock.now(), by_hand=by_hand).complaint.number


def taken(number: str, *actions: str, by: Reader | None = None, **said: Any) -> None:
    """Take steps on a complaint, each in a role that may; `said` replaces what its fields usually say."""
    for action in actions:
        with transaction():
            complaint, now = the(number), clock.now()
            role = _role(complaint, action)
            given = {**(SAID.get(action) or demonstration.given(complaint, action, now)), **said}
            casework.act(complaint, {role}, action, given, by or _somebody(APART.get(action, 1)), now)


def _role(complaint: Complaint, action: str) -> str:
    if action == "close":
        # Of those who may, the enterprise alone says whether it is solved.
        return "enterprise"
    return demonstration.who_extends(complaint) if action == "grant_extension" else min(STEPS[action].roles)


def _somebody(number: int) -> Reader:
    return Reader(id=number, grants=(EVERYWHERE,), roles=frozenset({"dispatcher"}))


def standing(state: str, *further: str, **changes: Any) -> str:
    """A new complaint that went straight to a state, and some steps further."""
    way = demonstration.WAYS[state]
    number = filed(by_hand="dispatch" not in way, **changes)
    done = 2 if the(number).status == "dispatched" else 0
    for action in way[done:]:
        if the(number).status != state:
            taken(number, action)
    taken(number, *further)
    return number


def the(number: str) -> Complaint:
    """The complaint as it stands in the database now."""
    db.session.expire_all()
    return db.session.query(Complaint).filter_by(number=number).one()
