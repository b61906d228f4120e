"""Answers that can be read out, as administrators keep them: the list, one of them, and what it said before."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.audit.models import Entry
from service.directory import operations as directory
from service.directory.rules import Directory
from service.http import needs
from service.knowledge import operations
from service.knowledge.models import KnowledgeAnswer
from service.knowledge.schemas import AnswerSchema
from service.web import choices, forms
from service.web.forms import Filled

ADMINISTRATOR = "administrator"
ANSWER = AnswerSchema()

pages = Blueprint("knowledge", __name__, url_prefix="/admin/answers")


@pages.get("")
@needs(ADMINISTRATOR)
def index() -> str:
    """All answers, or those that hold some words."""
    asked, book = request.args.get("q", "").strip()[:100], directory.current()
    rows = [(row, _scope(row.category, book)) for row in operations.listed(asked)]
    today = clock.local(clock.now()).date()
    return render_template("knowledge/index.html", form=Filled({"q": asked}), rows=rows, today=today)


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty answer."""
    return _page(None, Filled({"public": "true", "active": "true"}))


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Write a new answer."""
    done = forms.submit(ANSWER, request.form, lambda given: operations.add(given, current_user, clock.now()))
    return _page(None, done) if isinstance(done, Filled) else _saved()


@pages.get("/<code>")
@needs(ADMINISTRATOR)
def answer(code: str) -> Any:
    """One answer as it stands, or as a version before had it, ready to be saved again."""
    row, wanted = operations.find(code), request.args.get("version")
    versions = operations.history(code) if wanted else ()
    before = next((one.details for one in versions if str(one.details["version"]) == wanted), None)
    return _page(row, Filled(_typed(before or {name: getattr(row, name) for name in (*operations.CONTENT, "active")})))


@pages.post("/<code>")
@needs(ADMINISTRATOR)
def edit(code: str) -> Any:
    """Change an answer."""
    row = operations.find(code)
    done = forms.submit(
        ANSWER,
        request.form,
        lambda given: operations.edit(code, given["version"], given, given["active"], current_user, clock.now()),
    )
    return _page(row, done) if isinstance(done, Filled) else _saved()


def _saved() -> Any:
    flash(_("问答已保存，话务员马上就能查到。"), "grass")
    return redirect(url_for("knowledge.index"))


def _typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as somebody would type it into the form."""
    day = content["valid_until"]
    said = {**content, "words": "、".join(content["words"]), "valid_until": str(day) if day else ""}
    return {name: value for name, value in said.items() if value}


def _page(row: KnowledgeAnswer | None, form: Filled) -> Any:
    book = directory.current()
    page = render_template(
        "knowledge/answer.html", row=row, form=form, categories=_scopes(book),
        history=_versions(operations.history(row.code)) if row else (),
    )  # fmt: skip
    return page, form.status


def _versions(entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """What was recorded, with what it said in short."""
    return [(one, str(one.details["answer"])) for one in entries]


def _scopes(book: Directory) -> dict[str, dict[str, str]]:
    """What an answer may belong to: whole families, and the leaves of each."""
    whole = {family.code: family.name for family in book.families.values()}
    return {_("整个大类"): whole, **{name: dict(leaves) for name, leaves in choices.categories(book).items()}}  # type: ignore[arg-type]


def _scope(code: str | None, book: Directory) -> str:
    if code is None:
        return ""
    leaf = book.categories.get(code)
    if leaf is None:
        return book.families[code].name
    return _("%(family)s—%(leaf)s", family=leaf.family_name, leaf=leaf.name)
