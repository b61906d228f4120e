"""Several complaints about one matter, and one complaint about several: merged and split, each keeping its history."""

from typing import Any

from service.casework.deeds import Deed
from service.casework.taking import stand_in_queue, take
from service.complaints import numbering
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import MACHINE, STEPS, Trace
from service.errors import Invalid, NotFound
from service.intake import operations as intake
from service.intake.rules import Draft


def _merge(deed: Deed) -> None:
    """Into one that leads; each enterprise goes on reading its own number and hears when the other is answered."""
    complaint, lead = deed.complaint, _lead(deed)
    complaint.merged_into = lead.id
    about = {"number": complaint.number, "reason": deed.given["reason"]}
    take(STEPS["absorb"], Deed(lead, about, Trace(MACHINE), deed.reader, deed.now))


def _lead(deed: Deed) -> Complaint:
    """The complaint that leads, locked.

    Raises:
        Invalid: it is not there for this reader or not theirs to merge into, is over, is the same one, or only one of
            the two is sealed.
    """
    number = numbering.read(deed.given["into"]) or ""
    try:
        lead, roles = complaints.find(number, deed.reader, lock=True)
    except NotFound as error:
        raise Invalid("没有找到要并入的诉求。", {"into": ["请核对编号。"]}) from error
    if not roles & STEPS["merge"].roles:
        raise Invalid("要并入的诉求不归您的岗位管。", {"into": ["请选择本岗位管理的诉求。"]})
    if lead.id == deed.complaint.id or lead.status not in STEPS["absorb"].sources:
        raise Invalid("要并入的诉求应是另一件还在办理的诉求。", {"into": ["请选择另一件在办的诉求。"]})
    if lead.sealed != deed.complaint.sealed:
        raise Invalid("密封的诉求不能与其他诉求并案。", {"into": ["密封的诉求请单独办理。"]})
    return lead


def _split(deed: Deed) -> None:
    """A second matter out of the text becomes a complaint of its own, which the same query code opens.

    What was cut out of a sealed one is sealed, and dispatched by hand from the same desk: no other may open it.
    """
    old = deed.complaint
    draft = same_person(old, body=deed.given["text"], category=deed.given.get("category"))
    new = intake.file_complaint(draft, deed.reader, deed.now, by_hand=old.sealed).complaint
    if old.sealed:
        new.sealed, new.dispatch_place = True, old.dispatch_place
        stand_in_queue(new)
    new.query_code_hash, new.filed_by, new.split_from = old.query_code_hash, old.filed_by, old.id
    new.account = old.account
    deed.noted["number"] = new.number


def same_person(complaint: Complaint, body: str, **rest: Any) -> Draft:
    """A new complaint of who filed this one, about the same place and body."""
    return Draft(
        body=body,
        region=complaint.region,
        anonymous=complaint.anonymous,
        confidential=complaint.confidential,
        enterprise_name=complaint.enterprise_name,
        enterprise_size=complaint.enterprise_size,
        uscc=complaint.uscc,
        contact_name=complaint.contact_name,
        contact_phone=complaint.contact_phone,
        respondent_name=complaint.respondent_name,
        respondent_kind=complaint.respondent_kind,
        channel=complaint.channel,
        **rest,
    )


EFFECTS = {"merge": _merge, "split": _split}
