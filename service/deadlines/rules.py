"""How a term is counted: the arithmetic of hours and days on a calendar of working days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from service.sentences import say

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1950, 2099
LONGEST = 3660  # days: ten years; nothing here is promised for longer
DAY = timedelta(days=1)

Span = tuple[time, time]
Pause = tuple[datetime, datetime]
# Percent of a term after which it may be called near its end (临期); the ladder reminds then, too.
NEAR = 70
OFFICE_HOURS: tuple[Span, ...] = ((time(9), time(12)), (time(14, 30), time(17, 30)))


class Uncountable(ValueError):
    """A term cannot be counted; the sentence says why."""


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_HOURS = "working_hours"
    CLOCK_HOURS = "clock_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"

    @property
    def in_hours(self) -> bool:
        """True for the units that run by the second, false for those that count whole days."""
        return self in {Unit.WORKING_HOURS, Unit.CLOCK_HOURS}


# unit → how a length in it is said
LENGTHS = {
    Unit.WORKING_HOURS: "%(count)d 个工作小时",
    Unit.CLOCK_HOURS: "%(count)d 小时",
    Unit.WORKING_DAYS: "%(count)d 个工作日",
    Unit.CALENDAR_DAYS: "%(count)d 日",
}


@dataclass(frozen=True)
class Term:
    """A length of time, and the number of calendar days it may never exceed in all.

    Raises:
        Uncountable: the length or the cap is not between one and ten years.
    """

    length: int
    unit: Unit
    cap: int | None = None

    def __post_init__(self) -> None:
        most = LONGEST * 24 if self.unit.in_hours else LONGEST
        if not 1 <= self.length <= most:
            raise Uncountable(say("期限长度应在 1 到 %(most)s 之间。", most=most))
        if self.cap is not None and not 1 <= self.cap <= LONGEST:
            raise Uncountable(say("最长期限应在 1 到 %(longest)s 天之间。", longest=LONGEST))

    @property
    def spoken(self) -> str:
        """10 个工作日."""
        return say(LENGTHS[self.unit], count=self.length)


@dataclass(frozen=True)
class Mark:
    """A day that differs from its weekday: a holiday, or a weekend day that is worked."""

    working: bool
    name: str


@dataclass(frozen=True, eq=False)
class Year:
    """The marked days of one year, and whether they are the State Council's or only expected."""

    marks: Mapping[date, Mark]
    published: bool


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked, and at which hours.

    Attributes:
        years: the nation's years; every year asked for must be there.
        local: what a place decided otherwise.
        hours: spans of office hours of a working day, in order; the last one's end is the close of business.
    """

    years: Mapping[int, Year]
    local: Mapping[date, Mark] = field(default_factory=dict)
    hours: tuple[Span, ...] = OFFICE_HOURS

    def __post_init__(self) -> None:
        moments = [moment for span in self.hours for moment in span]
        if not moments or any(one >= other for one, other in zip(moments, moments[1:], strict=False)):
            raise Uncountable("办公时间应按先后写出起止，且不能为空。")

    def is_working(self, day: date) -> bool:
        """True on a day that is worked: the place's word first, then the nation's, then the weekday."""
        mark = self.local.get(day) or self.years[day.year].marks.get(day)
        return mark.working if mark else day.weekday() < 5

    def reason(self, day: date) -> str:
        """Why a day is worked or not, in Chinese."""
        if here := self.local.get(day):
            return say("地方调整上班：%(name)s" if here.working else "地方放假日：%(name)s", name=here.name)
        year = self.years[day.year]
        if mark := year.marks.get(day):
            off = "%(name)s假期" if year.published else "%(name)s假期（预计）"
            return "调休上班" if mark.working else say(off, name=mark.name)
        return "工作日" if day.weekday() < 5 else "周末"

    def is_published(self, year: int) -> bool:
        """True where the arrangement of the year's working days is known."""
        return self.years[year].published

    def close(self, day: date) -> datetime:
        """The close of business of a day, worked or not."""
        return datetime.combine(day, self.hours[-1][1], ZONE)

    def spans(self, day: date) -> tuple[Pause, ...]:
        """The office hours of a day; none where it is not worked."""
        return _dated(day, self.hours) if self.is_working(day) else ()

    def after(self, day: date) -> Iterator[date]:
        """The days after a day, as long as somebody works on some of them.

        Raises:
            Uncountable: a whole year without a working day, or past the last year that can be counted.
        """
        idle = 0
        while day.year <= LAST_YEAR:
            day += DAY
            idle = 0 if self.is_working(day) else idle + 1
            if idle > 366:
                raise Uncountable("日历中连续一年没有工作日，请检查放假安排。")
            yield day
        raise Uncountable(say("期限超出了 %(last)s 年，无法计算。", last=LAST_YEAR))


