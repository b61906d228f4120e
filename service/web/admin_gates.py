"""Gates as an administrator keeps them: what decides before all categories, and what is then said to the filer."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from service.directory import operations as directory
from service.directory.editing import GATE
from service.directory.rules import EFFECTS
from service.fields import Schema, Text
from service.http import needs
from service.routing.schemas import Words
from service.web import admin_duties, admin_forms
from service.web.admin_forms import READERS, Desk, Field

pages = Blueprint("admin_gates", __name__, url_prefix="/admin/gates")


class GateSchema(Schema):
    """A gate's form."""

    name = Text(most=40, required=True)
    channel = Text(most=300, lines=True, required=True)
    cues = Words(most=3000, lines=True, load_default=list)


def _values(_code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given)


DESK = Desk(
    pages="admin_gates", of=GATE, schema=GateSchema(), list_name="全部关口", values=_values,
    called=lambda _code, values: str(values["name"]), template="admin/gate.html",
    trial=lambda code, values: admin_duties.compared("gates", code, values),
    fields=(
        Field("name", "名称", attributes={"maxlength": 40}),
        Field("channel", "告诉企业的话", control="textarea", attributes={"rows": 4},
              hint="不受理或转走时照着说：为什么、该找谁、以后还能怎么办。"),
        Field("cues", "识别的说法", control="textarea", optional=True, attributes={"rows": 6},
              hint="一行一个；标题和正文里有一个，就当作这种情形。"),
    ),
)  # fmt: skip


@pages.get("")
@needs(*READERS)
def listed() -> str:
    """All gates in the order in which they are asked."""
    rows = [(gate, _(EFFECTS[gate.effect])) for gate in directory.current().gates.values()]
    return render_template("admin/gates.html", rows=rows)


def _beside(code: str) -> dict[str, Any]:
    gate = directory.current().gates.get(code)
    return {"effect": _(EFFECTS[gate.effect]) if gate else ""}


admin_forms.serve(pages, DESK, "已保存，新来的诉求马上按新的内容办。", _beside)
