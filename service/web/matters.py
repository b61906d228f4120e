"""What belongs to a complaint beside itself: others about the same matter, departments that help or handed it back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.rules import Reader
from service.complaints import listing, reading
from service.complaints.models import Complaint, Event
from service.complaints.rules import DELIVERIES
from service.deadlines.models import Clock
from service.directory.rules import Directory


@dataclass(frozen=True)
class Joined:
    """Complaints about the same matter, as far as the reader may see them.

    Attributes:
        into: the one that leads, where this one was merged; split_from: the one that it came out of.
        here: those merged into this one; off: those split off from it.
        hidden: how many belong to it that the reader may not see.
    """

    into: Complaint | None = None
    split_from: Complaint | None = None
    here: Sequence[Complaint] = ()
    off: Sequence[Complaint] = ()
    hidden: int = 0

    @property
    def is_any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.into or self.split_from or self.here or self.off or self.hidden)


def joined(complaint: Complaint, events: Sequence[Event], reader: Reader) -> Joined:
    """What was merged into a complaint or split off from it, in one statement where there is any."""
    ids = {one for one in (complaint.merged_into, complaint.split_from) if one is not None}
    absorbed, off = set(_numbers(events, "absorb")), set(_numbers(events, "split"))
    if not (ids or absorbed or off):
        return Joined()
    found = listing.of_one_matter(ids, absorbed | off, reader)
    return Joined(
        next((one for one in found if one.id == complaint.merged_into), None),
        next((one for one in found if one.id == complaint.split_from), None),
        [one for one in found if one.merged_into == complaint.id],
        [one for one in found if one.number in off],
        len(ids) + len(absorbed | off) - len(found),
    )


def _numbers(events: Iterable[Event], action: str) -> list[str]:
    return [str(event.data["number"]) for event in events if event.action == action and "number" in event.data]


@dataclass(frozen=True)
class Helper:
    """A department that was asked to help: its limit, and what it said."""

    name: str
    clock: Clock | None
    opinion: str
    at: datetime | None


def helpers(
    complaint: Complaint, clocks: Sequence[Clock], events: Sequence[Event], knows: bool, book: Directory
) -> list[Helper]:
    """The co-handlers of a complaint; `knows`: whether persons' numbers are shown as they were written."""
    limits = {clock.party: clock for clock in clocks if clock.kind == "co_handle"}
    said = {event.data.get("department"): event for event in events if event.action == "opine"}
    return [_helper(code, limits.get(code), said.get(code), knows, book) for code in complaint.co_departments]


def _helper(code: str, limit: Clock | None, said: Event | None, knows: bool, book: Directory) -> Helper:
    name = book.departments[code].name
    if said is None:
        return Helper(name, limit, "", None)
    return Helper(name, limit, reading.event(said, True, knows, book)["data"]["text"], said.at)


@dataclass(frozen=True)
class Return:
    """A department that handed a complaint back, why, and whose it is instead, as far as it knew."""

    department: str
    reason: str
    instead: str


def returned(items: Collection[Complaint], book: Directory) -> dict[int, Return]:
    """Complaint → who handed it back last, in one statement where any was."""
    ids = [one.id for one in items if one.hand_backs]
    events = listing.said(ids, (*DELIVERIES, "hand_back")) if ids else {}
    return {complaint: _return(told, book) for complaint, told in events.items()}


def _return(events: Sequence[Event], book: Directory) -> Return:
    """The last hand-back, and the department to which the complaint had gone before."""
    last = max(at for at, event in enumerate(events) if event.action == "hand_back")
    went = [event.data["department"] for event in events[:last] if event.action in DELIVERIES]
    told = reading.event(events[last], True, False, book)["data"]
    return Return(book.departments[went[-1]].name if went else "", told["reason"], told.get("department_name", ""))
