"""A filing that somebody has begun on the pages: kept for a day under a token that only their browser holds.

What was typed stays when one goes back, reloads or comes again; the browser's cookie holds the token and no word of it.
Its row is also why a second press of the button files nothing: it is locked while filing, and then knows the answer.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from service.crypto import keyed_hash
from service.db import db
from service.intake.models import BegunFiling

KEPT = timedelta(hours=24)
# The answer holds the query code: it can be read again in the same browser, but not for long.
SHOWN = timedelta(minutes=30)


def key_of(token: str) -> bytes:
    """Under which a token's filing and its files are kept."""
    return keyed_hash(token, "begun filing")


def read(token: str, now: datetime, lock: bool = False) -> BegunFiling | None:
    """The filing begun under a token, unless its day is over; locked, until the transaction ends."""
    found = select(BegunFiling).where(BegunFiling.key == key_of(token), BegunFiling.updated_at > now - KEPT)
    return db.session.scalar(found.with_for_update() if lock else found, execution_options={"populate_existing": True})


def write(token: str, said: Mapping[str, Any], now: datetime) -> None:
    """Keep what was said so far; what has been filed already stays as it is."""
    values = {"said": json.dumps(said, ensure_ascii=False), "updated_at": now}
    row = insert(BegunFiling).values(key=key_of(token), **values)
    row = row.on_conflict_do_update(index_elements=["key"], set_=values, where=BegunFiling.filed_at.is_(None))
    db.session.execute(row)


def said(filing: BegunFiling | None) -> dict[str, Any]:
    """What was said so far, as the form's nested document."""
    return json.loads(filing.said) if filing else {}


def finish(filing: BegunFiling, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep the answer, and no longer what led to it."""
    filing.said, filing.filed_at, filing.updated_at = "{}", now, now
    filing.answer = json.dumps(answer, ensure_ascii=False)


def answer(filing: BegunFiling | None, now: datetime) -> dict[str, Any] | None:
    """What the filer was told, as long as it may be shown."""
    if filing is None or filing.answer is None or filing.filed_at is None or filing.filed_at <= now - SHOWN:
        return None
    return json.loads(filing.answer)


def drop(token: str) -> None:
    """Forget a filing that is given up; an answer that was given stays until its day is over."""
    db.session.execute(delete(BegunFiling).where(BegunFiling.key == key_of(token), BegunFiling.filed_at.is_(None)))


def purge(now: datetime) -> None:
    """Drop what nobody has touched for a day."""
    db.session.execute(delete(BegunFiling).where(BegunFiling.updated_at <= now - KEPT))
