"""The supervisor's desk: what waits for a ruling, the day in numbers, who is late, and what is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields, validate

from service import clock
from service.accounts.rules import Reader
from service.casework import operations as casework
from service.casework import wording
from service.complaints import listing
from service.complaints import operations as complaints
from service.complaints.listing import Burden
from service.complaints.rules import STEPS
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotFound
from service.fields import Choice, Schema, Text
from service.http import needs
from service.web import docket, forms, together, worklists
from service.web.desks import working_at
from service.web.docket import ACTION, ANSWERS, BY_CODE, CALLED, Answer
from service.web.forms import Filled
from service.web.worklists import ROWS, FilterSchema, Worklist

HERE, ROLE = "supervision.desk", "supervisor"


@dataclass(frozen=True)
class List:
    """A list of the desk: what it is called, and what it holds."""

    name: str
    about: str


LISTS = {
    "rulings": List("待裁定", "等您裁定的退单、延期、会商等"),
    "overdue": List("已逾期", "超过期限还没有办的诉求"),
    "soon": List("两天内到期", "期限在两天以内的诉求"),
    "accepted": List("今日受理", "今天 0 时以来受理的诉求"),
    "closed": List("今日办结", "今天 0 时以来回访后办结的诉求"),
}
FIRST, DOCKET = "rulings", "rulings"
# The numbers of the day.
FIGURES = ("rulings", "overdue", "accepted", "closed")
# So many rulings stand on a page: each is read with both sides' words.
CASES = 15
# So many are listed, and so many of them at once.
MOST_HANDS, SHOWN_HANDS = 40, 8
# What a department can be pressed with in one stroke: step → which of its complaints, and the words it has by itself.
PRESSED = {
    "supervise": ("overdue", "期限已过，请立即办理，并报告进展和预计办结的时间。"),
    "press": ("soon", "期限将到，请抓紧办理，按时答复企业。"),
}
# At most so many at a stroke; nobody is pressed again within a day.
MOST_PRESSED, BETWEEN = 50, timedelta(hours=24)

pages = Blueprint("supervision", __name__)


class WorklistSchema(FilterSchema):
    """Which list, and its filters."""

    show = Choice({code: one.name for code, one in LISTS.items()})
    kind = Choice(CALLED)
    desk = Choice({"dispatcher": "派单", "department": "部门", "supervisor": "督办", "revisit": "回访"})
    queue = fields.String(validate=validate.Length(max=60, error="没有这个单位。"))


class PressSchema(Schema):
    """Which department is pressed, and what it is told."""

    department = ACTION.fields["department"]
    demand = Text(most=500, lines=True)


WORKLIST, SAID, PRESS = WorklistSchema(), docket.SaidSchema(), PressSchema()


@pages.get("/desk/supervision")
@needs(ROLE)
def desk() -> Any:
    """What waits for a ruling, what happened today, what is late and with whom."""
    form, _given = worklists.asked(WORKLIST)
    if number := worklists.number_in(form):
        return redirect(url_for("complaint.page", number=number))
    return _page()


def _page(told: Mapping[str, Filled] | None = None, wrong: Filled | None = None) -> Any:
    """The desk.

    Args:
        told: number → what was wrong with a ruling on it.
        wrong: what was wrong with what was sent for several at once.
    """
    reader, now, book = working_at(HERE, current_user), clock.now(), directory.current()
    worklist, show = _worklist(reader, now, told or {}, book)
    gone = _gone(told or {}, worklist)
    wrong = wrong or gone
    burdens = listing.burdens(reader, now, MOST_HANDS)
    page = render_template(
        "supervision/desk.html", worklist=worklist, listed=show, lists=LISTS, figures=FIGURES, wrong=wrong,
        gone=bool(gone.message),
        hands=_hands(worklist.form, book), burdens=[_burden(one, book) for one in burdens], most=MOST_HANDS,
        shown=SHOWN_HANDS, families=worklists.families(book), regions=worklists.regions(reader, book), now=now,
        filters=_filters(worklist.form), pressed=PRESSED, steps=STEPS, most_pressed=MOST_PRESSED,
        phrases=wording.phrases(current_user.id) if show == DOCKET else (),
        several=_several(worklist) if show == DOCKET else (), **_counted(worklist.form, show, reader, now),
    )  # fmt: skip
    return page, max(worklist.form.status, wrong.status, *(one.status for one in (told or {}).values()), 200)


def _worklist(
    reader: Reader, now: datetime, told: Mapping[str, Filled], book: Directory, **more: Any
) -> tuple[Worklist, str]:
    """The list that the address asks for, and its code."""
    form, given = worklists.asked(WORKLIST)
    show = given.get("show", FIRST)
    chosen = {name: value for name, value in given.items() if name not in {"show", "kind"}} | more
    wanted = _wanted(show, chosen, now, given.get("kind"))
    if show != DOCKET:
        return worklists.shown(form, wanted, reader, endpoint=HERE), show
    made = lambda items: docket.cases(items, told, book)  # noqa: E731 - it is handed on at once
    return worklists.shown(form, wanted, reader, endpoint=HERE, make=made, more=docket.MORE), show


def _wanted(show: str, given: Mapping[str, Any], now: datetime, kind: str | None = None) -> Wanted:
    """A list behind one of the numbers, narrowed down by filters; what is due comes with the earliest limit first."""
    if show == DOCKET:
        return Wanted(**given, to_rule=[kind] if kind else list(ANSWERS), sort="ruling", limit=CASES)
    filtered = Wanted(**given, limit=ROWS)
    if show in {"overdue", "soon"}:
        return replace(filtered, due=show, sort="due")
    actions = {"accepted": ("accept",), "closed": ("close", "lapse_closing")}[show]
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(filtered, actions=actions, since=midnight)


def _counted(form: Filled, show: str, reader: Reader, now: datetime) -> dict[str, Any]:
    """What the tabs and the kinds of rulings hold, without filters, in one statement."""
    kinds = {kind: _wanted(DOCKET, {}, now, kind) for kind in ANSWERS} if show == DOCKET else {}
    lists = {code: _wanted(code, {}, now) for code in LISTS} | kinds
    counts = dict(zip(lists, listing.totals(list(lists.values()), reader, now), strict=True))
    chosen = form.value("kind") if show == DOCKET else ""
    return {
        "counts": counts,
        "tabs": [_tab(code, show, counts) for code in LISTS],
        "kinds": [_kind(kind, chosen, counts) for kind in ["", *kinds]],
    }


def _tab(code: str, show: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """A list without its filters, since its number is that of the whole."""
    address = url_for(HERE, show=code, _anchor="list")
    name, late = _(LISTS[code].name), code == "overdue"
    return {"name": name, "url": address, "count": counts[code], "current": code == show, "late": late}


def _kind(kind: str, chosen: str, counts: Mapping[str, int]) -> dict[str, Any]:
    address = url_for(HERE, show=DOCKET, kind=kind or None, _anchor="list")
    name = _(CALLED[kind]) if kind else _("全部")
    return {"name": name, "url": address, "count": counts[kind or DOCKET], "current": kind == chosen}


def _filters(form: Filled) -> dict[str, Any]:
    """What the address asked for, so that whoever rules comes back to the same list."""
    return {} if form.errors else dict(form.values)


def _several(worklist: Worklist) -> Collection[Answer]:
    """The answers that can be given to several at once: only where all stand before the same question."""
    kind = worklist.form.value("kind")
    return [answer for answer in ANSWERS.get(kind, ()) if answer.together] if len(worklist.rows) > 1 else ()


def _burden(one: Burden, book: Directory) -> dict[str, Any]:
    return {
        "name": worklists.hands(one.desk, one.queue, book),
        "department": one.queue if one.desk == "department" else "",
        "overdue": one.overdue,
        "soon": one.soon,
        "desk": one.desk,
        "queue": one.queue,
    }


def _hands(form: Filled, book: Directory) -> str:
    """Whose complaints the list is narrowed down to; empty where it is not."""
    desk_, queue = form.value("desk"), form.value("queue")
    return worklists.hands(desk_, queue, book) if desk_ and queue and not form.errors else ""


# --- ruling ----------------------------------------------------------------------------------------------------------


@pages.post("/desk/supervision/rulings/<number>")
@needs(ROLE)
def rule(number: str) -> Any:
    """Rule on what is asked about one complaint; where a script asks, the answer is what stands in the row's place."""
    answer = _answer()
    done = forms.submit(SAID, request.form, lambda said: _rule(number, answer, said))
    if isinstance(done, Filled):
        return _refused(number, docket.told(done))
    if not together.is_asked_by_script():
        flash(done, "grass")
        return _back()
    reader, now = working_at(HERE, current_user), clock.now()
    form, given = worklists.asked(WORKLIST)
    return render_template("supervision/ruled.html", number=number, done=done,
                           **_counted(form, given.get("show", FIRST), reader, now))  # fmt: skip


