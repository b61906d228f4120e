"""Lists of complaints: filtered, in pages that do not slip, and never more than the reader may see."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, exists, false, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import load_only

from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints.models import Complaint, Event
from service.complaints.reading import KNOWS_CONFIDENTIAL
from service.complaints.rules import ASIDE, CO_HANDLER, OPEN
from service.complaints.visibility import scopes, visible
from service.crypto import keyed_hash
from service.db import db
from service.deadlines.models import Clock, ClockRule
from service.deadlines.operations import SUPERVISOR
from service.directory import operations as directory
from service.errors import Invalid

SOON = timedelta(days=2)
# States in which a reply went out and nobody has asked yet what the enterprise says of it.
REPLIED = ("replied", "answered")
# Whom nobody else may name, nobody else finds by his number either.
FINDS_CONFIDENTIAL = KNOWS_CONFIDENTIAL | {"system"}
EXACTLY = {
    "department": Complaint.department,
    "status": Complaint.status,
    "desk": Complaint.queue_desk,
    "queue": Complaint.queue_code,
}

# Nothing encrypted is among them: a list decrypts nothing.
COLUMNS = (
    Complaint.number, Complaint.title, Complaint.body, Complaint.nature, Complaint.flags, Complaint.region,
    Complaint.amount, Complaint.channel, Complaint.confidential, Complaint.anonymous, Complaint.enterprise_name,
    Complaint.respondent_name, Complaint.respondent_kind, Complaint.category, Complaint.department,
    Complaint.dispatch_place, Complaint.status, Complaint.queue_desk, Complaint.queue_code, Complaint.due_at,
    Complaint.created_at, Complaint.sealed, Complaint.pending,
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a reader asks a list for; None where it does not matter.

    Attributes:
        desk, queue: in whose hands it is: a desk of the workflow's states, and a department or place there.
        queues: the same for several departments or places.
        actions, since: one of which was taken on it, since a moment.
        pending: questions of which one at least waits for a ruling; ruler: who rules on the extension that was asked.
        to_revisit: whether the enterprise is to be called now.
        helping: whether it is reached only because the own department was asked to help (True), or only otherwise.
        due: "overdue" or "soon".
        sort: "newest" or "due" (the earliest limit first; only open complaints have one).
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
    actions: Collection[str] = ()
    since: datetime | None = None
    pending: Collection[str] | None = None
    ruler: str | None = None
    to_revisit: bool = False
    helping: bool | None = None
    due: str | None = None
    q: str | None = None
    ids: Collection[int] | None = None
    phone: str | None = None
    uscc: str | None = None
    sort: str = "newest"
    cursor: str | None = None
    limit: int = 20


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
    here = select(Complaint).options(load_only(*COLUMNS, *more)).where(_reached(wanted, reader))
    query = _filtered(here, wanted, now)
    if (wanted.phone or wanted.uscc) and not reader.roles & FINDS_CONFIDENTIAL:
        query = query.where(Complaint.confidential.is_(False))
    query = _ordered(query, wanted).limit(wanted.limit + 1)
    found = db.session.scalars(query).all()
    items = found[: wanted.limit]
    return Page(items, _cursor(items[-1], wanted.sort) if len(found) > wanted.limit else None)


def by_status(wanted: Wanted, reader: Reader, now: datetime) -> dict[str, int]:
    """How many of a list stand in each state that occurs, whatever state it asks for, in one statement."""
    query: Any = select(Complaint.status, func.count().label("held")).where(_reached(wanted, reader))
    rows = db.session.execute(_filtered(query.group_by(Complaint.status), replace(wanted, status=None, desk=None), now))
    return {row.status: row.held for row in rows}


def totals(wanted: Sequence[Wanted], reader: Reader, now: datetime) -> list[int]:
    """How many complaints each of some lists holds, in one statement."""
    one_by_one = ((one, select(func.count()).select_from(Complaint).where(_reached(one, reader))) for one in wanted)
    counts = (_filtered(query, one, now).scalar_subquery() for one, query in one_by_one)
    return list(db.session.execute(select(*counts)).one())


def burdens(reader: Reader, now: datetime, most: int) -> list[Burden]:
    """In whose hands something is late or soon due, the most burdened first, in one statement.

    Only what is due soon is read, so the cost does not grow with what is stored.
    """
    late = func.count().filter(*_due("overdue", now)).label("overdue")
    soon = func.count().filter(*_due("soon", now)).label("soon")
    hands = (Complaint.queue_desk, Complaint.queue_code)
    query: Any = select(*hands, late, soon).where(visible(reader), _is_open(), Complaint.due_at < now + SOON)
    ordered = query.group_by(*hands).order_by(late.desc(), soon.desc(), Complaint.queue_code, Complaint.queue_desk)
    return [Burden(*row) for row in db.session.execute(ordered.limit(most))]


def said(ids: Collection[int], actions: Collection[str]) -> dict[int, list[Event]]:
    """What was done to some complaints by certain steps, each one's in order, in one statement."""
    query = select(Event).where(Event.complaint_id.in_(sorted(ids)), Event.action.in_(sorted(actions)))
    found: dict[int, list[Event]] = {}
    for event in db.session.scalars(query.order_by(Event.complaint_id, Event.seq)):
        found.setdefault(event.complaint_id, []).append(event)
    return found


