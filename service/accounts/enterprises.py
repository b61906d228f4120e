"""Accounts that people of one enterprise share: who opened it, who was invited, who was taken out again."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from service.accounts import operations as accounts
from service.accounts.models import EnterpriseAccount, Invitation, User, UserGrant
from service.accounts.rules import Grant, Reader
from service.audit import operations as audit
from service.audit.models import Entry
from service.crypto import keyed_hash
from service.db import db
from service.errors import Invalid, NotAllowed, NotFound
from service.sentences import say

INVITED_FOR = timedelta(days=7)
# People and open invitations together.
MOST_PEOPLE = 50
ROLE = "enterprise"
TAKEN_OUT = "account.taken_out"
DEAD_LINK = "这个邀请链接不能用了：可能已经用过、已被撤回，或已过期。请让企业账户的管理员重新邀请。"

Person = Mapping[str, str]


def register(enterprise: Mapping[str, str], person: Person, now: datetime) -> User:
    """Open an account; whoever opens it says who else comes in.

    Args:
        enterprise: name, uscc and, if it was said, size.
        person: name, login and password.

    Raises:
        Invalid: the login is taken or malformed, the password too short.
    """
    account = EnterpriseAccount(
        name=enterprise["name"], uscc=enterprise["uscc"], size=enterprise.get("size"), created_at=now
    )
    db.session.add(account)
    db.session.flush()
    user = _let_in(account.id, person, now)
    user.leads = True
    audit.record("account.opened", _subject(account.id), user.login, now)
    return user


def _let_in(account_id: int, person: Person, now: datetime) -> User:
    login = person["login"]
    user = accounts.create_user(login, person["name"], [Grant(ROLE)], person["password"], now, login)
    user.account_id = account_id
    return user


def _subject(account_id: int) -> str:
    return f"account {account_id}"


def of(reader: Reader) -> EnterpriseAccount | None:
    """The account that somebody belongs to, in one statement."""
    return db.session.get(EnterpriseAccount, reader.account) if reader.account is not None else None


# --- inviting --------------------------------------------------------------------------------------------------------


def invite(name: str, reader: Reader, now: datetime) -> str:
    """A link's token for one colleague, which only this answer shows: who invites hands it over.

    Raises:
        NotAllowed: the reader does not lead an account. Invalid: there are as many people as there may be.
    """
    account_id = _held(reader)
    if len(people(account_id)) + len(invitations(account_id, now)) >= MOST_PEOPLE:
        raise Invalid(
            say("一个企业账户最多 %(most)s 人。", most=MOST_PEOPLE), {"name": ["请先移出同事，或撤回没用过的邀请。"]}
        )
    token = secrets.token_urlsafe(32)
    row = Invitation(account_id=account_id, name=name, hash=_token_hash(token), expires_at=now + INVITED_FOR)
    db.session.add(row)
    audit.record("account.invited", _subject(account_id), reader.login, now)
    return token


def _held(reader: Reader) -> int:
    """The account that a reader leads, held until the transaction ends, so that two windows take turns."""
    held = select(EnterpriseAccount.id).join(User, User.account_id == EnterpriseAccount.id)
    held = held.where(User.id == reader.id, User.leads, User.active).with_for_update(of=[EnterpriseAccount, User])
    account_id = db.session.scalar(held)
    if account_id is None:
        raise NotAllowed("只有企业账户的管理员可以邀请和移出同事。")
    return account_id


def _token_hash(token: str) -> bytes:
    return keyed_hash(token, "invitation")


def invitation(token: str, now: datetime, lock: bool = False) -> Invitation:
    """An invitation by its link.

    Raises:
        NotFound: there is none, or no more.
    """
    found = select(Invitation).where(Invitation.hash == _token_hash(token), Invitation.expires_at > now)
    found = found.options(joinedload(Invitation.account, innerjoin=True))
    row = db.session.scalar(found.with_for_update(of=Invitation) if lock else found)
    if row is None:
        raise NotFound(DEAD_LINK)
    return row


def join(token: str, person: Person, now: datetime) -> User:
    """Come in by an invitation, which is used up then.

    Raises:
        NotFound: the link is dead. Invalid: the login is taken or malformed, the password too short.
    """
    # The account first, as who withdraws an invitation holds them: else each of two might wait for the other.
    account = select(EnterpriseAccount.id).where(EnterpriseAccount.id == invitation(token, now).account_id)
    db.session.execute(account.with_for_update(read=True, key_share=True))
    row = invitation(token, now, lock=True)
    user = _let_in(row.account_id, person, now)
    db.session.delete(row)
    audit.record("account.joined", _subject(row.account_id), user.login, now)
    return user


def withdraw(invitation_id: int, reader: Reader, now: datetime) -> None:
    """Make a link useless that nobody has used; one that is gone is gone."""
    account_id = _held(reader)
    row = db.session.get(Invitation, invitation_id)
    if row is not None and row.account_id == account_id:
        db.session.delete(row)
        audit.record("account.invitation_withdrawn", _subject(account_id), reader.login, now)


# --- the people ------------------------------------------------------------------------------------------------------


def people(account_id: int) -> Sequence[User]:
    """Who shares an account, who leads it first."""
    query = select(User).where(User.account_id == account_id, User.active)
    return db.session.scalars(query.order_by(User.leads.desc(), User.id)).all()


def invitations(account_id: int, now: datetime) -> Sequence[Invitation]:
    """Who was invited and has not come yet."""
    query = select(Invitation).where(Invitation.account_id == account_id, Invitation.expires_at > now)
    return db.session.scalars(query.order_by(Invitation.id)).all()


def colleague(user_id: int, reader: Reader) -> User:
    """Somebody else of the account that the reader leads.

    Raises:
        NotAllowed: the reader leads none. NotFound: there is nobody of that kind in it.
    """
    account_id = _held(reader)
    query = select(User).where(User.id == user_id, User.account_id == account_id, User.active, ~User.leads)
    user = db.session.scalar(query.with_for_update())
    if user is None:
        raise NotFound("企业账户里没有这位同事，可能已经移出。")
    return user


def take_out(user_id: int, reader: Reader, now: datetime) -> None:
    """End somebody's part in the account for good: neither password nor session opens anything any more."""
    user = colleague(user_id, reader)
    accounts.close_user(user, now, reader.login)
    audit.record(TAKEN_OUT, _subject(user.account_id or 0), reader.login, now, login=user.login)


