"""Keeping the tallies: what each says, how they follow what happens, and how they are read while they lag behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.clock import ZONE
from service.complaints.models import Complaint, Event
from service.complaints.rules import ASKING, DELIVERIES, ENTERPRISE, OPEN, OWN_WORD
from service.db import db
from service.deadlines.models import Clock
from service.insight.hotspots import who
from service.insight.models import MOMENTS, Tally, TallyState
from service.insight.operations import REDOS
from service.insight.rules import ASKED, SOLVED, STAGED_BY

TALLIES = Tally.__table__
NAMES = [column.name for column in TALLIES.c]
# Events that are caught up with in one go; so many newer ones are counted while somebody waits, and no more.
BATCH, MOST_FRESH = 20_000, 2_000
IDS = bindparam("ids", type_=ARRAY(BigInteger))
MET = and_(Clock.state == "met", Clock.overdue_at.is_(None))


@dataclass(frozen=True)
class Source:
    """What figures are counted from now.

    Attributes:
        rows: all tallies; those of complaints to which something happened lately are made on the spot.
        as_of: the moment for which they hold.
    """

    rows: FromClause
    as_of: datetime


def source(now: datetime) -> Source:
    """The tallies as they are now, in two statements beside those that read them; one where nothing happened lately.

    Where too much happened since they were kept last, they are those of then, and as_of says so.
    """
    counted_at, lately = _behind()
    if counted_at is not None and len(lately) > MOST_FRESH:
        return Source(TALLIES, counted_at)
    if not lately:
        return Source(TALLIES, now)
    ids = sorted(set(lately))
    whole = select(func.to_jsonb(counted().subquery("fresh").table_valued()))
    fresh = func.jsonb_populate_recordset(literal_column("NULL::tallies"), literal(_read(whole, ids), JSONB))
    columns = fresh.table_valued(*(column(each.name, each.type) for each in TALLIES.c), name="fresh")
    kept = select(TALLIES).where(TALLIES.c.complaint_id != func.all(literal(ids, ARRAY(BigInteger))))
    return Source(union_all(kept, select(*columns.c)).subquery("tallies"), now)


def _read(query: Select[Any], ids: Sequence[int]) -> list[Any]:
    return list(db.session.scalars(query, {"ids": ids}))


def _behind() -> tuple[datetime | None, Sequence[int]]:
    """When the tallies were kept last, and the complaints of the events since; of too many only some."""
    since = func.coalesce(select(TallyState.counted_to).scalar_subquery(), 0)
    newer = select(Event.complaint_id).where(Event.id > since).order_by(Event.id).limit(MOST_FRESH + 1)
    counted_at = select(TallyState.counted_at).scalar_subquery()
    row = db.session.execute(select(counted_at, func.array(newer.scalar_subquery(), type_=ARRAY(BigInteger)))).one()
    return row[0], row[1]


# --- following what happens ------------------------------------------------------------------------------------------


def keep(now: datetime, batch: int = BATCH) -> bool:
    """Make anew the tallies of complaints to which something happened; gives whether there is more to do.

    Events get their ids before they can be seen, and not in the order in which they can: what was seen last time is
    taken once every transaction of that time is over.
    """
    state = _locked_state(now)
    last, oldest, next_xid = _seen()
    if oldest < state.next_xid:
        return False
    until = _end_of_batch(state.counted_to, state.next_to, batch)
    store(_touched(state.counted_to, until))
    state.counted_to = until
    if until < state.next_to:
        return True
    state.counted_at = state.next_at
    state.next_to, state.next_xid, state.next_at = last, next_xid, now
    return False


def forget() -> None:
    """Drop all tallies, so that keep() makes them from the beginning."""
    db.session.execute(delete(TallyState))
    db.session.execute(delete(TALLIES))


def size() -> int:
    """How many tallies there are."""
    return db.session.scalar(select(func.count()).select_from(TALLIES)) or 0


def store(ids: Sequence[int]) -> None:
    """Make the tallies of some complaints anew."""
    if ids:
        db.session.execute(delete(TALLIES).where(TALLIES.c.complaint_id == func.any(IDS)), {"ids": ids})
        db.session.execute(insert(TALLIES).from_select(NAMES, counted()), {"ids": ids})


def _locked_state(now: datetime) -> TallyState:
    state = db.session.scalar(select(TallyState).with_for_update())
    if state is None:
        state = TallyState(id=1, counted_to=0, next_to=0, next_xid=0, next_at=now, counted_at=now)
        db.session.add(state)
    return state


def _seen() -> tuple[int, int, int]:
    """The last event, the oldest transaction that is not over, and the first that has not begun."""
    snapshot = func.pg_current_snapshot()
    ends = (_number(func.pg_snapshot_xmin(snapshot)), _number(func.pg_snapshot_xmax(snapshot)))
    last = func.coalesce(select(func.max(Event.id)).scalar_subquery(), 0)
    return tuple(db.session.execute(select(last, *ends)).one())


def _number(xid: Any) -> ColumnElement[int]:
    return cast(cast(xid, TALLIES.c.status.type), BigInteger)


def _end_of_batch(after: int, sure: int, batch: int) -> int:
    """The last event of a batch."""
    waiting = select(Event.id).where(Event.id > after, Event.id <= sure).order_by(Event.id)
    return db.session.scalar(waiting.offset(batch - 1).limit(1)) or sure


def _touched(after: int, until: int) -> Sequence[int]:
    touched = select(Event.complaint_id).where(Event.id > after, Event.id <= until).distinct()
    return db.session.scalars(touched.order_by(Event.complaint_id)).all()


# --- what a tally says -----------------------------------------------------------------------------------------------


@cache
def counted() -> Select[Any]:
    """The tallies of the complaints IDS as they follow from what is stored now, with the columns of the table."""
    steps = _steps()
    turns = _turns(steps)
    rounds = _rounds(_happened(steps, turns))
    told = _told(steps)
    moments = {name: rounds.c[name] for name in (*MOMENTS.values(), "result_met", "sign_met", "valid_before")}
    columns = _facts(told) | moments | {
        "round": func.row_number().over(partition_by=Complaint.id, order_by=(rounds.c.turn, rounds.c.again)) - 1,
        "holder": turns.c.holder,
    }  # fmt: skip
    of_turn = and_(turns.c.complaint_id == Complaint.id, turns.c.turn == rounds.c.turn)
    whole = select(*(columns[name].label(name) for name in NAMES)).select_from(Complaint)
    whole = whole.join(told, told.c.complaint_id == Complaint.id)
    whole = whole.outerjoin(rounds, rounds.c.complaint_id == Complaint.id).outerjoin(turns, of_turn)
    return whole.where(Complaint.id == func.any(IDS))


def _steps() -> CTE:
    """Events of complaints, each with the department's turn in which it happened; before the first it is the first."""
    whole: Any = {"partition_by": Event.complaint_id}
    so_far = func.count().filter(Event.action.in_(DELIVERIES)).over(**whole, order_by=Event.seq)
    own = and_(Event.action.in_(OWN_WORD), Event.role == ENTERPRISE)
    word = and_(own, Event.data["satisfaction"].as_string().is_not(None))
    asked = and_(Event.action.in_(ASKING), func.coalesce(Event.data["contacted"].as_boolean(), False))
    columns = (Event.complaint_id, Event.seq, Event.at, Event.action, Event.data, Event.from_status, Event.to_status)
    query = select(
        *columns, func.greatest(so_far, 1).label("turn"), asked.label("asked"),
        and_(word, Event.seq == func.max(Event.seq).filter(word).over(**whole)).label("last_word"),
        func.bool_or(asked).over(**whole).label("ever_asked"), or_(own, asked).label("heard"),
    ).where(Event.complaint_id == func.any(IDS))  # fmt: skip
    return query.cte("steps")


