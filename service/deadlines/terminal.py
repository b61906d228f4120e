"""A deadline asked and answered on a terminal."""

import re
from collections.abc import Iterator
from datetime import datetime

from service.clock import ZONE, spoken
from service.deadlines.explanation import explain
from service.deadlines.rules import Calendar, Deadline, Term, Uncountable, Unit
from service.errors import Invalid
from service.sentences import say

SHAPE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
WEEKDAYS = "一二三四五六日"
WRITTEN = "开始时间要写成 2026-02-13、2026-02-13 16:00 或 2026-02-13T16:00+08:00。"


def ask(written: str, length: int, unit: Unit, cap: int | None, calendar: Calendar) -> Deadline:
    """The deadline of a term that starts at a written moment, day by day.

    Raises:
        Invalid: the moment cannot be read, or the term cannot be counted.
    """
    start = moment(written)
    try:
        return explain(start, Term(length, unit, cap), calendar)
    except Uncountable as error:
        raise Invalid(str(error)) from error


def moment(written: str) -> datetime:
    """A moment from how people or systems write it; without a zone it is meant in Asia/Shanghai.

    Raises:
        Invalid: it is no moment.
    """
    plain = written.strip()
    # fromisoformat alone takes more than a person should write: weeks, any separator, a NUL at the end.
    if not SHAPE.fullmatch(plain):
        raise Invalid(WRITTEN, {"start": [WRITTEN]})
    try:
        read = datetime.fromisoformat(plain)
    except ValueError as error:
        absent = say("没有 %(written)s 这一天或这个时刻，请核对。", written=plain)
        raise Invalid(absent, {"start": [absent]}) from error
    return read if read.tzinfo else read.replace(tzinfo=ZONE)


def lines(deadline: Deadline) -> Iterator[str]:
    """A deadline as lines for people: the moment first, then each day."""
    doubt = "（暂定：途经年份的放假安排尚未公布）" if deadline.provisional else ""
    yield f"到期：{spoken(deadline.due_at)}{doubt}"
    for day in deadline.days:
        yield f"{day.date} 周{WEEKDAYS[day.date.weekday()]}  {'计' if day.counted else '　'}  {day.reason}"