def of_one_matter(ids: Collection[int], numbers: Collection[str], reader: Reader) -> list[Complaint]:
    """The complaints of these ids and numbers that the reader may see, in one statement: merged, or split off."""
    query = select(Complaint).options(load_only(*COLUMNS, Complaint.merged_into)).where(visible(reader))
    named = or_(Complaint.id.in_(sorted(ids)), Complaint.number.in_(sorted(numbers)))
    return list(db.session.scalars(query.where(named).order_by(Complaint.id)))


def _reached(wanted: Wanted, reader: Reader) -> ColumnElement[bool]:
    """What the reader may see at all, or only in the roles that the list is about."""
    if wanted.helping is None:
        return visible(reader)
    own = scopes(reader)
    conditions = (said for role, said in own if (role == CO_HANDLER if wanted.helping else role not in ASIDE))
    return or_(false(), *conditions)


def _filtered(query: Select[Any], wanted: Wanted, now: datetime) -> Select[Any]:
    for name, column in EXACTLY.items():
        if (value := getattr(wanted, name)) is not None:
            query = query.where(column == value)
    if wanted.queues is not None:
        query = query.where(Complaint.queue_code.in_(sorted(wanted.queues)))
    if wanted.family is not None:
        query = query.where(func.split_part(Complaint.category, ".", 1) == wanted.family)
    if wanted.region is not None:
        query = query.where(Complaint.region.in_(sorted(directory.current().subtree(wanted.region))))
    if wanted.ids is not None:
        query = query.where(Complaint.id == func.any(literal(list(wanted.ids), ARRAY(BigInteger))))
    if wanted.pending is not None:
        query = query.where(Complaint.pending.overlap(sorted(wanted.pending)))
    if wanted.ruler is not None:
        query = query.where(_extended_by(wanted.ruler))
    if wanted.to_revisit:
        query = query.where(or_(Complaint.status.in_(REPLIED), Complaint.pending.contains(["revisit"])))
    if wanted.due is not None:
        query = query.where(_is_open(), *_due(wanted.due, now))
    if wanted.actions:
        query = query.where(_happened(wanted.actions, wanted.since))
    for name, value in (("phone", wanted.phone), ("uscc", wanted.uscc)):
        if value is not None:
            query = query.where(getattr(Complaint, f"{name}_hash") == keyed_hash(value, name))
    return query if wanted.q is None else _matching(query, wanted.q)


def _extended_by(ruler: str) -> ColumnElement[bool]:
    """The rule of the result's clock says who, unless a superior's moment ends it; as deadlines.who_extends."""
    fixed = func.coalesce(Clock.extended_to, Clock.fixed_due_at)
    whose = case((Clock.due_at == fixed, SUPERVISOR), else_=ClockRule.extendable_by)
    open_one = (Clock.complaint_id == Complaint.id, Clock.kind == "result", Clock.state.in_(("running", "paused")))
    return exists().where(*open_one, ClockRule.code == Clock.rule_code, whose == ruler)


def _is_open() -> Any:
    return Complaint.status.in_(sorted(OPEN))


def _happened(actions: Collection[str], since: datetime | None) -> Any:
    event = exists().where(Event.complaint_id == Complaint.id, Event.action.in_(sorted(actions)))
    return event if since is None else event.where(Event.at >= since)


def _due(due: str, now: datetime) -> list[Any]:
    if due == "overdue":
        return [Complaint.due_at < now]
    return [Complaint.due_at >= now, Complaint.due_at < now + SOON]


def _matching(query: Select[Any], q: str) -> Select[Any]:
    """All words of the query stand in the text; words are jieba's on both sides."""
    words = classifier.words(q)
    if not words:
        raise Invalid("请换一个搜索词。", {"q": ["这里没有可以搜索的词。"]})
    return query.where(Complaint.search.op("@@")(_tsquery(words)))


def _tsquery(words: Sequence[str]) -> Any:
    return cast(" & ".join(map(_quoted, words)), TSQUERY)


def search_vector(words: Iterable[str]) -> str:
    """Words as PostgreSQL reads a tsvector."""
    return " ".join(map(_quoted, dict.fromkeys(words)))


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _ordered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.sort == "due":
        query = query.where(Complaint.due_at.is_not(None)).order_by(Complaint.due_at, Complaint.id)
        if wanted.cursor:
            due_at, last = _read_cursor(wanted.cursor)
            query = query.where(tuple_(Complaint.due_at, Complaint.id) > (_moment(due_at), last))
        return query
    query = query.order_by(Complaint.id.desc())
    return query.where(Complaint.id < _read_cursor(wanted.cursor)[1]) if wanted.cursor else query


def _cursor(last: Complaint, sort: str) -> str:
    first = last.due_at.isoformat() if sort == "due" and last.due_at else ""
    return urlsafe_b64encode(f"{first}|{last.id}".encode()).decode().rstrip("=")


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
