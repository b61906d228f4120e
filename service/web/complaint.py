"""A complaint's page for all who work on it: where it stands, what comes next, and all that is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import operations as accounts
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint, Event
from service.complaints.rules import CHANNELS, ENTERPRISE, FLAGS, RESPONDENT_KINDS, SIZES, STATES, STEPS, Step
from service.complaints.visibility import SCOPES
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.deadlines.rules import Deadline
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import NotFound, Stale
from service.http import STATUS, needs
from service.intake import attachments
from service.web import files, forms, steps, trail, words, worklists
from service.web.forms import Filled
from service.web.steps import ACTION, Control

READERS = tuple(sorted(SCOPES))
# Hidden in each form: the version and the number of events that its page showed.
VERSION, SEEN = "_version", "_seen"
RUNNING = ("running", "paused")
# What stands behind the codes that the page shows.
NAMES = {
    "flags": FLAGS,
    "channels": CHANNELS,
    "sizes": SIZES,
    "kinds": RESPONDENT_KINDS,
    "routed_by": {"model": "系统判断", "rule": "规则", "operator": "人工", "triage": "待派单"},
}

pages = Blueprint("complaint", __name__)


@dataclass(frozen=True)
class Panel:
    """What the reader can do now.

    Attributes:
        chosen: the step whose form is open; steps: the others, with the one that should come next, `following`, first.
        told: what was wrong with the last try; form: what stands in the open form.
        meanwhile: what others did since the reader opened the page.
        typed: what was filled into a form that is no longer open, so that nothing is lost.
    """

    steps: Sequence[Step]
    following: str = ""
    chosen: Step | None = None
    controls: Sequence[Control] = ()
    form: Filled = field(default_factory=Filled)
    told: Filled = field(default_factory=Filled)
    meanwhile: Sequence[str] = ()
    typed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Strip:
    """A deadline day by day.

    Attributes:
        passed, total: of the days that count, so far and in all; None for terms in hours.
        unpublished: the years it runs into whose working days nobody knows yet.
    """

    clock: Clock
    deadline: Deadline
    passed: int | None = None
    total: int | None = None
    unpublished: Sequence[int] = ()


@pages.get("/desk/complaints/<number>")
@needs(*READERS)
def page(number: str) -> Any:
    """A complaint as its reader may see it; `action` in the address opens that step's form."""
    return _shown(number, request.args.get("action", ""), Filled())


@pages.post("/desk/complaints/<number>/actions/<action>")
@needs(*READERS)
def act(number: str, action: str) -> Any:
    """Take a step of the workflow; what is wrong comes back on the page with all that was typed."""
    if action not in STEPS:
        raise NotFound(_("没有这个操作，请从诉求页面重新选择。"))
    answer = forms.submit(ACTION, request.form, lambda given: _take(number, action, given))
    if isinstance(answer, Filled):
        return _shown(number, action, answer)
    flash(_("「%(step)s」已完成，现在是「%(state)s」。", step=_(STEPS[action].name), state=_(answer)), "grass")
    return redirect(url_for("complaint.page", number=number))


@pages.get("/desk/complaints/<number>/attachments/<int:attachment_id>")
@needs(*READERS)
def attachment(number: str, attachment_id: int) -> Response:
    """A file of a complaint, always as a download: nothing that was sent in opens as a page of ours."""
    complaint, _roles = complaints.find(number, current_user)
    return files.sent(attachments.find(complaint.id, attachment_id))


def _take(number: str, action: str, given: dict[str, Any]) -> str:
    complaint, roles = complaints.find(number, current_user, lock=True)
    # A form that does not say which version it read may have read any.
    casework.check_version(complaint, {request.form.get(VERSION, "")})
    casework.act(complaint, roles, action, given, current_user, clock.now())
    return STATES[complaint.status].name


