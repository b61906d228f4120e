"""The figures that are judged: what each divides by what; and what makes complaints of a week a hot spot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import median

from service.complaints.rules import ANSWERS, DELIVERIES

# What satisfaction counts for, of the five grades; the two worst count for nothing.
GRADES = {"very_satisfied": 1.0, "satisfied": 1.0, "mostly_satisfied": 0.9}
WEIGHTS = {"response": 0.1, "solution": 0.5, "satisfaction": 0.4}


@dataclass(frozen=True)
class Figure:
    """A rate with what it is made of.

    Attributes:
        numerator: cases, or, for satisfaction, cases weighed by their grade.
    """

    code: str
    name: str
    numerator: float
    denominator: int

    @property
    def rate(self) -> float | None:
        """The quotient; None where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


# code → name, the counts above and below the line; the counts are those that operations.figures() reads.
RATES = {
    "response": ("响应率", "contacted_in_time", "valid"),
    "solution": ("解决率", "solved", "valid"),
    "satisfaction": ("满意率", "satisfied", "valid"),
    "on_time": ("按期办结率", "met_in_time", "due"),
    "signing": ("签收及时率", "signed_in_time", "to_sign"),
    "hand_back": ("退单率", "hand_backs", "dispatches"),
    "redo": ("重办率", "redone", "replies"),
}


def judged(counts: Mapping[str, float]) -> list[Figure]:
    """The rates that counts amount to."""
    return [Figure(code, name, counts[above], int(counts[below])) for code, (name, above, below) in RATES.items()]


def overall(figures: Sequence[Figure]) -> float | None:
    """0.1 response + 0.5 solution + 0.4 satisfaction; None where nobody was asked."""
    rates = {figure.code: figure.rate for figure in figures if figure.code in WEIGHTS}
    if any(rate is None for rate in rates.values()):
        return None
    return sum(weight * (rates[code] or 0) for code, weight in WEIGHTS.items())


Z95 = 1.645  # one-sided
# P: so many of a cluster's texts hold a word that names it, and it tells at least so much.
COMMON, TELLING = 0.4, 0.5


@dataclass(frozen=True)
class Rise:
    """The complaints of a week beside those of some weeks before.

    Attributes:
        before: of all the weeks before together.
        weeks: how many those are; fewer than were asked for where nothing was stored earlier.
    """

    week: int
    before: int
    weeks: float

    @property
    def mean(self) -> float | None:
        """Complaints in a week before; None where not one whole week is known."""
        return self.before / self.weeks if self.weeks >= 1 else None

    @property
    def ratio(self) -> float | None:
        """How many times the usual number came; half a case is added to both counts, so that none is divided by."""
        return (self.week + 0.5) * self.weeks / (self.before + 0.5) if self.weeks >= 1 else None

    @property
    def least(self) -> float | None:
        """What the ratio is at least with 95 % confidence: few cases prove little, however large their quotient.

        The lower end of the logarithm's normal interval, with the same half cases (Haldane, Anscombe).
        """
        spread = Z95 * sqrt(1 / (self.week + 0.5) + 1 / (self.before + 0.5))
        return self.ratio * exp(-spread) if self.ratio is not None else None


@dataclass(frozen=True)
class Word:
    """How many texts hold a word, of some that belong together and of others."""

    text: str
    held: int
    of: int
    elsewhere: int
    others: int

    @property
    def telling(self) -> float:
        """How much it tells: the share of texts that hold it, by how many times that is more than elsewhere (log)."""
        share = self.held / self.of
        return share * log(share * (self.others + 1) / (self.elsewhere + 0.5))


def label(words: Iterable[Word], most: int, fewest: int, sayable: Callable[[str], bool]) -> tuple[Word, ...]:
    """The words that tell most of what texts have in common; those that are part of a better one are left out.

    Args:
        fewest: texts that must hold a word: what only one or two say may tell who they are.
        sayable: whether many people may read a word; asked last, and of as few as possible.
    """
    common = [word for word in words if word.held >= max(fewest, COMMON * word.of) and word.telling >= TELLING]
    chosen: list[Word] = []
    for word in sorted(common, key=lambda word: (-word.telling, -len(word.text), word.text)):
        apart = not any(word.text in other.text or other.text in word.text for other in chosen)
        if len(chosen) < most and apart and sayable(word.text):
            chosen.append(word)
    return tuple(chosen)


def joined(groups: Iterable[Iterable[int]]) -> list[list[int]]:
    """Positions of groups that share members, directly or over others, each list in order."""
    clusters: list[tuple[list[int], set[int]]] = []
    for position, group in enumerate(map(set, groups)):
        near = [cluster for cluster in clusters if cluster[1] & group]
        clusters = [cluster for cluster in clusters if cluster not in near]
        positions = sorted([position, *(one for cluster in near for one in cluster[0])])
        clusters.append((positions, group.union(*(cluster[1] for cluster in near))))
    return [positions for positions, _ in clusters]


# How far a complaint can come, in order; each stage with the name of who has come so far.
STAGES = {
    "filed": "提交",
    "accepted": "受理",
    "dispatched": "派单",
    "signed": "签收",
    "replied": "答复",
    "asked": "问到企业",
    "solved": "解决",
}
ASKED, SOLVED = (list(STAGES).index(code) for code in ("asked", "solved"))
_TAKEN = {
    "accepted": ("accept",),
    "dispatched": DELIVERIES,
    "signed": ("sign",),
    "replied": ANSWERS,
}
# action → the stage that it leads to; to "asked" leads what the enterprise said itself or at a revisit.
STAGED_BY = {action: list(STAGES).index(code) for code, actions in _TAKEN.items() for action in actions}

# Rates of which less is better; of all others more.
LESS_IS_BETTER = frozenset({"hand_back", "redo"})
# P: of fewer cases than this no rate is compared with others.
ENOUGH = 10
Z95_BOTH = 1.96


@dataclass(frozen=True)
class Usual:
    """What the same hours of some days before brought: the fewest, the middle one, the most."""

    least: int
    middle: float
    most: int


def usual(numbers: Sequence[int]) -> Usual:
    """The range of some days' numbers."""
    return Usual(min(numbers), median(numbers), max(numbers))


def interval(numerator: float, denominator: int) -> tuple[float, float]:
    """Between which rates the true one lies with 95 % confidence (Wilson's score interval).

    Where cases count in part (a grade of 0.9), they vary less than cases that count or do not: the interval is then
    wider than it need be, never narrower.
    """
    share, square = numerator / denominator, Z95_BOTH**2
    middle = (share + square / (2 * denominator)) / (1 + square / denominator)
    spread = sqrt(share * (1 - share) / denominator + square / (4 * denominator**2))
    half = Z95_BOTH * spread / (1 + square / denominator)
    return max(0.0, middle - half), min(1.0, middle + half)
