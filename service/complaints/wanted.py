"""What a list of complaints is asked for, and the conditions that this makes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from service import lexemes
from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints.models import Complaint, Event
from service.complaints.reading import KNOWS_CONFIDENTIAL
from service.complaints.rules import ASIDE, CO_HANDLER, OPEN, QUESTIONS
from service.complaints.visibility import scopes, visible
from service.crypto import keyed_hash
from service.deadlines.models import Clock, ClockRule
from service.deadlines.operations import SUPERVISOR
from service.directory import operations as directory
from service.errors import Invalid

SOON = timedelta(days=2)
# States in which a reply went out and nobody has asked yet what the enterprise says of it.
REPLIED = ("replied", "answered")
EXACTLY = {
    "department": Complaint.department,
    "status": Complaint.status,
    "desk": Complaint.queue_desk,
    "queue": Complaint.queue_code,
    "assignee": Complaint.assignee,
}


@dataclass(frozen=True)
class Wanted:
    """What a reader asks a list for; None, or False but in `helping`, where it does not matter.

    An empty choice finds nothing.

    Attributes:
        desk, queue: in whose hands it is: a desk of the workflow's states, and a department or place there.
        queues: the same for several departments or places.
        actions, since: one of which was taken on it, since a moment.
        pending: questions of which one at least waits for a ruling; ruler: who rules on the extension that was asked.
        to_rule: states in which a supervisor rules, and questions that are open: one of them at least holds.
        untouched: that none of some actions was taken on it since a moment.
        to_revisit: whether the enterprise is to be called now.
        helping: whether it is reached only because the own department was asked to help (True), or only otherwise.
        assignee: who in the department works on it; unassigned: that nobody was named yet.
        flag: what it is marked with; numbers: that it is one of these.
        going_on: that it is not over; due: "overdue" or "soon".
        sort: "newest", "updated", "due" (the earliest limit first; only open complaints have one) or "ruling" (the
            same, and then what has none).
        q: words that must all stand in the text.
        ids: only these.
    """

    department: str | None = None
    status: str | None = None
    family: str | None = None
    region: str | None = None
    desk: str | None = None
    queue: str | None = None
    queues: Collection[str] | None = None
    actions: Collection[str] | None = None
    since: datetime | None = None
    pending: Collection[str] | None = None
    ruler: str | None = None
    to_rule: Collection[str] | None = None
    untouched: tuple[Collection[str], datetime] | None = None
    to_revisit: bool = False
    helping: bool | None = None
    assignee: int | None = None
    unassigned: bool = False
    flag: str | None = None
    numbers: Collection[str] | None = None
    going_on: bool = False
    due: str | None = None
    q: str | None = None
    ids: Collection[int] | None = None
    phone: str | None = None
    uscc: str | None = None
    sort: str = "newest"
    cursor: str | None = None
    limit: int = 20


Narrow = Callable[[Any, Wanted, datetime], Any]


def matching(wanted: Wanted, reader: Reader, now: datetime) -> ColumnElement[bool]:
    """What belongs to a list: what its reader may see, and all that was asked for."""
    return and_(_reached(wanted, reader), *_conditions(wanted, now))


def _reached(wanted: Wanted, reader: Reader) -> ColumnElement[bool]:
    """What the reader may see at all, or only in the roles that the list is about."""
    by_number = bool(wanted.phone or wanted.uscc)
    if wanted.helping is None and not by_number:
        return visible(reader)
    meant = ((role, said) for role, said in scopes(reader) if _is_meant(role, wanted.helping))
    return or_(false(), *(_nameable(role, said) if by_number else said for role, said in meant))


def _is_meant(role: str, helping: bool | None) -> bool:
    """Whether a list is about what is reached in a role."""
    return helping is None or (role == CO_HANDLER if helping else role not in ASIDE)


def _nameable(role: str, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is found by a number in a role: not who asked for confidentiality, where that role may not name them."""
    return reached if role in KNOWS_CONFIDENTIAL else and_(reached, Complaint.confidential.is_(False))


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """One condition for each thing that was asked for."""
    asked = {name: value for name in (*EXACTLY, *NARROWED) if _asked(value := getattr(wanted, name))}
    exact = [column == asked[name] for name, column in EXACTLY.items() if name in asked]
    return exact + [narrow(asked[name], wanted, now) for name, narrow in NARROWED.items() if name in asked]


