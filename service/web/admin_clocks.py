"""The terms of clocks as an administrator changes them: how long, when reminded, on what basis, from which day on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from service import clock
from service.casework import recounting
from service.deadlines import terms
from service.deadlines.ladder import KINDS, RUNGS
from service.deadlines.terms import CLOCK, TERMS
from service.directory import operations as directory
from service.errors import Invalid
from service.fields import Choice, Count, Day, Flag, Schema, Several, Text
from service.http import needs
from service.jobs import outbox
from service.web import admin_forms
from service.web.admin_forms import READERS, Desk, Field, one_of, plain
from service.web.promises import spoken_length

LAST = 1000
MOST_DAYS, MOST_HOURS = 3650, 87600
UNITS = {
    "working_hours": "工作小时", "clock_hours": "小时（昼夜连续）", "working_days": "工作日", "calendar_days": "自然日",
}  # fmt: skip
REGIMES = {
    "any": "其他全部", "802": "支付条例的拖欠", "assigned": "上级交办", "urgent": "紧急事项", "inquiry": "咨询",
    "default": "政务失信", "policy": "政策不落实",
}  # fmt: skip
STEPS = {code: rung.name for code, rung in RUNGS.items()}
PAST = "生效日期不能早于今天：已经开始的时限不会倒回去改。"
LATER = "从以后某天起生效的，到时候新开始的时限才按新的算；要一起改正在走的，请选今天。"

pages = Blueprint("admin_clocks", __name__, url_prefix="/admin/clocks")


class TermsSchema(Schema):
    """A clock's form."""

    length = Count(least=1, most=MOST_HOURS, load_default=None)
    unit = Choice(UNITS, load_default=None)
    cap = Count(least=1, most=MOST_DAYS, load_default=None)
    longest = Count(least=1, most=MOST_HOURS, load_default=None)
    extensions = Count(least=1, most=9, load_default=1)
    basis = Text(most=120, required=True)
    ladder = Several(Choice(STEPS), most=len(STEPS), load_default=list)
    valid_from = Day(required=True)
    document = Text(most=120, required=True)
    running = Flag(load_default=False)


def _values(code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The terms and from when they hold; nothing where they are as they stand."""
    today = clock.local(clock.now()).date()
    if given["valid_from"] < today:
        raise Invalid(PAST, {"valid_from": [PAST]})
    if given["running"] and given["valid_from"] > today:
        raise Invalid(LATER, {"running": [LATER]})
    values = {name: given[name] for name in TERMS} | {"ladder": [rung for rung in RUNGS if rung in given["ladder"]]}
    before = terms.read(code)
    planned = before["valid_from"] is not None and before["valid_from"] > today.isoformat()
    if not planned and all(before[name] == value for name, value in values.items()):
        return {}
    return {**values, "valid_from": given["valid_from"].isoformat()}


def _tried(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the terms would have done to the clocks of the last complaints."""
    whole = {**terms.read(code), **values}
    terms.check(terms.rule(code), whole)
    if not whole["length"]:
        return {"moves": None}
    since, revision = recounting.since_last(LAST), directory.current().revision
    return {"moves": terms.moves(code, whole, since, clock.now(), revision)}


def _then(code: str, given: Mapping[str, Any]) -> None:
    """Let the clocks that run follow, where that was chosen."""
    if given["running"]:
        outbox.add("casework.follow_terms", {"code": code, "document": given["document"], "after_id": 0})


def _ladder(value: Any, _book: Any) -> str:
    return " → ".join(_(STEPS[code]) for code in value or ()) or _("不提醒")


def _begins(value: Any, book: Any) -> str:
    return plain(value, book) if value else _("一直")


def _from_today(value: Any) -> str:
    today = clock.local(clock.now()).date().isoformat()
    return max(value or today, today)


DESK = Desk(
    pages="admin_clocks", of=CLOCK, schema=TermsSchema(), list_name="全部时限", template="admin/clock.html",
    values=_values, trial=_tried, then=_then, noted=("document", "running"),
    called=lambda code, _values: terms.rule(code).name,
    fields=(
        Field("length", "期限", attributes={"type": "number", "min": 1, "inputmode": "numeric", "css": "short"}),
        Field("unit", "按什么算", control="select", options=lambda _book: dict(UNITS), said=one_of(UNITS)),
        Field("longest", "延长后最长", hint="按同样的单位；不能延长的空着。", optional=True,
              attributes={"type": "number", "min": 1, "css": "short"}),
        Field("extensions", "最多延长几次", attributes={"type": "number", "min": 1, "max": 9, "css": "short"}),
        Field("cap", "无论如何不超过", hint="自然日，从开始那天算；不限的空着。", optional=True,
              attributes={"type": "number", "min": 1, "css": "short"}),
        Field("basis", "依据", hint="企业会看到。法律定的期限写“依据：”和法规第几条；自己定的写服务承诺。",
              attributes={"maxlength": 120}),
        Field("ladder", "提醒和督办", control="checkboxes", options=lambda _book: dict(STEPS), said=_ladder,
              hint="期限过了七成提醒，到期催办，过期以后逐级督办。", optional=True),
        Field("valid_from", "从哪天起", said=_begins, typed=_from_today, attributes={"type": "date"},
              hint="这一天起新开始的时限按新的算，已经在走的不动。"),
        Field("document", "根据哪份文件", hint="文号和名称，记入变更记录。", attributes={"maxlength": 120}),
        Field("running", "正在走的时限也按新的算", control="checkbox",
              hint="每一件会变的都记入诉求的经过；延期过的不动。只有从今天起生效的才能选。"),
    ),
)  # fmt: skip


@pages.get("")
@needs(*READERS)
def listed() -> str:
    """All clocks: what holds today, on what basis, and what is to come."""
    rows = [
        {
            "rule": rule, "kind": _(KINDS[rule.kind]), "regime": _(REGIMES[rule.regime]), "basis": (now or rule).basis,
            "length": _length(now or rule), "ladder": _ladder((now or rule).ladder, None),
            "coming": coming and {"from": coming.valid_from, "length": _length(coming)},
        }
        for rule, now, coming in terms.rules(clock.now())
    ]  # fmt: skip
    order = list(KINDS.values())
    rows.sort(key=lambda row: order.index(KINDS[row["rule"].kind]))
    return render_template("admin/clocks.html", rows=rows)


def _length(row: Any) -> str:
    """How long a clock runs, and how long at most."""
    if not row.length:
        return _("由上级定")
    text = spoken_length(row.length, row.unit)
    if row.longest:
        text = _("%(text)s，最长 %(longest)s", text=text, longest=spoken_length(row.longest, row.unit))
    return text


def _beside(code: str) -> dict[str, Any]:
    rule, today = terms.rule(code), clock.local(clock.now()).date()
    begins = terms.read(code)["valid_from"]
    planned = date.fromisoformat(begins) if begins and begins > today.isoformat() else None
    return {
        "rule": rule, "kind": _(KINDS[rule.kind]), "regime": _(REGIMES[rule.regime]), "planned": planned,
        "lawful": rule.mark == "V", "today": today, "last": LAST,
    }  # fmt: skip


admin_forms.serve(pages, DESK, "已保存，从您选的那天起，新开始的时限按新的算。", _beside)
