"""Official letters about complaints: how they are numbered, who reads them, and the one-time link that answers one."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update

from service.accounts.rules import Reader
from service.casework.contents import LETTERS, basis, is_named, matter
from service.casework.models import Letter
from service.clock import local
from service.complaints import telling
from service.complaints.models import Complaint
from service.complaints.rules import OPEN
from service.crypto import keyed_hash
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, NotFound, WrongState
from service.sentences import say

# How long after its due day a link still takes an answer: a late one is better than none.
GRACE = timedelta(days=30)
TOKEN_BYTES = 32
DEAD_LINK = "这个链接不能用了：可能已经答复过，或已经过期。如需答复，请与发函单位联系。"
TELLS = "写给被投诉单位的内容会让对方看出是哪家企业，请去掉：%(what)s。"
NO_LETTER = "没有找到这份文书，请从诉求页面重新打开。"
# All letters are numbered one after the other: whoever writes one holds this lock until the transaction ends.
NUMBERING = text("SELECT pg_advisory_xact_lock(hashtext('letters'))")
# Who supervises for a place, the first that it has.
SUPERVISORS = ("rule-of-law", "services")
# Roles that read every letter of a complaint they see; those of the department that handles it read what goes to the
# respondent, and everybody of a department what goes to that department.
READ_ALL = frozenset({"operator", "dispatcher", "supervisor", "revisit_agent", "auditor"})
READ_OUTSIDE = frozenset({"department_dispatcher", "handler", "head"})


@dataclass(frozen=True)
class Request:
    """A letter that is to be written.

    Attributes:
        by: who writes it; None for the machine.
        addressee: to whom; usually the department that handles the complaint, or its respondent.
        department: the addressee, where it is a department of ours.
        typed: somebody wrote the demand; the machine's own words cannot tell who complains.
    """

    complaint: Complaint
    kind: str
    demand: str
    due_at: datetime | None
    by: int | None = None
    addressee: str | None = None
    department: str | None = None
    typed: bool = True


@dataclass(frozen=True)
class Issued:
    """A letter with its number; `token` opens its answer form and is known here only this once."""

    letter: Letter
    token: str | None


# --- writing one -----------------------------------------------------------------------------------------------------


def issue(
    complaint: Complaint, kind: str, now: datetime, demand: str, due_at: datetime | None, by: int | None,
    addressee: str | None = None, department: str | None = None,
) -> Issued:  # fmt: skip
    """Write one letter; see `issue_many`."""
    return issue_many([Request(complaint, kind, demand, due_at, by, addressee, department)], now)[0]


def issue_many(rows: Sequence[Request], now: datetime) -> list[Issued]:
    """Write letters, numbered in their order, in three statements however many they are.

    Whoever holds complaints locked does so before this is called: the lock on numbers is the last to be taken.

    Raises:
        NotAllowed: the respondent must not learn of a sealed complaint.
        WrongState: there is nobody to write to yet.
        Invalid: what is demanded of a respondent tells who complains, or how to reach them.
    """
    if not rows:
        return []
    book, year = directory.current(), local(now).year
    issued = [_written(row, book, now) for row in rows]
    serials = _last_serials(year)
    for one in issued:
        letter = one.letter
        serials[letter.kind] = letter.serial = serials.get(letter.kind, 0) + 1
        letter.year, letter.number = year, f"{LETTERS[letter.kind].mark}〔{year}〕{letter.serial}号"
    db.session.add_all([one.letter for one in issued])
    db.session.flush()
    return issued


def _last_serials(year: int) -> dict[str, int]:
    """Kind → its last serial of a year, which nobody else can raise until this transaction ends.

    A number is as good as its transaction: one that is rolled back leaves no gap.
    """
    db.session.execute(NUMBERING)
    last = select(Letter.kind, func.max(Letter.serial).label("serial")).where(Letter.year == year).group_by(Letter.kind)
    return {row.kind: row.serial for row in db.session.execute(last)}


def _written(row: Request, book: Directory, now: datetime) -> Issued:
    """A letter that lacks only its number."""
    addressee, department = _addressee(row, book)
    _check_demand(row, book)
    token = secrets.token_urlsafe(TOKEN_BYTES) if LETTERS[row.kind].outside else None
    letter = Letter(
        complaint_id=row.complaint.id,
        kind=row.kind,
        addressee=addressee,
        department=department,
        matter=matter(row.complaint, row.kind, _issuer(row, department, book), book),
        basis=basis(row.complaint, row.kind),
        demand=row.demand,
        due_at=row.due_at,
        issued_at=now,
        issued_by=row.by,
        token_hash=_hashed(token) if token else None,
    )
    return Issued(letter, token)


def _check_demand(row: Request, book: Directory) -> None:
    """What somebody typed must not tell a respondent what the rest of the letter keeps back."""
    if not LETTERS[row.kind].outside or not row.typed:
        return
    words = telling.telling(row.complaint, book)
    if is_named(row.complaint):
        words = (word for word in telling.who(row.complaint, book) if word[0] == telling.PHONE)
    # Who writes may not know the words themselves: only what they are is said.
    if found := telling.found(row.demand, words):
        told = say(TELLS, what=list(found))
        raise Invalid(told, {"text": [told]})


def _addressee(row: Request, book: Directory) -> tuple[str, str | None]:
    """To whom a letter goes: its name and, where it is a department of ours, the code."""
    complaint = row.complaint
    if LETTERS[row.kind].outside:
        if complaint.sealed:
            raise NotAllowed("密封的诉求不得让被反映的单位知道，不能向它发函（信访工作条例第三十条）。")
        name = row.addressee or complaint.respondent_name
        code = row.department or (complaint.respondent_department if name == complaint.respondent_name else None)
    else:
        code = row.department or complaint.department
        name = row.addressee or (book.departments[code].name if code else None)
    if not name:
        told = "还不知道%(letter)s发给谁：请先派单，或写明被投诉单位。"
        raise WrongState(say(told, letter=LETTERS[row.kind].name))
    return name, code


def _issuer(row: Request, addressee: str | None, book: Directory) -> str:
    """Who signs: to a respondent the department that handles the matter, to a department the place's supervisors."""
    complaint = row.complaint
    if LETTERS[row.kind].outside:
        return book.departments[complaint.department or complaint.receiver].name
    here = (book.department(kind, place) for place in book.chain(complaint.dispatch_place) for kind in SUPERVISORS)
    fitting = (office.name for office in here if office is not None and office.code != addressee)
    return next(fitting, book.departments[complaint.receiver].name)


