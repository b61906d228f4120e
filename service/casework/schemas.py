"""The fields of the workflow's steps as JSON."""

from marshmallow import fields, validate

from service.complaints.rules import NATURES, SATISFACTION
from service.complaints.schemas import ComplaintSchema, Known
from service.fields import Choice, Count, Day, Flag, Schema, Several, Text
from service.sentences import say

MOST_AT_ONCE = 200
TOO_MANY = say("一次最多 %(most)s 件，至少 1 件。", most=MOST_AT_ONCE)
CODE = 60


class ActionSchema(Schema):
    """What a step may need; which one needs what stands in the workflow table."""

    note = Text(most=2000, lines=True)
    reason = Text(most=2000, lines=True)
    evidence = Text(most=2000, lines=True)
    channel = Text(most=200)
    department = Known("departments", "没有这个部门编码，可查 /api/v1/departments。")
    place = Known("places", "没有这个地区编码，可查 /api/v1/regions。")
    category = Known("categories", "没有这个类别，可查 /api/v1/categories。")
    nature = Choice(NATURES)
    text = Text(most=20_000, lines=True)
    reply = Text(most=20_000, lines=True)
    internal = Text(most=20_000, lines=True)
    contacted = Flag()
    solved = Flag()
    satisfaction = Choice(SATISFACTION)
    until = Day()
    review_on = Day()
    upheld = Flag()
    into = Text(most=40)
    assignee = Count(least=1, most=2**62, metadata={"description": "承办人的账户编号"})


class BatchSchema(ActionSchema):
    """The same step on many complaints."""

    numbers = fields.List(
        Text(most=40), required=True,
        validate=validate.Length(min=1, max=MOST_AT_ONCE, error=TOO_MANY),
    )  # fmt: skip


class OutcomeSchema(Schema):
    """How one complaint of many fared."""

    number = fields.String()
    done = fields.Boolean()
    why = fields.String(metadata={"description": "没有办成的原因"})


class IssuedSchema(Schema):
    """A letter that was just issued, with the link that is shown only now."""

    letter = fields.String()
    token = fields.String(metadata={"description": "一次性链接 /letters/{token}，只在此处给出"})


class ActedSchema(ComplaintSchema):
    """A complaint after a step."""

    issued = fields.Nested(IssuedSchema, allow_none=True)


class RetaliationSchema(Schema):
    """What was done to an enterprise because it complained."""

    text = Text(most=20_000, lines=True, required=True)


class StepSchema(Schema):
    """One row of the workflow table."""

    action = fields.String()
    name = fields.String()
    sources = fields.List(fields.String())
    target = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    needs = fields.List(fields.String())
    allows = fields.List(fields.String())
    when = fields.List(fields.String())
    opens = fields.String(allow_none=True)
    settles = fields.String(allow_none=True)
    stops = fields.List(fields.String())
    starts = fields.List(fields.String())
    pauses = fields.List(fields.String())
    resumes = fields.List(fields.String())
    public = fields.Boolean()
    once = fields.Boolean()
    tells = fields.List(fields.String())


class ReorganisationSchema(Schema):
    """Which duties move from where to where, and by what decision; departments by their kind and place."""

    relieved_place = Text(most=CODE, required=True)
    relieved_kind = Text(most=CODE, required=True)
    successor_place = Text(most=CODE, required=True)
    successor_kind = Text(most=CODE, required=True)
    categories = Several(fields.String(), most=100)
    document = Text(most=60, required=True)
    reason = Text(most=300, required=True)
