"""What decides in learning: who may not outweigh, whether a challenger is better, whether a week is unlike others."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from service.sentences import say

# --- caps ------------------------------------------------------------------------------------------------------------

# P: so many corrections of one enterprise's complaints count, and so many, or such a share of all, of one person.
OF_AN_ENTERPRISE = 5
OF_A_PERSON, SHARE_OF_A_PERSON = 20, 0.25


class Lesson(NamedTuple):
    """A text of a complaint and its category, as a person gave it, or as it was handled by to the end.

    Attributes:
        key: of the text; what is left out where there are too many is chosen by it, and so by nobody.
        month: 2026-03, of a correction.
        enterprise: whose complaint it was; "" where that is unknown.
        person: who gave it the category; "" where it was the machine, and what came of it bore it out.
    """

    key: bytes
    title: str
    text: str
    label: str
    channel: str
    month: str
    enterprise: str
    person: str


@dataclass(frozen=True)
class Capped:
    """Somebody with more corrections than may count."""

    kind: str
    who: str
    examples: int
    counted: int


def counted(lessons: Sequence[Lesson]) -> tuple[list[Lesson], list[Capped]]:
    """The texts that count, in their order, and who had more than that.

    The others are left out, not made lighter: so they bend neither vocabulary nor calibration nor the gate's figures.
    """
    kept, enterprises = _at_most(OF_AN_ENTERPRISE, "enterprise", lambda one: one.enterprise, lessons)
    limit = max(OF_A_PERSON, int(SHARE_OF_A_PERSON * sum(bool(one.person) for one in kept)))
    kept, people = _at_most(limit, "user", lambda one: one.person, kept)
    return kept, enterprises + people


def _at_most(
    limit: int, kind: str, whose: Callable[[Lesson], str], lessons: Sequence[Lesson]
) -> tuple[list[Lesson], list[Capped]]:
    held = defaultdict(list)
    for one in lessons:
        held[whose(one)].append(one)
    over = {who: those for who, those in held.items() if who and len(those) > limit}
    surplus = {one.key for those in over.values() for one in sorted(those)[limit:]}
    capped = [Capped(kind, who, len(those), limit) for who, those in sorted(over.items())]
    return [one for one in lessons if one.key not in surplus], capped


# --- the gate --------------------------------------------------------------------------------------------------------

RESAMPLES = 2000
CONFIDENCE = 0.95
# A slice of fewer texts is shown and guards nothing.
GUARDING = 20
# P: a loss of more than this is one too where only so many of the resamples show it, and not all but 2.5 %.
LOSS, LIKELY_LOSS = 0.02, 0.9
# P: it must be better also without the corrections of so many people, those that speak most for it.
ALONE = 2
MOST_CONFUSIONS = 20
BETTER, SAME, WORSE, FEW = "better", "same", "worse", "few"
PROMOTED, REFUSED = "promoted", "refused"
CORPUS, HANDLED = "corpus", "handled"
Name = Callable[[str, str], str]  # kind and name of a slice → how people call it


class Trial(NamedTuple):
    """A text that neither model had seen when it was asked: what it is, and what each said.

    Attributes:
        channel: by which it came; CORPUS for the seed corpus, whose labels nobody's correction can touch.
        month, person: when and by whom it was corrected; "" where it was not.
    """

    label: str
    channel: str
    month: str
    person: str
    champion: str
    challenger: str


@dataclass(frozen=True)
class Slice:
    """How two models did on some of the texts; shares, and the difference with its interval of 95 %."""

    name: str
    kind: str
    n: int
    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    verdict: str


def slices(trials: Sequence[Trial]) -> list[Slice]:
    """All texts; each family of the seed corpus; what was handled to the end as the champion or one before it said;
    each family, each channel, the newest month of corrections."""
    parts: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    newest = max((one.month for one in trials), default="")
    for one in trials:
        family = one.label.partition(".")[0]
        parts["all", "all"].append(one)
        parts["family", family].append(one)
        parts["channel", one.channel].append(one)
        if one.month == newest != "":
            parts["month", newest].append(one)
        if one.channel == CORPUS:
            parts[CORPUS, family].append(one)
        elif not one.person:
            parts[HANDLED, HANDLED].append(one)
    order = ("all", CORPUS, HANDLED, "family", "channel", "month")
    ordered = sorted(parts, key=lambda part: (order.index(part[0]), part[1]))
    return [_slice(kind, name, parts[kind, name]) for kind, name in ordered]


def _slice(kind: str, name: str, trials: Sequence[Trial]) -> Slice:
    before = np.array([one.champion == one.label for one in trials], dtype=int)
    after = np.array([one.challenger == one.label for one in trials], dtype=int)
    draws = resampled(after - before)
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]).tolist()
    difference = float((after - before).mean())
    verdict = FEW if len(trials) < GUARDING else _verdict(difference, low, high, float((draws < 0).mean()))
    was, now, by, low, high = (round(float(one), 5) for one in (before.mean(), after.mean(), difference, low, high))
    return Slice(name, kind, len(trials), was, now, by, low, high, verdict)


def resampled(differences: np.ndarray) -> np.ndarray:
    """Means of RESAMPLES samples drawn from differences of -1, 0 and 1 (paired bootstrap); the same ones each time."""
    n = len(differences)
    shares = np.bincount(differences + 1, minlength=3) / n
    drawn = np.random.default_rng(0).multinomial(n, shares, RESAMPLES)
    return (drawn[:, 2] - drawn[:, 0]) / n


def _verdict(difference: float, low: float, high: float, losing: float) -> str:
    """Better: the interval lies above 0. Worse: it lies below, or a loss of over 2 points shows in 9 of 10 samples."""
    if low > 0:
        return BETTER
    return WORSE if high < 0 or (difference < -LOSS and losing >= LIKELY_LOSS) else SAME


def judge(trials: Sequence[Trial], name: Name) -> dict[str, Any]:
    """The gate: promoted where it is better over all and worse nowhere, with the sentence why; as JSON has it."""
    found = slices(trials)
    few = _supporters(trials)
    overall, worst = found[0], min((one for one in found if one.verdict == WORSE), key=_loss, default=None)
    if worst is not None:
        verdict, reason = (
            REFUSED,
            say("在「%(name)s」上变差：%(change)s。", name=name(worst.kind, worst.name), change=_told(worst)),
        )
    elif overall.verdict != BETTER:
        verdict, reason = REFUSED, say("总体没有可靠的提高：%(change)s。", change=_told(overall))
    elif _slice("all", "all", [one for one in trials if one.person not in few]).verdict != BETTER:
        verdict, reason = REFUSED, say("只有 %(people)s 的纠正支持它：去掉这些样本，总体没有可靠的提高。", people=few)
    else:
        verdict, reason = PROMOTED, say("总体提高，没有哪一部分变差：%(change)s。", change=_told(overall))
    confused = [[*pair, count] for pair, count in _confusions(trials)[:MOST_CONFUSIONS]]
    return {
        "slices": [one.__dict__ for one in found], "confusions": confused, "verdict": verdict, "reason": reason
    }  # fmt: skip


def _supporters(trials: Sequence[Trial]) -> list[str]:
    """The people, two at most, whose corrections speak most for the challenger."""
    gains: dict[str, int] = defaultdict(int)
    for one in trials:
        if one.person:
            gains[one.person] += (one.challenger == one.label) - (one.champion == one.label)
    return sorted(gains, key=lambda person: (-gains[person], person))[:ALONE]


def _loss(one: Slice) -> tuple[bool, float]:
    """What nobody's correction can have touched speaks first."""
    return one.kind not in {CORPUS, HANDLED}, one.difference


