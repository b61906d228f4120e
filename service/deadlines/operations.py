"""What happens to clocks: they start, stop, pause, resume, and the sweep climbs their ladders. Nothing commits here."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, case, func, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from service.db import db
from service.deadlines import seeds
from service.deadlines.calendar import Years
from service.deadlines.explanation import explain as explain_term
from service.deadlines.ladder import KINDS, OVERDUE, Rule, Rulebook, plan
from service.deadlines.models import CalendarDay, Clock, ClockRule, OfficeHours
from service.deadlines.rules import Calendar, Deadline, Mark
from service.errors import Invalid
from service.seedfile import Stored, store

Chain = Sequence[str]
OPEN = ("running", "paused")
NOTHING_FIXED: Mapping[str, datetime] = {}
Differences = tuple[Years, Mapping[str, Mapping[date, Mark]], Mapping[str, list[list[str]]]]


@dataclass(frozen=True)
class Fired:
    """A rung that a clock has reached, at its true time, whenever the sweep came by."""

    clock_id: int
    complaint_id: int
    kind: str
    party: str | None
    due_at: datetime
    rung: str
    at: datetime


def seed(data: Path) -> Stored:
    """Store the clock rules, the days that differ and the office hours of a data folder."""
    days = data / "working_days.yaml"
    parts = (
        store(ClockRule, seeds.read_rules(data / "seed_clocks.yaml"), "code"),
        store(CalendarDay, seeds.read_days(days), "code"),
        store(OfficeHours, seeds.read_hours(days), "code"),
    )
    return Stored(*(sum(figures) for figures in zip(*(asdict(part).values() for part in parts), strict=True)))


@lru_cache(maxsize=4)
def rules(revision: Hashable) -> Rulebook:
    """The clock rules in force at a revision of the reference data, read once."""
    rows = db.session.scalars(select(ClockRule).where(ClockRule.active))
    return Rulebook([row.rule() for row in rows])


def kinds(regimes: Sequence[str], revision: Hashable) -> frozenset[str]:
    """The kinds of clocks that there are under some regimes; only 转办 is not for everybody."""
    book = rules(revision)
    return frozenset(kind for kind in KINDS if book.find(kind, regimes) is not None)


def calendar(chain: Chain, revision: Hashable) -> Calendar:
    """The calendar of a place: the nation's, what the place or the nearest above it decided, its office hours.

    Args:
        chain: codes of the place and its parents, the place first.
    """
    return _calendar(tuple(chain), revision)


def offline(data: Path) -> Calendar:
    """The nation's calendar straight from the files, for commands that need no database."""
    return Calendar(Years(seeds.marks(seeds.read_days(data / "working_days.yaml"))))


def prepare(
    kinds: Iterable[str],
    regimes: Sequence[str],
    began: datetime,
    chain: Chain,
    revision: Hashable,
    fixed: Mapping[str, datetime] = NOTHING_FIXED,
    party: str | None = None,
    cap_from: datetime | None = None,
) -> list[dict[str, Any]]:
    """The clocks of a complaint as rows that lack only its id, for an insert of many rows.

    Args:
        regimes: as ladder.regimes() gives them; a kind that has no clock under them (only 转办) is left out.
        began: the moment of the start event.
        chain: whose calendar counts: codes of the place and its parents, the place first.
        fixed: kind → the moment that a superior or a supervisor set; the earlier of it and the rule's own end counts.
        party: the department or respondent that they run for, where several of a kind run at once.
        cap_from: from when the result's cap counts, where an earlier clock of the kind began it.
    Raises:
        Invalid: the result is assigned and nobody said until when.
    """
    book, here = rules(revision), calendar(chain, revision)
    found = (book.find(kind, regimes) for kind in kinds)
    own = {"party": party, "cap_from": cap_from}
    return [_values(rule, began, chain, here, fixed.get(rule.kind), own) for rule in found if rule]


def start(
    complaint_id: int,
    kinds: Iterable[str],
    regimes: Sequence[str],
    began: datetime,
    chain: Chain,
    revision: Hashable,
    fixed: Mapping[str, datetime] = NOTHING_FIXED,
    party: str | None = None,
    cap_from: datetime | None = None,
) -> list[Clock]:
    """Start clocks of a stored complaint, in one statement; arguments as in prepare()."""
    prepared = prepare(kinds, regimes, began, chain, revision, fixed, party, cap_from)
    rows = [{**values, "complaint_id": complaint_id} for values in prepared]
    return list(db.session.scalars(insert(Clock).returning(Clock), rows)) if rows else []


