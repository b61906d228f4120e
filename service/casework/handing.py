"""To whom a complaint goes: dispatched, handed on, handed back, designated, raised a level."""

from service.casework.deeds import Deed
from service.casework.models import DutyProposal
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import DELIVERIES, MACHINE
from service.db import db
from service.deadlines import operations as deadlines
from service.deadlines.rules import Term, Unit, due
from service.directory.rules import GOVERNING, Directory
from service.errors import Invalid, WrongState
from service.intake import deciding
from service.learning import operations as learning
from service.routing.respondent import Respondent
from service.routing.rules import barred
from service.sentences import say

# A hand-back is asked within one working day of the dispatch.
TIME_TO_HAND_BACK = Term(1, Unit.WORKING_DAYS)
# step → why it is with a department; "keep" is a dispatch by which the machine gives it back to the same one.
WHY_THERE = {
    "keep": "仍由%(department)s办理：%(why)s",
    "dispatch": "派单员指定由%(department)s办理。%(why)s",
    "transfer": "转由%(department)s办理。%(why)s",
    "designate": "督办人指定由%(department)s办理。%(why)s",
    "take_over": "职责调整，改由%(department)s办理：%(why)s",
}


def not_for(department: str, complaint: Complaint, book: Directory) -> str | None:
    """The sentence why a department may not get a complaint; None if it may."""
    named = complaint.respondent_name
    respondent = Respondent(named, complaint.respondent_kind) if named else None
    family = (complaint.category or "").partition(".")[0]
    accused = complaint.respondent_department
    return barred(department, complaint.nature, respondent, book, family=family, near=complaint.region, accused=accused)


def check_department(department: str, complaint: Complaint, book: Directory) -> None:
    """Raise where a department may not get a complaint."""
    if why := not_for(department, complaint, book):
        raise Invalid(why, {"department": [why]})


def _dispatch(deed: Deed) -> None:
    """Give the complaint to a department, under another category where the dispatcher says so."""
    complaint, given, before = deed.complaint, deed.given, learning.held(deed.complaint)
    # Where nobody knew the place, the department's own is now the place of the matter.
    complaint.region = complaint.region or deed.book.departments[given["department"]].place
    category, nature = given.get("category", complaint.category), given.get("nature", complaint.nature)
    if category and (category, nature) != (complaint.category, complaint.nature):
        deciding.correct(complaint, category, nature, deed.now)
    _deliver(deed, "keep" if deed.by.role == MACHINE else "dispatch", given.get("note", ""))
    learning.remember(complaint, before, deed.by, given.get("note"), deed.now)


def _recall(deed: Deed) -> None:
    """Back to the dispatcher; where it had gone stands there as the proposal, for who only meant to add something."""
    complaint = deed.complaint
    complaint.proposed_department, complaint.department = complaint.department, None


def _transfer(deed: Deed) -> None:
    """Hand it on to another department, which gets a limit of its own."""
    if deed.given["department"] == deed.complaint.department:
        raise Invalid("这件诉求已经由这个部门办理。", {"department": ["请选择另一个部门。"]})
    before = learning.held(deed.complaint)
    _deliver(deed, "transfer", deed.given["reason"])
    learning.remember(deed.complaint, before, deed.by, deed.given["reason"], deed.now)


def _designate(deed: Deed) -> None:
    """The supervisor's word: who is designated does not hand back."""
    before = learning.held(deed.complaint)
    _deliver(deed, "designate", deed.given["reason"])
    deed.complaint.designated = True
    learning.remember(deed.complaint, before, deed.by, deed.given["reason"], deed.now)


