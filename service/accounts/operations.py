"""Making users, proving who somebody is, and what that lets them reach."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from service.accounts import tries
from service.accounts.models import Token, User, UserGrant
from service.accounts.rules import (
    LOGIN,
    LONGEST_PASSWORD,
    ROLES,
    SHORTEST_PASSWORD,
    SIGNED_IN_FOR,
    Grant,
    Reader,
    usable,
)
from service.audit import operations as audit
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from service.sentences import say

HASHER = PasswordHasher()
# Verified when the login is unknown, so that both answers take the same time.
NOBODY = HASHER.hash(secrets.token_hex(16))


# A token, who holds it and each of the grants; one row without a grant where there is none. Bare columns: every
# request asks this, and objects took half its time.
HELD = (
    select(Token.expires_at, Token.revoked_at, User.id, User.login, User.name, User.active, User.account_id, User.leads)
    .add_columns(User.one_time_until)
    .add_columns(UserGrant.role, UserGrant.place, UserGrant.department)
    .join(Token.user)
    .outerjoin(User.grants)
    .order_by(UserGrant.id)
)


def create_user(
    login: str, name: str, grants: Iterable[Grant], password: str | None, now: datetime, actor: str
) -> User:
    """Add a user.

    Raises:
        Invalid: the login is taken or malformed, a grant fits no place or department, the password is too short.
    """
    if not LOGIN.fullmatch(login):
        raise Invalid("登录名只能用小写字母、数字和 . _ -，2 至 64 位。", {"login": ["登录名格式不对。"]})
    rows = [grant_row(grant, directory.current()) for grant in dict.fromkeys(grants)]
    user = _added(login=login, name=name, password_hash=_hashed(password), created_at=now)
    user.grants = rows
    audit.record("user.created", login, actor, now, roles=[row.role for row in rows])
    return user


def _added(**values: Any) -> User:
    """A new user's row; of two who ask for one login at once the second waits for the first, and is told."""
    row = insert(User).values(**values).on_conflict_do_nothing(index_elements=["login"]).returning(User)
    user = db.session.scalar(row)
    if user is None:
        raise Invalid(say("登录名 %(login)s 已有人使用。", login=values["login"]), {"login": ["已有人使用。"]})
    return user


def _hashed(password: str | None) -> str | None:
    if password is None:
        return None
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            say("密码应为 %(least)s 至 %(most)s 位。", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD),
            {"password": ["太短或太长。"]},
        )
    return HASHER.hash(password)


def grant_row(grant: Grant, book: Directory) -> UserGrant:
    """A grant as it is stored, once it is sure that it points at something."""
    if grant.role not in ROLES:
        raise Invalid(
            say("没有角色 %(role)s。可用：%(roles)s", role=grant.role, roles=list(ROLES)), {"role": ["没有这个角色。"]}
        )
    for field, problem in _misplaced(grant, *ROLES[grant.role], book):
        raise Invalid(problem, {field: [problem]})
    return UserGrant(role=grant.role, place=grant.place, department=grant.department)


def _misplaced(grant: Grant, name: str, scope: str, book: Directory) -> Iterator[tuple[str, str]]:
    """(field, sentence) for each way in which a grant does not fit what its role is bound to."""
    if grant.place is not None and grant.place not in book.places:
        yield "place", say("没有地区编码 %(place)s。", place=grant.place)
    if grant.department is not None and grant.department not in book.departments:
        yield "department", say("没有部门编码 %(department)s。", department=grant.department)
    if grant.department is not None and scope != "department":
        yield "department", say("%(name)s不属于部门，不能指定部门。", name=name)
    if grant.place is not None and scope == "nothing":
        # Left standing it would look like a limit, and be none.
        yield "place", say("%(name)s不限地区，不能指定地区。", name=name)
    if scope != "nothing" and grant.place is None and grant.department is None:
        told = "%(name)s必须指定一个地区编码或部门编码。" if scope == "department" else "%(name)s必须指定一个地区编码。"
        yield "place", say(told, name=name)


