"""Open clocks counted anew: when the calendar changed, and to prove that they follow from the events."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from service.db import db
from service.deadlines import seeds
from service.deadlines.calendar import PACKAGE, PUBLISHED_FROM, Years
from service.deadlines.ladder import plan
from service.deadlines.models import CalendarState, Clock
from service.deadlines.places import calendar, differences
from service.deadlines.replay import OPEN, Standing, Start, Turn, replay
from service.deadlines.rules import LAST_YEAR, Term, Unit, local
from service.directory import operations as directory
from service.sentences import say

Fingerprint = dict[str, Any]
STATE = 1


@dataclass(frozen=True)
class Recounted:
    """A clock whose limit moved, or is no longer provisional, with the reason in a sentence."""

    clock: Clock
    was: datetime
    due_at: datetime
    reason: str


@dataclass(frozen=True)
class Difference:
    """Where a stored clock does not follow from its complaint's events."""

    clock: Clock
    field: str
    stored: Any
    derived: Any


# --- the calendar changed --------------------------------------------------------------------------------------------


def calendar_fingerprint(revision: Hashable) -> Fingerprint:
    """What the calendars are made of: the package's version, the years known, what each place wrote down."""
    days, hours = differences(revision)
    years = Years(days.get(seeds.NATION, {}))
    known = [year for year in range(PUBLISHED_FROM, LAST_YEAR) if years[year].published]
    return {
        "holidays": PACKAGE,
        "published": known,
        "days": {place: _digest(sorted(marks.items())) for place, marks in sorted(days.items())},
        "hours": {place: _digest(spans) for place, spans in sorted(hours.items())},
    }


def calendar_changed(revision: Hashable) -> bool:
    """Whether open clocks were last counted with another calendar; they are to be recounted, all of them."""
    state = db.session.get(CalendarState, STATE)
    return state is None or state.fingerprint != calendar_fingerprint(revision)


def note_calendar(revision: Hashable, now: datetime) -> None:
    """Remember that all open clocks are counted with this revision's calendar."""
    fingerprint = calendar_fingerprint(revision)
    db.session.merge(CalendarState(id=STATE, fingerprint=fingerprint, counted_at=now))
    db.session.flush()


def open_clocks(after_id: int, limit: int) -> list[Clock]:
    """Some clocks that are not over, in order of their ids, for a walk over all of them."""
    wanted = select(Clock).where(Clock.id > after_id, Clock.state.in_(OPEN)).order_by(Clock.id).limit(limit)
    return list(db.session.scalars(wanted))


def recount(clocks: Sequence[Clock], revision: Hashable) -> list[Recounted]:
    """Count clocks anew with the calendar of a revision; gives those whose limit moved or is now certain.

    The caller holds their complaints locked. A second call changes nothing and gives nothing.
    """
    changed = _changed_places(revision)
    wanted = select(Clock).where(Clock.id.in_([clock.id for clock in clocks]), Clock.state.in_(OPEN))
    fresh = db.session.scalars(
        wanted.order_by(Clock.id).with_for_update(), execution_options={"populate_existing": True}
    )
    return [found for clock in fresh if (found := _recounted(clock, changed, revision))]


def _recounted(clock: Clock, changed: dict[str, str], revision: Hashable) -> Recounted | None:
    was, provisional = clock.due_at, clock.provisional
    way = plan(clock.ladder, clock.course, calendar(clock.places, revision))
    if (way.deadline.due_at, way.deadline.provisional, way.moments) == (was, provisional, clock.moments):
        return None
    clock.follow(way)
    if (clock.due_at, clock.provisional) == (was, provisional):
        return None
    return Recounted(clock, was, clock.due_at, _reason(clock, was, provisional, changed))


def _reason(clock: Clock, was: datetime, provisional: bool, changed: dict[str, str]) -> str:
    """Why a clock was counted anew, as the enterprise reads it."""
    if provisional and not clock.provisional:
        return say("%(year)s年放假安排已公布", year=max(local(was), local(clock.due_at)).year)
    place = next((place for place in clock.places if place in changed), None)
    return say(changed[place], place=_name(place)) if place else "全国放假安排调整"


def _changed_places(revision: Hashable) -> dict[str, str]:
    """The places whose own days or hours are not those that clocks were last counted with, and the sentence for it."""
    state, now = db.session.get(CalendarState, STATE), calendar_fingerprint(revision)
    before = state.fingerprint if state else {"days": {}, "hours": {}}
    found: dict[str, str] = {}
    for part, what in (("hours", "%(place)s办公时间调整"), ("days", "%(place)s放假日调整")):
        places = {*before[part], *now[part]} - {seeds.NATION}
        found |= {place: what for place in places if before[part].get(place) != now[part].get(place)}
    return found


def _name(place: str) -> str:
    known = directory.current().places.get(place)
    return known.name if known else place


def _digest(value: Any) -> str:
    return sha256(repr(value).encode()).hexdigest()[:16]


# --- the events say so -----------------------------------------------------------------------------------------------


def rebuild(
    clocks: Sequence[Clock], turns: Iterable[Turn], revision: Hashable, correct: bool = False
) -> list[Difference]:
    """Work out one complaint's clocks from its events and give where the rows say otherwise: normally nowhere.

    Args:
        clocks: all of the complaint, the oldest first, held locked where they are to be corrected.
        turns: what its events did to clocks, in their order; clocks that none of them started are not judged.
        correct: let the rows follow the events.
    """
    derived = replay([_start(clock, revision) for clock in clocks], turns)
    found = [
        difference
        for clock, standing in zip(clocks, derived, strict=True)
        if standing is not None
        for difference in _differences(clock, standing)
    ]
    if correct:
        for difference in found:
            setattr(difference.clock, difference.field, difference.derived)
    return found


def _start(clock: Clock, revision: Hashable) -> Start:
    term = Term(clock.length, Unit(clock.unit), clock.cap) if clock.length and clock.unit else None
    return Start(
        kind=clock.kind,
        party=clock.party,
        started_at=clock.started_at,
        term=term,
        fixed=clock.fixed_due_at,
        cap_from=clock.cap_from,
        ladder=tuple(clock.ladder),
        calendar=calendar(clock.places, revision),
        ended=None if clock.state in OPEN else clock.due_at,
    )


def _differences(clock: Clock, standing: Standing) -> list[Difference]:
    derived: dict[str, Any] = {
        "state": standing.state,
        "stopped_at": standing.stopped_at,
        "pauses": standing.written_pauses(),
        "granted": standing.granted,
        "extended_to": standing.extended_to,
        "extensions": standing.extensions,
        "rung": standing.rung,
        "next_at": standing.next_at,
        "overdue_at": standing.overdue_at,
    }
    if standing.state in OPEN:
        # What is over was counted with the calendar of its time.
        way = standing.way
        derived |= {"due_at": way.deadline.due_at, "provisional": way.deadline.provisional, "moments": way.moments}
    stored = ((name, getattr(clock, name), value) for name, value in derived.items())
    return [Difference(clock, name, is_now, value) for name, is_now, value in stored if is_now != value]
