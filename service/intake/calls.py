"""Calls at the hotline: announced by the telephone system, taken by an operator, written down while they last."""

import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import current_app, request
from marshmallow import ValidationError
from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from werkzeug.datastructures import Headers

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.complaints.schemas import Phone
from service.db import db
from service.errors import Conflict, Invalid, NotFound, NotSignedIn, Unavailable
from service.intake import answers, begun
from service.intake.models import Call
from service.notices.sending import SIGNATURE, STAMP, signature

OPERATOR = "operator"
# P: how far the telephone system's clock may be off, how long it rings, and how long a call stays in the day's list.
LENIENCY = timedelta(minutes=5)
RINGS = timedelta(minutes=2)
KEPT = timedelta(hours=48)
PHONE = Phone()


# --- the telephone system --------------------------------------------------------------------------------------------


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only the telephone system call a view: it signs the time of sending and the body with a shared secret."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        secret = str(current_app.config.get("TELEPHONE_SECRET") or "")
        if not secret:
            raise Unavailable("没有设置 TELEPHONE_SECRET，收不了来电通知。请管理员设置后再试。")
        check_signature(secret, request.headers, request.get_data(), clock.now())
        return view(*args, **kwargs)

    guarded.guard = "signed"  # type: ignore[attr-defined]
    return guarded


def check_signature(secret: str, headers: Headers, body: bytes, now: datetime) -> None:
    """Raise unless body and time of sending were signed with the secret, just now.

    What is caught on its way and sent again later is refused for its time, and before that changes nothing: it bears
    the id of a call that is known already.
    """
    stamp, given = headers.get(STAMP, ""), headers.get(SIGNATURE, "")
    if not hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode()):
        raise NotSignedIn("签名不对，请核对密钥和签名的内容。")
    if not re.fullmatch(r"\d{1,12}", stamp, re.ASCII) or abs(now.timestamp() - int(stamp)) > LENIENCY.total_seconds():
        raise NotSignedIn("时间戳与本机相差超过五分钟，请校准电话系统的时钟。")


def announce(given: Mapping[str, Any], now: datetime) -> None:
    """Let a call ring at a desk.

    Raises:
        Invalid: it names an operator who is none.
    """
    if login := given.get("operator"):
        _check_operator(login)
    told = {name: given.get(name) for name in ("operator", "extension")}
    row = insert(Call).values(announced=given["id"], phone=_dialled(given.get("phone")), at=now, **told)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["announced"]))


def _check_operator(login: str) -> None:
    try:
        roles = {grant.role for grant in accounts.user_named(login).grants}
    except NotFound:
        roles = set()
    if OPERATOR not in roles:
        raise Invalid("没有这个话务员。", {"operator": ["没有这个话务员，请填话务员的登录名。"]})


def _dialled(phone: str | None) -> str | None:
    """A number as it is kept everywhere, or as it came where it is none that one could call."""
    try:
        return PHONE.deserialize(phone) if phone else None
    except ValidationError:
        return phone


# --- the operator ----------------------------------------------------------------------------------------------------


def at_desk(reader: Reader, extension: str, now: datetime) -> tuple[list[Call], list[Call]]:
    """What rings for an operator now, and the calls that are not written down to the end, in one statement."""
    ringing = and_(_for(reader, extension), Call.at > now - RINGS)
    unfinished = and_(Call.taken_by == reader.id, Call.ended_at.is_(None), Call.at > now - begun.KEPT)
    found = db.session.scalars(select(Call).where(or_(ringing, unfinished)).order_by(Call.id.desc())).all()
    return [one for one in found if one.taken_by is None], [one for one in found if one.taken_by is not None]


def ringing(reader: Reader, extension: str, now: datetime) -> Sequence[Call]:
    """What rings for an operator now."""
    query = select(Call).where(_for(reader, extension), Call.at > now - RINGS)
    return db.session.scalars(query.order_by(Call.id.desc())).all()


