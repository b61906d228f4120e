"""What the clock asks intake to do."""

from datetime import timedelta

from service import clock
from service.intake import answers
from service.jobs.rules import task


@task("intake.purge_answers", every=timedelta(hours=1))
def purge_answers() -> None:
    """Drop kept answers whose day is over."""
    answers.purge(clock.now())
