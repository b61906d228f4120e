"""Numbers that belong to a person or a firm: found, to be protected."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.cn import uscc

from service.classifier.facts.letters import half

PHONE, IDENTITY, CREDIT = "〔电话〕", "〔身份证号〕", "〔信用代码〕"

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ALONE = r"(?<![0-9A-Za-z])"
_FREE = rf"{_ALONE}(?<![.¥$])(?<![0-9A-Za-z][-_])"  # nor inside an amount or a contract's number
_END = r"(?![0-9A-Za-z])(?!\.\d{1,2}(?!\d))(?![-_][0-9A-Za-z])(?!\s*(?:[万亿吨%]|元(?!旦)))"
_ABROAD = r"\(?(?:\+|00)?86\)?[-\s]?"
_AREA = r"(?:(?:10|2\d)\)?[-\s]?\d{4}|[3-9]\d\d\)?[-\s]?\d{3,4})[-\s]?\d{4}"
_ASKED = r"(?:电话|座机|固话|传真|联系方式|tel|phone)[^0-9\n，。；]{0,6}"

_PERSONAL = re.compile(
    rf"""
      (?P<identity>{_ALONE}{_PROVINCE}\d{{4}}[-\s]?(?:18|19|20)\d\d{_DAY}[-\s]?\d{{3}}[\dX](?![0-9A-Za-z]))
    | (?P<credit>{_ALONE}[1-9ANY][1-59]\d{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}(?![0-9A-Za-z]))
    | (?P<mobile>(?:(?<=wx)|(?<=vx)|(?<=tel)|{_FREE})(?:{_ABROAD})?
        1[3-9]\d(?:[-\s]?\d{{4}}[-\s]?|\d[-\s]\d{{3}}[-\s])\d{{4}}{_END})
    | (?P<landline>{_FREE}(?:{_ABROAD}\(?0?|\(?0){_AREA}(?:(?:-|\s?转\s?)\d{{1,6}})?{_END})
    | (?P<old_identity>{_FREE}{_PROVINCE}\d{{4}}\d\d{_DAY}\d{{3}}{_END})
    | {_ASKED}(?P<local>{_FREE}(?!(?:19|20)\d\d{_DAY})[2-9]\d{{2,3}}[-\s]?\d{{4}}{_END})
    """,
    re.VERBOSE | re.IGNORECASE,
)
_KINDS = {"identity": "identity", "old_identity": "identity", "credit": "credit"}
_STAND_IN = {"phone": PHONE, "identity": IDENTITY, "credit": CREDIT}
# What is called the number of a contract or an order is none of a person, however much it looks like one.
_CALLED = re.compile(
    r"(?:合同|协议|订单|运单|单|票|批|编|文|案|流水|账|卡)(?:号码?|编码|编号)\s*[:：是为]?\s*$|编号\s*[:：]?\s*$"
)
_MAY_BE_CALLED = {"mobile", "landline", "old_identity"}


@dataclass(frozen=True)
class Personal:
    """Where a number stands that is nobody else's business.

    Attributes:
        kind: phone, identity or credit.
    """

    kind: str
    start: int
    end: int


def mask(text: str) -> str:
    """The text without phone, identity and credit numbers; amounts, dates and contract numbers stay."""
    pieces: list[str] = []
    done = 0
    for found in personal(half(text)):
        pieces += text[done : found.start], _STAND_IN[found.kind]
        done = found.end
    return "".join([*pieces, text[done:]])


def personal(letters: str) -> Iterator[Personal]:
    """The numbers to protect, in order; `letters` in half width."""
    for match in _PERSONAL.finditer(letters):
        name = match.lastgroup or ""
        start, end = match.span(name)
        if _is_personal(name, match[name], letters[max(0, start - 12) : start]):
            yield Personal(_KINDS.get(name, "phone"), start, end)


def _is_personal(kind: str, found: str, before: str) -> bool:
    if kind == "credit":
        return bool(re.search("[A-Z]", found[8:], re.IGNORECASE)) or uscc.is_valid(found)
    return kind not in _MAY_BE_CALLED or not _CALLED.search(before)
