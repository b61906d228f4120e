"""The dispatcher's desk: what the machine was unsure of, and what it takes to send it on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.casework import handing
from service.casework import operations as casework
from service.casework.schemas import ActionSchema
from service.complaints import listing, reading
from service.complaints import operations as complaints
from service.complaints.listing import Standing
from service.complaints.models import Complaint
from service.complaints.rules import MARKS, STATES, STEPS, Step, allowed
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.directory.rules import Department, Directory
from service.errors import NotFound, Stale, WrongState
from service.http import STATUS, needs
from service.web import choices, forms, guesses, matters, speech, spoken, steps, together, trail, words
from service.web.forms import Filled

ACTION = ActionSchema()
ROLE, DESK = "dispatcher", "dispatcher"
TABS = {"": "全部", "submitted": "待受理", "accepted": "待派单", "supplementing": "等企业补正"}
OWN, ALL = "own", "all"
ROWS = 20
MORE = (
    Complaint.suggestions,
    Complaint.reason,
    Complaint.gates,
    Complaint.proposed_department,
    Complaint.proposed_channel,
    Complaint.spent,
    Complaint.pending,
    Complaint.hand_backs,
    Complaint.designated,
    Complaint.respondent_kind,
    Complaint.enterprise_size,
    Complaint.version,
)
# What is done at this desk; whatever else a dispatcher may do stands on the complaint's own page.
HERE = ("dispatch", "recall", "accept", "dispatch_on", "request_supplement", "answer", "refuse", "pass_on")
MEANWHILE = {STATUS[WrongState], STATUS[Stale]}

pages = Blueprint("dispatching", __name__)


@dataclass(frozen=True)
class Row:
    """A line of the worklist."""

    complaint: Complaint
    brief: dict[str, Any]
    choices: list[guesses.Choice]
    step: str
    returned: matters.Return | None

    @property
    def best(self) -> guesses.Choice | None:
        """What one key dispatches: the first choice, unless another step is due or nobody is known to own it."""
        first = self.choices[0] if self.choices and self.step == "dispatch" else None
        return first if first and first.is_offered else None


@pages.get("/desk/dispatching")
@needs(ROLE)
def desk() -> Any:
    """What waits at the own desk, or at all desks below it, the earliest limit first."""
    now, book, asked = clock.now(), directory.current(), _asked()
    queues = _queues(current_user, asked["scope"])
    wanted = Wanted(desk=DESK, queues=queues, status=asked["state"] or None, sort="due", limit=ROWS,
                    cursor=request.args.get("cursor") or None)  # fmt: skip
    page = listing.page(wanted, current_user, now, MORE)
    following = _address(asked, cursor=page.next_cursor) if page.next_cursor else None
    returned = matters.returned(page.items, book)
    return render_template(
        "dispatching/desk.html",
        asked=asked,
        rows=[_row(complaint, book, returned.get(complaint.id)) for complaint in page.items],
        following=following,
        paged=wanted.cursor is not None,
        flags=MARKS,
        gates=book.gates,
        steps=STEPS,
        **_tabs(listing.standings(DESK, current_user, now), asked),
    )


@pages.get("/desk/dispatching/<number>")
@needs(ROLE)
def case(number: str) -> Any:
    """One complaint with all that a dispatcher can do to it, one step's form at a time."""
    return _case(number, request.args.get("do", ""), None)


@pages.post("/desk/dispatching/<number>/<action>")
@needs(ROLE)
def act(number: str, action: str) -> Any:
    """Take a step; dispatching accepts with the same stroke where nobody has accepted yet."""
    done = forms.submit(ACTION, request.form, lambda given: _act(number, action, given))
    if together.is_asked_by_script():
        return _row_again(number, action, done)
    if isinstance(done, Filled):
        return _case(number, action, done)
    flash(done, "grass")
    return redirect(_address(_asked()))


def _row_again(number: str, action: str, done: Any) -> Any:
    """What takes the row's place: that it was sent on, with a way back, or the row as it stands now."""
    complaint, _roles = complaints.find(number, current_user)
    asked, now, book = _asked(), clock.now(), directory.current()
    counted = _tabs(listing.standings(DESK, current_user, now), asked)
    if action == "dispatch" and not isinstance(done, Filled):
        return render_template("dispatching/done.html", complaint=complaint, done=done, asked=asked, **counted)
    told = done if isinstance(done, Filled) else Filled()
    if told.status in MEANWHILE:
        told = replace(told, message=_meanwhile(complaint, book))
    page = listing.page(Wanted(desk=DESK, numbers=[number], limit=1), current_user, now, MORE)
    returned = matters.returned(page.items, book)
    rows = [_row(one, book, returned.get(one.id)) for one in page.items]
    return render_template("dispatching/again.html", row=rows[0] if rows else None, number=number, told=told,
                           asked=asked, flags=MARKS, gates=book.gates, steps=STEPS, **counted), told.status  # fmt: skip


