"""A filing as JSON, and its answer."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from service.complaints.rules import CHANNELS, FLAGS, NATURES, RESPONDENT_KINDS, SIZES
from service.complaints.schemas import (
    CategorySchema,
    Known,
    NamedSchema,
    Phone,
    QueueSchema,
    SuggestionSchema,
    Uscc,
    region_field,
)
from service.deadlines.schemas import ClockSchema
from service.fields import Choice, Day, Flag, Moment, Money, Nested, Schema, Several, Text
from service.intake.rules import Draft

LONGEST_BODY = 20_000


class FiledEnterpriseSchema(Schema):
    """Who complains."""

    name = Text(most=200, required=True)
    uscc = Uscc()
    size = Choice(SIZES)


class FiledContactSchema(Schema):
    """Whom to call."""

    name = Text(most=50)
    phone = Phone(required=True)


class FiledRespondentSchema(Schema):
    """Whom it is about."""

    name = Text(most=200, required=True)
    kind = Choice(RESPONDENT_KINDS)


class SourceSchema(Schema):
    """Where another system or a superior sent it from, with the number and the limit set there."""

    system = Text(most=50, required=True)
    number = Text(most=100)
    due_at = Moment()


class DebtSchema(Schema):
    """Arrears: what was agreed, delivered, paid so far and not paid."""

    contract_number = Text(most=100)
    contract_amount = Money()
    signed_on = Day()
    delivered_on = Day()
    accepted_on = Day()
    due_on = Day()
    paid = Money(metadata={"description": "到现在已经付了多少元"})
    last_paid_on = Day()
    object = Choice({"goods": "货物", "services": "服务", "works": "工程", "deposit": "保证金"})
    excuses = Several(
        Choice(
            {
                "bills": "强制商票或变相延期",
                "pay_when_paid": "背靠背",
                "audit": "等审计或验收",
                "change_of_person": "人员变动",
                "internal_procedure": "内部流程",
                "no_money": "没有资金",
            }
        ),
        most=6,
    )


class PromiseSchema(Schema):
    """Default: who promised what, when, in which document."""

    by = Text(most=200)
    content = Text(most=2000, lines=True)
    document = Text(most=200)
    made_on = Day()


class PolicySchema(Schema):
    """Policy: which one, applied for when, answered how."""

    name = Text(most=200)
    document = Text(most=200)
    applied_on = Day()
    answered = Text(most=2000, lines=True)


class FilingSchema(Schema):
    """A complaint as an enterprise files it."""

    body = Text(most=LONGEST_BODY, lines=True, required=True)
    title = Text(most=200)
    region = region_field()
    nature = Choice(NATURES)
    category = Known("categories", "没有这个类别，可查 /api/v1/categories。")
    enterprise = Nested(FiledEnterpriseSchema)
    contact = Nested(FiledContactSchema)
    anonymous = Flag(load_default=False)
    confidential = Flag(load_default=False)
    respondent = Nested(FiledRespondentSchema)
    amount = Money()
    debt = Nested(DebtSchema)
    promise = Nested(PromiseSchema)
    policy = Nested(PolicySchema)
    gates = Several(Known("gates", "没有这个情形，可查 /api/v1/categories。"), most=8)
    flags = Several(Choice(FLAGS), most=5)
    channel = Choice(CHANNELS)
    source = Nested(SourceSchema)
    answer = Text(most=LONGEST_BODY, lines=True, metadata={"description": "话务员当场答复（即时办结）"})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def someone_to_answer(self, data: dict[str, Any], original: Any, **_: Any) -> None:
        """Who is not anonymous says who it is and how to be reached; who is, says neither."""
        names = ("enterprise", "contact") if isinstance(original, dict) else ()
        missing = {name: ["这一项必须填写；不愿透露身份可选择匿名。"] for name in names if name not in original}
        told = {name: ["匿名提交时请不要填写这一项。"] for name in names if name in original}
        if problems := told if data.get("anonymous") is True else missing:
            raise ValidationError(problems)

    @post_load
    def draft(self, data: dict[str, Any], **_: Any) -> Draft:
        """The filing as intake takes it."""
        enterprise, contact = data.pop("enterprise", {}), data.pop("contact", {})
        respondent, source = data.pop("respondent", {}), data.pop("source", {})
        details = {name: data.pop(name) for name in ("debt", "promise", "policy") if name in data}
        return Draft(
            enterprise_name=enterprise.get("name"),
            enterprise_size=enterprise.get("size"),
            uscc=enterprise.get("uscc"),
            contact_name=contact.get("name"),
            contact_phone=contact.get("phone"),
            respondent_name=respondent.get("name"),
            respondent_kind=respondent.get("kind"),
            source_system=source.get("system"),
            source_number=source.get("number"),
            source_due_at=source.get("due_at"),
            flags=tuple(data.pop("flags", ())),
            gates=tuple(data.pop("gates", ())),
            details=_plain(details),
            **data,
        )


class UnfinishedSchema(FilingSchema):
    """A filing while somebody is still writing it: nothing has to be there yet; without a text the body is empty."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(partial=True, **rest)

    def someone_to_answer(self, data: dict[str, Any], **_: Any) -> None:
        """Not asked yet."""

    @post_load
    def draft(self, data: dict[str, Any], **_: Any) -> Draft:
        """What there is so far, as intake takes it."""
        return super().draft({"body": "", **data})


