"""Letters that people send about a complaint: orders to the department, inquiries and more to the respondent."""

from datetime import datetime, timedelta

from service.casework import letters
from service.casework.deeds import Deed
from service.casework.handing import check_department
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.deadlines import operations as deadlines
from service.deadlines.rules import Term, Unit, due
from service.directory import operations as directory
from service.errors import WrongState

# How long each kind of letter leaves its reader.
TERMS = {
    "order": Term(3, Unit.WORKING_DAYS),
    "inquiry": Term(5, Unit.WORKING_DAYS),
    "letter": Term(5, Unit.WORKING_DAYS),
}
BETWEEN_PRESSES = timedelta(hours=24)


def _press(deed: Deed) -> None:
    """Once a day: who is pressed more often reads it no better."""
    last = complaints.last_of(deed.complaint.id, ("press",))
    if last and last.at > deed.now - BETWEEN_PRESSES:
        raise WrongState("24 小时内已经催办过，承办部门看得到。")


def _supervise(deed: Deed) -> None:
    """An order to the department that handles it."""
    _write(deed, "order", deed.given["reason"])


def _supervise_jointly(deed: Deed) -> None:
    """With a superior or regulator, never with the department that is complained of."""
    check_department(deed.given["department"], deed.complaint, deed.book)
    _supervise(deed)


def _inquire(deed: Deed) -> None:
    _write(deed, "inquiry", deed.given["text"])


def _issue_letter(deed: Deed) -> None:
    _write(deed, "letter", deed.given["text"])


def _write(deed: Deed, kind: str, demand: str) -> None:
    """A respondent answers through a link that is shown once, to who sends the letter."""
    due_at = until(deed.complaint, kind, deed.now)
    sent = letters.issue(deed.complaint, kind, deed.now, demand, due_at, deed.by.actor_id)
    deed.noted["letter"] = sent.letter.number
    if sent.token:
        deed.shown = {"letter": sent.letter.number, "token": sent.token}


def until(complaint: Complaint, kind: str, now: datetime) -> datetime:
    """Until when who gets a letter of a kind that goes out now has to answer it."""
    book = directory.current()
    chain = book.chain(complaint.region or complaint.dispatch_place)
    return due(now, TERMS[kind], deadlines.calendar(chain, book.revision)).due_at


EFFECTS = {
    "press": _press,
    "supervise": _supervise,
    "supervise_jointly": _supervise_jointly,
    "inquire": _inquire,
    "issue_letter": _issue_letter,
}
