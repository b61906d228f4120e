"""Following a complaint by number and query code, and what the enterprise can do about it meanwhile."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields

from service import clock
from service.casework import operations as casework
from service.casework.schemas import ActionSchema
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.models import Complaint
from service.complaints.numbering import is_number
from service.complaints.rules import ENTERPRISE, SATISFACTION, allowed
from service.crypto import keyed_hash
from service.db import transaction
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.errors import NotFound
from service.fields import Schema, Text, narrow
from service.http import public, takes
from service.intake import attachments
from service.web import files, forms, words
from service.web.forms import Filled
from service.web.promises import DONE

pages = Blueprint("progress", __name__)

FOLLOWED = "followed"
MOST_FOLLOWED = 5
VERSION, TOKEN, GO = "_version", "_files", "_go"
ACTION = ActionSchema()
# By which steps the enterprise adds material, by what the state asks for.
ADDING = ("supplement", "supply_material")
INTERNAL = {"approval"}

# state → what is going on now, and the clock that runs for just that; final states say it in their last event.
NOW: dict[str, tuple[str, str | None]] = {
    "submitted": ("正在审查是否受理", "accept"),
    "supplementing": ("等您补充材料", "supplement"),
    "accepted": ("已受理，正在派给承办部门", "dispatch"),
    "dispatched": ("等承办部门签收", "sign"),
    "handling": ("承办部门正在办理", None),
    "waiting": ("等您补充材料", "material"),
    "drafted": ("承办部门写好了答复，正在审签", None),
    "approved": ("答复已审签，马上发给您", None),
    "handing_back": ("承办部门认为不归它办，正在审核", None),
    "consulting": ("有关部门正在会商由谁办理", None),
    "suspended": ("暂时挂起，到复核的日子再办", None),
    "redo_asked": ("正在审核您的重办申请", "redo"),
    "replied": ("已答复，等您确认是否解决", None),
    "answered": ("已答复，等您确认是否解决", None),
    "revisited": ("已回访，没有新的意见就办结", None),
}
# event → what happened, for whom it happened to.
HAPPENED = {
    "file": "您提交了诉求",
    "request_supplement": "请您补充材料后再受理",
    "supplement": "您补充了材料",
    "lapse_supplement": "规定时间内没有收到补充材料，已终止",
    "accept": "已受理",
    "refuse": "没有受理，请走别的渠道",
    "pass_on": "已转送有权处理的机关",
    "answer": "已当场答复您",
    "dispatch": "已交给%(department)s办理",
    "sign": "承办部门已签收，开始办理",
    "request_material": "承办部门请您补充材料",
    "supply_material": "您补充了材料",
    "lapse_material": "规定时间内没有收到补充材料，继续办理",
    "dispatch_on": "已交给下一级地区派单",
    "transfer": "已转给%(department)s办理",
    "designate": "已指定由%(department)s办理",
    "raise_level": "已提到上一级办理",
    "report": "承办部门报告了阶段进展",
    "grant_extension": "办理期限延长了",
    "suspend": "暂时挂起",
    "resume": "恢复办理",
    "terminate": "已终止办理",
    "reply": "承办部门已书面答复您",
    "revisit": "回访员回访了您",
    "close": "已办结",
    "lapse_closing": "回访后没有新的意见，已办结",
    "redo": "您申请了重办",
    "ask_redo": "您再次申请重办",
    "grant_redo": "同意重办",
    "explain": "已作解释并归档",
    "withdraw": "您撤回了诉求",
    "reopen": "重新打开，继续办理",
    "urge": "您催办了一次",
    "rule_misuse": "对是否滥用作出了认定",
    "appeal_misuse": "您提出了申诉",
    "rule_misuse_appeal": "对您的申诉作出了裁定",
    "merge": "已并入同一事项的另一件诉求，一并答复您",
    "split": "其中一件事已另立一件诉求",
}


class Number(fields.String):
    """A complaint's number as people type it: small letters, full-width digits and blanks do not count."""

    default_error_messages = {"misspelt": "编号不对，请对照回执核对，例如 QS20261121-0000123-1。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        number = "".join(narrow(super()._deserialize(value, *args, **kwargs)).upper().split())
        if not is_number(number):
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


def _opened(number: str, lock: bool = False) -> Complaint:
    """A complaint whose code this browser gave.

    Raises:
        NotFound: it did not.
    """
    proof = session.get(FOLLOWED, {}).get(number, "")
    if not proof:
        raise NotFound(complaints.NOT_HERE)
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
        complaint = _opened(number)
    except NotFound:
        return _asked(Filled({"number": number}, message=_("请输入编号和查询码，然后就能看到进度。")))
    clocks, book = deadlines.clocks_of(complaint.id), directory.current()
    seen = reading.full(complaint, clocks, {ENTERPRISE}, book)
    happened = [reading.event(row, False, True, book) for row in complaints.trail(complaint, everything=False)]
    waiting = [one for one in clocks if one.state in deadlines.OPEN and one.kind not in INTERNAL]
    return render_template(
        "portal/complaint.html", seen=seen, timeline=_timeline(seen["status"], happened, waiting), clocks=waiting,
        done=DONE, asked=_asked_for(seen["status"], happened), attached=attachments.of(complaint.id), size=files.size,
        can=_can(complaint), satisfaction=SATISFACTION,
    )  # fmt: skip


def _can(complaint: Complaint) -> dict[str, str]:
    """What the enterprise may do now: the button → the step behind it."""
    steps = allowed(complaint, {ENTERPRISE})
    return {"add" if step in ADDING else step: step for step in steps}


def _asked_for(status: str, happened: Sequence[Mapping[str, Any]]) -> str:
    """What the enterprise was asked for, while it is."""
    if status not in {"supplementing", "waiting"}:
        return ""
    asking = [event for event in happened if event["action"] in {"request_supplement", "request_material"}]
    return str(asking[-1]["data"].get("note", "")) if asking else ""


def _timeline(
    status: str, happened: Iterable[Mapping[str, Any]], waiting: Sequence[Clock]
) -> list[dict[str, Any]]:  # fmt: skip
    """What happened, what is going on, and what comes next with its deadline."""
    entries = [_past(event) for event in happened]
    if status not in NOW:
        return entries
    what, kind = NOW[status]
    ahead = sorted((one for one in waiting if one.state == "running"), key=lambda one: one.due_at)
    until = next((words.due_of(one) for one in ahead if one.kind == kind), None)
    now = {"what": _(what), "state": "now", "due": until}
    return [*entries, now, *(_ahead(one) for one in ahead if one.kind != kind)]


def _past(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event["data"]
    what = _(HAPPENED[event["action"]], department=data.get("department_name", _("承办部门")))
    # Why it went to a department stands beside its name.
    reason = data.get("reason") if event["action"] != "dispatch" else None
    told = [data.get("text"), data.get("note"), reason]
    if "channel" in data and event["action"] != "file":
        told.append(_("该找的渠道：%(channel)s", channel=data["channel"]))
    return {"what": what, "state": "done", "at": event["at"], "text": "\n".join(filter(None, told))}


def _ahead(waiting: Clock) -> dict[str, Any]:
    due = words.due_of(waiting)
    return {"what": _(DONE[waiting.kind]), "state": "late" if due.state == "overdue" else "next", "due": due}


@pages.get("/progress/<number>/files/<int:attachment_id>")
@public
def file(number: str, attachment_id: int) -> Response:
    """One of its files, as a download."""
    return files.sent(attachments.find(_opened(number).id, attachment_id))


# --- what the enterprise does ----------------------------------------------------------------------------------------


def _do(number: str, choose: Callable[[Complaint], str], holder: bytes | None = None) -> Any:
    """Take a step with what the form says; gives None, or the form again with what is wrong."""

    def step(given: dict[str, Any]) -> None:
        complaint = _opened(number, lock=True)
        if VERSION in request.form:
            casework.check_version(complaint, {request.form[VERSION]}, {ENTERPRISE})
        casework.act(complaint, {ENTERPRISE}, choose(complaint), given, current_user, clock.now())
        if holder:
            attachments.bind(holder, complaint.id)

    return forms.submit(ACTION, request.form, step)


def _form(button: str, number: str, form: Filled, **more: Any) -> Any:
    """The page of a step, where the state allows it; who comes back with a mistake is shown it in any case."""
    complaint = _opened(number)
    if form.status == 200 and button not in _can(complaint):
        flash(_("现在不需要这一步了，下面是最新的进度。"), "amber")
        return redirect(url_for("progress.show", number=number))
    page = render_template(f"portal/{button}.html", number=number, form=form, version=complaint.version, **more)
    return page, form.status


def _followed_by(number: str, outcome: Any, again: Callable[[Filled], Any], done: str) -> Any:
    if isinstance(outcome, Filled):
        return again(outcome)
    flash(done, "grass")
    return redirect(url_for("progress.show", number=number))


@pages.get("/progress/<number>/add")
@public
def add(number: str) -> Any:
    """Ask for the material that is missing."""
    return _adding(number, Filled(), secrets.token_urlsafe(16))


@pages.post("/progress/<number>/add")
@public
@takes(files.LARGEST_FORM)
def added(number: str) -> Any:
    """Take files in or out, and hand in what was asked for."""
    token, (verb, _colon, which) = request.form.get(TOKEN, ""), request.form.get(GO, "").partition(":")
    holder = _holder(_opened(number).number, token)
    with transaction():
        if verb == "drop" and which.isdecimal() and len(which) < 19:
            attachments.drop(holder, int(which))
        refused = attachments.hold(holder, files.uploads(), clock.now())
    typed = forms.read(request.form)
    if refused:
        return _adding(number, Filled(typed, {files.FIELD: refused}, forms.MEND, 422), token)
    if verb in {"drop", "upload"}:
        return _adding(number, Filled(typed), token)
    outcome = _do(number, lambda complaint: _can(complaint).get("add", ADDING[0]), holder)
    return _followed_by(number, outcome, lambda form: _adding(number, form, token), _("材料已经交给工作人员。"))


def _holder(number: str, token: str) -> bytes:
    return keyed_hash(f"{number}:{token}", "files of a form")


def _adding(number: str, form: Filled, token: str) -> Any:
    held = attachments.held(_holder(number, token)) if request.method == "POST" else ()
    return _form("add", number, form, token=token, held=held, size=files.size, told=attachments.TOLD,
                 accept=attachments.ACCEPTED, most=attachments.MOST, largest=attachments.LARGEST)  # fmt: skip


@pages.get("/progress/<number>/withdraw")
@public
def withdraw(number: str) -> Any:
    """Ask whether it is really to be withdrawn."""
    return _form("withdraw", number, Filled())


@pages.post("/progress/<number>/withdraw")
@public
def withdrawn(number: str) -> Any:
    """Withdraw it."""
    outcome = _do(number, lambda _complaint: "withdraw")
    return _followed_by(
        number, outcome, lambda form: _form("withdraw", number, form), _("诉求已经撤回。")
    )  # fmt: skip


@pages.get("/progress/<number>/close")
@public
def close(number: str) -> Any:
    """Ask whether it is solved, and how satisfied one is."""
    return _form("close", number, Filled(), satisfaction=SATISFACTION)


@pages.post("/progress/<number>/close")
@public
def closed(number: str) -> Any:
    """Close it as solved."""
    again = lambda form: _form("close", number, form, satisfaction=SATISFACTION)  # noqa: E731
    return _followed_by(number, _do(number, lambda _complaint: "close"), again, _("感谢确认，这件诉求已经办结。"))
