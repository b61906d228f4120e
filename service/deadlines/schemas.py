"""Clocks, explanations and calendars as JSON."""

import re
from typing import Any

import marshmallow as ma
from marshmallow import fields

from service.fields import Day as DayField
from service.fields import Flag, Moment, Nested, Schema, Several, Text

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class TimeOfDay(fields.String):
    """A time of day such as 09:00."""

    default_error_messages = {"time": "时间应当写成 09:00 这样。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        written = super()._deserialize(value, *args, **kwargs)
        if not TIME.fullmatch(written):
            raise self.make_error("time")
        return written


class ClockSchema(Schema):
    """A clock of a complaint."""

    kind = fields.String(metadata={"description": "What is waited for, such as sign or result."})
    name = fields.String(metadata={"description": "The same as people call it."})
    due_at = Moment(metadata={"description": "When it is due."})
    basis = fields.String(metadata={"description": "The law it stands on, or whose promise it is."})
    provisional = fields.Boolean(metadata={"description": "It runs into a year whose working days are not published."})
    state = fields.String(metadata={"description": "running, paused, met or cancelled."})
    started_at = Moment()
    overdue_at = Moment(allow_none=True)


class DaySchema(Schema):
    """One day of an explanation."""

    date = fields.Date()
    counted = fields.Boolean()
    reason = fields.String()


class ExplanationSchema(Schema):
    """A deadline with every day on the way to it."""

    due_at = Moment()
    provisional = fields.Boolean(metadata={"description": "It may still move: a year on its way is not published."})
    unpublished = fields.List(fields.Integer(), metadata={"description": "The years it looked at and nobody knows."})
    notes = fields.List(
        fields.String(), metadata={"description": "What else decided it: pauses, an extension, a cap, a superior."}
    )
    days = fields.List(fields.Nested(DaySchema))


class WorkDaySchema(Schema):
    """One day of a calendar."""

    date = fields.Date()
    working = fields.Boolean(attribute="counted")
    reason = fields.String(
        metadata={"description": "工作日, 周末, 调休上班, a holiday by name, or what the place decided."}
    )


class PlaceYearSchema(Schema):
    """A year of a place."""

    place = fields.String()
    name = fields.String()
    year = fields.Integer()
    published = fields.Boolean(metadata={"description": "False: the year's holidays are only expected."})
    hours = fields.List(fields.List(fields.String()), metadata={"description": "Office hours: begin and end."})
    days = fields.List(fields.Nested(WorkDaySchema))


class DayChangeSchema(Schema):
    """What is to be so on a day."""

    working = Flag(required=True)
    name = Text(required=True, most=60, metadata={"description": "Why, such as 区庆放假."})
    notice = Text(most=80, load_default=None, allow_none=True, metadata={"description": "Number of the notice."})


class MarkSchema(Schema):
    """A day that is worked or not against its weekday."""

    place = fields.String(attribute="place_code")
    date = fields.Date()
    working = fields.Boolean()
    name = fields.String()
    notice = fields.String(allow_none=True)


class FestivalSchema(Schema):
    """The days off of one festival."""

    name = Text(required=True, most=60)
    first = DayField(required=True)
    last = DayField(required=True)


class ArrangementSchema(Schema):
    """The State Council's arrangement of a year."""

    notice = Text(required=True, most=80, metadata={"description": "国办发明电〔…〕…号"})
    rest = fields.List(Nested(FestivalSchema), required=True, validate=ma.validate.Length(1, 20))
    worked = Several(DayField(), most=40, required=True, metadata={"description": "Weekend days that are worked."})


class HoursSchema(Schema):
    """Office hours of a working day."""

    hours = fields.List(
        fields.List(TimeOfDay(), validate=ma.validate.Length(equal=2, error="请写出起止两个时间。")),
        required=True,
        validate=ma.validate.Length(1, 6, error="请写出一到六段办公时间。"),
        metadata={"description": '[["09:00", "12:00"], ["14:30", "17:30"]]'},
    )
