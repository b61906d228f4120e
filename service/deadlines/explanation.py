"""A deadline told day by day: which days counted, which did not, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from service.deadlines.ladder import Course
from service.deadlines.rules import (
    DAY,
    ZONE,
    Calendar,
    Day,
    Deadline,
    Pause,
    Term,
    Unit,
    dates,
    due,
    is_paused,
    local,
    merged,
    running,
)
from service.sentences import say

# Which of hours, minutes and seconds a length has → how it is told.
LENGTHS = {
    (False, False, False): "不足1秒",
    (True, False, False): "%(hours)s小时",
    (True, True, False): "%(hours)s小时%(minutes)s分",
    (True, False, True): "%(hours)s小时%(seconds)s秒",
    (True, True, True): "%(hours)s小时%(minutes)s分%(seconds)s秒",
    (False, True, False): "%(minutes)s分",
    (False, True, True): "%(minutes)s分%(seconds)s秒",
    (False, False, True): "%(seconds)s秒",
}


def told(course: Course, calendar: Calendar, extended: bool = False, since: datetime | None = None) -> Deadline:
    """A clock's deadline with every day and with all that moved it; no days where only a set moment counts.

    Args:
        extended: whether somebody granted it more time than it started with.
        since: since when it stands still.
    """
    counting, plain = course.only(calendar)
    deadline = plain
    if counting.term is not None:
        deadline = explain(course.start, counting.term, calendar, course.pauses, course.cap_from)
    return replace(deadline, notes=tuple(_notes(counting, deadline, extended, since)))


def _notes(counting: Course, deadline: Deadline, extended: bool, since: datetime | None) -> Iterator[str]:
    ends, term = deadline.due_at, counting.term
    if extended:
        yield say("延期至%(ends)s，经批准", ends=ends)
    elif term is None:
        yield say("上级要求在%(ends)s之前办结", ends=ends)
    if term is not None:
        yield from (
            say("%(begin)s至%(until)s暂停计时", begin=begin, until=until) for begin, until in merged(counting.pauses)
        )
        if since is not None:
            yield say("%(since)s起暂停计时", since=since)
        if term.cap is not None:
            yield say("%(cap)s，不因暂停或转办而延长", cap=_capped(counting))
    if deadline.unpublished:
        years = [str(year) for year in deadline.unpublished]
        yield say("%(years)s年放假安排尚未公布，期限为暂定，公布后重新计算", years=years)


def _capped(course: Course) -> str:
    """The cap in words, with the day from which it counts where that is not the start."""
    assert course.term is not None
    if course.cap_from is None:
        return say("总计不超过%(count)d日", count=course.term.cap)
    return say("自%(first)s起总计不超过%(count)d日", first=local(course.cap_from).date(), count=course.term.cap)


def explain(
    start: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause] = (), cap_from: datetime | None = None
) -> Deadline:
    """The same deadline as due(), with every day from the start day to the last."""
    deadline = due(start, term, calendar, pauses, cap_from)
    course = _Course(local(start), local(deadline.due_at), term, calendar, merged(pauses))
    days = list(course.days())
    if deadline.due_at < due(start, replace(term, cap=None), calendar, pauses).due_at and days:
        cut = _capped(Course(start, term, cap_from=cap_from))
        days[-1] = replace(days[-1], reason=say("%(reason)s，%(cut)s，到此为止", reason=days[-1].reason, cut=cut))
    return replace(deadline, days=tuple(days))


@dataclass(frozen=True)
class _Course:
    """A term on its way from start to end, both in Asia/Shanghai."""

    start: datetime
    end: datetime
    term: Term
    calendar: Calendar
    pauses: list[Pause]

    def days(self) -> Iterator[Day]:
        """Every day that the term touches, the start day first."""
        if self.term.unit.in_hours:
            yield from map(self._day_of_hours, dates(self.start.date(), self.end.date()))
            return
        yield Day(self.start.date(), False, "起算日不计")
        later = dates(self.start.date() + DAY, self.end.date())
        yield from map(self._working_day, later) if self.term.unit is Unit.WORKING_DAYS else self._calendar_days(later)

    def _working_day(self, day: date) -> Day:
        worked, paused = self.calendar.is_working(day), is_paused(day, self.calendar, self.pauses)
        return Day(day, worked and not paused, "暂停" if worked and paused else self.calendar.reason(day))

    def _calendar_days(self, days: Sequence[date]) -> Iterator[Day]:
        left = self.term.length
        for day in days:
            paused = is_paused(day, self.calendar, self.pauses)
            counted = left > 0 and not paused
            left -= counted
            yield Day(day, counted, "暂停" if paused else self._calendar_day(day, counted))

    def _calendar_day(self, day: date, counted: bool) -> str:
        """Why a day of a calendar-day term counted, or only carries its end to a working day."""
        reason = self.calendar.reason(day)
        if self.calendar.is_working(day):
            return reason if counted else say("%(reason)s，期限顺延到这一天", reason=reason)
        return say("%(reason)s，按自然日计入", reason=reason) if counted else say("%(reason)s，顺延", reason=reason)

    def _day_of_hours(self, day: date) -> Day:
        """One day of a term in hours, with the time of it that ran."""
        spans, reason = self._spans(day)
        within = [(max(begin, self.start), min(until, self.end)) for begin, until in spans]
        within = [(begin, until) for begin, until in within if begin < until]
        ran = sum((until - begin for begin, until in running(within, self.pauses)), timedelta())
        if ran:
            return Day(day, True, say("%(reason)s，计%(ran)s", reason=reason, ran=_length(ran)))
        if within:
            return Day(day, False, "暂停")
        return Day(day, False, say("%(reason)s，办公时间已过", reason=reason) if spans else reason)

    def _spans(self, day: date) -> tuple[Sequence[Pause], str]:
        """The hours of a day in which the term can run, and what to call them."""
        if self.term.unit is Unit.WORKING_HOURS:
            return self.calendar.spans(day), self.calendar.reason(day)
        midnight = datetime.combine(day, time(), ZONE)
        return [(midnight, midnight + DAY)], "昼夜连续计时"


def _length(ran: timedelta) -> str:
    """A length of time in words: 3小时30分."""
    minutes, seconds = divmod(round(ran.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    told = LENGTHS[hours > 0, minutes > 0, seconds > 0]
    return say(told, hours=hours, minutes=minutes, seconds=seconds)
