"""What the clock asks casework to do."""

from datetime import timedelta

from service import clock
from service.casework import climbing
from service.jobs import outbox
from service.jobs.rules import task

BATCH = 500


@task("casework.sweep", every=timedelta(seconds=30))
def sweep() -> None:
    """Climb one batch of due rungs; a full batch asks for the next at once."""
    if climbing.climb(clock.now(), BATCH) >= BATCH:
        outbox.add("casework.sweep")
