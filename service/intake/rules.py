"""What is filed, and what follows from it before anything is stored."""

from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True)
class Turn:
    """What the filing or a step in its moment did to the clocks."""

    started: tuple[str, ...]
    met: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The turn as its event keeps it."""
        turned = {"started": list(self.started), "met": list(self.met)}
        return {"clocks": {what: which for what, which in turned.items() if which}}


def turns(actions: Sequence[str], regimes: Sequence[str], known: Collection[str]) -> list[Turn]:
    """What the filing and then each of these steps, in order, does to the clocks.

    Args:
        known: the kinds of clocks that there are under these regimes; the others (转办 for most) are left out.
    """
    running = [kind for kind in started_by("file", regimes) if kind in known]
    done = [Turn(tuple(running))]
    for action in actions:
        stops = STEPS[action].stops
        ended = tuple(kind for kind in running if kind in stops or stops == EVERY_CLOCK)
        running = [kind for kind in running if kind not in ended]
        begun = tuple(kind for kind in started_by(action, regimes) if kind in known and kind not in running)
        running += begun
        done.append(Turn(begun, ended))
    return done
