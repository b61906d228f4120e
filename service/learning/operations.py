"""What desks and administrators ask of learning: corrections remembered, versions looked after, drift watched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from service.accounts.rules import Reader
from service.audit import operations as audit
from service.complaints import reading
from service.complaints.models import Complaint
from service.complaints.rules import Trace
from service.db import db
from service.directory import operations as directory
from service.errors import NotFound, WrongState
from service.jobs import outbox
from service.learning.following import follow
from service.learning.models import Example
from service.learning.registry import (
    promote,
    promotes_by_itself,
    refuse,
    roll_back,
    set_promotes_by_itself,
    version,
    versions,
)
from service.learning.watching import drift

__all__ = [
    "Held",
    "drift",
    "drop_example",
    "example",
    "examples",
    "follow",
    "held",
    "promote",
    "promotes_by_itself",
    "refuse",
    "remember",
    "retrain",
    "roll_back",
    "set_promotes_by_itself",
    "version",
    "versions",
]
RETRAIN = "learning.retrain"


class Held(NamedTuple):
    """What a complaint was taken for, and who had it or would have got it; None where nobody knew."""

    category: str | None
    department: str | None


@dataclass(frozen=True)
class Page:
    """Some examples, the newest first, and the id below which the next ones are."""

    items: Sequence[Example]
    next_cursor: int | None


# --- corrections -----------------------------------------------------------------------------------------------------


def held(complaint: Complaint) -> Held:
    """What is to be compared with, before a person changes it."""
    return Held(complaint.category, complaint.delivered_to or complaint.proposed_department)


def likeliest(complaint: Complaint) -> str | None:
    """The machine's own first suggestion."""
    return complaint.suggestions[0]["code"] if complaint.suggestions else None


def remember(complaint: Complaint, before: Held, by: Trace, why: str | None, now: datetime) -> None:
    """Keep what a person made of a complaint's category or department, where that is a change, in one statement.

    The last word on a complaint counts; what the machine had said at first stays beside it. Of what is sealed nothing
    is kept: who looks after examples must not read it.
    """
    if complaint.sealed:
        db.session.execute(delete(Example).where(Example.complaint_id == complaint.id))
        return
    said, after = likeliest(complaint), complaint.department or complaint.proposed_department
    corrected = complaint.category != before.category and (before.category, complaint.category) != (None, said)
    moved = None not in {before.department, after} and after != before.department
    if by.actor_id is None or complaint.category is None or not (corrected or moved):
        return
    _write(
        complaint, by, why, now,
        was=said if corrected else complaint.category,
        department=after if moved else None,
        department_was=before.department if moved else None,
    )  # fmt: skip


def _write(complaint: Complaint, by: Trace, why: str | None, now: datetime, **change: str | None) -> None:
    # Administrators read the examples, and they reach no complaints.
    cover = reading.cover_for(complaint, (), directory.current())
    row = insert(Example).values(
        complaint_id=complaint.id, user_id=by.actor_id, role=by.role, at=now,
        why=cover(why) if why else None,
        enterprise=complaint.uscc_hash or complaint.phone_hash, channel=complaint.channel,
        title=cover(complaint.title or ""), text=cover(complaint.body),
        label=complaint.category, version=complaint.model_version, **change,
    )  # fmt: skip
    new = row.excluded
    last_word = {name: new[name] for name in ("label", "user_id", "role", "why", "at")}
    moves = {
        "department": func.coalesce(new.department, Example.department),
        "department_was": func.coalesce(Example.department_was, new.department_was),
    }
    db.session.execute(row.on_conflict_do_update(index_elements=["complaint_id"], set_={**last_word, **moves}))


def examples(cursor: int | None = None, limit: int = 50) -> Page:
    """One page of what people corrected, the newest first, those that were taken out among them; one statement."""
    query = select(Example).order_by(Example.id.desc()).limit(limit + 1)
    found = db.session.scalars(query.where(Example.id < cursor) if cursor is not None else query).all()
    items = found[:limit]
    return Page(items, items[-1].id if len(found) > limit else None)


def example(example_id: int) -> Example:
    """One of them.

    Raises:
        NotFound: there is no such one.
    """
    found = db.session.get(Example, example_id)
    if found is None:
        raise NotFound("没有这条纠正样本。")
    return found


def drop_example(example_id: int, actor: Reader, now: datetime, why: str = "") -> Example:
    """Take an example out: from the next training on nothing learns from it, whatever is said of its complaint later.

    Raises:
        NotFound: there is no such one. WrongState: it was taken out already.
    """
    found = example(example_id)
    db.session.refresh(found, with_for_update=True)
    if found.dropped_at is not None:
        raise WrongState("这条纠正样本已经剔除了。")
    found.dropped_at, found.dropped_by = now, actor.id
    audit.record("example.dropped", str(found.id), actor.login, now, label=found.label, was=found.was, why=why)
    return found


# --- training --------------------------------------------------------------------------------------------------------


def retrain(actor: Reader, now: datetime, why: str = "") -> None:
    """Ask a worker to train a challenger now."""
    audit.record("model.retraining_asked", "model", actor.login, now, why=why)
    outbox.add(RETRAIN, {"by": (actor.id, actor.login)})