def _deliver(deed: Deed, step: str, why: str, by: str = "operator") -> None:
    """The material goes to a department; the result's limit starts anew where it is another one than before.

    Who was asked to help and now leads owes no opinion any more; what bound the one before does not bind the next.
    """
    complaint, department = deed.complaint, deed.given["department"]
    check_department(department, complaint, deed.book)
    if complaint.delivered_to not in {None, department}:
        deed.anew = frozenset({"result"})
        complaint.designated = False
    deed.party = department
    complaint.co_departments = [one for one in complaint.co_departments if one != department]
    complaint.department = complaint.delivered_to = department
    complaint.assignee = None
    complaint.routed_by = by
    complaint.reason = say(WHY_THERE[step], department=deed.book.departments[department].name, why=why)


def _dispatch_on(deed: Deed) -> None:
    """To the dispatcher of a place below: one more link of the chain, under the same clock."""
    complaint, place = deed.complaint, deed.given["place"]
    below = deed.book.subtree(complaint.dispatch_place)
    if place not in below or place == complaint.dispatch_place:
        raise Invalid("只能派给下一级地区。", {"place": ["请选择本级下辖的地区。"]})
    accused = complaint.respondent_department
    office = deed.book.departments[accused] if accused else None
    if office and office.place == place and office.kind in GOVERNING:
        raise Invalid("被投诉的正是这个地区的政府，不能派给它。", {"place": ["请由上一级办理。"]})
    complaint.dispatch_place = place
    if complaint.region is None or place in deed.book.subtree(complaint.region):
        complaint.region = place


def _hand_back(deed: Deed) -> None:
    """Asked in time, with the reason and, where known, whose it is instead."""
    complaint = deed.complaint
    delivered = complaints.last_of(complaint.id, (*DELIVERIES, "refuse_hand_back"))
    calendar = deadlines.calendar(deed.chain, deed.book.revision)
    if delivered and due(delivered.at, TIME_TO_HAND_BACK, calendar).due_at < deed.now:
        raise WrongState("退单要在派单后 1 个工作日内提出；现在可以请督办人会商或转办。")
    if "department" in deed.given:
        check_department(deed.given["department"], complaint, deed.book)
    complaint.hand_backs += 1


def _grant_hand_back(deed: Deed) -> None:
    """Routed anew; the table of duties gets a proposal out of what the department said."""
    complaint = deed.complaint
    asked = complaints.last_of(complaint.id, ("hand_back",))
    before = learning.held(complaint)
    if asked and complaint.department:
        proposed = asked.data.get("department")
        db.session.add(DutyProposal(
            complaint_id=complaint.id, category=complaint.category, at=deed.now, department=complaint.department,
            place=complaint.region or complaint.dispatch_place, proposed=proposed, reason=asked.data["reason"],
        ))  # fmt: skip
        complaint.proposed_department = proposed
    complaint.department = None
    learning.remember(complaint, before, deed.by, asked.data["reason"] if asked else None, deed.now)


def _raise_level(deed: Deed) -> None:
    """To the dispatcher of the place above."""
    complaint = deed.complaint
    above = deed.book.superior(complaint.dispatch_place)
    if above is None:
        raise WrongState("已经在自治区一级，不能再提级。")
    complaint.dispatch_place, complaint.department = above, None
    deed.noted["place"] = above


def _take_over(deed: Deed) -> None:
    """The duty went to another department, and this with it; what bound the one before does not bind the next."""
    _deliver(deed, "take_over", deed.given["reason"], by="rule")


def _release(deed: Deed) -> None:
    """The duty went to a department that may not have this: a dispatcher finds another."""
    complaint = deed.complaint
    complaint.department, complaint.proposed_department, complaint.designated = None, None, False
    complaint.routed_by, complaint.reason = "triage", deed.given["reason"]


EFFECTS = {
    "dispatch": _dispatch,
    "recall": _recall,
    "transfer": _transfer,
    "designate": _designate,
    "dispatch_on": _dispatch_on,
    "hand_back": _hand_back,
    "grant_hand_back": _grant_hand_back,
    "raise_level": _raise_level,
    "take_over": _take_over,
    "release": _release,
}
