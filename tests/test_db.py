"""The database, beyond its types."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import insert

from service.audit.models import Entry
from service.db import db, first_after, transaction
from tests.statements import counted

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_where_rows_become_young_is_found_in_few_steps_that_read_a_row_each(app: Flask) -> None:
    with transaction():
        assert first_after(START, Entry.id, Entry.at) == 0
        row = {"actor": "test", "action": "test", "subject": "", "details": {}, "hash": b""}
        db.session.execute(insert(Entry), [{**row, "at": START + at * MINUTE} for at in range(500)])
        gone = db.session.scalars(db.select(Entry).where(Entry.id % 3 == 0, Entry.id > 100))
        for entry in gone:
            db.session.delete(entry)
    ages = dict(db.session.execute(db.select(Entry.id, Entry.at).order_by(Entry.id)).all())
    for minutes in (-1, 0, 1, 250, 498, 499, 600):
        moment = START + minutes * MINUTE
        with counted() as sent:
            border = first_after(moment, Entry.id, Entry.at)
        assert [one for one in ages if one < border] == [one for one, at in ages.items() if at <= moment]
        assert len(sent) <= 1 + (500).bit_length()
        assert all("max(" in one or "LIMIT" in one for one in sent)
