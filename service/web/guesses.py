"""What a dispatcher is offered: the categories a complaint may belong to, and the departments that own them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask_babel import gettext as _

from service import clock
from service.classifier import operations as classifier
from service.classifier.rules import Suggestion
from service.complaints.models import Complaint
from service.directory.rules import Department, Directory
from service.intake import deciding
from service.learning import operations as learning
from service.routing.examination import sure_enough

LIKELY = 0.05  # P: a category under this is shown, and not offered
# By which enterprises file themselves.
OWN_CHANNELS = frozenset({"web"})
# Where no desk has said yet what it is.
UNACCEPTED = frozenset({"submitted", "supplementing"})


@dataclass(frozen=True)
class Choice:
    """A category that a complaint may belong to, and the department it would then go to.

    Attributes:
        kept: it is the one that the complaint has already.
        chosen: who chose it, where it is kept against the machine's own first guess; else empty.
        probability: None where the model did not think of it.
    """

    code: str
    name: str
    kept: bool
    chosen: str
    probability: float | None
    words: list[str]
    department: Department | None

    @property
    def is_offered(self) -> bool:
        """Whether one click may dispatch under it: it has an owner, and is no mere remainder of the model's."""
        return self.department is not None and (self.kept or (self.probability or 0) >= LIKELY)


def choices(complaint: Complaint, book: Directory, place: str | None = None) -> list[Choice]:
    """The category that somebody chose, then the model's, the likeliest first; what nobody owns comes last."""
    judged = {row["code"]: row for row in complaint.suggestions}
    codes = dict.fromkeys([*filter(None, [complaint.category]), *judged])
    found = [_choice(code, judged.get(code, {}), complaint, book, place) for code in codes if book.category(code)]
    return sorted(found, key=lambda choice: (not choice.chosen, not choice.is_offered))


def unsure(complaint: Complaint, book: Directory) -> str:
    """That the machine was not sure enough of the category to dispatch by itself; empty where that was not why."""
    judged = {row["code"]: row for row in complaint.suggestions}
    leaf, told = book.category(complaint.category or ""), judged.get(complaint.category or "")
    waits = complaint.routed_by == "triage" and complaint.delivered_to is None
    if leaf is None or told is None or not waits:
        return ""
    guess = Suggestion(leaf.code, told["probability"], (), sure=told["sure"])
    # The model that answers by now may ask for less than the one that did then.
    needed = max(leaf.threshold, classifier.needed(leaf.code))
    if sure_enough(guess, leaf) or guess.probability >= needed:
        return ""
    least = min(100, ceil(needed * 100))
    share = min(round(guess.probability * 100), least - 1)  # never rounded up to what would have been enough
    return _("系统对「%(category)s」只有 %(share)d%% 的把握，低于自动派单需要的 %(least)d%%。",
             category=leaf.name, share=share, least=least)  # fmt: skip


def _choice(code: str, judged: Mapping[str, Any], complaint: Complaint, book: Directory, place: str | None) -> Choice:
    """Where the machine named a department already, that one stands, unless a person looks at another place."""
    leaf, kept = book.categories[code], code == complaint.category
    proposed = complaint.proposed_department if kept and place is None else None
    return Choice(
        code,
        _("%(family)s—%(leaf)s", family=leaf.family_name, leaf=leaf.name),
        kept,
        _who_chose(complaint) if kept else "",
        judged.get("probability"),
        [reason["word"] for reason in judged.get("reasons", ())],
        book.departments.get(proposed or _owner(complaint, code, place) or ""),
    )


def _who_chose(complaint: Complaint) -> str:
    """Who says that it belongs where it stands, if not the machine."""
    if complaint.category == learning.likeliest(complaint):
        return ""
    own = complaint.status in UNACCEPTED and complaint.channel in OWN_CHANNELS
    return _("企业自己选的") if own else _("人工选的")


def _owner(complaint: Complaint, category: str, place: str | None) -> str | None:
    """The department under a category, where there is one that may have it."""
    decision = deciding.under(complaint, category, clock.now(), place=place)
    return decision.department or decision.proposed
