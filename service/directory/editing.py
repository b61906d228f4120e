"""Reference data as administrators change it; a later seeding leaves alone what they changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.audit import operations as audit
from service.audit.changing import Changeable
from service.db import db
from service.directory import operations
from service.directory.models import Category, Department, Gate
from service.directory.rules import NATURES, POLICIES, Directory
from service.errors import Conflict, Invalid, NotFound
from service.sentences import say

Values = Mapping[str, Any]
MEND = "有内容需要修改，请看下面的说明。"
OF_DEPARTMENT = ("name", "phone", "hours", "active")
OF_CATEGORY = ("name", "policy", "nature", "owners", "channel", "active")
OF_NEW_LEAF: Values = {"threshold": None, "cues": [], "sealed": False, "gate": None, "own_act": False}
OF_GATE = ("name", "channel", "cues")


# --- departments -----------------------------------------------------------------------------------------------------


def department(code: str) -> dict[str, Any]:
    """What a department is called, and when and how it is reached."""
    return _values(_row(Department, code, "没有这个部门。"), OF_DEPARTMENT)


def put_department(code: str, values: Values, now: datetime) -> None:
    """Change a department.

    Raises:
        Invalid: another one of the place has the name, or a duty of the whole region would be left to nobody.
    """
    row, book = _row(Department, code, "没有这个部门。"), operations.current()
    if "name" in values:
        _check_department_name(values["name"], row.place, code, book)
    if values.get("active") is False:
        _check_needed(row, book)
    _put(row, values, now)


def add_department(place: str, kind: str, values: Values, actor: str, now: datetime) -> str:
    """Add the department of a kind at a place; gives its code.

    Raises:
        Invalid: there is no such place or kind in use. Conflict: the place has one, if only a closed one.
    """
    check_department(place, kind, values["name"])
    code = f"{place}-{kind}"
    db.session.add(Department(code=code, kind=kind, place=place, active=True, edited_at=now, **values))
    _added("department", code, values, actor, now)
    return code


def check_department(place: str, kind: str, name: str) -> None:
    """Raise where a department cannot be added; see add_department."""
    book, code = operations.current(), f"{place}-{kind}"
    if place not in book.places or not book.places[place].active:
        raise Invalid(MEND, {"place": ["没有这个地区，请从列表里选。"]})
    if kind not in book.kinds or not book.kinds[kind].active:
        raise Invalid(MEND, {"kind": ["没有这一类部门，请从列表里选。"]})
    if found := book.departments.get(code):
        raise Conflict(_there_is(found.name, found.active), {"kind": [_there_is(found.name, found.active)]})
    _check_department_name(name, place, code, book)


def _there_is(name: str, active: bool) -> str:
    if active:
        return say("这个地区已有这一类部门：%(name)s。", name=name)
    return say("这个地区有过这一类部门：%(name)s，现已停用；请打开它，重新启用。", name=name)


def _check_department_name(name: str, place: str, code: str, book: Directory) -> None:
    here = (one for one in book.departments.values() if one.place == place and one.code != code and one.active)
    if any(one.name == name for one in here):
        raise Invalid(MEND, {"name": ["这个地区已有同名的部门。"]})


def _check_needed(row: Department, book: Directory) -> None:
    """A matter of any place finds its owner by going up; at the top there must be one."""
    owned = [one.name for one in book.categories.values() if one.active and row.kind in {o.kind for o in one.owners}]
    if row.place == book.region and (owned or any(one.kind == row.kind for one in book.sectors)):
        raise Invalid(say(
            "%(name)s是自治区一级的主管部门，停用后有的地方会找不到主管。请先把它的职责改给别的部门。", name=row.name
        ))  # fmt: skip


# --- categories ------------------------------------------------------------------------------------------------------


def category(code: str) -> dict[str, Any]:
    """What a family or a leaf says itself; what a leaf leaves empty it has from its family."""
    return _values(_row(Category, code, "没有这个类别。"), OF_CATEGORY)


def put_category(code: str, values: Values, now: datetime) -> None:
    """Change a family or a leaf.

    Raises:
        Invalid: another one beside it has the name, an owner is not known, or a family lacks what leaves have from it.
    """
    row = _row(Category, code, "没有这个类别。")
    check_category({**_values(row, OF_CATEGORY), **values}, code, row.parent, operations.current())
    _put(row, values, now)


def add_leaf(parent: str, short: str, values: Values, actor: str, now: datetime) -> str:
    """Add a leaf at the end of its family; gives its code. The model cannot know it before it has learnt examples.

    Raises:
        Invalid: there is no such family, or see put_category. Conflict: the code is taken.
    """
    book = operations.current()
    if parent not in book.families or not book.families[parent].active:
        raise Invalid(MEND, {"parent": ["没有这个大类，请从列表里选。"]})
    code = f"{parent}.{short}"
    if code in book.categories:
        raise Conflict("这个编码已有类别使用。", {"short": ["这个编码已有类别使用，请换一个。"]})
    whole = {**dict.fromkeys(OF_CATEGORY), "owners": [], "active": True, **values}
    check_category(whole, code, parent, book)
    position = max(one.position for one in _categories()) + 1
    db.session.add(Category(code=code, parent=parent, position=position, edited_at=now, **whole, **OF_NEW_LEAF))
    _added("category", code, values, actor, now)
    return code


def move_category(code: str, up: bool, actor: str, now: datetime) -> None:
    """Let a family or a leaf change places with the one before or after it; at the end nothing happens."""
    audit.hold()
    row = _row(Category, code, "没有这个类别。")
    beside = [one for one in _categories() if one.parent == row.parent]
    at, other = beside.index(row), beside.index(row) + (-1 if up else 1)
    if not 0 <= other < len(beside):
        return
    for one, position in ((row, beside[other].position), (beside[other], beside[at].position)):
        one.position, one.edited_at = position, now
    audit.record("category.moved", code, actor, now, up=up)
    operations.bump()


def check_category(values: Values, code: str, parent: str | None, book: Directory) -> None:
    """Raise Invalid where a category would say something that nobody can follow."""
    errors = {**_wrong_name(values["name"], code, parent, book), **_wrong_owners(values["owners"], parent, book)}
    for name, known in (("policy", POLICIES), ("nature", NATURES)):
        if values[name] not in known and (values[name] or parent is None):
            errors[name] = ["请从列表里选一项。"]
    if values["active"] is False and parent is None:
        errors["active"] = ["大类不能停用；不再使用的小类可以停用。"]
    if errors:
        raise Invalid(MEND, errors)


def _wrong_name(name: str, code: str, parent: str | None, book: Directory) -> dict[str, list[str]]:
    beside = book.families if parent is None else {k: v for k, v in book.categories.items() if v.family == parent}
    taken = any(one.name == name and one.active and one.code != code for one in beside.values())
    return {"name": ["旁边已有同名的类别。"]} if taken else {}


def _wrong_owners(owners: Sequence[Values], parent: str | None, book: Directory) -> dict[str, list[str]]:
    if not owners:
        return {} if parent else {"owners": ["大类至少要有一个主管部门。"]}
    everywhere = [one for one in owners if one["kind"] in book.kinds and book.department(one["kind"], book.region)]
    if len(everywhere) < len(owners):
        return {"owners": ["主管部门在自治区一级要有，否则有的地方会找不到主管。"]}
    if all(one["words"] for one in owners):
        return {"owners": ["最后要有一个不带词语的主管部门，否则有的诉求没有主管。"]}
    return {}


def _categories() -> list[Category]:
    query = db.select(Category).order_by(Category.position).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


CATEGORY = Changeable("category", category, put_category)


# --- gates -----------------------------------------------------------------------------------------------------------


def gate(code: str) -> dict[str, Any]:
    """What decides before all categories: its name, what is said to the filer, and the words that show it."""
    return _values(_row(Gate, code, "没有这个关口。"), OF_GATE)


def put_gate(code: str, values: Values, now: datetime) -> None:
    """Change what a gate is called, says and listens for."""
    _put(_row(Gate, code, "没有这个关口。"), values, now)


GATE = Changeable("gate", gate, put_gate)


# --- all of them -----------------------------------------------------------------------------------------------------


def _row(model: Any, code: str, unknown: str) -> Any:
    row = db.session.get(model, code, populate_existing=True)
    if row is None:
        raise NotFound(unknown)
    return row


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _put(row: Any, values: Values, now: datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.edited_at = now
    db.session.flush()
    operations.bump()


def _added(what: str, code: str, values: Values, actor: str, now: datetime) -> None:
    db.session.flush()
    operations.bump()
    audit.record(f"{what}.added", code, actor, now, **values)
