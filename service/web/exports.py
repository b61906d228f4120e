"""Lists as Excel tables: a short one at once, a long one as soon as a worker has written it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock, sheets
from service.accounts import desks as kept
from service.complaints import exporting
from service.complaints.exporting import Order
from service.complaints.models import Export
from service.http import needs
from service.web import files, forms, queue, worklists
from service.web.desks import working_at
from service.web.forms import Filled

DEPARTMENT = "department.desk"
ROLES = ("department_dispatcher", "handler", "head")
MOST_CHOSEN = 200

pages = Blueprint("exports", __name__)


@pages.post("/desk/department/export")
@needs(*ROLES)
def order() -> Any:
    """The queue as its address has it, or the rows of it that were ticked, as a table."""
    form, given = worklists.asked(queue.QUEUE)
    reader, numbers = working_at(DEPARTMENT, current_user), request.form.getlist("numbers")[:MOST_CHOSEN]
    if form.errors:
        return redirect(url_for(DEPARTMENT, **form.values), 303)
    wanted = replace(queue.wanted(given, reader, 1), cursor=None, numbers=numbers or None)
    columns = queue.columns(kept.arranged(current_user.id, queue.DESK).columns)
    asked = Order(wanted, columns, reader.roles)
    done = forms.attempt({}, lambda: exporting.order(asked, current_user, clock.now()))
    if isinstance(done, Filled):
        flash(done.message, "brick")
        return redirect(url_for(DEPARTMENT, **form.values), 303)
    return _sent(done) if isinstance(done, bytes) else redirect(url_for("exports.index"), 303)


@pages.get("/desk/exports")
@needs(*ROLES)
def index() -> Any:
    """One's own long tables of the last day, and whether they are ready."""
    now = clock.now()
    own = [{"id": one.id, "at": one.created_at, "rows": one.rows, "state": _state(one, held)}
           for one, held in exporting.exports_of(current_user, now)]  # fmt: skip
    part = "HX-Request" in request.headers
    return render_template("exports/list.html" if part else "exports/index.html", exports=own)


def _state(one: Export, held: bool) -> str:
    """How one stands; `held`: whether the reader has still the grants under which it was written."""
    if one.ready_at is not None:
        return "ready" if held else "withheld"
    return "late" if clock.now() - one.created_at > exporting.PATIENCE else "waiting"


@pages.get("/desk/exports/<int:export_id>")
@needs(*ROLES)
def file(export_id: int) -> Response:
    """One of one's own tables."""
    return _sent(exporting.content(export_id, current_user, clock.now()))


def _sent(content: bytes) -> Response:
    return files.download(content, f"{_('诉求')}_{clock.local(clock.now()):%Y%m%d_%H%M}.xlsx", sheets.MIMETYPE)
