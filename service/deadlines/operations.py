"""What happens to clocks: they start, stop, pause, resume, are extended and explained. Nothing commits here."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, insert, select, update

from service.db import db
from service.deadlines import seeds
from service.deadlines.explanation import told
from service.deadlines.extension import Extension, NotExtendable, extended
from service.deadlines.ladder import KINDS, Course, Rule, Rulebook, plan
from service.deadlines.models import CalendarDay, Clock, ClockRule, ClockRuleVersion, OfficeHours
from service.deadlines.places import Chain
from service.deadlines.places import calendar as calendar
from service.deadlines.places import offline as offline
from service.deadlines.rules import Calendar, Deadline, local
from service.deadlines.sweeping import Fired as Fired
from service.deadlines.sweeping import climb as climb
from service.deadlines.sweeping import complaints_due as complaints_due
from service.deadlines.sweeping import sweep as sweep
from service.errors import Invalid, WrongState
from service.seedfile import Stored, store
from service.sentences import say

OPEN = ("running", "paused")
NOTHING_FIXED: Mapping[str, datetime] = {}
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Extended:
    """A clock that was extended.

    Attributes:
        was: its limit until then.
        length: what the event keeps, so that replay gives the same: see extension.Extension.
    """

    clock: Clock
    was: datetime
    due_at: datetime
    length: int


def seed(data: Path) -> Stored:
    """Store the clock rules, the days that differ and the office hours of a data folder."""
    days = data / "working_days.yaml"
    parts = (
        store(ClockRule, seeds.read_rules(data / "seed_clocks.yaml"), "code"),
        store(CalendarDay, seeds.read_days(days), "code"),
        store(OfficeHours, seeds.read_hours(days), "code"),
    )
    return Stored(*(sum(figures) for figures in zip(*(asdict(part).values() for part in parts), strict=True)))


def rules(revision: Hashable, day: date | None = None) -> Rulebook:
    """The clock rules in force on a day, at a revision of the reference data.

    Args:
        day: None where only kinds, starts and who extends are asked, which hold for all days.
    """
    editions = _editions(revision)
    return editions[bisect_right(editions, day or date.min, key=itemgetter(0)) - 1][1]


@lru_cache(maxsize=4)
def _editions(revision: Hashable) -> Sequence[tuple[date, Rulebook]]:
    """From each day on which a rule's terms change the rules that hold then, in order; read once."""
    held = {row.code: row.rule() for row in db.session.scalars(select(ClockRule).where(ClockRule.active))}
    editions = [(date.min, Rulebook(list(held.values())))]
    for version in db.session.scalars(select(ClockRuleVersion).order_by(ClockRuleVersion.valid_from)):
        if version.rule_code in held:
            held[version.rule_code] = version.of(held[version.rule_code])
            editions.append((version.valid_from, Rulebook(list(held.values()))))
    return editions


def kinds(regimes: Sequence[str], revision: Hashable) -> frozenset[str]:
    """The kinds of clocks that there are under some regimes; only 转办 is not for everybody."""
    book = rules(revision)
    return frozenset(kind for kind in KINDS if book.find(kind, regimes) is not None)


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
    book, here = rules(revision, local(began).date()), calendar(chain, revision)
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


def results(ids: Iterable[int]) -> dict[int, Clock]:
    """Complaint → the clock of its result that is not over, in one statement."""
    wanted = select(Clock).where(Clock.complaint_id.in_(sorted(ids)), Clock.kind == "result", Clock.state.in_(OPEN))
    return {clock.complaint_id: clock for clock in db.session.scalars(wanted.order_by(Clock.id.desc()))}


def running(complaint_id: int) -> list[Clock]:
    """The clocks of a complaint that are not over, paused ones too, the soonest first."""
    open_ones = select(Clock).where(Clock.complaint_id == complaint_id, Clock.state.in_(OPEN))
    return list(db.session.scalars(open_ones.order_by(Clock.due_at, Clock.id)))


def stop(complaint_id: int, kinds: Iterable[str], now: datetime, state: str = "met", party: str | None = None) -> None:
    """End clocks: met by what they waited for, or cancelled. One that ran out before is overdue for good.

    Args:
        party: only those that run for it.
    """
    late = (Clock.state == "running") & Clock.overdue_at.is_(None) & (Clock.due_at < now)
    overdue_at = case((late, func.greatest(Clock.due_at, Clock.started_at)), else_=Clock.overdue_at)
    ended = update(Clock).where(Clock.complaint_id == complaint_id, Clock.kind.in_(tuple(kinds)), Clock.state.in_(OPEN))
    if party is not None:
        ended = ended.where(Clock.party == party)
    db.session.execute(ended.values(state=state, stopped_at=now, next_at=None, overdue_at=overdue_at))


def pause(complaint_id: int, kinds: Iterable[str], now: datetime, party: str | None = None) -> list[Clock]:
    """Hold clocks, and give them; those that the law set, or that end at a set moment, run on.

    Args:
        party: only those that run for it.
    """
    clocks = _locked(complaint_id, kinds, ("running",), party)
    held = [clock for clock in clocks if not clock.statutory and clock.fixed is None]
    for clock in held:
        _mark_late(clock, now)
        clock.pauses = [*clock.pauses, {"from": _written(now), "until": None}]
        clock.state, clock.next_at = "paused", None
    return held