def insert_many(rows: Sequence[Mapping[str, Any]]) -> None:
    """Start clocks of several stored complaints, prepared by prepare() and with their ids, in one statement."""
    db.session.execute(insert(Clock), rows)


def clocks_of(complaint_id: int) -> list[Clock]:
    """All clocks of a complaint, the oldest first."""
    return list(db.session.scalars(select(Clock).where(Clock.complaint_id == complaint_id).order_by(Clock.id)))


def running(complaint_id: int) -> list[Clock]:
    """The clocks of a complaint that are not over, paused ones too, the soonest first."""
    open_ones = select(Clock).where(Clock.complaint_id == complaint_id, Clock.state.in_(OPEN))
    return list(db.session.scalars(open_ones.order_by(Clock.due_at, Clock.id)))


def stop(
    complaint_id: int, kinds: Iterable[str], now: datetime, state: str = "met", party: str | None = None
) -> None:
    """End clocks: met by what they waited for, or cancelled. One that ran out before is overdue for good.

    Args:
        party: only those that run for it.
    """
    late = (Clock.state == "running") & Clock.overdue_at.is_(None) & (Clock.due_at < now)
    overdue_at = case((late, Clock.due_at), else_=Clock.overdue_at)
    ended = update(Clock).where(Clock.complaint_id == complaint_id, Clock.kind.in_(tuple(kinds)), Clock.state.in_(OPEN))
    if party is not None:
        ended = ended.where(Clock.party == party)
    db.session.execute(ended.values(state=state, stopped_at=now, next_at=None, overdue_at=overdue_at))


def pause(complaint_id: int, kinds: Iterable[str], now: datetime) -> list[Clock]:
    """Hold clocks, and give them; those that the law or a superior set run on."""
    clocks = _locked(complaint_id, kinds, "running")
    held = [clock for clock in clocks if not clock.statutory and clock.fixed_due_at is None]
    for clock in held:
        clock.pauses = [*clock.pauses, {"from": now.astimezone(UTC).isoformat(), "until": None}]
        clock.state, clock.next_at = "paused", None
    return held


def resume(complaint_id: int, kinds: Iterable[str], now: datetime, revision: Hashable) -> list[Clock]:
    """Let held clocks run on; what had run is kept, and rungs that were reached are not reached again."""
    clocks = _locked(complaint_id, kinds, "paused")
    for clock in clocks:
        clock.pauses = [*clock.pauses[:-1], {**clock.pauses[-1], "until": now.astimezone(UTC).isoformat()}]
        clock.state = "running"
        _recount(clock, calendar(clock.places, revision))
    return clocks


def explain(clock: Clock, revision: Hashable, now: datetime | None = None) -> Deadline:
    """A clock's deadline day by day; without days where only a superior's moment counts.

    Args:
        now: until when a clock that stands still has been held: the deadline is told as if it ran on from then.
    """
    if clock.term is None or clock.due_at == clock.fixed_due_at:
        return Deadline(clock.due_at, clock.provisional)
    held = [(datetime.fromisoformat(clock.pauses[-1]["from"]), now)] if now and clock.state == "paused" else []
    return explain_term(clock.started_at, clock.term, calendar(clock.places, revision), [*clock.paused(), *held])


def complaints_due(now: datetime, limit: int = 500) -> Select[int]:
    """The complaints of the clocks that have reached a rung by now, the longest due first, as a query."""
    return select(Clock.complaint_id).where(_has_reached(now)).order_by(Clock.next_at).limit(limit)


def sweep(now: datetime, complaint_ids: Sequence[int] | None = None, limit: int = 500) -> list[Fired]:
    """Let clocks that reached a rung by now climb it, one rung each, in one statement; gives them in true order.

    To be called again while it gives any: a clock that slept through several rungs climbs them one by one. Clocks
    that another sweep has in hand are left to it.

    Args:
        complaint_ids: only clocks of these complaints, which the caller holds locked.
    """
    rows = db.session.execute(climb(now, complaint_ids, limit))
    return sorted((Fired(**row._mapping) for row in rows), key=lambda one: (one.at, one.clock_id))


