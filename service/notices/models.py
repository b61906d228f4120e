"""What somebody is told, where to, and in which words."""

from datetime import datetime, time

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import Encrypted
from service.db import Instant, db
from service.seedfile import Seeded


class Address(db.Model):
    """Where messages of a user, a department or a place go beside the inbox; just one of the three is set.

    Attributes:
        url: of a webhook, or as the library apprise writes mail servers and robots; passwords stand in it. None once
            the address was removed.
        secret: with which webhooks are signed.
    """

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    department: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Encrypted)
    secret: Mapped[str | None] = mapped_column(Encrypted)
    created_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class Notice(db.Model):
    """One event told to one recipient by one channel; the id is what keeps others from taking it for two.

    Complaint and event are bare numbers: they are never deleted, and a foreign key would lock rows that filing and
    casework write.

    Attributes:
        recipient: "user:7", "complaint:12" (the enterprise's telephone, which is read there) or "address:3".
        subject, body: as they were rendered; empty where nothing is to be read (webhooks).
        due_at: until when it is held back.
        urgent: that it is never held back.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("event_id", "channel", "recipient"),
        Index("ix_notices_inbox", "user_id", "id", postgresql_where="channel = 'inbox'"),
        Index("ix_notices_unread", "user_id", "id", postgresql_where="channel = 'inbox' AND read_at IS NULL"),
        Index("ix_notices_outside", "state", "id", postgresql_where="channel <> 'inbox'"),
        Index("ix_notices_held", "due_at", postgresql_where="state = 'held'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id", ondelete="SET NULL"))
    template: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Encrypted)
    body: Mapped[str | None] = mapped_column(Encrypted)
    urgent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class NoticeTemplate(Seeded, db.Model):
    """The words for an action, an audience and a group of channels; "any" stands for all of them."""

    __tablename__ = "notice_templates"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    group: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class QuietHours(db.Model):
    """The one row that says when telephones stay silent; without it the usual hours hold."""

    __tablename__ = "quiet_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
