"""What people corrected, every model that was trained, and whether the machine may promote one by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Instant, db

CHAMPION, CHALLENGER, REFUSED, RETIRED = "champion", "challenger", "refused", "retired"


class Example(db.Model):
    """One complaint whose category or department a person changed; the last word on it, in masked words.

    Attributes:
        user_id, role: who had the last word.
        enterprise: a keyed hash of who filed, so that no enterprise can outweigh the others; None where unknown.
        label, was: the category after, and the one that the machine held likeliest (None: none) with `version`.
        department, department_was: after and before, where a person changed the department.
        dropped_at, dropped_by: an administrator took it out; nothing learns from it any more.
    """

    __tablename__ = "examples"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(Text)
    enterprise: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    department_was: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ModelVersion(db.Model):
    """A model that was trained, with its file: the truth about which one answers, for every process on any machine.

    Attributes:
        trained_by: None where the machine trained it.
        state: champion answers; challenger waits for a person; refused never answered; retired answered once.
        data: the fingerprint of the texts that it learnt from; `texts` how many, `examples` of them from people.
        about: parameters, figures and libraries, as the model's own file has them.
        report: how it fared against the champion of its day, as rules.judge gives it; empty where there was none.
        file: the .npz, byte for byte; None where one that was refused was thrown away after a while.
        outcomes: what weights that had not seen it said of each text; see classifier.outcomes.
        predecessor: the champion that it took the place of.
        decided_at, decided_by, reason: who brought it into its state, and why; by None: the machine.
    """

    __tablename__ = "model_versions"
    __table_args__ = (
        Index("uq_model_versions_champion", "state", unique=True, postgresql_where="state = 'champion'"),
        Index("ix_model_versions_trained_at", "trained_at"),
    )

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    trained_at: Mapped[datetime] = mapped_column(Instant)
    trained_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    texts: Mapped[int]
    examples: Mapped[int]
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    outcomes: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    predecessor: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)


class PromotionRule(db.Model):
    """Whether a version that passes the gate is promoted at once; where there is no row, it is."""

    __tablename__ = "promotion_rule"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_machine: Mapped[bool]
