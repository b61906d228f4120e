"""The revisit agent's desk: whom to call, what to ask, and the next one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts.rules import Reader
from service.casework import operations as casework
from service.casework.schemas import ActionSchema
from service.complaints import listing, reading
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.complaints.rules import STATES, STEPS, Step, allowed
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.errors import NotFound, Stale, WrongState
from service.fields import Choice
from service.http import STATUS, needs
from service.web import forms, steps, worklists
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.worklists import ROWS, FilterSchema

ROLE = "revisit_agent"
# list → its name, what will appear there, what one can do now
LISTS = {
    "due": ("待回访", "这里将列出等您打电话的诉求", "现在没有，都回访过了。"),
    "unanswered": ("其中期满未答复", "这里将列出期限已满、部门还没有答复的诉求", "现在没有。"),
    "revisited": (
        "已回访待办结",
        "这里将列出已经回访、还没有办结的诉求",
        "现在没有。没有新意见的，一个工作日后自动办结。",
    ),
}
FIRST = "due"
WANTED = {
    "due": Wanted(to_revisit=True, sort="due", limit=ROWS),
    "unanswered": Wanted(pending=("revisit",), sort="due", limit=ROWS),
    "revisited": Wanted(status="revisited", sort="due", limit=ROWS),
}
# The steps by which an agent notes what the enterprise said: after a reply, and where none came in time.
ASKING = ("revisit", "revisit_unanswered")
MEANWHILE = {STATUS[WrongState], STATUS[Stale]}
ACTION = ActionSchema()

pages = Blueprint("revisits", __name__)


class WorklistSchema(FilterSchema):
    """Which list, and its filters."""

    show = Choice({code: told[0] for code, told in LISTS.items()})


WORKLIST = WorklistSchema()


@pages.get("/desk/revisits")
@needs(ROLE)
def desk() -> Any:
    """Whom to call, the earliest limit first."""
    form, given = worklists.asked(WORKLIST)
    reader, book = working_at("revisits.desk", current_user), directory.current()
    show = given.get("show", FIRST)
    filters = {name: value for name, value in given.items() if name != "show"}
    if number := worklists.number_in(form):
        return redirect(url_for("revisits.case", number=number))
    worklist = worklists.shown(form, replace(WANTED[show], **filters), reader)
    counts = listing.totals(list(WANTED.values()), reader, clock.now())
    return render_template(
        "revisits/desk.html", worklist=worklist, listed=show, empty=LISTS[show],
        tabs=[_tab(code, show, count) for code, count in zip(LISTS, counts, strict=True)],
        families=worklists.families(book), regions=worklists.regions(reader, book),
    ), worklist.form.status  # fmt: skip


def _tab(code: str, show: str, count: int) -> dict[str, Any]:
    address = url_for("revisits.desk", show=code)
    return {"name": _(LISTS[code][0]), "url": address, "count": count, "current": code == show, "late": False}


@pages.get("/desk/revisits/<number>")
@needs(ROLE)
def case(number: str) -> Any:
    """One call: the number to dial, what to say, and the answers."""
    return _case(number, None)


@pages.post("/desk/revisits/<number>")
@needs(ROLE)
def record(number: str) -> Any:
    """Note the answers; the next one to call follows."""
    done = forms.submit(ACTION, request.form, lambda given: _record(number, given))
    if isinstance(done, Filled):
        return _case(number, done)
    if following := _following(number):
        flash(_("%(number)s 的回访已记下。这是下一件。", number=number), "grass")
        return redirect(url_for("revisits.case", number=following))
    flash(_("%(number)s 的回访已记下，没有别的要回访了。", number=number), "grass")
    return redirect(url_for("revisits.desk"))


def _record(number: str, given: Mapping[str, Any]) -> None:
    complaint, roles = _found(number, lock=True)
    casework.check_version(complaint, {request.form.get("_version", "")}, roles)
    step = _asking(complaint)
    if step is None:
        raise WrongState(_("这件诉求现在不用回访了。"))
    casework.act(complaint, roles, step.action, given, current_user, clock.now())


def _found(number: str, lock: bool = False) -> tuple[Complaint, frozenset[str]]:
    """A complaint that is reached as a revisit agent; who reaches it otherwise has another page for it."""
    complaint, roles = complaints.find(number, current_user, lock=lock)
    if ROLE not in roles:
        raise NotFound(complaints.NOT_YOURS)
    return complaint, frozenset({ROLE})


def _asking(complaint: Complaint) -> Step | None:
    """The step by which the answers are noted; None where nobody is to be asked."""
    able = allowed(complaint, {ROLE})
    return next((STEPS[action] for action in ASKING if action in able), None)


def _following(number: str) -> str:
    """The number of the next one to call; empty where there is none."""
    reader: Reader = working_at("revisits.desk", current_user)
    found = listing.page(replace(WANTED["due"], limit=2), reader, clock.now()).items
    return next((one.number for one in found if one.number != number), "")


def _case(number: str, typed: Filled | None) -> Any:
    """A call's page; before anybody types, with what the enterprise said by itself."""
    complaint, roles = _found(number)
    book, step = directory.current(), _asking(complaint)
    form = typed or Filled(steps.begun(step, complaint) if step else {})
    if form.status in MEANWHILE:
        now = _(STATES[complaint.status].name)
        form = replace(
            form, message=_("您打开页面以后，这件诉求有了变化，现在是「%(state)s」。请核对后再填。", state=now)
        )
    return render_template(
        "revisits/case.html", complaint=complaint, seen=reading.full(complaint, (), roles, book), form=form,
        step=step, controls=steps.controls(step, complaint, book) if step else (),
        caller=current_user.name,
    ), form.status  # fmt: skip
