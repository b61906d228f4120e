"""The tree of complaints as an administrator keeps it: names, order, who handles what, and what the machine may do."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields, validate

from service import clock
from service.classifier import operations as classifier
from service.db import transaction
from service.directory import editing
from service.directory import operations as directory
from service.directory.editing import CATEGORY
from service.directory.rules import NATURES, POLICIES, Category, Directory
from service.errors import Unavailable
from service.fields import Choice, Flag, Schema, Text
from service.http import needs
from service.routing.schemas import SEPARATORS
from service.sentences import say
from service.web import admin_duties, admin_forms, choices, forms, speech, worklists
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field, one_of
from service.web.forms import Filled

MOST_OWNERS, MOST_WORDS, LONGEST_WORD = 12, 60, 20
# Empty rows at the end of a list that is filled in.
SPARE = 2
UNKNOWN = (
    "系统还没有学过这一类的例子，认不出它：目前只能由企业或工作人员自己选。积累纠正样本、重新训练模型以后才会认识。"
)

pages = Blueprint("admin_categories", __name__, url_prefix="/admin/categories")


class Owners(fields.Field[list[dict[str, Any]]]):
    """The kinds of departments that answer for a category, in order: rows of a kind and the words of its texts."""

    default_error_messages = {
        "invalid": "主管部门填得不对，请从列表里选。",
        "whose": "写了词语的，请选是哪一类部门管。",
        "long": say("每个部门最多 %(most)s 个词，每个词最多 %(longest)s 个字。", most=MOST_WORDS, longest=LONGEST_WORD),
    }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping) or not all(name.isdecimal() and len(name) < 3 for name in value):
            raise self.make_error("invalid")
        rows = [self._row(value[name]) for name in sorted(value, key=int)]
        return [row for row in rows if row is not None]

    def _row(self, row: Any) -> dict[str, Any] | None:
        kind, written = (row.get("kind"), row.get("words", "")) if isinstance(row, Mapping) else (None, None)
        if not isinstance(kind, str | None) or not isinstance(written, str):
            raise self.make_error("invalid")
        if not kind and written:
            raise self.make_error("whose")
        if not kind:
            return None
        words = list(dict.fromkeys(word for part in SEPARATORS.split(written) if (word := part.strip())))
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            raise self.make_error("long")
        return {"kind": kind, "words": words}


class CategorySchema(Schema):
    """A family's or a leaf's form."""

    name = Text(most=30, required=True)
    policy = Choice(POLICIES, load_default=None)
    nature = Choice(NATURES, load_default=None)
    owners = Owners(load_default=list)
    channel = Text(most=300, lines=True, load_default=None)
    active = Flag(load_default=False)


class NewLeafSchema(Schema):
    """A new leaf's."""

    parent = Text(most=30, required=True)
    short = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z][a-z0-9-]{1,30}\Z", error="用小写字母开头，只能有小写字母、数字和减号，2 至 31 位。"
        ),
    )
    name = Text(most=30, required=True)
    nature = Choice(NATURES, load_default=None)
    policy = Choice(POLICIES, load_default=None)
    owners = Owners(load_default=list)
    channel = Text(most=300, lines=True, load_default=None)


class PlaceSchema(Schema):
    """For which place a list tells who handles what."""

    place = Text(most=12)


# --- in words --------------------------------------------------------------------------------------------------------


def owners(value: Any, book: Directory) -> str:
    """Who answers for a category, as people read it."""
    return _("；").join(_owner(one, book) for one in value or ()) or _("（同大类）")


def _owner(one: Mapping[str, Any], book: Directory) -> str:
    name = book.kinds[one["kind"]].name if one["kind"] in book.kinds else one["kind"]
    words = _("、").join(one["words"])
    return _("说到%(words)s的：%(name)s", words=words, name=name) if words else speech.told(name)


def _rows(value: Any) -> dict[str, Any]:
    """Owners as somebody would fill them in."""
    return {str(at): {"kind": one["kind"], "words": "、".join(one["words"])} for at, one in enumerate(value or ())}


def _as_family(table: Mapping[str, str]) -> Any:
    plain = one_of(table)
    return lambda value, book: plain(value, book) if value else _("同大类")


FIELDS = (
    Field("name", "名称", attributes={"maxlength": 30}),
    Field("policy", "派单方式", control="select", options=lambda _book: dict(POLICIES), blank="同大类",
          said=_as_family(POLICIES)),
    Field("nature", "没有说明时当作", control="select", options=lambda _book: dict(NATURES), blank="同大类",
          said=_as_family(NATURES)),
    Field("owners", "主管部门", control="", said=owners, typed=_rows),
    Field("channel", "应走的渠道", control="textarea", optional=True, attributes={"rows": 3},
          hint="不属于受理范围时告诉企业该找谁；空着就不说。"),
    Field("active", "在用", control="checkbox", hint="停用后不能再选；以前的诉求仍显示它的名称。"),
)  # fmt: skip


