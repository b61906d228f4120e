"""The figures that everybody may read: of quarters that are over, and no number that points at somebody.

Nothing is told of a quarter before its end, and quarters do not overlap: nobody gets at a small number by taking one
page from a later one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Integer, case, cast, func, literal, literal_column, select, tuple_

from service.clock import ZONE, local
from service.complaints.figures import FEWEST
from service.db import db
from service.directory.rules import Directory
from service.insight.tallying import source

QUARTERS = 4
MONTHS_OF_QUARTER = 3
# By what the complaints of a quarter are told apart.
KEYS = ("month", "family", "region")
NONE: ColumnElement[int] = literal_column("0", Integer)
WHOLE = ""


@dataclass(frozen=True)
class Count:
    """What was counted of one month, family or place.

    Attributes:
        filed: complaints that came in; due, on_time: result clocks that ended, and those of them met in time.
    """

    filed: int = 0
    due: int = 0
    on_time: int = 0


@dataclass(frozen=True)
class Line:
    """The same as it may be published: None where it is too small, or would tell what is."""

    code: str
    filed: int | None
    due: int | None
    on_time: int | None

    @property
    def rate(self) -> float | None:
        """The on-time rate (按期办结率)."""
        return self.on_time / self.due if self.due and self.on_time is not None else None


@dataclass(frozen=True)
class Quarter:
    """Three months by themselves, by family and by place; the last line of each is the whole."""

    first: date
    months: Sequence[Line]
    families: Sequence[Line]
    places: Sequence[Line]


def withheld(numbers: Sequence[int], fewest: int = FEWEST) -> frozenset[int]:
    """The positions of numbers that are not published beside their sum.

    The small ones, and as many of the next smallest as it takes that the sum without the others points at none of
    them: what is withheld is then at least two numbers, and together not small either.
    """
    rising = sorted(range(len(numbers)), key=numbers.__getitem__)
    small = sum(number < fewest for number in numbers)
    if small == 0:
        return frozenset()
    enough = (count for count in range(max(small, 2), len(rising) + 1) if _sum(numbers, rising[:count]) >= fewest)
    return frozenset(rising[: next(enough, len(rising))])


def _sum(numbers: Sequence[int], those: Iterable[int]) -> int:
    return sum(numbers[at] for at in those)


def published(counted: Mapping[str, Count]) -> list[Line]:
    """Lines with their sum as the last; what was filed and what fell due are withheld each by itself."""
    codes, counts = list(counted), list(counted.values())
    hidden = {name: withheld([getattr(one, name) for one in counts]) for name in ("filed", "due")}
    lines = [_line(code, one, at in hidden["filed"], at in hidden["due"]) for at, (code, one) in
             enumerate(zip(codes, counts, strict=True))]  # fmt: skip
    whole = Count(*(sum(getattr(one, name) for one in counts) for name in ("filed", "due", "on_time")))
    return [*lines, _line(WHOLE, whole, whole.filed < FEWEST, whole.due < FEWEST)]


def _line(code: str, one: Count, no_filed: bool, no_due: bool) -> Line:
    return Line(code, *((None,) if no_filed else (one.filed,)), *((None, None) if no_due else (one.due, one.on_time)))


# --- counting --------------------------------------------------------------------------------------------------------


def opened(now: datetime, book: Directory) -> list[Quarter]:
    """The last quarters that are over, the newest first, in two statements beside those that bring the tallies.

    Only quarters to which somebody filed something or before; what is sealed is left out.
    """
    until = first_of_quarter(local(now).date())
    quarters = [_months_on(until, -MONTHS_OF_QUARTER * back) for back in range(1, QUARTERS + 1)]
    tallies = source(now).rows.c
    rows = [*_filed(tallies, quarters[-1], until), *_due(tallies, quarters[-1], until)]
    begun = min((row.quarter for row in rows), default=until)
    return [
        _quarter(first, [row for row in rows if row.quarter == first], book) for first in quarters if first >= begun
    ]


def first_of_quarter(day: date) -> date:
    """The day with which its quarter began."""
    return day.replace(month=day.month - (day.month - 1) % MONTHS_OF_QUARTER, day=1)


def _months_on(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _quarter(first: date, rows: Sequence[Any], book: Directory) -> Quarter:
    months = [f"{_months_on(first, later):%Y-%m}" for later in range(MONTHS_OF_QUARTER)]
    leagues = [place.code for place in book.places.values() if place.parent == book.region]
    by = {kind: [row for row in rows if row.kind == kind] for kind in KEYS}
    return Quarter(
        first,
        published(_added(((f"{row.month:%Y-%m}", row) for row in by["month"]), months)),
        published(_added(((row.family or "", row) for row in by["family"]), book.families)),
        published(_added(((_league(row.region, book), row) for row in by["region"]), leagues)),
    )


def _league(region: str | None, book: Directory) -> str:
    """The league that a place belongs to; the region itself for what lies in none or nobody knows where."""
    chain = book.chain(region or book.region)
    return chain[-2] if len(chain) > 1 else book.region


def _added(rows: Iterable[tuple[str, Any]], codes: Iterable[str]) -> dict[str, Count]:
    """Rows added up by a code; each code in its order, and then what else there is."""
    found = {code: Count() for code in codes}
    for code, row in rows:
        one = found.get(code, Count())
        found[code] = Count(one.filed + row.filed, one.due + row.due, one.on_time + row.on_time)
    return found


def _filed(tallies: Any, since: date, until: date) -> Sequence[Any]:
    """What came in: each complaint once, in its round 0."""
    counts = (func.count(), NONE, NONE)
    return _grouped(tallies, tallies.filed_on, counts, (tallies.round == 0, *_within(tallies.filed_on, since, until)))


def _due(tallies: Any, since: date, until: date) -> Sequence[Any]:
    """Which results fell due, and which of them were met; what was taken out of the judged figures is in none."""
    day = cast(func.timezone(literal_column(f"'{ZONE}'"), tallies.result_due), Date)
    counts = (NONE, func.count(), func.count().filter(literal_column("met", Boolean)))
    return _grouped(tallies, day, counts, (~tallies.excluded, *_within(day, since, until)))


def _within(day: Any, since: date, until: date) -> tuple[Any, ...]:
    return day >= since, day < until


def _grouped(tallies: Any, day: Any, counts: Sequence[Any], wanted: Sequence[Any]) -> Sequence[Any]:
    """Counts of each quarter by month, by family and by place, in one pass."""
    month, quarter = (cast(func.date_trunc(unit, day), Date).label(unit) for unit in ("month", "quarter"))
    family = func.split_part(tallies.category, ".", 1).label("family")
    rows = select(month, quarter, family, tallies.region, tallies.result_met.label("met"))
    one = rows.where(*wanted, ~tallies.sealed).subquery("one").c
    sets = func.grouping_sets(*(tuple_(one.quarter, one[name]) for name in KEYS))
    kind = case(*((func.grouping(one[name]) == 0, literal(name)) for name in KEYS)).label("kind")
    named = [count.label(name) for count, name in zip(counts, ("filed", "due", "on_time"), strict=True)]
    query = select(one.quarter, *(one[name] for name in KEYS), kind, *named).group_by(sets)
    return db.session.execute(query).all()
