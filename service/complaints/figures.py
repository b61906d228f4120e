"""The figures that everybody may read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service.clock import local
from service.complaints.models import Event
from service.db import db
from service.deadlines.models import Clock

# Fewer cases than this say more about somebody than about the service.
FEWEST = 10


@dataclass(frozen=True)
class OpenFigures:
    """This month so far.

    Attributes:
        accepted: complaints accepted.
        due, on_time: result clocks that ended, and those of them that were met in time.
    """

    accepted: int
    due: int
    on_time: int

    @property
    def share(self) -> float | None:
        """The on-time rate (按期办结率); None where the cases are too few to be shown."""
        return self.on_time / self.due if self.due >= FEWEST else None

    @property
    def shows_accepted(self) -> bool:
        """Whether the number of accepted complaints is large enough to be shown."""
        return self.accepted >= FEWEST


def open_figures(now: datetime) -> OpenFigures:
    """The figures of the month in Asia/Shanghai up to now, in one statement."""
    first = local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    accepted = select(func.count()).where(Event.action == "accept", Event.at >= first).scalar_subquery()
    ended = (Clock.kind == "result") & Clock.due_at.between(first, now) & (Clock.state != "cancelled")
    met = (Clock.state == "met") & Clock.overdue_at.is_(None)
    row = db.session.execute(select(accepted, func.count(), func.count().filter(met)).where(ended)).one()
    return OpenFigures(*row)
