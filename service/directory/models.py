"""The reference tables. A seeding fills them, an administrator may edit them, nothing in them is ever deleted."""

from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import db
from service.seedfile import Seeded


class Region(Seeded, db.Model):
    """A place: the region, a league or city, a banner or county, a development zone."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(Text)
    aliases: Mapped[list[str]] = mapped_column(JSONB)


class Kind(Seeded, db.Model):
    """A kind of department."""

    __tablename__ = "kinds"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    spoken: Mapped[list[str]] = mapped_column(JSONB)
    merged: Mapped[dict[str, str]] = mapped_column(JSONB)
    supplier: Mapped[bool]


class Department(Seeded, db.Model):
    """A department of a place; `phone` and `hours` say how and when enterprises reach it."""

    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    hours: Mapped[str | None] = mapped_column(Text)


class Category(Seeded, db.Model):
    """A family (no parent) or a leaf; what a leaf leaves empty it has from its family. People see them by position."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    policy: Mapped[str | None] = mapped_column(Text)
    threshold: Mapped[float | None]
    nature: Mapped[str | None] = mapped_column(Text)
    owners: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cues: Mapped[list[str]] = mapped_column(JSONB)
    channel: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[bool]
    gate: Mapped[str | None] = mapped_column(Text)
    own_act: Mapped[bool]
    position: Mapped[int]


class Gate(Seeded, db.Model):
    """What decides before any category."""

    __tablename__ = "gates"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    cues: Mapped[list[str]] = mapped_column(JSONB)
    not_for: Mapped[list[str]] = mapped_column(JSONB)


class Sector(Seeded, db.Model):
    """Who supervises which bodies; the first row by position that fits wins."""

    __tablename__ = "sectors"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[list[str]] = mapped_column(JSONB)
    debtors: Mapped[list[str]] = mapped_column(JSONB)
    superior: Mapped[bool]


class DebtorKind(Seeded, db.Model):
    """What a body is, by the words of its name; the first row by position that fits wins."""

    __tablename__ = "debtor_kinds"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    words: Mapped[list[str]] = mapped_column(JSONB)


class ReferenceRevision(db.Model):
    """One row: a token that changes with the tables above, so that every process knows to read them again."""

    __tablename__ = "reference_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[str] = mapped_column(Text)
