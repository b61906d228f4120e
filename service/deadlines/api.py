"""The calendar over HTTP: anybody may read it, administrators write it."""

from datetime import date
from typing import Any

from flask_login import current_user

from service import clock
from service.db import transaction
from service.deadlines import editing, seeds
from service.deadlines.models import CalendarDay, OfficeHours
from service.deadlines.rules import Day
from service.deadlines.schemas import (
    ArrangementSchema,
    DayChangeSchema,
    HoursSchema,
    MarkSchema,
    PlaceYearSchema,
    WorkDaySchema,
)
from service.errors import Invalid
from service.http import Blueprint, needs, public

blp = Blueprint("calendar", __name__, url_prefix="/api/v1", description="工作日历")


@blp.route("/calendar/<place>/<int:year>")
@public
@blp.response(200, PlaceYearSchema)
def year(place: str, year: int) -> editing.PlaceYear:
    """The days of a place's year, worked or off and why, and its office hours; 000000 is the nation."""
    return editing.year_of(place, year)


@blp.route("/calendar/<place>/days/<day>", methods=["PUT"])
@needs("administrator")
@blp.arguments(DayChangeSchema)
@blp.response(200, MarkSchema)
def set_day(change: dict[str, Any], place: str, day: str) -> CalendarDay:
    """Let a place, or the nation, work or rest on a day."""
    with transaction():
        return editing.set_day(place, _day(day), **change, actor=current_user.login, now=clock.now())


@blp.route("/calendar/<place>/days/<day>", methods=["DELETE"])
@needs("administrator")
@blp.response(200, WorkDaySchema)
def remove_day(place: str, day: str) -> Day:
    """Forget what was written down of a day; answers what it is without it."""
    with transaction():
        return editing.remove_day(place, _day(day), current_user.login, clock.now())


@blp.route(f"/calendar/{seeds.NATION}/years/<int:year>", methods=["PUT"])
@needs("administrator")
@blp.arguments(ArrangementSchema)
@blp.response(200, PlaceYearSchema)
def publish(arrangement: dict[str, Any], year: int) -> editing.PlaceYear:
    """Write down the State Council's arrangement of a whole year."""
    rest = [(one["name"], one["first"], one["last"]) for one in arrangement["rest"]]
    with transaction():
        editing.publish(year, arrangement["notice"], rest, arrangement["worked"], current_user.login, clock.now())
    return editing.year_of(seeds.NATION, year)


@blp.route("/calendar/<place>/hours", methods=["PUT"])
@needs("administrator")
@blp.arguments(HoursSchema)
@blp.response(200, HoursSchema)
def set_hours(given: dict[str, Any], place: str) -> dict[str, Any]:
    """Give a place its office hours."""
    with transaction():
        row: OfficeHours = editing.set_hours(place, given["hours"], current_user.login, clock.now())
        return {"hours": row.spans}


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written if len(written) == len("2027-01-01") else "")
    except ValueError as error:
        raise Invalid("日期要写成 2027-01-01。", {"date": ["日期要写成 2027-01-01。"]}) from error
