"""How well the facts of labelled texts are read: precision and recall of each field.

`python -m tests.classifier.facts_figures [facts|facts_unseen] [FIELD]` prints them, and the mistakes of a field.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from service.classifier.facts import Facts, read
from tests.directory.book import book

TEXTS = Path(__file__).parents[1] / "texts"
TODAY = date(2026, 3, 13)
SINGLE = ("amount", "place", "respondent")
LISTS = ("dates", "periods", "documents", "policies")


@dataclass(frozen=True)
class Figure:
    """Of one field: what was found rightly, wrongly, and not."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


@cache
def labelled(name: str) -> tuple[dict[str, Any], ...]:
    """The texts of a file with their labels."""
    return tuple(yaml.safe_load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8")))


def found(text: str) -> dict[str, Any]:
    """What is read in a text, in the labels' terms."""
    facts: Facts = read(text, book(), TODAY)
    return {
        "amount": float(facts.amount.yuan) if facts.amount else None,
        "place": facts.place,
        "respondent": facts.respondent.text if facts.respondent else None,
        "dates": [one.date for one in facts.dates],
        "periods": [one.length for one in facts.periods],
        "documents": [one.name for one in facts.documents if one.kind != "policy"],
        "policies": [one.name for one in facts.documents if one.kind == "policy"],
    }


def _judged(field: str, label: Any, said: Any) -> Iterator[str]:
    """right, wrong and missed, as often as each."""
    if field in LISTS:
        wanted, given = Counter(label or []), Counter(said)
        right = (wanted & given).total()
        yield from ["right"] * right + ["wrong"] * (given.total() - right) + ["missed"] * (wanted.total() - right)
        return
    readings = label if isinstance(label, list) else [label]
    if said is not None:
        yield "right" if said in readings else "wrong"
    if said not in readings and None not in readings:
        yield "missed"


def figures(name: str) -> dict[str, Figure]:
    """The figures of a file's texts, by field."""
    tally: dict[str, Counter[str]] = {field: Counter() for field in (*SINGLE, *LISTS)}
    for row in labelled(name):
        said = found(row["text"])
        for field in tally.keys() - set(row.get("skip", ())):
            tally[field].update(_judged(field, row.get(field), said[field]))
    return {field: Figure(one["right"], one["wrong"], one["missed"]) for field, one in tally.items()}


def mistakes(name: str, field: str) -> Iterator[tuple[Any, Any, str]]:
    """(label, said, text) of each text where a field is not right."""
    for row in labelled(name):
        said = found(row["text"])[field]
        if field not in row.get("skip", ()) and set(_judged(field, row.get(field), said)) - {"right"}:
            yield row.get(field), said, row["text"]


if __name__ == "__main__":
    which, *fields = sys.argv[1:] or ["facts"]
    for field, figure in figures(which).items():
        print(f"{field:11} precision {figure.precision:.3f}  recall {figure.recall:.3f}  {figure}")  # noqa: T201
    for field in fields:
        for label, said, text in mistakes(which, field):
            print(f"{field}: {label!r} ≠ {said!r}\t{text}")  # noqa: T201
