"""Days and office hours as an administrator writes them down; a later seeding leaves them alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from service.audit import changing
from service.audit.changing import Changeable
from service.db import db
from service.deadlines import seeds
from service.deadlines.models import CalendarDay, OfficeHours
from service.deadlines.places import Hours, calendar
from service.deadlines.rules import DAY, FIRST_YEAR, LAST_YEAR, Calendar, Day, dates
from service.directory import operations as directory
from service.errors import Invalid, NotFound
from service.sentences import say

NATION_NAME = "全国"
MADE_UP = "调休上班"
# Day, as 2027-01-01 → [worked, name, notice]; None where nothing is written down any more.
Written = dict[str, Any]
LONGEST_HOLIDAY = timedelta(days=30)


@dataclass(frozen=True)
class PlaceYear:
    """A year of a place, day by day: `counted` says whether a day is worked."""

    place: str
    name: str
    year: int
    published: bool
    hours: Hours
    days: Sequence[Day]


def year_of(place: str, year: int) -> PlaceYear:
    """The working days of a place in a year.

    Raises:
        NotFound: no such place. Invalid: a year that is not counted.
    """
    name, here = _named(place), _calendar(place)
    _check_year(year, "year")
    days = dates(date(year, 1, 1), date(year, 12, 31))
    hours = [[f"{begin:%H:%M}", f"{until:%H:%M}"] for begin, until in here.hours]
    told = [Day(day, here.is_working(day), here.reason(day)) for day in days]
    return PlaceYear(place, name, year, here.is_published(year), hours, told)


def set_day(
    place: str, day: date, working: bool, name: str, notice: str | None, actor: str, now: datetime
) -> CalendarDay:
    """Let a place, or the nation, work or rest on a day.

    Args:
        notice: the number of the notice that says so; the nation's days need one.
    Raises:
        NotFound: no such place. Invalid: a day of the nation without a notice, or in a year that nobody published.
    """
    values = day_values(place, day, working, name, notice)
    changing.do(DAYS, f"{place}:{day.year}", values, "day_set", actor, now)
    return db.session.get_one(CalendarDay, _code(place, day))


def day_values(place: str, day: date, working: bool, name: str, notice: str | None) -> Written:
    """The same as what a change of the place's year writes down; raises as set_day."""
    _named(place)
    _check_year(day.year, "date")
    if place == seeds.NATION:
        _check_national(day, notice)
    return {day.isoformat(): [working, name, notice]}


def is_worked(place: str, day: date) -> bool:
    """Whether a place works on a day as things stand; raises as set_day."""
    _named(place)
    _check_year(day.year, "date")
    return _calendar(place).is_working(day)


def remove_day(place: str, day: date, actor: str, now: datetime) -> Day:
    """Forget what was written down of a day, so that what is above it counts again; gives what that is.

    Raises:
        NotFound: nothing was.
    """
    row = db.session.get(CalendarDay, _code(place, day))
    if row is None or not row.active:
        raise NotFound("这一天没有单独的安排，不需要删除。")
    changing.do(DAYS, f"{place}:{day.year}", {day.isoformat(): None}, "day_removed", actor, now)
    here = _calendar(place)
    return Day(day, here.is_working(day), here.reason(day))


def publish(
    year: int, notice: str, rest: Iterable[tuple[str, date, date]], worked: Iterable[date], actor: str, now: datetime
) -> int:
    """Write down the State Council's arrangement of a year, in place of an earlier one; gives how many days it names.

    Args:
        rest: each festival with its first and last day off.
        worked: the weekend days that are worked. Days in the December before belong to the arrangement too.
    Raises:
        Invalid: a day of another year, a span the wrong way round, a make-up day in the week or on a day off.
    """
    written = arrangement(year, notice, rest, worked)
    count = sum(mark is not None for values in written.values() for mark in values.values())
    for code, values in written.items():
        changing.do(DAYS, code, values, "year_published", actor, now, notice=notice)
    return count


def arrangement(
    year: int, notice: str, rest: Iterable[tuple[str, date, date]], worked: Iterable[date]
) -> dict[str, Written]:
    """What an arrangement writes down, by the place and year of the days; raises as publish."""
    _check_year(year, "year")
    off = {day: name for name, first, last in rest for day in _span(first, last, year)}
    made_up = set(worked)
    if not off:
        raise Invalid("放假安排里没有放假的日子。", {"rest": ["至少要写一个节日的起止日期。"]})
    _check_made_up(made_up, off, year)
    _check_year_before(year, {*off, *made_up})
    before = {row.date.isoformat(): None for row in _national_rows(year)}
    named = {day: [False, name, notice] for day, name in off.items()} | {
        day: [True, MADE_UP, notice] for day in made_up
    }
    found: dict[str, Written] = {f"{seeds.NATION}:{year}": before}
    for day, mark in sorted(named.items()):
        found.setdefault(f"{seeds.NATION}:{day.year}", {})[day.isoformat()] = mark
    return found


def set_hours(place: str, written: Hours, actor: str, now: datetime) -> OfficeHours:
    """Give a place, and all below it without hours of their own, its office hours.

    Raises:
        NotFound: no such place. Invalid: not one after the other.
    """
    changing.do(HOURS, place, hours_values(place, written), "hours_set", actor, now)
    return db.session.get_one(OfficeHours, place)


