"""A complaint and its events."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    Sequence,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from service.crypto import Encrypted
from service.db import Instant, db

SERIAL = Sequence("complaint_serial", metadata=db.metadata)


def plain(name: ColumnElement[Any]) -> ColumnElement[Any]:
    """A name however it is written: in small letters, without blanks, brackets and dashes."""
    return func.translate(func.lower(name), literal_column("' 　()（）【】《》〔〕“”·-'"), literal_column("''"))


def _key(name: str) -> ColumnElement[Any]:
    return plain(literal_column(name))


# By what complaints of one enterprise, about one respondent or one policy are found; PostgreSQL uses an index only for
# the very expression that it was made of. A respondent that is a department known here is that department.
enterprise_key = _key("enterprise_name")
respondent_key: ColumnElement[Any] = func.coalesce(literal_column("respondent_department"), _key("respondent_name"))
policy_key = _key("coalesce((details -> 'policy') ->> 'document', (details -> 'policy') ->> 'name')")


class Complaint(db.Model):
    """One complaint: what was said, by whom, where it stands and who has it.

    `id` is the serial in its number: known before the row is written, so that events and clocks can go with it.
    `due_at` repeats the earliest running clock, so that a queue can be read in that order from one index; only lists
    know of `due_clock`, what that clock counts.
    `spent` are the actions that may be taken once and were; `pending` the questions (rules.QUESTIONS) that wait for a
    ruling. `delivered_to` is the department that last got the material, `assignee` who in it works on the complaint,
    `former_handlers` are those whose replies had to be done anew, `co_departments` those that were asked to help.
    `familiarity` is the share of the text's stretches that the model of `model_version` knew, 0 to 1. `directive` is
    the administrator's that decided or proposed where it went when it was filed. `excluded` ones are in no judged
    figure. `account` is the enterprise's whose people share it; `filed_by` alone sees what belongs to no account.
    `head` and `length` are the last hash and the number of the events; `version` counts what people did (ETag).
    """

    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_queue", "queue_desk", "queue_code", "due_at", "id"),
        Index("ix_complaints_department", "department", "status", "id"),
        Index("ix_complaints_region", "region", "id"),
        Index("ix_complaints_dispatch_place", "dispatch_place", "id"),
        Index("ix_complaints_status", "status", "id"),
        Index("ix_complaints_family", text("split_part(category, '.', 1)"), "id"),
        Index("ix_complaints_due", "due_at", "id", postgresql_where="due_at IS NOT NULL"),
        Index("ix_complaints_search", "search", postgresql_using="gin"),
        Index("ix_complaints_phone", "phone_hash", "id", postgresql_where="phone_hash IS NOT NULL"),
        Index("ix_complaints_uscc", "uscc_hash", "id", postgresql_where="uscc_hash IS NOT NULL"),
        Index("ix_complaints_enterprise", enterprise_key, "id", postgresql_where="enterprise_name IS NOT NULL"),
        Index("ix_complaints_enterprise_name", "enterprise_name", postgresql_where="enterprise_name IS NOT NULL"),
        Index("ix_complaints_respondent", respondent_key, "id", postgresql_where=respondent_key.is_not(None)),
        Index("ix_complaints_policy", policy_key, "id", postgresql_where=policy_key.is_not(None)),
        Index("ix_complaints_receiver", "receiver", "id"),
        Index("ix_complaints_pending", "pending", postgresql_using="gin"),
        Index("ix_complaints_co_departments", "co_departments", postgresql_using="gin"),
        Index("ix_complaints_merged_into", "merged_into", postgresql_where="merged_into IS NOT NULL"),
        Index("ix_complaints_assignee", "assignee", "id", postgresql_where="assignee IS NOT NULL"),
        Index("ix_complaints_updated", "updated_at", "id"),
        Index("ix_complaints_flags", "flags", postgresql_using="gin", postgresql_where=text("flags <> '{}'")),
        Index("ix_complaints_created_at", "created_at", postgresql_using="brin"),
        Index("ix_complaints_filed_by", "filed_by", postgresql_where="filed_by IS NOT NULL"),
        Index("ix_complaints_account", "account", "id", postgresql_where="account IS NOT NULL"),
        Index("ix_complaints_directive", "directive", "created_at", postgresql_where="directive IS NOT NULL"),
        Index(
            "uq_complaints_source", "source_system", "source_number", unique=True,
            postgresql_where="source_number IS NOT NULL",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(Text, unique=True)
    query_code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    title: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(TSVECTOR)
    nature: Mapped[str] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    gates: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed: Mapped[bool]
    region: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)

    channel: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str | None] = mapped_column(Text)
    source_number: Mapped[str | None] = mapped_column(Text)
    source_due_at: Mapped[datetime | None] = mapped_column(Instant)
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    account: Mapped[int | None] = mapped_column(ForeignKey("enterprise_accounts.id"))

    anonymous: Mapped[bool]
    confidential: Mapped[bool]
    enterprise_name: Mapped[str | None] = mapped_column(Text)
    enterprise_size: Mapped[str | None] = mapped_column(Text)
    uscc: Mapped[str | None] = mapped_column(Encrypted)
    uscc_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_name: Mapped[str | None] = mapped_column(Encrypted)
    contact_phone: Mapped[str | None] = mapped_column(Encrypted)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)

    respondent_name: Mapped[str | None] = mapped_column(Text)
    respondent_kind: Mapped[str | None] = mapped_column(Text)
    respondent_department: Mapped[str | None] = mapped_column(Text)

    category: Mapped[str | None] = mapped_column(Text)
    suggestions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    model_version: Mapped[str] = mapped_column(Text)
    familiarity: Mapped[float | None] = mapped_column(REAL)
    regimes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    receiver: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    proposed_department: Mapped[str | None] = mapped_column(Text)
    dispatch_place: Mapped[str] = mapped_column(Text)
    routed_by: Mapped[str] = mapped_column(Text)
    directive: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    proposed_channel: Mapped[str | None] = mapped_column(Text)

    status: Mapped[str] = mapped_column(Text)
    queue_desk: Mapped[str | None] = mapped_column(Text)
    queue_code: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    due_clock: Mapped[dict[str, Any] | None] = query_expression()
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reply: Mapped[str | None] = mapped_column(Text)
    contacted: Mapped[bool | None]
    solved: Mapped[bool | None]
    satisfaction: Mapped[str | None] = mapped_column(Text)
    excluded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    spent: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pending: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    hand_backs: Mapped[int] = mapped_column(default=0, server_default="0")
    designated: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    delivered_to: Mapped[str | None] = mapped_column(Text)
    former_handlers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default="{}")
    assignee: Mapped[int | None] = mapped_column(BigInteger)
    co_departments: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    merged_into: Mapped[int | None] = mapped_column(BigInteger)
    split_from: Mapped[int | None] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes] = mapped_column(LargeBinary)


class Export(db.Model):
    """A long list that a worker writes as a table: what was asked for, and the table once it is there.

    Attributes:
        asked: the fields of a wanted.Wanted that are not as usual.
        grants: what its reader may do, in the roles in which it was asked for, by when it was written.
    """

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    grants: Mapped[list[str]] = mapped_column(ARRAY(Text))
    rows: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ready_at: Mapped[datetime | None] = mapped_column(Instant)


class TextBand(db.Model):
    """One of the numbers that a complaint's text has in common with texts that are nearly the same (MinHash).

    Rows and not an array under GIN: of a band that thousands share, the newest few are read and no more.
    """

    __tablename__ = "text_bands"
    __table_args__ = (Index("ix_text_bands_complaint_id", "complaint_id", postgresql_using="brin"),)

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    complaint_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Event(db.Model):
    """One thing that happened to a complaint; its hash seals it and all before it.

    `told` says that who should hear of it was told, or that nobody need be; the hash does not cover it.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("complaint_id", "seq"),
        Index("ix_events_untold", "id", postgresql_where="NOT told"),
        Index("ix_events_action", "action", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    public: Mapped[bool]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    told: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