def _shown(number: str, action: str, told: Filled) -> Any:
    complaint, roles = complaints.find(number, current_user)
    book, clocks = directory.current(), deadlines.clocks_of(complaint.id)
    everything = bool(roles - {ENTERPRISE})
    events = complaints.trail(complaint, everything)
    names = accounts.names(trail.people(events)) if everything else {}
    panel = _panel(complaint, steps.steps_for(complaint.status, roles, complaint.spent), action, told, clocks, book)
    seen = reading.full(complaint, clocks, roles, book)
    return render_template(
        "complaint/page.html", seen=seen, names=NAMES, complaint=complaint,
        panel=replace(panel, meanwhile=_meanwhile(events, names)) if told.status == STATUS[Stale] else panel,
        strip=_strip(clocks, book), clocks=_in_order(clocks), today=clock.local(clock.now()).date(),
        receiver=book.departments[complaint.receiver].name, hands=_hands(complaint, book),
        details=trail.details(seen["details"]), attachments=attachments.of(complaint.id),
        trail=trail.entries(events, everything, reading.knows_who(complaint, roles), names, book), grave=steps.GRAVE,
        called=steps.CALLED,
    ), told.status  # fmt: skip


def _hands(complaint: Complaint, book: Directory) -> str:
    """In whose hands it is; empty once it is over."""
    return worklists.hands(complaint.queue_desk, complaint.queue_code or "", book) if complaint.queue_desk else ""


def _panel(
    complaint: Complaint, open_steps: Sequence[Step], action: str, told: Filled, clocks: Collection[Clock],
    book: Directory,
) -> Panel:  # fmt: skip
    """What can be done, with the form that was asked for or that usually comes next."""
    asked = next((step for step in open_steps if step.action == action), None)
    following = steps.next_step(open_steps, complaint.status, clocks)
    chosen = asked or (following if following and not following.needs else None)
    others = sorted((step for step in open_steps if step != chosen), key=lambda step: step != following)
    panel = Panel(others, following.action if following else "", chosen)
    if chosen is None:
        return replace(panel, told=_sayable(told, action, complaint, ()), typed=_typed(told))
    controls = steps.controls(chosen, complaint, book)
    again = bool(asked and told.message)
    said = _sayable(told, action, complaint, [control.name for control in controls] if again else ())
    form = told if again else Filled(steps.begun(chosen, complaint))
    return replace(panel, controls=controls, told=said, form=form, typed=() if again else _typed(told))


def _sayable(told: Filled, action: str, complaint: Complaint, shown: Collection[str]) -> Filled:
    """What was wrong, in words for people, and with links only to fields that the page shows."""
    errors = {name: said for name, said in told.errors.items() if name in shown}
    message = told.message
    if "allowed_actions" in told.errors:
        names = {"state": _(STATES[complaint.status].name), "step": _(STEPS[action].name)}
        message = _("这件诉求现在是「%(state)s」，不能再做「%(step)s」。", **names)
    elif told.status == STATUS[Stale]:
        message = _("您打开页面以后，这件诉求有了变化。请核对后再提交。")
    return replace(told, errors=errors, message=message)


def _typed(told: Filled) -> list[tuple[str, str]]:
    return [(steps.CALLED.get(name) or words.label(name), str(value)) for name, value in told.values.items()]


def _meanwhile(events: Sequence[Event], names: dict[int, str]) -> list[str]:
    """Who did what since the page was opened on which the form stood."""
    seen = request.form.get(SEEN, "")
    since = int(seen) if seen.isdecimal() and len(seen) < 10 else len(events)
    return [
        f"{words.moment(event.at)}　{trail.who(event, names)}：{trail.step_name(event)}"
        for event in events
        if event.seq > since
    ]


def _strip(clocks: Sequence[Clock], book: Directory) -> Strip | None:
    """The result clock day by day; before it runs, the one that ends first of those in days, else of all."""
    open_ones = [one for one in clocks if one.state in RUNNING]
    chosen = min(open_ones, key=lambda one: (one.kind != "result", _runs_in_hours(one), one.due_at), default=None)
    if chosen is None:
        return None
    now, calendar = clock.now(), deadlines.calendar(chosen.places, book.revision)
    deadline = deadlines.explain(chosen, book.revision, now)
    years = sorted({day.date.year for day in deadline.days if not calendar.is_published(day.date.year)})
    if chosen.term is None or _runs_in_hours(chosen):
        return Strip(chosen, deadline, unpublished=years)
    counted = [day.date for day in deadline.days if day.counted]
    return Strip(chosen, deadline, sum(day <= clock.local(now).date() for day in counted), len(counted), years)


def _runs_in_hours(one: Clock) -> bool:
    return one.term is not None and one.term.unit.in_hours


def _in_order(clocks: Sequence[Clock]) -> list[Clock]:
    """Those that run first, the soonest on top; then those that are over."""
    return sorted(clocks, key=lambda one: (one.state not in RUNNING, one.due_at, one.id))
