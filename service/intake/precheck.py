"""What a filer should know before filing: other channels, and what stands in the way. A hint never blocks."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from service.classifier.facts import IDENTITY, mask
from service.classifier.facts.dates import impossible
from service.directory.rules import Directory
from service.routing.examination import EMERGENCY
from service.routing.matter import Case
from service.routing.respondent import UNKNOWN
from service.sentences import say

COMMERCIAL = "out-of-scope.commercial"
EARLY = "到期前可以先书面提醒对方，并留好合同、验收单和对账单；到期仍不付，再来反映。"
SLIP = "签订、交付、验收、付款、承诺、申请的日期，请填已经发生的那一天；看看是不是年份填错了。"
NEEDLESS = "办理用不着，可以删去；不删的话，只有要联系您的办理人员看得到，别人看到的是遮住的。"
APART = "互不相干的，请一件一份分开提交，各派给该管的部门，办得更快；写在一起，也会有工作人员替您分开。"
# How people begin the first and the second of several things.
FIRST = re.compile(r"第一[，,、：:]|其一[，,、：:]|(?<![统唯第])一是|①|(?:^|[。；;\s])[一1][、.．)）]")
SECOND = re.compile(r"第二[，,、：:]|其二[，,、：:]|(?<!第)二是|②|[。；;\s][二2][、.．)）]")
# Kind of debtor → days from delivery in which it must pay where nothing else was agreed (条例第九条).
TERMS = {"organ": 30, "institution": 30, "fiscal": 30, "large": 60}


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


@dataclass(frozen=True)
class Term:
    """The days that were given; None where nobody said.

    Attributes:
        due_on: when a debt falls due, as agreed; delivered_on: when was delivered what is owed for.
        done_on: when all that is told as done was done: signed, delivered, paid, promised, applied for.
    """

    due_on: date | None = None
    delivered_on: date | None = None
    done_on: tuple[date, ...] = ()


def hints(case: Case, term: Term, today: date) -> list[Hint]:
    """What to tell before filing, the most pressing first; `today` is the day in Asia/Shanghai."""
    early = _not_yet_due(term, today) or _within_the_term(case, term, today) if case.family == "arrears" else None
    found = (
        _gate(case),
        _debtor(case),
        early,
        _ahead(term, today),
        _nowhere(case, today),
        _identity(case),
        _several(case),
        _out_of_scope(case),
    )
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


def _not_yet_due(term: Term, today: date) -> Hint | None:
    if term.due_on is None or term.due_on <= today:
        return None
    return Hint("not_due", say("约定的付款日期（%(day)s）还没有到。", day=term.due_on), EARLY)


def _within_the_term(case: Case, term: Term, today: date) -> Hint | None:
    """Nothing was agreed, and the law's own term from delivery is not over."""
    days = TERMS.get(case.body.kind) if case.body and case.law else None
    if days is None or term.due_on or term.delivered_on is None or term.delivered_on + timedelta(days) < today:
        return None
    what = say(
        "没有约定付款日期的，对方应当自交付起 %(days)d 日内付款，到%(day)s才满（保障中小企业款项支付条例第九条）。",
        days=days, day=term.delivered_on + timedelta(days),
    )  # fmt: skip
    return Hint("not_due", what, EARLY)


def _ahead(term: Term, today: date) -> Hint | None:
    """Something is told as done on a day that has not come: most likely another year was meant."""
    last = max(term.done_on, default=today)
    if last <= today:
        return None
    return Hint("ahead", say("您填的日期里，%(day)s还没有到。", day=last), SLIP)


def _nowhere(case: Case, today: date) -> Hint | None:
    """The text names a day that no calendar has."""
    day = impossible(case.matter.text, today)
    return Hint("nowhere", say("您写的“%(day)s”，日历上没有这一天。", day=day), "请核对是哪一天。") if day else None


def _identity(case: Case) -> Hint | None:
    """People paste more of themselves than anybody needs."""
    return Hint("identity", "您写了身份证号。", NEEDLESS) if IDENTITY in mask(case.matter.text) else None


def _several(case: Case) -> Hint | None:
    """A list of which the machine can make no one matter may be several."""
    first = FIRST.search(case.matter.text) if case.doubt else None
    if first is None or not SECOND.search(case.matter.text, first.end()):
        return None
    return Hint("several", "您好像写了几件事。", APART)


def _out_of_scope(case: Case) -> Hint | None:
    """What the text seems to be is told the way anyhow."""
    leaf = case.category
    if leaf is None or leaf.family != "out-of-scope" or not leaf.channel or case.gate is not None:
        return None
    if leaf.gate == EMERGENCY and case.alarm is None:
        return None  # it is over
    what = say("这件事看起来属于“%(leaf)s”，一般不由本平台办理。", leaf=leaf.name)
    return Hint(leaf.code, what, leaf.channel, urgent=case.alarm is not None)
