"""The shape that administration pages share: a form made of a table of fields, its history, undo, and who was first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from service import clock
from service.audit import changing
from service.audit.changing import Changeable, Values
from service.audit.models import Entry
from service.directory import operations as directory
from service.directory.rules import Directory
from service.http import needs
from service.web import forms
from service.web.choices import Groups
from service.web.forms import CHECKED, Filled

ADMINISTRATOR = "administrator"
# An auditor reads what an administrator changes.
READERS = (ADMINISTRATOR, "auditor")
LAST = 50
TRIAL = "trial"
LATER = "—"
DID = {"added": "新增", "edited": "修改", "undone": "撤销修改"}


def plain(value: Any, _book: Directory) -> str:
    """A value as people read it."""
    if value in (None, "", []):
        return _("（空）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return _("、").join(map(str, value)) if isinstance(value, list) else str(value)


def one_of(table: Mapping[str, str]) -> Callable[[Any, Directory], str]:
    """How a code of a table reads."""
    return lambda value, book: _(table[value]) if value in table else plain(value, book)


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        control: the macro of components/form.html that draws it; empty where only the history tells of it.
        said: how a value of it reads.
        options: the choices of a select, of radios or checkboxes; blank: the words of the choice that is none.
        typed: a value of it as somebody would fill it in.
    """

    name: str
    label: str
    control: str = "input"
    hint: str = ""
    optional: bool = False
    said: Callable[[Any, Directory], str] = plain
    options: Callable[[Directory], Groups] | None = None
    blank: str | None = None
    typed: Callable[[Any], Any] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """What is changed on an administration page, and how.

    Attributes:
        pages: its blueprint, which has the views listed, shown, edit and undo.
        list_name: what the list is called that a page leads back to.
        called: what a thing is called, by its code and values.
        did: what else can be done to one, by the last word of an entry's action.
        values: code, what was filled in → what the thing keeps; by default each field by its name.
        trial: what would change if a thing had such values, as the desk's template shows it; nothing is stored.
        trying: what its button says.
        then: what else a change sets going, by the code and what was filled in, in the same transaction.
        others: the field of a name that the table does not list, where names are days.
        noted: what is filled in and kept by the record alone, such as the document that a change is based on.
    """

    pages: str
    of: Changeable
    schema: Schema
    fields: Sequence[Field]
    list_name: str
    called: Callable[[str, Values], str]
    did: Mapping[str, str] = field(default_factory=dict)
    values: Callable[[str, Mapping[str, Any]], Values] | None = None
    trial: Callable[[str, Values], Any] | None = None
    trying: str = "看看会改变什么"
    then: Callable[[str, Mapping[str, Any]], None] | None = None
    others: Callable[[str], Field] | None = None
    template: str = "admin/one.html"
    noted: Sequence[str] = ()

    def labels(self) -> dict[str, str]:
        """What its fields are called."""
        return {one.name: _(one.label) for one in self.fields}

    def kept(self, code: str, given: Mapping[str, Any]) -> Values:
        """What was filled in, as JSON."""
        if self.values:
            return self.values(code, given)
        return {name: value for name, value in as_json(self.schema, given).items() if name not in self.noted}

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What of it only the record keeps."""
        return {name: given[name] for name in self.noted if given.get(name)}


def as_json(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema read, as JSON has it."""
    plainly: dict[str, Any] = schema.dump(given)
    return plainly


def typed(desk: Desk, values: Values) -> Filled:
    """A thing's values as its form shows them."""
    shown = (one for one in desk.fields if one.control or one.typed)
    return Filled({one.name: _typed(one, values.get(one.name)) for one in shown})


def _typed(of: Field, value: Any) -> Any:
    if of.typed:
        return of.typed(value)
    if isinstance(value, bool):
        return CHECKED if value else ""
    if isinstance(value, list) and of.control == "textarea":
        return "\n".join(map(str, value))
    return "" if value is None else value


# --- what was done ---------------------------------------------------------------------------------------------------


def told(desk: Desk, entries: Sequence[Entry], values: Values, book: Directory) -> list[dict[str, Any]]:
    """A history in words, the newest first; `undo` where a change can be taken back."""
    return [
        {
            "entry": one, "what": _(_did(desk, one)), "how": _how(desk, one.details, book),
            "why": one.details.get("document", ""), "undo": changing.can_undo(one, values),
        }
        for one in entries
    ]  # fmt: skip


def _did(desk: Desk, entry: Entry) -> str:
    what = entry.action.rpartition(".")[2]
    return {**DID, **desk.did}.get(what, what)


def _how(desk: Desk, details: Values, book: Directory) -> list[str]:
    """What changed, one line for each field."""
    became, was = details.get("became"), details.get("was", {})
    if not isinstance(became, Mapping):
        return []
    fields = {one.name: one for one in desk.fields}
    known = {name: fields.get(name) or (desk.others and desk.others(name)) for name in became}
    return [
        _("%(field)s：%(before)s → %(after)s", field=_(one.label), before=one.said(was.get(name), book),
          after=one.said(became[name], book))
        for name, one in known.items() if one
    ]  # fmt: skip


