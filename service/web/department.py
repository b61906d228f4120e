"""The department's desk: its queue, due first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts.rules import Reader
from service.complaints import listing
from service.complaints.listing import Wanted
from service.complaints.rules import OPEN, STATES
from service.directory import operations as directory
from service.fields import Choice
from service.http import needs
from service.web import worklists
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.worklists import DUE, ROWS, FilterSchema

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

pages = Blueprint("department", __name__)


class QueueSchema(FilterSchema):
    """The filters of the queue."""

    class Meta:
        exclude = ("department", "sort", "limit")

    status = Choice(STATUSES)
    due = Choice(DUE)


QUEUE = QueueSchema()


@pages.get("/desk/department")
@needs("department_dispatcher", "handler", "head")
def desk() -> Any:
    """The department's queue; a head's begins with what waits for approval."""
    form, given = worklists.asked(QUEUE)
    if number := worklists.number_in(form):
        return redirect(url_for("complaint.page", number=number))
    reader = working_at("department.desk", current_user)
    status = given.get("status") or ("drafted" if "head" in reader.roles else WAITING)
    filters = {name: value for name, value in given.items() if name != "status"}
    queue = worklists.shown(form, _wanted(filters, status), reader, ASKERS.get(status, ()))
    counts = {} if queue.form.errors else _counts(filters, reader)
    tabs = [_tab(queue.form, code, status, counts) for code in _tabs(reader)]
    return render_template("department/queue.html", queue=queue, tabs=tabs, status=status,
                           empty=EMPTY.get(status, OTHERWISE), choices=_choices(reader)), queue.form.status  # fmt: skip


def _wanted(filters: Mapping[str, Any], status: str) -> Wanted:
    """What is open comes with the earliest limit first; what is answered or over, the newest first.

    What others lead is in no list but its own.
    """
    due = Wanted(**filters, helping=False, sort="due", limit=ROWS)
    if status == WAITING:
        return replace(due, desk=DESK)
    if status == HELPING:
        return replace(due, helping=True)
    if status == EXTENSION:
        return replace(due, pending=(EXTENSION,), ruler="head")
    return replace(due, status=status, sort="due" if status in OPEN else "newest")


def _counts(filters: Mapping[str, Any], reader: Reader) -> dict[str, int]:
    """State, or list of another kind, → how many it holds under the filters."""
    filters, now = {**filters, "cursor": None}, clock.now()
    counts = listing.by_status(Wanted(**filters, helping=False), reader, now)
    beside = (HELPING, EXTENSION)
    return counts | dict(zip(beside, listing.totals([_wanted(filters, code) for code in beside], reader, now),
                             strict=True))  # fmt: skip


def _tabs(reader: Reader) -> tuple[str, ...]:
    """A head's approvals and rulings come first."""
    if "head" not in reader.roles:
        return (WAITING, *TABS, HELPING)
    return ("drafted", EXTENSION, WAITING, *(code for code in TABS if code != "drafted"), HELPING)


def _tab(form: Filled, code: str, status: str, counts: dict[str, int]) -> dict[str, Any]:
    here = [state for state, at in STATES.items() if at.desk == DESK] if code == WAITING else [code]
    return {
        "name": _(STATUSES[code]),
        "url": worklists.address(form, status=code),
        "count": sum(counts.get(state, 0) for state in here),
        "current": code == status,
        "late": False,
    }


def _choices(reader: Reader) -> dict[str, dict[str, Any]]:
    book = directory.current()
    return {
        "status": STATUSES,
        "family": worklists.families(book),
        "region": worklists.regions(reader, book),
        "due": DUE,
    }
