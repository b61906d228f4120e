"""Users, grants and tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.crypto import Encrypted
from service.db import Instant, db


class EnterpriseAccount(db.Model):
    """What people of one enterprise share: the complaints that they filed with it or attached to it.

    Name and code are what the first of them said; they prove nothing and open nothing, and several accounts of one
    code know nothing of each other (docs/decisions/0022-enterprise-accounts.md).
    """

    __tablename__ = "enterprise_accounts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    uscc: Mapped[str] = mapped_column(Encrypted)
    size: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Invitation(db.Model):
    """A link by which one colleague may join an account, once; only its hash is kept, and `name` says for whom."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("enterprise_accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    account: Mapped[EnterpriseAccount] = relationship()


class User(db.Model):
    """Somebody with an account, a person or another system; `leads`: the one who invites to an enterprise's account."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_account_id", "account_id", postgresql_where="account_id IS NOT NULL"),
        Index("uq_users_leads", "account_id", unique=True, postgresql_where=text("leads")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    one_time_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise_accounts.id"))
    leads: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    grants: Mapped[list["UserGrant"]] = relationship(order_by="UserGrant.id", cascade="all, delete-orphan")


class UnknownLogin(db.Model):
    """Failures under a login that nobody has, kept by its hash, so that waiting tells nobody which logins there are."""

    __tablename__ = "unknown_logins"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    tried_at: Mapped[datetime] = mapped_column(Instant, index=True)


class UserGrant(db.Model):
    """One role of one user, for a place or a department."""

    __tablename__ = "user_grants"
    __table_args__ = (UniqueConstraint("user_id", "role", "place", "department", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)


class KeptDesk(db.Model):
    """How somebody has arranged a desk: the columns of its table, and lists by a name of their own.

    `views` are {"name": …, "filters": {…}} in the order in which they were made.
    """

    __tablename__ = "kept_desks"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    desk: Mapped[str] = mapped_column(Text, primary_key=True)
    columns: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    views: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class Token(db.Model):
    """A bearer token; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    user: Mapped[User] = relationship()
