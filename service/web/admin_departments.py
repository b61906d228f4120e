"""Departments as an administrator keeps them: what they are called, how they are reached, whether they are in use."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import administration
from service.casework import departments
from service.casework.departments import DEPARTMENT
from service.directory import editing
from service.directory import operations as directory
from service.directory.rules import Department, Directory
from service.fields import Choice, Flag, Schema, Text
from service.http import needs
from service.web import admin_duties, admin_forms, choices, forms, worklists
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field
from service.web.forms import Filled

ROWS = 50
STATES = {"on": "在用", "off": "已停用"}

pages = Blueprint("admin_departments", __name__, url_prefix="/admin/departments")


class FilterSchema(Schema):
    """Which departments a page shows."""

    q = Text(most=40)
    place = Text(most=12)
    kind = Text(most=60)
    state = Choice(STATES)
    cursor = Text(most=80)


class DepartmentSchema(Schema):
    """A department's form."""

    name = Text(most=60, required=True)
    phone = Text(most=40, load_default=None)
    hours = Text(most=120, load_default=None)
    active = Flag(load_default=False)


class NewDepartmentSchema(Schema):
    """A new department's."""

    place = Text(most=12, required=True)
    kind = Text(most=60, required=True)
    name = Text(most=60, required=True)
    phone = Text(most=40, load_default=None)
    hours = Text(most=120, load_default=None)


def _tried(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return admin_duties.compared("departments", code, values)


REACHED = (
    Field("name", "名称", attributes={"maxlength": 60}),
    Field("phone", "联系电话", hint="办事时打的公开电话，不要填个人手机。", optional=True,
          attributes={"maxlength": 40}),
    Field("hours", "办公时间", hint="例如：工作日 9:00—12:00、14:30—17:30。", optional=True,
          attributes={"maxlength": 120}),
)  # fmt: skip
DESK = Desk(
    pages="admin_departments", of=DEPARTMENT, schema=DepartmentSchema(), list_name="全部部门", trial=_tried,
    called=lambda _code, values: str(values["name"]), template="admin/department.html",
    fields=(
        *REACHED,
        Field("active", "在用", control="checkbox", hint="停用后不再派给它，以前办的诉求仍显示它的名称。"),
    ),
)  # fmt: skip
NEW_FIELDS = (
    Field("place", "地区", control="select", options=choices.places, blank="请选择"),
    Field("kind", "哪一类部门", control="select", options=lambda book: _kinds(book), blank="请选择"),
    *REACHED,
)
FILTER, NEW = FilterSchema(), NewDepartmentSchema()


def _kinds(book: Directory) -> Any:
    return {code: kind.name for code, kind in book.kinds.items() if kind.active}


@pages.get("")
@needs(*READERS)
def listed() -> Any:
    """All departments, or those of a place, a kind, a state or with a text in their names."""
    form, given = worklists.asked(FILTER)
    book = directory.current()
    found = list(_fitting(given, book))
    rows, more = found[:ROWS], len(found) > ROWS
    return render_template(
        "admin/departments.html", form=form, rows=rows, book=book, places=choices.places(book), kinds=_kinds(book),
        states=STATES, following=worklists.address(form, cursor=rows[-1].code) if more else "", total=len(found),
        first=worklists.address(form) if "cursor" in given else "", may=ADMINISTRATOR in current_user.roles,
    ), form.status  # fmt: skip


def _fitting(given: Mapping[str, Any], book: Directory) -> Iterable[Department]:
    """The departments that a list asks for, in order of their codes; those of a place and all below it."""
    below = set(book.subtree(given["place"])) if given.get("place") else None
    active = {"on": True, "off": False}.get(given.get("state", ""))
    text, kind, after = given.get("q", ""), given.get("kind"), given.get("cursor", "")
    rows = sorted((one for one in book.departments.values() if one.code > after), key=lambda one: one.code)
    return (
        one for one in rows
        if text in one.name and kind in {None, one.kind} and active in {None, one.active}
        and (below is None or one.place in below)
    )  # fmt: skip


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty form."""
    return _new(Filled())


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Add a department or, by the other button, tell what would change."""
    trying = request.form.get("_do") == admin_forms.TRIAL
    answer = forms.submit(NEW, request.form, _compared if trying else _added)
    if isinstance(answer, Filled):
        return _new(answer)
    if trying:
        return _new(Filled(forms.read(request.form)), answer)
    flash(_("部门已新增，新来的诉求马上可以派给它；请再给它安排用户。"), "grass")
    return redirect(url_for("admin_departments.shown", code=answer))


def _added(given: Mapping[str, Any]) -> str:
    values = {name: given[name] for name in ("name", "phone", "hours")}
    return editing.add_department(given["place"], given["kind"], values, current_user.login, clock.now())


def _compared(given: Mapping[str, Any]) -> dict[str, Any]:
    editing.check_department(given["place"], given["kind"], given["name"])
    row = {name: given[name] for name in ("place", "kind", "name")}
    return admin_duties.compared("departments", f"{given['place']}-{given['kind']}", row)


def _new(form: Filled, result: Any = None) -> Any:
    labels = {one.name: _(one.label) for one in NEW_FIELDS}
    return render_template(
        "admin/new_department.html", form=form, fields=NEW_FIELDS, labels=labels, book=directory.current(),
        result=result,
    ), form.status  # fmt: skip


def _beside(code: str) -> dict[str, Any]:
    book = directory.current()
    office = book.departments.get(code)
    return {
        "office": office, "place": book.places[office.place].name if office else "",
        "kind": book.kinds[office.kind].name if office else "",
        "waiting": departments.waiting(code), "people": administration.working_at(code),
    }  # fmt: skip


admin_forms.serve(pages, DESK, "已保存，新来的诉求马上按新的内容分派。", _beside)
