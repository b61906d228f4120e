"""Counting what is sent to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from service.db import db
from service.directory import operations as directory


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block runs; BEGIN, COMMIT and the pool's ping are not among them.

    A statement executed for several rows at once is one: the driver sends it in one round trip. The reference data is
    trusted meanwhile, however slow the machine: whether a second is over is not what is counted.
    """
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with patch.object(directory, "TRUSTED", float("inf")):
            yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
