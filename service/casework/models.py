"""The letters that go out about a complaint, and what hand-backs teach about duties."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import Encrypted
from service.db import Instant, db


class Letter(db.Model):
    """An official letter: a supervision order to a department, an inquiry or a supervision letter to a respondent.

    Attributes:
        kind: of casework.letters.LETTERS.
        number: as it is printed, of its kind's serial in a year.
        department: of whom it is asked, where that is a department of ours; else None and `addressee` says who.
        token_hash: of the one-time link through which a respondent answers; None once it was used.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("kind", "year", "serial"),
        Index("ix_letters_token", "token_hash", unique=True, postgresql_where="token_hash IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(Text)
    addressee: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    matter: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[int | None] = mapped_column(BigInteger)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Encrypted)


class DutyProposal(db.Model):
    """What a hand-back that was granted says about the table of duties, for an administrator to decide."""

    __tablename__ = "duty_proposals"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    category: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(Text)
    proposed: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    accepted: Mapped[bool | None]
