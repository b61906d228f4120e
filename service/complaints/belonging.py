"""Complaints that came to be before an enterprise had an account, and what a colleague who leaves may still open."""

import secrets
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select, update

from service.accounts import enterprises, tries
from service.accounts.models import User
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.complaints.models import Complaint
from service.complaints.operations import code_hash
from service.crypto import keyed_hash
from service.db import db
from service.errors import Invalid, NotAllowed

HASH_BYTES = 32
NOT_THEIRS = "这位用户没有登录账户提交过这件诉求。请来电人再报一个自己提交的编号；报不出来的，不能重设。"


def attach(number: str, code: str, reader: Reader, now: datetime) -> Complaint | None:
    """Let an account's people see a complaint that was filed without it; None where number and code do not fit.

    Who holds both may read it and act for who filed it in any case: nobody learns of a complaint here. A failure is
    counted as at signing in, so the caller must commit it.

    Raises:
        TooOften: too many failures in a row.
        Invalid: it is anonymous, sealed, was filed under another credit code, or belongs to an account already.
    """
    account = enterprises.of(reader)
    if account is None or reader.id is None:
        raise NotAllowed("您不在任何企业账户里。")
    user = tries.trying(reader.id, now)
    complaint = db.session.scalar(select(Complaint).where(Complaint.number == number).with_for_update())
    if complaint is None or not compare_digest(complaint.query_code_hash, code_hash(code)):
        tries.count_failure(user, now)
        return None
    if fault := _against(complaint, account.id, account.uscc):
        raise Invalid(fault, {"number": [fault]})
    user.failures, user.locked_until, complaint.account = 0, None, account.id
    audit.record("account.attached", number, reader.login, now)
    return complaint


def _against(complaint: Complaint, account_id: int, uscc: str) -> str:
    """Why a complaint cannot belong to an account; empty where it can."""
    faults = {
        "这件诉求已经在企业账户里。": complaint.account == account_id,
        "这件诉求已经归入另一个企业账户；凭编号和查询码仍然可以查看。": complaint.account not in {None, account_id},
        "匿名提交的诉求不能归入账户：归入以后就不再匿名。凭编号和查询码可以查看。": complaint.anonymous,
        "举报等密封的事项不归入账户，同事也看不到；凭编号和查询码可以查看。": complaint.sealed,
        "这件诉求提交时填的是另一个统一社会信用代码，不能归入本账户；凭编号和查询码可以查看。": (
            complaint.uscc_hash not in {None, keyed_hash(uscc, "uscc")}
        ),
    }
    return next((fault for fault, holds in faults.items() if holds), "")


def telephone(number: str, user: User, actor: str, now: datetime) -> str:
    """The telephone that a user left with a complaint: who answers there may be let in again. It is recorded.

    Not one that a colleague filed: the telephone left with it is the colleague's.

    Raises:
        Invalid: the user filed no such complaint for the account, or left no telephone with it.
    """
    own = (Complaint.account == user.account_id, Complaint.filed_by == user.id)
    asked = select(Complaint.contact_phone).where(Complaint.number == number, *own)
    phone = db.session.scalar(asked) if user.account_id is not None else None
    if phone is None:
        raise Invalid(NOT_THEIRS, {"number": [NOT_THEIRS]})
    audit.record("numbers.shown", number, actor, now)
    return phone


def take_out(user_id: int, reader: Reader, now: datetime) -> None:
    """Take a colleague out of an account, and make the query codes useless that the colleague may have noted.

    The others need none: they see the complaints by being signed in.
    """
    enterprises.take_out(user_id, reader, now)
    # No code has this hash, and none of the proofs that browsers keep comes out any more.
    nothing = secrets.token_bytes(HASH_BYTES)
    db.session.execute(update(Complaint).where(Complaint.account == reader.account).values(query_code_hash=nothing))
