"""How a reader wants the pages shown: colours and size of type, kept in cookies that say nothing about anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_babel import gettext as _
from marshmallow import Schema
from marshmallow import fields as ma_fields
from marshmallow.validate import OneOf

from service.http import public
from service.web import forms, languages
from service.web.forms import Filled
from service.web.signin import same_site

YEAR = 365 * 24 * 3600  # seconds
FOLLOW, STANDARD = "system", "standard"
THEMES = {FOLLOW: "跟随系统", "light": "浅色", "dark": "深色"}
READING = {STANDARD: "标准", "large": "长者模式（大字、大按钮、版面从简）"}
# cookie → its choices; the first holds where nothing was chosen, and is not kept
CHOICES: dict[str, Mapping[str, str]] = {"theme": THEMES, "reading": READING, languages.COOKIE: languages.NAMES}

pages = Blueprint("display", __name__)


@dataclass(frozen=True)
class Display:
    """What a reader chose.

    Attributes:
        theme, reading, language: of CHOICES; empty for what needs no word on the page.
    """

    theme: str = ""
    reading: str = ""
    language: str = ""

    @property
    def colours(self) -> str:
        """Which colours the browser may use for what it draws itself."""
        return self.theme or "light dark"


class DisplaySchema(Schema):
    """Any of the choices; what is not named stays as it is."""

    theme = ma_fields.String(validate=OneOf(list(THEMES), error="请从跟随系统、浅色、深色中选一项。"))
    reading = ma_fields.String(validate=OneOf(list(READING), error="请从标准、长者模式中选一项。"))
    language = ma_fields.String(validate=OneOf(list(languages.NAMES), error="请从中文、English 中选一项。"))


SCHEMA = DisplaySchema()


def display() -> Display:
    """What the reader of this page chose before."""
    kept = {name: request.cookies.get(name, "") for name in CHOICES}
    return Display(**{name: value for name, value in kept.items() if value in list(CHOICES[name])[1:]})


def here() -> str:
    """Where to come back to: this page, where it can be asked for again, and never by an address that is a secret."""
    again = request_ctx.url_adapter is not None and request_ctx.url_adapter.test(request.path, "GET")
    if not again or "token" in (request.view_args or {}):
        return ""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


@pages.get("/display")
@public
def settings() -> Any:
    """What may be chosen, and what is."""
    shown = display()
    return _asked(Filled({name: getattr(shown, name) or next(iter(options)) for name, options in CHOICES.items()}))


@pages.post("/display")
@public
def kept() -> Any:
    """Keep what was chosen for a year, and go back to where one came from."""
    chosen = forms.load(SCHEMA, forms.read(request.form))
    if isinstance(chosen, Filled):
        return _asked(chosen)
    answer = redirect(_onward() or url_for("display.settings"))
    for name, value in chosen.items():
        _keep(answer, name, value)
    return answer


@pages.get("/language/<any(zh, en):code>")
@public
def spoken(code: str) -> Any:
    """Change the language of the pages, and go back to where one came from."""
    answer = redirect(_onward() or url_for("portal.home"))
    _keep(answer, languages.COOKIE, code)
    return answer


def _keep(answer: Any, name: str, value: str) -> None:
    """A cookie for what differs from what holds anyway; none else."""
    if value == next(iter(CHOICES[name])):
        answer.delete_cookie(name, samesite="Lax", secure=request.is_secure, httponly=True)
    else:
        answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)


def _onward() -> str:
    return same_site(request.form.get("_next") or request.args.get("next") or "")


def _asked(form: Filled) -> Any:
    offered = {name: {code: _(told) for code, told in options.items()} for name, options in CHOICES.items()}
    return render_template("display/settings.html", form=form, wanted=_onward(), offered=offered), form.status
