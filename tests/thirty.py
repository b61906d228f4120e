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
    """Endless filings of which no two are alike, whatever the seeds: a case, a sentence of another, a number.

    Telephone numbers differ, and so do most respondents, but for authorities: they are known by name.
    """
    draw = random.Random(seed)  # noqa: S311 - texts, not secrets
    for serial in itertools.count(1):
        case, other = draw.sample(cases(), 2)
        sentence = draw.choice(re.findall("[^。？！]+[。？！]?", other.body["body"]))
        body = f"{case.body['body']}另外，{sentence}材料编号{seed}-{serial}。"
        yield {**case.body, "body": body, **_others(case.body, draw)}


def _others(body: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Somebody else to call, and somebody else who is complained about."""
    changed: dict[str, Any] = {}
    if "contact" in body:
        changed["contact"] = {**body["contact"], "phone": f"139{draw.randrange(10**8):08}"}
    if body.get("respondent", {}).get("kind", "organ") != "organ":
        name = f"{body['respondent']['name']}（{draw.randrange(1000)}号院）"
        changed["respondent"] = {**body["respondent"], "name": name}
    return changed
