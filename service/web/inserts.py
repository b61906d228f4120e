"""Templates and phrases beside the field that they go into, filled with what is known of the complaint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.casework import wording
from service.complaints.models import Complaint
from service.complaints.reading import ANONYMOUS, CONFIDENTIAL
from service.complaints.rules import Step
from service.complaints.visibility import SCOPES
from service.db import transaction
from service.deadlines.models import Clock
from service.directory.rules import Directory
from service.fields import Schema, Text
from service.http import needs
from service.web import forms, languages, words
from service.web.forms import Filled

READERS = tuple(sorted(SCOPES))
# step → its field that is written at length, and the kind of template that fits there
FIELDS: Mapping[str, tuple[str, str | None]] = {
    "answer": ("reply", "result"),
    "draft": ("reply", "result"),
    "ask_extension": ("reason", "extension"),
    "refuse": ("reason", "refusal"),
    "pass_on": ("reason", "refusal"),
    "request_supplement": ("note", "material"),
    "request_material": ("note", "material"),
    "report": ("text", None),
    "message_back": ("text", None),
    "contact": ("note", None),
    "opine": ("text", None),
    "inquire": ("text", None),
}
# How an enterprise is addressed whose name the writer does not know.
UNNAMED = "您单位"

pages = Blueprint("phrases", __name__)


class PhraseSchema(Schema):
    """A phrase of one's own."""

    phrase = Text(most=wording.LONGEST_PHRASE, lines=True, required=True)


PHRASE = PhraseSchema()


@dataclass(frozen=True)
class Insert:
    """A text that can be put into a field.

    Attributes:
        key: by which an address asks for it.
    """

    key: str
    name: str
    text: str


@dataclass(frozen=True)
class Inserts:
    """What can be put into a field of a step."""

    field: str
    templates: Sequence[Insert] = ()
    phrases: Sequence[Insert] = ()

    def text(self, key: str) -> str:
        """The text of a key; empty where there is none such."""
        return next((one.text for one in (*self.templates, *self.phrases) if one.key == key), "")


def inserts(
    step: Step, complaint: Complaint, seen: Mapping[str, Any], clocks: Sequence[Clock], book: Directory
) -> Inserts | None:
    """What can be put into a step's field, in two statements; None where nothing is written at length."""
    if step.action not in FIELDS:
        return None
    field, kind = FIELDS[step.action]
    with languages.in_chinese():  # what is put in becomes a document
        said = values(complaint, seen, clocks, book)
    family = complaint.category.partition(".")[0] if complaint.category else None
    offered = wording.offered(kind, family) if kind else ()
    return Inserts(
        field,
        [Insert(f"t-{row.code}", row.name, wording.fill(row.body, said)) for row in offered],
        [Insert(f"p-{row.id}", row.text, row.text) for row in wording.phrases(current_user.id)],
    )


def values(complaint: Complaint, seen: Mapping[str, Any], clocks: Sequence[Clock], book: Directory) -> dict[str, str]:
    """What stands for each placeholder; nothing for what is not known. `seen` as reading.full gives it."""
    enterprise = seen["enterprise"]["name"]
    due = next((one.due_at for one in clocks if one.kind == "result" and one.state in {"running", "paused"}), None)
    return {
        "number": complaint.number,
        "enterprise": UNNAMED if enterprise in {None, ANONYMOUS, CONFIDENTIAL} else enterprise,
        "respondent": complaint.respondent_name or "",
        "department": book.departments[complaint.department].name if complaint.department else "",
        "category": seen["category"]["name"] if seen["category"] else "",
        "amount": words.yuan(complaint.amount),
        "filed": _day(clock.spoken(complaint.created_at)),
        "due": clock.spoken(due) if due else "",
        "today": _day(clock.spoken(clock.now())),
    }


def _day(spoken: str) -> str:
    return spoken.partition(" ")[0]


def begun(form: Filled, found: Inserts | None, key: str) -> Filled:
    """A form in which the text that an address asks for stands after what stood there."""
    if found is None or not (text := found.text(key)):
        return form
    before = form.value(found.field)
    return Filled({**form.values, found.field: "\n".join(filter(None, (before, text)))})


# --- one's own phrases -----------------------------------------------------------------------------------------------


@pages.get("/desk/phrases")
@needs(*READERS)
def index() -> Any:
    """The phrases that somebody keeps."""
    return _page(Filled())


@pages.post("/desk/phrases")
@needs(*READERS)
def keep() -> Any:
    """Keep one more."""
    done = forms.submit(PHRASE, request.form, lambda given: wording.keep_phrase(current_user.id, given["phrase"]))
    if isinstance(done, Filled):
        return _page(done)
    flash(_("已保存，写答复时可以直接插入。"), "grass")
    return redirect(url_for("phrases.index"))


@pages.post("/desk/phrases/<int:phrase_id>/drop")
@needs(*READERS)
def drop(phrase_id: int) -> Any:
    """Keep it no longer."""
    with transaction():
        wording.drop_phrase(current_user.id, phrase_id)
    return redirect(url_for("phrases.index"))


def _page(form: Filled) -> Any:
    kept = wording.phrases(current_user.id)
    return render_template("complaint/phrases.html", form=form, kept=kept, most=wording.LONGEST_PHRASE), form.status
