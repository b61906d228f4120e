"""Seeding the reference tables and having them at hand."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from service.db import db
from service.directory import seeds
from service.directory.models import (
    Category,
    DebtorKind,
    Department,
    Gate,
    Kind,
    ReferenceRevision,
    Region,
    Sector,
)
from service.directory.rules import Directory, assemble
from service.errors import Unavailable
from service.seedfile import Stored, store

MODELS: Mapping[str, Any] = {
    "regions": Region,
    "kinds": Kind,
    "departments": Department,
    "categories": Category,
    "gates": Gate,
    "sectors": Sector,
    "debtor_kinds": DebtorKind,
}
# Seconds for which a process trusts what it last saw: a filing should not pay a statement for it.
TRUSTED = 1.0


class _Held:
    """What this process last read; both attributes are replaced whole, so threads need no lock."""

    directory: Directory | None = None
    checked: float | None = None


def current(revision: str | None = None) -> Directory:
    """The reference data in force, read again only when its revision is another.

    Args:
        revision: what the caller knows to be in force; otherwise the table is asked, at most once a second.
    Raises:
        Unavailable: nothing has been seeded yet.
    """
    held, moment = _Held.directory, time.monotonic()
    if revision is None and held is not None and _Held.checked is not None and moment - _Held.checked < TRUSTED:
        return held
    wanted = revision or _revision()
    if held is None or held.revision != wanted:
        _Held.directory = held = _read(wanted)
    _Held.checked = moment
    return held


def forget() -> None:
    """Ask the table again at the next call."""
    _Held.checked = None


@event.listens_for(Session, "after_rollback")
def _forget_what_was_rolled_back(_session: Session) -> None:
    forget()


def _revision() -> str:
    revision = db.session.scalar(select(ReferenceRevision.revision))
    if revision is None:
        raise Unavailable("基础数据还没有导入，请先运行 flask seed。")
    return revision


def _read(revision: str) -> Directory:
    return assemble({name: _rows(model) for name, model in MODELS.items()}, revision)


def drafted(table: str, code: str, values: Mapping[str, Any]) -> Directory:
    """The reference data as it would be if a row said something else, or were there; nothing is stored."""
    tables = {name: _rows(model) for name, model in MODELS.items()}
    rows = {row["code"]: row for row in tables[table]}
    rows[code] = {**rows.get(code, {"code": code}), **values}
    return assemble({**tables, table: list(rows.values())})


def _rows(model: Any) -> list[Mapping[str, Any]]:
    table = model.__table__
    return [dict(row) for row in db.session.execute(select(table).order_by(table.c.code)).mappings()]


def seed(data: Path) -> dict[str, Stored]:
    """Make the tables follow the seed files and tell, by table, what changed; rows that a person edited stay.

    Raises:
        SeedError: a file is wrong; nothing was stored.
    """
    tables = seeds.tables(data)
    done = {name: store(model, tables[name], "code") for name, model in MODELS.items()}
    if any(stored.added or stored.changed or stored.retired for stored in done.values()):
        bump()
    return done


def bump() -> None:
    """Tell every process that the reference data changed; whoever edits a row calls this."""
    db.session.merge(ReferenceRevision(id=1, revision=secrets.token_hex(8)))
    db.session.flush()
    forget()
