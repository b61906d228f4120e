"""Keeping the administrators' directives, and having them at hand where complaints are routed."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from service import clock
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.audit.models import Entry
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotFound, Stale
from service.routing import models
from service.routing.directives import CONDITIONS, Directive
from service.sentences import say

# What an administrator fills in: the conditions, the target and the rest.
FILLED = (*CONDITIONS, "name", "department", "kind", "urgent", "begins", "ends", "note")
COLUMNS = tuple(field.name for field in fields(Directive))
# What is on record of changes that a version counts.
CHANGES = ("directive.edited", "directive.paused", "directive.resumed")
STALE = "这条规则刚刚被别人改过，请看改了什么，再决定是否仍按您填的保存。"


class _Held:
    """What this process last read, for one revision of the reference data; replaced whole, so threads need no lock."""

    read: tuple[str, tuple[Directive, ...]] | None = None


def known(book: Directory) -> tuple[Directive, ...]:
    """All directives in order, read again only when the reference data's revision is another."""
    held = _Held.read
    if held is None or held[0] != book.revision:
        _Held.read = held = book.revision, tuple(as_value(row) for row in rows())
    return held[1]


def in_force(book: Directory, now: datetime) -> tuple[Directive, ...]:
    """The directives that hold today, in order."""
    today = clock.local(now).date()
    return tuple(one for one in known(book) if one.holds_on(today))


def rows() -> Sequence[models.Directive]:
    """All stored directives in order."""
    return db.session.scalars(select(models.Directive).order_by(models.Directive.position, models.Directive.id)).all()


def find(directive_id: int) -> models.Directive:
    """A stored directive.

    Raises:
        NotFound: there is none.
    """
    row = db.session.get(models.Directive, directive_id)
    if row is None:
        raise NotFound("没有这条分派规则。")
    return row


def as_value(row: models.Directive) -> Directive:
    """A stored directive as routing knows it."""
    return Directive(**_frozen({name: getattr(row, name) for name in COLUMNS}))


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as values that do not change: lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def drafted(given: Mapping[str, Any], book: Directory, row: models.Directive | None = None) -> Directive:
    """A directive as it would be with what was filled in, before anybody saves it; a new one has the id 0.

    Raises:
        Invalid: it asks for nothing, names what there is not, ends before it begins, or has no target.
    """
    filled = _frozen({name: value for name, value in _checked(given, book).items() if name in COLUMNS})
    if row is not None:
        return Directive(row.id, position=row.position, **filled)
    return Directive(0, position=_last() + 1, **filled)


def add(given: Mapping[str, Any], actor: Reader, now: datetime) -> models.Directive:
    """Put a new directive after all others; raises as `drafted`."""
    filled = _checked(given, directory.current())
    directory.bump()
    row = models.Directive(
        **filled, position=_last() + 1, active=True, version=1, changed_at=now, changed_by=actor.login
    )
    db.session.add(row)
    db.session.flush()
    audit.record("directive.added", str(row.id), actor.login, now, **_told(filled))
    return row


def edit(directive_id: int, given: Mapping[str, Any], version: int, actor: Reader, now: datetime) -> models.Directive:
    """Change a directive; raises as `drafted`, and Stale where somebody else changed it meanwhile."""
    filled = _checked(given, directory.current())
    row = _held(directive_id)
    if row.version != version:
        raise Stale(STALE)
    before = {name: getattr(row, name) for name in FILLED}
    changed = {name: value for name, value in filled.items() if before[name] != value}
    if changed:
        _change(row, changed, actor, now)
        was = _told({name: before[name] for name in changed})
        audit.record("directive.edited", str(row.id), actor.login, now, was=was, became=_told(changed))
    return row


def switch(directive_id: int, active: bool, actor: Reader, now: datetime) -> models.Directive:
    """Pause a directive, or let it work again."""
    row = _held(directive_id)
    if row.active != active:
        _change(row, {"active": active}, actor, now)
        audit.record("directive.resumed" if active else "directive.paused", str(row.id), actor.login, now)
    return row


