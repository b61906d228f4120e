"""The words of notices, as an administrator keeps them: for what, for whom, by which channel; with history and undo."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

from service.http import needs
from service.notices import administration, rules
from service.notices.models import NoticeTemplate
from service.notices.schemas import WordsSchema
from service.web import admin_forms, speech
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field
from service.web.notices import tabs

pages = Blueprint("admin_notices", __name__, url_prefix="/admin/notices/templates")


def _called(code: str, _values: Mapping[str, Any]) -> str:
    return " · ".join(map(speech.told, _told(administration.template(code)).values()))


def _preview(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    return administration.preview(code, values["subject"], values["body"])


DESK = Desk(
    pages="admin_notices", of=administration.TEMPLATE, schema=WordsSchema(), list_name="全部模板", called=_called,
    trial=_preview, trying="预览", template="notices/template.html",
    fields=(Field("subject", "标题"), Field("body", "内容", control="textarea")),
)  # fmt: skip


@pages.get("")
@needs(*READERS)
def listed() -> str:
    """All templates; for administrators with the way to the other parts of the work."""
    rows, may = [(one, _told(one)) for one in administration.templates()], ADMINISTRATOR in current_user.roles
    return render_template("notices/templates.html", tabs=tabs() if may else [], rows=rows, may=may)


def _told(one: NoticeTemplate) -> dict[str, str]:
    """For what, whom and where a template is."""
    return {
        "action": _("其他事项") if one.action == rules.GENERAL else rules.action_name(one.action),
        "audience": rules.AUDIENCES.get(one.audience, _("所有人")),
        "group": rules.GROUPS[one.group],
    }


def _beside(code: str) -> dict[str, Any]:
    """What the page shows beside the form."""
    found = administration.template(code)
    return {
        "group": found.group, "longest": rules.LONGEST[found.group],
        "example": administration.preview(code, found.subject, found.body),
        "placeholders": {name: rules.PLACEHOLDERS[name] for name in rules.placeholders(found.group)},
    }  # fmt: skip


admin_forms.serve(pages, DESK, "模板已保存，以后的通知都用新的文字。", _beside)
