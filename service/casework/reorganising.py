"""Duties that move to another department: prepared, confirmed by the supervisor, the open complaints moved along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from service.accounts.rules import Reader
from service.audit import operations as audit
from service.casework import operations as casework
from service.casework.handing import not_for
from service.casework.models import Reorganisation
from service.complaints.models import Complaint
from service.complaints.rules import IN_HAND, MACHINE
from service.complaints.visibility import UNSEALED, visible
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from service.jobs import outbox
from service.sentences import say

log = structlog.get_logger()

MOVE = "casework.reorganise"
# After so long without a batch its task is taken for dead.
STILL = timedelta(hours=1)
STATES = {"prepared": "待督办人确认", "confirmed": "正在划转", "done": "已完成", "cancelled": "已取消"}
SEALED = "密封办理的事项不能随职责划转给其他性质的部门"
FAMILY = func.split_part(Complaint.category, ".", 1)


@dataclass(frozen=True)
class Line:
    """One open complaint of a survey; `why` says what keeps it from the successor, empty where nothing does."""

    complaint: Complaint
    why: str


@dataclass(frozen=True)
class Survey:
    """What a reorganisation would move.

    Attributes:
        counts: state → how many stand in it; sealed: how many of all are, which are counted and not listed.
        seen: how many others the reader may see; lines: the first of these, the earliest limit first.
    """

    counts: Mapping[str, int]
    sealed: int
    seen: int
    lines: Sequence[Line]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def unseen(self) -> int:
        """How many are not sealed and not for the reader, so that they are counted and not listed."""
        return self.total - self.sealed - self.seen


# --- who decides -----------------------------------------------------------------------------------------------------


def supervises(actor: Reader, departments: Sequence[str], book: Directory) -> bool:
    """Whether somebody is supervisor over the places of some departments."""
    places = {book.departments[code].place for code in departments}
    grants = [grant for grant in actor.grants if grant.role == "supervisor"]
    return any(grant.places is None or places <= grant.places for grant in grants)


def concerns(actor: Reader, row: Reorganisation, book: Directory) -> bool:
    """Whether somebody has to do with a reorganisation: administrators with all, supervisors with their places'."""
    return "administrator" in actor.roles or supervises(actor, (row.relieved, row.successor), book)


def listed(actor: Reader, limit: int) -> list[Reorganisation]:
    """The newest reorganisations that somebody has to do with."""
    book = directory.current()
    rows = db.session.scalars(select(Reorganisation).order_by(Reorganisation.id.desc()))
    return [row for row in rows if concerns(actor, row, book)][:limit]


