"""What the clock asks casework to do."""

from datetime import timedelta

from service import clock
from service.casework import climbing, recounting, reorganising
from service.deadlines.recounting import calendar_changed
from service.directory import operations as directory
from service.jobs import outbox
from service.jobs.rules import task

BATCH = 500
MOVED_AT_ONCE = 200


@task("casework.sweep", every=timedelta(seconds=30))
def sweep() -> None:
    """Climb one batch of due rungs; a full batch asks for the next at once."""
    if climbing.climb(clock.now(), BATCH) >= BATCH:
        outbox.add("casework.sweep")


@task("casework.watch_calendar", every=timedelta(hours=1))
def watch_calendar() -> None:
    """Count all open limits anew where the calendar is not the one that they were last counted with."""
    if calendar_changed(directory.current().revision):
        outbox.add("casework.recount", {"after_id": 0})


@task("casework.recount")
def recount(after_id: int, begun_with: str | None = None) -> None:
    """One batch of the walk over all open clocks; asks for the next at once."""
    walk = recounting.recount(after_id, BATCH, clock.now(), begun_with)
    if walk.last is not None:
        outbox.add("casework.recount", {"after_id": walk.last, "begun_with": walk.revision})


@task("casework.follow_terms")
def follow_terms(code: str, document: str, after_id: int) -> None:
    """One batch of the open clocks that are to run by a rule's new terms; asks for the next at once."""
    last = recounting.follow_terms(code, document, after_id, BATCH, clock.now())
    if last is not None:
        outbox.add("casework.follow_terms", {"code": code, "document": document, "after_id": last})


@task("casework.reorganise")
def reorganise(reorganisation_id: int) -> None:
    """Move one batch of the open complaints whose duty moved; asks for the next at once."""
    if reorganising.move_some(reorganisation_id, MOVED_AT_ONCE, clock.now()):
        outbox.add("casework.reorganise", {"reorganisation_id": reorganisation_id})
