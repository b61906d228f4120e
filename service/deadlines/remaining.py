"""How much working time is left until a moment, or has passed since."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.deadlines.rules import DAY, Calendar, dates, local


@dataclass(frozen=True)
class Left:
    """What lies between now and a deadline, in working time.

    Attributes:
        late: whether the deadline is behind.
        days: working days after the earlier of the two days, the later one counted.
        time: office hours between the two, where they are less than one working day's; None where days say it better.
    """

    late: bool
    days: int
    time: timedelta | None


def left(now: datetime, due_at: datetime, calendar: Calendar) -> Left:
    """The working time from now to a deadline, or from a missed deadline to now.

    Args:
        now, due_at: aware datetimes; days are those of Asia/Shanghai.
    Raises:
        Uncountable: one of them is naive or out of all counted years.
    """
    begin, end = sorted((local(now), local(due_at)))
    days = sum(map(calendar.is_working, dates(begin.date() + DAY, end.date())))
    # A whole working day or more is told in days: no hours to add up over months.
    time = _office_time(begin, end, calendar) if days <= 1 else None
    whole = time is not None and days and time >= _length(calendar)
    return Left(due_at < now, days, None if whole else time)


def _office_time(begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    spans = (span for day in dates(begin.date(), end.date()) for span in calendar.spans(day))
    parts = (min(until, end) - max(since, begin) for since, until in spans)
    return sum((part for part in parts if part > timedelta()), timedelta())


def _length(calendar: Calendar) -> timedelta:
    """The office hours of one working day."""
    day = date(2000, 1, 3)
    moments = [(datetime.combine(day, since), datetime.combine(day, until)) for since, until in calendar.hours]
    return sum((until - since for since, until in moments), timedelta())
