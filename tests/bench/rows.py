"""Ten thousand complaints, and a table for the yardstick.

Some are really filed, the rest copied from them, row for row with their events and clocks.
"""

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    Identity,
    MetaData,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
    text,
    true,
)

from service.complaints.models import SERIAL, Complaint, Event
from service.db import db, transaction
from service.deadlines.models import Clock
from tests.thirty import varied

FILED = 400
SEED = 20_251
# How far apart in time the copies of one complaint lie.
APART = timedelta(hours=17)

# Where the bare view puts its rows.
BARE = Table(
    "bare",
    MetaData(),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


def fill(app: Flask, rows: int) -> None:
    """File some complaints over the API and copy them until there are so many; then tidy as autovacuum would.

    The copies' seals do not fit their numbers, which no list looks at.
    """
    client = app.test_client()
    for body in itertools.islice(varied(SEED), FILED):
        answer = client.post("/api/v1/complaints", json=body)
        if answer.status_code != 201:
            raise ValueError(f"filing {body} answered {answer.status_code}: {answer.text}")
    with app.app_context():
        BARE.create(db.engine)
        with transaction():
            _copy(rows // FILED - 1)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _copy(times: int) -> None:
    """One statement a table; a copy's number is the first one's with the number of the copy behind it."""
    old = Complaint.__table__
    series = func.generate_series(1, times).table_valued("copy").render_derived()
    copy = series.c.copy
    moved = {name: old.c[name] - literal(APART) * copy for name in ("created_at", "updated_at")}
    own = {"id": SERIAL.next_value(), "number": func.concat(old.c.number, "/", copy)}
    _insert(old, {**own, **moved}, old.join(series, true()))
    new = old.alias("new")
    for table in (Event.__table__, Clock.__table__):
        source = table.join(old, old.c.id == table.c.complaint_id)
        source = source.join(new, func.split_part(new.c.number, "/", 1) == old.c.number)
        _insert(table, {"complaint_id": new.c.id}, source, new.c.number != old.c.number)


def _insert(table: Table, changed: Mapping[str, Any], source: FromClause, *where: ColumnElement[bool]) -> None:
    """Insert a table's own rows again, with some columns changed."""
    names = [column.name for column in table.c if column.name != "id" or "id" in changed]
    values = [changed.get(name, table.c[name]) for name in names]
    db.session.execute(insert(table).from_select(names, select(*values).select_from(source).where(*where)))
