"""Which clock runs for whom, and at which moments it speaks up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.deadlines.rules import NEAR, Calendar, Deadline, Pause, Term, Uncountable, Unit, due, local, share

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
# Who lets a clock run out. A supervision order goes to a department for a clock of its own, not for somebody else's.
OWED_BY = {
    **dict.fromkeys(("accept", "dispatch", "transfer"), "dispatcher"),
    **dict.fromkeys(("sign", "contact", "result", "approval"), "department"),
    **dict.fromkeys(("hand_back", "consult", "extension", "suspension", "redo"), "supervisor"),
    **dict.fromkeys(("supplement", "material"), "enterprise"),
    **dict.fromkeys(("revisit", "closing"), "revisit_agent"),
    "co_handle": "co_handler",
    "inquiry": "respondent",
}
# What authorities wait for among themselves: no limit that the enterprise was given.
INTERNAL = frozenset({"approval", "hand_back", "consult", "extension", "co_handle", "inquiry"})
ANY = "any"
REGIMES = ("802", "assigned", "urgent", "inquiry", "default", "policy")
STARTS = (
    "filed", "requested", "accepted", "dispatched", "signed", "delivered", "drafted", "suspended", "replied",
    "revisited",
)  # fmt: skip
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


# In the order in which they are reached: towards the department, and (letter, censure) towards the respondent.
RUNGS = {
    "remind": Rung("提醒", percent=NEAR),
    OVERDUE: Rung("催办"),
    "supervise": Rung("督办", days=1, lengths=1),
    "letter": Rung("督办书", days=1, lengths=1),
    "supervise_again": Rung("二次督办", days=3, lengths=2),
    "summon": Rung("约谈通报", days=5, lengths=3),
    "censure": Rung("约谈通报被投诉单位", days=5, lengths=3),
}


@dataclass(frozen=True)
class Rule:
    """One row of the table of clocks; a rule without a term waits for a moment that a superior sets.

    Attributes:
        statutory: the law sets the term, so that it never pauses.
        basis: the law it stands on or whose promise it is, as people read it.
        extendable_by: head or supervisor; None where it cannot be extended.
        longest: its length after all extensions, in its own unit.
        extensions: how often a clock of it may be extended.
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
    extensions: int = 1


class Rulebook:
    """The clocks in force; a kind that no regime of a complaint names follows the row for any regime."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = {(rule.kind, rule.regime): rule for rule in rules}
        self._by_code = {rule.code: rule for rule in rules}

    def find(self, kind: str, regimes: Sequence[str]) -> Rule | None:
        """The rule of a kind: the first regime's that has one; None where there is none (only some have 转办)."""
        return next((rule for regime in (*regimes, ANY) if (rule := self._rules.get((kind, regime)))), None)

    def coded(self, code: str) -> Rule | None:
        """The rule of a code; None where it is no longer in force."""
        return self._by_code.get(code)


def label(kind: str, party: str | None) -> str:
    """A clock as events name it: its kind, and for whom it runs where several do."""
    return f"{kind}:{party}" if party else kind


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
class Course:
    """All that a clock's deadline follows from, beside the calendar.

    Attributes:
        term: None where only a moment counts that somebody set.
        fixed: that moment; it counts where it is earlier than the term's end, and no pause moves it.
        cap_from: from when the term's cap counts, where that is not the start.
    """

    start: datetime
    term: Term | None
    fixed: datetime | None = None
    pauses: Sequence[Pause] = ()
    cap_from: datetime | None = None

    def only(self, calendar: Calendar) -> tuple["Course", Deadline]:
        """The course with nothing but what counts, and where it ends.

        Raises:
            Uncountable: there is neither a term nor a moment.
        """
        own = due(self.start, self.term, calendar, self.pauses, self.cap_from) if self.term else None
        if self.fixed is not None and (own is None or self.fixed < own.due_at):
            return replace(self, term=None), Deadline(local(self.fixed).astimezone(UTC), False)
        if own is None:
            raise Uncountable("没有期限长度，也没有上级要求的时间。")
        return replace(self, fixed=None), own


@dataclass(frozen=True)
class Plan:
    """When a clock ends and when it reaches each rung of its ladder, in the ladder's order (UTC)."""

    deadline: Deadline
    moments: list[datetime]

    def passed(self, now: datetime) -> int:
        """How many rungs lie behind."""
        return sum(moment <= now for moment in self.moments)


def plan(rungs: Sequence[str], course: Course, calendar: Calendar) -> Plan:
    """The way of a clock; no rung is reached before it starts, even where its cap had ended by then."""
    counting, deadline = course.only(calendar)
    end = max(deadline.due_at, local(course.start).astimezone(UTC))
    return Plan(deadline, [_reached(RUNGS[code], counting, end, calendar) for code in rungs])


def _reached(rung: Rung, course: Course, end: datetime, calendar: Calendar) -> datetime:
    """When one rung is reached; up to the deadline never later than it."""
    if rung.percent < 100:
        return min(_part(rung.percent, course, end, calendar), end)
    if rung.days == 0:
        return end
    behind, term = Term(rung.days, Unit.WORKING_DAYS), course.term
    if term and term.unit.in_hours:
        behind = Term(term.length * rung.lengths, term.unit)
    return due(end, behind, calendar, course.pauses).due_at


def _part(percent: int, course: Course, end: datetime, calendar: Calendar) -> datetime:
    """When a part of a course lies behind: of its term, or of the time until a moment that was set."""
    if course.term:
        return share(course.start, course.term, percent, calendar, course.pauses, course.cap_from)
    start = local(course.start).astimezone(UTC)
    return start + (end - start) * percent / 100