def _turns(steps: CTE) -> CTE:
    """The deliveries: from when on which department had it."""
    columns = (steps.c.complaint_id, steps.c.turn, steps.c.at, steps.c.data["department"].as_string().label("holder"))
    return select(*columns).where(steps.c.action.in_(DELIVERIES)).cte("turns")


def _happened(steps: CTE, turns: CTE) -> Any:
    """What may happen more than once: its kind, its turn, its moment, and of limits whether they were met."""
    counts_word = and_(steps.c.last_word, ~steps.c.ever_asked, Complaint.solved.is_not(None))
    kind = case(
        (steps.c.action.in_(DELIVERIES), "dispatch"), (steps.c.action.in_(("hand_back", "reply")), steps.c.action),
        (steps.c.action.in_(REDOS), "redo"), (or_(steps.c.asked, counts_word), "valid"),
    )  # fmt: skip
    own = (steps.c.turn, steps.c.at, steps.c.seq.label("among"), literal(True).label("met"))
    stepped = select(steps.c.complaint_id, kind.label("kind"), *own)
    stepped = stepped.join(Complaint, Complaint.id == steps.c.complaint_id).where(kind.is_not(None))
    before = and_(turns.c.complaint_id == Clock.complaint_id, turns.c.at <= Clock.started_at)
    turn = func.greatest(select(func.count()).where(before).correlate(Clock).scalar_subquery(), 1)
    ran = and_(Clock.complaint_id == func.any(IDS), Clock.state != "cancelled")
    limits = select(Clock.complaint_id, Clock.kind, turn, Clock.due_at, -Clock.id, MET).where(
        ran, Clock.kind.in_(("result", "sign"))
    )
    late = select(Clock.complaint_id, literal("valid"), turn, Clock.overdue_at, -Clock.id, literal(True))
    late = late.where(ran, Clock.kind == "result", Clock.overdue_at.is_not(None))
    return union_all(stepped, limits, late).subquery("happened")


