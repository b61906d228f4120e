"""What in a complaint's text spoke for its category and what against it, as its page marks it for staff."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from service.classifier import operations as classifier
from service.classifier.rules import AUDIBLE, Explanation, Piece
from service.complaints.models import Complaint
from service.directory.rules import Directory
from service.errors import Unavailable


@dataclass(frozen=True)
class Run:
    """A stretch of the text; `side` is "for", "against", or empty where it said too little either way."""

    text: str
    side: str


@dataclass(frozen=True)
class Spoken:
    """A text in stretches, title first.

    Attributes:
        category: its name; version: the model by which it is explained; judged_by: the one that judged it first.
    """

    runs: tuple[Run, ...]
    category: str
    version: str
    judged_by: str


def spoken(complaint: Complaint, seen: Mapping[str, Any], book: Directory) -> Spoken | None:
    """The text as its reader sees it, with what spoke for its category, or else for the machine's first guess.

    None where there is no such category, or no model that knows it.
    """
    code = complaint.category or next((str(row["code"]) for row in complaint.suggestions), "")
    if code not in book.categories:
        return None
    title, text = seen["title"] or "", seen["text"]
    try:
        explanation, version = classifier.explain(text, title, code), classifier.version()
    except Unavailable:
        return None
    if explanation is None:
        return None
    whole = f"{title}\n{text}" if title else text
    return Spoken(tuple(runs(whole, explanation)), book.categories[code].name, version, complaint.model_version)


def runs(text: str, explanation: Explanation) -> Iterator[Run]:
    """A text cut where the side changes."""
    loudest = max((abs(piece.weight) for piece in explanation.pieces if piece.spoken), default=0.0)
    done = 0
    for side, pieces in groupby(explanation.pieces, lambda piece: _side(piece, loudest * AUDIBLE)):
        *_, last = pieces
        yield Run(text[done : last.end], side)
        done = last.end
    if done < len(text):
        yield Run(text[done:], "")


def _side(piece: Piece, least: float) -> str:
    if not piece.spoken or abs(piece.weight) <= least:
        return ""
    return "for" if piece.weight > 0 else "against"