def _act(number: str, action: str, given: Mapping[str, Any]) -> str:
    """Do it, and say what was done."""
    if action in STEPS and ROLE in STEPS[action].roles and action not in HERE:
        raise NotFound(_("这一步请在诉求的页面上办理。"))
    complaint, roles = complaints.find(number, current_user, lock=True)
    if "_version" in request.form:
        casework.check_version(complaint, {request.form["_version"]}, roles)
    if action == "dispatch":
        casework.accept_and_dispatch(complaint, roles, given, current_user, clock.now())
        name = directory.current().departments[complaint.department or ""].name
        return _("%(number)s 已派给%(name)s。", number=number, name=name)
    casework.act(complaint, roles, action, given, current_user, clock.now())
    return _("%(number)s：已%(step)s。", number=number, step=STEPS[action].name)


# --- the worklist ----------------------------------------------------------------------------------------------------


def _asked() -> dict[str, str]:
    """Which part of the worklist the address asks for; what it cannot mean is left out."""
    state, scope = request.args.get("state", ""), request.args.get("scope", OWN)
    return {"state": state if state in TABS else "", "scope": scope if scope in {OWN, ALL} else OWN}


def _address(asked: Mapping[str, str], **changes: str) -> str:
    """The address of the worklist with something changed; what is usual is left out."""
    parts: Mapping[str, Any] = {name: value for name, value in {**asked, **changes}.items() if value not in {"", OWN}}
    return url_for("dispatching.desk", **parts)


def _queues(reader: Reader, scope: str) -> Collection[str] | None:
    """The places whose queues are meant; None for every place."""
    grants = [grant for grant in reader.grants if grant.role == ROLE]
    if scope == OWN:
        return {grant.place for grant in grants if grant.place}
    if any(grant.places is None for grant in grants):
        return None
    return {place for grant in grants for place in grant.places or ()}


def _tabs(standings: list[Standing], asked: Mapping[str, str]) -> dict[str, Any]:
    """The states and the two scopes, each with what stands there."""
    inside = {scope: _standing_in(standings, _queues(current_user, scope)) for scope in (OWN, ALL)}
    here = inside[asked["scope"]]
    tabs = [_tab(state, name, here, asked) for state, name in TABS.items()]
    return {"tabs": tabs, "scopes": {scope: sum(row.count for row in rows) for scope, rows in inside.items()}}


def _standing_in(standings: list[Standing], queues: Collection[str] | None) -> list[Standing]:
    return [row for row in standings if queues is None or row.queue in queues]


def _tab(state: str, name: str, here: list[Standing], asked: Mapping[str, str]) -> dict[str, Any]:
    rows = [row for row in here if state in {"", row.status}]
    return {
        "name": _(name),
        "url": _address(asked, state=state),
        "count": sum(row.count for row in rows),
        "late": sum(row.late for row in rows),
        "current": state == asked["state"],
    }


def _row(complaint: Complaint, book: Directory, returned: matters.Return | None) -> Row:
    choices_, step = guesses.choices(complaint, book), _likely_step(complaint)
    return Row(complaint, reading.brief(complaint, book), choices_, step, returned)


def _likely_step(complaint: Complaint) -> str:
    """What a dispatcher most probably does next; nothing where the enterprise is waited for."""
    if "dispatch" not in _possible(complaint, {ROLE}):
        return ""
    if complaint.proposed_channel and complaint.status in STEPS["refuse"].sources:
        return "pass_on" if complaint.sealed else "refuse"
    return "dispatch"


def _possible(complaint: Complaint, roles: Collection[str]) -> dict[str, Step]:
    """The steps that can be taken here, dispatching first: it accepts what nobody has accepted yet."""
    can = [step.action for step in steps.steps_for(complaint, {ROLE} & set(roles)) if step.action in HERE]
    if "accept" in can or "dispatch" in can:
        can = ["dispatch", *(action for action in can if action != "dispatch")]
    return {action: STEPS[action] for action in can}


def _elsewhere(complaint: Complaint, roles: Collection[str]) -> list[Step]:
    """The steps of a dispatcher that stand on the complaint's own page."""
    return [STEPS[action] for action in allowed(complaint, {ROLE} & set(roles)) if action not in HERE]


