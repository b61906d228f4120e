"""Insight as JSON, and what an address may ask of it."""

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from datetime import date, time, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.complaints.rules import CHANNELS, STATES
from service.complaints.schemas import NamedSchema, PageSchema
from service.directory import operations as directory
from service.directory.schemas import Known
from service.fields import Choice, Count, Day, Moment, Money, Nested, Schema
from service.insight.board import BLANK, MARKS, Asked, Board
from service.insight.grids import (
    DESKS,
    MEASURES,
    STEPS,
    Cell,
    Grid,
    Line,
    Mean,
    Number,
    Options,
    Overall,
    Share,
    View,
)
from service.insight.hotspots import KINDS
from service.insight.rules import RATES


class RiseSchema(Schema):
    """The week's complaints beside those of the weeks before; null where not one whole week before is known."""

    week = fields.Integer()
    before = fields.Integer()
    weeks = fields.Float()
    mean = fields.Float(allow_none=True)
    ratio = fields.Float(allow_none=True)
    least = fields.Float(allow_none=True, metadata={"description": "以 95% 的把握，至少是平时的几倍"})


class HotspotSchema(Schema):
    """What many enterprises complain of within a week."""

    code = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    kind_name = fields.String()
    name = fields.String()
    words = fields.List(fields.String())
    complaints = fields.Integer()
    enterprises = fields.Integer()
    anonymous = fields.Integer()
    amount = Money(allow_none=True)
    places = fields.List(Nested(NamedSchema))
    first = Moment()
    last = Moment()
    rise = Nested(RiseSchema)


class HotspotsSchema(Schema):
    """The hot spots of the seven days before a moment."""

    since = Moment()
    until = Moment()
    items = fields.List(Nested(HotspotSchema))


PERIODS = {"week": "近 7 天", "month": "近 30 天", "quarter": "近 90 天", "year": "近 365 天"}
DAYS = {"week": 7, "month": 30, "quarter": 90, "year": 365}
USUAL_PERIOD = "month"


class Ever(Known):
    """A code that is or was in use: what was counted under it stays countable."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        code = fields.String._deserialize(self, value, *args, **kwargs)
        if code not in getattr(directory.current(), self.table):
            raise self.make_error("unknown", sentence=self.sentence)
        return code


class AskedSchema(Schema):
    """What is to be counted: a period, given as its length up to today or by its first and last day, and filters."""

    period = Choice(PERIODS)
    since = Day()
    until = Day()
    region = Ever("places", "没有这个地区编码，可查 /api/v1/regions。")
    department = Ever("departments", "没有这个部门编码，可查 /api/v1/departments。")
    kind = Ever("kinds", "没有这种部门。")
    family = Ever("families", "没有这个大类，可查 /api/v1/categories。")
    channel = Choice(CHANNELS)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, given: Mapping[str, Any], **_: Any) -> None:
        """A period ends after it begins."""
        if "since" in given and "until" in given and given["until"] < given["since"]:
            raise ValidationError({"until": ["结束日期应当不早于开始日期。"]})


class BoardSchema(AskedSchema):
    """What is to be counted, and how it is wanted."""

    measure = Choice(MEASURES)
    step = Choice(STEPS)
    rate = Choice({code: name for code, (name, _, _) in RATES.items()})
    page = Count(least=1, most=1000)


class BehindSchema(AskedSchema):
    """Which number's complaints, and from where in the list."""

    figure = Choice({code: mark.name for code, mark in MARKS.items()}, required=True)
    clock = fields.Time(format="%H:%M", error_messages={"invalid": "时刻应当写成 09:30 这样。"})
    here = Choice({"true": "只算本级"})
    category = Ever("categories", "没有这个小类，可查 /api/v1/categories。")
    blank = Choice(BLANK)
    status = Choice({code: state.name for code, state in STATES.items()})
    desk = Choice(DESKS)
    cursor = fields.String(validate=validate.Regexp(r"\d{1,18}\.\d{1,4}\Z", error="翻页标记无效。"))