def _answer() -> Answer:
    """The answer whose button was pressed."""
    answer = BY_CODE.get(request.form.get("_answer", ""))
    if answer is None:
        raise NotFound(_("没有这个操作，请从列表重新选择。"))
    return answer


def _rule(number: str, answer: Answer, said: Mapping[str, Any]) -> str:
    """Take the step, and say what was ruled."""
    complaint, roles = complaints.find(number, current_user, lock=True)
    casework.check_version(complaint, {request.form.get("_version", "")}, roles)
    casework.act(complaint, roles & {ROLE}, answer.action, docket.given(answer, said), current_user, clock.now())
    return _("%(number)s：%(answer)s", number=number, answer=_(answer.called))


def _refused(number: str, told: Filled) -> Any:
    """The row once more, with what was wrong; without a script the whole list."""
    if not together.is_asked_by_script():
        return _page({number: told})
    reader, now, book = working_at(HERE, current_user), clock.now(), directory.current()
    worklist, _show = _worklist(reader, now, {number: told}, book, numbers=[number])
    page = render_template("supervision/again.html", worklist=worklist, number=number, told=told,
                           filters=_filters(worklist.form), phrases=wording.phrases(current_user.id))  # fmt: skip
    return page, told.status


def _gone(told: Mapping[str, Filled], worklist: Worklist) -> Filled:
    """What was wrong with a ruling on a complaint that no longer stands on the list."""
    left = {case.complaint.number for case in worklist.rows} if told else set()
    return next((one for number, one in told.items() if number not in left), Filled())