def hours_values(place: str, written: Hours) -> dict[str, Hours]:
    """The same as what a change writes down; raises as set_hours."""
    _named(place)
    if place == seeds.NATION:
        raise Invalid("办公时间按地区设置。", {"place": ["请选择一个地区。"]})
    try:
        seeds.spans(written)
    except ValueError as error:
        said = "办公时间要按先后写出起止，例如 09:00—12:00、14:30—17:30，互不重叠。"
        raise Invalid(said, {"hours": [said]}) from error
    return {"hours": written}


# --- what is written down --------------------------------------------------------------------------------------------


def _days(code: str) -> dict[str, Any]:
    """What a place wrote down of a year, by "<place>:<year>": day → [worked, name, notice]."""
    rows = db.session.scalars(_of_year(code).where(CalendarDay.active))
    return {row.date.isoformat(): [row.working, row.name, row.notice] for row in rows}


def _of_year(code: str) -> Any:
    place, _, year = code.partition(":")
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    wanted = select(CalendarDay).where(CalendarDay.place_code == place, CalendarDay.date.between(first, last))
    return wanted.execution_options(populate_existing=True)


def _put_days(code: str, values: Mapping[str, Any], now: datetime) -> None:
    """Write days down; None: forget what was."""
    place, standing = code.partition(":")[0], {row.date.isoformat(): row for row in db.session.scalars(_of_year(code))}
    for written, mark in values.items():
        day = date.fromisoformat(written)
        row = standing.get(written) or CalendarDay(code=_code(place, day), place_code=place, date=day, active=False)
        if mark is not None:
            row.working, row.name, row.notice = mark
        row.active, row.edited_at = mark is not None, now
        if mark is not None or written in standing:
            db.session.add(row)
    db.session.flush()
    directory.bump()


def _hours(place: str) -> dict[str, Any]:
    """The office hours that a place wrote down; None where it has those of the place above it."""
    row = db.session.get(OfficeHours, place, populate_existing=True)
    return {"hours": row.spans if row is not None and row.active else None}


def _put_hours(place: str, values: Mapping[str, Any], now: datetime) -> None:
    row = db.session.get(OfficeHours, place) or OfficeHours(code=place, spans=[])
    row.spans, row.active, row.edited_at = values["hours"] or row.spans, values["hours"] is not None, now
    db.session.add(row)
    db.session.flush()
    directory.bump()


DAYS = Changeable("calendar", _days, _put_days)
HOURS = Changeable("calendar", _hours, _put_hours)


def _named(place: str) -> str:
    if place == seeds.NATION:
        return NATION_NAME
    found = directory.current().places.get(place)
    if found is None:
        raise NotFound("没有这个地区，请检查地区编码。")
    return found.name


def _calendar(place: str) -> Calendar:
    """A place's calendar as it stands now; the nation's where the place is the nation."""
    book = directory.current()
    return calendar(book.chain(place), book.revision)


def _check_year(year: int, field: str) -> None:
    if not FIRST_YEAR < year < LAST_YEAR:
        raise Invalid(
            "这个年份不在日历里。",
            {field: [say("年份应在 %(first)s 到 %(last)s 之间。", first=FIRST_YEAR + 1, last=LAST_YEAR - 1)]},
        )


def _check_national(day: date, notice: str | None) -> None:
    if not notice:
        raise Invalid("全国的放假安排要写明通知文号。", {"notice": ["请填写国务院办公厅通知的文号。"]})
    if not _calendar(seeds.NATION).is_published(day.year):
        # One day alone would pass for the whole arrangement.
        said = say("%(year)s年的放假安排还没有录入，请先一次录入全年的安排。", year=day.year)
        raise Invalid(said, {"date": [said]})


def _check_year_before(year: int, days: Iterable[date]) -> None:
    """Days in the December before would else pass for the whole arrangement of their year."""
    if min(days).year < year and not _calendar(seeds.NATION).is_published(year - 1):
        said = say("%(year)s年的放假安排还没有录入，请先录入那一年的。", year=year - 1)
        raise Invalid(said, {"rest": [said]})


def _span(first: date, last: date, year: int) -> list[date]:
    if not timedelta() <= last - first < LONGEST_HOLIDAY:
        raise Invalid(
            "放假的起止日期不对。",
            {"rest": [say("%(first)s 至 %(last)s：最后一天应在第一天之后一个月内。", first=first, last=last)]},
        )
    for day in (first, last):
        _check_belongs(day, year, "rest")
    return dates(first, last)


def _check_made_up(made_up: set[date], off: Mapping[date, str], year: int) -> None:
    for day in sorted(made_up):
        _check_belongs(day, year, "worked")
        if day.weekday() < 5:
            raise Invalid("调休上班的日子应是周末。", {"worked": [say("%(day)s 本来就是工作日。", day=day)]})
        if day in off:
            raise Invalid(
                "同一天不能既放假又上班。",
                {"worked": [say("%(day)s 已列为%(holiday)s放假。", day=day, holiday=off[day])]},
            )


def _check_belongs(day: date, year: int, field: str) -> None:
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise Invalid(
            "有日期不属于这一年的放假安排。",
            {field: [say("%(day)s 不属于 %(year)s 年的放假安排。", day=day, year=year)]},
        )


def _national_rows(year: int) -> Sequence[CalendarDay]:
    """The nation's days of a year that stand now; those of the December before go with the year before."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1) - DAY
    wanted = select(CalendarDay).where(CalendarDay.place_code == seeds.NATION, CalendarDay.date.between(first, last))
    return db.session.scalars(wanted).all()


def _code(place: str, day: date) -> str:
    return f"{place}:{day}"
