"""Knowing when not to know: from which probability on a model may be followed without a person.

All of it is measured on texts that the weights had not seen. What counts is the way a complaint goes: labels with the
same owners, gate and limits go one way, and to mistake one of them for another sends nothing to a wrong desk. Risk is
the share of wrong ways among the texts whose way is as likely as a threshold, coverage the share of texts that are;
both as in selective classification (El-Yaniv and Wiener, Journal of Machine Learning Research 11, 2010).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.classifier.rules import family

Floats = NDArray[np.floating[Any]]
# P: this share of the texts that the machine dispatches by itself may go a wrong way.
ERROR = 0.03
# A family has a threshold of its own where so many held-out texts stand above it; else the one for all holds.
CARRIED_BY = 100
# P: the familiarity that all but so many of the learnt texts would have without themselves is the least for others;
# of a handful of pairs chance alone may leave fewer known, so measured it is on texts of so many and more.
STRANGE_SHARE, MANY_PAIRS = 0.001, 20
CURVE_POINTS = 50
BINS = 15
PARTS = 5
NEVER = 1.01
Z, Z_ONE_SIDED = 1.959964, 1.644854  # 95 %


class Limit(NamedTuple):
    """A threshold and what was measured above it.

    Attributes:
        coverage: share of the texts that reach one that was chosen without them.
        error: share of these that would go a wrong way, with Wilson's interval of 95 % from low to high.
        n: how many these are.
    """

    threshold: float
    coverage: float
    error: float
    low: float
    high: float
    n: int


NONE = Limit(NEVER, 0.0, 0.0, 0.0, 1.0, 0)


@dataclass(frozen=True)
class Limits:
    """What a model's answers must reach.

    Attributes:
        ways: for each label which way its texts go; labels of one way are no danger to each other.
        families: of the likeliest label, where enough was measured.
        familiarity: the share of its pairs of characters that a text must have in common with the learnt ones.
    """

    ways: NDArray[np.integer[Any]]
    labels: Sequence[str]
    all: Limit = NONE
    families: Mapping[str, Limit] = field(default_factory=dict)
    familiarity: float = 0.0

    @classmethod
    def of(cls, about: Mapping[str, Any], labels: Sequence[str]) -> "Limits":
        """As a model's own account has them; a model that was not measured is never sure."""
        told = about.get("coverage")
        if told is None:
            return cls(numbered({}, labels), labels)
        families = {name: Limit(**one) for name, one in told["families"].items()}
        return cls(numbered(told["ways"], labels), labels, Limit(**told["all"]), families, told["familiarity"])

    def allow(self, likely: Floats) -> bool:
        """Whether the likeliest label may be followed without a person."""
        first = int(likely.argmax())
        together = float(likely[self.ways == self.ways[first]].sum())
        return together >= self.needed(self.labels[first])

    def needed(self, label: str) -> float:
        """The probability that the way of a label must reach; over 1 where none is enough."""
        return self.families.get(family(label), self.all).threshold

    def strange(self, familiarity: float, pairs: int) -> bool:
        """Whether the model knows too little of a text to say anything of it, and the few pairs do not excuse it."""
        chance = Z_ONE_SIDED * sqrt(self.familiarity * (1 - self.familiarity) / max(1, pairs))
        return not familiarity or familiarity < self.familiarity - chance


def numbered(ways: Mapping[str, str], labels: Sequence[str]) -> NDArray[np.integer[Any]]:
    """The way of each label as a number; a label that is in no way with others goes one of its own."""
    return np.unique([ways.get(label, label) for label in labels], return_inverse=True)[1]


def measure(
    likely: Floats, truth: Sequence[str], labels: Sequence[str], ways: Mapping[str, str], familiarity: float
) -> dict[str, Any]:
    """Limits, risk–coverage curve and calibration, as JSON has them.

    Args:
        likely: a row for each text, a column for each label; from weights that had not seen the text.
        ways: label → which way its texts go, where it shares one with others.
        familiarity: the least that a text must have; see least_familiarity().
    """
    way, first = numbered(ways, labels), likely.argmax(axis=1)
    meant = np.array([labels.index(label) for label in truth])
    together = (likely * (way[first][:, None] == way)).sum(axis=1)
    right_way = way[first] == way[meant]
    of_family = np.array([family(labels[at]) for at in first.tolist()])
    own = {name: limit(together[of_family == name], right_way[of_family == name]) for name in sorted({*of_family})}
    return {
        "error": ERROR,
        "ways": dict(ways),
        "all": limit(together, right_way)._asdict(),
        "families": {str(name): found._asdict() for name, found in own.items() if found.n >= CARRIED_BY},
        "curve": curve(together, right_way),
        "bins": bins(likely.max(axis=1), first == meant),
        "familiarity": familiarity,
    }


def least_familiarity(known: Floats, pairs: Floats) -> float:
    """The least share of known pairs among learnt texts, from how many of its pairs each would know without itself."""
    shares = (known / np.maximum(1, pairs))[pairs >= MANY_PAIRS]
    return round(float(np.quantile(shares, STRANGE_SHARE)), 4) if len(shares) else 0.0


def limit(sure: Floats, hits: NDArray[np.bool_]) -> Limit:
    """The lowest threshold above which at most ERROR of the texts go wrong, and what such a threshold is worth.

    What it is worth is measured crosswise: on each part of the texts above the threshold that the other parts give.
    """
    threshold, part = _lowest(sure, hits), np.random.default_rng(0).permutation(len(sure)) % PARTS
    above = np.zeros(len(sure), dtype=bool)
    for at in range(PARTS):
        above[part == at] = sure[part == at] >= _lowest(sure[part != at], hits[part != at])
    n, wrong = int(above.sum()), int((above & ~hits).sum())
    if threshold == NEVER or not n:
        return NONE
    low, high = wilson(wrong, n)
    return Limit(threshold, round(n / len(sure), 4), round(wrong / n, 4), round(low, 4), round(high, 4), n)


def _lowest(sure: Floats, hits: NDArray[np.bool_]) -> float:
    """The lowest threshold above which at most ERROR of these texts go wrong; NEVER where there is none."""
    order = np.argsort(-sure, kind="stable")
    errors = np.cumsum(~hits[order]) / np.arange(1, len(order) + 1)
    # Texts of one probability stand or fall together.
    last = np.append(np.diff(sure[order]) < 0, True)[: len(order)]
    allowed = np.flatnonzero((errors <= ERROR) & last)
    return float(np.floor(sure[order[allowed[-1]]] * 1e4) / 1e4) if len(allowed) else NEVER


def wilson(count: int, n: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share (Journal of the American Statistical Association 22, 1927)."""
    share, square = count / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def curve(sure: Floats, hits: NDArray[np.bool_]) -> list[list[float]]:
    """[coverage, risk] from the surest texts to all of them."""
    risk = np.cumsum(~hits[np.argsort(-sure, kind="stable")]) / np.arange(1, len(sure) + 1)
    places = np.unique(np.linspace(1, len(sure), CURVE_POINTS).round().astype(int))
    return [[round(float(n / len(sure)), 4), round(float(risk[n - 1]), 4)] for n in places]


def bins(sure: Floats, hits: NDArray[np.bool_]) -> list[list[float]]:
    """[mean probability, share of right ones, how many] of 15 equally wide bins; empty ones are left out."""
    at = np.minimum((sure * BINS).astype(int), BINS - 1)
    parts = [(sure[at == number], hits[at == number]) for number in range(BINS)]
    return [[round(float(p.mean()), 4), round(float(h.mean()), 4), len(p)] for p, h in parts if len(p)]
