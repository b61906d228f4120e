"""One statement stores what an INSERT of each row would store."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, Text, cast, delete, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from service.accounts.rules import Reader
from service.classifier.likeness import bands
from service.clock import ZONE
from service.complaints.models import Complaint, Event, TextBand
from service.crypto import Encrypted
from service.db import db
from service.deadlines.models import Clock
from service.intake import operations, storing
from service.intake.rules import Draft
from tests.factories import People
from tests.intake import texts

NOW = datetime(2026, 3, 10, 10, 0, 0, 123456, tzinfo=ZONE)
LITTLE = Draft(body=texts.VAGUE, anonymous=True)
MUCH = Draft(
    body=f"'一'\n\"二\"\t\\ \\x41 \\u0041 {{三}} %s :events 💰 NULL。{texts.ARREARS}",
    title="标题 'a' \\ b",
    region="150821",
    nature="complaint",
    amount=Decimal("999999999999.99"),
    confidential=True,
    enterprise_name="河套“试剂”有限公司",
    enterprise_size="small",
    uscc="91150100MA0MW4Q31H",
    contact_name="包海燕",
    contact_phone="+8613947112233",
    respondent_name="五原县人民医院",
    respondent_kind="institution",
    flags=("urgent", "group"),
    source_system="12345",
    source_number="NO. '1'",
    source_due_at=datetime(2026, 4, 1, 12, tzinfo=ZONE),
    details={"debt": {"object": "goods", "excuses": ["audit", '"{,}"'], "nothing": None, "part": 0.1}},
)


@pytest.fixture
def operator(people: People) -> Reader:
    return people.reader("operator", "150000")


def rows(table: Table) -> list[dict[str, Any]]:
    """A table's rows as PostgreSQL writes them; what is encrypted anew each time, as it can be read."""
    columns = [
        column if isinstance(column.type, Encrypted) else cast(column, Text).label(column.name)
        for column in table.c
        if not column.identity
    ]
    return [dict(row) for row in db.session.execute(select(*columns).order_by(*table.primary_key)).mappings()]


def store_row_by_row(complaint: Complaint, events: Sequence[Any], clocks: Sequence[Any]) -> None:
    """The other way to do it, in as many statements as there are tables."""
    values = {name: value for name, value in inspect(complaint).dict.items() if name in Complaint.__table__.c}
    db.session.add(Complaint(**values))
    db.session.flush()
    db.session.execute(insert(Event.__table__), events)
    alike = [{"band": band, "complaint_id": complaint.id} for band in bands(complaint.body)]
    db.session.execute(insert(TextBand.__table__), alike)
    db.session.execute(insert(Clock.__table__), [{**clock, "complaint_id": complaint.id} for clock in clocks])


@pytest.mark.parametrize("draft", [LITTLE, MUCH], ids=["little", "much"])
def test_each_column_holds_what_an_insert_of_the_row_would_put_there(
    draft: Draft, operator: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[Any] = []
    monkeypatch.setattr(storing, "store", lambda *parts: prepared.extend(parts))
    operations.file_complaint(draft, operator, NOW)
    monkeypatch.undo()
    found = []
    for way in (store_row_by_row, storing.store):
        way(*prepared)
        found.append({table.name: rows(table) for table in storing.TABLES})
        for table in reversed(storing.TABLES):
            db.session.execute(delete(table))
    assert found[0] == found[1]
    assert min(map(len, found[1].values())) >= 1


def test_what_was_stored_can_be_worked_on_at_once(operator: Reader) -> None:
    complaint = operations.file_complaint(LITTLE, operator, NOW).complaint
    assert complaint.draft is None
    complaint.reply = "已收到"
    db.session.flush()
    assert db.session.scalar(select(Complaint.reply).where(Complaint.id == complaint.id)) == "已收到"


def test_a_constraint_that_nobody_foresaw_is_no_repeated_number(operator: Reader) -> None:
    with pytest.raises(IntegrityError, match="fk_complaints_filed_by"):
        operations.file_complaint(LITTLE, Reader(id=0, roles=frozenset({"operator"})), NOW)


def test_a_moment_without_a_zone_is_refused(operator: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    complaint = Complaint(created_at=NOW.replace(tzinfo=None), body="")
    with pytest.raises(ValueError, match="a moment needs a zone"):
        storing.store(complaint, [{}], [{}])


def test_a_word_too_long_for_the_index_is_left_out_of_it(operator: Reader) -> None:
    draft = Draft(body=f"货款 {'a' * 3000} 拖欠", anonymous=True)
    complaint = operations.file_complaint(draft, operator, NOW).complaint
    found = db.session.scalar(select(cast(Complaint.search, Text)).where(Complaint.id == complaint.id))
    assert found == "'拖欠' '货款'"
