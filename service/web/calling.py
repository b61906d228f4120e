"""Calls around the hotline desk: what rings, what is kept while one writes, and the calls of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.complaints import listing, reading
from service.db import transaction
from service.directory import operations as directory
from service.errors import Malformed
from service.fields import Schema, Text
from service.http import needs
from service.intake import calls
from service.intake.models import Call
from service.web import forms, revisits, words
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.hotline import EXTENSION, PAPER, extension, known, pages

ROLE = "operator"


class SeatSchema(Schema):
    """At which telephone somebody sits."""

    extension = Text(most=20)


SEAT = SeatSchema()


@dataclass(frozen=True)
class Line:
    """One call of the day.

    Attributes:
        state: ringing, missed, unfinished, filed or nothing (it was ended and nothing came of it).
        brief: of the complaint that came of it, as far as it may be seen.
        lasted: minutes and seconds, once it is over.
    """

    call: Call
    state: str
    brief: Mapping[str, Any] | None
    lasted: str


# --- what rings ------------------------------------------------------------------------------------------------------


@pages.get("/desk/hotline/ringing")
@needs(ROLE)
def ringing() -> Any:
    """What rings for the operator, as a part of the page; nothing while it is still what the page shows."""
    found = calls.ringing(current_user, extension(), clock.now())
    if "-".join(str(one.id) for one in found) == request.args.get("shown"):
        return "", 204
    return render_template("hotline/ringing.html", ringing=found)


@pages.post("/desk/hotline/take")
@needs(ROLE)
def take() -> Any:
    """Answer a call or go on with one: its paper is opened with what is known of who calls."""
    number = request.form.get("call", "")
    if not number.isdecimal() or len(number) > 18:
        raise Malformed(_("没有看清是哪一通来电，请返回上一页再按一次。"))
    with transaction():
        call, fresh = calls.take(int(number), current_user, extension(), clock.now())
        if fresh:
            calls.keep(current_user, call.paper or "", _introduced(call), clock.now())
        session[PAPER] = call.paper
    return redirect(url_for("hotline.desk"))


def _introduced(call: Call) -> dict[str, Any]:
    """What is known of a call before a word was said: the number, and for whom it called the last time."""
    said: dict[str, Any] = {"contact": {"phone": words.phone(call.phone)}} if call.phone else {}
    last = next(iter(known(said).rows), None) if said else None
    name = last and last["enterprise"]["name"]
    return {**said, "enterprise": {"name": name}} if name and not name.startswith("（") else said


# --- while one writes ------------------------------------------------------------------------------------------------


@pages.post("/desk/hotline/draft")
@needs(ROLE)
def keep() -> Any:
    """Keep what is typed so far; the page says when, and nothing else changes."""
    data = forms.read(request.form)
    if data:
        with transaction():
            calls.keep(current_user, calls.paper(request.form.get("_once", ""), current_user), data, clock.now())
    return "", 204


# --- the day ---------------------------------------------------------------------------------------------------------


@pages.get("/desk/hotline/calls")
@needs(ROLE)
def day() -> Any:
    """Today's calls and what became of each."""
    return _day(Filled({EXTENSION: extension()}))


@pages.post("/desk/hotline/extension")
@needs(ROLE)
def sit() -> Any:
    """Say at which telephone one sits."""
    given = forms.load(SEAT, forms.read(request.form))
    if isinstance(given, Filled):
        return _day(given)
    session[EXTENSION] = given.get("extension", "")
    return redirect(url_for("hotline.day"))


def _day(form: Filled) -> Any:
    now = clock.now()
    midnight = datetime.combine(clock.local(now).date(), time(), clock.ZONE)
    found = calls.of_day(current_user, extension(), midnight)
    rows = listing.of_one_matter((), {one.number for one in found if one.number}, current_user)
    book = directory.current()
    briefs = {row.number: reading.brief(row, book) for row in rows}
    lines = [_line(one, briefs, now) for one in found]
    return render_template("hotline/day.html", form=form, lines=lines, due=_to_call_back()), form.status


def _line(call: Call, briefs: Mapping[str, Mapping[str, Any]], now: datetime) -> Line:
    lasted = call.ended_at - call.taken_at if call.ended_at and call.taken_at else None
    minutes, seconds = divmod(int(lasted.total_seconds()), 60) if lasted else (0, 0)
    return Line(call, _state(call, now), briefs.get(call.number or ""), f"{minutes}:{seconds:02}" if lasted else "")


def _state(call: Call, now: datetime) -> str:
    if call.taken_by is None:
        return "ringing" if call.at > now - calls.RINGS else "missed"
    if call.ended_at is None:
        return "unfinished"
    return "filed" if call.number else "nothing"


def _to_call_back() -> int | None:
    """How many enterprises are to be called back, for who also does that; None for others."""
    if revisits.ROLE not in current_user.roles:
        return None
    reader = working_at("revisits.desk", current_user)
    return listing.totals([revisits.WANTED[revisits.FIRST]], reader, clock.now())[0]
