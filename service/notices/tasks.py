"""What the clock and the steps of the workflow ask of the notices."""

from datetime import timedelta

from service import clock
from service.jobs import outbox
from service.jobs.rules import task
from service.notices import operations

BATCH = 100


@task("notices.spread", every=timedelta(seconds=30))
def spread() -> None:
    """Tell of one batch of events; a full batch asks for the next at once."""
    if operations.spread(clock.now(), BATCH) >= BATCH:
        outbox.add("notices.spread")


@task("notices.deliver")
def deliver(id: int) -> None:
    """Try once to send a notice."""
    operations.deliver(id, clock.now())


@task("notices.purge", every=timedelta(days=1))
def purge() -> None:
    """Drop messages of long ago."""
    operations.purge(clock.now())


@task("notices.release", every=timedelta(minutes=1))
def release() -> None:
    """Send what was held back for the night."""
    if operations.release(clock.now(), BATCH) >= BATCH:
        outbox.add("notices.release")
