"""Reference data as it was: what a test changes of it is put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, insert, select

from service.db import db, transaction
from service.directory import operations as directory


@contextmanager
def kept(*models: Any) -> Iterator[None]:
    """Put the rows of some tables back after the block."""
    before = {model: [dict(row) for row in db.session.execute(select(model.__table__)).mappings()] for model in models}
    db.session.rollback()
    yield
    db.session.rollback()
    with transaction():
        for model, rows in before.items():
            db.session.execute(delete(model))
            if rows:
                db.session.execute(insert(model.__table__), rows)
        directory.bump()
    db.session.expire_all()
