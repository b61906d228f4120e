"""Insight as JSON."""

from marshmallow import fields

from service.complaints.schemas import NamedSchema
from service.fields import Moment, Money, Nested, Schema
from service.insight.hotspots import KINDS


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