def climb(now: datetime, complaint_ids: Sequence[int] | None, limit: int) -> ReturningUpdate[Any]:
    """The statement of a sweep; it reads only the rows that are due."""
    clocks = Clock.__table__.c
    due = select(clocks.id).where(_has_reached(now)).order_by(clocks.next_at).limit(limit)
    if complaint_ids is not None:
        due = due.where(clocks.complaint_id.in_(complaint_ids))
    picked = due.with_for_update(skip_locked=True).scalar_subquery()
    # Arrays count from 1 in SQL, rungs from 0. An array of ids keeps the planner from scanning the table to join.
    reached, following = clocks.rung + 1, clocks.rung + 2
    return (
        update(Clock.__table__)
        .where(clocks.id == any_(func.array(picked)))
        .values(
            rung=reached,
            next_at=clocks.moments[following],
            overdue_at=case((clocks.ladder[reached] == OVERDUE, clocks.due_at), else_=clocks.overdue_at),
        )
        # What comes back is the row as it stands after the step.
        .returning(
            clocks.id.label("clock_id"),
            clocks.complaint_id,
            clocks.kind,
            clocks.party,
            clocks.due_at,
            clocks.ladder[clocks.rung].label("rung"),
            clocks.moments[clocks.rung].label("at"),
        )
    )


def _has_reached(now: datetime) -> ColumnElement[bool]:
    """Spelt as the index is, so that it is used."""
    return (Clock.state == "running") & (Clock.next_at <= now)


def _values(
    rule: Rule, began: datetime, chain: Chain, here: Calendar, fixed: datetime | None, own: Mapping[str, Any]
) -> dict[str, Any]:
    if rule.term is None and fixed is None:
        raise Invalid("上级交办的诉求要写明办结期限。", {"due_at": ["请填写上级要求的办结时间。"]})
    course = plan(rule.ladder, began, rule.term, fixed, here)
    return {
        **own,
        "kind": rule.kind,
        "rule_code": rule.code,
        "basis": rule.basis,
        "statutory": rule.statutory,
        "length": rule.term.length if rule.term else None,
        "unit": rule.term.unit.value if rule.term else None,
        "cap": rule.term.cap if rule.term else None,
        "fixed_due_at": fixed,
        "places": list(chain),
        "started_at": began,
        "due_at": course.deadline.due_at,
        "provisional": course.deadline.provisional,
        "ladder": list(rule.ladder),
        "moments": course.moments,
        "next_at": course.moments[0] if course.moments else None,
    }


def _locked(complaint_id: int, kinds: Iterable[str], state: str) -> list[Clock]:
    """Clocks in one state, as they stand now, whatever this session read of them before."""
    wanted = select(Clock).where(Clock.complaint_id == complaint_id, Clock.kind.in_(tuple(kinds)), Clock.state == state)
    fresh = {"populate_existing": True}
    return list(db.session.scalars(wanted.order_by(Clock.id).with_for_update(), execution_options=fresh))


def _recount(clock: Clock, here: Calendar) -> None:
    """Work out a clock's deadline and rungs anew; the rungs behind it stay behind it."""
    course = plan(clock.ladder, clock.started_at, clock.term, clock.fixed_due_at, here, clock.paused())
    clock.due_at, clock.provisional = course.deadline.due_at, course.deadline.provisional
    clock.moments = course.moments
    clock.next_at = clock.moments[clock.rung] if clock.rung < len(clock.moments) else None


@lru_cache(maxsize=512)
def _calendar(places: tuple[str, ...], revision: Hashable) -> Calendar:
    years, days, hours = _differences(revision)
    local: dict[date, Mark] = {}
    for place in reversed(places):
        local |= days.get(place, {})
    nearest = next((hours[place] for place in places if place in hours), None)
    return Calendar(years, local, seeds.spans(nearest)) if nearest else Calendar(years, local)


@lru_cache(maxsize=4)
def _differences(revision: Hashable) -> Differences:
    """The nation's years, the days that places decided, and their office hours, at a revision."""
    days: dict[str, dict[date, Mark]] = {}
    for row in db.session.scalars(select(CalendarDay).where(CalendarDay.active)):
        days.setdefault(row.place_code, {})[row.date] = Mark(row.working, row.name)
    hours = {row.code: row.spans for row in db.session.scalars(select(OfficeHours).where(OfficeHours.active))}
    return Years(days.pop(seeds.NATION, {})), days, hours
