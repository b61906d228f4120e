"""What a dispatcher is offered: the categories a complaint may belong to, and the departments that own them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from service import clock
from service.complaints.models import Complaint
from service.directory.rules import Department, Directory
from service.intake import operations as intake

LIKELY = 0.05  # P: a category under this is shown, and not offered


@dataclass(frozen=True)
class Choice:
    """A category that a complaint may belong to, and the department it would then go to.

    Attributes:
        kept: it is the one that the complaint has already.
        probability: None where the model did not think of it.
    """

    code: str
    name: str
    kept: bool
    probability: float | None
    words: list[str]
    department: Department | None

    @property
    def is_offered(self) -> bool:
        """Whether one click may dispatch under it: it has an owner, and is no mere remainder of the model's."""
        return self.department is not None and (self.kept or (self.probability or 0) >= LIKELY)


def choices(complaint: Complaint, book: Directory, place: str | None = None) -> list[Choice]:
    """The category it has, then what else the model thought of."""
    judged = {row["code"]: row for row in complaint.suggestions}
    codes = dict.fromkeys([*filter(None, [complaint.category]), *judged])
    return [_choice(code, judged.get(code, {}), complaint, book, place) for code in codes if book.category(code)]


def _choice(code: str, judged: Mapping[str, Any], complaint: Complaint, book: Directory, place: str | None) -> Choice:
    """Where the machine named a department already, that one stands, unless a person looks at another place."""
    leaf, kept = book.categories[code], code == complaint.category
    proposed = complaint.proposed_department if kept and place is None else None
    return Choice(
        code,
        _("%(family)s—%(leaf)s", family=leaf.family_name, leaf=leaf.name),
        kept,
        judged.get("probability"),
        [reason["word"] for reason in judged.get("reasons", ())],
        book.departments.get(proposed or _owner(complaint, code, place) or ""),
    )


def _owner(complaint: Complaint, category: str, place: str | None) -> str | None:
    """The department under a category, where there is one that may have it."""
    decision = intake.under(complaint, category, clock.now(), place=place)
    return decision.department or decision.proposed
