"""The outbox tidies itself."""

from datetime import timedelta

from service import clock
from service.jobs import outbox
from service.jobs.rules import task


@task("jobs.purge", every=timedelta(days=1))
def purge() -> None:
    """Drop tasks that were done long ago."""
    outbox.purge(clock.now())
