"""A complaint's page for all who work on it: where it stands, what comes next, and all that is known."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.audit import operations as audit
from service.casework import letters, notes, papers
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint
from service.complaints.rules import (
    CHANNELS,
    MARKS,
    QUESTIONS,
    RESPONDENT_KINDS,
    SATISFACTION,
    SIZES,
    STATES,
    STEPS,
)
from service.complaints.visibility import SCOPES
from service.db import transaction
from service.directory.rules import Directory
from service.errors import NotAllowed, NotFound
from service.fields import Schema, Text
from service.http import needs
from service.intake import attachments, duplicates
from service.knowledge import cases
from service.web import endings, files, forms, marked, matters, previews, spoken, steps, strips, trail, worklists
from service.web import panel as panels
from service.web.forms import Filled
from service.web.letters import PRIVATE
from service.web.panel import VERSION, Known
from service.web.steps import ACTION

READERS = tuple(sorted(SCOPES))
MOST_NOTE = 2000
# Steps in which the enterprise hands in files: they stand beside what it wrote.
BRINGING = frozenset({"message", "supplement", "supply_material"})
# What stands behind the codes that the page shows.
NAMES = {
    "flags": MARKS,
    "questions": QUESTIONS,
    "satisfaction": SATISFACTION,
    "channels": CHANNELS,
    "sizes": SIZES,
    "kinds": RESPONDENT_KINDS,
    "papers": papers.NAMES,
    "routed_by": {"model": "系统判断", "rule": "规则", "operator": "人工", "triage": "待派单"},
}

pages = Blueprint("complaint", __name__)


class NoteSchema(Schema):
    """A note for the own side."""

    memo = Text(most=MOST_NOTE, lines=True, required=True)


NOTE = NoteSchema()


@pages.get("/desk/complaints/<number>")
@needs(*READERS)
def page(number: str) -> Any:
    """A complaint as its reader may see it; `action` opens that step's form, `insert` puts a text into it."""
    return _shown(number, request.args.get("action", ""), Filled())


@pages.post("/desk/complaints/<number>/actions/<action>")
@needs(*READERS)
def act(number: str, action: str) -> Any:
    """Take a step of the workflow; what is wrong comes back on the page with all that was typed."""
    if action not in STEPS:
        raise NotFound(_("没有这个操作，请从诉求页面重新选择。"))
    answer = forms.submit(ACTION, request.form, lambda given: _take(number, action, given))
    if isinstance(answer, Filled):
        return _shown(number, action, answer)
    state, issued = answer
    if issued:
        return _issued(number, issued)
    flash(_("「%(step)s」已完成，现在是「%(state)s」。", step=_(STEPS[action].name), state=_(state)), "grass")
    return redirect(url_for("complaint.page", number=number))


@pages.post("/desk/complaints/<number>/notes")
@needs(*READERS)
def note(number: str) -> Any:
    """Note something for the own side."""
    answer = forms.submit(NOTE, request.form, lambda given: _note(number, given["memo"]))
    if isinstance(answer, Filled):
        return _shown(number, "", Filled(), noted=answer)
    return redirect(url_for("complaint.page", number=number, _anchor="notes"))


def _note(number: str, text: str) -> None:
    complaint, roles = complaints.find(number, current_user)
    notes.write(complaint, roles, text, current_user, clock.now())


@pages.post("/desk/complaints/<number>/numbers")
@needs(*READERS)
def numbers(number: str) -> Any:
    """The page with the telephone and other numbers of persons, for who must reach the enterprise; it is recorded."""
    with transaction():
        complaint, roles = complaints.find(number, current_user)
        if not reading.knows_who(complaint, roles):
            raise NotAllowed(_("您的岗位不需要联系企业，不能查看号码。"))
        audit.record("numbers.shown", complaint.number, current_user.login, clock.now())
    return _shown(number, "", Filled(), open_=True)


@pages.get("/desk/complaints/<number>/similar")
@needs(*READERS)
def similar(number: str) -> Any:
    """What may be about the same matter, and how that ended; the complaint's page fetches it after the rest."""
    complaint, _roles = complaints.find(number, current_user)
    found = duplicates.candidates(complaint, current_user, clock.now())
    return render_template("complaint/similar.html", number=number, found=endings.told(found))


