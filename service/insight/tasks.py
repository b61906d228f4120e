"""What workers do for figures: the tallies follow what happens."""

from datetime import timedelta

from service import clock
from service.insight import tallying
from service.jobs import outbox
from service.jobs.rules import task


@task("insight.keep_tallies", every=timedelta(seconds=30))
def keep_tallies() -> None:
    """One batch; where more is waiting, the next is asked for at once."""
    if tallying.keep(clock.now()):
        outbox.add("insight.keep_tallies")
