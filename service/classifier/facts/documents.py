"""Documents that a text names: by number, by title; rules apart from agreements."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_YEAR = r"[〔[(【]\s?(?:19|20)\d\d\s?[〕\])】]"
_NUMBERED = re.compile(
    rf"""
      (?P<case>\((?:19|20)\d\d\)[一-龥]{{1,2}}\d{{0,4}}[一-龥]{{1,4}}\d{{1,6}}号)
    | (?P<office>[一-龥]{{2,10}}{_YEAR}\s?第?\d{{1,5}}号)
    | (?:合同|协议|订单|中标|项目|招标)(?:书?编号|号码?)\s?[:为是]?\s?
      (?P<contract>[A-Za-z]{{1,10}}[-A-Za-z0-9/_〔〕()]{{2,30}}|\d[-0-9A-Za-z/]{{3,30}})
    """,
    re.VERBOSE,
)
_LEADS = re.compile(
    r".*(?:按照?|根据|依据|依照|落实|执行|文号|文件|符合|响应|通知|办法|意见|决定书?|[和与及的是有、])(?=[一-龥]{2})"
)
_TITLE = re.compile(r"《([^《》\n]{2,60})》")
_AGREEMENT = re.compile(
    r"(?:合同书?|协议书?|承诺书|意向书|备忘录|纪要|确认[书函]|通知书|决定书|结算单|对账单|欠条|函|委托书|招标文件|判决书|裁定书|证明|报告)$"
)


@dataclass(frozen=True)
class Document:
    """A document that a text names.

    Attributes:
        kind: number, contract, case, agreement or policy.
    """

    kind: str
    name: str
    start: int
    end: int


def documents(text: str, letters: str) -> list[Document]:
    """The documents of a text in order."""
    return sorted((*_numbered(text, letters), *_titled(text)), key=lambda one: one.start)


def _numbered(text: str, letters: str) -> Iterator[Document]:
    for match in _NUMBERED.finditer(letters):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind == "office" and (lead := _LEADS.match(letters, start, end)):
            start = lead.end()
        yield Document("number" if kind == "office" else kind, text[start:end], start, end)


def _titled(text: str) -> Iterator[Document]:
    for match in _TITLE.finditer(text):
        kind = "agreement" if _AGREEMENT.search(match[1]) else "policy"
        yield Document(kind, match[1], *match.span(1))
