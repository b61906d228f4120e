"""Signing in and out with a session, and one's own profile."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Request, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock, http
from service.accounts import api as tokens
from service.accounts import operations
from service.accounts.rules import ROLES, Grant, Reader
from service.accounts.schemas import CredentialsSchema, PasswordSchema
from service.db import transaction
from service.directory import operations as directory
from service.errors import NotSignedIn
from service.http import needs, public
from service.notices import inbox
from service.web import desks, forms
from service.web.forms import Filled

# Where the session keeps its bearer token: what ends the token ends the session, wherever its cookie lies.
TOKEN = "token"  # noqa: S105 - a name, not a secret
CREDENTIALS, NEW_PASSWORD = CredentialsSchema(), PasswordSchema()

pages = Blueprint("signin", __name__)


def who(asking: Request) -> Reader | None:
    """Who sends a request: under /api the bearer of a token, so that no form can act there; on pages the session."""
    if not http.is_page():
        return tokens.bearer(asking)
    if TOKEN not in session or g.get("unasked"):
        return None
    try:
        return operations.bearer(session[TOKEN], clock.now(), inbox.unread_of_user())
    except NotSignedIn:
        session.clear()
        return None


@pages.get("/sign-in")
@public
def sign_in() -> Any:
    """Ask for login and password."""
    if current_user.is_authenticated:
        return redirect(_onward(current_user))
    return _asked(Filled())


@pages.post("/sign-in")
@public
def signed_in() -> Any:
    """Begin a session, and lead to where the person wanted to go."""
    answer = forms.submit(CREDENTIALS, request.form, _begin)
    if answer is None:
        typed = forms.read(request.form)
        answer = Filled(typed, {"login": [_("登录名或密码不对，请核对后再试。")]}, status=422)
    return _asked(answer) if isinstance(answer, Filled) else redirect(_onward(answer))


def _asked(form: Filled) -> Any:
    return render_template("signin/sign_in.html", form=form, wanted=_wanted()), form.status


def _begin(given: dict[str, str]) -> Reader | None:
    now = clock.now()
    token = operations.sign_in(given["login"], given["password"], now, one_time=True)
    if token is None:
        return None
    begin(token[0])
    return operations.bearer(token[0], now)


def begin(secret: str) -> None:
    """A session of its own for who proved who it is; nothing of the one before lives on."""
    session.clear()
    session.permanent = True
    session[TOKEN] = secret


def _onward(reader: Reader) -> str:
    return _wanted() or url_for(desks.first_page(reader))


def _wanted() -> str:
    return same_site(request.form.get("_next") or request.args.get("next") or "")


def same_site(address: str) -> str:
    """An address as it is where it is a path of this site, else nothing: nobody is sent elsewhere by a link to us."""
    parts = urlsplit(address) if address.isprintable() and "\\" not in address else None
    plain = parts and not parts.scheme and not parts.netloc and address.startswith("/") and address[1:2] != "/"
    return address if plain else ""


@pages.post("/sign-out")
@public
def sign_out() -> Any:
    """End the session here and on the server."""
    if TOKEN in session:
        with transaction():
            operations.sign_out(session[TOKEN], clock.now())
    session.clear()
    flash(_("您已退出登录。"), "grass")
    return redirect(url_for("signin.sign_in"))


@pages.get("/desk")
@needs()
def desk() -> Any:
    """Lead to one's own desk."""
    return redirect(url_for(desks.first_page(current_user)))


@pages.get("/profile")
@needs()
def profile() -> Any:
    """Who I am here and what I may do where."""
    return _profile(Filled())


@pages.post("/profile")
@needs()
def change_password() -> Any:
    """Set another password, and end all other sessions."""
    answer = forms.submit(NEW_PASSWORD, request.form, _change)
    if answer is False:
        answer = Filled({}, {"current": [_("当前密码不对，请重新填写。")]}, status=422)
    if isinstance(answer, Filled):
        return _profile(answer)
    flash(_("密码已更改，其他设备上的登录已全部退出。"), "grass")
    return redirect(url_for("signin.profile"))


def _change(given: dict[str, str]) -> bool:
    return operations.change_password(
        current_user.login, given["current"], given["password"], session[TOKEN], clock.now()
    )


def _profile(form: Filled) -> Any:
    grants = [(ROLES[grant.role][0], _place(grant)) for grant in current_user.grants]
    return render_template("signin/profile.html", form=form, grants=grants), form.status


def _place(grant: Grant) -> str:
    book = directory.current()
    if grant.department:
        return book.departments[grant.department].name
    return book.places[grant.place].name if grant.place else ""
