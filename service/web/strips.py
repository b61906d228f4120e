"""A complaint's deadlines on its page: the one that counts day by day, and all of them in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from service import clock
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.deadlines.rules import Deadline
from service.directory.rules import Directory


@dataclass(frozen=True)
class Strip:
    """A deadline day by day.

    Attributes:
        passed, total: of the days that count, so far and in all; None for terms in hours.
        why: why it stands still.
    """

    clock: Clock
    deadline: Deadline
    passed: int | None = None
    total: int | None = None
    why: str = ""

    @property
    def is_in_hours(self) -> bool:
        """Whether its days are told in hours, for which cells say nothing."""
        return runs_in_hours(self.clock)


def strip(clocks: Sequence[Clock], status: str, book: Directory) -> Strip | None:
    """The result clock day by day; before it runs, the one that ends first of those in days, else of all."""
    open_ones = [one for one in clocks if one.state in deadlines.OPEN and one.party is None]
    chosen = min(open_ones, key=lambda one: (one.kind != "result", runs_in_hours(one), one.due_at), default=None)
    if chosen is None:
        return None
    now, why = clock.now(), "suspended" if status == "suspended" else "waiting"
    deadline = deadlines.explain(chosen, book.revision, now)
    if chosen.term is None or runs_in_hours(chosen):
        return Strip(chosen, deadline, why=why)
    counted = [day.date for day in deadline.days if day.counted]
    return Strip(chosen, deadline, sum(day <= clock.local(now).date() for day in counted), len(counted), why)


def runs_in_hours(one: Clock) -> bool:
    """Whether its term is in hours."""
    return one.term is not None and one.term.unit.in_hours


def in_order(clocks: Sequence[Clock]) -> list[Clock]:
    """Those that run first, the soonest on top; then those that are over."""
    return sorted(clocks, key=lambda one: (one.state not in deadlines.OPEN, one.due_at, one.id))
