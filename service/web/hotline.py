"""The hotline desk: a call is logged while it lasts."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.casework.rules import check_fields
from service.casework.schemas import ActionSchema
from service.complaints import listing, reading
from service.complaints.listing import Wanted
from service.complaints.rules import FLAGS, NATURES, RESPONDENT_KINDS, SIZES, STEPS
from service.complaints.schemas import SearchSchema
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Conflict, Malformed
from service.http import needs
from service.intake import answers
from service.intake import operations as intake
from service.intake.answers import Key
from service.intake.operations import Preview
from service.intake.rules import Draft
from service.intake.schemas import FiledSchema, FilingSchema, UnfinishedSchema
from service.web import choices, forms, words
from service.web.forms import Filled

FILING, UNFINISHED, REPLY = FilingSchema(), UnfinishedSchema(), ActionSchema(only=("reply",))
SEARCH, FILED = SearchSchema(only=("phone",)), FiledSchema()
# Which button was pressed.
LOOK, DISPATCH, ANSWER = "look", "dispatch", "answer"
EARLIER = 5
# What is wrong with a group is said beside the field that the operator asks for first.
BESIDE = {"enterprise": "enterprise.name", "contact": "contact.phone", "respondent": "respondent.name"}
# Where the session keeps by which key the last answer is found; the answer itself, with the query code, stays with us.
RECEIPT = "receipt"
ITEM = re.compile(r"\.\d+$")
EMERGENCY = re.compile(r"(\w*?)(1[12]\d)(?!\d)")

pages = Blueprint("hotline", __name__)


@dataclass(frozen=True)
class Caller:
    """What is known of a telephone number: earlier complaints, or why nothing can be looked up yet."""

    rows: list[dict[str, Any]]
    advice: str = ""


@pages.get("/desk/hotline")
@needs("operator")
def desk() -> Any:
    """An empty form for the next call, beside it the receipt of the last one."""
    return _page(Filled())


@pages.post("/desk/hotline")
@needs("operator")
def log() -> Any:
    """Pass a call on or answer it at once; without a script also: look what is known so far."""
    data, way = forms.read(request.form), request.form.get("_way")
    if way == LOOK:
        return _page(Filled(data))
    if way not in {DISPATCH, ANSWER}:
        raise Malformed("没有看清要派单还是直接答复，请返回上一页再按一次。")
    done = _logged(data, way)
    if isinstance(done, Filled):
        return _page(done)
    session[RECEIPT] = [done.value.hex(), done.fingerprint.hex()]
    return redirect(url_for("hotline.desk"))


@pages.post("/desk/hotline/caller")
@needs("operator")
def caller() -> str:
    """The earlier complaints of a number, as a part of the page; a form, since no number stands in an address."""
    return render_template("hotline/caller.html", known=_known(forms.read(request.form)))


@pages.post("/desk/hotline/preview")
@needs("operator")
def preview() -> str:
    """What would become of the call as it is written so far, as a part of the page; nothing is stored."""
    return render_template("hotline/preview.html", **_judged(forms.read(request.form)))


@pages.post("/desk/hotline/next")
@needs("operator")
def next_call() -> Any:
    """Put the receipt of the last call away."""
    session.pop(RECEIPT, None)
    return redirect(url_for("hotline.desk"))


# --- logging ---------------------------------------------------------------------------------------------------------


def _logged(data: Mapping[str, Any], way: str) -> Key | Filled:
    """The key under which the answer is kept, or the form with what is wrong."""
    said = {name: value for name, value in data.items() if name != "reply"}
    draft, reply = forms.load(FILING, said), forms.load(REPLY, {name: data[name] for name in data.keys() - said})
    wrong = {name: told for part in (draft, reply) if isinstance(part, Filled) for name, told in part.errors.items()}
    if way == DISPATCH and "reply" in data:
        wrong["reply"] = [_("这里写了答复。要当场答复请按「直接答复」；要派单请先清空这一栏。")]
    if wrong:
        return _beside(Filled(data, wrong, forms.MEND, 422))
    content = json.dumps([way, data], sort_keys=True).encode()
    key = answers.key_of(request.form.get("_once", ""), current_user.id, content)
    done = forms.attempt(data, lambda: _file(_answered(draft, reply) if way == ANSWER else draft, key, clock.now()))
    return _beside(done) if isinstance(done, Filled) else key


def _answered(draft: Draft, reply: Mapping[str, Any]) -> Draft:
    """The filing with the answer that the step 即时办结 needs."""
    check_fields(STEPS["answer"], reply)
    return replace(draft, answer=reply["reply"])


def _file(draft: Draft, key: Key, now: datetime) -> None:
    """File once, however often the button was pressed."""
    if _is_filed(key, now):
        return
    intake.check_rights(draft, current_user)
    filed = intake.file_complaint(draft, current_user, now)
    if not answers.keep(key, FILED.dump(intake.told(filed, current_user, directory.current())), now):
        db.session.rollback()  # the same form arrived twice at once, and the other was faster


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


def _page(form: Filled) -> Any:
    book = directory.current()
    page = render_template(
        "hotline/desk.html",
        form=form,
        once=secrets.token_urlsafe(16),
        receipt=None if form.values else _receipt(clock.now()),
        known=_known(form.values),
        **_judged(form.values),
        **_options(book),
    )
    return page, form.status


def _options(book: Directory) -> dict[str, Any]:
    return {
        "places": choices.places(book),
        "categories": choices.categories(book),
        "natures": NATURES,
        "sizes": SIZES,
        "kinds": RESPONDENT_KINDS,
        "flags": FLAGS,
    }


def _known(data: Mapping[str, Any]) -> Caller:
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


def _judged(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the machine makes of a form: its preview and the words for it; no preview where there is no text yet."""
    draft = _so_far(data)
    if draft is None:
        return {"preview": None}
    found = intake.preview(draft, current_user, clock.now())
    book = directory.current()
    decision = found.decision
    return {
        "preview": found,
        "suggestions": reading.suggestions(intake.stored_suggestions(found.understood.suggestions), book, staff=True),
        "category": reading.category(decision.category, book),
        "department": reading.named(decision.department, book.departments),
        "proposed": reading.named(decision.proposed, book.departments),
        "place": reading.named(decision.place, book.places),
        "calls": _calls(found, book),
    }


