"""A solved complaint written as a question and an answer for everybody, which an administrator then publishes."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.directory import operations as directory
from service.errors import NotFound, WrongState
from service.http import needs
from service.knowledge import cases
from service.knowledge.models import KnowledgeAnswer
from service.knowledge.schemas import CaseSchema
from service.web import forms
from service.web.forms import Filled

SUPERVISOR = "supervisor"
CASE = CaseSchema()

pages = Blueprint("cases", __name__)


@pages.get("/desk/complaints/<number>/case")
@needs(SUPERVISOR)
def ask(number: str) -> Any:
    """The reply without names, to be rewritten for everybody."""
    complaint = _supervised(number)
    if not cases.fits(complaint):
        raise WrongState(_("这件诉求不能写成公开案例：要已经办结、企业确认解决，又不匿名、不保密、不密封。"))
    return _asked(complaint, Filled(cases.sketch(complaint, directory.current())))


@pages.post("/desk/complaints/<number>/case")
@needs(SUPERVISOR)
def propose(number: str) -> Any:
    """Lay it before the administrator."""
    complaint = _supervised(number)

    def lay(given: dict[str, Any]) -> KnowledgeAnswer:
        return cases.propose(complaint, given, directory.current(), current_user, clock.now())

    outcome = forms.submit(CASE, request.form, lay)
    if isinstance(outcome, Filled):
        return _asked(complaint, outcome)
    flash(_("案例已交给管理员，审核后公开。"), "grass")
    return redirect(url_for("complaint.page", number=number))


def _supervised(number: str) -> Complaint:
    complaint, roles = complaints.find(number, current_user)
    if SUPERVISOR not in roles:
        raise NotFound(complaints.NOT_YOURS)
    return complaint


def _asked(complaint: Complaint, form: Filled) -> Any:
    leaf = directory.current().categories.get(complaint.category or "")
    return render_template("knowledge/case.html", form=form, number=complaint.number, leaf=leaf), form.status
