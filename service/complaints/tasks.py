"""What the clock asks of the complaints' trails."""

from datetime import timedelta

from service import clock
from service.complaints import operations
from service.jobs.rules import task


@task("complaints.anchor", every=timedelta(days=1))
def anchor() -> None:
    """Seal the chains as they stood at the last midnight."""
    operations.anchor(clock.now())
