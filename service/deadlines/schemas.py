"""Clocks and explanations as JSON."""

from marshmallow import fields

from service.fields import Moment, Schema


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
