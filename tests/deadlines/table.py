"""Some hundred terms around every trap of the calendar, and what the whole engine makes of them.

Run as a program it prints the outcomes, so that two servers in different zones can be compared.
"""

from datetime import datetime, timedelta
from itertools import product

from service.deadlines.calendar import Years
from service.deadlines.explanation import explain
from service.deadlines.extension import NotExtendable, extended
from service.deadlines.ladder import RUNGS, Course, plan
from service.deadlines.remaining import left
from service.deadlines.rules import ZONE, Calendar, Term, Unit

CHINA = Calendar(Years({}))
# Before and after holidays, on make-up days, on days off, at year ends, into a year that nobody published.
STARTS = [
    "2019-04-30 16:00", "2019-12-31 10:00", "2020-01-17 09:00", "2020-01-24 10:00", "2021-02-06 23:59",
    "2021-02-07 12:30", "2022-01-29 17:30", "2022-12-30 18:00", "2023-01-20 14:29", "2023-04-23 09:00",
    "2023-09-28 16:45", "2024-02-04 08:59", "2024-02-09 00:00", "2024-02-18 17:29", "2024-09-29 10:00",
    "2025-01-26 11:59", "2025-09-28 15:00", "2025-10-11 12:00", "2025-12-31 17:00", "2026-01-04 09:00",
    "2026-01-26 09:00", "2026-02-13 16:00", "2026-02-14 17:31", "2026-02-28 10:00", "2026-05-09 10:00",
    "2026-09-20 12:00", "2026-09-30 10:00", "2026-10-10 16:30", "2026-12-18 10:00", "2026-12-31 17:00",
    "2027-02-05 10:00",
]  # fmt: skip
LENGTHS = [
    (Unit.WORKING_HOURS, 4, None), (Unit.WORKING_HOURS, 13, None), (Unit.CLOCK_HOURS, 2, None),
    (Unit.CLOCK_HOURS, 24, None), (Unit.WORKING_DAYS, 1, None), (Unit.WORKING_DAYS, 5, None),
    (Unit.WORKING_DAYS, 15, None), (Unit.WORKING_DAYS, 30, 20), (Unit.CALENDAR_DAYS, 30, 90),
    (Unit.CALENDAR_DAYS, 60, 60), (Unit.CALENDAR_DAYS, 7, None),
]  # fmt: skip


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


# Every start with every term; every third held for a while, every fifth under a cap that began before it.
CASES = [
    (
        at(start),
        Term(length, unit, cap),
        [(at(start) + timedelta(days=1, hours=2), at(start) + timedelta(days=5, hours=7))] if number % 3 == 0 else [],
        at(start) - timedelta(days=number % 70) if number % 5 == 0 else None,
    )
    for number, (start, (unit, length, cap)) in enumerate(product(STARTS, LENGTHS))
]
IDS = [f"{start:%Y%m%d-%H%M}-{term.length}-{term.unit}" for start, term, _, _ in CASES]


def outcome(start, term, pauses, cap_from):
    """All that the engine says of one case."""
    course = Course(start, term, None, pauses, cap_from)
    way = plan(list(RUNGS), course, CHINA)
    told = explain(start, term, CHINA, pauses, cap_from)
    until = way.deadline.due_at.astimezone(ZONE).date() + timedelta(days=6)
    try:
        longer = extended(course, until, way.deadline.due_at, None, CHINA)
    except NotExtendable as refusal:
        longer = str(refusal)
    return way, told, longer, left(start, way.deadline.due_at, CHINA)


if __name__ == "__main__":
    for case in CASES:
        print(*outcome(*case))  # noqa: T201