def resume(
    complaint_id: int, kinds: Iterable[str], now: datetime, revision: Hashable, party: str | None = None
) -> list[Clock]:
    """Let held clocks run on; what had run is kept, and rungs that were reached are not reached again."""
    clocks = _locked(complaint_id, kinds, ("paused",), party)
    for clock in clocks:
        clock.pauses = [*clock.pauses[:-1], {**clock.pauses[-1], "until": _written(now)}]
        clock.state = "running"
        clock.follow(plan(clock.ladder, clock.course, calendar(clock.places, revision)))
    return clocks


def who_extends(clock: Clock, revision: Hashable) -> str | None:
    """Who rules on an extension: head or supervisor; None where there is none.

    What a superior set is the supervisor's to move, whoever extends the term under it.
    """
    rule = rules(revision).coded(clock.rule_code)
    if rule is None or rule.extendable_by is None:
        return None
    return SUPERVISOR if clock.fixed is not None and clock.due_at == clock.fixed else rule.extendable_by


def extension(clock: Clock, until: date, revision: Hashable) -> Extension:
    """What an extension to the end of a day would make of a clock; nothing is changed.

    Raises:
        Invalid: on the field until, with the sentence why that day cannot be granted.
    """
    rule = rules(revision, local(clock.started_at).date()).coded(clock.rule_code)
    try:
        if rule is None or rule.extendable_by is None:
            raise NotExtendable("这个期限不能延长。")
        if clock.extensions >= rule.extensions:
            raise NotExtendable(
                say(
                    "这个期限最多延长 %(most)s 次，已经延长过 %(extended)s 次。",
                    most=rule.extensions,
                    extended=clock.extensions,
                )
            )
        return extended(clock.course, until, clock.due_at, rule.longest, calendar(clock.places, revision))
    except NotExtendable as error:
        why = error.args[0]  # str(error) would forget what the sentence was made of
        raise Invalid(why, {"until": [why]}) from error


def extend(clock: Clock, until: date, now: datetime, revision: Hashable) -> Extended:
    """Let a clock run to the end of a day; it climbs anew from where its ladder stands in the new course.

    One that ran out before stays overdue.

    Args:
        until: the last day, whose close of business is the new limit.
    Raises:
        Invalid: on the field until; see extension(), or the day is over.
        WrongState: the clock is over.
    """
    if clock not in _locked(clock.complaint_id, [clock.kind], OPEN, clock.party):
        raise WrongState("这个期限已经结束，不能再延长。")
    found, was = extension(clock, until, revision), clock.due_at
    if found.due_at <= now:
        raise Invalid("延期后的日期已经过去。", {"until": ["请选一个还没有过去的工作日。"]})
    _mark_late(clock, now)
    _grant(clock, found)
    way = plan(clock.ladder, clock.course, calendar(clock.places, revision))
    clock.rung = way.passed(now)
    clock.follow(way)
    return Extended(clock, was, clock.due_at, found.length)


def explain(clock: Clock, revision: Hashable, now: datetime | None = None) -> Deadline:
    """A clock's deadline day by day, with what moved it; without days where only a set moment counts.

    Args:
        now: until when a clock that stands still has been held: the deadline is told as if it ran on from then.
    """
    since, course = clock.held_since(), clock.course
    if now is not None and since is not None:
        course = replace(course, pauses=[*course.pauses, (since, now)])
    return told(course, calendar(clock.places, revision), clock.extensions > 0, since)


def _values(
    rule: Rule, began: datetime, chain: Chain, here: Calendar, fixed: datetime | None, own: Mapping[str, Any]
) -> dict[str, Any]:
    if rule.term is None and fixed is None:
        raise Invalid("上级交办的诉求要写明办结期限。", {"due_at": ["请填写上级要求的办结时间。"]})
    course = plan(rule.ladder, Course(began, rule.term, fixed, cap_from=own["cap_from"]), here)
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


def _locked(complaint_id: int, kinds: Iterable[str], states: Sequence[str], party: str | None = None) -> list[Clock]:
    """Clocks in some states, as they stand now, whatever this session read of them before."""
    wanted = select(Clock).where(Clock.complaint_id == complaint_id, Clock.kind.in_(tuple(kinds)))
    wanted = wanted.where(Clock.state.in_(states))
    if party is not None:
        wanted = wanted.where(Clock.party == party)
    fresh = {"populate_existing": True}
    return list(db.session.scalars(wanted.order_by(Clock.id).with_for_update(), execution_options=fresh))


def _written(moment: datetime) -> str:
    """A moment as a row's JSON keeps it; a naive one is refused, since it is nobody's time."""
    return local(moment).astimezone(UTC).isoformat()


def _mark_late(clock: Clock, now: datetime) -> None:
    """A clock that ran out is overdue for good, also where no sweep has come by since."""
    if clock.state == "running" and clock.overdue_at is None and clock.due_at < now:
        clock.overdue_at = max(clock.due_at, clock.started_at)


def _grant(clock: Clock, found: Extension) -> None:
    if found.moment is None:
        clock.granted = found.length
    else:
        clock.extended_to = found.moment
    clock.extensions += 1
