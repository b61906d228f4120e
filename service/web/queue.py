"""What a department's queue is made of: its lists, its filters and its columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from service.accounts.rules import Reader
from service.complaints import listing
from service.complaints.rules import CHANNELS, MARKS, OPEN, STATES
from service.complaints.wanted import Wanted
from service.directory.rules import Directory
from service.fields import Choice
from service.web import words, worklists
from service.web.forms import Filled
from service.web.worklists import DUE, FilterSchema

DESK = "department"
# All that waits at this desk, whatever its state.
WAITING = "open"
TABS = ("dispatched", "handling", "waiting", "drafted", "handing_back", "approved", "replied")
# Lists that no single state makes: what others lead and asked this department's help with, what a head rules on.
HELPING, EXTENSION = "helping", "extension"
# What a state is called at this desk, where that is not its usual name.
CALLED = {"handing_back": "退单中"}
STATUSES = {
    WAITING: "全部在办",
    **{code: CALLED.get(code, state.name) for code, state in STATES.items() if state.desk != "dispatcher"},
    HELPING: "协办",
    EXTENSION: "延期申请",
}
# What a row tells beside the matter: what was asked, and by whom.
ASKERS = {HELPING: ("invite",), EXTENSION: ("ask_extension",), "handing_back": ("hand_back",)}
# tab → what will appear there, and what one can do now
EMPTY = {
    WAITING: ("这里将列出等待本部门办理的诉求", "现在没有，都办完了。"),
    "dispatched": ("这里将列出等待签收的诉求", "现在没有。新派来的诉求应在 4 个工作小时内签收。"),
    "handling": ("这里将列出正在办理的诉求", "现在没有。签收以后，诉求会出现在这里。"),
    "waiting": ("这里将列出等待企业补充材料的诉求", "现在没有。"),
    "drafted": ("这里将列出等待负责人审签的答复", "现在没有。"),
    "handing_back": ("这里将列出申请退单、等待审核的诉求", "现在没有。"),
    "approved": ("这里将列出已审签、可以发给企业的答复", "现在没有。"),
    "replied": ("这里将列出已答复、等待回访的诉求", "现在没有。"),
    HELPING: ("这里将列出请本部门协办的诉求", "现在没有。需要提意见的，请在诉求页面填写协办意见。"),
    EXTENSION: ("这里将列出等您决定的延期申请", "现在没有。"),
}
OTHERWISE = ("这里将列出处于这个状态的诉求", "现在没有。")
ME, NOBODY = "me", "none"
SORTS = {"due": "期限在前", "newest": "最近提交的在前", "updated": "最近有变化的在前"}

# Columns beside those that are always there (what is left, the number, the matter).
COLUMNS = {
    "enterprise": "企业",
    "region": "地区",
    "department": "承办部门",
    "assignee": "承办人",
    "status": "状态",
    "category": "类别",
    "respondent": "反映的对象",
    "amount": "涉及金额",
    "channel": "来源渠道",
    "filed": "提交时间",
    "updated": "最近变化",
}
USUAL = ("enterprise", "region", "assignee", "status")
Names = Mapping[int, str]
# column → what stands in it
CELLS: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "enterprise": lambda row, names: row["enterprise"]["name"],
    "region": lambda row, names: row["region"]["name"] if row["region"] else _("未写明"),
    "department": lambda row, names: row["department"]["name"] if row["department"] else _("没有派给部门"),
    "assignee": lambda row, names: names.get(row["assignee"], _("未分办")),
    "status": lambda row, names: row["status_name"],
    "category": lambda row, names: row["category"]["name"] if row["category"] else "",
    "respondent": lambda row, names: row["respondent"]["name"] if row["respondent"] else "",
    "amount": lambda row, names: words.yuan(row["amount"]),
    "channel": lambda row, names: _(CHANNELS[row["channel"]]),
    "filed": lambda row, names: words.moment(row["created_at"]),
    "updated": lambda row, names: words.moment(row["updated_at"]),
}


class QueueSchema(FilterSchema):
    """The filters of the queue."""

    class Meta:
        exclude = ("department", "limit")

    status = Choice(STATUSES)
    due = Choice(DUE)
    who = fields.String(validate=validate.Regexp(rf"({ME}|{NOBODY}|\d{{1,18}})\Z", error="没有这位承办人。"))
    flag = Choice(MARKS)
    sort = Choice(SORTS)


QUEUE = QueueSchema()


def usual(reader: Reader) -> str:
    """The list with which somebody begins: a head with what waits for approval."""
    return "drafted" if "head" in reader.roles else WAITING


def tabs(reader: Reader) -> tuple[str, ...]:
    """A head's approvals and rulings come first."""
    if "head" not in reader.roles:
        return (WAITING, *TABS, HELPING)
    return ("drafted", EXTENSION, WAITING, *(code for code in TABS if code != "drafted"), HELPING)


