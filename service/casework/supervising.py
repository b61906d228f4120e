"""Letters that go out about a complaint: orders to the department, inquiries and supervision letters to the respondent."""

from datetime import datetime

from service.casework import letters
from service.casework.deeds import Deed
from service.deadlines import operations as deadlines
from service.deadlines.rules import Term, Unit, due

TIME_TO_COMPLY = Term(3, Unit.WORKING_DAYS)
TIME_TO_ANSWER = Term(5, Unit.WORKING_DAYS)


def _supervise(deed: Deed) -> None:
    """An order to the department that handles it."""
    until, department = _after(deed, TIME_TO_COMPLY), deed.complaint.department
    sent = letters.issue(
        deed.complaint, "order", deed.now, deed.given["reason"], until, deed.by.actor_id, department=department
    )
    deed.noted["letter"] = sent.letter.number


def _inquire(deed: Deed) -> None:
    _write(deed, "inquiry")


def _issue_letter(deed: Deed) -> None:
    _write(deed, "letter")


def _write(deed: Deed, kind: str) -> None:
    """To the respondent, who answers through a link that is shown once, to who sends it."""
    until, demand = _after(deed, TIME_TO_ANSWER), deed.given["text"]
    addressee = deed.complaint.respondent_name
    sent = letters.issue(deed.complaint, kind, deed.now, demand, until, deed.by.actor_id, addressee=addressee)
    deed.noted["letter"] = sent.letter.number
    deed.shown = {"letter": sent.letter.number, "token": sent.token or ""}


def _after(deed: Deed, term: Term) -> datetime:
    return due(deed.now, term, deadlines.calendar(deed.chain, deed.book.revision)).due_at


EFFECTS = {
    "supervise": _supervise,
    "supervise_jointly": _supervise,
    "inquire": _inquire,
    "issue_letter": _issue_letter,
}
