"""What filing keeps beside the complaint: answers given, filings begun, files, and calls at the hotline."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
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


class BegunFiling(db.Model):
    """What somebody has typed into the filing pages so far and, once it is filed, what they were told."""

    __tablename__ = "begun_filings"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    said: Mapped[str] = mapped_column(Encrypted)
    answer: Mapped[str | None] = mapped_column(Encrypted)
    filed_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant, index=True)


class Attachment(db.Model):
    """A file: held by a form that is not through yet, or bound to a complaint, never both.

    `stored` is its random name on the disk; `name` is what its owner calls it; `added_at` is when it came and, once it
    is bound, the moment of the event that brought it.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("(holder IS NULL) <> (complaint_id IS NULL)", name="belongs"),
        Index("ix_attachments_holder", "holder", postgresql_where="holder IS NOT NULL"),
        Index("ix_attachments_complaint_id", "complaint_id", postgresql_where="complaint_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    holder: Mapped[bytes | None] = mapped_column(LargeBinary)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    stored: Mapped[str] = mapped_column(Text, unique=True)
    added_at: Mapped[datetime] = mapped_column(Instant)


class Call(db.Model):
    """A call at the hotline: announced by the telephone system, or begun by an operator who just started writing.

    What is typed meanwhile lies in begun_filings, under a token made of who took the call and `paper`.

    Attributes:
        announced: the telephone system's own name for it; a second announcement under it is the first one again.
        operator, extension: for whom it rings: a login, or whoever sits at an extension.
        phone: as the operator wrote it down or, where nothing was written, as the telephone system showed it.
        at: when it rang or was begun; number: of the complaint that came of it.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("taken_by", "paper"),
        Index("ix_calls_taken_by", "taken_by", "at"),
        Index("ix_calls_waiting", "at", postgresql_where="taken_by IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    announced: Mapped[str | None] = mapped_column(Text, unique=True)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    operator: Mapped[str | None] = mapped_column(Text)
    extension: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    paper: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    number: Mapped[str | None] = mapped_column(Text)


class KnownEnterprise(db.Model):
    """An enterprise that complained before, under its name, so that an operator need not spell it out again.

    Attributes:
        grams: pairs of neighbouring characters of the name and of its pinyin initials: what is typed is found by them.
        last_complaint: the latest complaint that was read for it; none that was made in confidence or sealed.
    """

    __tablename__ = "known_enterprises"
    __table_args__ = (Index("ix_known_enterprises_grams", "grams", postgresql_using="gin"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    initials: Mapped[str] = mapped_column(Text)
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    size: Mapped[str | None] = mapped_column(Text)
    uscc: Mapped[str | None] = mapped_column(Encrypted)
    uscc_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    last_complaint: Mapped[int] = mapped_column(BigInteger, index=True)


class Import(db.Model):
    """A table of complaints that somebody sent in: checking, checked, filing, then done; or refused, or dropped.

    `content` is the file (base64) until it is checked. `good` rows wait to be filed, `bad` ones were not taken, `same`
    ones had been imported before. `why` says what was wrong with the whole.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Encrypted)
    heads: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int]
    good: Mapped[int]
    bad: Mapped[int]
    same: Mapped[int]
    filed: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    updated_at: Mapped[datetime | None] = mapped_column(Instant)


class ImportRow(db.Model):
    """A row of such a table; `said`, what stood in it, is kept until it is filed, and `key` knows it again after."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_state", "import_id", "state", "row"),
        Index("uq_import_rows_filed", "key", unique=True, postgresql_where="state = 'filed'"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Text)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[str | None] = mapped_column(Text)
    said: Mapped[str | None] = mapped_column(Encrypted)