def _told(one: Slice) -> str:
    return say(
        "%(texts)s 条文本，%(was)s → %(now)s，%(points)s 个百分点，95%% 区间 %(low)s 至 %(high)s",
        texts=one.n,
        was=f"{one.champion:.1%}",
        now=f"{one.challenger:.1%}",
        points=f"{100 * one.difference:+.1f}",
        low=f"{100 * one.low:+.1f}",
        high=f"{100 * one.high:+.1f}",
    )


def _confusions(trials: Iterable[Trial]) -> list[tuple[tuple[str, str], int]]:
    """What the challenger takes for something else, the commonest first: ((true, said), how often)."""
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for one in trials:
        if one.challenger != one.label:
            pairs[one.label, one.challenger] += 1
    return sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))


# --- drift -----------------------------------------------------------------------------------------------------------

# P: a week of so many complaints is unlike the weeks before where it lies so many standard errors above their mean.
ENOUGH, ERRORS = 30, 3


@dataclass(frozen=True)
class Week:
    """The complaints of a week.

    Attributes:
        week: its Monday.
        unsure: share of those that the machine would not dispatch by itself.
        corrected: share of those whose category people changed.
        unseen: mean share of a text that the model did not know, `spread` its standard deviation; None where unknown.
        alarms: which of the three are unlike the weeks before.
    """

    week: date
    n: int
    unsure: float
    corrected: float
    unseen: float | None
    spread: float = 0.0
    alarms: tuple[str, ...] = ()

    @property
    def alarm(self) -> bool:
        """Whether anything is unlike the weeks before."""
        return bool(self.alarms)


def alarmed(weeks: Sequence[Week]) -> list[Week]:
    """Weeks, the oldest first, each compared with those before it."""
    return [replace(one, alarms=_alarms(one, weeks[:at])) for at, one in enumerate(weeks)]


def _alarms(one: Week, before: Sequence[Week]) -> tuple[str, ...]:
    n, many = one.n, sum(week.n for week in before)
    if min(n, many) < ENOUGH:
        return ()
    odd = {
        name: getattr(one, name) > usual + ERRORS * sqrt(usual * (1 - usual) * (1 / n + 1 / many))
        for name, usual in _shares(before, many).items()
    }
    return tuple(name for name, is_odd in {**odd, "unseen": _unseen_more(one, before)}.items() if is_odd)


def _shares(before: Sequence[Week], many: int) -> Mapping[str, float]:
    """The usual shares; one case more of either kind, so that what never happened yet is rare and not impossible."""
    sums = {name: sum(getattr(week, name) * week.n for week in before) for name in ("unsure", "corrected")}
    return {name: (total + 1) / (many + 2) for name, total in sums.items()}


def _unseen_more(one: Week, before: Sequence[Week]) -> bool:
    known = [week for week in before if week.unseen is not None]
    many = sum(week.n for week in known)
    if one.unseen is None or many < ENOUGH:
        return False
    usual = sum((week.unseen or 0.0) * week.n for week in known) / many
    variance = sum(week.spread**2 * week.n for week in known) / many
    return one.unseen > usual + ERRORS * sqrt(one.spread**2 / one.n + variance / many)
