"""A solved complaint as a question and an answer for everybody: written by a supervisor, published by an administrator.

Nothing of the complaint goes along by itself but its category and its reply without names. What a supervisor writes is
searched for everything that would tell whose case it was, and refused where it holds any of it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from service.accounts.rules import Reader
from service.classifier.facts import mask
from service.complaints import telling
from service.complaints.models import Complaint
from service.complaints.telling import CREDIT, IDENTITY, LEAST, PHONE, Word
from service.directory.rules import Directory
from service.errors import Invalid, WrongState
from service.knowledge import operations
from service.knowledge.models import KnowledgeAnswer
from service.sentences import say

HIDDEN = "×××"
# What nobody repeats, not even to say that it stands there.
NUMBERS = (PHONE, IDENTITY, CREDIT)
SAID = ("question", "answer", "words", "source")


def fits(complaint: Complaint) -> bool:
    """Whether a complaint may become a case: it is over, solved, and nothing about it is secret."""
    kept = complaint.sealed or complaint.anonymous or complaint.confidential
    return complaint.status == "closed" and bool(complaint.solved) and not kept


def sketch(complaint: Complaint, book: Directory) -> dict[str, str]:
    """What a supervisor begins with: the reply without what tells whose it is."""
    text = telling.covered(mask(complaint.reply or ""), _telling(complaint, book), lambda _what: HIDDEN)
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
    told = telling.found(text, _telling(complaint, book))
    numbers = {what: told.pop(what) for what in NUMBERS if what in told}
    found = [say("这里写了%(what)s“%(name)s”，请去掉。", what=what, name=name) for what, name in told.items()]
    return [*found, "这里有电话、证件或账号一类的号码，请去掉。"] if numbers or mask(text) != text else found


def _telling(complaint: Complaint, book: Directory) -> Iterator[Word]:
    """What would tell whose case it was, and what that is."""
    yield from telling.telling(complaint, book)
    yield "诉求编号", complaint.number
    respondent = complaint.respondent_name or ""
    yield from (("被反映单位的名称", one) for one in (respondent, telling.core(respondent)) if len(one) >= LEAST)
    # The region and the leagues are large; what lies below them is not.
    for code in book.chain(complaint.region)[:-2] if complaint.region else ():
        place = book.places[code]
        yield from (("旗县区", one) for one in (place.name, *place.spoken) if len(one) >= LEAST)
