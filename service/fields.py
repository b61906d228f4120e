"""Schema fields that speak Chinese when something is wrong, and clean what nobody can see."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import fields

from service import clock
from service.sentences import Pattern, say

# What copying out of a word processor or a chat leaves behind: soft hyphens, zero-width spaces, directional marks and
# overrides, the byte order mark. Line feed and tab stay, and so does what a script needs: variation selectors, among
# them the Mongolian ones and the vowel separator (U+180B to U+180F), and Mongolian's narrow space (U+202F).
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Joiners shape Mongolian letters and hold emoji together; among Latin, Han and punctuation they are junk.
UNJOINED = "\0-\u02ff\u2000-\u206f\u3000-\u9fff\uff00-\uffef\U00020000-\U0003ffff"
IDLE_JOINER = re.compile(f"(?<![^{UNJOINED}])[\u200c\u200d]+(?![^{UNJOINED}])")
# Tag characters spell out the flag of a region behind the black flag, and nothing anywhere else.
STRAY_TAG = re.compile("(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+")
JUNK = (INVISIBLE, IDLE_JOINER, STRAY_TAG)
LINE_BREAK = re.compile("[\t\n\u2028\u2029]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
AMOUNT = re.compile(r"-?\d{1,24}(\.\d{1,24})?", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LONGEST_NAME = 80

SENTENCES: dict[str, Any] = {
    "required": "这一项必须填写。",
    "null": "这一项不能为空值 null。",
    "validator_failed": "这一项的内容不对。",
}
NO_NUMBER, NO_WHOLE = "这里应当是数字。", "这里应当是整数。"
NO_LIST, NO_OBJECT = "这里应当是一个列表。", "这里应当是一个 JSON 对象。"
NO_FLAG, NO_DAY = "只能是 true 或 false。", "日期应当写成 2026-03-13 这样。"
# What the library says of each kind of field that is in use, in place of its English.
SAID_OF: dict[type[fields.Field], dict[str, Any]] = {
    fields.Field: SENTENCES,
    fields.String: {"invalid": "这里应当是文字。", "invalid_utf8": "这里应当是文字。"},
    fields.Boolean: {"invalid": NO_FLAG},
    fields.Number: {"invalid": NO_NUMBER, "too_large": "这个数字太大了。"},
    fields.Integer: {"invalid": NO_WHOLE},
    fields.Float: {"special": NO_NUMBER},
    fields.List: {"invalid": NO_LIST},
    fields.Mapping: {"invalid": NO_OBJECT},
    fields.Nested: {"type": NO_OBJECT},
    fields.Date: {"invalid": NO_DAY},
}
for kind, sentences in SAID_OF.items():
    kind.default_error_messages = sentences
ma.validate.Length.message_min = Pattern("至少 %(min)s 项。")
ma.validate.Length.message_max = Pattern("最多 %(max)s 项。")
ma.validate.Length.message_all = Pattern("应当有 %(min)s 到 %(max)s 项。")
ma.validate.Length.message_equal = Pattern("应当正好有 %(equal)s 项。")


def clean(text: str) -> str:
    """The text without invisible junk: CRLF becomes LF, idle zero-width and direction marks go, all else stays."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for junk in JUNK:
        text = junk.sub("", text)
    return text.strip()


def is_visible(text: str) -> bool:
    """Whether there is anything to read in a text: a letter, digit, punctuation mark or symbol."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Nested schema messages as {"enterprise.uscc": [sentences]}."""
    if isinstance(messages, Mapping):
        pairs = [flatten(value, _join(prefix, key)) for key, value in messages.items()]
        return {field: sentences for pair in pairs for field, sentences in pair.items()}
    return {prefix: list(messages) if isinstance(messages, Sequence) and not isinstance(messages, str) else [messages]}


def _join(prefix: str, key: Any) -> str:
    if key == ma.exceptions.SCHEMA:
        return prefix or "body"
    # An unknown field's name is the caller's: it may be endless, or hold what no answer can be written with.
    name = SURROGATE.sub("\ufffd", str(key))[:LONGEST_NAME]
    return f"{prefix}.{name}" if prefix else name


class Schema(ma.Schema):
    """The root of every schema: an unknown field is refused, fields keep their order."""

    error_messages = {"unknown": "没有这个字段，请对照接口文档。", "type": NO_OBJECT}


