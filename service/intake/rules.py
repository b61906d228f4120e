"""What is filed, and what follows from it before anything is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.complaints.rules import EVERY_CLOCK, STEPS, started_by

# Who files for an enterprise and is believed about category, flags and source.
FILING_DESKS = frozenset({"operator", "dispatcher", "supervisor"})
# Flags that put a complaint on clock hours, nights and holidays too.
URGENT = frozenset({"urgent", "group"})


@dataclass(frozen=True)
class Draft:
    """A complaint as it was filed: checked, cleaned, not yet understood. None where nothing was said."""

    body: str
    title: str | None = None
    region: str | None = None
    nature: str | None = None
    category: str | None = None
    amount: Decimal | None = None
    anonymous: bool = False
    confidential: bool = False
    enterprise_name: str | None = None
    enterprise_size: str | None = None
    uscc: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    respondent_name: str | None = None
    respondent_kind: str | None = None
    flags: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    channel: str | None = None
    source_system: str | None = None
    source_number: str | None = None
    source_due_at: datetime | None = None
    answer: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def clocks_after(actions: Iterable[str], regimes: Sequence[str]) -> tuple[list[str], list[str]]:
    """The kinds of clocks that run, and those already met, once a filing took these steps in order."""
    running: list[str] = list(started_by("file", regimes))
    met: list[str] = []
    for action in actions:
        stops = STEPS[action].stops
        ended = [kind for kind in running if kind in stops or stops == EVERY_CLOCK]
        met, running = met + ended, [kind for kind in running if kind not in ended]
        running += [kind for kind in started_by(action, regimes) if kind not in running]
    return running, met
