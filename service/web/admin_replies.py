"""Templates for what enterprises are told, as an administrator keeps them: for what, for whom, in which words."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.audit.changing import Changeable
from service.casework import wording
from service.casework.wording import KINDS, LONGEST_BODY, LONGEST_NAME, PLACEHOLDERS
from service.directory import operations as directory
from service.directory.rules import Directory
from service.fields import Choice, Flag, Schema, Text
from service.http import needs
from service.web import admin_forms, forms
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field, one_of, plain
from service.web.forms import Filled

TEMPLATE = Changeable("reply_template", wording.read, wording.write)

pages = Blueprint("admin_replies", __name__, url_prefix="/admin/replies")


class TemplateSchema(Schema):
    """A template's form."""

    name = Text(most=LONGEST_NAME, required=True)
    kind = Choice(KINDS, required=True)
    family = Text(most=30, load_default=None)
    body = Text(most=LONGEST_BODY, lines=True, required=True)
    active = Flag(load_default=False)


def _families(book: Directory) -> Any:
    return {code: family.name for code, family in book.families.items() if family.active}


def _family(value: Any, book: Directory) -> str:
    return book.families[value].name if value in book.families else _("所有大类")


def _preview(_code: str, values: Mapping[str, Any]) -> str:
    """What a template would say of an example complaint."""
    wording.check(values)
    return wording.example(values["body"])


DESK = Desk(
    pages="admin_replies", of=TEMPLATE, schema=TemplateSchema(), list_name="全部答复模板", trial=_preview,
    trying="预览",
    called=lambda _code, values: str(values["name"]), template="admin/reply.html",
    fields=(
        Field("name", "名称", attributes={"maxlength": LONGEST_NAME}),
        Field("kind", "用途", control="select", options=lambda _book: dict(KINDS), blank="请选择", said=one_of(KINDS)),
        Field("family", "用于哪个大类", control="select", options=_families, blank="所有大类", optional=True,
              said=_family),
        Field("body", "内容", control="textarea", hint="花括号里是占位符，用的时候换成诉求的内容。", said=plain,
              attributes={"rows": 10}),
        Field("active", "在用", control="checkbox", hint="停用后承办人选不到。"),
    ),
)  # fmt: skip


@pages.get("")
@needs(*READERS)
def listed() -> str:
    """All templates by what they are for; those put away stand last."""
    book = directory.current()
    rows = [(one, _(KINDS[one.kind]), _family(one.family, book)) for one in wording.templates()]
    return render_template("admin/replies.html", rows=rows, may=ADMINISTRATOR in current_user.roles)


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty form."""
    return _new(Filled())


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Make a template or, by the other button, show what it would say."""
    trying = request.form.get("_do") == admin_forms.TRIAL
    answer = forms.submit(DESK.schema, request.form, lambda given: _preview("", given) if trying else _added(given))
    if isinstance(answer, Filled):
        return _new(answer)
    if trying:
        return _new(Filled(forms.read(request.form)), answer)
    flash(_("模板已新增，承办人马上可以选用。"), "grass")
    return redirect(url_for("admin_replies.listed"))


def _added(given: Mapping[str, Any]) -> str:
    return wording.add(given, current_user, clock.now()).code


def _new(form: Filled, result: str = "") -> Any:
    return render_template(
        "admin/new_reply.html", form=form, fields=DESK.fields[:-1], labels=DESK.labels(), book=directory.current(),
        result=result, placeholders=PLACEHOLDERS,
    ), form.status  # fmt: skip


admin_forms.serve(pages, DESK, "已保存，以后选用的都是新的文字。", lambda _code: {"placeholders": PLACEHOLDERS})
