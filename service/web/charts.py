"""Figures as pages, diagrams and files show them: cells with their links, the map of tiles, and CSV."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from service.insight.board import Asked
from service.insight.grids import Cell, Grid, Line, Mean, Number, Overall, Share
from service.insight.schemas import sent
from service.sheets import FORMULA
from service.web.speech import told

# The leagues and cities as they lie, west to east: code → column, row, columns and rows that it takes, and what people
# call it. The large ones take two.
TILES: Mapping[str, tuple[int, int, int, int, str]] = {
    "152900": (0, 1, 1, 2, "阿拉善"),
    "150800": (1, 1, 1, 1, "巴彦淖尔"),
    "150300": (1, 2, 1, 1, "乌海"),
    "150200": (2, 1, 1, 1, "包头"),
    "150600": (2, 2, 1, 1, "鄂尔多斯"),
    "150100": (3, 2, 1, 1, "呼和浩特"),
    "150900": (3, 1, 1, 1, "乌兰察布"),
    "152500": (4, 1, 2, 1, "锡林郭勒"),
    "150400": (5, 2, 1, 1, "赤峰"),
    "150500": (6, 2, 1, 1, "通辽"),
    "152200": (6, 1, 1, 1, "兴安"),
    "150700": (5, 0, 2, 1, "呼伦贝尔"),
}
TILE, GAP = 100, 6
DARKEST = 4


@dataclass(frozen=True)
class Link:
    """A number and where it leads; nowhere where there is nothing behind it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Shown:
    """A cell as a page shows it.

    Attributes:
        text: what stands there before the links; `parts`: (weight, link) of what is above the line, or the number.
        value: for a diagram; None where there is nothing to draw.
        low, high: of the interval; enough: whether it may be compared.
    """

    value: float | None
    text: str = ""
    parts: Sequence[tuple[float, Link]] = ()
    below: Link | None = None
    low: float | None = None
    high: float | None = None
    enough: bool = True


@dataclass(frozen=True)
class Tile:
    """A league on the map, `step` of its colour from 0 to DARKEST; `outside` what the reader may see."""

    name: str
    x: int
    y: int
    width: int
    height: int
    text: str
    step: int
    url: str
    outside: bool


@dataclass(frozen=True)
class Addresses:
    """The addresses of lists of complaints, beside what the page asks for."""

    root: str
    asked: Asked

    def of(self, number: Number) -> str:
        """Where a number leads."""
        return f"{self.root}?{urlencode(sent({**vars(self.asked), **number.of}))}"

    def link(self, number: Number) -> Link:
        """A number with its address."""
        return Link(str(number.value), self.of(number) if number.value else "")


def shown(cell: Cell, addresses: Addresses) -> Shown:
    """A cell with its links."""
    if isinstance(cell, Number):
        return Shown(cell.value, parts=[(1.0, addresses.link(cell))])
    if isinstance(cell, Mean):
        return Shown(cell.value, parts=[(1.0, Link(f"{cell.value:.1f}", addresses.link(cell.whole).url))])
    if isinstance(cell, Overall):
        return Shown(cell.rate, percent(cell.rate), enough=cell.is_enough)
    return _share(cell, addresses) if cell else Shown(None)


def _share(cell: Share, addresses: Addresses) -> Shown:
    low, high = cell.interval or (None, None)
    # What counts in part is told where there is any.
    above = [(weight, number) for weight, number in cell.above if weight == 1 or number.value]
    parts = [(weight, addresses.link(number)) for weight, number in above]
    return Shown(cell.rate, percent(cell.rate), parts, addresses.link(cell.below), low, high, cell.is_enough)


def percent(rate: float | None) -> str:
    """A rate in percent with one decimal; a dash where there is none."""
    return "—" if rate is None else f"{rate:.1%}"


def rows(grid: Grid, addresses: Addresses) -> list[tuple[Line, list[Shown]]]:
    """The rows of a table with their cells as they are shown."""
    return [(line, [shown(cell, addresses) for cell in line.cells]) for line in grid.lines]


# --- the map ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Map:
    """The leagues as tiles, and how many each step of colour stands for: (step, least, most)."""

    tiles: Sequence[Tile]
    steps: Sequence[tuple[int, int, int]]


def drawn(grid: Grid, addresses: Addresses) -> Map:
    """The leagues as tiles, coloured by the last column of their line; one without a line is not the reader's."""
    cells = {line.code: shown(line.cells[-1], addresses) for line in grid.lines if line.code in TILES}
    most = ceil(max((cell.value or 0 for cell in cells.values()), default=0))
    return Map([_tile(code, cells.get(code), most) for code in TILES], _steps(most))


def _tile(code: str, cell: Shown | None, most: int) -> Tile:
    column, row, columns, rows_, name = TILES[code]
    place = (name, column * TILE, row * TILE, columns * TILE - GAP, rows_ * TILE - GAP)
    if cell is None:
        return Tile(*place, "", 0, "", outside=True)
    ((_weight, link),) = cell.parts
    step = ceil(DARKEST * (cell.value or 0) / most) if most else 0
    return Tile(*place, link.text, step, link.url, outside=False)


def _steps(most: int) -> list[tuple[int, int, int]]:
    """Which whole numbers each step stands for; a step without any is left out."""
    ends = [most * step // DARKEST for step in range(DARKEST + 1)]
    found = [(step, ends[step - 1] + 1, ends[step]) for step in range(1, DARKEST + 1)]
    return [(step, least, greatest) for step, least, greatest in found if least <= greatest]


def is_map(grid: Grid) -> bool:
    """Whether the lines are the leagues."""
    return any(line.code in TILES for line in grid.lines)


# --- CSV -------------------------------------------------------------------------------------------------------------


def as_csv(grids: Sequence[Grid], about: Sequence[str]) -> bytes:
    """Tables for Excel: with the mark by which it knows UTF-8, and nothing that it takes for a formula."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerows([_text(line)] for line in about)
    for grid in grids:
        writer.writerow([])
        writer.writerow([_text(told(grid.name))])
        writer.writerow([_text(head) for head in [told(grid.lead) if grid.lead else "", *_heads(grid)]])
        writer.writerows([_text(told(line.name)), *_values(line)] for line in grid.lines)
    return target.getvalue().encode("utf-8-sig")


def _heads(grid: Grid) -> Iterable[str]:
    cells = grid.lines[0].cells if grid.lines else [None for _code in grid.heads]
    for name, cell in zip(grid.heads.values(), cells, strict=True):
        yield told(name)
        if isinstance(cell, Share):
            yield _("%(rate)s的分子", rate=told(name))
            yield _("%(rate)s的分母", rate=told(name))


def _values(line: Line) -> Iterable[Any]:
    for cell in line.cells:
        if isinstance(cell, Share):
            yield from (_rounded(cell.rate), _rounded(cell.numerator), cell.below.value)
        elif isinstance(cell, Overall):
            yield _rounded(cell.rate)
        elif cell:
            yield cell.value if isinstance(cell, Number) else _rounded(cell.value)
        else:
            yield ""


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
