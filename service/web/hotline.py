"""The hotline desk: a call is logged while it lasts."""

import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.casework.rules import check_fields
from service.casework.schemas import ActionSchema
from service.complaints import listing, reading
from service.complaints.rules import FLAGS, NATURES, RESPONDENT_KINDS, SIZES, STEPS
from service.complaints.schemas import SearchSchema
from service.complaints.wanted import Wanted
from service.db import db, transaction
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Conflict, Malformed
from service.http import STATUS, needs
from service.intake import answers, calls, enterprises
from service.intake import operations as intake
from service.intake.answers import Key
from service.intake.models import Call, KnownEnterprise
from service.intake.rules import Draft
from service.intake.schemas import FiledSchema, FilingSchema
from service.knowledge import operations as knowledge
from service.knowledge.models import KnowledgeAnswer
from service.routing.examination import EMERGENCY
from service.web import choices, forms, listening, words
from service.web.forms import Filled

FILING, REPLY = FilingSchema(), ActionSchema(only=("reply",))
SEARCH, FILED = SearchSchema(only=("phone",)), FiledSchema()
# Which button was pressed.
LOOK, SAVE, DROP, PICK = "look", "save", "drop", "pick:"
DISPATCH, ANSWER, HAND_OVER = "dispatch", "answer", "hand_over"
FILING_WAYS = frozenset({DISPATCH, ANSWER, HAND_OVER})
EARLIER = 5
# What is wrong with a group is said beside the field that the operator asks for first.
BESIDE = {"enterprise": "enterprise.name", "contact": "contact.phone", "respondent": "respondent.name"}
# The field in which an operator looks for an answer.
WORDS, LONGEST_SEARCH, MOST_ANSWERS = "_words", 100, 8
# Where the session keeps by which key the last answer is found; the answer itself, with the query code, stays with us.
RECEIPT = "receipt"
# The call that is being written down in this browser, and the telephone the operator sits at.
PAPER, EXTENSION = "call", "extension"
ITEM = re.compile(r"\.\d+$")

pages = Blueprint("hotline", __name__)


@dataclass(frozen=True)
class Caller:
    """What is known of a telephone number: earlier complaints, or why nothing can be looked up yet."""

    rows: list[dict[str, Any]]
    advice: str = ""


@pages.get("/desk/hotline")
@needs("operator")
def desk() -> Any:
    """The call that is being written down, or an empty form for the next; beside it the receipt of the last one."""
    here = calls.at_desk(current_user, extension(), clock.now())
    current = next((one for one in here[1] if one.paper == session.get(PAPER)), None)
    said = calls.said(current_user, current.paper or "", clock.now()) if current else {}
    return _page(Filled(said), current.paper if current else None, here)


@pages.post("/desk/hotline")
@needs("operator")
def log() -> Any:
    """Pass a call on, answer it at once or hand an emergency over; or look what is known, keep it, give it up."""
    data, way = forms.read(request.form), request.form.get("_way", "")
    paper = calls.paper(request.form.get("_once", ""), current_user)
    if way == LOOK:
        told, heard = listening.listened(data)
        return _page(Filled(told), paper, heard=[name for name, value in heard.items() if value])
    if way.startswith(PICK):
        return _page(Filled(_picked(data, way.removeprefix(PICK))), paper)
    if way == SAVE:
        return _saved(data, paper)
    if way == DROP:
        return _dropped(data, paper)
    if way not in FILING_WAYS:
        raise Malformed("没有看清要派单还是直接答复，请返回上一页再按一次。")
    done = _logged(data, way, paper)
    if isinstance(done, Filled):
        # What is another matter than the one just filed goes under a paper of its own.
        return _page(done, None if done.status == STATUS[Conflict] else paper, heard=listening.untouched(data))
    session[RECEIPT] = [done.value.hex(), done.fingerprint.hex()]
    session.pop(PAPER, None)
    return redirect(url_for("hotline.desk"))


@pages.post("/desk/hotline/caller")
@needs("operator")
def caller() -> str:
    """The earlier complaints of a number, as a part of the page; a form, since no number stands in an address."""
    return render_template("hotline/caller.html", known=known(forms.read(request.form)))


@pages.post("/desk/hotline/enterprises")
@needs("operator")
def enterprises_() -> str:
    """The enterprises that what was typed may mean, as a part of the page."""
    return render_template("hotline/enterprises.html", offered=_offered(forms.read(request.form)))


@pages.post("/desk/hotline/enterprise")
@needs("operator")
def enterprise() -> str:
    """The enterprise's fields with the one that was picked, as a part of the page."""
    data = _picked(forms.read(request.form), request.form.get("_way", "").removeprefix(PICK))
    return render_template(
        "hotline/enterprise.html", form=Filled(data), offered=(), focus=_focus(Filled()), sizes=SIZES
    )


