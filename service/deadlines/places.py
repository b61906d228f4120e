"""The calendar of a place: the nation's years, what places decided otherwise, their office hours."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from service.db import db
from service.deadlines import seeds
from service.deadlines.calendar import Years
from service.deadlines.models import CalendarDay, OfficeHours
from service.deadlines.rules import Calendar, Mark

Chain = Sequence[str]
Hours = list[list[str]]
Differences = tuple[Mapping[str, Mapping[date, Mark]], Mapping[str, Hours]]


def calendar(chain: Chain, revision: Hashable) -> Calendar:
    """The calendar of a place: the nation's, what the place or the nearest above it decided, its office hours.

    Args:
        chain: codes of the place and its parents, the place first.
        revision: of the reference data; what was read for one is not read again.
    """
    return _calendar(tuple(chain), revision)


def drafted(chain: Chain, days: Mapping[str, Mapping[date, Mark | None]], hours: Mapping[str, Hours | None],
            revision: Hashable) -> Calendar:  # fmt: skip
    """The calendar of a place as it would be if some places wrote down other days or hours; None: what they wrote goes.

    Args:
        days, hours: by place, the nation among them.
    """
    stored_days, stored_hours = differences(revision)
    whole = {place: _over(stored_days.get(place, {}), days.get(place, {})) for place in {*stored_days, *days}}
    spans = {place: found for place, found in {**stored_hours, **hours}.items() if found}
    return _assembled(tuple(chain), whole, spans, Years(whole.get(seeds.NATION, {})))


def _over(stored: Mapping[date, Mark], changed: Mapping[date, Mark | None]) -> dict[date, Mark]:
    return {day: mark for day, mark in {**stored, **changed}.items() if mark is not None}


def offline(data: Path) -> Calendar:
    """The nation's calendar straight from the files, for commands that need no database."""
    return Calendar(Years(seeds.marks(seeds.read_days(data / "working_days.yaml"))))


@lru_cache(maxsize=512)
def _calendar(places: tuple[str, ...], revision: Hashable) -> Calendar:
    days, hours = differences(revision)
    return _assembled(places, days, hours, _years(revision))


def _assembled(
    places: Chain, days: Mapping[str, Mapping[date, Mark]], hours: Mapping[str, Hours], years: Years
) -> Calendar:
    local: dict[date, Mark] = {}
    for place in reversed(places):
        local |= days.get(place, {})
    nearest = next((hours[place] for place in places if place in hours), None)
    return Calendar(years, local, seeds.spans(nearest)) if nearest else Calendar(years, local)


@lru_cache(maxsize=4)
def _years(revision: Hashable) -> Years:
    """The nation's years, shared by all places."""
    days, _hours = differences(revision)
    return Years(days.get(seeds.NATION, {}))


@lru_cache(maxsize=4)
def differences(revision: Hashable) -> Differences:
    """By place the days and the office hours that were written down, the nation's days among them, at a revision."""
    days: dict[str, dict[date, Mark]] = {}
    for row in db.session.scalars(select(CalendarDay).where(CalendarDay.active)):
        days.setdefault(row.place_code, {})[row.date] = Mark(row.working, row.name)
    hours = {row.code: row.spans for row in db.session.scalars(select(OfficeHours).where(OfficeHours.active))}
    return days, hours
