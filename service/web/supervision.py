"""The supervisor's desk: the day in three numbers, who is late, and what is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields, validate

from service import clock
from service.complaints import listing
from service.complaints.listing import Burden, Wanted
from service.directory import operations as directory
from service.directory.rules import Directory
from service.fields import Choice
from service.http import needs
from service.web import worklists
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.worklists import ROWS, FilterSchema


@dataclass(frozen=True)
class List:
    """A list of the desk.

    Attributes:
        name, about: what it is called, and what it holds; advice: what is to be done with it.
        askers: the steps by which a ruling is asked for; each row tells what the last of them said.
        wanted: what it holds, where that does not depend on the moment.
    """

    name: str
    about: str
    askers: tuple[str, ...] = ()
    wanted: Wanted | None = None


def _ruling(name: str, about: str, *askers: str, **wanted: Any) -> List:
    return List(name, about, askers, Wanted(limit=ROWS, **wanted))


LISTS = {
    "overdue": List("已逾期", "超过期限还没有办的诉求"),
    "soon": List("两天内到期", "期限在两天以内的诉求"),
    "handing_back": _ruling("退单审核", "部门退回、等您裁定的诉求", "hand_back", status="handing_back", sort="due"),
    "consulting": _ruling("会商中", "正在会商、等您指定部门的诉求", "consult", status="consulting", sort="due"),
    "extension": _ruling("延期审核", "申请延期、由您决定的诉求", "ask_extension", pending=("extension",),
                         ruler="supervisor", sort="due"),
    "redo": _ruling("重办审核", "企业再次申请重办的诉求", "ask_redo", status="redo_asked", sort="due"),
    "suspended": _ruling("挂起待复核", "已挂起、到期要复核的诉求", "suspend", status="suspended", sort="due"),
    "misuse": _ruling("滥用认定与申诉", "提请认定滥用，或对认定提出申诉的诉求", "report_misuse", "appeal_misuse",
                      pending=("misuse", "misuse_appeal")),
    "counting": _ruling("计数申诉", "承办部门认为不应计入考核的诉求", "appeal_counting", pending=("counting",)),
    "accepted": List("今日受理", "今天 0 时以来受理的诉求"),
    "closed": List("今日办结", "今天 0 时以来回访后办结的诉求"),
}  # fmt: skip
FIRST = "overdue"
# The three numbers of the day.
FIGURES = (("accepted", "今日受理"), ("closed", "今日办结"), ("overdue", "现在逾期"))
# So many are listed, and so many of them at once.
MOST_HANDS, SHOWN_HANDS = 100, 8

pages = Blueprint("supervision", __name__)


class WorklistSchema(FilterSchema):
    """Which list, and its filters."""

    show = Choice({code: one.name for code, one in LISTS.items()})
    desk = Choice({"dispatcher": "派单", "department": "部门", "supervisor": "督办", "revisit": "回访"})
    queue = fields.String(validate=validate.Length(max=60, error="没有这个单位。"))


WORKLIST = WorklistSchema()


@pages.get("/desk/supervision")
@needs("supervisor")
def desk() -> Any:
    """What happened today, what is late and with whom, and the complaints behind each number."""
    form, given = worklists.asked(WORKLIST)
    if number := worklists.number_in(form):
        return redirect(url_for("complaint.page", number=number))
    reader, now, book = working_at("supervision.desk", current_user), clock.now(), directory.current()
    show = given.get("show", FIRST)
    chosen = {name: value for name, value in given.items() if name != "show"}
    worklist = worklists.shown(form, _wanted(show, chosen, now), reader, LISTS[show].askers)
    counts = dict(zip(LISTS, listing.totals([_wanted(code, {}, now) for code in LISTS], reader, now), strict=True))
    burdens = [_told(one, book) for one in listing.burdens(reader, now, MOST_HANDS)]
    return render_template(
        "supervision/desk.html", worklist=worklist, listed=show, lists=LISTS, figures=FIGURES, counts=counts,
        tabs=[_tab(code, show, counts) for code in LISTS], hands=_hands(worklist.form, book),
        burdens=burdens, most=MOST_HANDS, shown=SHOWN_HANDS,
        families=worklists.families(book), regions=worklists.regions(reader, book), now=now,
    ), worklist.form.status  # fmt: skip


def _wanted(show: str, given: Mapping[str, Any], now: datetime) -> Wanted:
    """A list behind one of the numbers, narrowed down by filters; what is due comes with the earliest limit first."""
    if (ruling := LISTS[show].wanted) is not None:
        return replace(ruling, **given)
    filtered = Wanted(**given, limit=ROWS)
    if show in {"overdue", "soon"}:
        return replace(filtered, due=show, sort="due")
    actions = {"accepted": ("accept",), "closed": ("close", "lapse_closing")}[show]
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(filtered, actions=actions, since=midnight)


def _tab(code: str, show: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """A list without its filters, since its number is that of the whole."""
    address = url_for("supervision.desk", show=code, _anchor="list")
    name, late = _(LISTS[code].name), code == "overdue"
    return {"name": name, "url": address, "count": counts[code], "current": code == show, "late": late}


def _told(one: Burden, book: Directory) -> dict[str, Any]:
    link: dict[str, Any] = {"desk": one.desk, "queue": one.queue, "_anchor": "list"}
    return {
        "name": worklists.hands(one.desk, one.queue, book),
        "overdue": one.overdue,
        "soon": one.soon,
        "overdue_url": url_for("supervision.desk", show="overdue", **link),
        "soon_url": url_for("supervision.desk", show="soon", **link),
    }


def _hands(form: Filled, book: Directory) -> str:
    """Whose complaints the list is narrowed down to; empty where it is not."""
    desk_, queue = form.value("desk"), form.value("queue")
    return worklists.hands(desk_, queue, book) if desk_ and queue and not form.errors else ""