def issue_token(
    user: User, now: datetime, actor: str, lasts: timedelta | None = None, secret: str | None = None
) -> str:
    """A new bearer token of a user; only this answer ever shows it.

    Args:
        lasts: how long it opens; None until it is revoked.
        secret: the token's text where it is derived rather than drawn (demonstration accounts).
    """
    secret = secret or "qst_" + secrets.token_urlsafe(32)
    expires = now + lasts if lasts else None
    db.session.add(Token(user=user, hash=_token_hash(secret), created_at=now, expires_at=expires))
    audit.record("token.issued", user.login, actor, now)
    return secret


def _token_hash(secret: str) -> bytes:
    """Tokens are drawn at random: a plain hash cannot be guessed back."""
    return sha256(secret.encode()).digest()


def user_named(login: str) -> User:
    """The user with a login.

    Raises:
        NotFound: there is none.
    """
    user = db.session.scalar(select(User).where(User.login == login))
    if user is None:
        raise NotFound(say("没有用户 %(login)s。", login=login))
    return user


def revoke_tokens(user: User, now: datetime, actor: str) -> int:
    """End all tokens of a user that still open something; gives how many."""
    standing = update(Token).where(Token.user_id == user.id, Token.revoked_at.is_(None)).values(revoked_at=now)
    ended = db.session.execute(standing).rowcount  # type: ignore[attr-defined]
    audit.record("token.revoked", user.login, actor, now, tokens=ended)
    return ended


def close_user(user: User, now: datetime, actor: str) -> None:
    """Switch a user off: neither password nor token opens anything any more; what the user did stays on record."""
    user.active = False
    revoke_tokens(user, now, actor)
    audit.record("user.closed", user.login, actor, now)


def bearer(secret: str, now: datetime, unread: ColumnElement[int] | None = None) -> Reader:
    """Who holds a bearer token, in one statement.

    Args:
        unread: what to count of the user with the same statement, for pages that show it.

    Raises:
        NotSignedIn: it is unknown, expired, revoked, or its user is switched off.
    """
    query = HELD if unread is None else HELD.add_columns(unread.label("unread"))
    rows = db.session.execute(query.where(Token.hash == _token_hash(secret))).all()
    held = rows[0] if rows else None
    if held is None or not usable(held.expires_at, held.revoked_at, now) or not held.active:
        raise NotSignedIn("令牌无效或已过期，请重新登录。")
    return _reader(held, [row for row in rows if row.role])


def sign_in(login: str, password: str, now: datetime, one_time: bool = False) -> tuple[str, datetime] | None:
    """A token for twelve hours in exchange for a password; None where login and password do not fit.

    A failure is counted on the row, so the caller must commit it before it refuses.

    Args:
        one_time: whether a password that an administrator set opens too; who asks so has it changed next.
    Raises:
        TooOften: too many failures in a row; the wait doubles with each.
        NotAllowed: the password is one that an administrator set, and its days are over or it does not open here.
    """
    user = _proven(login, password, now)
    if user is None:
        return None
    if user.one_time_until is not None and not one_time:
        raise NotAllowed("这是管理员设的一次性密码，请先在网页上登录，改成自己的密码。")
    if user.one_time_until is not None and now >= user.one_time_until:
        raise NotAllowed("一次性密码已过期，请联系管理员重新设置。")
    return issue_token(user, now, user.login, SIGNED_IN_FOR), now + SIGNED_IN_FOR


def _proven(login: str, password: str, now: datetime) -> User | None:
    """The user whose login and password these are, held until the transaction ends; a failure is counted."""
    user = db.session.scalar(select(User).where(User.login == login).with_for_update())
    tried = user or tries.unknown(login, now)
    tries.check_lock(tried, now)
    if not _fits(user, password):
        tries.count_failure(tried, now)
        return None
    assert user is not None
    user.failures, user.locked_until = 0, None
    return user


def _fits(user: User | None, password: str) -> bool:
    known = user is not None and user.active and user.password_hash
    try:
        HASHER.verify(known or NOBODY, password)
    except VerificationError:
        return False
    return bool(known)


