"""Counting for the board: what each number counts, and the complaints behind it, by the same condition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, and_, func, or_, select, true, tuple_
from sqlalchemy.sql.visitors import replacement_traverse

from service.accounts.rules import Reader
from service.clock import ZONE, local
from service.complaints import listing
from service.complaints.models import Complaint
from service.complaints.wanted import SOON, Wanted
from service.complaints.wanted import matching as listed
from service.db import db
from service.directory.rules import Directory
from service.insight import tallying
from service.insight.models import MOMENTS
from service.insight.rules import STAGES
from service.sentences import say

Condition = ColumnElement[bool]
# Whose places or departments the board tells of.
ROLES = ("head", "supervisor")
MIDNIGHT = time()
A_DAY = timedelta(days=1)
# What of a complaint may be unknown, and can be asked for as that.
BLANK = {"region": "没有写明地区", "department": "没有派给部门", "category": "没有类别"}


@dataclass(frozen=True)
class Asked:
    """What somebody wants counted; None where it does not matter.

    Attributes:
        since, until: days in Asia/Shanghai, both included; clock: until when on the last of them.
        here: of the region only what lies in none of its parts; blank: what must be unknown.
        department: who has it now or, for what happened in a department's turn, whose turn it was.
        kind: departments of this kind.
    """

    since: date
    until: date
    clock: time | None = None
    region: str | None = None
    here: bool = False
    department: str | None = None
    kind: str | None = None
    family: str | None = None
    category: str | None = None
    channel: str | None = None
    blank: str | None = None
    status: str | None = None
    desk: str | None = None


@dataclass(frozen=True)
class Span:
    """Moments that a number counts between, the second excluded, and the present one."""

    since: datetime
    until: datetime
    now: datetime


def span(asked: Asked, now: datetime) -> Span:
    """The asked days as moments; what has not come yet is not counted, what comes this very moment is."""
    until = _begin(asked.until + A_DAY) if asked.clock is None else _at(asked.until, asked.clock)
    return Span(_begin(asked.since), min(until, now + timedelta.resolution), now)


def _begin(day: date) -> datetime:
    return _at(day, MIDNIGHT)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE)


# --- what numbers count ----------------------------------------------------------------------------------------------

Holds = Callable[[Any, Span], Condition]


@dataclass(frozen=True)
class Mark:
    """What a number counts.

    Attributes:
        name: of what is counted; holds: whether a tally counts, given its columns.
        at: the column that tells when; turn: whether it counts what happened in a department's turn, so that one
            complaint may count several times.
    """

    name: str
    holds: Holds
    at: str = "filed_at"
    turn: bool = False


def _once(holds: Holds) -> Holds:
    """Of a complaint, which counts once."""
    return lambda row, when: and_(row.round == 0, holds(row, when))


def _judged(holds: Holds) -> Holds:
    """Of what a ruling did not take out of the count."""
    return lambda row, when: and_(holds(row, when), row.excluded.is_(False))


def _during(name: str) -> Holds:
    return lambda row, when: and_(row[name] >= when.since, row[name] < when.until)


def _and(holds: Holds, further: Callable[[Any], Condition]) -> Holds:
    return lambda row, when: and_(holds(row, when), further(row))


def _complaint(name: str, holds: Holds, at: str = "filed_at") -> Mark:
    return Mark(name, _once(holds), at)


def _open(row: Any, when: Span) -> Condition:
    """Not over at the end."""
    return and_(row.filed_at < when.until, or_(row.ended_at.is_(None), row.ended_at >= when.until))


def _waiting(row: Any, _when: Span) -> Condition:
    return row.desk.is_not(None)


def _overdue(row: Any, when: Span) -> Condition:
    return and_(row.desk.is_not(None), row.due_at < when.now)


def _soon(row: Any, when: Span) -> Condition:
    return and_(row.desk.is_not(None), row.due_at >= when.now, row.due_at < when.now + SOON)


def _reached(at: int) -> Holds:
    return _and(_during("filed_at"), lambda row: row.stage >= at)


def _stayed(at: int) -> Holds:
    return _and(_during("filed_at"), lambda row: row.stage == at)


def _staying(at: int) -> Holds:
    return _and(_stayed(at), lambda row: row.desk.is_not(None))


def _case(row: Any, when: Span) -> Condition:
    """A case of the three facts: the first time of the period that the enterprise was asked, or not answered."""
    first = or_(row.valid_before.is_(None), row.valid_before < when.since)
    return and_(_during("valid_at")(row, when), first)


def _turn(name: str, at: str, further: Callable[[Any], Condition] | None = None) -> Mark:
    holds = _case if at == "valid_at" else _during(at)
    return Mark(name, _judged(_and(holds, further) if further else holds), at, turn=True)


MARKS: Mapping[str, Mark] = {
    "filed": _complaint("新收", _during("filed_at")),
    "ended": _complaint("结束", _during("ended_at"), "ended_at"),
    "ended_solved": _complaint("结束且已解决", _and(_during("ended_at"), lambda row: row.solved), "ended_at"),
    "open": _complaint("期末在办", _open),
    "waiting": _complaint("在办", _waiting),
    "overdue": _complaint("已逾期", _overdue),
    "soon": _complaint("两天内到期", _soon),
    **{
        f"reached_{code}": _complaint(say("走到“%(stage)s”", stage=name), _reached(at))
        for at, (code, name) in enumerate(STAGES.items())
    },
    **{
        f"stayed_{code}": _complaint(say("最远走到“%(stage)s”", stage=name), _stayed(at))
        for at, (code, name) in enumerate(STAGES.items())
    },
    **{
        f"staying_{code}": _complaint(say("走到“%(stage)s”还在办", stage=name), _staying(at))
        for at, (code, name) in enumerate(STAGES.items())
    },
    # By these names rules.RATES knows what it divides; the two grades that count differently are told apart.
    "valid": _turn("有效回访", "valid_at"),
    "contacted_in_time": _turn("按时联系", "valid_at", lambda row: row.contacted),
    "solved": _turn("已解决", "valid_at", lambda row: row.solved),
    "fully_satisfied": _turn("满意", "valid_at", lambda row: row.satisfaction.in_(("very_satisfied", "satisfied"))),
    "mostly_satisfied": _turn("基本满意", "valid_at", lambda row: row.satisfaction == "mostly_satisfied"),
    "due": _turn("应办结", "result_due"),
    "met_in_time": _turn("按期办结", "result_due", lambda row: row.result_met),
    "to_sign": _turn("应签收", "sign_due"),
    "signed_in_time": _turn("按时签收", "sign_due", lambda row: row.sign_met),
    "dispatches": _turn("派单", "dispatched_at"),
    "hand_backs": _turn("退单", "handed_back_at"),
    "replies": _turn("答复", "replied_at"),
    "redone": _turn("重办", "redone_at"),
}
JUDGED = tuple(code for code, mark in MARKS.items() if mark.turn)


# --- counting --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Board:
    """What one reader asks, and the rows that answer.

    Attributes:
        rows: the tallies; as_of: the moment for which they hold.
    """

    asked: Asked
    reader: Reader
    book: Directory
    now: datetime
    rows: FromClause
    as_of: datetime
    conditions: Sequence[Condition] = field(default=(), repr=False)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The places that the reader's grants reach, and those above them."""
        tops = [grant.place or self.book.departments[grant.department or ""].place for grant in self.reader.grants]
        return frozenset(code for top in tops for code in (*self.book.subtree(top), *self.book.chain(top)))

    @property
    def today(self) -> date:
        """The day of the present moment."""
        return local(self.now).date()