def move(directive_id: int, up: bool, actor: Reader, now: datetime) -> models.Directive:
    """Let a directive change places with the one before or after it; at the end of the list nothing happens."""
    row = _held(directive_id)
    order = list(rows())
    other = order.index(row) + (-1 if up else 1)
    if 0 <= other < len(order):
        order.remove(row)
        order.insert(other, row)
        for position, one in enumerate(order, 1):
            one.position = position
        audit.record("directive.moved", str(row.id), actor.login, now, position=row.position)
    return row


def history(directive_id: int) -> Sequence[Entry]:
    """What was done to a directive, the newest first, from the audit record."""
    mine = (Entry.subject == str(directive_id), Entry.action.startswith("directive."))
    return db.session.scalars(select(Entry).where(*mine).order_by(Entry.id.desc())).all()


def since(version: int, row: models.Directive, past: Sequence[Entry]) -> Sequence[Entry]:
    """What of a directive's history changed it after a version, the newest first."""
    changes = [one for one in past if one.action in CHANGES]
    return changes[: max(0, row.version - version)]


def _held(directive_id: int) -> models.Directive:
    """A directive that nobody else changes meanwhile: the revision's one row is held until the transaction ends."""
    directory.bump()
    row = find(directive_id)
    db.session.refresh(row)
    return row


def _change(row: models.Directive, values: Mapping[str, Any], actor: Reader, now: datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.changed_at, row.changed_by = row.version + 1, now, actor.login


def _last() -> int:
    return db.session.scalar(select(func.max(models.Directive.position))) or 0


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the audit record keeps them; what is empty is left out."""
    filled = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in filled.items() if value not in (None, [], False)}


# --- what may be saved -----------------------------------------------------------------------------------------------


def _checked(given: Mapping[str, Any], book: Directory) -> dict[str, Any]:
    """What was filled in as columns: each there, the target resolved."""
    filled = {name: list(given.get(name) or ()) for name in CONDITIONS}
    errors = {**_unknown(filled, book), **_times(given)}
    target, wrong = _target(given, book)
    if not any(filled.values()):
        errors["categories"] = ["请至少填一个条件，否则所有诉求都会派给这个部门。"]
    if errors := {**errors, **wrong}:
        raise Invalid("有内容需要修改，请看下面的说明。", errors)
    rest = {"name": given["name"], "note": given.get("note"), "urgent": given.get("priority") == "urgent"}
    return {**filled, **rest, **target, "begins": given.get("begins"), "ends": given.get("ends")}


def _unknown(filled: Mapping[str, Sequence[str]], book: Directory) -> dict[str, list[str]]:
    tables: dict[str, Any] = {"categories": {**book.families, **book.categories}, "places": book.places}
    missing = {name: [code for code in filled[name] if code not in table] for name, table in tables.items()}
    return {name: [say("没有这个编码：%(codes)s。", codes=codes)] for name, codes in missing.items() if codes}


def _times(given: Mapping[str, Any]) -> dict[str, list[str]]:
    begins, ends = given.get("begins"), given.get("ends")
    return {"ends": ["截止日期不能早于开始日期。"]} if begins and ends and ends < begins else {}


def _target(given: Mapping[str, Any], book: Directory) -> tuple[dict[str, str | None], dict[str, list[str]]]:
    """The department of a kind at a place or, without a place, the kind whose nearest one is meant."""
    kind, place = given["kind"], given.get("place")
    if kind not in book.kinds or not book.kinds[kind].active:
        return {}, {"kind": ["没有这一类部门。"]}
    if not place:
        return {"department": None, "kind": kind}, {}
    # A closed department may stand: its directive rests until it opens again.
    code = f"{place}-{kind}"
    found = book.departments.get(code) or book.department(kind, place)
    if found is None:
        return {}, {"place": ["这个地区没有这一类部门，请换一个地区，或选择“离事情发生地最近的”。"]}
    return {"department": found.code, "kind": None}, {}
