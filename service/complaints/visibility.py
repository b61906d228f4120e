"""The one predicate of who may see a complaint. Lists, details, counts, search and figures all go through it."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from service.accounts.rules import Grant, Reader
from service.complaints.models import Complaint
from service.complaints.rules import CO_HANDLER, RECEIVER
from service.directory.rules import GOVERNING

Condition = ColumnElement[bool]

UNSEALED = Complaint.sealed.is_(False)
AFTER_REPLY = ("replied", "answered", "revisited", "redo_asked", "closed", "explained")


def _in_place(grant: Grant) -> Condition:
    """The matter lies in the grant's place or below, or was sent to a desk there.

    What accuses a government itself is seen only from the desk it was sent to, above that government, and upwards.
    """
    if grant.places is None:
        return true()
    places = sorted(grant.places)
    accused = func.coalesce(func.split_part(Complaint.respondent_department, "-", 2), "")
    lies_here = and_(Complaint.region.in_(places), accused.not_in(GOVERNING))
    return or_(lies_here, Complaint.dispatch_place.in_(places))


def _in_place_unsealed(grant: Grant) -> Condition:
    return and_(_in_place(grant), UNSEALED)


def _dispatching(grant: Grant) -> Condition:
    """A dispatcher sees the sealed ones too where they stand at the own desk, else nobody could send them on."""
    at_own_desk = Complaint.dispatch_place == grant.place
    return and_(_in_place(grant), or_(UNSEALED, at_own_desk))


def _supervising(grant: Grant) -> Condition:
    """Sealed matters go straight to the region's supervisor and to no one below (信访工作条例第三十条 in spirit)."""
    return true() if grant.places is None else _in_place_unsealed(grant)


def _revisiting(grant: Grant) -> Condition:
    """After the reply, and where the limit ended without one."""
    called = Complaint.pending.contains(["revisit"])
    return and_(_in_place_unsealed(grant), or_(Complaint.status.in_(AFTER_REPLY), called))


def _in_department(grant: Grant) -> Condition:
    """A department's own tickets, but nothing that concerns a complaint against itself."""
    accused = Complaint.respondent_department
    own = accused == grant.department if grant.department is not None else _place_of(accused) == grant.place
    return and_(_of_department(grant), func.coalesce(~own, true()), accused.is_distinct_from(Complaint.department))


def _of_department(grant: Grant) -> Condition:
    """Given for one department, or for all of a place where one office works for all of them."""
    if grant.department is not None:
        return Complaint.department == grant.department
    # What is sealed is for the very department it went to, not for an office that works for all.
    if grant.places is None:
        return and_(Complaint.department.is_not(None), UNSEALED)
    return and_(_place_of(Complaint.department).in_(sorted(grant.places)), UNSEALED)


def _helping(grant: Grant) -> Condition:
    """What a department was asked to help with, unless it is complained of itself."""
    accused = func.coalesce(Complaint.respondent_department, "")
    if grant.department is not None:
        return and_(Complaint.co_departments.contains([grant.department]), accused != grant.department)
    unaccused = func.split_part(accused, "-", 1) != grant.place
    if grant.places is None:
        return and_(func.cardinality(Complaint.co_departments) > 0, unaccused, UNSEALED)
    asked = func.unnest(Complaint.co_departments).column_valued("asked")
    places = func.split_part(asked, "-", 1)
    return and_(exists().where(places.in_(sorted(grant.places))), unaccused, UNSEALED)


def _receiving(grant: Grant) -> Condition:
    """What a department received under the regulation and another one handles, unless it is complained of itself."""
    if grant.department is None:
        return false()
    accused = func.coalesce(Complaint.respondent_department, "")
    lawful = Complaint.regimes.contains(["802"])
    return and_(Complaint.receiver == grant.department, lawful, accused != grant.department, UNSEALED)


def _place_of(department: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    """The place that a department's code begins with."""
    return func.split_part(department, "-", 1)


SCOPES: dict[str, Callable[[Grant], Condition]] = {
    "operator": _in_place_unsealed,
    "dispatcher": _dispatching,
    "supervisor": _supervising,
    "revisit_agent": _revisiting,
    "department_dispatcher": _in_department,
    "handler": _in_department,
    "head": _in_department,
    "auditor": lambda grant: UNSEALED,
}


# Whose department may have to do with a complaint that another one handles.
OF_DEPARTMENTS = ("handler", "department_dispatcher", "head")


def scopes(reader: Reader) -> Sequence[tuple[str, Condition]]:
    """Each role the reader holds with the condition under which it reaches a complaint."""
    by_grant = [(grant.role, SCOPES[grant.role](grant)) for grant in reader.grants if grant.role in SCOPES]
    beside = ((CO_HANDLER, _helping), (RECEIVER, _receiving))
    aside = [
        (role, scope(grant)) for grant in reader.grants if grant.role in OF_DEPARTMENTS for role, scope in beside
    ]  # fmt: skip
    filed = [("enterprise", own(reader))] if reader.roles & {"enterprise", "system"} else []
    return by_grant + aside + filed


def own(reader: Reader) -> Condition:
    """What belongs to the enterprise's account of a reader, and of what belongs to none what the reader filed.

    Who has no account, as another system, goes on seeing what they filed when an enterprise attached it to its own.
    """
    filed = Complaint.filed_by == reader.id
    if reader.account is None:
        return filed
    return or_(and_(filed, Complaint.account.is_(None)), Complaint.account == reader.account)


def visible(reader: Reader) -> Condition:
    """What of all complaints this reader may see."""
    return or_(false(), *(condition for _, condition in scopes(reader)))
