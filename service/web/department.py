"""The department's desk: its queue, due first, which tells of itself what is new."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from marshmallow import fields, validate

from service import clock
from service.accounts import desks as kept
from service.accounts import operations as accounts
from service.accounts.desks import Arranged, View
from service.accounts.rules import Reader
from service.casework import assigning
from service.casework import operations as casework
from service.casework.schemas import BatchSchema
from service.complaints.rules import STEPS
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid
from service.fields import Choice, Schema, Several, Text
from service.http import needs
from service.web import forms, queue, together, worklists
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.queue import DESK, QUEUE
from service.web.worklists import ROWS, Worklist

HERE = f"{DESK}.desk"
ROLES = ("department_dispatcher", "handler", "head")
# What can be done to many at once.
TOGETHER = ("sign", "assign")
SELECT, NAME_LENGTH = "请先在表里勾选要办的诉求。", 30
LABELS = {"numbers": SELECT, "assignee": "请选择分给哪位同事。"}

pages = Blueprint(DESK, __name__)


class ColumnsSchema(Schema):
    """Which columns somebody wants to see."""

    columns = Several(Choice(queue.COLUMNS), most=len(queue.COLUMNS), load_default=list)


class ViewSchema(Schema):
    """The name of a list."""

    name = Text(most=NAME_LENGTH, required=True)


class ChangeSchema(Schema):
    """Another name for a view, or its end."""

    view = fields.String(required=True, validate=validate.Length(max=NAME_LENGTH))
    name = Text(most=NAME_LENGTH)


COLUMNS, VIEW, CHANGE, BATCH = ColumnsSchema(), ViewSchema(), ChangeSchema(), BatchSchema()


@dataclass(frozen=True)
class Shown:
    """The queue as an address asks for it.

    Attributes:
        given: what the schema made of the address; status: the list that is open.
        names: what colleagues are called, for the rows; colleagues: those of them that can be chosen.
    """

    reader: Reader
    given: Mapping[str, Any]
    status: str
    worklist: Worklist
    tabs: list[dict[str, Any]]
    arranged: Arranged
    colleagues: Mapping[int, str]
    names: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def asked(cls) -> "Shown":
        """Read what the address asks for."""
        form, given = worklists.asked(QUEUE)
        reader = working_at(HERE, current_user)
        status = given.get("status") or queue.usual(reader)
        worklist = worklists.shown(form, queue.wanted(given, reader, ROWS), reader, queue.ASKERS.get(status, ()), HERE)
        counts = {} if worklist.form.errors else queue.counted(given, reader, clock.now())
        colleagues = assigning.colleagues_of(reader, directory.current())
        others = {row["assignee"] for row in worklist.rows} - {None, *colleagues}
        names = {**colleagues, **(accounts.names(others) if others else {})}
        tabs = queue.told_tabs(worklist.form, status, reader, counts)
        arranged = kept.arranged(current_user.id, DESK)
        return cls(reader, given, status, worklist, tabs, arranged, colleagues, names)

    def parts(self, picked: Collection[str] = ()) -> tuple[Markup, Markup]:
        """Tabs and table: what is fetched again while the page stands open."""
        what, advice = queue.EMPTY.get(self.status, queue.OTHERWISE)
        tabs = render_template("department/tabs.html", tabs=self.tabs)
        table = render_template(
            "department/table.html", queue=self.worklist, status=self.status, empty=(what, advice), picked=picked,
            columns=queue.columns(self.arranged.columns), names=self.names, all=queue.COLUMNS, cells=queue.CELLS,
            signs=bool(self.reader.roles & STEPS["sign"].roles),
        )  # fmt: skip
        # Both come from templates, which escape what people wrote.
        return Markup(tabs), Markup(table)  # noqa: S704


@pages.get("/desk/department")
@needs(*ROLES)
def desk() -> Any:
    """The department's queue; a head's begins with what waits for approval."""
    form, _given = worklists.asked(QUEUE)
    if number := worklists.number_in(form):
        return redirect(url_for("complaint.page", number=number))
    return _page(Shown.asked())


@pages.get("/desk/department/fresh")
@needs(*ROLES)
def fresh() -> Any:
    """Tabs and table alone, for a page that asks again by itself; nothing where it has them as they stand."""
    tabs, table = Shown.asked().parts()
    response = Response(render_template("department/fresh.html", tabs=tabs, table=table))
    response.set_etag(_tag(tabs, table))
    return response.make_conditional(request)


def _tag(*parts: str) -> str:
    whole = Response("".join(parts))
    whole.add_etag()
    return whole.get_etag()[0] or ""


def _page(shown: Shown, told: Filled | None = None, picked: Collection[str] = ()) -> Any:
    """The page; `told`: what was wrong with what was sent from it, and `picked`: the rows that were ticked."""
    worklist, reader, book = shown.worklist, shown.reader, directory.current()
    tabs, table = shown.parts(picked)
    told = told or Filled()
    page = render_template(
        "department/queue.html", queue=worklist, status=shown.status, tabs=tabs, table=table, told=told,
        tag=_tag(*shown.parts()) if picked else _tag(tabs, table), office=_office(reader, book),
        choices=queue.choices(reader, shown.colleagues, book, str(worklist.form.value("who"))),
        filters=dict(worklist.form.values),
        arranged=shown.arranged, columns=queue.columns(shown.arranged.columns), all=queue.COLUMNS,
        colleagues={str(one): name for one, name in shown.colleagues.items()},
        able=[action for action in TOGETHER if reader.roles & STEPS[action].roles], most=kept.MOST_VIEWS,
    )  # fmt: skip
    return page, max(worklist.form.status, told.status)


def _office(reader: Reader, book: Directory) -> str:
    """The one department that somebody works for; empty where there are several."""
    offices = {grant.department for grant in reader.grants}
    code = offices.pop() if len(offices) == 1 else None
    return book.departments[code].name if code else ""


# --- many at once ----------------------------------------------------------------------------------------------------


@pages.post("/desk/department/batch")
@needs(*ROLES)
def batch() -> Any:
    """Sign or give to a colleague all that was ticked, or one by the button in its row."""
    action = request.form.get("_action", "")
    data = forms.read(request.form)
    if one := request.form.get("_sign"):
        action, data = "sign", {"numbers": one}
    if action == "sign":
        data.pop("assignee", None)
    outcomes = _together(action, data)
    if isinstance(outcomes, Filled):
        numbers = data.get("numbers", [])
        return _page(Shown.asked(), outcomes, [numbers] if isinstance(numbers, str) else numbers)
    together.tell(STEPS[action].name, outcomes)
    return _back()


def _together(action: str, data: Mapping[str, Any]) -> Any:
    """The outcome for each, or what is missing before anything can be done."""
    missing = [name for name in ("numbers", *STEPS[action].needs) if name not in data] if action in TOGETHER else []
    if action not in TOGETHER or missing:
        errors = {name: [_(LABELS[name])] for name in missing}
        return forms.refused(data, Invalid(_(LABELS[missing[0]]) if missing else _("没有这个操作。"), errors))
    given = forms.load(BATCH, data)
    if isinstance(given, Filled):
        return given
    numbers = given.pop("numbers")
    return forms.attempt(data, lambda: casework.act_on_all(numbers, action, given, current_user, clock.now()))


def _back() -> Response:
    """To the list that the form stood under, as its address has it."""
    form, _given = worklists.asked(QUEUE)
    return redirect(url_for(HERE, **form.values), 303)  # type: ignore[return-value]


# --- how somebody arranges it ----------------------------------------------------------------------------------------


@pages.post("/desk/department/columns")
@needs(*ROLES)
def columns() -> Any:
    """Keep which columns are shown."""
    return _kept(forms.submit(COLUMNS, request.form, _choose))


def _choose(said: Mapping[str, Any]) -> None:
    kept.choose_columns(current_user.id, DESK, said["columns"])


@pages.post("/desk/department/views")
@needs(*ROLES)
def save() -> Any:
    """Keep the list that is open under a name."""
    form, given = worklists.asked(QUEUE)
    filters = {name: form.values[name] for name in given if name != "cursor"}
    return _kept(forms.submit(VIEW, request.form, lambda said: _save(said["name"], filters)))


def _save(name: str, filters: Mapping[str, Any]) -> None:
    kept.save_view(current_user.id, DESK, View(name, filters))
    flash(_("已保存视图「%(name)s」。", name=name), "grass")


@pages.post("/desk/department/views/change")
@needs(*ROLES)
def change() -> Any:
    """Call a view otherwise, or drop it."""
    return _kept(forms.submit(CHANGE, request.form, _change))


def _change(said: Mapping[str, Any]) -> None:
    if request.form.get("_action") == "delete":
        kept.delete_view(current_user.id, DESK, said["view"])
        flash(_("已删去视图「%(name)s」。", name=said["view"]), "grass")
    elif "name" not in said:
        raise Invalid(_("请填写视图的名称。"), {"name": [_("请填写视图的名称。")]})
    else:
        kept.rename_view(current_user.id, DESK, said["view"], said["name"])


def _kept(answer: Any) -> Any:
    return _page(Shown.asked(), answer) if isinstance(answer, Filled) else _back()