# --- the page --------------------------------------------------------------------------------------------------------


def serve(pages: Blueprint, desk: Desk, saved: str, beside: Callable[[str], dict[str, Any]]) -> None:
    """Add the views of a thing that its code stands for: its page, its form, and undo.

    Args:
        saved: as edit() has it, in Chinese. beside: code → what the desk's own template shows.
    """

    @pages.get("/<code>")
    @needs(*READERS)
    def shown(code: str) -> Any:
        return page(desk, code, **beside(code))

    @pages.post("/<code>", endpoint="edit")
    @needs(ADMINISTRATOR)
    def edited(code: str) -> Any:
        return edit(desk, code, _(saved), **beside(code))

    @pages.post("/<code>/undo/<int:entry_id>", endpoint="undo")
    @needs(ADMINISTRATOR)
    def undone(code: str, entry_id: int) -> Any:
        return undo(desk, code, entry_id, url_for(f"{desk.pages}.shown", code=code), **beside(code))


def page(desk: Desk, code: str, form: Filled | None = None, **more: Any) -> Any:
    """The page of one thing: as it stands, or its form as it was filled in and what is wrong with it.

    Args:
        more: what the desk's own template shows; `way`: what its addresses say instead of the code.
    """
    book, values = directory.current(), desk.of.read(code)
    past = changing.history(desk.of, code, LAST)
    seen = _seen(past)
    shown = form or typed(desk, values)
    return render_template(
        desk.template, desk=desk, form=shown, name=desk.called(code, values), book=book, values=values, seen=seen,
        now_at=changing.version_in(past), history=told(desk, past, values, book),
        missed=told(desk, changing.since(seen, past), values, book), may=ADMINISTRATOR in current_user.roles,
        **{"way": {"code": code}, **more},
    ), shown.status  # fmt: skip


def _seen(past: Sequence[Entry]) -> int:
    """The version that whoever fills in the form has read; a form that comes back keeps it."""
    if request.method == "POST" and "_version" in request.form:
        return request.form.get("_version", 0, type=int)
    return changing.version_in(past)


def edit(desk: Desk, code: str, saved: str, back: str = "", **more: Any) -> Any:
    """Save what was filled in, or show it again with what is wrong or what others changed meanwhile.

    By the other button nothing is saved, and the page tells what would change.

    Args:
        saved: the sentence that says what holds from now on.
        back: where that is said; by default above the list.
    """
    if request.form.get("_do") == TRIAL and desk.trial:
        return page(desk, code, **_tried(desk, code), **more)
    seen = request.form.get("_over", request.form.get("_version", 0, type=int), type=int)
    answer = forms.submit(desk.schema, request.form, lambda given: _change(desk, code, given, seen))
    if isinstance(answer, Filled):
        return page(desk, code, answer, **more)
    flash(saved if answer else _("没有改动，和原来一样。"), "grass" if answer else "sky")
    return redirect(back or url_for(f"{desk.pages}.listed"))


def _change(desk: Desk, code: str, given: Mapping[str, Any], seen: int) -> bool:
    """Change a thing, and do what follows from it."""
    who, told = current_user.login, desk.told(given)
    changed = changing.change(desk.of, code, desk.kept(code, given), seen, who, clock.now(), **told)
    if changed and desk.then:
        desk.then(code, given)
    return changed


def _tried(desk: Desk, code: str) -> dict[str, Any]:
    """The form as it was filled in, with what it would change, or with what is wrong with it."""
    data, trial = forms.read(request.form), desk.trial
    assert trial is not None
    # What only the record keeps need not be known yet.
    later = {name: LATER for name in desk.noted if desk.schema.fields[name].required}
    loaded = forms.load(desk.schema, {**later, **data})
    if isinstance(loaded, Filled):
        return {"form": Filled(data, loaded.errors, loaded.message, loaded.status)}
    found = forms.attempt(data, lambda: trial(code, desk.kept(code, loaded)))
    return {"form": found} if isinstance(found, Filled) else {"form": Filled(data), "result": found}


def put(desk: Desk, code: str, values: Values, saved: str, back: str, **more: Any) -> Any:
    """Give a thing some values by a button, or say on its page why that cannot be."""
    now, seen = clock.now(), changing.version(desk.of, code)
    answer = forms.attempt({}, lambda: changing.change(desk.of, code, values, seen, current_user.login, now))
    return _done(desk, code, answer, saved, back, more)


def undo(desk: Desk, code: str, entry_id: int, back: str, **more: Any) -> Any:
    """Take back a change, or say on the thing's page why that cannot be."""
    answer = forms.attempt({}, lambda: changing.undo(desk.of, code, entry_id, current_user.login, clock.now()))
    return _done(desk, code, answer, _("已撤销，恢复为修改以前的内容。"), back, more)


def _done(desk: Desk, code: str, answer: Any, saved: str, back: str, more: Mapping[str, Any]) -> Any:
    if isinstance(answer, Filled):
        current = typed(desk, desk.of.read(code)).values
        return page(desk, code, Filled(current, answer.errors, answer.message, answer.status), **more)
    flash(saved, "grass")
    return redirect(back)
