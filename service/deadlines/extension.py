"""How much longer a clock runs when its end is moved to another day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from service.deadlines.ladder import Course
from service.deadlines.rules import LONGEST, Calendar, Term, Unit, cap_end, due, elapsed, local
from service.sentences import say

NO_LONGER = {
    Unit.WORKING_HOURS: "总计不得超过%(count)d个工作小时",
    Unit.CLOCK_HOURS: "总计不得超过%(count)d小时",
    Unit.WORKING_DAYS: "总计不得超过%(count)d个工作日",
    Unit.CALENDAR_DAYS: "总计不得超过%(count)d日",
}


class NotExtendable(ValueError):
    """A clock cannot be extended to that day; the sentence says why."""


@dataclass(frozen=True)
class Extension:
    """What an extension makes of a clock.

    Attributes:
        length: of a term in days the whole length in its unit, from the start; where a moment is set instead (a clock
            in hours, or one that a superior limited), the calendar days from the start day to the last day.
        moment: that moment, the close of business of the last day; None for a longer term.
    """

    length: int
    due_at: datetime
    moment: datetime | None = None


def extended(course: Course, until: date, was: datetime, longest: int | None, calendar: Calendar) -> Extension:
    """The extension that makes a clock end with a day.

    Args:
        was: the clock's present limit.
        longest: the most its term may come to, in its own unit.
    Raises:
        NotExtendable: a rest day, not later than the present limit, or past what the law and the rule allow.
    """
    term, last = course.term, calendar.close(until)
    _check_room(until, last, was, course)
    if (term is None or term.unit is not Unit.CLOCK_HOURS) and not calendar.is_working(until):
        raise NotExtendable(
            say("%(until)s不上班（%(reason)s），请选一个工作日。", until=until, reason=calendar.reason(until))
        )
    counting, _ends = course.only(calendar)
    for latest, why in _limits(course, counting, longest, calendar):
        if last > latest:
            raise NotExtendable(say("最晚可以延到%(latest)s：%(why)s。", latest=latest, why=why))
    if counting.term is None or counting.term.unit.in_hours:
        return to_moment(course, (until - local(course.start).date()).days, calendar)
    return _longer(course, counting.term, last, longest, calendar)


def to_moment(course: Course, days: int, calendar: Calendar) -> Extension:
    """The extension to the close of business so many calendar days after the start day."""
    close = calendar.close(local(course.start).date() + timedelta(days=days))
    return Extension(days, close, close)


def _check_room(until: date, last: datetime, was: datetime, course: Course) -> None:
    if last <= was:
        raise NotExtendable(say("延期后的日期应当晚于现在的期限（%(was)s）。", was=was))
    if (until - local(course.start).date()).days > LONGEST:
        raise NotExtendable("延期后的日期太远，请重新选择。")


def _limits(
    course: Course, counting: Course, longest: int | None, calendar: Calendar
) -> Iterator[tuple[datetime, str]]:
    """How far an extension may reach, and why: by the cap, the rule, a superior, or the term under a superior's."""
    term, start, cap_from = course.term, course.start, course.cap_from
    if term is None:
        return
    if counting.term is None:
        yield due(start, term, calendar, course.pauses, cap_from).due_at, "办理期限本身到此为止"
        return
    if course.fixed is not None:
        yield course.fixed, "上级要求在此之前办结"
    if term.cap is not None:
        yield cap_end(start, term.cap, calendar, cap_from), say("总计不得超过%(count)d日", count=term.cap)
    if longest is not None:
        most = replace(term, length=longest)
        yield (
            due(start, most, calendar, course.pauses, cap_from).due_at,
            say(NO_LONGER[term.unit], count=longest),
        )


def _longer(course: Course, term: Term, last: datetime, longest: int | None, calendar: Calendar) -> Extension:
    """The length that reaches a day; a term in calendar days may reach it by rolling over rest days."""
    length = elapsed(course.start, last, term.unit, calendar, course.pauses)
    longer = replace(term, length=max(min(length, longest or length), 1))
    ends = due(course.start, longer, calendar, course.pauses, course.cap_from).due_at
    if ends != last:
        raise NotExtendable(say("%(last)s不在计时的日子里（这一天曾暂停计时），请选晚一天。", last=last))
    return Extension(longer.length, ends)
