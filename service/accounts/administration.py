"""Accounts as administrators keep them: who there is, what each may do where, and ways in that they give and end."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import selectinload

from service.accounts import enterprises, operations
from service.accounts.models import Token, User, UserGrant
from service.accounts.rules import Grant
from service.audit import operations as audit
from service.audit.changing import Changeable
from service.db import db
from service.directory import operations as directory
from service.errors import Invalid, NotFound
from service.sentences import say

# Letters and digits that nobody takes for another when they are read out.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 3, 4
MOST = 100
ONE_TIME_HOLDS = timedelta(days=3)
ADMINISTRATOR = "administrator"
PARTED = "这位用户已被企业账户的管理员移出，不能再启用。要再进企业账户，请企业重新邀请，另设登录名。"
LAST = "这是最后一位在用的管理员。请先让另一位用户担任管理员，再改这一位。"


@dataclass(frozen=True)
class Page:
    """Some users in order of their logins; `following` is where the next page begins, None on the last."""

    items: Sequence[User]
    last_seen: Mapping[int, datetime]
    following: str | None


@dataclass(frozen=True)
class WaysIn:
    """What still opens an account.

    Attributes:
        sessions: sign-ins that are not over; programs: tokens without an end.
        last_seen: when somebody last signed in.
        one_time_until: until when a password holds that an administrator set; None where it is the user's own.
    """

    sessions: int
    programs: int
    last_seen: datetime | None
    one_time_until: datetime | None


# --- who there is ----------------------------------------------------------------------------------------------------


def listed(text: str, role: str | None, active: bool | None, after: str | None, limit: int) -> Page:
    """A page of users whose login or name holds a text, in three statements."""
    query = select(User).options(selectinload(User.grants)).order_by(User.login).limit(limit + 1)
    if text:
        query = query.where(or_(User.login.icontains(text, autoescape=True), User.name.contains(text, autoescape=True)))
    if role:
        query = query.where(User.grants.any(UserGrant.role == role))
    if active is not None:
        query = query.where(User.active == active)
    rows = db.session.scalars(query.where(User.login > after) if after else query).all()
    items = rows[:limit]
    return Page(items, _last_seen([one.id for one in items]), items[-1].login if len(rows) > limit else None)


def _last_seen(ids: Iterable[int]) -> dict[int, datetime]:
    """When each of some users last signed in; who never did is left out."""
    query = select(Token.user_id, func.max(Token.created_at)).where(Token.user_id.in_(ids))
    rows = db.session.execute(query.where(Token.expires_at.is_not(None)).group_by(Token.user_id))
    return {row[0]: row[1] for row in rows}


def find(user_id: int) -> User:
    """A user with all grants.

    Raises:
        NotFound: there is none.
    """
    user = db.session.get(User, user_id, options=[selectinload(User.grants)])
    if user is None:
        raise NotFound("没有这个用户。")
    return user


def ways_in(user: User, now: datetime) -> WaysIn:
    """What still opens an account, in one statement."""
    standing = Token.revoked_at.is_(None) & or_(Token.expires_at.is_(None), Token.expires_at > now)
    counted = func.count().filter(standing)
    query = select(
        counted.filter(Token.expires_at.is_not(None)),
        counted.filter(Token.expires_at.is_(None)),
        func.max(Token.created_at).filter(Token.expires_at.is_not(None)),
    )
    sessions, programs, last_seen = db.session.execute(query.where(Token.user_id == user.id)).one()
    return WaysIn(sessions, programs, last_seen, user.one_time_until)


def working_at(department: str) -> Sequence[User]:
    """Who is bound to a department, by login."""
    query = select(User).where(User.active, User.grants.any(UserGrant.department == department))
    return db.session.scalars(query.order_by(User.login).limit(MOST)).all()


# --- what each may do ------------------------------------------------------------------------------------------------


def written(grant: Any) -> str:
    """A grant, or its row, as the record keeps it: handler@150821-health, supervisor@150000, administrator."""
    where = grant.department or grant.place
    return f"{grant.role}@{where}" if where else str(grant.role)


def read_grant(text: str) -> Grant:
    """The grant that was written so."""
    role, _, where = text.partition("@")
    return Grant(role, None, None, where) if "-" in where else Grant(role, where or None)


def granted(role: str, place: str | None, kind: str | None) -> str:
    """A grant as it is filled in: a role, a place, and the kind of a department there.

    Raises:
        Invalid: the place has no such department, or the role is not for one.
    """
    department = None
    if kind:
        found = directory.current().department(kind, place or "")
        if found is None:
            raise Invalid("这个地区没有这一类部门。", {"kind": ["这个地区没有这一类部门，请换一个地区或部门。"]})
        department = found.code
    grant = Grant(role, None if department else place, None, department)
    operations.grant_row(grant, directory.current())
    return written(grant)


def _read(login: str) -> dict[str, Any]:
    user = _fresh(login)
    return {"name": user.name, "active": user.active, "grants": sorted(written(row) for row in user.grants)}


def _fresh(login: str) -> User:
    query = select(User).where(User.login == login).options(selectinload(User.grants))
    user = db.session.scalar(query, execution_options={"populate_existing": True})
    if user is None:
        raise NotFound(say("没有用户 %(login)s。", login=login))
    return user


def _write(login: str, values: Mapping[str, Any], now: datetime) -> None:
    user = _fresh(login)
    grants = values.get("grants", [written(row) for row in user.grants])
    _keep_an_administrator(user, bool(values.get("active", user.active)) and ADMINISTRATOR in grants)
    if "grants" in values:
        _grant(user, grants)
    if values.get("active") and enterprises.was_taken_out(user):
        raise Invalid(PARTED, {"active": [PARTED]})
    user.name = values.get("name", user.name)
    user.active = values.get("active", user.active)
    if not user.active:
        _end(user, now)


def _grant(user: User, wanted: Sequence[str]) -> None:
    """Let a user hold these grants; what was held already stays the row it is."""
    if not wanted:
        raise Invalid("用户至少要有一个岗位；不再使用的，请停用。", {"grants": ["请至少留一个岗位。"]})
    held, book = {written(row): row for row in user.grants}, directory.current()
    user.grants = [held.get(text) or operations.grant_row(read_grant(text), book) for text in wanted]


def _keep_an_administrator(user: User, stays: bool) -> None:
    """Somebody must be able to undo whatever an administrator does."""
    if stays or not user.active or not any(row.role == ADMINISTRATOR for row in user.grants):
        return
    others = select(User.id).where(User.id != user.id, User.active, User.grants.any(UserGrant.role == ADMINISTRATOR))
    if db.session.scalar(others.limit(1)) is None:
        raise Invalid(LAST, {"grants": [LAST]})


USER = Changeable("user", _read, _write)


# --- ways in ---------------------------------------------------------------------------------------------------------


def add(login: str, name: str, grant: str, actor: str, now: datetime) -> tuple[User, str]:
    """A new user and the password for the first sign-in, which nobody sees again; raises as create_user."""
    password = _drawn()
    user = operations.create_user(login, name, [read_grant(grant)], password, now, actor)
    user.one_time_until = now + ONE_TIME_HOLDS
    db.session.flush()
    return user, password


def reset_password(user: User, actor: str, now: datetime) -> str:
    """A password that holds for one sign-in within three days; all sessions end, and so does a lock."""
    password = _drawn()
    user.password_hash, user.one_time_until = operations.HASHER.hash(password), now + ONE_TIME_HOLDS
    user.failures, user.locked_until = 0, None
    _end(user, now, Token.expires_at.is_not(None))
    audit.record("user.password_reset", user.login, actor, now)
    return password


def _drawn() -> str:
    return "-".join("".join(secrets.choice(READABLE) for _ in range(LETTERS)) for _ in range(GROUPS))


def _end(user: User, now: datetime, *which: Any) -> None:
    """Let tokens of a user open nothing any more."""
    standing = update(Token).where(Token.user_id == user.id, Token.revoked_at.is_(None), *which)
    db.session.execute(standing.values(revoked_at=now))
