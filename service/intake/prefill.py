"""What a text already says, for the filing form and for programs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from service import clock
from service.classifier import facts
from service.classifier.facts import Facts, Name
from service.directory.rules import Directory
from service.intake import mentions
from service.routing.respondent import UNKNOWN, Respondent, recognise


class Spanned(Protocol):
    """Whatever stands somewhere in a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def understand(text: str, book: Directory) -> Facts:
    """The facts of a text; relative dates as seen from today in Asia/Shanghai."""
    return facts.read(text, book, clock.local(clock.now()).date())


def asked(text: str, book: Directory) -> dict[str, Any]:
    """What the filing form asks besides, of each family's own, and a text already answers."""
    found = understand(text, book)
    against = found.respondent
    kind = _kind(against, found.place, book) if against else UNKNOWN
    more = {"respondent.kind": "" if kind == UNKNOWN else kind, "promise.by": against.text if against else ""}
    told = {**mentions.given(text, found), **more, **answers(found)}
    return {name: value for name, value in told.items() if value}


def answers(found: Facts) -> dict[str, str]:
    """What the filing form asks (dotted names of its schema) and a text already answers."""
    papers = {one.kind: one.name for one in reversed(found.documents)}
    given = {
        "region": found.place,
        "respondent.name": found.respondent and found.respondent.text,
        "amount": found.amount and _plain(found.amount.yuan),
        "debt.contract_number": papers.get("contract"),
        "promise.document": papers.get("agreement") or papers.get("number"),
        "policy.name": papers.get("policy"),
        "policy.document": papers.get("number"),
    }
    return {name: value for name, value in given.items() if value}


def _plain(yuan: Decimal) -> str:
    return format(yuan.normalize(), "f")


def told(found: Facts, book: Directory) -> dict[str, Any]:
    """The facts as JSON; a span is [start, end) in characters, and null or [] where nothing stands."""
    return {
        "amount": _amount(found),
        "place": _place(found, book),
        "respondent": _respondent(found, book),
        "dates": [{"date": one.date, "text": one.text, "span": _span(one)} for one in found.dates],
        "periods": [
            {"length": one.length, "working": one.working, "text": one.text, "span": _span(one)}
            for one in found.periods
        ],
        "documents": _papers(found, {"number", "contract", "case", "agreement"}),
        "policies": _papers(found, {"policy"}),
        # Where they stand, never what they are.
        "protected": [{"kind": one.kind, "span": _span(one)} for one in found.protected],
        "amounts": [
            {"yuan": float(one.yuan), "role": one.role, "text": one.text, "span": _span(one)} for one in found.sums
        ],
    }


def _amount(found: Facts) -> dict[str, Any] | None:
    one = found.amount
    if one is None:
        return None
    return {"yuan": float(one.yuan), "approximate": one.approximate, "text": one.text, "span": _span(one)}


def _place(found: Facts, book: Directory) -> dict[str, Any] | None:
    if found.place is None:
        return None
    span = _span(found.mention) if found.mention else None
    return {"code": found.place, "name": book.places[found.place].name, "span": span}


def _respondent(found: Facts, book: Directory) -> dict[str, Any] | None:
    one = found.respondent
    if one is None:
        return None
    return {"name": one.text, "kind": _kind(one, found.place, book), "span": _span(one)}


def _kind(one: Name, place: str | None, book: Directory) -> str:
    return "private" if one.person else recognise(Respondent(one.text), place, book).kind


def _papers(found: Facts, kinds: set[str]) -> Sequence[dict[str, Any]]:
    papers = (one for one in found.documents if one.kind in kinds)
    return [{"kind": one.kind, "name": one.name, "span": _span(one)} for one in papers]


def _span(one: Spanned) -> list[int]:
    return [one.start, one.end]