def sign_out(secret: str, now: datetime) -> None:
    """End what a token opens."""
    held = (Token.hash == _token_hash(secret)) & Token.revoked_at.is_(None)
    db.session.execute(update(Token).where(held).values(revoked_at=now))


def change_password(login: str, current: str, password: str, kept: str, now: datetime) -> bool:
    """Set another password and end every sign-in of the user but the one of the token kept; False: current is wrong.

    A failure is counted as at sign_in, so the caller must commit it. Tokens without an end, made for programs, stay.

    Raises:
        TooOften: too many failures in a row.
        Invalid: the new password is too short or too long.
    """
    user = _proven(login, current, now)
    if user is None:
        return False
    user.password_hash, user.one_time_until = _hashed(password), None
    others = (Token.user_id == user.id) & Token.expires_at.is_not(None) & Token.revoked_at.is_(None)
    db.session.execute(update(Token).where(others, Token.hash != _token_hash(kept)).values(revoked_at=now))
    audit.record("user.password_changed", login, login, now)
    return True


def users() -> Sequence[User]:
    """All users with their grants."""
    return db.session.scalars(select(User).options(selectinload(User.grants)).order_by(User.login)).all()


def names(ids: Iterable[int]) -> dict[int, str]:
    """What some users are called, in one statement."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(set(ids)))))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class Holder:
    """A user and one of the user's grants."""

    user_id: int
    grant: Grant


def holders(roles: Collection[str], departments: Collection[str], places: Collection[str]) -> list[Holder]:
    """Who holds one of the roles for one of the departments, or for a whole place, in one statement."""
    if not roles:
        return []
    for_place = and_(UserGrant.department.is_(None), UserGrant.place.in_(sorted(places)))
    query = select(User.id, UserGrant.role, UserGrant.place, UserGrant.department).join(User.grants)
    query = query.where(User.active, UserGrant.role.in_(sorted(roles)))
    query = query.where(or_(UserGrant.department.in_(sorted(departments)), for_place)).order_by(User.id, UserGrant.id)
    book = directory.current()
    return [Holder(row.id, _reach(row, book)) for row in db.session.execute(query)]


def colleagues(
    role: str, departments: Collection[str], places: Collection[str], below: Collection[str] | None, most: int
) -> dict[int, str]:
    """Who holds a role for one of some departments, or for all of a place: id → name, by name, in one statement.

    Args:
        below: places all of whose departments count; None for every place.
    """
    of_place = func.split_part(UserGrant.department, "-", 1).in_(sorted(below)) if below is not None else true()
    for_place = and_(UserGrant.department.is_(None), UserGrant.place.in_(sorted(places)))
    query = select(User.id, User.name).join(User.grants).where(User.active, UserGrant.role == role)
    query = query.where(or_(UserGrant.department.in_(sorted(departments)), for_place, of_place))
    rows = db.session.execute(query.group_by(User.id).order_by(User.name, User.id).limit(most))
    return {row.id: row.name for row in rows}


def reader(user: User) -> Reader:
    """A user as the other rooms know it, with what each grant reaches."""
    return _reader(user, user.grants)


def reader_of(user_id: int) -> Reader:
    """The same by the user's id, with what they may do by now; whoever was switched off may do nothing."""
    user = db.session.get(User, user_id)
    return reader(user) if user is not None and user.active else Reader(user_id)


def _reader(who: Any, held: Iterable[Any]) -> Reader:
    """Who and held are objects or rows of the same columns."""
    book = directory.current()
    grants = tuple(_reach(grant, book) for grant in held)
    roles = frozenset(grant.role for grant in grants)
    return Reader(
        who.id, who.login, who.name, grants, roles,
        unread=getattr(who, "unread", 0), one_time=who.one_time_until is not None, account=who.account_id,
        leads=who.leads,
    )  # fmt: skip


def _reach(row: Any, book: Directory) -> Grant:
    whole = row.place is None or book.places[row.place].parent is None
    return Grant(row.role, row.place, None if whole else frozenset(book.subtree(row.place or "")), row.department)