@pages.post("/desk/hotline/answers")
@needs("operator")
def answers_() -> str:
    """The answers to what the operator looks for, as a part of the page."""
    return render_template("hotline/answers.html", found=_looked_up(), first_key=0)


@pages.post("/desk/hotline/preview")
@needs("operator")
def preview() -> str:
    """What would become of the call as it is written so far, as a part of the page; nothing is stored."""
    return render_template("hotline/preview.html", **listening.judged(forms.read(request.form)))


@pages.post("/desk/hotline/next")
@needs("operator")
def next_call() -> Any:
    """Put the receipt of the last call away."""
    session.pop(RECEIPT, None)
    return redirect(url_for("hotline.desk"))


# --- logging ---------------------------------------------------------------------------------------------------------


def extension() -> str:
    """The telephone that the operator said to sit at."""
    return str(session.get(EXTENSION, ""))


def _picked(data: Mapping[str, Any], which: str) -> dict[str, Any]:
    """The form with the enterprise that was picked among those known."""
    known_one = enterprises.find(int(which), current_user) if which.isdecimal() and len(which) < 19 else None
    if known_one is None:
        return dict(data)
    said = {"name": known_one.name, "size": known_one.size, "uscc": known_one.uscc}
    return {**data, "enterprise": {name: value for name, value in said.items() if value}}


def _saved(data: Mapping[str, Any], paper: str) -> Any:
    """Put a call aside; its draft is found again at the desk."""
    with transaction():
        calls.keep(current_user, paper, data, clock.now())
    session[PAPER] = paper
    flash(_("草稿已存，保留 24 小时。"), "grass")
    return redirect(url_for("hotline.desk"))


def _dropped(data: Mapping[str, Any], paper: str) -> Any:
    """End a call of which nothing is filed; what was written goes only after asking once more."""
    if "body" in data and not request.form.get("_sure"):
        sentence = _("这通电话已经写了内容。不登记就会丢弃；确定的话请再按一次「不登记」。")
        return _page(Filled(data, message=sentence, status=409), paper, sure=True, heard=listening.untouched(data))
    with transaction():
        calls.end(current_user, paper, None, clock.now(), data)
    session.pop(PAPER, None)
    flash(_("这通电话没有登记，可以接下一通了。"), "sky")
    return redirect(url_for("hotline.desk"))


def _logged(data: Mapping[str, Any], way: str, paper: str) -> Key | Filled:
    """The key under which the answer is kept, or the form with what is wrong."""
    said = {name: value for name, value in data.items() if name != "reply"}
    draft, reply = forms.load(FILING, said), forms.load(REPLY, {name: data[name] for name in data.keys() - said})
    wrong = {name: told for part in (draft, reply) if isinstance(part, Filled) for name, told in part.errors.items()}
    if way != ANSWER and "reply" in data:
        wrong["reply"] = [_("这里写了答复。要当场答复请按「直接答复」；要派单请先清空这一栏。")]
    if wrong:
        return _beside(Filled(data, wrong, forms.MEND, 422))
    content = json.dumps([way, data], sort_keys=True).encode()
    key = answers.key_of(paper, current_user.id, content)
    done = forms.attempt(data, lambda: _file(_meant(draft, reply, way), key, paper, data, clock.now()))
    return _beside(done) if isinstance(done, Filled) else key


def _meant(draft: Draft, reply: Mapping[str, Any], way: str) -> Draft:
    """The filing as the button means it: with the answer that 即时办结 needs, or as an emergency."""
    if way == ANSWER:
        check_fields(STEPS["answer"], reply)
        return replace(draft, answer=reply["reply"])
    if way == HAND_OVER:
        gates, flags = dict.fromkeys([*draft.gates, EMERGENCY]), dict.fromkeys([*draft.flags, "urgent"])
        return replace(draft, gates=tuple(gates), flags=tuple(flags))
    return draft


def _file(draft: Draft, key: Key, paper: str, data: Mapping[str, Any], now: datetime) -> None:
    """File once, however often the button was pressed."""
    if _is_filed(key, now):
        return
    intake.check_rights(draft, current_user)
    filed = intake.file_complaint(draft, current_user, now)
    if not answers.keep(key, FILED.dump(intake.told(filed, current_user, directory.current())), now):
        db.session.rollback()  # the same form arrived twice at once, and the other was faster
        return
    calls.end(current_user, paper, filed.complaint.number, now, data)


def _is_filed(key: Key, now: datetime) -> bool:
    try:
        return answers.given(key, now) is not None
    except Conflict as problem:
        raise Conflict(_("刚才那一次已经登记好了，而这次的内容不同。如果是另一件事，请再按一次。")) from problem