class BehindQuerySchema(BehindSchema):
    """The same over HTTP, with the length of a page."""

    limit = Count(least=1, most=100, load_default=20)


class NumberSchema(Schema):
    """How many complaints, and what to ask /figures/complaints for to get them."""

    value = fields.Integer()
    of = fields.Dict(keys=fields.String(), values=fields.String())


class CellSchema(Schema):
    """A number, a number by the month, or a rate with what it is made of."""

    code = fields.String()
    count = Nested(NumberSchema, allow_none=True)
    mean = fields.Float(allow_none=True)
    rate = fields.Float(allow_none=True)
    numerator = fields.Float(allow_none=True)
    above = fields.List(Nested(NumberSchema))
    below = Nested(NumberSchema, allow_none=True)
    low = fields.Float(allow_none=True, metadata={"description": "95% 区间的下限（Wilson）"})
    high = fields.Float(allow_none=True, metadata={"description": "95% 区间的上限（Wilson）"})
    enough = fields.Boolean(metadata={"description": "件数是否够与其他比较"})


class LineSchema(NamedSchema):
    """A row of a table."""

    group = fields.String()
    cells = fields.List(Nested(CellSchema))


class GridSchema(NamedSchema):
    """A table of figures."""

    lines = fields.List(Nested(LineSchema))


class ViewSchema(Schema):
    """A page of the board."""

    since = fields.Date()
    until = fields.Date()
    as_of = Moment()
    pages = fields.Integer()
    tables = fields.List(Nested(GridSchema))


class BehindPageSchema(PageSchema):
    """Complaints behind a number; how many there are, and how many different enterprises complain."""

    total = fields.Integer()
    enterprises = fields.Integer()


def asked_of(given: Mapping[str, Any], today: date) -> Asked:
    """What an address asks for: a period that is given by days goes before its length."""
    until = given.get("until") or max(today, given.get("since") or today)
    length = timedelta(days=DAYS[given.get("period", USUAL_PERIOD)] - 1)
    names = {one.name for one in dataclass_fields(Asked)} - {"since", "until", "here"}
    rest = {name: value for name, value in given.items() if name in names}
    return Asked(given.get("since") or until - length, until, here="here" in given, **rest)


def options_of(given: Mapping[str, Any]) -> Options:
    """How an address wants it."""
    return Options(**{one.name: given[one.name] for one in dataclass_fields(Options) if one.name in given})


def sent(of: Mapping[str, Any]) -> dict[str, str]:
    """What leads to complaints, as an address says it; what is None is left out."""
    return {name: _written(value) for name, value in of.items() if value is not None and value is not False}


def _written(value: Any) -> str:
    if value is True:
        return "true"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def view_of(one: Board, view: View) -> dict[str, Any]:
    """A page of the board as ViewSchema tells it."""
    tables = [{**vars(grid), "lines": [_line(one.asked, grid, line) for line in grid.lines]} for grid in view.grids]
    return {"since": one.asked.since, "until": one.asked.until, "as_of": one.as_of, "pages": view.pages,
            "tables": tables}  # fmt: skip


def _line(asked: Asked, grid: Grid, line: Line) -> dict[str, Any]:
    cells = zip(grid.heads, line.cells, strict=True)
    return {**vars(line), "cells": [{"code": code, **_cell(asked, cell)} for code, cell in cells]}


def _cell(asked: Asked, cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Share):
        low, high = cell.interval or (None, None)
        above = [_linked(asked, number) for _, number in cell.above]
        return {"rate": cell.rate, "numerator": cell.numerator, "above": above, "below": _linked(asked, cell.below),
                "low": low, "high": high, "enough": cell.is_enough}  # fmt: skip
    if isinstance(cell, Mean):
        return {"mean": cell.value, "count": _linked(asked, cell.whole)}
    if isinstance(cell, Overall):
        return {"rate": cell.rate, "enough": cell.is_enough}
    return {"count": _linked(asked, cell) if cell else None}


def _linked(asked: Asked, number: Number) -> dict[str, Any]:
    return {"value": number.value, "of": sent({**vars(asked), **number.of})}
