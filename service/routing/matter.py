"""What routing is told about a complaint, and what it finds out before it decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from service.directory.rules import Category, Department, Directory, Gate, Owner
from service.routing.respondent import Body, Respondent, barred_from

RETALIATION = "retaliation"
ACCUSING = frozenset({"complaint", "report"})
ASKING = frozenset({"inquiry", "suggestion"})
# Whoever owes or broke a promise never judges it himself, even where the writer politely calls it a request.
ALWAYS_AGAINST = frozenset({"arrears", "default"})


class Suggested(Protocol):
    """A category that the classifier suggests."""

    @property
    def code(self) -> str: ...

    @property
    def probability(self) -> float: ...

    @property
    def sure(self) -> bool: ...


@dataclass(frozen=True)
class Matter:
    """A complaint as values.

    Attributes:
        suggestions: the classifier's, best first; the first one tells whether it is sure.
        strange: the text is unlike all that the classifier has learnt.
        nature: as filed; None where the filer did not say.
        place: code of the place where the matter lies, None if unknown.
        creditor_size: micro small medium large, None if not said.
        chosen: a leaf that somebody picked; chosen_by: "filer" or "staff".
        flags: urgent sensitive group retaliation ….
        gates: codes of the gates that somebody declared.
        channel: by which it came.
        placed: the place was filled in, not read from the text.
        text: title and body, searched for the cues of gates, the words of owners and, without respondent, the accused.
    """

    suggestions: Sequence[Suggested] = ()
    strange: bool = False
    nature: str | None = None
    place: str | None = None
    respondent: Respondent | None = None
    creditor_size: str | None = None
    anonymous: bool = False
    chosen: str | None = None
    chosen_by: str | None = None
    flags: frozenset[str] = frozenset()
    gates: tuple[str, ...] = ()
    channel: str | None = None
    placed: bool = True
    text: str = ""


@dataclass(frozen=True)
class Case:
    """A matter with what routing found out about it.

    Attributes:
        doubt: why the category is not certain enough for the machine; empty if it is.
        place: where it is handled from: the level of a public respondent decides over the place that was given.
        accused: who must not handle it: the respondent or, where none was filed, whoever the text names.
        law: under which an arrears complaint is accepted: 802, private-economy, business-environment, or None.
        between: the lowest place above both, where the place that was filled in contradicts the respondent's.
        alarm: the emergency that is not certain, but likely enough to tell its number.
        avenged: somebody declared retaliation, or the text plainly tells of it.
    """

    matter: Matter
    directory: Directory
    category: Category | None
    doubt: str
    nature: str
    body: Body | None
    place: str | None
    accused: tuple[Department, ...]
    gate: Gate | None
    law: str | None
    sealed: bool
    alarm: Gate | None = None
    avenged: bool = False
    between: str | None = None

    @property
    def family(self) -> str:
        """The family's code, empty where no category was found."""
        return self.category.family if self.category else ""

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Who answers for the category; empty where none was found."""
        return self.category.owners if self.category else ()

    @property
    def against(self) -> bool:
        """Whether somebody is accused, so that he and his must not handle it."""
        return against(self.nature, self.family)

    def bars(self, department: Department, *others: Department) -> bool:
        """Whether a department may not handle it, since it is accused or stands below who is (the others too)."""
        accused = (*self.accused, *others)
        return any(barred_from(department, one, self.directory) is not None for one in accused)


def against(nature: str, family: str | None) -> bool:
    """Whether a complaint of this nature and family accuses its respondent."""
    return nature in ACCUSING or (family in ALWAYS_AGAINST and nature not in ASKING)