def _asked(value: Any) -> bool:
    """Whether a value narrows a list: an empty choice does, and so does nought, which is equal to False."""
    return value is not None and value is not False


def _extended_by(ruler: str) -> ColumnElement[bool]:
    """The rule of the result's clock says who, unless a superior's moment ends it; as deadlines.who_extends.

    Asked of one complaint at a time: few have asked, and the clocks of all would be read at once otherwise.
    """
    fixed = func.coalesce(Clock.extended_to, Clock.fixed_due_at)
    whose = case((Clock.due_at == fixed, SUPERVISOR), else_=ClockRule.extendable_by)
    open_one = (Clock.complaint_id == Complaint.id, Clock.kind == "result", Clock.state.in_(("running", "paused")))
    rules = select(whose).where(*open_one, ClockRule.code == Clock.rule_code).correlate(Complaint).limit(1)
    return rules.scalar_subquery() == ruler


def _to_rule(kinds: Collection[str]) -> ColumnElement[bool]:
    """What waits for the supervisor; of extensions those alone that are not the head's."""
    asked = set(kinds) & set(QUESTIONS)
    open_ones = Complaint.pending.overlap(sorted(asked - {"extension"}))
    longer = and_(Complaint.pending.overlap(sorted(asked & {"extension"})), _extended_by(SUPERVISOR))
    return or_(Complaint.status.in_(sorted(set(kinds) - asked)), open_ones, longer)


def is_open() -> Any:
    """That it is not over."""
    return Complaint.status.in_(sorted(OPEN))


def _happened(actions: Collection[str], wanted: Wanted, _now: datetime) -> Any:
    return _taken(actions, wanted.since)


def _taken(actions: Collection[str], since: datetime | None) -> Any:
    event = exists().where(Event.complaint_id == Complaint.id, Event.action.in_(sorted(actions)))
    return event if since is None else event.where(Event.at >= since)


def due_when(due: str, now: datetime) -> list[Any]:
    """That its earliest limit is over, or will be soon."""
    if due == "overdue":
        return [Complaint.due_at < now]
    return [Complaint.due_at >= now, Complaint.due_at < now + SOON]


def _below(region: str, _wanted: Wanted, _now: datetime) -> Any:
    return Complaint.region.in_(sorted(directory.current().subtree(region)))


def _spoken_of(q: str, _wanted: Wanted, _now: datetime) -> Any:
    """All words of the query stand in the text; words are jieba's on both sides."""
    words = classifier.words(q)
    if not words:
        raise Invalid("请换一个搜索词。", {"q": ["这里没有可以搜索的词。"]})
    return Complaint.search.op("@@")(cast(lexemes.all_of(words), TSQUERY))


def _of_person(kind: str) -> Narrow:
    return lambda value, _wanted, _now: getattr(Complaint, f"{kind}_hash") == keyed_hash(value, kind)


# What is asked for → the condition that it makes; of EXACTLY the columns do.
NARROWED: Mapping[str, Narrow] = {
    "queues": lambda queues, _wanted, _now: Complaint.queue_code.in_(sorted(queues)),
    "numbers": lambda numbers, _wanted, _now: Complaint.number.in_(sorted(numbers)),
    "ids": lambda ids, _wanted, _now: Complaint.id == func.any(literal(list(ids), ARRAY(BigInteger))),
    "family": lambda family, _wanted, _now: func.split_part(Complaint.category, ".", 1) == family,
    "region": _below,
    "pending": lambda pending, _wanted, _now: Complaint.pending.overlap(sorted(pending)),
    "to_rule": lambda kinds, _wanted, _now: _to_rule(kinds),
    "untouched": lambda asked, _wanted, _now: ~_taken(*asked),
    "ruler": lambda ruler, _wanted, _now: _extended_by(ruler),
    "to_revisit": lambda *_: or_(Complaint.status.in_(REPLIED), Complaint.pending.contains(["revisit"])),
    "unassigned": lambda *_: Complaint.assignee.is_(None),
    # Said twice, since the index holds only those that are marked at all.
    "flag": lambda flag, _wanted, _now: and_(
        Complaint.flags.contains([flag]), Complaint.flags != literal_column("'{}'")
    ),
    "going_on": lambda *_: is_open(),
    "due": lambda due, _wanted, now: and_(is_open(), *due_when(due, now)),
    "actions": _happened,
    "phone": _of_person("phone"),
    "uscc": _of_person("uscc"),
    "q": _spoken_of,
}