def of_day(reader: Reader, extension: str, since: datetime) -> Sequence[Call]:
    """The calls since a moment that an operator took or should have taken, the newest first."""
    mine = or_(Call.taken_by == reader.id, _for(reader, extension))
    return db.session.scalars(select(Call).where(mine, Call.at >= since).order_by(Call.id.desc())).all()


def _for(reader: Reader, extension: str) -> ColumnElement[bool]:
    """That nobody took it yet and that it is meant for this operator."""
    named = or_(Call.operator == reader.login, and_(Call.operator.is_(None), Call.extension == extension))
    return and_(Call.taken_by.is_(None), named)


def take(call_id: int, reader: Reader, extension: str, now: datetime) -> tuple[Call, bool]:
    """Answer a call that rings, call back whom nobody answered, or go on with one; True where it is fresh.

    Raises:
        Conflict: a colleague took it already, or it is not this operator's.
    """
    taken = {"taken_by": reader.id, "taken_at": now, "paper": secrets.token_urlsafe(16)}
    query = update(Call).where(Call.id == call_id, _for(reader, extension)).values(taken).returning(Call)
    fresh = db.session.scalar(query)
    begun_one = select(Call).where(Call.id == call_id, Call.taken_by == reader.id, Call.ended_at.is_(None))
    found = fresh or db.session.scalar(begun_one)
    if found is None:
        raise Conflict("这通来电已经有人接了，或者不是打给您的分机。")
    return found, fresh is not None


def paper(text: str, reader: Reader) -> str:
    """What tells one call from another in a page.

    Raises:
        Malformed: no page of ours gave it.
    """
    answers.key_of(text, reader.id, b"")
    return text


def keep(reader: Reader, paper: str, said: Mapping[str, Any], now: datetime) -> bool:
    """Keep what was typed so far; False where the call is over, and nothing more is to be kept of it."""
    row = insert(Call).values(at=now, taken_by=reader.id, taken_at=now, paper=paper, phone=_typed(said))
    still = row.on_conflict_do_update(
        index_elements=["taken_by", "paper"], set_={"phone": _number(row)}, where=Call.ended_at.is_(None)
    )
    if db.session.scalar(still.returning(Call.id)) is None:
        return False
    begun.write(_token(reader, paper), said, now)
    return True


def said(reader: Reader, paper: str, now: datetime) -> dict[str, Any]:
    """What was typed so far."""
    return begun.said(begun.read(_token(reader, paper), now))


def end(reader: Reader, paper: str, number: str | None, now: datetime, said: Mapping[str, Any]) -> None:
    """Close a call, with the number of the complaint that came of it if one did; what was typed is not needed more.

    Of two windows in which a call was written down, the one that files nothing takes no number back.

    Args:
        said: what was typed in the end; of it the call keeps from which number it was.
    """
    values = {"at": now, "taken_by": reader.id, "taken_at": now, "paper": paper, "phone": _typed(said)}
    row = insert(Call).values(**values, ended_at=now, number=number)
    over = {"ended_at": now, "number": func.coalesce(row.excluded.number, Call.number), "phone": _number(row)}
    ended = row.on_conflict_do_update(index_elements=["taken_by", "paper"], set_=over)
    db.session.execute(ended)
    begun.drop(_token(reader, paper))


def _typed(said: Mapping[str, Any]) -> str | None:
    """The number that the operator wrote down, once it is one; who stays anonymous left none."""
    contact = said.get("contact")
    phone = contact.get("phone") if isinstance(contact, Mapping) and "anonymous" not in said else None
    try:
        return PHONE.deserialize(phone) if phone else None
    except ValidationError:
        return None


def _number(row: Insert) -> ColumnElement[str | None]:
    """The number that was written down; where there is none, what the telephone system showed."""
    written = row.excluded.phone
    return case((Call.announced.is_not(None), func.coalesce(written, Call.phone)), else_=written)


def _token(reader: Reader, paper: str) -> str:
    """Under which a call's draft is kept: only who took the call comes to it, from any browser."""
    return f"hotline {reader.id} {paper}"


def purge(now: datetime) -> None:
    """Drop calls of days that are over."""
    db.session.execute(delete(Call).where(Call.at <= now - KEPT))
