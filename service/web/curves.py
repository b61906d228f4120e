"""Figures as drawings: where in an SVG the marks, lines and dots of a diagram stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Pair = tuple[float, float]

# In units of the drawing, which is as wide as it is on a telephone: text in it stays readable there.
WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 44, 342, 26, 214
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
MOST_MARKS = 6
SMALLEST_DOT, LARGEST_DOT = 2.5, 8.0
BAR = 160  # the width of an interval or a bar inside a table
HALF = 0.5  # what a whole bar stands for where no share is larger
ROOM = 4  # left free at both ends of an interval's scale, so that dots are whole


class Scale(NamedTuple):
    """Values from `least` to `most` as places from `start` to `end`."""

    least: float
    most: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value stands; one outside stands at the border."""
        share = (min(max(value, self.least), self.most) - self.least) / (self.most - self.least)
        return round(self.start + share * (self.end - self.start), 1)


class Mark(NamedTuple):
    """A value written at an axis."""

    at: float
    label: str


class Dot(NamedTuple):
    """A value drawn as a dot."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Chart:
    """A diagram.

    Attributes:
        x, y: the marks of both axes.
        line: the path of what was measured; rule: that of what it is to be held against.
    """

    x: tuple[Mark, ...]
    y: tuple[Mark, ...]
    line: str
    rule: str
    dots: tuple[Dot, ...] = ()


class Span(NamedTuple):
    """An interval as a bar with a dot, on the scale that it shares with others; `zero` is where nothing differs."""

    start: float
    width: float
    dot: float
    zero: float


def risk_coverage(curve: Sequence[Pair], limit: float, chosen: Pair | None = None) -> Chart:
    """The error among the surest texts, by how many of them are let through.

    Args:
        curve: coverage and error, both as shares.
        limit: the error that is allowed, drawn across.
        chosen: the point at which the thresholds stand.
    """
    across, up = _across(), _up(max([limit, *(error for _, error in curve)]) * 1.05)
    dots = [Dot(across.at(chosen[0]), up.at(chosen[1]), 5.0)] if chosen else []
    rule = path([(LEFT, up.at(limit)), (RIGHT, up.at(limit))])
    return Chart(_marks(across), _marks(up), path((across.at(x), up.at(y)) for x, y in curve), rule, tuple(dots))


def calibration(bins: Sequence[tuple[float, float, int]]) -> Chart:
    """How often the model was right, by how sure it was; the diagonal is where it would keep its word.

    Args:
        bins: mean confidence, accuracy, and how many texts; a dot's area grows with them.
    """
    across, up = _across(), _up(1.0)
    most = max((count for *_, count in bins), default=1)
    dots = tuple(Dot(across.at(sure), up.at(right), _radius(count / most)) for sure, right, count in bins if count)
    rule = path([(LEFT, BOTTOM), (RIGHT, TOP)])
    return Chart(_marks(across), _marks(up), path([dot[:2] for dot in dots]), rule, dots)


def tenths(curve: Sequence[Pair]) -> list[Pair]:
    """The points of a curve that stand nearest to each tenth, for a table of it."""
    found = (min(curve, key=lambda point: abs(point[0] - tenth / 10)) for tenth in range(1, 11)) if curve else ()
    return list(dict.fromkeys(found))


def spans(intervals: Iterable[tuple[float, float, float]]) -> list[Span]:
    """Intervals (low, middle, high) under each other, all on one scale with zero in its middle."""
    rows = list(intervals)
    farthest = max((abs(value) for row in rows for value in row), default=0) or 1.0
    scale = Scale(-farthest, farthest, ROOM, BAR - ROOM)
    return [
        Span(scale.at(low), round(scale.at(high) - scale.at(low), 1), scale.at(middle), scale.at(0))
        for low, middle, high in rows
    ]


def bars(columns: Sequence[Sequence[float]]) -> list[list[float]]:
    """How wide each share's bar is; one scale for all columns, on which small shares look small."""
    most = max([HALF, *(share for column in columns for share in column)])
    scale = Scale(0, most, 0, BAR)
    return [[scale.at(share) for share in column] for column in columns]


def path(points: Iterable[Pair]) -> str:
    """The d of an SVG path through points."""
    return " ".join(f"{'L' if at else 'M'}{x:g} {y:g}" for at, (x, y) in enumerate(points))


def _across() -> Scale:
    return Scale(0, 1, LEFT, RIGHT)


def _up(most: float) -> Scale:
    """From the bottom to the first step that has room for the largest value."""
    step = next((one for one in STEPS if most <= one * (MOST_MARKS - 1)), STEPS[-1])
    return Scale(0, min(1.0, step * -(-most // step)), BOTTOM, TOP)


def _marks(scale: Scale) -> tuple[Mark, ...]:
    step = next((one for one in STEPS if scale.most <= one * (MOST_MARKS - 0.5)), STEPS[-1])
    values = [step * at for at in range(round(scale.most / step) + 1)]
    return tuple(Mark(scale.at(value), f"{value:.0%}") for value in values)


def _radius(share: float) -> float:
    return round(max(SMALLEST_DOT, LARGEST_DOT * share**0.5), 1)