@pages.post("/desk/supervision/rulings")
@needs(ROLE)
def rule_all() -> Any:
    """Give one answer to all that was ticked, each of them as the list showed it."""
    answer = _answer()
    ticked = dict(one.partition("@")[::2] for one in request.form.getlist("numbers"))
    if not answer.together:
        raise NotFound(_("这样的裁定要一件一件地作。"))
    done = forms.submit(SAID, _without_numbers(), lambda said: _rule_all(ticked, answer, said))
    if isinstance(done, Filled):
        return _page(wrong=docket.told(done))
    together.tell(answer.called, done)
    return _back()


def _without_numbers() -> Any:
    form = request.form.copy()
    form.poplist("numbers")
    return form


def _rule_all(ticked: Mapping[str, str], answer: Answer, said: Mapping[str, Any]) -> list[casework.Outcome]:
    given = docket.given(answer, said)
    if not ticked:
        raise Invalid(_("请先勾选要裁定的诉求。"), {"numbers": [_("请先勾选要裁定的诉求。")]})
    if answer.needs_words and answer.field not in given:
        raise Invalid(_("请写明理由。"), {"text": [_("请写明理由。")]})
    return casework.act_on_all(list(ticked), answer.action, given, current_user, clock.now(), ticked)


def _back() -> Any:
    """To the list that the form stood under, as its address has it."""
    form, _given = worklists.asked(WORKLIST)
    return redirect(url_for(HERE, **form.values, _anchor="list"), 303)


# --- pressing --------------------------------------------------------------------------------------------------------


@pages.post("/desk/supervision/departments/<action>")
@needs(ROLE)
def press(action: str) -> Any:
    """Send a department an order for each of its overdue complaints, or press it for those that soon will be."""
    if action not in PRESSED:
        raise NotFound(_("没有这个操作，请从列表重新选择。"))
    done = forms.submit(PRESS, request.form, lambda said: _press(action, said))
    if isinstance(done, Filled):
        return _page(wrong=done)
    if done:
        together.tell(STEPS[action].name, done)
    else:
        flash(_("这个部门的这些诉求，24 小时内都已经督促过。"), "amber")
    return _back()


def _press(action: str, said: Mapping[str, Any]) -> list[casework.Outcome]:
    """Those that wait the longest first."""
    due, usual = PRESSED[action]
    if "department" not in said:
        raise Invalid(_("请选择部门。"), {"department": [_("请选择部门。")]})
    reader, now = working_at(HERE, current_user), clock.now()
    wanted = Wanted(desk="department", queue=said["department"], due=due, sort="due", limit=MOST_PRESSED,
                    untouched=((action,), now - BETWEEN))  # fmt: skip
    numbers = [one.number for one in listing.page(wanted, reader, now).items]
    field = "reason" if "reason" in STEPS[action].needs else "note"
    return casework.act_on_all(numbers, action, {field: said.get("demand") or usual}, current_user, now)
