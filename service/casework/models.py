"""What casework keeps: letters, notes, wordings, what hand-backs teach about duties, and duties that move on."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import Encrypted
from service.db import Instant, db
from service.seedfile import Seeded


class Letter(db.Model):
    """An official letter: a supervision order to a department, an inquiry or a supervision letter to a respondent.

    Attributes:
        kind: of casework.contents.LETTERS.
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


class Note(db.Model):
    """What somebody who works on a complaint noted for the own side; it is never changed.

    Attributes:
        side: code of the department whose people read it; empty for those who are not of a department.
    """

    __tablename__ = "complaint_notes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    side: Mapped[str] = mapped_column(Text)
    author: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)


class ReplyTemplate(Seeded, db.Model):
    """Words for what is often said to an enterprise, with placeholders for what differs.

    Attributes:
        kind: of casework.wording.KINDS.
        family: of complaints that it is for; None for all.
    """

    __tablename__ = "reply_templates"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    family: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class Phrase(db.Model):
    """A sentence that one person writes again and again."""

    __tablename__ = "phrases"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)


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


class Reorganisation(db.Model):
    """Duties that move from one department to another, with the open complaints that go along.

    Attributes:
        relieved, successor: the department that loses the duties, and the one that takes them over.
        categories: codes of leaves and families that move; none: all.
        state: prepared, confirmed (complaints are on the move), done, cancelled.
        worked_at: when it was confirmed, asked to go on, or last moved a batch.
        reached: id of the last complaint that was looked at.
        moved, set_aside, failed: how many went over, went back to a dispatcher, or could not be moved.
    """

    __tablename__ = "reorganisations"
    # One at a time for a department, however often somebody presses the button.
    __table_args__ = (
        Index(
            "uq_reorganisations_open", "relieved", unique=True, postgresql_where="state IN ('prepared', 'confirmed')"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    relieved: Mapped[str] = mapped_column(Text)
    successor: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    prepared_by: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    worked_at: Mapped[datetime | None] = mapped_column(Instant)
    reached: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[int]
    set_aside: Mapped[int]
    failed: Mapped[int]
