"""The figures that are judged: what each divides by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
