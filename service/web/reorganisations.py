"""Duties that move to another department: an administrator prepares, the supervisor sees what moves and confirms."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.casework import duties, reorganising
from service.casework.models import DutyProposal, Reorganisation
from service.casework.schemas import ReorganisationSchema
from service.complaints.rules import STATES
from service.directory import operations as directory
from service.directory.rules import Directory
from service.http import needs
from service.web import choices, directive_words, forms, routing_desk, words
from service.web.forms import Filled

MAY_SEE = ("administrator", "supervisor")
REORGANISATION = ReorganisationSchema()
ROWS, LISTED = 50, 100
CALLED = {
    "relieved_place": "原承办部门的地区",
    "relieved_kind": "原承办部门",
    "successor_place": "接手部门的地区",
    "successor_kind": "接手部门",
    "categories": "类别",
    "document": "文件或文号",
    "reason": "理由",
}
# state → icon, colour
LOOKS = {
    "prepared": ("hourglass-split", "amber"),
    "confirmed": ("arrow-repeat", "sky"),
    "done": ("check-circle", "grass"),
    "cancelled": ("slash-circle", "soft"),
}

pages = Blueprint("reorganisations", __name__, url_prefix="/reorganisations")


@pages.get("")
@needs(*MAY_SEE)
def listed() -> Any:
    """The reorganisations, the newest first and, for administrators, the form for another."""
    return _listed(Filled())


@pages.post("")
@needs("administrator")
def prepare() -> Any:
    """Write down which duties move; the next page shows what that would move."""
    answer = forms.submit(
        REORGANISATION, request.form, lambda given: reorganising.prepare(given, current_user, clock.now()).id
    )
    if isinstance(answer, Filled):
        return _listed(answer)
    return redirect(url_for("reorganisations.shown", reorganisation_id=answer))


@pages.post("/proposals/<int:proposal_id>/<any(accept, leave):what>")
@needs("administrator")
def weigh(proposal_id: int, what: str) -> Any:
    """Put away what a hand-back said about the table of duties."""
    taken = what == "accept"
    answer = forms.attempt({}, lambda: duties.decide(proposal_id, taken, current_user, clock.now()))
    if isinstance(answer, Filled):
        return _listed(Filled(), answer)
    flash(_("已记为采纳。") if taken else _("已记为不采纳。"), "grass")
    return redirect(url_for("reorganisations.listed"))


@pages.get("/<int:reorganisation_id>")
@needs(*MAY_SEE)
def shown(reorganisation_id: int) -> Any:
    """One reorganisation, with what it would move, or what became of it."""
    return _shown(reorganisation_id, Filled())


@pages.post("/<int:reorganisation_id>/confirm")
@needs("supervisor")
def confirm(reorganisation_id: int) -> Any:
    """The supervisor's word."""
    said = _("已确认，诉求正在分批划转，稍后刷新查看进展。")
    return _decided(reorganisation_id, reorganising.confirm, said)


@pages.post("/<int:reorganisation_id>/go-on")
@needs("supervisor")
def go_on(reorganisation_id: int) -> Any:
    """Let one that stopped on its way go on."""
    return _decided(reorganisation_id, reorganising.go_on, _("已继续，诉求正在分批划转，稍后刷新查看进展。"))


@pages.post("/<int:reorganisation_id>/cancel")
@needs(*MAY_SEE)
def cancel(reorganisation_id: int) -> Any:
    """Let nothing move."""
    return _decided(reorganisation_id, reorganising.cancel, _("已取消，诉求仍由原部门办理。"))


def _decided(reorganisation_id: int, decide: Callable[[int, Reader, datetime], Reorganisation], said: str) -> Any:
    answer = forms.attempt({}, lambda: decide(reorganisation_id, current_user, clock.now()))
    if isinstance(answer, Filled):
        return _shown(reorganisation_id, answer)
    flash(said, "grass")
    return redirect(url_for("reorganisations.shown", reorganisation_id=reorganisation_id))


# --- in words --------------------------------------------------------------------------------------------------------


def _listed(form: Filled, weighed: Filled | None = None) -> Any:
    """The page; `weighed`: what was wrong with a decision on a proposal."""
    book = directory.current()
    rows = [_told(row, book) for row in reorganising.listed(current_user, ROWS)]
    return render_template(
        "reorganisations/list.html", form=form, called=CALLED, rows=rows, places=choices.places(book),
        open_kinds=routing_desk.kinds(book), kinds={code: kind.name for code, kind in book.kinds.items()},
        families=routing_desk.families(book), proposals=_proposals(book), weighed=weighed or Filled(),
    ), (weighed or form).status  # fmt: skip


def _proposals(book: Directory) -> list[dict[str, Any]]:
    """What hand-backs said about the table of duties, for administrators."""
    if "administrator" not in current_user.roles:
        return []
    return [_proposal(one, reason, book) for one, reason in duties.waiting(ROWS)]


def _proposal(one: DutyProposal, reason: str, book: Directory) -> dict[str, Any]:
    """A proposal as the page shows it; `name` tells it from the others to who hears its buttons."""
    category = directive_words.categories([one.category] if one.category else [], book)
    department = directive_words.office(one.department, book)
    return {
        "row": one, "category": category, "department": department, "reason": reason,
        "place": book.places[one.place].name if one.place in book.places else one.place,
        "proposed": directive_words.office(one.proposed, book) if one.proposed else "",
        "name": _("、").join(filter(None, (department, category, words.moment(one.at)))),
    }  # fmt: skip


def _told(row: Reorganisation, book: Directory) -> dict[str, Any]:
    """A reorganisation as pages show it."""
    icon, tone = LOOKS[row.state]
    return {
        "row": row,
        "relieved": directive_words.office(row.relieved, book),
        "successor": directive_words.office(row.successor, book),
        "about": directive_words.categories(row.categories, book) or _("全部"),
        "state": {"name": _(reorganising.STATES[row.state]), "icon": icon, "tone": tone},
    }


def _shown(reorganisation_id: int, form: Filled) -> Any:
    row, book = reorganising.find(reorganisation_id, current_user), directory.current()
    on_the_way = row.state in {"prepared", "confirmed"}
    survey = reorganising.survey(row, current_user, LISTED) if on_the_way else None
    return render_template(
        "reorganisations/page.html", form=form, told=_told(row, book), survey=survey,
        may_confirm=reorganising.supervises(current_user, (row.relieved, row.successor), book),
        still=reorganising.stands_still(row, clock.now()),
        people=accounts.names(filter(None, (row.prepared_by, row.decided_by))), states=STATES,
        lines=_lines(survey, book) if survey else [],
    ), form.status  # fmt: skip


def _lines(survey: reorganising.Survey, book: Directory) -> list[Mapping[str, Any]]:
    return [
        {"one": line.complaint, "why": line.why,
         "category": leaf.name if (leaf := book.categories.get(line.complaint.category or "")) else ""}
        for line in survey.lines
    ]  # fmt: skip