# --- one complaint ---------------------------------------------------------------------------------------------------


def _case(number: str, do: str, failed: Filled | None) -> Any:
    """The page of one complaint, with the form of one step as it was filled in."""
    complaint, roles = complaints.find(number, current_user)
    book, possible = directory.current(), _possible(complaint, roles)
    place = _place(complaint, book)
    step = possible.get(do) or possible.get(_likely_step(complaint)) or next(iter(possible.values()), None)
    found = guesses.choices(complaint, book, place if place != complaint.region else None)
    form = failed or _begun(step, complaint, found)
    if failed and failed.status in MEANWHILE:
        form = replace(failed, message=_meanwhile(complaint, book))
    told = reading.full(complaint, (), roles, book)
    page = render_template(
        "dispatching/case.html",
        asked=_asked(),
        complaint=complaint,
        told=told,
        supplied=_supplied(complaint, roles, book),
        spoken=spoken.spoken(complaint, told, book),
        choices=found,
        place=place,
        possible=possible,
        elsewhere=_elsewhere(complaint, roles),
        returned=matters.returned([complaint], book).get(complaint.id),
        unsure=guesses.unsure(complaint, book),
        step=step,
        form=form,
        called=steps.CALLED,
        flag_names=speech.listed([MARKS[flag] for flag in complaint.flags]),
        **_fields(step, place, complaint, book),
    )
    return page, form.status


def _supplied(complaint: Complaint, roles: Collection[str], book: Directory) -> str:
    """What the enterprise added when it was asked to; empty where nobody asked."""
    asked = "request_supplement" in complaint.spent
    last = complaints.last_of(complaint.id, ("supplement",)) if asked else None
    return reading.event(last, True, reading.cover_for(complaint, roles, book), book)["data"]["text"] if last else ""


def _begun(step: Step | None, complaint: Complaint, found: list[guesses.Choice]) -> Filled:
    """The step's form before anybody types: what the machine proposed stands in it."""
    if step is None:
        return Filled()
    first = found[0] if found and found[0].is_offered else None
    if first is None or first.department is None:
        return Filled(steps.begun(step, complaint))
    other = {} if first.kept else {"category": first.code}
    return Filled(steps.begun(step, complaint) | {"department": first.department.code} | other)


def _place(complaint: Complaint, book: Directory) -> str | None:
    """Where the dispatcher looks for departments: where the matter lies, unless another place was asked for."""
    asked = request.args.get("place", "")
    return asked if asked in book.places else complaint.region


def _fields(step: Step | None, place: str | None, complaint: Complaint, book: Directory) -> dict[str, Any]:
    """What the step's form asks for."""
    if step is None:
        return {}
    if step.action != "dispatch":
        return {"controls": steps.controls(step, complaint, book)}
    return {
        "places": choices.places(book),
        "categories": choices.categories(book),
        "offices": _offices(place or complaint.dispatch_place, complaint, book),
    }


def _offices(place: str, complaint: Complaint, book: Directory) -> dict[str, dict[str, str]]:
    """The departments of a place and of all above it; who must stay out of it is there, and says so."""
    return {
        book.places[code].name: {office.code: _office(office, complaint, book) for office in _by_name(book, code)}
        for code in book.chain(place)
    }


def _by_name(book: Directory, place: str) -> list[Department]:
    """A place's departments as a dictionary has their names: this encoding counts common characters by their sound."""
    return sorted(book.offices(place), key=lambda office: office.name.encode("gb18030"))


def _office(office: Department, complaint: Complaint, book: Directory) -> str:
    barred = handing.not_for(office.code, complaint, book) is not None
    return _("%(name)s（须回避）", name=office.name) if barred else office.name


def _meanwhile(complaint: Complaint, book: Directory) -> str:
    """Who did what, while this page still showed how things stood before."""
    last = complaints.last_event(complaint)
    names = accounts.names(trail.people([last]))
    who = _("您自己") if last.actor_id == current_user.id else trail.who(last, names)
    told = reading.event(last, True, reading.AS_WRITTEN, book)
    what, office = _(told["name"]), told["data"].get("department_name")
    what = _("%(what)s（%(office)s）", what=what, office=speech.told(office)) if office else what
    now = _(STATES[complaint.status].name)
    return _("%(at)s，%(who)s已经办了「%(what)s」，现在是「%(now)s」。您刚才的操作没有生效。",
             at=words.moment(last.at), who=who, what=what, now=now)  # fmt: skip