def was_taken_out(user: User) -> bool:
    """Whether the account that somebody belonged to has parted with them; the record of it is what says so."""
    if user.account_id is None:
        return False
    parted = (Entry.action == TAKEN_OUT, Entry.details["login"].astext == user.login)
    return db.session.scalar(select(exists().where(Entry.subject == _subject(user.account_id), *parted))) or False


def hand_over(user_id: int, reader: Reader, now: datetime) -> None:
    """Let somebody else lead; there is always just one who does."""
    user = colleague(user_id, reader)
    db.session.get_one(User, reader.id).leads = False
    db.session.flush()
    user.leads = True
    audit.record("account.handed_over", _subject(user.account_id or 0), reader.login, now, login=user.login)


def told(account_ids: Collection[int], filers: Collection[int]) -> Sequence[tuple[int, int | None]]:
    """(user, account) of everybody in some accounts and of some users who file as enterprises, in one statement."""
    if not account_ids and not filers:
        return []
    meant: list[ColumnElement[bool]] = [User.account_id.in_(sorted(account_ids)), User.id.in_(sorted(filers))]
    query = select(User.id, User.account_id).join(User.grants).where(User.active, or_(*meant))
    rows = db.session.execute(query.where(UserGrant.role == ROLE).order_by(User.id).distinct())
    return [(row.id, row.account_id) for row in rows]
