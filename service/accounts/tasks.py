"""What the clock asks of accounts."""

from datetime import timedelta

from service import clock
from service.accounts import tries
from service.jobs.rules import task


@task("accounts.purge", every=timedelta(days=1))
def purge() -> None:
    """Forget failures of long ago."""
    tries.purge(clock.now())
