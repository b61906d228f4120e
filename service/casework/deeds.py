"""One step in the making: what its effect is told, and what it adds to the row of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.accounts.rules import Reader
from service.complaints.models import Complaint
from service.complaints.rules import Trace
from service.directory import operations as directory
from service.directory.rules import Directory

Given = Mapping[str, Any]


@dataclass
class Deed:
    """A step that somebody takes on a complaint whose row is held locked.

    Attributes:
        fixed: kind of clock → the moment until which it runs, where the step sets one.
        roles: in which the actor reaches the complaint; `by` names the one that was taken for the step.
        party: for whom the clocks run that the step starts or stops, where several of a kind run at once.
        anew: kinds of clocks that the step starts from the beginning, though they run.
        extended: kind of clock → its new length.
        noted: what the event keeps beyond the fields that were filled in.
        shown: what only who took the step may see, and only now: the one-time link of a letter.
    """

    complaint: Complaint
    given: Given
    by: Trace
    reader: Reader
    now: datetime
    fixed: dict[str, datetime] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    party: str | None = None
    anew: frozenset[str] = frozenset()
    extended: dict[str, int] = field(default_factory=dict)
    noted: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def book(self) -> Directory:
        """The reference data of this moment."""
        return directory.current()

    @property
    def chain(self) -> tuple[str, ...]:
        """Whose calendar counts: the place of the matter and those above it."""
        return self.book.chain(self.complaint.region or self.complaint.dispatch_place)
