"""The nightly round of learning, which somebody may also ask for."""

from datetime import timedelta

from service import clock
from service.accounts.rules import Reader
from service.jobs.rules import task
from service.learning import rounds
from service.learning.operations import RETRAIN

# Two in the morning in Asia/Shanghai is six hours before the day of UTC begins.
BEFORE_MIDNIGHT = timedelta(hours=6)
# A round takes minutes; on a slow machine with many corrections, more.
LEASE = timedelta(minutes=30)


@task(RETRAIN, every=timedelta(days=1), early=BEFORE_MIDNIGHT, lease=LEASE)
def retrain(by: tuple[int, str] | None = None) -> None:
    """Train a challenger and let the gate decide; at night only where there is something new to learn.

    Args:
        by: id and login of who asked for it.
    """
    if by:
        rounds.run(Reader(*by), clock.now())
    else:
        rounds.run_if_needed(clock.now())
