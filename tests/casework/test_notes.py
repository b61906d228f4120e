"""Notes: whose side reads them, and that nobody changes them unseen."""

import pytest
from flask import Flask
from sqlalchemy import text

from service import clock
from service.accounts.rules import Reader
from service.audit.models import Entry
from service.casework import notes
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.db import db, transaction
from service.errors import NotAllowed
from tests.casework.written import filed
from tests.factories import People

HEALTH, EDUCATION, FINANCE = "150821-health", "150821-education", "150821-finance"


@pytest.fixture
def complaint(app: Flask) -> Complaint:
    """A complaint that one department handles with another's help."""
    return filed({"co_departments": [EDUCATION]})[0]


def noted(complaint: Complaint, reader: Reader, said: str = "院长答应周五答复。") -> None:
    with transaction():
        found, roles = complaints.find(complaint.number, reader)
        notes.write(found, roles, said, reader, clock.now())


def read_by(complaint: Complaint, reader: Reader) -> list[str]:
    found, roles = complaints.find(complaint.number, reader)
    return [note.text for note, _name in notes.of(found, notes.sides(found, roles, reader))]


def test_a_note_is_read_by_the_own_side_alone(complaint: Complaint, people: People) -> None:
    handler, helper = (people.reader("handler", department=code) for code in (HEALTH, EDUCATION))
    own = [handler, people.reader("head", department=HEALTH), people.reader("department_dispatcher", None, HEALTH)]
    centre = [people.reader(role, "150821") for role in ("dispatcher", "supervisor", "operator")]
    noted(complaint, handler, "院长答应周五答复。")
    noted(complaint, helper, "预算已经批了。")
    noted(complaint, centre[0], "企业又打来一次。")
    for reader in own:
        assert read_by(complaint, reader) == ["院长答应周五答复。"]
    assert read_by(complaint, helper) == ["预算已经批了。"]
    for reader in centre:
        assert read_by(complaint, reader) == ["企业又打来一次。"]
    assert read_by(complaint, people.reader("auditor")) == []


def test_who_gets_a_complaint_next_does_not_read_what_the_last_department_noted(
    complaint: Complaint, people: People
) -> None:
    noted(complaint, people.reader("handler", department=HEALTH))
    with transaction():
        db.session.get_one(Complaint, complaint.id).department = FINANCE
    assert read_by(complaint, people.reader("handler", department=FINANCE)) == []


def test_who_does_not_work_on_it_writes_none(complaint: Complaint, people: People) -> None:
    with pytest.raises(NotAllowed):
        noted(complaint, people.reader("auditor"))


def test_the_audit_keeps_who_wrote_a_note_and_not_what_it_says(complaint: Complaint, people: People) -> None:
    handler = people.reader("handler", department=HEALTH)
    noted(complaint, handler)
    entry = db.session.query(Entry).filter_by(action=notes.WRITTEN).one()
    assert (entry.subject, entry.actor) == (complaint.number, handler.login)
    assert set(entry.details) == {"note", "seal"}


@pytest.mark.parametrize("change", ["UPDATE complaint_notes SET text = '没有答应。'", "DELETE FROM complaint_notes"])
def test_a_note_that_somebody_changed_is_found(complaint: Complaint, people: People, change: str) -> None:
    noted(complaint, people.reader("handler", department=HEALTH))
    assert list(notes.broken()) == []
    with transaction():
        db.session.execute(text(change))
    db.session.expire_all()
    assert len(list(notes.broken())) == 1
