"""Saying that somebody made an enterprise suffer for its complaint: a sealed complaint beside the first one."""

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts.rules import Reader
from service.casework import operations as casework
from service.complaints import operations as complaints
from service.directory import operations as directory
from service.fields import Schema, Text
from service.http import public
from service.intake import begun
from service.intake import operations as intake
from service.intake.schemas import FiledSchema
from service.web import forms, progress
from service.web.forms import Filled
from service.web.promises import DONE

pages = Blueprint("retaliation", __name__)

# In the session: under which token the last one was filed.
TOLD = "retaliation"
PAPER = "_paper"
FILED = FiledSchema()


class SufferedSchema(Schema):
    """What was done to an enterprise because it complained."""

    body = Text(most=20_000, lines=True, required=True)


SUFFERED = SufferedSchema()


@pages.get("/progress/<number>/retaliation")
@public
def ask(number: str) -> Any:
    """Say what will happen, and ask what has happened."""
    return _asked(number, Filled(), secrets.token_urlsafe(16))


@pages.post("/progress/<number>/retaliation")
@public
def told(number: str) -> Any:
    """File it; a second press of the button finds it filed."""
    paper = request.form.get(PAPER, "")[:60] or secrets.token_urlsafe(16)
    token = f"{progress.opened_here(number).number}:{paper}"
    outcome = forms.submit(SUFFERED, request.form, lambda given: _file(number, token, given["body"]))
    if isinstance(outcome, Filled):
        return _asked(number, outcome, paper)
    session[TOLD] = token
    return redirect(url_for("retaliation.receipt", number=number))


def _asked(number: str, form: Filled, paper: str) -> Any:
    version = progress.opened_here(number).version
    page = render_template("portal/retaliation.html", number=number, form=form, paper=paper, version=version)
    return page, form.status


def _file(number: str, token: str, body: str) -> None:
    """File it once under a token, and keep what the receipt says."""
    now = clock.now()
    begun.write(token, {}, now)
    filing = begun.read(token, now, lock=True)
    assert filing is not None  # it was written just now
    if filing.filed_at is None:
        filer = Reader() if current_user.is_staff else current_user
        filed = casework.report_retaliation(progress.opened_here(number), body, filer, now)
        begun.finish(filing, FILED.dump(intake.told(filed, filer, directory.current())), now)


@pages.get("/progress/<number>/retaliation/receipt")
@public
def receipt(number: str) -> Any:
    """The new number and the new query code, for half an hour in the browser that filed it."""
    now = clock.now()
    found = begun.answer(begun.read(session[TOLD], now) if TOLD in session else None, now)
    if found is None:
        flash(_("登记的编号和查询码只显示半小时。凭它们可以随时查询进度。"))
        return redirect(url_for("progress.show", number=number))
    progress.follow(found["number"], complaints.code_hash(found["query_code"]))
    dues = [(running, datetime.fromisoformat(running["due_at"])) for running in found["clocks"]]
    return render_template("portal/retaliation_receipt.html", about=number, told=found, dues=dues, done=DONE)


@pages.post("/progress/<number>/retaliation/receipt")
@public
def put_away(number: str) -> Any:
    """Show it no more: the code has been noted."""
    session.pop(TOLD, None)
    return redirect(url_for("progress.show", number=number))
