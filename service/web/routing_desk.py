"""Directives above the model as an administrator writes, tries and orders them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from service import clock
from service.complaints.rules import CHANNELS
from service.db import transaction
from service.directory import operations as directory
from service.directory.rules import NATURES, Directory
from service.errors import Invalid
from service.fields import Day
from service.http import needs
from service.intake import trials
from service.routing import models, operations
from service.routing.directives import PRIORITIES, Directive, conflicts
from service.routing.schemas import DirectiveSchema
from service.web import choices, directive_words, forms, worklists
from service.web.forms import Filled

ADMINISTRATOR = "administrator"
# So many of the complaints that would move are listed.
LISTED = 100

pages = Blueprint("routing_desk", __name__, url_prefix="/admin/routing")


class PeriodSchema(Schema):
    """Which past complaints to try a directive on."""

    since = Day()
    until = Day()


DIRECTIVE, PERIOD = DirectiveSchema(), PeriodSchema()
BACKWARDS = "截止日期不能早于开始日期。"


# --- the list --------------------------------------------------------------------------------------------------------


@pages.get("")
@needs(ADMINISTRATOR)
def listed() -> Any:
    """All directives in order: what they ask, how they stand, how often they fired, what is wrong with them."""
    now, book = clock.now(), directory.current()
    today, counts = clock.local(now).date(), trials.hits(now)
    stored = operations.rows()
    known = [operations.as_value(row) for row in stored]
    wrong = defaultdict(list)
    for found in conflicts(known, today, book):
        wrong[found.directive.id].append(directive_words.conflict(found, book))
    rows = [
        {
            "row": row, "asks": directive_words.asks(one, book), "target": directive_words.target(one, book),
            "times": directive_words.times(one), "standing": directive_words.standing(one, today, book),
            "hits": counts.get(one.id, 0), "wrong": wrong[one.id],
        }
        for row, one in zip(stored, known, strict=True)
    ]  # fmt: skip
    return render_template("routing/list.html", rows=rows)


@pages.post("/<int:directive_id>/pause")
@needs(ADMINISTRATOR)
def pause(directive_id: int) -> Any:
    """Let a directive rest."""
    return _switched(directive_id, False, _("已停用，新来的诉求不再按它分派。"))


@pages.post("/<int:directive_id>/resume")
@needs(ADMINISTRATOR)
def resume(directive_id: int) -> Any:
    """Let it work again."""
    return _switched(directive_id, True, _("已启用。"))


def _switched(directive_id: int, active: bool, said: str) -> Any:
    with transaction():
        operations.switch(directive_id, active, current_user, clock.now())
    flash(said, "grass")
    return redirect(url_for("routing_desk.listed"))


@pages.post("/<int:directive_id>/<any(up, down):way>")
@needs(ADMINISTRATOR)
def move(directive_id: int, way: str) -> Any:
    """Let a directive be asked earlier or later."""
    with transaction():
        operations.move(directive_id, way == "up", current_user, clock.now())
    return redirect(url_for("routing_desk.listed", _anchor=f"directive-{directive_id}"))


# --- one directive ---------------------------------------------------------------------------------------------------


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty form."""
    return _form(None, Filled({"priority": "ordinary"}))


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Try a new directive or, by the other button, save it."""
    if request.form.get("_do") == "trial":
        return _tried(None)
    answer = forms.submit(DIRECTIVE, request.form, lambda given: operations.add(given, current_user, clock.now()))
    if isinstance(answer, Filled):
        return _form(None, answer)
    flash(_("规则已保存，排在最后；新来的诉求马上按它分派。"), "grass")
    return redirect(url_for("routing_desk.listed"))


@pages.get("/<int:directive_id>")
@needs(ADMINISTRATOR)
def shown(directive_id: int) -> Any:
    """One directive, to read and to change, with its history."""
    row = operations.find(directive_id)
    return _form(row, _begun(row, directory.current()))


@pages.post("/<int:directive_id>")
@needs(ADMINISTRATOR)
def edit(directive_id: int) -> Any:
    """Try a change or, by the other button, save it."""
    row = operations.find(directive_id)
    if request.form.get("_do") == "trial":
        return _tried(row)
    version = request.form.get("_over", _opened(row), type=int)
    answer = forms.submit(DIRECTIVE, request.form, lambda given: operations.edit(
        directive_id, given, version, current_user, clock.now()))  # fmt: skip
    if isinstance(answer, Filled):
        return _form(operations.find(directive_id), answer)
    flash(_("规则已保存，新来的诉求马上按新的内容分派。"), "grass")
    return redirect(url_for("routing_desk.listed"))


@pages.get("/<int:directive_id>/trial")
@needs(ADMINISTRATOR)
def trial(directive_id: int) -> Any:
    """What a stored directive would do with past complaints."""
    row, book = operations.find(directive_id), directory.current()
    form, given = worklists.asked(PERIOD)
    draft = operations.as_value(row)
    form, result = _result(form, given, draft, book)
    return render_template(
        "routing/trial.html", row=row, form=form, result=result, asks=directive_words.asks(draft, book),
        target=directive_words.target(draft, book),
    ), form.status  # fmt: skip


def _opened(row: models.Directive) -> int:
    """The version that whoever fills in the form has read; a form that comes back keeps it, or says none."""
    return request.form.get("_version", 0, type=int) if request.method == "POST" else row.version


def _begun(row: models.Directive, book: Directory) -> Filled:
    """A stored directive as its form shows it: the department as a kind at a place."""
    office = book.departments.get(row.department or "")
    return Filled({
        **DIRECTIVE.dump(row),
        "kind": office.kind if office else row.kind or "",
        "place": office.place if office else "",
        "priority": "urgent" if row.urgent else "ordinary",
        "begins": row.begins or "", "ends": row.ends or "", "note": row.note or "",
    })  # fmt: skip


def _form(row: models.Directive | None, form: Filled, period: Filled | None = None, result: Any = None) -> Any:
    book = directory.current()
    past = operations.history(row.id) if row else ()
    opened = _opened(row) if row else 0
    return render_template(
        "routing/form.html", row=row, form=form, called=directive_words.CALLED, priorities=PRIORITIES,
        categories=families(book), places=_leagues(book), offices=choices.places(book), kinds=kinds(book),
        channels=CHANNELS, natures=NATURES, period=period or Filled(), result=result,
        history=directive_words.history(past, book), opened=opened,
        missed=directive_words.history(operations.since(opened, row, past), book) if row else (),
    ), form.status  # fmt: skip


def families(book: Directory) -> list[dict[str, Any]]:
    """The tree of categories, each family a choice of its own."""
    tree = choices.categories(book)
    return [
        {"name": family.name, "options": {code: _("全部"), **_options(tree[family.name])}}
        for code, family in book.families.items()
        if family.name in tree
    ]


def _leagues(book: Directory) -> list[dict[str, Any]]:
    """The places by league, the region before all."""
    groups = choices.places(book)
    whole = {"name": _("全区"), "options": {book.region: book.places[book.region].name}}
    return [whole, *({"name": name, "options": below} for name, below in groups.items() if not isinstance(below, str))]


def _options(below: str | dict[str, str]) -> dict[str, str]:
    return {} if isinstance(below, str) else below


def kinds(book: Directory) -> dict[str, str]:
    """The kinds of departments that are in use."""
    return {code: kind.name for code, kind in book.kinds.items() if kind.active}


# --- trying ----------------------------------------------------------------------------------------------------------


def _tried(row: models.Directive | None) -> Any:
    """The form as it was filled in, with what it would have changed; nothing is saved."""
    book, data = directory.current(), forms.read(request.form)
    loaded = forms.load(DIRECTIVE, data)
    if isinstance(loaded, Filled):
        return _form(row, loaded)
    typed = {name: request.form[f"_{name}"] for name in PERIOD.fields if request.form.get(f"_{name}")}
    asked = forms.load(PERIOD, typed)
    if isinstance(asked, Filled):
        return _form(row, Filled(data, status=asked.status), asked)
    try:
        draft = operations.drafted(loaded, book, row)
    except Invalid as problem:
        return _form(row, forms.refused(data, problem))
    period, result = _result(Filled(typed), asked, draft, book)
    return _form(row, Filled(data, status=period.status), period, result)


def _result(form: Filled, given: Mapping[str, Any], draft: Directive, book: Directory) -> tuple[Filled, Any]:
    """What came of a trial, in words; nothing where the period is wrong."""
    since, until = given.get("since"), given.get("until")
    if form.errors:
        return form, None
    if since and until and until < since:
        return forms.refused(form.values, Invalid(BACKWARDS, {"until": [BACKWARDS]})), None
    found = trials.trial(draft, current_user, book, clock.now(), since, until)
    moved = [
        {
            "one": one, "was": _was(one.was, book), "becomes": directive_words.office(one.becomes, book),
            "category": leaf.name if (leaf := book.categories.get(one.category or "")) else "",
        }
        for one in found.moved[:LISTED]
    ]  # fmt: skip
    ways = [
        {"was": _was(was, book), "becomes": directive_words.office(becomes, book), "count": count}
        for (was, becomes), count in found.ways.most_common()
    ]
    return form, {"trial": found, "moved": moved, "ways": ways}


def _was(code: str | None, book: Directory) -> str:
    return directive_words.office(code, book) if code else _("没有派给部门")
