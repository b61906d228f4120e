"""Answers that were given, kept for a day so that a repeated request gets the same one."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import Encrypted
from service.db import Instant, db


class Answer(db.Model):
    """The answer to one Idempotency-Key; it holds a query code, so it is encrypted."""

    __tablename__ = "answers"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[str] = mapped_column(Encrypted)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
