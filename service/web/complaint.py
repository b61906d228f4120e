"""A complaint's page for all who work on it: where it stands, what comes next, and all that is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import operations as accounts
from service.casework import letters
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint, Event
from service.complaints.rules import (
    CHANNELS,
    ENTERPRISE,
    MARKS,
    QUESTIONS,
    RESPONDENT_KINDS,
    SATISFACTION,
    SIZES,
    STATES,
    STEPS,
    Step,
)
from service.complaints.visibility import SCOPES
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import NotFound, Stale
from service.http import STATUS, needs
from service.intake import attachments, duplicates
from service.web import files, forms, matters, rulings, spoken, steps, strips, trail, words, worklists
from service.web.forms import Filled
from service.web.letters import PRIVATE
from service.web.steps import ACTION, Control

READERS = tuple(sorted(SCOPES))
# Hidden in each form: the version and the number of events that its page showed.
VERSION, SEEN = "_version", "_seen"
# What stands behind the codes that the page shows.
NAMES = {
    "flags": MARKS,
    "questions": QUESTIONS,
    "satisfaction": SATISFACTION,
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
        following: the step that should come next; chosen: the one whose form is open.
        near: what could be done instead of the next step; groups: all else, by what it is about.
        asked: what the sides said that the reader has to rule on; advice: what should be known before.
        told: what was wrong with the last try; form: what stands in the open form.
        meanwhile: what others did since the reader opened the page.
        typed: what was filled into a form that is no longer open, so that nothing is lost.
    """

    following: Step | None = None
    chosen: Step | None = None
    near: Sequence[Step] = ()
    groups: Sequence[tuple[str, Sequence[Step]]] = ()
    asked: Sequence[Mapping[str, Any]] = ()
    advice: Sequence[str] = ()
    controls: Sequence[Control] = ()
    form: Filled = field(default_factory=Filled)
    told: Filled = field(default_factory=Filled)
    meanwhile: Sequence[str] = ()
    typed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Known:
    """A complaint with all that its page is made of, read once.

    Attributes:
        roles: in which the reader reaches it; knows: whether persons' numbers are shown as they were written.
        names: what the people in its events are called; nothing for the enterprise.
    """

    complaint: Complaint
    roles: frozenset[str]
    book: Directory
    clocks: Sequence[Clock]
    events: Sequence[Event]
    names: Mapping[int, str]

    @classmethod
    def read(cls, number: str) -> "Known":
        """What the reader may know of a complaint."""
        complaint, roles = complaints.find(number, current_user)
        events = complaints.trail(complaint, bool(roles - {ENTERPRISE}))
        names = accounts.names(trail.people(events)) if roles - {ENTERPRISE} else {}
        return cls(complaint, roles, directory.current(), deadlines.clocks_of(complaint.id), events, names)

    @property
    def everything(self) -> bool:
        """Whether the reader is staff, who read all events."""
        return bool(self.roles - {ENTERPRISE})

    @property
    def knows(self) -> bool:
        """Whether persons' numbers are shown as they were written."""
        return reading.knows_who(self.complaint, self.roles)

    def told(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        """Some events as the timeline shows them, the newest first."""
        return trail.entries(events, self.everything, self.knows, self.names, self.book)


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
    state, issued = answer
    if issued:
        return _issued(number, issued)
    flash(_("「%(step)s」已完成，现在是「%(state)s」。", step=_(STEPS[action].name), state=_(state)), "grass")
    return redirect(url_for("complaint.page", number=number))


@pages.get("/desk/complaints/<number>/similar")
@needs(*READERS)
def similar(number: str) -> Any:
    """What may be about the same matter; the complaint's page puts it in its place, so that it need not wait."""
    complaint, _roles = complaints.find(number, current_user)
    found = duplicates.candidates(complaint, current_user, clock.now())
    return render_template("complaint/similar.html", number=number, found=found)


@pages.get("/desk/complaints/<number>/attachments/<int:attachment_id>")
@needs(*READERS)
def attachment(number: str, attachment_id: int) -> Response:
    """A file of a complaint, always as a download: nothing that was sent in opens as a page of ours."""
    complaint, _roles = complaints.find(number, current_user)
    return files.sent(attachments.find(complaint.id, attachment_id))


def _take(number: str, action: str, given: dict[str, Any]) -> tuple[str, Mapping[str, str]]:
    """Take a step; gives the state after it, and what only who took it may see, and only now."""
    complaint, roles = complaints.find(number, current_user, lock=True)
    # A form that does not say which version it read may have read any.
    casework.check_version(complaint, {request.form.get(VERSION, "")}, roles)
    deed = casework.act(complaint, roles, action, given, current_user, clock.now())
    return STATES[complaint.status].name, deed.shown


def _issued(number: str, issued: Mapping[str, str]) -> Response:
    """The page with a letter's one-time link: in this answer and nowhere else, so that no cookie carries it along."""
    link = url_for("letters.opened", token=issued["token"], _external=True)
    response = make_response(_shown(number, "", Filled(), {"letter": issued["letter"], "link": link}))
    response.headers.update(PRIVATE)
    return response


def _shown(number: str, action: str, told: Filled, issued: Mapping[str, str] | None = None) -> Any:
    known = Known.read(number)
    complaint, clocks, book = known.complaint, known.clocks, known.book
    panel = _panel(known, action, told)
    seen = reading.full(complaint, clocks, known.roles, book)
    return render_template(
        "complaint/page.html", seen=seen, names=NAMES, complaint=complaint, issued=issued,
        panel=replace(panel, meanwhile=_meanwhile(known)) if told.status == STATUS[Stale] else panel,
        strip=strips.strip(clocks, complaint.status, book), clocks=strips.in_order(clocks),
        today=clock.local(clock.now()).date(), hands=_hands(complaint, book),
        receiver=book.departments[complaint.receiver].name,
        details=trail.details(seen["details"]), attachments=attachments.of(complaint.id),
        trail=known.told(known.events), grave=steps.GRAVE,
        letters=letters.seen(complaint.id, known.roles, current_user),
        joined=matters.joined(complaint, known.events, current_user) if known.everything else matters.Joined(),
        helpers=matters.helpers(complaint, clocks, known.events, known.knows, book) if known.everything else [],
        called=steps.CALLED, spoken=spoken.spoken(complaint, seen, book) if known.everything else None,
    ), told.status  # fmt: skip


def _hands(complaint: Complaint, book: Directory) -> str:
    """In whose hands it is; empty once it is over."""
    return worklists.hands(complaint.queue_desk, complaint.queue_code or "", book) if complaint.queue_desk else ""


def _panel(known: Known, action: str, told: Filled) -> Panel:
    """What can be done, with the form that was asked for or that usually comes next."""
    complaint, clocks, book = known.complaint, known.clocks, known.book
    able = rulings.own(steps.steps_for(complaint, known.roles), known.roles, clocks, book)
    asked = next((step for step in able if step.action == action), None)
    following = steps.next_step(able, complaint.status, clocks)
    chosen = asked or (following if following and (following.settles or not following.needs) else None)
    near = [step for step in steps.near(able, following, complaint.status) if step != chosen]
    rest = [step for step in able if step not in (chosen, following, *near)]
    words_on = known.told(rulings.words_on(chosen, able, complaint.status, known.events))
    panel = Panel(following, chosen, near, steps.grouped(rest), words_on[::-1], rulings.advice(chosen, clocks, book))
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


def _meanwhile(known: Known) -> list[str]:
    """Who did what since the page was opened on which the form stood."""
    seen = request.form.get(SEEN, "")
    since = int(seen) if seen.isdecimal() and len(seen) < 10 else len(known.events)
    return [
        f"{words.moment(event.at)}　{trail.who(event, known.names)}：{trail.step_name(event)}"
        for event in known.events
        if event.seq > since
    ]