def _calls(found: Preview, book: Directory) -> list[tuple[str, str]]:
    """Whom to call at once, where the text tells of danger."""
    gate = book.gates.get(found.decision.gate or "")
    return emergency_numbers(gate.channel) if gate and gate.effect == "hand_over" else []


def emergency_numbers(channel: str | None) -> list[tuple[str, str]]:
    """("火警", "119") for each number of three digits in a channel's words."""
    return EMERGENCY.findall(channel or "")


def _so_far(data: Mapping[str, Any]) -> Draft | None:
    """The filing as far as it is written and right; None where there is no text."""
    said = {name: value for name, value in data.items() if name != "reply"}
    loaded = forms.load(UNFINISHED, said)
    if isinstance(loaded, Filled):
        said = _without(said, loaded.errors.keys())
        loaded = forms.load(UNFINISHED, said)
    return None if isinstance(loaded, Filled) or not loaded.body else loaded


def _without(data: Mapping[str, Any], wrong: Any) -> dict[str, Any]:
    """A document without the fields of these dotted names."""
    kept = {}
    for name, value in data.items():
        inside = [each.removeprefix(f"{name}.") for each in wrong if each.startswith(f"{name}.")]
        if name not in wrong and (not inside or isinstance(value, Mapping)):
            kept[name] = _without(value, inside) if inside else value
    return kept


def _receipt(now: datetime) -> dict[str, Any] | None:
    """The answer to the last call, with its moments as moments; None where it was put away or its day is over."""
    held = session.get(RECEIPT)
    told = answers.given(Key(*map(bytes.fromhex, held)), now) if held else None
    if told is None:
        return None
    limits = {row["kind"]: (row, words.due(datetime.fromisoformat(row["due_at"]))) for row in told["clocks"]}
    return {**told, "limits": limits, "calls": emergency_numbers(told["proposed_channel"])}
