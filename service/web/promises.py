"""What the law or this platform promises, in whole sentences, read from the clock rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from service import clock
from service.deadlines import operations as deadlines
from service.deadlines.ladder import Rule, Rulebook, regimes
from service.deadlines.rules import LENGTHS, Unit
from service.directory import operations as directory
from service.directory.rules import Category
from service.routing.matter import Case

# What is done when a clock's time is over, as the enterprise sees it.
DONE = {
    "accept": "告诉您是否受理",
    "supplement": "等您补充材料",
    "dispatch": "派给承办部门",
    "transfer": "转交承办部门",
    "sign": "承办部门签收",
    "contact": "承办部门第一次联系您",
    "result": "书面答复您",
    "material": "等您补充材料",
    "suspension": "复核能不能恢复办理",
    "revisit": "回访您",
    "closing": "没有新的意见就办结",
    "redo": "决定是否重办",
}
SINCE = {
    "filed": "提交后",
    "accepted": "受理后",
    "dispatched": "派单后",
    "signed": "签收后",
    "delivered": "承办部门收到材料后",
}
TOLD = ("transfer", "result")
LAWFUL = "802"


@dataclass(frozen=True)
class Promise:
    """What happens until when, and on what it rests."""

    text: str
    basis: str


@dataclass(frozen=True)
class Promises:
    """What is promised for a kind of matter, and under which condition."""

    told: tuple[Promise, ...]
    condition: str = ""


def promised(case: Case) -> Promises:
    """What is promised for a case as far as it is known; a debtor not named yet is taken for one of the law's."""
    leaf = case.category
    if leaf is None:
        return Promises(())
    open_ = leaf.family == "arrears" and case.body is None
    book = in_force()
    here = _regimes(case, leaf, lawful=open_ or case.law == LAWFUL)
    found = (book.find(kind, here) for kind in TOLD)
    condition = _("欠款方是机关、事业单位或大型企业，您是中小企业时：") if open_ and LAWFUL in here else ""
    return Promises(tuple(_promises(found)), condition)


def lawful() -> tuple[Promise, ...]:
    """What the law promises a small enterprise whose debtor it binds."""
    book = in_force()
    return tuple(_promises(book.find(kind, (LAWFUL,)) for kind in TOLD))


def in_force() -> Rulebook:
    """The clock rules as they stand today."""
    return deadlines.rules(directory.current().revision, clock.local(clock.now()).date())


def _regimes(case: Case, leaf: Category, lawful: bool) -> tuple[str, ...]:
    urgent = bool({"urgent", "group"} & case.matter.flags)
    return regimes(leaf.family, leaf.code, case.nature, urgent=urgent, under_802=lawful, assigned=False)


def _promises(found: Iterable[Rule | None]) -> Iterable[Promise]:
    for rule in found:
        if rule and rule.term and rule.starts in SINCE:
            yield Promise(_sentence(rule), rule.basis)


def _sentence(rule: Rule) -> str:
    """受理后 10 个工作日内转交承办部门; where it may become longer, how long at most."""
    assert rule.term
    within = spoken_length(rule.term.length, rule.term.unit.value)
    text = _("%(since)s %(within)s内%(done)s", since=_(SINCE[rule.starts]), within=within, done=_(DONE[rule.kind]))
    if rule.longest:
        text += _("，复杂的最长 %(longest)s", longest=spoken_length(rule.longest, rule.term.unit.value))
    return text


def spoken_length(length: int, unit: str) -> str:
    """10 个工作日."""
    return _(LENGTHS[Unit(unit)], count=length)
