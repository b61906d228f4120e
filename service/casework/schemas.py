"""The fields of the workflow's steps as JSON."""

from marshmallow import fields

from service.complaints.rules import NATURES, SATISFACTION
from service.complaints.schemas import Known
from service.fields import Choice, Flag, Schema, Text


class ActionSchema(Schema):
    """What a step may need; which one needs what stands in the workflow table."""

    note = Text(most=2000, lines=True)
    reason = Text(most=2000, lines=True)
    channel = Text(most=200)
    department = Known("departments", "没有这个部门编码，可查 /api/v1/departments。")
    category = Known("categories", "没有这个类别，可查 /api/v1/categories。")
    nature = Choice(NATURES)
    text = Text(most=20_000, lines=True)
    reply = Text(most=20_000, lines=True)
    internal = Text(most=20_000, lines=True)
    solved = Flag()
    satisfaction = Choice(SATISFACTION)


class StepSchema(Schema):
    """One row of the workflow table."""

    action = fields.String()
    name = fields.String()
    sources = fields.List(fields.String())
    target = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    needs = fields.List(fields.String())
    allows = fields.List(fields.String())
    stops = fields.List(fields.String())
    starts = fields.List(fields.String())
    pauses = fields.List(fields.String())
    resumes = fields.List(fields.String())
    public = fields.Boolean()
    once = fields.Boolean()
    tells = fields.List(fields.String())
