"""Notes of those who work on a complaint: for the own side alone, and never changed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.accounts.models import User
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.audit.models import Entry
from service.audit.rules import START, seal
from service.casework.letters import works_in
from service.casework.models import Note
from service.complaints.models import Complaint
from service.complaints.rules import CO_HANDLER, RECEIVER
from service.complaints.visibility import OF_DEPARTMENTS
from service.db import db
from service.errors import NotAllowed

WRITTEN = "note.written"
# The side of all who work on complaints and are of no department: hotline, dispatching, supervision, revisits.
CENTRE = ""
OF_CENTRE = frozenset({"operator", "dispatcher", "supervisor", "revisit_agent"})
CONTENT = ("complaint_id", "side", "author", "at", "text")


def sides(complaint: Complaint, roles: Collection[str], reader: Reader) -> list[str]:
    """The sides that somebody is on who reaches a complaint in these roles: the own department first."""
    found: list[str] = []
    if set(roles) & set(OF_DEPARTMENTS) and complaint.department:
        found.append(complaint.department)
    if CO_HANDLER in roles:
        found += [code for code in complaint.co_departments if any(works_in(code, one) for one in reader.grants)]
    if RECEIVER in roles:
        found.append(complaint.receiver)
    if set(roles) & OF_CENTRE:
        found.append(CENTRE)
    return list(dict.fromkeys(found))


def of(complaint: Complaint, own: Collection[str]) -> Sequence[tuple[Note, str]]:
    """The notes of these sides about a complaint with who wrote each, the newest first, in one statement."""
    if not own:
        return []
    query = select(Note, func.coalesce(User.name, "")).outerjoin(User, User.id == Note.author)
    found = query.where(Note.complaint_id == complaint.id, Note.side.in_(sorted(own)))
    return [(note, name) for note, name in db.session.execute(found.order_by(Note.id.desc()))]


def write(complaint: Complaint, roles: Collection[str], text: str, actor: Reader, now: datetime) -> Note:
    """Note something about a complaint for the own side; the audit keeps what proves that nobody changed it.

    Raises:
        NotAllowed: who reaches the complaint in these roles does not work on it.
    """
    own = sides(complaint, roles, actor)
    if not own or actor.id is None:
        raise NotAllowed("您不办理这件诉求，不能写内部备注。")
    note = Note(complaint_id=complaint.id, side=own[0], author=actor.id, at=now, text=text)
    db.session.add(note)
    db.session.flush()
    audit.record(WRITTEN, complaint.number, actor.login, now, note=note.id, seal=_seal(note))
    return note


def _seal(note: Note) -> str:
    return seal(START, {name: getattr(note, name) for name in CONTENT}).hex()


def broken() -> Iterator[int]:
    """The ids of notes that are not as they were written, or are gone."""
    kept = {note.id: _seal(note) for note in db.session.scalars(select(Note)).yield_per(1000)}
    entries: Any = select(Entry.details).where(Entry.action == WRITTEN).order_by(Entry.id)
    written = {int(details["note"]): details["seal"] for details in db.session.scalars(entries)}
    yield from sorted(one for one in kept.keys() | written.keys() if kept.get(one) != written.get(one))