def _beside(form: Filled) -> Filled:
    """The same with each sentence under the name of a field that the page shows."""
    moved = {BESIDE[name]: told for name, told in form.errors.items() if name in BESIDE}
    own = {ITEM.sub("", name): told for name, told in form.errors.items() if name not in BESIDE}
    return replace(form, errors={**moved, **own})


# --- what the page shows ---------------------------------------------------------------------------------------------


def _page(
    form: Filled,
    paper: str | None = None,
    here: tuple[list[Call], list[Call]] | None = None,
    sure: bool = False,
    heard: Collection[str] = (),
) -> Any:
    """The desk.

    Args:
        paper: of the call that is written down; None for a new one.
        here: what rings, and which calls are not written down to the end, where that was asked already.
        sure: whether giving the call up was asked for once.
        heard: the fields that the text has just filled in.
    """
    ringing, unfinished = here or calls.at_desk(current_user, extension(), clock.now())
    paper = _remembered(paper or secrets.token_urlsafe(16))
    call = next((one for one in unfinished if one.paper == paper), None)
    page = render_template(
        "hotline/desk.html",
        form=form,
        once=paper,
        sure=sure,
        read=heard,
        call=call,
        elapsed=int((clock.now() - call.taken_at).total_seconds()) if call and call.taken_at else None,
        ringing=ringing,
        unfinished=[one for one in unfinished if one is not call],
        receipt=None if form.values else _receipt(clock.now()),
        known=known(form.values),
        looked_for=request.form.get(WORDS, ""),
        looked_up=_looked_up(),
        offered=_offered(form.values) if request.form.get("_way") == LOOK else (),
        focus=_focus(form),
        **listening.judged(form.values),
        **_options(directory.current()),
    )
    return page, form.status


def _remembered(paper: str) -> str:
    """The paper that is written on, once the session knows of it; what it knows already is left alone."""
    if session.get(PAPER) != paper:
        session[PAPER] = paper
    return paper


def _focus(form: Filled) -> dict[str, dict[str, bool]]:
    """Where writing goes on: who calls, for whom, then what happened; nowhere where something is to be mended."""
    empty = (name for name in ("contact.phone", "enterprise.name") if not form.value(name))
    first = "" if form.errors or form.message else next(empty, "body")
    return {name: {"autofocus": True} if name == first else {} for name in ("contact.phone", "enterprise.name", "body")}


def _options(book: Directory) -> dict[str, Any]:
    return {
        "places": choices.places(book),
        "categories": choices.categories(book),
        "natures": NATURES,
        "sizes": SIZES,
        "kinds": RESPONDENT_KINDS,
        "flags": FLAGS,
    }


def _offered(data: Mapping[str, Any]) -> Sequence[KnownEnterprise]:
    """The enterprises that what stands in the name's field, or in the code's, may mean."""
    typed = Filled(data)
    name, code = (str(typed.value(f"enterprise.{part}")) for part in ("name", "uscc"))
    return enterprises.suggest(name or code, current_user)


def _looked_up() -> Sequence[KnowledgeAnswer]:
    """The answers to the words that the operator looks for; none where none are."""
    words_ = request.form.get(WORDS, "").strip()[:LONGEST_SEARCH]
    return knowledge.listed(words_, in_use=True)[:MOST_ANSWERS] if words_ else ()


def known(data: Mapping[str, Any]) -> Caller:
    """What is known of the number that was typed."""
    contact = data.get("contact")
    phone = contact.get("phone") if isinstance(contact, Mapping) else None
    if not phone:
        return Caller([], _("填好联系电话，这里就会列出这个号码以前反映过的事。"))
    wanted = forms.load(SEARCH, {"phone": phone})
    if isinstance(wanted, Filled):
        return Caller([], _("号码还不完整；座机请带区号。"))
    found = listing.page(Wanted(phone=wanted["phone"], limit=EARLIER), current_user, clock.now())
    book = directory.current()
    return Caller([reading.brief(row, book) for row in found.items], "" if found.items else _("这个号码第一次来电。"))


def _receipt(now: datetime) -> dict[str, Any] | None:
    """The answer to the last call, with its moments as moments; None where it was put away or its day is over."""
    held = session.get(RECEIPT)
    told = answers.given(Key(*map(bytes.fromhex, held)), now) if held else None
    if told is None:
        return None
    limits = {row["kind"]: (row, words.due(datetime.fromisoformat(row["due_at"]))) for row in told["clocks"]}
    return {**told, "limits": limits, "calls": listening.emergency_numbers(told["proposed_channel"])}
