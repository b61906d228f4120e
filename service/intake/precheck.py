"""What a filer should know before filing: other channels, and what stands in the way. A hint never blocks."""

from dataclasses import dataclass
from datetime import date

from service.directory.rules import Directory
from service.routing.matter import Case
from service.routing.respondent import UNKNOWN
from service.sentences import say

COMMERCIAL = "out-of-scope.commercial"


@dataclass(frozen=True)
class Hint:
    """Something to look at before filing.

    Attributes:
        urgent: it cannot wait for us.
        channel: where to turn instead, or besides.
    """

    code: str
    what: str
    channel: str
    urgent: bool = False


def hints(case: Case, due_on: date | None, today: date) -> list[Hint]:
    """What to tell before filing, the most pressing first.

    Args:
        due_on: when a debt falls due, as agreed; None where nobody said.
        today: the day in Asia/Shanghai.
    """
    found = (_gate(case), _debtor(case), _not_yet_due(case, due_on, today), _out_of_scope(case))
    return [hint for hint in found if hint is not None]


def _gate(case: Case) -> Hint | None:
    """Already in court or petition, an emergency, …: declared, or said in the text."""
    gate = case.gate
    if gate is None:
        return None
    return Hint(
        gate.code, say("您写的内容显示：%(gate)s。", gate=gate.name), gate.channel, urgent=gate.effect == "hand_over"
    )


def _debtor(case: Case) -> Hint | None:
    """A debt that none of the laws covers: between private parties, or owed by a village."""
    body = case.body
    if case.family != "arrears" or body is None or case.law is not None or body.kind == UNKNOWN:
        return None
    what = "按《保障中小企业款项支付条例》，可以受理的欠款方是机关、事业单位、国有企业和大型企业。"
    return Hint("debtor", what, _commercial(case.directory))


def _commercial(book: Directory) -> str:
    return book.categories[COMMERCIAL].channel or ""


def _not_yet_due(case: Case, due_on: date | None, today: date) -> Hint | None:
    if case.family != "arrears" or due_on is None or due_on <= today:
        return None
    what = say("约定的付款日期（%(day)s）还没有到。", day=due_on)
    return Hint("not_due", what, "到期前可以先书面提醒对方，并留好合同、验收单和对账单；到期仍不付，再来反映。")


def _out_of_scope(case: Case) -> Hint | None:
    """What the text seems to be is told the way anyhow."""
    leaf = case.category
    if leaf is None or leaf.family != "out-of-scope" or not leaf.channel or case.gate is not None:
        return None
    return Hint(leaf.code, say("这件事看起来属于“%(leaf)s”，一般不由本平台办理。", leaf=leaf.name), leaf.channel)
