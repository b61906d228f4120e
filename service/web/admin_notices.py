"""The words of notices, as an administrator keeps them: for what, for whom, by which channel; with history and undo."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from service.http import needs
from service.notices import administration, rules
from service.notices.models import NoticeTemplate
from service.notices.schemas import WordsSchema
from service.web import admin_forms, speech
from service.web.admin_forms import ADMINISTRATOR, Desk, Field
from service.web.notices import tabs

pages = Blueprint("admin_notices", __name__, url_prefix="/admin/notices/templates")


def _called(code: str, _values: Mapping[str, Any]) -> str:
    return " · ".join(map(speech.told, _told(administration.template(code)).values()))


def _preview(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    return administration.preview(code, values["subject"], values["body"])


DESK = Desk(
    pages="admin_notices", of=administration.TEMPLATE, schema=WordsSchema(), list_name="全部模板", called=_called,
    trial=_preview, template="notices/template.html",
    fields=(Field("subject", "标题"), Field("body", "内容", control="textarea")),
)  # fmt: skip


@pages.get("")
@needs(ADMINISTRATOR)
def listed() -> str:
    """All templates."""
    rows = [(one, _told(one)) for one in administration.templates()]
    return render_template("notices/templates.html", tabs=tabs(), rows=rows)


def _told(one: NoticeTemplate) -> dict[str, str]:
    """For what, whom and where a template is."""
    return {
        "action": _("其他事项") if one.action == rules.GENERAL else rules.action_name(one.action),
        "audience": rules.AUDIENCES.get(one.audience, _("所有人")),
        "group": rules.GROUPS[one.group],
    }


@pages.get("/<code>")
@needs(ADMINISTRATOR)
def shown(code: str) -> Any:
    """One template, with what it says of an example, and what was done to it."""
    return admin_forms.page(DESK, code, **_beside(code))


@pages.post("/<code>")
@needs(ADMINISTRATOR)
def edit(code: str) -> Any:
    """Show what new words would say or, by the other button, keep them."""
    return admin_forms.edit(DESK, code, _("模板已保存，以后的通知都用新的文字。"), **_beside(code))


@pages.post("/<code>/undo/<int:entry_id>")
@needs(ADMINISTRATOR)
def undo(code: str, entry_id: int) -> Any:
    """Take back a change of the words."""
    return admin_forms.undo(DESK, code, entry_id, url_for("admin_notices.shown", code=code), **_beside(code))


def _beside(code: str) -> dict[str, Any]:
    """What the page shows beside the form."""
    found = administration.template(code)
    return {
        "group": found.group, "longest": rules.LONGEST[found.group],
        "example": administration.preview(code, found.subject, found.body),
        "placeholders": {name: rules.PLACEHOLDERS[name] for name in rules.placeholders(found.group)},
    }  # fmt: skip
