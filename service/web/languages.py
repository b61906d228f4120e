"""Which language a page speaks: the reader's choice, and Chinese until there is one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import Flask, has_request_context, request
from flask.signals import request_started, request_tearing_down
from flask_babel import Babel, refresh

from service import http

COOKIE = "language"


@dataclass(frozen=True)
class Language:
    """A language that the pages speak.

    Attributes:
        code: as the cookie keeps it.
        name: what its speakers call it.
        locale: for the names of months and the catalogue of sentences.
        tag: for <html lang>.
        day, dated, month: how a day of this year, a day of another, and a month are written.
    """

    code: str
    name: str
    locale: str
    tag: str
    day: str
    dated: str
    month: str

    @property
    def other(self) -> "Language":
        """What one may change to."""
        return next(language for language in LANGUAGES.values() if language is not self)


CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {
    CHINESE: Language(CHINESE, "中文", "zh_Hans_CN", "zh-Hans", "M月d日", "y年M月d日", "y年M月"),
    ENGLISH: Language(ENGLISH, "English", "en_GB", "en-GB", "d MMM", "d MMM y", "MMMM y"),
}
NAMES = {code: language.name for code, language in LANGUAGES.items()}
# Asked for every text of a page, so it is found out once a request.
_speaking: ContextVar[str] = ContextVar("speaking", default=CHINESE)


def register(app: Flask) -> Babel:
    """Let every request be answered in its reader's language; what no request asked for is Chinese."""
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[CHINESE].locale
    babel = Babel(app, locale_selector=lambda: current().locale)
    request_started.connect(_begin, app)
    request_tearing_down.connect(_end, app)
    app.jinja_env.globals.update(language=current)
    return babel


def chosen() -> str:
    """The code of the language that this request wants.

    A page goes by the choice that was made on a page, never by the browser: a foreign one on a desk in Hohhot is as
    common as a foreign reader. A program says what it wants in the header.
    """
    if not has_request_context():
        return CHINESE
    if http.is_page():
        wanted = request.cookies.get(COOKIE, "")
    else:
        wanted = request.accept_languages.best_match([CHINESE, ENGLISH], CHINESE)
    return wanted if wanted in LANGUAGES else CHINESE


def current() -> Language:
    """The language that is spoken."""
    return LANGUAGES[_speaking.get()]


def is_chinese() -> bool:
    """Whether everything is shown as it is stored."""
    return _speaking.get() == CHINESE


@contextmanager
def in_chinese() -> Iterator[None]:
    """Within it everything is said in the official language, as documents are, whoever reads."""
    before = _speaking.set(CHINESE)
    refresh()
    try:
        yield
    finally:
        _speaking.reset(before)
        refresh()


def _begin(_app: Flask, **_more: Any) -> None:
    refresh()  # an app context may outlive a request
    _speaking.set(chosen())


def _end(_app: Flask, **_more: Any) -> None:
    _speaking.set(CHINESE)
