"""The reference data as JSON."""

from typing import Any

from marshmallow import fields

from service.directory import operations
from service.directory.rules import LEVELS, NATURES, POLICIES
from service.fields import Count, Schema, Text


class Known(fields.String):
    """A code that is in use in one of the directory's tables: places, departments, kinds, categories, families, gates.

    Args:
        table: the attribute of the directory.
        sentence: what to say where the code is not in it, or retired.
    """

    default_error_messages = {"invalid": "这里应当是文字。", "unknown": "{sentence}"}

    def __init__(self, table: str, sentence: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.table, self.sentence = table, sentence

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, *args, **kwargs)
        row = getattr(operations.current(), self.table).get(code)
        if row is None or not row.active:
            raise self.make_error("unknown", sentence=self.sentence)
        return code


def region_field(**kwargs: Any) -> Known:
    """A place of data/regions.csv."""
    return Known("places", "没有这个地区编码，可查 /api/v1/regions。", **kwargs)


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
    phone = fields.String(allow_none=True, metadata={"description": "The public telephone, where one is known."})
    hours = fields.String(allow_none=True, metadata={"description": "When it is open, as people read it."})


class DepartmentQuerySchema(Schema):
    """Which departments, and from where in the list."""

    region = region_field()
    kind = Known("kinds", "没有这种部门。")
    after = Text(most=60, metadata={"description": "上一页最后一个部门的编码"})
    limit = Count(least=1, most=500, load_default=200)


class DepartmentPageSchema(Schema):
    """One page of departments, in order of their codes."""

    items = fields.List(fields.Nested(DepartmentSchema))
    next_after = fields.String(allow_none=True)
