"""The complaints of tests/texts/thirty.yaml, as they stand, or varied where many different ones are needed."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "texts" / "thirty.yaml"


@dataclass(frozen=True)
class Case:
    """One complaint.

    Attributes:
        body: the filing as JSON.
        expect: family and leaf, and the department's name; None where no one department is right.
    """

    name: str
    body: dict[str, Any]
    expect: dict[str, str | None]


@cache
def cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(Case(**row) for row in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def varied(seed: int) -> Iterator[dict[str, Any]]:
    """Endless filings of which no two are alike, whatever the seeds: a case, a sentence of another, a number."""
    draw = random.Random(seed)  # noqa: S311 - texts, not secrets
    for serial in itertools.count(1):
        case, other = draw.sample(cases(), 2)
        sentence = draw.choice(re.findall("[^。？！]+[。？！]?", other.body["body"]))
        yield {**case.body, "body": f"{case.body['body']}另外，{sentence}材料编号{seed}-{serial}。"}