def wanted(given: Mapping[str, Any], reader: Reader, limit: int) -> Wanted:
    """What an address asks for, as it was read by the schema.

    What is open comes with the earliest limit first, unless another order is asked for; what is answered or over has
    no limit any more. What others lead is in no list but its own.
    """
    filters = {name: value for name, value in given.items() if name not in {"status", "sort", "who"}}
    status, sort = given.get("status") or usual(reader), given.get("sort", "due")
    asked = replace(_part(status), **filters, **_whose(given.get("who", ""), reader), limit=limit)
    ends = status in STATES and status not in OPEN
    return replace(asked, sort="newest" if ends and sort == "due" else sort)


def _part(status: str) -> Wanted:
    """A list without its filters."""
    if status == WAITING:
        return Wanted(helping=False, desk=DESK)
    if status == HELPING:
        return Wanted(helping=True, going_on=True)
    if status == EXTENSION:
        return Wanted(helping=False, pending=(EXTENSION,), ruler="head")
    return Wanted(helping=False, status=status)


def _whose(who: str, reader: Reader) -> dict[str, Any]:
    if who == NOBODY:
        return {"unassigned": True}
    return {"assignee": reader.id if who == ME else int(who)} if who else {}


def counted(given: Mapping[str, Any], reader: Reader, now: datetime) -> dict[str, int]:
    """Tab → how many it holds under the filters, in one statement."""
    filters = {name: value for name, value in given.items() if name not in {"status", "sort", "who", "cursor"}}
    whole = Wanted(**filters, **_whose(given.get("who", ""), reader), going_on=True)
    return listing.tallied(whole, {code: _part(code) for code in tabs(reader)}, reader, now)


def told_tabs(form: Filled, status: str, reader: Reader, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The tabs as a page shows them."""
    return [
        {"name": _(STATUSES[code]), "url": worklists.address(form, f"{DESK}.desk", status=code),
         "count": counts.get(code), "current": code == status, "late": False}
        for code in tabs(reader)
    ]  # fmt: skip


def choices(reader: Reader, colleagues: Names, book: Directory, who: str = "") -> dict[str, Mapping[str, Any]]:
    """The choices of each filter; `who`: the colleague that is chosen, who may work here no more."""
    others = {str(user_id): name for user_id, name in colleagues.items() if user_id != reader.id}
    gone = {who: _("不在本部门的人")} if who.isdecimal() and int(who) not in {reader.id, *colleagues} else {}
    return {
        "status": STATUSES,
        "family": worklists.families(book),
        "region": worklists.regions(reader, book),
        "due": DUE,
        "who": {ME: _("分给我的"), NOBODY: _("还没有分办的")} | ({_("同事"): others} if others else {}) | gone,
        "flag": MARKS,
        "sort": SORTS,
    }


def columns(chosen: Sequence[str] | None) -> list[str]:
    """The columns that are shown, in the order of the table; a choice that an older version kept may name others."""
    return [code for code in COLUMNS if code in (USUAL if chosen is None else chosen)]