def _tried(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    book = directory.current()
    parent = code.partition(".")[0] if "." in code else None
    editing.check_category(values, code, parent, book)
    return admin_duties.compared("categories", code, values)


DESK = Desk(
    pages="admin_categories", of=CATEGORY, schema=CategorySchema(), fields=FIELDS, list_name="全部类别",
    called=lambda _code, values: str(values["name"]), did={"moved": "调整顺序"}, trial=_tried,
    template="admin/category.html",
)  # fmt: skip
NEW_FIELDS = (
    Field("parent", "大类", control="select", options=lambda book: {c: f.name for c, f in book.families.items()},
          blank="请选择"),
    Field("short", "编码", hint="给程序用的英文短名，例如 late-fee；以后不能改。", attributes={"maxlength": 31}),
    *FIELDS[:-1],
)  # fmt: skip
NEW, PLACE = NewLeafSchema(), PlaceSchema()


# --- the tree --------------------------------------------------------------------------------------------------------


@pages.get("")
@needs(*READERS)
def listed() -> Any:
    """The tree with who handles what: by kind or, for one place, the very department."""
    form, given = worklists.asked(PLACE)
    book = directory.current()
    place = given.get("place") if given.get("place") in book.places else None
    known = _known()
    tree = [
        (family, [{"leaf": leaf, "who": _who(leaf, place, book), "known": leaf.code in known, "policy": _(
            POLICIES[leaf.policy])} for leaf in book.categories.values() if leaf.family == family.code])
        for family in book.families.values()
    ]  # fmt: skip
    return render_template(
        "admin/categories.html", form=form, tree=tree, places=choices.places(book), place=place, book=book,
        may=ADMINISTRATOR in current_user.roles, policies=POLICIES,
    ), form.status  # fmt: skip


def _known() -> frozenset[str]:
    """The leaves that the model can tell."""
    with suppress(Unavailable):
        return frozenset(classifier.current().labels)
    return frozenset()


def _who(leaf: Category, place: str | None, book: Directory) -> str:
    """Who answers for a leaf; at a place, the departments that its matters come to."""
    if place is None:
        return owners([{"kind": one.kind, "words": one.words} for one in leaf.owners], book)
    offices = (book.nearest(one.kind, place) for one in leaf.owners)
    return _("；").join(map(speech.told, dict.fromkeys(office.name for office in offices if office)))


@pages.post("/<code>/<any(up, down):way>")
@needs(ADMINISTRATOR)
def move(code: str, way: str) -> Any:
    """Let a family or a leaf stand earlier or later where people choose."""
    with transaction():
        editing.move_category(code, way == "up", current_user.login, clock.now())
    return redirect(url_for("admin_categories.listed", _anchor=f"c-{code.replace('.', '-')}"))


# --- a new leaf ------------------------------------------------------------------------------------------------------


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty form."""
    return _new(Filled({"parent": request.args.get("family", "")}))


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Add a leaf, and say that the model does not know it yet."""
    answer = forms.submit(NEW, request.form, _added)
    if isinstance(answer, Filled):
        return _new(answer)
    flash(_(UNKNOWN), "amber")
    return redirect(url_for("admin_categories.shown", code=answer))


def _added(given: Mapping[str, Any]) -> str:
    values = {name: given[name] for name in ("name", "nature", "policy", "owners", "channel")}
    return editing.add_leaf(given["parent"], given["short"], values, current_user.login, clock.now())


def _new(form: Filled) -> Any:
    book = directory.current()
    return render_template(
        "admin/new_category.html", form=form, fields=NEW_FIELDS, book=book, unknown=UNKNOWN, kinds=_kinds(book),
        labels={one.name: _(one.label) for one in NEW_FIELDS}, rows=_shown_rows(form),
    ), form.status  # fmt: skip


# --- one of them -----------------------------------------------------------------------------------------------------


def _beside(code: str) -> dict[str, Any]:
    book = directory.current()
    leaf = book.categories.get(code)
    return {
        "leaf": leaf, "kinds": _kinds(book), "rows": _shown_rows, "known": leaf is None or code in _known(),
        "unknown": UNKNOWN, "gate": book.gates[leaf.gate].name if leaf and leaf.gate else "",
    }  # fmt: skip


def _kinds(book: Directory) -> dict[str, str]:
    """The kinds of departments that a duty may be given to: those that the region has."""
    return {code: kind.name for code, kind in book.kinds.items() if kind.active and book.department(code, book.region)}


def _shown_rows(form: Filled) -> int:
    """How many rows of owners a form shows."""
    filled = form.value("owners")
    last = max((int(name) for name in filled if name.isdecimal()), default=-1) if isinstance(filled, Mapping) else -1
    return min(last + 1 + SPARE, MOST_OWNERS)


admin_forms.serve(pages, DESK, "已保存，新来的诉求马上按新的内容办。", _beside)
