"""One's own messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, update

from service.accounts.models import User
from service.db import db
from service.errors import NotFound
from service.notices.models import Notice

# More are not counted: a number that long says no more than "many".
MOST_COUNTED = 100
# Written out: a prepared statement with a parameter here could not know that the partial indexes fit.
INBOX: ColumnElement[str] = literal_column("'inbox'")


@dataclass(frozen=True)
class Page:
    """Some notices, the newest first, and after which id the next ones begin."""

    items: Sequence[Notice]
    next_cursor: int | None


def _unread() -> tuple[ColumnElement[bool], ...]:
    return Notice.channel == INBOX, Notice.read_at.is_(None)


def unread_of_user() -> ColumnElement[int]:
    """The number of unread messages as a column of a statement about users, read from one index."""
    waiting = select(literal(1)).where(*_unread(), Notice.user_id == User.id).limit(MOST_COUNTED).correlate(User)
    return select(func.count()).select_from(waiting.subquery()).scalar_subquery()


def unread(user_id: int) -> int:
    """How many messages of a user are unread, MOST_COUNTED at most."""
    waiting = select(literal(1)).where(*_unread(), Notice.user_id == user_id).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def page(user_id: int, only_unread: bool, before: int | None, limit: int) -> Page:
    """One page of a user's messages, in one statement."""
    query = select(Notice).where(Notice.channel == INBOX, Notice.user_id == user_id)
    return paged(query.where(Notice.read_at.is_(None)) if only_unread else query, before, limit)


def paged(query: Select[Any], before: int | None, limit: int) -> Page:
    """One page of a list of notices, in one statement."""
    query = query.where(Notice.id < before) if before is not None else query
    found = db.session.scalars(query.order_by(Notice.id.desc()).limit(limit + 1)).all()
    items = found[:limit]
    return Page(items, items[-1].id if len(found) > limit else None)


def read(notice_id: int, user_id: int, now: datetime) -> Notice:
    """Mark one of a user's own messages as read; the first time counts.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    own = select(Notice).where(Notice.id == notice_id, Notice.user_id == user_id, Notice.channel == INBOX)
    notice = db.session.scalars(own.with_for_update()).one_or_none()
    if notice is None:
        raise NotFound("没有找到这条消息。")
    notice.read_at = notice.read_at or now
    return notice


def read_all(user_id: int, now: datetime) -> int:
    """Mark all messages of a user as read; gives how many were not."""
    mine = update(Notice).where(*_unread(), Notice.user_id == user_id).values(read_at=now)
    return db.session.execute(mine).rowcount  # type: ignore[attr-defined]
