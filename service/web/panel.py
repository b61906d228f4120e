"""What a reader of a complaint's page knows of it, and what there is to do: the panel with the open step's form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from service.accounts import operations as accounts
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint, Event
from service.complaints.reading import Cover
from service.complaints.rules import ENTERPRISE, STATES, STEPS, Step
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Stale
from service.http import STATUS
from service.web import inserts, rulings, steps, trail, words
from service.web.forms import Filled
from service.web.inserts import Inserts
from service.web.steps import Control

# Hidden in each form: the version and the number of events that its page showed.
VERSION, SEEN = "_version", "_seen"
# The digits after these belong to what else stands on the page.
MOST_KEYS = 7


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
        inserts: templates and phrases for the open form.
        keys: step → its key, for what stands in the bar.
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
    inserts: Inserts | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A complaint with all that its page is made of, read once.

    Attributes:
        roles: in which the reader reaches it; knows: whether persons' numbers are shown as they were written.
        names: what the people in its events and who works on it are called; nothing for the enterprise.
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
        people = {*trail.people(events), *filter(None, [complaint.assignee])}
        names = accounts.names(people) if roles - {ENTERPRISE} else {}
        return cls(complaint, roles, directory.current(), deadlines.clocks_of(complaint.id), events, names)

    @property
    def everything(self) -> bool:
        """Whether the reader is staff, who read all events."""
        return bool(self.roles - {ENTERPRISE})

    @property
    def knows(self) -> bool:
        """Whether persons' numbers are shown as they were written."""
        return reading.knows_who(self.complaint, self.roles)

    @cached_property
    def cover(self) -> Cover:
        """How the reader reads what was written about the complaint."""
        return reading.cover_for(self.complaint, self.roles, self.book)

    def told(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        """Some events as the timeline shows them, the newest first."""
        return trail.entries(events, self.everything, self.cover, self.names, self.book)


def panel(known: Known, seen: Mapping[str, Any], action: str, told: Filled) -> Panel:
    """What can be done, with the form that was asked for or that usually comes next."""
    complaint, clocks, book = known.complaint, known.clocks, known.book
    able = rulings.own(steps.steps_for(complaint, known.roles), known.roles, clocks, book)
    asked = next((step for step in able if step.action == action), None)
    following = steps.next_step(able, complaint.status, clocks)
    chosen = asked or (following if following and (following.settles or not following.needs) else None)
    around = steps.near(able, following, complaint.status)
    rest = [step for step in able if step not in (following, *around)]
    words_on = known.told(rulings.words_on(chosen, able, complaint.status, known.events))
    done = Panel(
        following, chosen, [step for step in around if step != chosen],
        steps.grouped([step for step in rest if step != chosen]), words_on[::-1],
        rulings.advice(chosen, clocks, book), keys=_keys(following, around, rest),
    )  # fmt: skip
    if told.status == STATUS[Stale]:
        done = replace(done, meanwhile=_meanwhile(known))
    if chosen is None:
        return replace(done, told=_sayable(told, action, complaint, ()), typed=_typed(told))
    return _opened(done, chosen, known, seen, action, told, again=bool(asked and told.message))


def _keys(following: Step | None, around: Sequence[Step], rest: Sequence[Step]) -> dict[str, str]:
    """The keys of the next step, of what is near it, and of the rest where it is little; the same whichever is open."""
    bar = [*filter(None, [following]), *around, *(rest if len(rest) <= steps.FEW else ())]
    return {step.action: str(key) for key, step in enumerate(bar[:MOST_KEYS], start=1)}


def _opened(
    closed: Panel, chosen: Step, known: Known, seen: Mapping[str, Any], action: str, told: Filled, again: bool
) -> Panel:
    """The panel with the form of the chosen step; `again`: as it came back, with what was wrong."""
    complaint, book = known.complaint, known.book
    controls = steps.controls(chosen, complaint, book)
    said = _sayable(told, action, complaint, [control.name for control in controls] if again else ())
    found = inserts.inserts(chosen, complaint, seen, known.clocks, book)
    begun = inserts.begun(Filled(steps.begun(chosen, complaint)), found, request.args.get("insert", ""))
    form, typed = (told, []) if again else (begun, _typed(told))
    return replace(closed, controls=controls, told=said, form=form, typed=typed, inserts=found)


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
        _(
            "%(at)s　%(who)s：%(step)s",
            at=words.moment(event.at),
            who=trail.who(event, known.names),
            step=trail.step_name(event),
        )
        for event in known.events
        if event.seq > since
    ]
