"""A filing is stored in one statement: PostgreSQL makes rows of four tables out of JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, TypeDecorator, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import make_transient_to_detached

from service.classifier.likeness import bands
from service.complaints.models import Complaint, Event, TextBand
from service.db import db
from service.deadlines.models import Clock
from service.errors import Conflict

Row = Mapping[str, Any]

TABLES: tuple[Table, ...] = (Complaint.__table__, Event.__table__, TextBand.__table__, Clock.__table__)
STATEMENT = """
WITH filed AS (INSERT INTO complaints ({0}) SELECT {0} FROM jsonb_populate_recordset(NULL::complaints, :complaints)),
     told AS (INSERT INTO events ({1}) SELECT {1} FROM jsonb_populate_recordset(NULL::events, :events)),
     alike AS (INSERT INTO text_bands ({2}) SELECT {2} FROM jsonb_populate_recordset(NULL::text_bands, :text_bands))
INSERT INTO clocks ({3}) SELECT {3} FROM jsonb_populate_recordset(NULL::clocks, :clocks)
"""
DIALECT = postgresql.dialect()
# Our own column types: one encrypts, one refuses a moment without a zone.
TYPES = {
    table: {column.name: column.type for column in table.c if isinstance(column.type, TypeDecorator)}
    for table in TABLES
}
# What JSON has no form for, as PostgreSQL reads it.
WRITTEN: dict[type, Callable[[Any], str]] = {
    bytes: lambda value: f"\\x{value.hex()}",
    datetime: datetime.isoformat,
    Decimal: str,
}


def store(complaint: Complaint, events: Sequence[Row], clocks: Sequence[Row]) -> None:
    """Write a new complaint, its events, clocks and bands; the session then holds it as if it had written it itself.

    Raises:
        Conflict: the other system already sent this number of its own.
    """
    begun = [{**clock, "complaint_id": complaint.id} for clock in clocks]
    alike = [{"band": band, "complaint_id": complaint.id} for band in bands(complaint.body)]
    rows = dict(zip(TABLES, ([inspect(complaint).dict], events, alike, begun), strict=True))
    statement = _statement(*(_given(table, those) for table, those in rows.items()))
    try:
        db.session.execute(statement, {table.name: _json(table, those) for table, those in rows.items()})
    except IntegrityError as error:
        if error.orig.diag.constraint_name != "uq_complaints_source":  # type: ignore[union-attr]
            raise
        raise Conflict("这个来源编号已经提交过，请勿重复。", {"source.number": ["这个来源编号已经提交过。"]}) from error
    make_transient_to_detached(complaint)
    db.session.add(complaint)


def _given(table: Table, rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns that are named; the others take their defaults, as in any INSERT."""
    return tuple(column.name for column in table.c if not rows or column.name in rows[0])


@lru_cache
def _statement(*columns: tuple[str, ...]) -> TextClause:
    return text(STATEMENT.format(*map(", ".join, columns)))


def _json(table: Table, rows: Sequence[Row]) -> str:
    return json.dumps([_bound(table, row) for row in rows], ensure_ascii=False, default=_written)


def _bound(table: Table, row: Row) -> dict[str, Any]:
    """A row whose values went through the types of their columns."""
    types = TYPES[table]
    return {
        name: types[name].process_bind_param(value, DIALECT) if name in types else value
        for name, value in row.items()
        if name in table.c
    }


def _written(value: Any) -> str:
    return WRITTEN[type(value)](value)
