"""Papers about a complaint: on the screen as they are printed, and as Word files; for the staff and the enterprise."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask_login import current_user

from service.casework import documents, papers
from service.casework.papers import Paper
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint
from service.complaints.rules import ENTERPRISE
from service.complaints.visibility import SCOPES
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.errors import NotFound
from service.http import needs, public
from service.web import files
from service.web.progress import opened_here

READERS = tuple(sorted(SCOPES))
PLACE = "/desk/complaints/<number>/papers/<any(slip,reply):kind>"
NONE_YET = "还没有这份文书：交办后才有交办单，答复后才有答复书。"

pages = Blueprint("papers", __name__)


@pages.get(PLACE)
@needs(*READERS)
def page(number: str, kind: str) -> Any:
    """A paper for the staff."""
    return render_template("papers/desk.html", number=number, paper=_for_staff(number, kind))


@pages.get(f"{PLACE}.docx")
@needs(*READERS)
def file(number: str, kind: str) -> Response:
    """The same as a Word file."""
    return _sent(_for_staff(number, kind))


@pages.get("/progress/<number>/reply")
@public
def reply(number: str) -> Any:
    """The letter with the result, for who opened the complaint with its code."""
    return render_template("papers/public.html", number=number, paper=_for_enterprise(number))


@pages.get("/progress/<number>/reply.docx")
@public
def reply_file(number: str) -> Response:
    """The same as a Word file."""
    return _sent(_for_enterprise(number))


def _for_staff(number: str, kind: str) -> Paper:
    complaint, roles = complaints.find(number, current_user)
    events, book = complaints.trail(complaint, everything=True), directory.current()
    if kind == papers.SLIP:
        return _there(papers.slip(complaint, events, deadlines.clocks_of(complaint.id), book))
    named, cover = reading.enterprise(complaint, roles)["name"], reading.cover_for(complaint, roles, book)
    return _there(papers.reply(complaint, events, _name(complaint, named), cover, book))


def _for_enterprise(number: str) -> Paper:
    complaint = opened_here(number)
    named = reading.enterprise(complaint, {ENTERPRISE})["name"]
    events = complaints.trail(complaint, everything=False)
    return _there(papers.reply(complaint, events, _name(complaint, named), reading.AS_WRITTEN, directory.current()))


def _name(complaint: Complaint, named: str | None) -> str | None:
    return None if complaint.anonymous else named


def _there(paper: Paper | None) -> Paper:
    if paper is None:
        raise NotFound(NONE_YET)
    return paper


def _sent(paper: Paper) -> Response:
    return files.download(documents.paper(paper), f"{paper.number}.docx", documents.MIMETYPE)
