"""Lists of complaints: filtered, in pages that do not slip, and never more than the reader may see."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import load_only, with_expression

from service.accounts.rules import Grant, Reader
from service.complaints.models import Complaint, Event
from service.complaints.rules import ANSWERS
from service.complaints.visibility import OF_DEPARTMENTS, visible
from service.complaints.wanted import SOON, Wanted, due_when, is_open, matching
from service.db import db
from service.deadlines.models import Clock
from service.errors import Invalid

# Nothing encrypted is among them: a list decrypts nothing.
COLUMNS = (
    Complaint.number, Complaint.title, Complaint.body, Complaint.nature, Complaint.flags, Complaint.region,
    Complaint.amount, Complaint.channel, Complaint.confidential, Complaint.anonymous, Complaint.enterprise_name,
    Complaint.respondent_name, Complaint.respondent_kind, Complaint.category, Complaint.department,
    Complaint.dispatch_place, Complaint.status, Complaint.queue_desk, Complaint.queue_code, Complaint.due_at,
    Complaint.created_at, Complaint.updated_at, Complaint.sealed, Complaint.pending, Complaint.assignee,
    Complaint.length,
)  # fmt: skip


@dataclass(frozen=True)
class Burden:
    """What is late and what soon will be in one pair of hands, named as in Wanted."""

    desk: str
    queue: str
    overdue: int
    soon: int


@dataclass(frozen=True)
class Page:
    """Some complaints and where the next ones begin."""

    items: Sequence[Complaint]
    next_cursor: str | None


@dataclass(frozen=True)
class Standing:
    """How many complaints of a state wait in a queue, and how many of them are late."""

    status: str
    queue: str | None
    count: int
    late: int


def standings(desk: str, reader: Reader, now: datetime) -> list[Standing]:
    """What the reader may see of all queues of a desk, counted in one statement."""
    late = func.count().filter(Complaint.due_at < now)
    query = select(Complaint.status, Complaint.queue_code, func.count(), late).where(
        visible(reader), Complaint.queue_desk == desk
    )
    rows = db.session.execute(query.group_by(Complaint.status, Complaint.queue_code)).all()
    return [Standing(*row) for row in rows]


def page(wanted: Wanted, reader: Reader, now: datetime, more: Sequence[Any] = ()) -> Page:
    """One page of what the reader may see, in one statement; `more`: columns that the usual list does without."""
    first = _own_help(reader) if wanted.helping else _ends_first()
    known = load_only(*COLUMNS, *more), with_expression(Complaint.due_clock, _first_clock(first))
    here = select(Complaint).options(*known).where(matching(wanted, reader, now))
    query = _ordered(here, wanted).limit(wanted.limit + 1)
    found = db.session.scalars(query).all()
    items = found[: wanted.limit]
    return Page(items, _cursor(items[-1], wanted.sort) if len(found) > wanted.limit else None)


def _first_clock(meant: ColumnElement[bool]) -> Any:
    """Of the clocks that are meant the one that ends first: for what, until when, since when, how it counts."""
    told = func.jsonb_build_object(
        "kind", Clock.kind, "at", Clock.due_at, "since", Clock.started_at, "unit", Clock.unit,
        "places", func.to_jsonb(Clock.places), "pauses", Clock.pauses, type_=JSONB,
    )  # fmt: skip
    running = (Clock.complaint_id == Complaint.id, Clock.state == "running", meant)
    first = select(told).where(*running).order_by(Clock.due_at, Clock.started_at.desc(), Clock.id).limit(1)
    return first.correlate(Complaint).scalar_subquery()


def _ends_first() -> ColumnElement[bool]:
    return Clock.due_at == Complaint.due_at


def _own_help(reader: Reader) -> ColumnElement[bool]:
    """The limits for what the reader's own departments were asked to help with, not those of whoever leads."""
    own = (_asked_of(grant) for grant in reader.grants if grant.role in OF_DEPARTMENTS)
    return and_(Clock.kind == "co_handle", or_(false(), *own))


def _asked_of(grant: Grant) -> ColumnElement[bool]:
    if grant.department is not None:
        return Clock.party == grant.department
    return true() if grant.places is None else func.split_part(Clock.party, "-", 1).in_(sorted(grant.places))


def tallied(whole: Wanted, parts: Mapping[str, Wanted], reader: Reader, now: datetime) -> dict[str, int]:
    """How many complaints of a whole each of its parts holds, in one statement that reads the whole once."""
    counts = (func.count().filter(matching(part, reader, now)).label(name) for name, part in parts.items())
    row = db.session.execute(select(*counts).where(matching(whole, reader, now))).one()
    return dict(zip(parts, row, strict=True))


