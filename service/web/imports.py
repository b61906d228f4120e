"""Complaints that come in as an Excel table: sent, checked, looked at, filed."""

import re
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock, sheets
from service.directory import operations as directory
from service.errors import Invalid
from service.http import LARGEST_BODY, needs, takes
from service.intake import importing
from service.intake.attachments import cleaned
from service.intake.models import Import
from service.intake.tables import BY_TITLE
from service.sentences import Verbatim
from service.web import files, forms
from service.web.forms import Filled
from service.web.speech import recorded

ROLES = ("operator", "dispatcher", "supervisor")
ALL, GOOD = "all", "good"
# So many of the wrong rows stand on the page; all of them are in the file.
SHOWN = 20
# state → what it is called, its icon and its colour
STATES = {
    "checking": ("正在检查", "hourglass-split", "sky"),
    "checked": ("等您确认", "clipboard-check", "amber"),
    "filing": ("正在导入", "arrow-repeat", "sky"),
    "done": ("已完成", "check-circle", "grass"),
    "refused": ("没有导入", "exclamation-triangle", "brick"),
}
WORKING = frozenset({"checking", "filing"})
# Of two sentences about one column.
BETWEEN = re.compile("(?<=。)；")

pages = Blueprint("imports", __name__)


@pages.get("/desk/import")
@needs(*ROLES)
def index() -> Any:
    """Where a table is sent in, and one's own last ones."""
    return _index(Filled())


def _index(form: Filled) -> Any:
    own = importing.imports_of(current_user)
    limits = {"rows": importing.MOST_ROWS, "megabytes": sheets.LARGEST // sheets.MEGABYTE}
    return render_template("imports/index.html", form=form, imports=own, states=STATES, **limits), form.status


@pages.get("/desk/import/template")
@needs(*ROLES)
def template() -> Response:
    """The table to fill in."""
    return files.download(importing.template(directory.current()), _("诉求导入模板") + ".xlsx", sheets.MIMETYPE)


@pages.post("/desk/import")
@needs(*ROLES)
@takes(sheets.LARGEST + LARGEST_BODY)
def send() -> Any:
    """Take a table in; whether it is one at all is said at once, its rows are checked by a worker."""
    done = forms.attempt({}, _receive)
    return _index(done) if isinstance(done, Filled) else redirect(url_for("imports.page", import_id=done.id), 303)


def _receive() -> Import:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(_("请选择要导入的文件。"), {"file": [_("请选择填好的模板（.xlsx）。")]})
    name = cleaned(sent.filename, sheets.MIMETYPE)
    return importing.receive(sent.read(sheets.LARGEST + 1), name, current_user, clock.now())


@pages.get("/desk/import/<int:import_id>")
@needs(*ROLES)
def page(import_id: int) -> Any:
    """How a table stands; a part of it for a page that asks again while a worker is at it."""
    return _page(import_id, Filled(), "HX-Request" in request.headers)


def _page(import_id: int, told: Filled, part: bool = False) -> Any:
    made = importing.find(import_id, current_user)
    faults = importing.faults(made, SHOWN) if made.bad and made.state != "checking" else []
    wrong = [(row, [_fault(line) for line in why.split("\n")]) for row, why, _cells in faults]
    name = "imports/state.html" if part else "imports/page.html"
    return render_template(name, made=made, wrong=wrong, told=told, states=STATES, working=WORKING), told.status


def _fault(line: str) -> str:
    """What is wrong in a column, which keeps the name that it has in the table."""
    column, _colon, fault = line.partition("：")
    if column not in BY_TITLE:
        return recorded(line)
    told = _("；").join(recorded(part) for part in BETWEEN.split(fault))
    return _("%(column)s：%(fault)s", column=Verbatim(column), fault=told)


@pages.post("/desk/import/<int:import_id>")
@needs(*ROLES)
def begin(import_id: int) -> Any:
    """File all or only what is right, or give it up."""
    done = forms.attempt({}, lambda: _begin(import_id, request.form.get("_action", "")))
    if isinstance(done, Filled):
        return _page(import_id, done)
    return redirect(url_for("imports.page" if done else "imports.index", import_id=import_id if done else None), 303)


def _begin(import_id: int, action: str) -> bool:
    if action in {ALL, GOOD}:
        importing.begin(import_id, current_user, action == ALL, clock.now())
        return True
    importing.drop(import_id, current_user, clock.now())
    flash(_("已放弃这份表格，没有导入。"), "grass")
    return False


@pages.get("/desk/import/<int:import_id>/result")
@needs(*ROLES)
def result(import_id: int) -> Response:
    """What was not taken and why, and what became of the rest."""
    made = importing.find(import_id, current_user)
    return files.download(importing.result(made), _("导入结果") + f"_{import_id}.xlsx", sheets.MIMETYPE)
