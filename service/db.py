"""The one database: its session, its transactions, the column types of our own, and where its rows become young."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator, func, select
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

# Named constraints, so that a migration can speak of them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative root of every table."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what the block did, once, or roll all of it back. Only entry points open one."""
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


class Instant(TypeDecorator[datetime]):
    """A moment: stored with its zone, given back in UTC. A naive datetime is refused, since it is nobody's time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a moment needs a zone: {value!r}")
        return value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


def first_after(moment: datetime, ids: InstrumentedAttribute[int], at: InstrumentedAttribute[datetime]) -> int:
    """The id from which on all rows of a table are of after a moment; where none is, one that no row has yet.

    Found by halves, a row of the primary key each: reading up from the oldest, or down from the newest, would take
    longer with every year. Ids are given in the order of time, but for transactions that overlap.
    """
    oldest, newest = db.session.execute(select(func.min(ids), func.max(ids))).one()
    if newest is None:
        return 0
    low, high = oldest, newest + 1
    while low < high:
        middle = (low + high) // 2
        row = db.session.execute(select(ids, at).where(ids >= middle).order_by(ids).limit(1)).first()
        if row is None or row[1] > moment:
            high = middle
        else:
            low = row[0] + 1
    return low