def totals(wanted: Sequence[Wanted], reader: Reader, now: datetime) -> list[int]:
    """How many complaints each of some lists holds, in one statement."""
    lists = (select(func.count()).select_from(Complaint).where(matching(one, reader, now)) for one in wanted)
    return list(db.session.execute(select(*(one.scalar_subquery() for one in lists))).one())


def burdens(reader: Reader, now: datetime, most: int) -> list[Burden]:
    """In whose hands something is late or soon due, the most burdened first, in one statement.

    Only what is due soon is read, so the cost does not grow with what is stored.
    """
    late = func.count().filter(*due_when("overdue", now)).label("overdue")
    soon = func.count().filter(*due_when("soon", now)).label("soon")
    hands = (Complaint.queue_desk, Complaint.queue_code)
    query: Any = select(*hands, late, soon).where(visible(reader), is_open(), Complaint.due_at < now + SOON)
    ordered = query.group_by(*hands).order_by(late.desc(), soon.desc(), Complaint.queue_code, Complaint.queue_desk)
    return [Burden(*row) for row in db.session.execute(ordered.limit(most))]


def said(ids: Collection[int], actions: Collection[str]) -> dict[int, list[Event]]:
    """What was done to some complaints by certain steps, each one's in order, in one statement."""
    query = select(Event).where(Event.complaint_id.in_(sorted(ids)), Event.action.in_(sorted(actions)))
    found: dict[int, list[Event]] = {}
    for event in db.session.scalars(query.order_by(Event.complaint_id, Event.seq)):
        found.setdefault(event.complaint_id, []).append(event)
    return found


@dataclass(frozen=True)
class End:
    """How far a complaint came.

    Attributes:
        at: when it was answered last; None where it never was.
    """

    number: str
    status: str
    created_at: datetime
    updated_at: datetime
    solved: bool | None
    satisfaction: str | None
    reply: str | None
    at: datetime | None


def ends(numbers: Collection[str]) -> dict[str, End]:
    """Number → how far that complaint came, in one statement; of complaints that the reader was found to see."""
    answered = select(func.max(Event.at)).where(Event.complaint_id == Complaint.id, Event.action.in_(ANSWERS))
    columns = (Complaint.number, Complaint.status, Complaint.created_at, Complaint.updated_at, Complaint.solved,
               Complaint.satisfaction, Complaint.reply, answered.correlate(Complaint).scalar_subquery())  # fmt: skip
    rows = db.session.execute(select(*columns).where(Complaint.number.in_(sorted(numbers))))
    return {row[0]: End(*row) for row in rows}


def of_one_matter(ids: Collection[int], numbers: Collection[str], reader: Reader) -> list[Complaint]:
    """The complaints of these ids and numbers that the reader may see, in one statement: merged, or split off."""
    query = select(Complaint).options(load_only(*COLUMNS, Complaint.merged_into)).where(visible(reader))
    named = or_(Complaint.id.in_(sorted(ids)), Complaint.number.in_(sorted(numbers)))
    return list(db.session.scalars(query.where(named).order_by(Complaint.id)))


# Where what has no limit stands among what has one.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# order → its column, and whether the greatest comes first; among equals the id decides
SORTS: Mapping[str, tuple[Any, bool]] = {
    "newest": (Complaint.id, True),
    "updated": (Complaint.updated_at, True),
    "due": (Complaint.due_at, False),
    "ruling": (func.coalesce(Complaint.due_at, NEVER), False),
}


def in_order(query: Select[Any], sort: str) -> Select[Any]:
    """A query in an order of lists; what has no limit is not in the order of limits."""
    column, greatest_first = SORTS[sort]
    query = query.where(Complaint.due_at.is_not(None) if sort == "due" else true())
    keys = (column, Complaint.id)
    return query.order_by(*(key.desc() if greatest_first else key for key in keys))


def _ordered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """From where the page before ended."""
    query = in_order(query, wanted.sort)
    if not wanted.cursor:
        return query
    first, last = _read_cursor(wanted.cursor)
    if wanted.sort == "newest":
        return query.where(Complaint.id < last)
    column, greatest_first = SORTS[wanted.sort]
    here, there = tuple_(column, Complaint.id), tuple_(_moment(first), last)
    return query.where(here < there if greatest_first else here > there)


def _cursor(last: Complaint, sort: str) -> str:
    at = {"newest": "", "updated": last.updated_at.isoformat()}.get(sort, (last.due_at or NEVER).isoformat())
    return urlsafe_b64encode(f"{at}|{last.id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, int]:
    try:
        first, _, last = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        return first, min(int(last), 2**62)
    except ValueError as error:
        raise _bad_cursor() from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Invalid:
    return Invalid("翻页标记无效，请从第一页开始。", {"cursor": ["翻页标记无效。"]})
