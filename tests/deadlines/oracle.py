"""Deadlines by brute force, written apart from the engine: minute by minute, or day by day, each pause a new start."""

from datetime import date, datetime, time, timedelta, timezone
from functools import cache

import holidays

HERE = timezone(timedelta(hours=8))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MORNING, AFTERNOON = (time(9), time(12)), (time(14, 30), time(17, 30))
CHINA = holidays.China(years=range(2018, 2030), language="zh_CN")


@cache
def works(day: date) -> bool:
    return CHINA.is_working_day(day)


@cache
def published(year: int) -> bool:
    return any(day.year == year for day in CHINA.weekend_workdays)


def close(day: date) -> datetime:
    return datetime.combine(day, time(17, 30), HERE)


def due(start, length, unit, cap=None, pauses=(), cap_from=None):
    """The moment a term ends, and whether the days looked at lie in a year that is not published."""
    start = start.astimezone(HERE)
    first = (cap_from or start).astimezone(HERE).date()
    pauses = [(begin.astimezone(HERE), end.astimezone(HERE)) for begin, end in pauses if begin < end]
    walk = {"working_hours": _minutes, "clock_hours": _minutes, "working_days": _days, "calendar_days": _days}
    end = walk[unit](start, length, unit, pauses)
    seen = end.date()
    if cap and _cap(first, cap) < end:
        end, seen = _cap(first, cap), first + cap * DAY
    if unit == "clock_hours" and not cap:
        return end, False
    return end, not all(published(year) for year in range(min(start.year, end.year), seen.year + 1))


def extension(start, until, was, unit, cap=None, longest=None, pauses=(), cap_from=None):
    """The shortest length whose term ends with a day, by trying them all; None where the day cannot be granted."""
    if not works(until) or close(until) <= was:
        return None
    for length in range(1, (longest or 400) + 1):
        if due(start, length, unit, cap, pauses, cap_from)[0] == close(until):
            return length
    return None


def _cap(first, days):
    later = [first + n * DAY for n in range(1, days + 1)]
    worked = [day for day in later if works(day)]
    return close(worked[-1] if worked else later[-1])


def _minutes(start, length, unit, pauses):
    moment, left = start, length * 60
    while left:
        held = any(begin <= moment < end for begin, end in pauses)
        left -= not held and (unit == "clock_hours" or _office(moment))
        moment += MINUTE
    return moment


def _office(moment):
    at = moment.time()
    return works(moment.date()) and (MORNING[0] <= at < MORNING[1] or AFTERNOON[0] <= at < AFTERNOON[1])


def _days(start, length, unit, pauses):
    """Whole days; a pause that begins before a day's close makes the day of resuming a new start day."""
    waiting = sorted((max(begin, start), end) for begin, end in pauses if end > start)
    day, ran = start.date(), 0
    while True:
        day += DAY
        if waiting and waiting[0][0] < close(day):
            _, resumed = waiting.pop(0)
            while waiting and waiting[0][0] <= resumed:
                resumed = max(resumed, waiting.pop(0)[1])
            day = resumed.date()
            continue
        if ran < length:
            ran += unit == "calendar_days" or works(day)
        if ran == length and works(day):
            return close(day)
