"""China's working days, as the State Council arranges them year by year."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

import holidays

from service.deadlines.rules import DAY, FIRST_YEAR, LAST_YEAR, Mark, Year

PACKAGE = holidays.__version__
# How the package names a day that is off only because another one is worked.
SWAPPED = "休息日"
EVE, FESTIVAL = "农历除夕", "春节"
# The first year for which a calendar here was ever asked in earnest.
PUBLISHED_FROM = 2019


class Years(dict[int, Year]):
    """The nation's years, each worked out when first asked for.

    Args:
        notices: days of arrangements that the package does not have yet, from data/working_days.yaml.
    """

    def __init__(self, notices: Mapping[date, Mark]) -> None:
        super().__init__()
        self._notices = notices

    def __missing__(self, year: int) -> Year:
        noticed = {day: mark for day, mark in self._notices.items() if day.year == year}
        known, made_up = _packaged(year)
        expected = {} if noticed and not made_up else known
        self[year] = Year({**expected, **noticed}, bool(noticed or made_up))
        return self[year]


def load(year: int) -> None:
    """Work out the years around one, some 20 ms each, before a server forks and the first filing waits for them."""
    for near in range(year - 1, year + 3):
        _packaged(near)


@cache
def _packaged(year: int) -> tuple[dict[date, Mark], bool]:
    """What the package says of a year, and whether it knows the year's make-up days.

    For a year that is not published yet the package names only the festivals, so make-up days tell the two apart.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}, False
    china = holidays.China(years=[year - 1, year, year + 1], language="zh_CN")
    worked = {day for day in china.weekend_workdays if day.year == year}
    rest = {day: Mark(False, name) for day, name in _named(china, year)}
    return {**rest, **{day: Mark(True, "") for day in worked}}, bool(worked)


def _named(china: holidays.China, year: int) -> Iterator[tuple[date, str]]:
    """The days off around each holiday, weekends between them too, with the names of the run's festivals."""
    day, last = date(year, 1, 1), date(year, 12, 31)
    while day <= last:
        run = _run(china, day)
        if name := _festivals(china, run):
            yield from ((off, name) for off in run if off.year == year)
        day = max([day, *run]) + DAY


def _run(china: holidays.China, day: date) -> list[date]:
    """The unbroken days off that a day stands in, in order."""
    if china.is_working_day(day):
        return []
    first = last = day
    while not china.is_working_day(first - DAY):
        first -= DAY
    while not china.is_working_day(last + DAY):
        last += DAY
    return [first + index * DAY for index in range((last - first).days + 1)]


def _festivals(china: holidays.China, run: list[date]) -> str:
    """The festivals of a run of days off, each once: 国庆节、中秋节."""
    written = (name for day in run for name in china.get_list(day))
    plain = (re.sub(r"（.*）", "", name).replace(EVE, FESTIVAL) for name in written)
    return "、".join(dict.fromkeys(name for name in plain if name != SWAPPED))
