"""Lists of complaints on desks: what an address asks for, the choices of its filters, and the rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from service import clock
from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints import listing, numbering, reading
from service.complaints.models import Complaint, Event
from service.complaints.schemas import ListQuerySchema
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.directory.rules import Directory
from service.directory.schemas import Known
from service.errors import Invalid
from service.fields import Choice
from service.web import forms, trail
from service.web.forms import Filled

ROWS = 50
# desk of a state → whose hands those are
HANDS = {
    "dispatcher": "%(name)s（派单）",
    "department": "%(name)s",
    "supervisor": "%(name)s（督办）",
    "revisit": "%(name)s（回访）",
}
# Filters that leave something out; what else stands in an address is a list or an order.
NARROWING = {"family", "region", "due", "q", "who", "flag", "kind"}
DUE = {"overdue": "已逾期", "soon": "两天内到期"}
NO_CHOICE = "没有这个选项，请重新选择。"
MISREAD = "这个编号不对，可能抄错了一位。请对照原件核对，或改用诉求里的词搜索。"


class FilterSchema(ListQuerySchema):
    """The filters of a desk's list; a desk adds its own and decides on the order."""

    class Meta:
        exclude = ("department", "status", "due", "sort", "limit")


@dataclass(frozen=True)
class Worklist:
    """A page of a list as a desk shows it.

    Attributes:
        form: the filters as they were typed, and what is wrong with them.
        rows: as reading.brief gives them, or as the desk makes them.
        following: the address of the next page; empty on the last.
        first: the address of the first page; empty there.
    """

    form: Filled
    rows: list[Any]
    following: str = ""
    first: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list down."""
        return bool(set(self.form.values) & NARROWING)


def asked(schema: Schema) -> tuple[Filled, Mapping[str, Any]]:
    """What the address asks for, as it was typed and as the schema reads it (nothing, where something is wrong)."""
    known = MultiDict((name, value) for name, value in request.args.items(multi=True) if name in schema.fields)
    typed = forms.read(known)
    loaded = forms.load(schema, typed)
    return (_plainly(loaded, schema), {}) if isinstance(loaded, Filled) else (Filled(typed), loaded)


def _plainly(form: Filled, schema: Schema) -> Filled:
    """An address that was typed or is old, without the codes that it might have had."""
    choices = {name for name, of in schema.fields.items() if isinstance(of, Choice | Known)}
    return replace(form, errors={name: [_(NO_CHOICE)] if name in choices else told
                                 for name, told in form.errors.items()})  # fmt: skip


def shown(
    form: Filled, wanted: Wanted, reader: Reader, askers: Collection[str] = (), endpoint: str = "",
    make: Callable[[Sequence[Complaint]], list[Any]] | None = None, more: Sequence[Any] = (),
) -> Worklist:  # fmt: skip
    """The page of the list that was asked for; no rows where the filters are wrong.

    Args:
        askers: steps by which something is asked; each row tells what the last of them said.
        endpoint: of the list's own page, where another one shows it.
        make: what makes the rows, where they are not the usual ones; more: columns that it needs.
    """
    if form.errors:
        return Worklist(form, [])
    try:
        if numbering.is_misread(wanted.q or ""):
            raise Invalid(_(MISREAD), {"q": [_(MISREAD)]})
        page = listing.page(wanted, reader, clock.now(), more)
    except Invalid as problem:
        return Worklist(forms.refused(form.values, problem), [])
    following = address(form, endpoint, cursor=page.next_cursor) if page.next_cursor else ""
    rows = make(page.items) if make else _rows(page.items, askers, classifier.words(wanted.q or ""))
    if wanted.helping:
        rows = [{**row, "due_at": _ends(row["due_clock"])} for row in rows]
    return Worklist(form, rows, following, address(form, endpoint) if wanted.cursor else "")


def _rows(items: Sequence[Complaint], askers: Collection[str], searched: Sequence[str]) -> list[dict[str, Any]]:
    book = directory.current()
    asked = listing.said([one.id for one in items], askers) if items and askers else {}
    return [{**reading.brief(one, book), "pending": one.pending, "argument": _argument(one, asked.get(one.id), book),
             "excerpt": reading.excerpt(one, searched, book), "assignee": one.assignee, "updated_at": one.updated_at,
             "due_clock": one.due_clock}
            for one in items]  # fmt: skip


def _argument(complaint: Complaint, asked: Sequence[Event] | None, book: Directory) -> str:
    """What the last who asked something said; empty where nobody did."""
    return trail.in_a_line(asked[-1], reading.cover_in_list(complaint, book), book) if asked else ""


def _ends(running: Mapping[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(running["at"]) if running else None


def address(form: Filled, endpoint: str = "", **changes: Any) -> str:
    """The address of this list with something changed; from its first page, unless a cursor is given."""
    parts = {**(request.view_args or {}), **form.values, "cursor": None, **changes}
    return url_for(endpoint or request.endpoint or "", **parts)


def number_in(form: Filled) -> str | None:
    """The number of one complaint, where that is what was typed into the search."""
    return numbering.read(str(form.value("q")))


def hands(desk: str, queue: str, book: Directory) -> str:
    """In whose hands a complaint is: a department, or who dispatches or revisits for a place."""
    table: Mapping[str, Any] = book.departments if desk == "department" else book.places
    return _(HANDS[desk], name=table[queue].name) if queue in table else _("没有这个单位")


def families(book: Directory) -> dict[str, str]:
    """The choices of the filter by family."""
    return {code: family.name for code, family in book.families.items()}


def regions(reader: Reader, book: Directory) -> dict[str, Any]:
    """The choices of the filter by region: what the reader's grants reach, by league; none where that is one place."""
    tops = {grant.place or book.departments[grant.department or ""].place for grant in reader.grants}
    reached = {code for top in tops for code in book.subtree(top)}
    if len(reached) < 2:
        return {}
    names = {code: place.name for code, place in book.places.items() if code in reached}
    whole = {code: names.pop(code) for code in [book.region] if code in names}
    leagues = dict.fromkeys(book.chain(code)[-2] for code in names)
    return whole | {book.places[top].name: _below(top, names, book) for top in leagues}


def _below(top: str, names: Mapping[str, str], book: Directory) -> dict[str, str]:
    return {code: names[code] for code in book.subtree(top) if code in names}