@pages.get("/desk/complaints/<number>/attachments/<int:attachment_id>")
@needs(*READERS)
def attachment(number: str, attachment_id: int) -> Response:
    """A file of a complaint as a download."""
    complaint, _roles = complaints.find(number, current_user)
    return files.sent(attachments.find(complaint.id, attachment_id))


@pages.get("/desk/complaints/<number>/attachments/<int:attachment_id>/view")
@needs(*READERS)
def view(number: str, attachment_id: int) -> Response:
    """A picture or a PDF of a complaint, to be looked at on its page."""
    complaint, _roles = complaints.find(number, current_user)
    return previews.inline(attachments.find(complaint.id, attachment_id))


def _take(number: str, action: str, given: dict[str, Any]) -> tuple[str, Mapping[str, str]]:
    """Take a step; gives the state after it, and what only who took it may see, and only now."""
    complaint, roles = complaints.find(number, current_user, lock=True)
    # A form that does not say which version it read may have read any.
    casework.check_version(complaint, {request.form.get(VERSION, "")}, roles)
    deed = casework.act(complaint, roles, action, given, current_user, clock.now())
    return STATES[complaint.status].name, deed.shown


def _issued(number: str, issued: Mapping[str, str]) -> Response:
    """The page with a letter's one-time link: in this answer and nowhere else, so that no cookie carries it along."""
    link = url_for("letters.opened", token=issued["token"], _external=True)
    response = make_response(_shown(number, "", Filled(), issued={"letter": issued["letter"], "link": link}))
    response.headers.update(PRIVATE)
    return response


def _shown(
    number: str, action: str, told: Filled, issued: Mapping[str, str] | None = None, noted: Filled | None = None,
    open_: bool = False,
) -> Any:  # fmt: skip
    """The page.

    Args:
        told: what was wrong with a step; noted: with a note.
        issued: a letter that was just sent, with its link.
        open_: whether numbers of persons are shown.
    """
    known = Known.read(number)
    complaint, clocks, book = known.complaint, known.clocks, known.book
    full, attached = reading.full(complaint, clocks, known.roles, book), attachments.of(complaint.id)
    seen = full if open_ else reading.covered(full)
    return render_template(
        "complaint/page.html", seen=seen, names=NAMES, complaint=complaint, issued=issued,
        panel=panels.panel(known, full, action, told), covered=known.knows and seen != full, opened=open_,
        runs=marked.marked(complaint, seen["text"], book), listed=marked.listed,
        strip=strips.strip(clocks, complaint.status, book), clocks=strips.in_order(clocks),
        today=clock.local(clock.now()).date(), hands=_hands(complaint, book),
        receiver=book.departments[complaint.receiver].name, details=trail.details(seen["details"]),
        attachments=attached, brought=files.brought(attached), bringing=BRINGING,
        kind_of=previews.SHOWN.get, size=files.size,
        trail=known.told(known.events), grave=steps.GRAVE, called=steps.CALLED,
        letters=letters.seen(complaint.id, known.roles, current_user),
        papers=papers.kinds(complaint, known.events),
        may_be_case="supervisor" in known.roles and cases.fits(complaint),
        **(_for_staff(known, seen, noted or Filled()) if known.everything else {}),
    ), (noted or told).status  # fmt: skip


def _for_staff(known: Known, seen: Mapping[str, Any], noted: Filled) -> dict[str, Any]:
    """What only who works on it is shown."""
    complaint, book = known.complaint, known.book
    own = notes.sides(complaint, known.roles, current_user)
    return {
        "joined": matters.joined(complaint, known.events, current_user),
        "hands_on": matters.hands_on(complaint, known.clocks, known.events, known.names, known.cover, book),
        "spoken": spoken.spoken(complaint, seen, book),
        "noted": noted,
        "notes": notes.of(complaint, own),
        "note_sides": [_side(code, book) for code in own],
        "most_note": MOST_NOTE,
    }


def _side(code: str, book: Directory) -> str:
    return book.departments[code].name if code else _("热线、派单、督办和回访")


def _hands(complaint: Complaint, book: Directory) -> str:
    """In whose hands it is; empty once it is over."""
    return worklists.hands(complaint.queue_desk, complaint.queue_code or "", book) if complaint.queue_desk else ""