class Text(fields.String):
    """A text of limited length; control characters are refused, invisible junk is dropped.

    Args:
        most: the longest it may be, in characters.
        lines: whether line feeds may stand in it.
    """

    default_error_messages = {
        "control": "文字里有不可见的控制字符，请删去后再提交。",
        "empty": "这一项不能是空白。",
        "long": Pattern("最多 %(most)s 个字，现在是 %(length)s 个字。"),
    }

    def __init__(self, *, most: int, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.lines = most, lines
        # The documentation shows the limit; the check itself is in _deserialize, after cleaning.
        self.metadata = {"maxLength": most, **self.metadata}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = clean(super()._deserialize(value, *args, **kwargs))
        if CONTROL.search(text) or SURROGATE.search(text):
            raise self.make_error("control")
        if not self.lines:
            text = LINE_BREAK.sub(" ", text)
        if not is_visible(text):
            raise self.make_error("empty")
        if len(text) > self.most:
            raise self.make_error("long", most=self.most, length=len(text))
        return text


class Password(fields.String):
    """A password, taken as it is typed: nothing is trimmed or cleaned."""

    default_error_messages = {"unusable": "密码应为 1 到 200 个字符。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        password = super()._deserialize(value, *args, **kwargs)
        if not 1 <= len(password) <= 200 or SURROGATE.search(password):
            raise self.make_error("unusable")
        return password


class Choice(fields.String):
    """One of a few codes.

    Args:
        table: code → its Chinese name.
    """

    default_error_messages = {"choice": Pattern("只能是：%(choices)s。")}

    def __init__(self, table: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.metadata = {"enum": list(table), **self.metadata}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, *args, **kwargs)
        if code not in self.table:
            known = [say("%(code)s（%(name)s）", code=key, name=name) for key, name in self.table.items()]
            raise self.make_error("choice", choices=known)
        return code


class Flag(fields.Boolean):
    """True or false, as JSON says them and nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Count(fields.Integer):
    """A whole number between two bounds."""

    default_error_messages = {"range": Pattern("应当在 %(least)s 与 %(most)s 之间。")}

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.metadata = {"minimum": least, "maximum": most, **self.metadata}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if type(value) is not int and not (isinstance(value, str) and WHOLE.fullmatch(value)):
            raise self.make_error("invalid")
        number = int(value)
        if not self.least <= number <= self.most:
            raise self.make_error("range", least=self.least, most=self.most)
        return number


class Money(fields.Decimal):
    """An amount in yuan with at most two decimals, up to a trillion; a JSON number or its digits as text."""

    default_error_messages = {
        "invalid": "这里应当是以元为单位的数字，例如 320500.00。",
        "special": "这里应当是以元为单位的数字，例如 320500.00。",
        "range": "金额应当大于 0 元、小于一万亿元，最多两位小数。",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, **kwargs)
        self.metadata = {"type": ["string", "number"], "format": "decimal", **self.metadata}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, str) and not AMOUNT.fullmatch(value):
            raise self.make_error("invalid")
        amount = super()._deserialize(value, *args, **kwargs)
        if not 0 < amount < 10**12 or amount != round(amount, 2):
            raise self.make_error("range")
        return round(amount, 2)


class Day(fields.Date):
    """A calendar day such as 2026-03-13."""

    default_error_messages = {"range": "年份应当在 1990 与 2100 之间。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not (isinstance(value, str) and DATE.fullmatch(value)):
            raise self.make_error("invalid")
        day = super()._deserialize(value, *args, **kwargs)
        if not 1990 <= day.year <= 2100:
            raise self.make_error("range")
        return day


class Moment(fields.AwareDateTime):
    """A moment in ISO 8601 with its zone, given out in Asia/Shanghai."""

    default_error_messages = {
        "invalid": "时间应当写成 2026-03-13T17:30:00+08:00 这样。",
        "invalid_awareness": "时间必须带时区，例如 2026-03-13T17:30:00+08:00。",
        "range": "年份应当在 1990 与 2100 之间。",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, *args, **kwargs)
        if not 1990 <= moment.year <= 2100:
            raise self.make_error("range")
        return moment

    def _serialize(self, value: datetime | None, *args: Any, **kwargs: Any) -> str | None:
        return clock.local(value).isoformat() if value is not None else None


class Nested(fields.Nested):
    """An object inside the object."""


class Several(fields.List):
    """A list with a limit and without repetition.

    Args:
        most: how many it may hold.
    """

    default_error_messages = {"many": Pattern("最多 %(most)s 项。")}

    def __init__(self, inner: fields.Field, *, most: int, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.most = most
        self.metadata = {"maxItems": most, **self.metadata}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        # Before the items are looked at: each of half a million wrong ones would get its own sentence.
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("many", most=self.most)
        return list(dict.fromkeys(super()._deserialize(value, *args, **kwargs)))


def narrow(text: str) -> str:
    """Full-width letters and digits as half-width ones, for codes and numbers that people type (NFKC)."""
    return unicodedata.normalize("NFKC", text)