def board(asked: Asked, reader: Reader, book: Directory, now: datetime) -> Board:
    """What somebody sees, as a supervisor or a head, of the tallies as they are now, in one statement."""
    grants = tuple(grant for grant in reader.grants if grant.role in ROLES)
    reader = Reader(reader.id, reader.login, reader.name, grants, reader.roles & set(ROLES))
    found = tallying.source(now)
    seen = said_of(found.rows, listed(Wanted(helping=False), reader, now))
    return Board(asked, reader, book, now, found.rows, found.as_of, (seen,))


def said_of(rows: FromClause, condition: Condition) -> Condition:
    """A condition on complaints, said of rows that repeat the columns which it reads."""

    def repeated(element: Any, **_: Any) -> Any:
        mine = isinstance(element, Column) and element.table is not None and element.table.name == "complaints"
        return rows.c[element.name] if mine else None

    return replacement_traverse(condition, {}, repeated)


def matching(one: Board, code: str, asked: Asked | None = None) -> Condition:
    """Which tallies a number counts."""
    asked, mark = asked or one.asked, MARKS[code]
    return and_(_narrowed(one, asked, mark.turn), mark.holds(one.rows.c, span(asked, one.now)))


def _narrowed(one: Board, asked: Asked, turn: bool) -> Condition:
    """What the reader may see, and what was asked for."""
    row = one.rows.c
    office = row.holder if turn else row.department
    # Of what others did before, only who supervises them all sees enough to judge.
    own = row.holder == row.department if turn and "supervisor" not in one.reader.roles else true()
    exactly = {row.category: asked.category, row.channel: asked.channel, row.status: asked.status,
               row.desk: asked.desk, office: asked.department}  # fmt: skip
    found = [column == value for column, value in exactly.items() if value is not None]
    if asked.family is not None:
        found.append(func.split_part(row.category, ".", 1) == asked.family)
    if asked.kind is not None:
        found.append(func.split_part(office, "-", 2) == asked.kind)
    if asked.region is not None:
        places = [asked.region] if asked.here else sorted(one.book.subtree(asked.region))
        found.append(row.region.in_(places))
    if asked.blank is not None:
        found.append({"region": row.region, "department": office, "category": row.category}[asked.blank].is_(None))
    return and_(*one.conditions, own, *found)


