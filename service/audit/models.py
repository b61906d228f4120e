"""What is recorded outside a complaint's own events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, Identity, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Instant, db


class Entry(db.Model):
    """Somebody did something that no complaint's events tell: made a user, a token, changed reference data."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    def content(self) -> dict[str, Any]:
        """What the hash seals."""
        return {
            "at": self.at,
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "details": self.details,
        }


class Anchor(db.Model):
    """One hash a day over the heads of all complaints' chains: kept elsewhere too, it proves the whole."""

    __tablename__ = "audit_anchors"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    chains: Mapped[int]
    last_event: Mapped[int] = mapped_column(BigInteger)
    last_entry: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
