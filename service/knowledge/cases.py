"""A solved complaint as a question and an answer for everybody: written by a supervisor, published by an administrator.

Nothing of the complaint goes along by itself but its category and its reply without names. What a supervisor writes is
searched for everything that would tell whose case it was, and refused where it holds any of it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.accounts.rules import Reader
from service.classifier.facts import mask
from service.complaints.models import Complaint
from service.directory.rules import Directory
from service.errors import Invalid, WrongState
from service.fields import narrow
from service.knowledge import operations
from service.knowledge.models import KnowledgeAnswer
from service.sentences import say

LEGAL_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|分公司|公司|集团|合伙企业|（.*?）|\(.*?\))")
HIDDEN = "×××"
# Of a name so many characters at least are looked for: shorter ones stand in any text.
LEAST = 2
SAID = ("question", "answer", "words", "source")


def fits(complaint: Complaint) -> bool:
    """Whether a complaint may become a case: it is over, solved, and nothing about it is secret."""
    kept = complaint.sealed or complaint.anonymous or complaint.confidential
    return complaint.status == "closed" and bool(complaint.solved) and not kept


def sketch(complaint: Complaint, book: Directory) -> dict[str, str]:
    """What a supervisor begins with: the reply without what tells whose it is."""
    text = mask(complaint.reply or "")
    for name, _what in sorted(_telling(complaint, book), key=lambda pair: -len(pair[0])):
        text = text.replace(name, HIDDEN)
    return {"answer": text, "category": complaint.category or ""}


def propose(
    complaint: Complaint, content: Mapping[str, Any], book: Directory, actor: Reader, now: datetime
) -> KnowledgeAnswer:
    """Lay a case before the administrator: an answer that is not in use until somebody puts it there.

    Raises:
        WrongState: the complaint is not one of which a case may be made.
        Invalid: what was written would tell whose case it was.
    """
    if not fits(complaint):
        raise WrongState("只有已经办结、企业确认解决，又不匿名、不保密、不密封的诉求才能写成案例。")
    if errors := {name: told for name in SAID if (told := _found(complaint, book, content.get(name)))}:
        raise Invalid("有内容会让人看出是哪一家，请改写。", errors)
    given = {**content, "category": complaint.category, "public": True}
    return operations.add(given, actor, now, active=False)


def _found(complaint: Complaint, book: Directory, said: Any) -> list[str]:
    """What of a text tells whose case it was, each in a sentence."""
    text = "、".join(said) if isinstance(said, list) else said or ""
    plain = _squeezed(text)
    told = {what: name for name, what in _telling(complaint, book) if _squeezed(name) in plain}
    found = [say("这里写了%(what)s“%(name)s”，请去掉。", what=what, name=name) for what, name in told.items()]
    return found if mask(text) == text else [*found, "这里有电话、证件或账号一类的号码，请去掉。"]


def _squeezed(text: str) -> str:
    """A text however it is written: without blanks and thousands separators, half-width, in small letters."""
    return re.sub(r"[\s,，]", "", narrow(text)).lower()


def _telling(complaint: Complaint, book: Directory) -> Iterator[tuple[str, str]]:
    """What would tell whose case it was, and what that is."""
    named = {
        "企业的名称": complaint.enterprise_name,
        "被反映单位的名称": complaint.respondent_name,
        "联系人": complaint.contact_name,
        "诉求编号": complaint.number,
        "信用代码": complaint.uscc,
        "合同编号": complaint.details.get("debt", {}).get("contract_number"),
    }
    for what, name in named.items():
        yield from ((one, what) for one in (name, LEGAL_FORM.sub("", name or "")) if one and len(one) >= LEAST)
    # The region and the leagues are large; what lies below them is not.
    for code in book.chain(complaint.region)[:-2] if complaint.region else ():
        place = book.places[code]
        yield from ((one, "旗县区") for one in (place.name, *place.spoken) if len(one) >= LEAST)
    yield from ((text, "准确的金额") for text in _amounts(complaint.amount))


def _amounts(amount: Decimal | None) -> Iterator[str]:
    """The ways in which a sum may be written: 1250000, 125万."""
    if amount is not None:
        yield f"{amount.normalize():f}"
        if amount >= 10_000:
            yield f"{(amount / 10_000).normalize():f}万"
