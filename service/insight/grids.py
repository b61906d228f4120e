"""The board's figures as tables: the same numbers for a page, a diagram, a CSV and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.insight import rules
from service.insight.rules import ENOUGH, Usual

# Beside these words a reader may choose what is counted, by what, and in which order.
MEASURES = {"complaints": "件数", "enterprises": "企业数", "monthly": "月均件数"}
DESKS = {"dispatcher": "派单", "department": "部门", "supervisor": "督办", "revisit": "回访"}
STEPS = {"day": "按日", "week": "按周", "month": "按月"}


@dataclass(frozen=True)
class Number:
    """How many complaints, and what an address must say to lead to them, beside what was asked; None: no longer."""

    value: int
    of: Mapping[str, Any]


@dataclass(frozen=True)
class Mean:
    """A number by the month; `whole` is all of them."""

    value: float
    whole: Number


@dataclass(frozen=True)
class Share:
    """A rate that is judged, with what it is made of.

    Attributes:
        above: what counts above the line, each with its weight; below: what it is divided by.
    """

    code: str
    above: Sequence[tuple[float, Number]]
    below: Number

    @property
    def numerator(self) -> float:
        """What stands above the line."""
        return sum(weight * number.value for weight, number in self.above)

    @property
    def rate(self) -> float | None:
        """The quotient; None where there is nothing to divide by."""
        return self.numerator / self.below.value if self.below.value else None

    @property
    def is_enough(self) -> bool:
        """Whether there are cases enough to compare it with others."""
        return self.below.value >= ENOUGH

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """Between which rates the true one lies, with 95 % confidence; None where there are no cases."""
        return rules.interval(self.numerator, self.below.value) if self.below.value else None


@dataclass(frozen=True)
class Overall:
    """0.1 response + 0.5 solution + 0.4 satisfaction; None where nobody was asked.

    Attributes:
        is_enough: whether each of the three has cases enough to compare it with others.
    """

    rate: float | None
    is_enough: bool


Cell = Number | Mean | Share | Overall | None


@dataclass(frozen=True)
class Line:
    """A row: a place, a day, a category …; `group` is what it is a part of."""

    code: str
    name: str
    cells: Sequence[Cell]
    group: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: the head of its first column, then those of its cells by code."""

    code: str
    name: str
    lead: str
    heads: Mapping[str, str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Options:
    """How a reader wants it: see MEASURES, STEPS and RATES; `page` counts from 1, 0 is all of them."""

    measure: str = "complaints"
    step: str | None = None
    rate: str = "on_time"
    page: int = 1


@dataclass(frozen=True)
class View:
    """What a page of the board shows.

    Attributes:
        usual: what the same hours brought before, where that is asked.
        step: by which the trend is told; pages: how many there are of departments.
    """

    grids: Sequence[Grid]
    usual: Usual | None = None
    step: str = ""
    pages: int = 1
    notes: Mapping[str, int] = field(default_factory=dict)


def counted(value: int, code: str, **of: Any) -> Number:
    """So many of one of the board's MARKS, and where they are."""
    return Number(value, {"figure": code, **of})