def find(reorganisation_id: int, actor: Reader, lock: bool = False) -> Reorganisation:
    """A reorganisation.

    Raises:
        NotFound: there is none, or not for this reader.
    """
    query = select(Reorganisation).where(Reorganisation.id == reorganisation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(query).one_or_none()
    if row is None or not concerns(actor, row, directory.current()):
        raise NotFound("没有这次职责划转。")
    return row


# --- preparing and deciding ------------------------------------------------------------------------------------------


def prepare(given: Mapping[str, Any], actor: Reader, now: datetime) -> Reorganisation:
    """Write down which duties move; nothing moves before the supervisor confirms.

    Raises:
        Invalid: a department or category is not known, the successor is closed, or both are the same.
        Conflict: duties of this department are on the move already.
    """
    book = directory.current()
    relieved, successor = _departments(given, book)
    fresh = insert(Reorganisation).values(
        relieved=relieved, successor=successor, categories=list(given.get("categories", ())), reason=given["reason"],
        document=given["document"], state="prepared", prepared_at=now, prepared_by=actor.id,
        reached=0, moved=0, set_aside=0, failed=0,
    )  # fmt: skip
    row = db.session.scalar(fresh.on_conflict_do_nothing().returning(Reorganisation))
    if row is None:
        raise Conflict("这个部门已有一次职责划转还没有办完，请等它办完，或先取消。")
    told = {"relieved": relieved, "successor": successor, "categories": row.categories, "document": row.document}
    audit.record("reorganisation.prepared", str(row.id), actor.login, now, **told)
    return row


def _departments(given: Mapping[str, Any], book: Directory) -> tuple[str, str]:
    """The department that loses the duties, closed or not, and the open one that takes them over."""
    relieved = book.departments.get(f"{given['relieved_place']}-{given['relieved_kind']}")
    successor = book.department(given["successor_kind"], given["successor_place"])
    errors = {}
    if relieved is None:
        errors["relieved_kind"] = ["这个地区没有这一类部门。"]
    if successor is None:
        errors["successor_kind"] = ["这个地区没有这一类部门，或者它已停用。"]
    elif successor == relieved:
        errors["successor_kind"] = ["接手的部门不能就是原来的部门。"]
    known = {*book.families, *book.categories}
    if unknown := [code for code in given.get("categories", ()) if code not in known]:
        errors["categories"] = [say("没有这个编码：%(codes)s。", codes=unknown)]
    if errors or relieved is None or successor is None:
        raise Invalid("有内容需要修改，请看下面的说明。", errors)
    return relieved.code, successor.code


def confirm(reorganisation_id: int, actor: Reader, now: datetime) -> Reorganisation:
    """The supervisor's word: the open complaints begin to move.

    Raises:
        NotAllowed: who asks does not supervise both places.
        WrongState: it was decided already, or the successor was closed meanwhile.
    """
    row, book = _undecided(reorganisation_id, actor), directory.current()
    _check_supervises(actor, row, book)
    if not book.departments[row.successor].active:
        raise WrongState("接手的部门已停用，请取消后重新填写。")
    row.state, row.decided_at, row.decided_by, row.worked_at = "confirmed", now, actor.id, now
    audit.record("reorganisation.confirmed", str(row.id), actor.login, now)
    outbox.add(MOVE, {"reorganisation_id": row.id})
    return row


def cancel(reorganisation_id: int, actor: Reader, now: datetime) -> Reorganisation:
    """Let nothing move; raises as `confirm` where it was decided already."""
    row = _undecided(reorganisation_id, actor)
    row.state, row.decided_at, row.decided_by = "cancelled", now, actor.id
    audit.record("reorganisation.cancelled", str(row.id), actor.login, now)
    return row


def go_on(reorganisation_id: int, actor: Reader, now: datetime) -> Reorganisation:
    """Ask for the next batch once more, where the task that moves complaints died.

    Raises:
        NotAllowed: who asks does not supervise both places.
        WrongState: it is not on the move, or moved something within the hour.
    """
    row = find(reorganisation_id, actor, lock=True)
    _check_supervises(actor, row, directory.current())
    if not stands_still(row, now):
        raise WrongState("这次职责划转没有停下，不用再继续。")
    row.worked_at = now
    audit.record("reorganisation.resumed", str(row.id), actor.login, now)
    outbox.add(MOVE, {"reorganisation_id": row.id})
    return row


def stands_still(row: Reorganisation, now: datetime) -> bool:
    """Whether complaints should be on the move and none has been for an hour."""
    return row.state == "confirmed" and row.worked_at is not None and row.worked_at + STILL <= now


def _check_supervises(actor: Reader, row: Reorganisation, book: Directory) -> None:
    if not supervises(actor, (row.relieved, row.successor), book):
        raise NotAllowed("职责划转要由两个部门所在地区的督办人，或自治区督办人确认。")


def _undecided(reorganisation_id: int, actor: Reader) -> Reorganisation:
    row = find(reorganisation_id, actor, lock=True)
    if row.state != "prepared":
        raise WrongState(say("这次职责划转%(state)s，不能再改。", state=STATES[row.state]))
    return row


# --- what it moves ---------------------------------------------------------------------------------------------------


def _open(row: Reorganisation) -> list[ColumnElement[bool]]:
    """The open complaints that a reorganisation is about."""
    about: list[ColumnElement[bool]] = [Complaint.department == row.relieved, Complaint.status.in_(IN_HAND.split())]
    if row.categories:
        about.append(or_(Complaint.category.in_(row.categories), FAMILY.in_(row.categories)))
    return about


def survey(row: Reorganisation, reader: Reader, limit: int) -> Survey:
    """What a reorganisation would move now, in two statements; only what the reader may see is listed."""
    for_reader = (UNSEALED, visible(reader))
    counted = (func.count(), func.count().filter(Complaint.sealed), func.count().filter(*for_reader))
    grouped = select(Complaint.status, *counted).where(*_open(row)).group_by(Complaint.status)
    counts = db.session.execute(grouped).all()
    first = select(Complaint).where(*_open(row), *for_reader)
    shown = db.session.scalars(first.order_by(Complaint.due_at, Complaint.id).limit(limit)).all()
    book = directory.current()
    lines = [Line(one, hindrance(one, row, book)) for one in shown]
    sealed, seen = sum(one[2] for one in counts), sum(one[3] for one in counts)
    return Survey({one[0]: one[1] for one in counts}, sealed, seen, lines)


def hindrance(complaint: Complaint, row: Reorganisation, book: Directory) -> str:
    """Why a complaint does not go to the successor: it is accused, or is none to keep a seal; empty where it goes."""
    kinds = {book.departments[row.relieved].kind, "discipline"}
    if complaint.sealed and book.departments[row.successor].kind not in kinds:
        return SEALED
    return not_for(row.successor, complaint, book) or ""


def move_some(reorganisation_id: int, limit: int, now: datetime) -> bool:
    """Move the next open complaints, each succeeding or failing for itself; true where there may be more."""
    query = select(Reorganisation).where(Reorganisation.id == reorganisation_id).with_for_update()
    row = db.session.scalars(query).one()
    if row.state != "confirmed":
        return False
    due = select(Complaint).where(*_open(row), Complaint.id > row.reached).order_by(Complaint.id).limit(limit)
    batch = db.session.scalars(due.with_for_update()).all()
    row.worked_at = now
    for complaint in batch:
        row.reached = complaint.id
        _count(row, _move(complaint, row, now))
    if len(batch) == limit:
        return True
    row.state, row.finished_at = "done", now
    told = {"moved": row.moved, "set_aside": row.set_aside, "failed": row.failed}
    audit.record("reorganisation.done", str(row.id), MACHINE, now, **told)
    return False


def _count(row: Reorganisation, outcome: str) -> None:
    setattr(row, outcome, getattr(row, outcome) + 1)


def _move(complaint: Complaint, row: Reorganisation, now: datetime) -> str:
    """Give one complaint to the successor or, where that may not have it, back to a dispatcher."""
    book, noted = directory.current(), {"reorganisation": row.id}
    from_, to = (book.departments[code].name for code in (row.relieved, row.successor))
    basis = say(
        "根据%(document)s，原由%(relieved)s办理的事项由%(successor)s接办。",
        document=row.document,
        relieved=from_,
        successor=to,
    )
    why = hindrance(complaint, row, book)
    try:
        with db.session.begin_nested():
            if why:
                casework.move(complaint, "release", {"reason": f"{basis}{why}"}, noted, now)
            else:
                given = {"department": row.successor, "reason": f"{basis}{row.reason}"}
                casework.move(complaint, "take_over", given, noted, now)
    except Exception as error:
        # One complaint that cannot be moved must not keep the others; it stays in the queue, and is counted.
        log.error("move_failed", complaint=complaint.number, kind=type(error).__name__)
        return "failed"
    return "set_aside" if why else "moved"