def _rounds(happened: Any) -> Any:
    """One row for each turn, and more where something happened again in it."""
    inside = (happened.c.complaint_id, happened.c.turn, happened.c.kind)
    # Of the same moment there may be several: what comes first among them does not change from time to time.
    in_order = (happened.c.at, happened.c.among)
    again = func.row_number().over(partition_by=inside, order_by=in_order)
    alike = (happened.c.complaint_id, happened.c.kind)
    before = func.lag(happened.c.at).over(partition_by=alike, order_by=in_order)
    one = select(happened, again.label("again"), before.label("before")).subquery("numbered")
    moments = [func.max(one.c.at).filter(one.c.kind == kind).label(name) for kind, name in MOMENTS.items()]
    met = [func.bool_or(one.c.met).filter(one.c.kind == kind).label(f"{kind}_met") for kind in ("result", "sign")]
    keys = (one.c.complaint_id, one.c.turn, one.c.again)
    valid_before = func.max(one.c.before).filter(one.c.kind == "valid").label("valid_before")
    return select(*keys, *moments, *met, valid_before).group_by(*keys).subquery("rounds")


def _told(steps: CTE) -> Any:
    """How far each complaint came, and when its state changed last."""
    reached = case(
        (and_(steps.c.heard, steps.c.action != "revisit_unanswered"), ASKED),
        else_=case(STAGED_BY, value=steps.c.action),
    )
    moved = func.max(steps.c.at).filter(steps.c.from_status.is_distinct_from(steps.c.to_status))
    stage = func.coalesce(func.max(reached), 0)
    query = select(steps.c.complaint_id, stage.label("stage"), moved.label("moved_at"))
    return query.group_by(steps.c.complaint_id).subquery("told")


def _facts(told: Any) -> dict[str, Any]:
    """What is told of the complaint itself."""
    names = set(NAMES) & {column.name for column in Complaint.__table__.c}
    is_over = Complaint.status.not_in(sorted(OPEN))
    ended_at = case((is_over, told.c.moved_at))
    in_time = exists().where(Clock.complaint_id == Complaint.id, Clock.kind == "contact", MET)
    return {name: getattr(Complaint, name) for name in names} | {
        "complaint_id": Complaint.id,
        "desk": Complaint.queue_desk,
        "filed_at": Complaint.created_at,
        "filed_on": _day(Complaint.created_at),
        "ended_at": ended_at,
        "ended_on": _day(ended_at),
        "stage": case((and_(told.c.stage == ASKED, Complaint.solved.is_(True)), SOLVED), else_=told.c.stage),
        "enterprise": func.hashtextextended(who, 0),
        "contacted": in_time,
    }  # fmt: skip


def _day(moment: Any) -> ColumnElement[Any]:
    return cast(func.timezone(str(ZONE), moment), Date)
