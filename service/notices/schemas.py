"""Notices as JSON."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from marshmallow import fields

from service.directory.schemas import Known
from service.fields import Choice, Count, Moment, Schema, Text, narrow
from service.notices.rules import ADDRESS_CHANNELS, CHANNELS, LONGEST, STATES, action_name

HOUR = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)", re.ASCII)
MOST = 2**62


class Hour(fields.Field):
    """A time of day such as 21:00."""

    default_error_messages = {"invalid": "时间应当写成 21:00 这样。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> time:
        found = HOUR.fullmatch(narrow(value).strip()) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return time(int(found[1]), int(found[2]))

    def _serialize(self, value: time | None, *args: Any, **kwargs: Any) -> str | None:
        return f"{value:%H:%M}" if value is not None else None


class Named(fields.String):
    """The name that goes with a code, by a table or a function."""

    def __init__(self, table: Mapping[str, str] | Any, of: str, **kwargs: Any) -> None:
        super().__init__(attribute=of, dump_only=True, **kwargs)
        self.look = table.get if isinstance(table, Mapping) else table

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self.look(value)


class NoticeSchema(Schema):
    """A message in somebody's inbox."""

    id = fields.Integer()
    number = fields.String()
    action = fields.String()
    action_name = Named(action_name, "action")
    subject = fields.String()
    body = fields.String()
    created_at = Moment()
    read_at = Moment(allow_none=True)


class InboxSchema(Schema):
    """One page of an inbox."""

    items = fields.List(fields.Nested(NoticeSchema))
    unread = fields.Integer(metadata={"description": "未读条数，最多数到 100"})
    next_cursor = fields.Integer(allow_none=True)


class InboxQuerySchema(Schema):
    """Which messages."""

    unread = fields.Boolean(load_default=False)
    cursor = Count(least=1, most=MOST)
    limit = Count(least=1, most=100, load_default=20)


class DeliverySchema(Schema):
    """What went or should have gone out, without its words."""

    id = fields.Integer()
    number = fields.String()
    action = fields.String()
    action_name = Named(action_name, "action")
    audience = fields.String()
    channel = fields.String(metadata={"enum": list(CHANNELS)})
    recipient = fields.String()
    template = fields.String(allow_none=True)
    state = fields.String(metadata={"enum": list(STATES)})
    reason = fields.String(allow_none=True)
    attempts = fields.Integer()
    created_at = Moment()
    due_at = Moment(allow_none=True)
    sent_at = Moment(allow_none=True)


class DeliveriesSchema(Schema):
    """One page of deliveries."""

    items = fields.List(fields.Nested(DeliverySchema))
    next_cursor = fields.Integer(allow_none=True)


class DeliveryQuerySchema(Schema):
    """Which deliveries."""

    state = Choice(STATES)
    channel = Choice({code: name for code, name in CHANNELS.items() if code != "inbox"})
    cursor = Count(least=1, most=MOST)
    limit = Count(least=1, most=100, load_default=50)


class WordsSchema(Schema):
    """The words of a template."""

    subject = Text(most=200, load_default="")
    body = Text(most=2 * max(LONGEST.values()), lines=True, required=True)


class TemplateSchema(Schema):
    """A template."""

    code = fields.String()
    action = fields.String()
    audience = fields.String()
    group = fields.String()
    subject = fields.String()
    body = fields.String()
    edited_at = Moment(allow_none=True)


class PreviewSchema(Schema):
    """What a template says of an example."""

    subject = fields.String()
    body = fields.String()


class AddressSchema(Schema):
    """An address; where it leads and its secret are never shown again."""

    id = fields.Integer(dump_only=True)
    channel = Choice(ADDRESS_CHANNELS, required=True)
    name = Text(most=60, required=True)
    user = Text(most=64, load_only=True)
    department = Known("departments", "没有这个部门编码，可查 /api/v1/departments。", allow_none=True)
    place = Known("places", "没有这个地区编码，可查 /api/v1/regions。", allow_none=True)
    url = Text(most=500, required=True, load_only=True)
    secret = Text(most=200, load_only=True)
    created_at = Moment(dump_only=True)


class QuietSchema(Schema):
    """When telephones stay silent; the same time twice means never."""

    begins = Hour(required=True, metadata={"type": "string", "example": "21:00"})
    ends = Hour(required=True, metadata={"type": "string", "example": "08:00"})
