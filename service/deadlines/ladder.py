"""Which clock runs for whom, and at which moments it speaks up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from service.deadlines.rules import Calendar, Deadline, Pause, Term, Uncountable, Unit, due, local, share

KINDS = {
    "accept": "受理",
    "supplement": "补正",
    "dispatch": "派单",
    "transfer": "转办",
    "sign": "签收",
    "contact": "首次联系",
    "result": "办理结果",
    "material": "待补充",
    "approval": "审签",
    "hand_back": "退单审核",
    "consult": "会商",
    "extension": "延期审核",
    "suspension": "挂起复核",
    "co_handle": "协办",
    "inquiry": "函询答复",
    "revisit": "回访",
    "closing": "回访后办结",
    "redo": "重办审核",
}
ANY = "any"
REGIMES = ("802", "assigned", "urgent", "inquiry", "default", "policy")
STARTS = ("filed", "requested", "accepted", "dispatched", "signed", "delivered", "drafted", "suspended", "replied", "revisited")
OVERDUE = "overdue"


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: at a share of the term, or so far behind its end.

    Attributes:
        percent: of the term's own unit, up to the end.
        days: working days after the end, for terms in days or set by a superior.
        lengths: times the term's length after the end, for terms in hours.
    """

    name: str
    percent: int = 100
    days: int = 0
    lengths: int = 0


RUNGS = {
    "remind": Rung("提醒", percent=70),
    OVERDUE: Rung("催办"),
    "supervise": Rung("督办", days=1, lengths=1),
    "supervise_again": Rung("二次督办", days=3, lengths=2),
    "summon": Rung("约谈通报", days=5, lengths=3),
}


@dataclass(frozen=True)
class Rule:
    """One row of the table of clocks; a rule without a term waits for a moment that a superior sets.

    Attributes:
        statutory: the law sets the term, so that it never pauses.
        basis: the law it stands on or whose promise it is, as people read it.
    """

    code: str
    kind: str
    regime: str
    starts: str
    term: Term | None
    basis: str
    statutory: bool
    extendable_by: str | None
    longest: int | None
    ladder: tuple[str, ...]


class Rulebook:
    """The clocks in force; a kind that no regime of a complaint names follows the row for any regime."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = {(rule.kind, rule.regime): rule for rule in rules}

    def find(self, kind: str, regimes: Sequence[str]) -> Rule | None:
        """The rule of a kind: the first regime's that has one; None where there is none (only some have 转办)."""
        return next((rule for regime in (*regimes, ANY) if (rule := self._rules.get((kind, regime)))), None)


def regimes(family: str, leaf: str, nature: str, urgent: bool, under_802: bool, assigned: bool) -> tuple[str, ...]:
    """Which rows of clocks a complaint follows, in order: the law, a superior's limit, what is pressing, its family.

    Args:
        leaf: full code of the category, such as policy.inquiry.
        nature: inquiry, request, complaint, report or suggestion.
    """
    asks = nature == "inquiry" or leaf == "policy.inquiry"
    facts = {"802": under_802 and not asks, "assigned": assigned, "urgent": urgent, "inquiry": asks}
    own = () if asks or family not in REGIMES else (family,)
    return (*(name for name, holds in facts.items() if holds), *own)


@dataclass(frozen=True)
class Plan:
    """When a clock ends and when it reaches each rung of its ladder, in the ladder's order (UTC)."""

    deadline: Deadline
    moments: list[datetime]


def plan(
    rungs: Sequence[str],
    start: datetime,
    term: Term | None,
    fixed: datetime | None,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> Plan:
    """The course of a clock.

    Args:
        term: None where only a superior's moment counts.
        fixed: the moment a superior set; it counts where it is earlier than the term's end, and no pause moves it.
    """
    ends = due(start, term, calendar, pauses) if term else None
    if fixed is not None and (ends is None or fixed < ends.due_at):
        ends, term = Deadline(local(fixed).astimezone(UTC), False), None
    if ends is None:
        raise Uncountable("没有期限长度，也没有上级要求的时间。")
    return Plan(ends, [_reached(RUNGS[code], start, ends.due_at, term, calendar, pauses) for code in rungs])


def _reached(
    rung: Rung, start: datetime, end: datetime, term: Term | None, calendar: Calendar, pauses: Sequence[Pause]
) -> datetime:
    """When one rung is reached; up to the deadline never later than it."""
    if rung.percent < 100:
        part = (
            share(start, term, rung.percent, calendar, pauses) if term else start + (end - start) * rung.percent / 100
        )
        return min(part, end)
    if rung.days == 0:
        return end
    behind = Term(rung.days, Unit.WORKING_DAYS)
    if term and term.unit.in_hours:
        behind = Term(term.length * rung.lengths, term.unit)
    return due(end, behind, calendar, pauses).due_at
