"""Failures in a row: counting them, letting who tries wait, and forgetting them.

What is tried under a login that nobody has is counted as under any other: a difference would tell which there are.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from service.accounts.models import UnknownLogin, User
from service.accounts.rules import FREE_FAILURES, locked_for
from service.crypto import keyed_hash
from service.db import db
from service.errors import TooOften
from service.sentences import say

# P: a slip is forgotten after a day, since anybody may invent logins and fill the table; what was locked after a month.
SLIPS_KEPT, KEPT = timedelta(days=1), timedelta(days=30)

Tried = User | UnknownLogin


def unknown(login: str, now: datetime) -> UnknownLogin:
    """What was tried under a login that nobody has, held until the transaction ends."""
    row = insert(UnknownLogin).values(hash=keyed_hash(login, "login"), failures=0, tried_at=now)
    row = row.on_conflict_do_update(index_elements=["hash"], set_={"tried_at": now})
    held = db.session.scalars(row.returning(UnknownLogin), execution_options={"populate_existing": True})
    return held.one()


def trying(user_id: int, now: datetime) -> User:
    """A user who is about to prove something else than a password, held until the transaction ends.

    Raises:
        TooOften: too many failures in a row, of this or of passwords.
    """
    user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
    check_lock(user, now)
    return user


def check_lock(tried: Tried, now: datetime) -> None:
    """Refuse a try that comes too soon after too many failures.

    Raises:
        TooOften: it does.
    """
    if tried.locked_until and now < tried.locked_until:
        wait = int((tried.locked_until - now).total_seconds()) + 1
        raise TooOften(say("失败次数过多，请 %(wait)s 秒后再试。", wait=wait), wait)


def count_failure(tried: Tried, now: datetime) -> None:
    """One more failure under a login, after which the next try must wait longer."""
    tried.failures += 1
    tried.locked_until = now + locked_for(tried.failures)


def purge(now: datetime) -> None:
    """Forget failures of long ago, sooner where there were too few to lock anything."""
    db.session.execute(delete(UnknownLogin).where(_is_over(UnknownLogin, UnknownLogin.tried_at, now)))
    over = update(User).where(User.failures > 0, _is_over(User, User.locked_until, now))
    db.session.execute(over.values(failures=0, locked_until=None))


def _is_over(tried: type[Tried], last: Any, now: datetime) -> ColumnElement[bool]:
    return or_(and_(tried.failures < FREE_FAILURES, last <= now - SLIPS_KEPT), last <= now - KEPT)
