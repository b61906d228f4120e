"""What workers do for complaints: anchors of their trails, long lists as tables."""

from datetime import date, timedelta

from service import clock
from service.complaints import exporting, operations
from service.jobs import outbox
from service.jobs.rules import task


@task("complaints.anchor", every=timedelta(days=1))
def anchor() -> None:
    """Settle which events an anchor covers; reading them all happens afterwards, when nobody is held back."""
    day = clock.local(clock.now()).date()
    outbox.add("complaints.keep_anchor", {"day": day.isoformat(), "last_event": operations.settled()})


@task("complaints.keep_anchor")
def keep_anchor(day: str, last_event: int) -> None:
    """Seal all chains as they stood then."""
    operations.anchor(date.fromisoformat(day), last_event)


@task("complaints.export")
def export(export_id: int) -> None:
    """Write a long list as a table."""
    exporting.make(export_id, clock.now())


@task("complaints.purge_exports", every=timedelta(hours=1))
def purge_exports() -> None:
    """Drop tables whose day is over."""
    exporting.purge(clock.now())
