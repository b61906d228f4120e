"""What belongs to a complaint beside itself: others about the same matter, departments that help or handed it back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.rules import Reader
from service.complaints import listing, reading
from service.complaints.models import Complaint, Event
from service.complaints.reading import Cover
from service.complaints.rules import DELIVERIES
from service.deadlines.models import Clock
from service.deadlines.operations import OPEN
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
class Hand:
    """A department that works on a complaint: who in it does what, and by when.

    Attributes:
        leads: it answers for all; the others were asked to help.
        person: who in it works on it, where that is known.
        asked: what it was asked for; said: what it answered, and `at` when.
    """

    name: str
    leads: bool
    person: str
    clock: Clock | None
    asked: str = ""
    said: str = ""
    at: datetime | None = None


def hands_on(
    complaint: Complaint,
    clocks: Sequence[Clock],
    events: Sequence[Event],
    names: Mapping[int, str],
    cover: Cover,
    book: Directory,
) -> list[Hand]:
    """The departments that work on a complaint, the one that leads first.

    Args:
        names: what people are called; cover: how the reader reads what was written.
    """
    if complaint.department is None:
        return []
    result = next((one for one in clocks if one.kind == "result" and one.state in OPEN), None)
    person = names.get(complaint.assignee or 0, "")
    lead = Hand(book.departments[complaint.department].name, True, person, result)
    limits = {clock.party: clock for clock in clocks if clock.kind == "co_handle"}
    asked, said = (_last(events, action) for action in ("invite", "opine"))
    return [lead, *(
        _helper(code, limits.get(code), asked.get(code), said.get(code), names, cover, book)
        for code in complaint.co_departments
    )]  # fmt: skip


def _last(events: Sequence[Event], action: str) -> dict[str | None, Event]:
    """Department → the last time that it was asked, or spoke."""
    return {event.data.get("department"): event for event in events if event.action == action}


def _helper(
    code: str,
    limit: Clock | None,
    asked: Event | None,
    said: Event | None,
    names: Mapping[int, str],
    cover: Cover,
    book: Directory,
) -> Hand:
    told = reading.event(said, True, cover, book)["data"]["text"] if said else ""
    wanted = reading.event(asked, True, cover, book)["data"].get("note", "") if asked else ""
    person = names.get(said.actor_id or 0, "") if said else ""
    return Hand(book.departments[code].name, False, person, limit, wanted, told, said.at if said else None)


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
    here = (one for one in items if one.id in events)
    return {one.id: _return(events[one.id], reading.cover_in_list(one, book), book) for one in here}


def _return(events: Sequence[Event], cover: Cover, book: Directory) -> Return:
    """The last hand-back, and the department to which the complaint had gone before."""
    last = max(at for at, event in enumerate(events) if event.action == "hand_back")
    went = [event.data["department"] for event in events[:last] if event.action in DELIVERIES]
    told = reading.event(events[last], True, cover, book)["data"]
    return Return(book.departments[went[-1]].name if went else "", told["reason"], told.get("department_name", ""))