@dataclass(frozen=True)
class Day:
    """One day of an explanation."""

    date: date
    counted: bool
    reason: str


@dataclass(frozen=True)
class Deadline:
    """When a term ends (UTC), whether that may still change, and, where asked for, every day on the way.

    Attributes:
        unpublished: the years that were looked at and whose working days nobody knows yet.
        notes: what else decided it, in sentences for people.
    """

    due_at: datetime
    provisional: bool
    days: tuple[Day, ...] = ()
    unpublished: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def due(
    start: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause] = (), cap_from: datetime | None = None
) -> Deadline:
    """The moment a term ends.

    Day terms do not count the start day (民法典 201) and end at the close of business; a calendar-day term
    that ends on a rest day runs to the close of the next working day (民法典 203). A cap never rolls forward:
    it ends on the last working day of its days, or on its last day where none of them is worked.

    Args:
        start: aware datetime; counted in Asia/Shanghai.
        pauses: from and until, aware; working seconds or whole days that ran before them are kept. The cap runs on.
        cap_from: from when the cap counts, where an earlier term began it; the end may then lie before the start.
    Raises:
        Uncountable: a naive datetime, a pause that ends before it begins, a calendar without working days.
    """
    here, still = local(start), merged(pauses)
    end = _end(here, term, calendar, still)
    looked = end.date()
    if term.cap is not None and (latest := cap_end(here, term.cap, calendar, cap_from)) < end:
        end, looked = latest, _first(here, cap_from) + term.cap * DAY
    known_anyway = term.unit is Unit.CLOCK_HOURS and not term.cap
    years = () if known_anyway else range(min(here.year, end.year), looked.year + 1)
    unpublished = tuple(year for year in years if not calendar.is_published(year))
    return Deadline(end.astimezone(UTC), bool(unpublished), unpublished=unpublished)


def share(
    start: datetime,
    term: Term,
    percent: int,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    cap_from: datetime | None = None,
) -> datetime:
    """The moment (UTC) when a part of a term has run, in the term's own unit; a part of a day by its office hours.

    Of a term that its cap cuts short it is a part of what is left.
    """
    here, still = local(start), merged(pauses)
    length = _left_by_cap(here, term, calendar, still, cap_from)
    if term.unit.in_hours:
        part = timedelta(seconds=length * percent / 100)
        return _end_of_hours(here, part, term.unit, calendar, still).astimezone(UTC)
    whole, rest = divmod(length * percent, 100)
    last = _nth(here.date(), whole + bool(rest), term.unit, calendar, still)
    return (_within(last, rest, calendar) if rest else calendar.close(last)).astimezone(UTC)


def elapsed(start: datetime, until: datetime, unit: Unit, calendar: Calendar, pauses: Sequence[Pause] = ()) -> int:
    """How much of a term has run from its start to a moment: seconds of terms in hours, else whole days.

    The day of the moment counts as a whole, as the last day of a term does.
    """
    here, there, still = local(start), local(until), merged(pauses)
    if not unit.in_hours:
        return sum(_counts(day, unit, calendar, still) for day in dates(here.date() + DAY, there.date()))
    spans = [(here, there)] if unit is Unit.CLOCK_HOURS else _office_spans(here, there, calendar)
    return int(sum(((end - begin) for begin, end in running(spans, still)), timedelta()).total_seconds())


