"""Letters on pages: the one-time form of a respondent, the sheet for printing and as a file, and the circular list."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.casework import circulars, documents, letters
from service.casework import operations as casework
from service.casework.circulars import Circular
from service.casework.contents import LETTERS
from service.casework.models import Letter
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.rules import MACHINE
from service.complaints.schemas import Known
from service.complaints.visibility import SCOPES
from service.db import transaction
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import NotFound, WrongState
from service.fields import Count, Schema, Text
from service.http import needs, public
from service.web import forms, worklists
from service.web.desks import working_at
from service.web.forms import Filled

READERS = tuple(sorted(SCOPES))
# Who writes to respondents may also replace a link that was lost.
WRITERS = ("dispatcher", "handler", "supervisor")
MOST_ANSWER, MOST_NAME = 20_000, 50
LABELS = {"answer": "答复内容", "name": "答复人"}
PRIVATE = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

pages = Blueprint("letters", __name__)


class AnswerSchema(Schema):
    """What a respondent says, and who says it."""

    answer = Text(most=MOST_ANSWER, lines=True, required=True)
    name = Text(most=MOST_NAME, required=True)


class CircularSchema(Schema):
    """The filters of the circular list."""

    department = Known("departments", "没有这个部门。")
    cursor = Count(least=1, most=2**62)


ANSWER, CIRCULAR = AnswerSchema(), CircularSchema()


@pages.app_template_filter("letter_kind")
def kind_name(code: str) -> str:
    """What a kind of letter is called."""
    return _(LETTERS[code].name)


# --- the respondent --------------------------------------------------------------------------------------------------


@pages.after_request
def _private(response: Response) -> Response:
    """Nobody finds a letter's page by searching, no other site learns its address, no browser keeps it."""
    response.headers.update(PRIVATE)
    return response


@pages.get("/letters/<token>")
@public
def opened(token: str) -> Any:
    """A letter and the form that answers it, for who holds its link; nothing else of the complaint."""
    return _asked(letters.by_token(token, clock.now()), Filled())


@pages.post("/letters/<token>")
@public
def answer(token: str) -> Any:
    """Take the answer; the link is dead from then on."""
    now = clock.now()
    letter = letters.by_token(token, now)
    told = forms.submit(ANSWER, request.form, lambda given: _taken(token, given))
    if isinstance(told, Filled):
        return _asked(letter, told)
    return render_template("letters/answered.html", letter=letter, sheet=documents.sheet(letter))


def _taken(token: str, given: dict[str, Any]) -> None:
    """Where a complaint stands is nothing that a respondent learns: a step that does not fit looks like a dead link."""
    try:
        casework.answer_inquiry(token, given["answer"], given["name"], clock.now())
    except WrongState as problem:
        raise NotFound(letters.DEAD_LINK) from problem


def _asked(letter: Letter, form: Filled) -> Any:
    sheet = documents.sheet(letter)
    limits = {"answer": MOST_ANSWER, "name": MOST_NAME}
    return render_template("letters/answer.html", sheet=sheet, form=form, labels=LABELS, limits=limits), form.status


# --- the staff -------------------------------------------------------------------------------------------------------


@pages.get("/desk/complaints/<number>/letters/<int:letter_id>")
@needs(*READERS)
def page(number: str, letter_id: int) -> Any:
    """A letter as it is printed."""
    letter, roles = _found(number, letter_id)
    renewable = letter.token_hash is not None and bool(roles & set(WRITERS))
    return render_template(
        "letters/page.html", number=number, letter=letter, sheet=documents.sheet(letter), renewable=renewable, link=""
    )


@pages.get("/desk/complaints/<number>/letters/<int:letter_id>.docx")
@needs(*READERS)
def file(number: str, letter_id: int) -> Response:
    """A letter as a Word file, always as a download."""
    letter, _roles = _found(number, letter_id)
    response = Response(documents.docx(letter), mimetype=documents.MIMETYPE)
    # RFC 6266: names beyond ASCII travel percent-encoded, as headers hold no others.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{letter.number}.docx', safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@pages.post("/desk/complaints/<number>/letters/<int:letter_id>/link")
@needs(*WRITERS)
def renew(number: str, letter_id: int) -> Any:
    """A new link for a letter whose link was lost or, where the machine wrote it, was never seen; shown this once."""
    with transaction():
        letter, roles = _found(number, letter_id, lock=True)
        if not roles & set(WRITERS):
            raise NotFound(letters.NO_LETTER)
        token = letters.renew(letter, clock.now())
    link = url_for("letters.opened", token=token, _external=True)
    return render_template(
        "letters/page.html", number=number, letter=letter, sheet=documents.sheet(letter), renewable=True, link=link
    )


def _found(number: str, letter_id: int, lock: bool = False) -> tuple[Letter, frozenset[str]]:
    """A letter that the reader may read, and in which roles the complaint is reached."""
    complaint, roles = complaints.find(number, current_user, lock=lock)
    return letters.find(complaint.id, letter_id, roles, current_user), roles


# --- the circular list -----------------------------------------------------------------------------------------------


@pages.get("/desk/supervision/circulars")
@needs("supervisor")
def listed() -> Any:
    """What has come to 约谈/通报 in the supervisor's places, by department, with what is late since when."""
    form, given = worklists.asked(CIRCULAR)
    reader, book = working_at("supervision.desk", current_user), directory.current()
    chosen, cursor = given.get("department"), given.get("cursor")
    page_ = circulars.Page([], None) if form.errors else circulars.page(reader, worklists.ROWS, chosen, cursor)
    return render_template(
        "letters/circulars.html", form=form, rows=[_row(one, book) for one in page_.items], now=clock.now(),
        chosen=book.departments[chosen].name if chosen else "", tabs=_tabs(circulars.by_department(reader), book),
        following=worklists.address(form, cursor=page_.next_cursor) if page_.next_cursor else "",
        first=worklists.address(form) if cursor else "",
    ), form.status  # fmt: skip


def _row(one: Circular, book: Directory) -> dict[str, Any]:
    by_ladder = one.event.role == MACHINE
    how = _("期限到了，系统列入") if by_ladder else _(reading.step_name(one.event.action))
    return {**reading.brief(one.complaint, book), "how": how, "at": one.event.at, "late": one.late}


def _tabs(held: Sequence[tuple[str | None, int]], book: Directory) -> list[dict[str, Any]]:
    """Each department with how many of its complaints are listed, and where to read only those."""
    return [
        {
            "name": book.departments[code].name if code and code in book.departments else _("还没有承办部门"),
            "url": url_for("letters.listed", department=code) if code else "",
            "count": count,
        }
        for code, count in held
    ]
