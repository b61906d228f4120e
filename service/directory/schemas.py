"""The reference data as JSON."""

from marshmallow import fields

from service.directory.rules import LEVELS, NATURES, POLICIES
from service.fields import Count, Schema, Text


class RegionSchema(Schema):
    """A place."""

    code = fields.String()
    name = fields.String()
    level = fields.String(metadata={"enum": list(LEVELS)})
    parent = fields.String(allow_none=True)
    aliases = fields.List(fields.String())


class LeafSchema(Schema):
    """A category that a complaint can have."""

    code = fields.String()
    name = fields.String()
    family = fields.String()
    family_name = fields.String()
    policy = fields.String(metadata={"enum": list(POLICIES)})
    nature = fields.String(metadata={"enum": list(NATURES)})
    channel = fields.String(allow_none=True)


class DepartmentSchema(Schema):
    """A department of a place."""

    code = fields.String()
    name = fields.String()
    kind = fields.String()
    place = fields.String()


class DepartmentQuerySchema(Schema):
    """Which departments, and from where in the list."""

    region = Text(most=12)
    kind = Text(most=40)
    after = Text(most=60, metadata={"description": "上一页最后一个部门的编码"})
    limit = Count(least=1, most=500, load_default=200)


class DepartmentPageSchema(Schema):
    """One page of departments, in order of their codes."""

    items = fields.List(fields.Nested(DepartmentSchema))
    next_after = fields.String(allow_none=True)