def is_near(
    now: datetime, start: datetime, end: datetime, unit: Unit | None, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> bool:
    """Whether so much of a term has run that little of it is left: in office hours, where it has any, or by the clock.

    Args:
        unit: what the term is counted in; None where only its end is known.
    """
    if unit is not Unit.CLOCK_HOURS and (whole := elapsed(start, end, Unit.WORKING_HOURS, calendar, pauses)):
        return elapsed(start, now, Unit.WORKING_HOURS, calendar, pauses) * 100 >= whole * NEAR
    whole = elapsed(start, end, Unit.CLOCK_HOURS, calendar, pauses)
    return elapsed(start, now, Unit.CLOCK_HOURS, calendar, pauses) * 100 >= whole * NEAR


def cap_end(start: datetime, cap: int, calendar: Calendar, cap_from: datetime | None = None) -> datetime:
    """The last moment that a cap allows: the close of the last working day of its days, else of its last day."""
    first = _first(local(start), cap_from)
    candidates = (first + back * DAY for back in range(cap, 0, -1))
    return calendar.close(next(filter(calendar.is_working, candidates), first + cap * DAY))


def dates(first: date, last: date) -> list[date]:
    """The days from one to another, both counted; none where the last is before the first."""
    return [first + index * DAY for index in range((last - first).days + 1)]


def local(moment: datetime) -> datetime:
    """A moment in Asia/Shanghai.

    Raises:
        Uncountable: it is naive, so nobody can say when it is, or out of all counted years.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Uncountable(say("时间缺少时区：%(moment)s", moment=f"{moment!r}"))
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise Uncountable(say("时间应在 %(first)s 年到 %(last)s 年之间。", first=FIRST_YEAR + 1, last=LAST_YEAR - 1))
    return moment.astimezone(ZONE)


def merged(pauses: Sequence[Pause]) -> list[Pause]:
    """Pauses in order, in Asia/Shanghai, those that touch made one."""
    joined: list[Pause] = []
    for begin, until in sorted((local(begin), local(until)) for begin, until in pauses):
        if until < begin:
            raise Uncountable("暂停的结束时间早于开始时间。")
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        elif begin < until:
            joined.append((begin, until))
    return joined


def is_paused(day: date, calendar: Calendar, pauses: Sequence[Pause]) -> bool:
    """True where a pause touched a day before its close, so that it did not run as a whole.

    The day of resuming is a start day, even where that is its first moment.
    """
    if not pauses:
        return False
    begin, close = datetime.combine(day, time(), ZONE), calendar.close(day)
    return any(stop < close and again >= begin for stop, again in pauses)


def running(spans: Sequence[Pause], pauses: Sequence[Pause]) -> Iterator[Pause]:
    """The parts of spans that no pause covers."""
    for begin, end in spans:
        for stop, again in pauses:
            if stop < end and again > begin:
                if begin < stop:
                    yield begin, stop
                begin = again
        if begin < end:
            yield begin, end


def _end(start: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause]) -> datetime:
    """Where a term ends before any cap."""
    if term.unit.in_hours:
        return _end_of_hours(start, timedelta(hours=term.length), term.unit, calendar, pauses)
    last = _nth(start.date(), term.length, term.unit, calendar, pauses)
    if not calendar.is_working(last):
        last = _nth(last, 1, Unit.WORKING_DAYS, calendar, pauses)
    return calendar.close(last)


def _nth(day: date, count: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause]) -> date:
    """The day on which so many whole days after a day have run."""
    left = count
    for later in calendar.after(day):
        left -= _counts(later, unit, calendar, pauses)
        if left == 0:
            return later
    raise AssertionError("unreachable: the days after a day end with an error")


def _counts(day: date, unit: Unit, calendar: Calendar, pauses: Sequence[Pause]) -> bool:
    """Whether a day is one of those that a term in days is made of."""
    return (unit is Unit.CALENDAR_DAYS or calendar.is_working(day)) and not is_paused(day, calendar, pauses)


def _end_of_hours(
    start: datetime, left: timedelta, unit: Unit, calendar: Calendar, pauses: Sequence[Pause]
) -> datetime:
    """The moment so much time has run, round the clock or in office hours."""
    if unit is Unit.CLOCK_HOURS:
        return _round_the_clock(start, left, pauses)
    for day in calendar.after(start.date() - DAY):
        for begin, end in running(calendar.spans(day), pauses):
            begin = max(begin, start)
            if end - begin >= left:
                return begin + left
            left -= max(end - begin, timedelta())
    raise AssertionError("unreachable: the days after a day end with an error")


def _round_the_clock(start: datetime, left: timedelta, pauses: Sequence[Pause]) -> datetime:
    end = start.astimezone(UTC) + left
    for stop, again in pauses:
        if stop < end and again > start:
            end += again - max(stop, start)
    return end.astimezone(ZONE)


def _office_spans(start: datetime, until: datetime, calendar: Calendar) -> list[Pause]:
    """The office hours between two moments."""
    spans = (span for day in dates(start.date(), until.date()) for span in calendar.spans(day))
    return [(max(begin, start), min(end, until)) for begin, end in spans if begin < until and end > start]


def _left_by_cap(
    start: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause], cap_from: datetime | None
) -> int:
    """The length of a term, in seconds or days, or what of it the cap leaves."""
    whole = term.length * 3600 if term.unit.in_hours else term.length
    if term.cap is None:
        return whole
    latest = cap_end(start, term.cap, calendar, cap_from)
    return min(whole, max(elapsed(start, latest, term.unit, calendar, pauses), 1))


def _first(start: datetime, cap_from: datetime | None) -> date:
    """The day after which the days of a cap count."""
    return local(cap_from).date() if cap_from else start.date()


def _within(day: date, percent: int, calendar: Calendar) -> datetime:
    """The moment of a day when a part of its office hours is over."""
    spans = _dated(day, calendar.hours)
    left = sum((end - begin for begin, end in spans), timedelta()) * percent / 100
    for begin, end in spans:
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return calendar.close(day)


def _dated(day: date, hours: Sequence[Span]) -> tuple[Pause, ...]:
    return tuple((datetime.combine(day, begin, ZONE), datetime.combine(day, end, ZONE)) for begin, end in hours)
