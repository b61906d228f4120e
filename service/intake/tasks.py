"""What the clock asks intake to do."""

from datetime import timedelta

from service import clock
from service.intake import answers, attachments, begun, calls, enterprises
from service.jobs.rules import task


@task("intake.purge_answers", every=timedelta(hours=1))
def purge_answers() -> None:
    """Drop kept answers whose day is over."""
    answers.purge(clock.now())


@task("intake.purge_begun", every=timedelta(hours=1))
def purge_begun() -> None:
    """Drop filings that were begun and left, with their files."""
    attachments.purge(clock.now())
    begun.purge(clock.now())


@task("intake.purge_calls", every=timedelta(hours=1))
def purge_calls() -> None:
    """Drop calls that are no longer of today."""
    calls.purge(clock.now())


@task("intake.learn_enterprises", every=timedelta(minutes=1))
def learn_enterprises() -> None:
    """Take over the enterprises of new complaints, for who types their names."""
    while enterprises.learn() == enterprises.BATCH:
        pass
