"""A complaint's text with the facts that it states, as its page marks them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from service import clock
from service.classifier import facts
from service.classifier.facts import Facts
from service.complaints.models import Complaint
from service.directory.rules import Directory
from service.intake.prefill import Spanned

# kind of fact → what it is called
KINDS = {
    "respondent": "反映的对象",
    "amount": "金额",
    "place": "地点",
    "date": "时间",
    "document": "文件",
}


@dataclass(frozen=True)
class Run:
    """A stretch of a text; `kind` is of KINDS, or empty where it states nothing."""

    text: str
    kind: str = ""


def marked(complaint: Complaint, text: str, book: Directory) -> list[Run]:
    """A text as its reader sees it, in stretches; days are told from the day on which it was filed."""
    found = facts.read(text, book, clock.local(complaint.created_at).date())
    return list(_runs(text, sorted(_spans(found))))


def _spans(found: Facts) -> Iterator[tuple[int, int, str]]:
    """Where facts stand: (start, minus the end, kind), so that of two that begin together the longer comes first."""
    places = [found.mention] if found.mention else []
    named = [found.respondent] if found.respondent else []
    told: dict[str, Sequence[Spanned]] = {
        "respondent": named, "amount": found.sums, "place": places, "date": found.dates, "document": found.documents,
    }  # fmt: skip
    for kind, those in told.items():
        for one in those:
            yield one.start, -one.end, kind


def _runs(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[Run]:
    """A text cut where a fact begins and ends; of those that overlap the first counts."""
    done = 0
    for start, minus_end, kind in spans:
        if start >= done:
            yield from (Run(text[done:start]), Run(text[start:-minus_end], kind))
            done = -minus_end
    yield Run(text[done:])


def listed(runs: Sequence[Run]) -> list[tuple[str, str]]:
    """What a text states, each once, by what it is: ("金额", "125 万元")."""
    pairs = dict.fromkeys((run.kind, run.text) for run in runs if run.kind)
    return [(_(name), text) for kind, name in KINDS.items() for found, text in pairs if found == kind]
