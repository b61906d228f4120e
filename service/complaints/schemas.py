"""Complaints as JSON: as they are read, listed and searched."""

import re
from typing import Any

import phonenumbers
from marshmallow import fields, validate
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NumberError

from service.complaints.rules import QUESTIONS, SATISFACTION, STATES
from service.deadlines.schemas import ClockSchema, ExplanationSchema
from service.directory.schemas import Known, region_field
from service.fields import Choice, Count, Moment, Money, Nested, Schema, Text, narrow

# Digits and what people put between them, and an extension: the library below would read past anything else.
DIALLED = re.compile(r"[0-9+() ./-]{5,40}(?:(?:转|ext\.?|x|#) ?[0-9]{1,6})?", re.IGNORECASE)


QUEUE = re.compile(r"(dispatcher|department|supervisor|revisit):[A-Za-z0-9-]{1,60}\Z")


class Uscc(fields.String):
    """A unified social credit code: 18 characters whose check digit holds (GB 32100-2015)."""

    default_error_messages = {
        "invalid": "统一社会信用代码应为 18 位数字和字母（没有 I、O、S、V、Z），请核对。",
        "miscopied": "统一社会信用代码的校验位不符，请逐位核对，可能有一位抄错。",
    }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, *args, **kwargs)
        try:
            return uscc.validate(narrow(code).upper())
        except InvalidChecksum as error:
            raise self.make_error("miscopied") from error
        except NumberError as error:
            raise self.make_error("invalid") from error


class Phone(fields.String):
    """A telephone number that exists in China, or abroad with its country code; kept as +8613…"""

    default_error_messages = {"invalid": "电话号码不对，请只填一个号码；座机请带区号，例如 0471-1234567。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = narrow(super()._deserialize(value, *args, **kwargs)).strip()
        if not DIALLED.fullmatch(text):
            raise self.make_error("invalid")
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException as error:
            raise self.make_error("invalid") from error
        if not phonenumbers.is_valid_number(number):
            raise self.make_error("invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class NamedSchema(Schema):
    """A code with its name."""

    code = fields.String()
    name = fields.String()


class CategorySchema(NamedSchema):
    """A leaf of the category tree."""

    family = fields.String()
    family_name = fields.String()


class QueueSchema(NamedSchema):
    """Where a complaint waits."""

    desk = fields.String(metadata={"enum": ["dispatcher", "department", "revisit"]})


class ReasonSchema(Schema):
    """A word that decided, and how much."""

    word = fields.String()
    weight = fields.Float()


class PieceSchema(Schema):
    """Characters [start, end) of title, line break and text, and what they added to a score."""

    start = fields.Integer()
    end = fields.Integer()
    weight = fields.Float()


class ScoreSchema(Schema):
    """How a score (in logits) came about: base and the weights of all pieces sum to it."""

    score = fields.Float()
    base = fields.Float()
    pieces = fields.List(fields.Nested(PieceSchema))


class SuggestionSchema(NamedSchema):
    """One judgement of the machine: what spoke for it and against; staff also see how sure it is."""

    reasons = fields.List(fields.Nested(ReasonSchema))
    against = fields.List(fields.Nested(ReasonSchema))
    probability = fields.Float()
    sure = fields.Boolean(metadata={"description": "whether it may be followed without a person"})
    explanation = fields.Nested(ScoreSchema)


class EnterpriseSchema(Schema):
    """Who complains, as far as the reader may know."""

    name = fields.String()
    size = fields.String(allow_none=True)
    uscc = fields.String(allow_none=True)


class ContactSchema(Schema):
    """Whom to call."""

    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


class RespondentSchema(Schema):
    """Whom the complaint is about."""

    name = fields.String()
    kind = fields.String(allow_none=True)


class BriefSchema(Schema):
    """One line of a list."""

    number = fields.String()
    status = fields.String(metadata={"enum": list(STATES)})
    status_name = fields.String()
    queue = Nested(QueueSchema, allow_none=True)
    nature = fields.String()
    nature_name = fields.String()
    flags = fields.List(fields.String())
    category = Nested(CategorySchema, allow_none=True)
    region = Nested(NamedSchema, allow_none=True)
    department = Nested(NamedSchema, allow_none=True)
    respondent = Nested(RespondentSchema, allow_none=True)
    enterprise = Nested(EnterpriseSchema)
    summary = fields.String()
    amount = Money(allow_none=True)
    channel = fields.String()
    due_at = Moment(allow_none=True)
    created_at = Moment()


class ComplaintSchema(BriefSchema):
    """A complaint as this reader may see it."""

    class Meta:
        exclude = ("summary",)

    title = fields.String(allow_none=True)
    text = fields.String()
    contact = Nested(ContactSchema, allow_none=True)
    suggestions = fields.List(fields.Nested(SuggestionSchema))
    routed_by = fields.String(metadata={"enum": ["model", "rule", "operator", "triage"]})
    reason = fields.String()
    proposed_channel = fields.String(allow_none=True)
    proposed_department = Nested(NamedSchema, allow_none=True)
    clocks = fields.List(fields.Nested(ClockSchema))
    details = fields.Dict()
    draft = fields.Dict(allow_none=True)
    reply = fields.String(allow_none=True)
    contacted = fields.Boolean(allow_none=True)
    solved = fields.Boolean(allow_none=True)
    satisfaction = fields.String(allow_none=True, metadata={"enum": list(SATISFACTION)})
    pending = fields.List(fields.String(), metadata={"enum": list(QUESTIONS)})
    co_departments = fields.List(fields.Nested(NamedSchema))
    allowed_actions = fields.List(fields.String())
    version = fields.Integer()


class ExplainedClockSchema(Schema):
    """A limit and how it came about."""

    clock = Nested(ClockSchema)
    explanation = Nested(ExplanationSchema)


class EventSchema(Schema):
    """One thing that happened."""

    seq = fields.Integer()
    at = Moment()
    action = fields.String()
    name = fields.String()
    status = fields.String()
    status_name = fields.String()
    data = fields.Dict()
    role = fields.String()
    hash = fields.String()


class ListQuerySchema(Schema):
    """Filters, order and place in a list."""

    department = Known("departments", "没有这个部门编码，可查 /api/v1/departments。")
    status = Choice({code: state.name for code, state in STATES.items()})
    family = Known("families", "没有这个大类，可查 /api/v1/categories。")
    region = region_field()
    queue = fields.String(
        validate=validate.Regexp(QUEUE, error="应写成 dispatcher:150821 这样。"),
        metadata={"description": "谁的待办，例如 dispatcher:150821 或 department:150821-health"},
    )
    due = Choice({"overdue": "已逾期", "soon": "两天内到期"})
    q = Text(most=100)
    sort = Choice({"newest": "最新在前", "updated": "最近有变化的在前", "due": "期限在前"}, load_default="newest")
    cursor = fields.String(validate=validate.Length(max=200, error="翻页标记无效。"))
    limit = Count(least=1, most=100, load_default=20)


class SearchSchema(ListQuerySchema):
    """The same, with what must never stand in an address."""

    phone = Phone()
    uscc = Uscc()


class PageSchema(Schema):
    """One page of a list."""

    items = fields.List(fields.Nested(BriefSchema))
    next_cursor = fields.String(allow_none=True)
