"""What workers do for intake: tables that were sent in, and what the clock asks."""

from datetime import timedelta

from service import clock
from service.intake import answers, attachments, begun, calls, duplicates, enterprises, importing
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


@task("intake.purge_bands", every=timedelta(days=1))
def purge_bands() -> None:
    """Drop what texts had in common with others, once they are too old to be compared."""
    duplicates.purge(clock.now())


@task("intake.purge_calls", every=timedelta(hours=1))
def purge_calls() -> None:
    """Drop calls that are no longer of today."""
    calls.purge(clock.now())


@task("intake.learn_enterprises", every=timedelta(minutes=1))
def learn_enterprises() -> None:
    """Take over the enterprises of new complaints, for who types their names."""
    while enterprises.learn() == enterprises.BATCH:
        pass


@task("intake.check_import")
def check_import(import_id: int) -> None:
    """Check the rows of a table that was sent in."""
    importing.check(import_id, clock.now())


@task("intake.file_import")
def file_import(import_id: int) -> None:
    """File the next rows of a table; each part is a task of its own, so that a killed worker loses only one."""
    importing.file_some(import_id, clock.now())


@task("intake.purge_imports", every=timedelta(hours=1))
def purge_imports() -> None:
    """Forget what was in tables of long ago."""
    importing.purge(clock.now())