# --- reading them ----------------------------------------------------------------------------------------------------


def of(complaint_id: int) -> list[Letter]:
    """All letters about a complaint, the newest first. Pages show only what `seen` gives."""
    return list(
        db.session.scalars(select(Letter).where(Letter.complaint_id == complaint_id).order_by(Letter.id.desc()))
    )


def seen(complaint_id: int, roles: Collection[str], reader: Reader) -> list[Letter]:
    """The letters about a complaint that somebody in these roles may read, the newest first."""
    return [letter for letter in of(complaint_id) if may_read(letter, roles, reader)]


def find(complaint_id: int, letter_id: int, roles: Collection[str], reader: Reader) -> Letter:
    """One letter about a complaint.

    Raises:
        NotFound: there is none, or not for this reader; the two look the same.
    """
    letter = db.session.get(Letter, letter_id) if letter_id < 2**63 else None
    if letter is None or letter.complaint_id != complaint_id or not may_read(letter, roles, reader):
        raise NotFound(NO_LETTER)
    return letter


def may_read(letter: Letter, roles: Collection[str], reader: Reader) -> bool:
    """Whether somebody who reaches the complaint in these roles may read a letter about it."""
    if set(roles) & READ_ALL:
        return True
    if LETTERS[letter.kind].outside:
        return bool(set(roles) & READ_OUTSIDE)
    return letter.department is not None and any(works_in(letter.department, grant) for grant in reader.grants)


def works_in(department: str, grant: Any) -> bool:
    """Whether a grant is for a department, or for all of the place that it belongs to."""
    if grant.role not in READ_OUTSIDE or grant.department is not None:
        return bool(grant.department == department)
    return grant.places is None or department.partition("-")[0] in grant.places


# --- the one-time link -----------------------------------------------------------------------------------------------


def _hashed(token: str) -> bytes:
    return keyed_hash(token, "letter link")


def by_token(token: str, now: datetime) -> Letter:
    """The letter that a one-time link opens.

    Raises:
        NotFound: nobody ever had this link, it was used, it is too old, or the complaint is over or was sealed;
            all look the same.
    """
    was_due = func.coalesce(Letter.due_at, Letter.issued_at)
    wanted = select(Letter).join(Complaint, Complaint.id == Letter.complaint_id)
    wanted = wanted.where(Letter.token_hash == _hashed(token), was_due > now - GRACE)
    wanted = wanted.where(Complaint.status.in_(sorted(OPEN)), Complaint.sealed.is_(False))
    letter = db.session.scalars(wanted).one_or_none()
    if letter is None:
        raise NotFound(DEAD_LINK)
    return letter


def renew(letter: Letter, now: datetime) -> str:
    """A new one-time link for a letter that nobody has answered; whoever holds the old one can do nothing with it.

    For links that were lost, and for letters of the machine, whose links nobody saw.

    Raises:
        WrongState: it is answered, or it went to a department, which answers in its own queue.
    """
    if letter.token_hash is None:
        raise WrongState("这份文书已经答复过，或不需要通过链接答复。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    letter.token_hash = _hashed(token)
    db.session.flush()
    by_token(token, now)
    return token


def answered(letter: Letter, answer: str, name: str, now: datetime) -> None:
    """Keep the answer to a letter and make its link void.

    Raises:
        NotFound: somebody else answered by the same link meanwhile.
    """
    still_open = update(Letter).where(Letter.id == letter.id, Letter.token_hash.is_not(None))
    done = db.session.execute(
        still_open.values(answer=answer, answered_by=name, answered_at=now, token_hash=None).returning(Letter.id)
    )
    if done.scalar() is None:
        raise NotFound(DEAD_LINK)
    db.session.refresh(letter)