def counts(one: Board, codes: Sequence[str], by: Sequence[str] = (), within: str | None = None) -> list[Any]:
    """How many each of some numbers counts, by the values of columns, in one statement.

    Args:
        within: a number that counts all of them, where there is one: no other tallies are looked at.
    """
    when, turn = span(one.asked, one.now), MARKS[codes[0]].turn
    numbers = [func.count().filter(MARKS[code].holds(one.rows.c, when)).label(code) for code in codes]
    keys = [one.rows.c[name] for name in by]
    query = select(*keys, *numbers).where(matching(one, within) if within else _narrowed(one, one.asked, turn))
    if turn:
        query = query.where(_judged_since(one.rows.c, when))
    return list(db.session.execute(query.group_by(*keys)))


def _judged_since(row: Any, when: Span) -> Condition:
    """What an index knows before the rest is read: whether any of a tally's turns came after the period began."""
    return func.greatest(*(row[name] for name in MOMENTS.values())) >= when.since


def count(one: Board, code: str, by: Sequence[str]) -> list[Any]:
    """How many one number counts, by the values of columns, in one statement: (values …, count)."""
    keys = [one.rows.c[name] for name in by]
    return list(db.session.execute(select(*keys, func.count()).where(matching(one, code)).group_by(*keys)))


# --- the complaints behind a number ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Behind:
    """Some of the complaints behind a number, the newest first; one may stand there several times.

    Attributes:
        total: how many there are; enterprises: how many different ones complain, as far as they say who they are.
        items: (complaint, when it happened, the department whose turn it was).
    """

    total: int
    enterprises: int
    items: Sequence[tuple[Complaint, datetime, str | None]]
    following: str | None


def behind(one: Board, code: str, cursor: str | None, limit: int) -> Behind:
    """A page of the complaints behind a number, in three statements."""
    row, holds = one.rows.c, matching(one, code)
    totals = select(func.count(), func.count(row.enterprise.distinct())).where(holds)
    total, enterprises = db.session.execute(totals).one()
    keys = (row.complaint_id, row.round)
    page = select(*keys, row[MARKS[code].at], row.holder).where(holds)
    if cursor:
        page = page.where(tuple_(*keys) < tuple_(*read_cursor(cursor)))
    found = db.session.execute(page.order_by(*(key.desc() for key in keys)).limit(limit + 1)).all()
    shown = found[:limit]
    wanted = Wanted(ids={each.complaint_id for each in shown}, helping=False, limit=max(1, len(shown)))
    complaints = {each.id: each for each in listing.page(wanted, one.reader, one.now).items}
    items = [(complaints[number], at, holder) for number, _, at, holder in shown if number in complaints]
    following = f"{shown[-1].complaint_id}.{shown[-1].round}" if len(found) > limit else None
    return Behind(total, enterprises, items, following)


def read_cursor(cursor: str) -> tuple[int, int]:
    """The complaint and the round after which a page begins."""
    number, _, round_ = cursor.partition(".")
    return int(number), int(round_)