def _plain(value: Any) -> Any:
    """Dates and sums as text, so that the details can be kept as JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str | list) else value.isoformat()


class AnnouncementSchema(Schema):
    """A call that has just begun to ring, as the telephone system tells it."""

    id = Text(most=100, required=True, metadata={"description": "电话系统给这通来电的编号，重发时不变"})
    phone = Text(most=40, metadata={"description": "来电号码；对方隐藏号码时不填"})
    operator = Text(most=64, metadata={"description": "话务员的登录名；与分机至少填一项"})
    extension = Text(most=20, metadata={"description": "振铃的分机号"})

    @validates_schema
    def somebody_to_take_it(self, data: dict[str, Any], **_: Any) -> None:
        """It rings somewhere."""
        if not {"operator", "extension"} & set(data):
            raise ValidationError(["话务员和分机至少填一项。"], "extension")


class AnnouncedSchema(Schema):
    """That a call was taken note of."""

    id = fields.String()


class SignSchema(Schema):
    """Something that two complaints have in common, and its share of the score: weight × held."""

    name = fields.String()
    weight = fields.Float()
    held = fields.Float()
    share = fields.Float()


class DuplicateSchema(Schema):
    """An earlier complaint that may be about the same matter; the shares of its signs sum to the score, 0 to 1."""

    number = fields.String()
    status = fields.String()
    created_at = Moment()
    likeness = fields.Float()
    why = fields.List(fields.String())
    score = fields.Float()
    signs = fields.List(fields.Nested(SignSchema))


class FiledSchema(Schema):
    """What the enterprise learns at once."""

    number = fields.String()
    query_code = fields.String()
    status = fields.String()
    status_name = fields.String()
    queue = Nested(QueueSchema)
    category = Nested(CategorySchema, allow_none=True)
    suggestions = fields.List(fields.Nested(SuggestionSchema))
    receiver = Nested(NamedSchema)
    department = Nested(NamedSchema, allow_none=True)
    routed_by = fields.String(metadata={"enum": ["model", "rule", "operator", "triage"]})
    reason = fields.String()
    proposed_channel = fields.String(allow_none=True)
    clocks = fields.List(fields.Nested(ClockSchema))
    duplicates = fields.List(fields.Nested(DuplicateSchema))
    created_at = Moment()


class TextSchema(Schema):
    """A text to be understood."""

    title = Text(most=200, load_default="")
    text = Text(most=LONGEST_BODY, lines=True, required=True)
    explain = fields.Boolean(load_default=False, metadata={"description": "how each score came about; staff only"})


class ClassificationSchema(Schema):
    """What the machine makes of it; `strange` where the text is unlike all it has learnt."""

    suggestions = fields.List(fields.Nested(SuggestionSchema))
    strange = fields.Boolean()
