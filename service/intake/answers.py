"""The same Idempotency-Key gets the same answer for a day, and never files twice."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from service.crypto import keyed_hash
from service.db import db
from service.errors import Conflict, Malformed
from service.intake.models import Answer

KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Key:
    """A caller's key, hashed together with who calls, and the hash of what was asked under it."""

    value: bytes
    fingerprint: bytes


def key_of(text: str, caller: int | None, raw_body: bytes, about: str = "") -> Key:
    """The key of a request.

    Args:
        about: what is asked for, where one key may serve for several things.

    Raises:
        Malformed: it is longer than 200 or holds anything but visible ASCII.
    """
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", text):
        raise Malformed("Idempotency-Key 应为 1 到 200 个可见的英文字符。", {"Idempotency-Key": ["格式不对。"]})
    return Key(
        keyed_hash(f"{caller}:{about}:{text}" if about else f"{caller}:{text}", "idempotency"),
        sha256(raw_body).digest(),
    )


def given(key: Key, now: datetime) -> dict[str, Any] | None:
    """The answer already given under a key, if any.

    Raises:
        Conflict: the key was used for another request.
    """
    answer = db.session.scalar(select(Answer).where(Answer.key == key.value, Answer.created_at > now - KEPT))
    if answer is None:
        return None
    if answer.fingerprint != key.fingerprint:
        raise Conflict("这个 Idempotency-Key 已用于另一份内容，请换一个。", {"Idempotency-Key": ["已用于另一份内容。"]})
    return json.loads(answer.body)


def keep(key: Key, body: dict[str, Any], now: datetime) -> bool:
    """Keep an answer; false where another request with this key was answered meanwhile, and this one must be undone."""
    values = {"fingerprint": key.fingerprint, "body": json.dumps(body, ensure_ascii=False), "created_at": now}
    row = insert(Answer).values(key=key.value, **values)
    # A key whose day is over may serve again.
    row = row.on_conflict_do_update(index_elements=["key"], set_=values, where=Answer.created_at <= now - KEPT)
    return db.session.scalar(row.returning(Answer.key)) is not None


def purge(now: datetime) -> None:
    """Drop answers whose day is over."""
    db.session.execute(delete(Answer).where(Answer.created_at <= now - KEPT))
