"""Following a complaint by number and query code, and what the enterprise can do about it meanwhile."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields

from service import clock
from service.casework import operations as casework
from service.casework.answering import TIME_TO_RATE, TIME_TO_REDO
from service.casework.asking import BETWEEN_URGES
from service.casework.schemas import ActionSchema
from service.complaints import numbering, reading
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import ANSWERS, ENTERPRISE, SATISFACTION, allowed
from service.crypto import keyed_hash
from service.deadlines import operations as deadlines
from service.deadlines.ladder import INTERNAL
from service.deadlines.rules import due
from service.directory import operations as directory
from service.errors import NotFound
from service.fields import Schema, Text
from service.http import public, takes
from service.intake import attachments
from service.web import files, forms, telling
from service.web.forms import Filled
from service.web.promises import DONE

pages = Blueprint("progress", __name__)

FOLLOWED = "followed"
MOST_FOLLOWED = 5
SOLVED = {"true": "已经解决", "false": "没有解决"}
VERSION, TOKEN, GO, MORE = "_version", "_files", "_go", "_more"
ACTION = ActionSchema()
# By which steps the enterprise adds material, by what the state asks for.
ADDING = ("supplement", "supply_material")
# What is handed in with files: the button → the step where none fits the state, and what is told once it is done.
ADDED = {"add": ADDING[0], "message": "message"}
SENT = {"add": "材料已经交给工作人员。", "message": "留言已经发出，承办单位看得到；回复也显示在这里。"}
# States in which the reply is the last word so far.
ANSWERED = ("replied", "answered", "revisited", "closed", "explained")

# What the enterprise does by a form of its own → what it is told then.
STEPS: dict[str, str] = {
    "close": "感谢确认，这件诉求已经办结。",
    "rate": "评价已经记下，谢谢。",
    "urge": "已经催办，承办单位和它的负责人会看到。",
    "redo": "已经申请重办，会换一位承办人重新办理。",
    "ask_redo": "申请已经交给督办人，由他决定是否重办。",
    "appeal_misuse": "申诉已经交给督办人裁定。",
    "withdraw": "诉求已经撤回。",
}
STEP = f"/progress/<number>/<any({','.join(STEPS)}):action>"


class Number(fields.String):
    """A complaint's number as people type it: small letters, full width, blanks and dashes do not count."""

    default_error_messages = {"misspelt": "编号不对，请对照回执核对，例如 QS20261121-0000123-1。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        number = numbering.read(super()._deserialize(value, *args, **kwargs))
        if number is None:
            raise self.make_error("misspelt")
        return number


class FollowSchema(Schema):
    """What opens a complaint for anybody."""

    number = Number(required=True)
    query_code = Text(most=60, required=True)


FOLLOW = FollowSchema()


# --- who may see -----------------------------------------------------------------------------------------------------


def follow(number: str, hashed_code: bytes) -> None:
    """Let this browser see a complaint from now on: its session keeps a proof that the code was given, not the code."""
    others = {other: proof for other, proof in session.get(FOLLOWED, {}).items() if other != number}
    kept = list(others.items())[-(MOST_FOLLOWED - 1) :]
    session[FOLLOWED] = dict([*kept, (number, complaints.proof_of(number, hashed_code))])


def opened_here(number: str, lock: bool = False) -> Complaint:
    """A complaint whose code this browser gave, or that belongs to the enterprise of who is signed in.

    Raises:
        NotFound: neither holds.
    """
    proof = session.get(FOLLOWED, {}).get(number, "")
    complaint, roles = complaints.find(number, current_user, lock=lock, proof=proof)
    if ENTERPRISE not in roles:
        raise NotFound(complaints.NOT_HERE)
    return complaint


@pages.get("/progress")
@public
def ask() -> Any:
    """Ask for number and query code."""
    return _asked(Filled())


@pages.post("/progress")
@public
def opened() -> Any:
    """Open a complaint to this browser."""
    typed = forms.read(request.form)
    given = forms.load(FOLLOW, typed)
    if isinstance(given, Filled):
        return _asked(given)
    try:
        complaint, _roles = complaints.find(given["number"], current_user, given["query_code"])
        proved = _proved(complaint, given["query_code"])
    except NotFound as problem:
        return _asked(forms.refused(typed, problem))
    follow(complaint.number, proved)
    return redirect(url_for("progress.show", number=complaint.number))


def _proved(complaint: Complaint, code: str) -> bytes:
    """Somebody of the staff reaches a complaint without its code too, but that opens no page of the enterprise's."""
    hashed = complaints.code_hash(code)
    if complaint.query_code_hash != hashed:
        raise NotFound(complaints.NOT_HERE)
    return hashed


def _asked(form: Filled) -> Any:
    return render_template("portal/progress.html", form=form, followed=list(session.get(FOLLOWED, {}))), form.status


@pages.post("/progress/leave")
@public
def leave() -> Any:
    """Forget on this device what was followed."""
    session.pop(FOLLOWED, None)
    flash(_("已退出查询。再次查看，请重新输入编号和查询码。"), "grass")
    return redirect(url_for("progress.ask"))


# --- the complaint ---------------------------------------------------------------------------------------------------


@pages.get("/progress/<number>")
@public
def show(number: str) -> Any:
    """Where a complaint stands, what happened, what comes next and until when."""
    try:
        complaint = opened_here(number)
    except NotFound:
        return _asked(Filled({"number": number}, message=_("请输入编号和查询码，然后就能看到进度。")))
    clocks, book, attached = deadlines.clocks_of(complaint.id), directory.current(), attachments.of(complaint.id)
    seen = reading.full(complaint, clocks, {ENTERPRISE}, book)
    trail = complaints.trail(complaint, everything=False)
    happened = [reading.event(row, False, reading.AS_WRITTEN, book) for row in trail]
    waiting = [one for one in clocks if one.state in deadlines.OPEN and one.kind not in INTERNAL]
    return render_template(
        "portal/complaint.html", seen=seen, clocks=waiting, done=DONE, satisfaction=SATISFACTION,
        timeline=telling.timeline(seen["status"], happened, waiting, book, complaint.split_from is not None),
        talk=[one for one in happened if one["action"] in telling.TALK], speakers=telling.TALK, form=Filled(),
        asked=telling.asked_for(seen["status"], happened), attached=attached, size=files.size,
        brought=files.brought(attached),
        can=_can(complaint), urged_at=_urged(trail), redo_until=_redo_until(complaint, trail), now=clock.now(),
        rateable=_rateable(trail), solved=SOLVED,
        apart=[event["data"]["number"] for event in happened if event["action"] == "split"],
        doubted="misuse" in complaint.flags, answered=seen["status"] in ANSWERED,
        by_code=number in session.get(FOLLOWED, {}),
    )  # fmt: skip


def _can(complaint: Complaint) -> dict[str, str]:
    """What the enterprise may do now: the button → the step behind it."""
    steps = allowed(complaint, {ENTERPRISE})
    return {"add" if step in ADDING else step: step for step in steps}


def _last(trail: Sequence[Event], action: str) -> Event | None:
    return next((event for event in reversed(trail) if event.action == action), None)


def _urged(trail: Sequence[Event]) -> datetime | None:
    """When it was urged, while it cannot be urged again."""
    last = _last(trail, "urge")
    return last.at if last and last.at > clock.now() - BETWEEN_URGES else None


def _rateable(trail: Sequence[Event]) -> bool:
    """Whether the answer is young enough to be rated."""
    return any(event.action in ANSWERS and event.at >= clock.now() - TIME_TO_RATE for event in trail)


def _redo_until(complaint: Complaint, trail: Sequence[Event]) -> datetime | None:
    """Until when it is redone by right, where there is a reply."""
    replied, book = _last(trail, "reply"), directory.current()
    if replied is None:
        return None
    calendar = deadlines.calendar(book.chain(complaint.region or complaint.dispatch_place), book.revision)
    return due(replied.at, TIME_TO_REDO, calendar).due_at


@pages.get("/progress/<number>/files/<int:attachment_id>")
@public
def file(number: str, attachment_id: int) -> Response:
    """One of its files, as a download."""
    return files.sent(attachments.find(opened_here(number).id, attachment_id))


# --- what the enterprise does ----------------------------------------------------------------------------------------


def _do(number: str, choose: Callable[[Complaint], str], holder: bytes | None = None) -> Any:
    """Take a step with what the form says; gives None, or the form again with what is wrong."""

    def act(given: dict[str, Any]) -> None:
        complaint, now = opened_here(number, lock=True), clock.now()
        if VERSION in request.form:
            casework.check_version(complaint, {request.form[VERSION]}, {ENTERPRISE})
        casework.act(complaint, {ENTERPRISE}, choose(complaint), given, current_user, now)
        if holder:
            attachments.bind(holder, complaint.id, now)

    return forms.submit(ACTION, request.form, act)


def _form(button: str, number: str, form: Filled, **more: Any) -> Any:
    """The page of a step, where the state allows it; who comes back with a mistake is shown it in any case."""
    complaint = opened_here(number)
    if form.status == 200 and button not in _can(complaint):
        flash(_("现在不需要这一步了，下面是最新的进度。"), "amber")
        return redirect(url_for("progress.show", number=number))
    if button == "rate" and form.status == 200:
        form = Filled(_rated(complaint))
    page = render_template(
        f"portal/{button}.html", number=number, form=form, version=complaint.version, redo=TIME_TO_REDO.spoken, **more
    )
    return page, form.status


def _followed_by(number: str, outcome: Any, again: Callable[[Filled], Any], done: str, on: str = "show") -> Any:
    if isinstance(outcome, Filled):
        return again(outcome)
    flash(done, "grass")
    return redirect(url_for("progress.step", number=number, action=on) if on in STEPS else _at(number))


def _at(number: str) -> str:
    return url_for("progress.show", number=number)


@pages.get("/progress/<number>/<any(add, message):button>")
@public
def add(number: str, button: str) -> Any:
    """Ask for the material that is missing, or for a message; either with files."""
    return _adding(number, button, Filled(), secrets.token_urlsafe(16))


@pages.post("/progress/<number>/<any(add, message):button>")
@public
@takes(files.LARGEST_FORM)
def added(number: str, button: str) -> Any:
    """Take files in or out, and hand in what was asked for or is to be said."""
    token, go = request.form.get(TOKEN, ""), request.form.get(GO, "")
    holder = _holder(opened_here(number).number, token)
    refused = files.taken(holder, go)
    typed = forms.read(request.form)
    if refused:
        return _adding(number, button, Filled(typed, {files.FIELD: refused}, forms.MEND, 422), token)
    if go.partition(":")[0] in {files.DROP, "upload"}:
        return _adding(number, button, Filled(typed), token)
    outcome = _do(number, lambda complaint: _can(complaint).get(button, ADDED[button]), holder)
    return _followed_by(number, outcome, lambda form: _adding(number, button, form, token), _(SENT[button]))


@pages.post("/progress/<number>/files")
@public
@takes(files.LARGEST_SINGLE)
def send(number: str) -> Any:
    """Take one file in or out by itself, so that a line that breaks loses one file and not all."""
    holder = _holder(opened_here(number).number, request.form.get(TOKEN, ""))
    return files.listed(holder, files.taken(holder, request.form.get(GO, "")))


def _holder(number: str, token: str) -> bytes:
    return keyed_hash(f"{number}:{token}", "files of a form")


def _adding(number: str, button: str, form: Filled, token: str) -> Any:
    holder = _holder(number, token) if request.method == "POST" else None
    return _form(button, number, form, token=token, **files.place(holder, url_for("progress.send", number=number)))


@pages.get(STEP)
@public
def step(number: str, action: str) -> Any:
    """Ask whether it is really meant, and what there is to say."""
    return _step(number, action, Filled())


def _rated(complaint: Complaint) -> dict[str, str]:
    """How the enterprise rated so far."""
    solved = "" if complaint.solved is None else str(complaint.solved).lower()
    return {"satisfaction": complaint.satisfaction or "", "solved": solved}


@pages.post(STEP)
@public
def taken(number: str, action: str) -> Any:
    """Take a step."""
    outcome = _do(number, lambda _complaint: action)
    # A grade is given with one tap; what else there is to say of it is asked then.
    on = action if action == "rate" and MORE not in request.form else "show"
    return _followed_by(number, outcome, lambda form: _step(number, action, form), _(STEPS[action]), on)


def _step(number: str, action: str, form: Filled) -> Any:
    return _form(action, number, form, satisfaction=SATISFACTION, solved=SOLVED)
