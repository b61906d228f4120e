"""Which language a page speaks: the reader's choice, and Chinese until there is one."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import Flask, has_request_context, request
from flask.signals import request_started, request_tearing_down
from flask_babel import Babel, Domain, get_domain, refresh
from jinja2 import pass_context
from markupsafe import Markup

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
        day, dated: how a day of this year, and of another, is written.
    """

    code: str
    name: str
    locale: str
    tag: str
    day: str
    dated: str

    @property
    def other(self) -> "Language":
        """What one may change to."""
        return next(language for language in LANGUAGES.values() if language is not self)


CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {
    CHINESE: Language(CHINESE, "中文", "zh_Hans_CN", "zh-Hans", "M月d日", "y年M月d日"),
    ENGLISH: Language(ENGLISH, "English", "en_GB", "en-GB", "d MMM", "d MMM y"),
}
NAMES = {code: language.name for code, language in LANGUAGES.items()}
# Asked for every text of a page, so it is found out once a request.
_speaking: ContextVar[str] = ContextVar("speaking", default=CHINESE)


class Counting(Domain):
    """A catalogue in which every sentence with a %(count)d has its plural: Chinese has none, so nobody asks for it."""

    def pattern(self, sentence: str, values: Mapping[str, Any]) -> str:
        """A sentence in the language of the page, its places not yet filled."""
        catalogue = self.get_translations()
        if "count" not in values:
            return str(catalogue.ugettext(sentence))
        count = values["count"]
        many = 2  # “99+” is no number, and many
        return str(catalogue.ungettext(sentence, sentence, count if isinstance(count, int) else many))

    def gettext(self, string: str, **variables: Any) -> str:
        """A sentence in the language of the page."""
        said = self.pattern(string, variables)
        return said % variables if variables else said


@pass_context
def _gettext(context: Any, sentence: str, /, **values: Any) -> str:
    """The same for templates: what fills a sentence there is escaped."""
    said = get_domain().pattern(sentence, values)
    return (Markup(said) if context.eval_ctx.autoescape else said) % values  # noqa: S704 - as Jinja's own does


def register(app: Flask) -> None:
    """Let every request be answered in its reader's language; what no request asked for is Chinese."""
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[CHINESE].locale
    Babel(app, locale_selector=lambda: current().locale).domain_instance = Counting()
    request_started.connect(_begin, app)
    request_tearing_down.connect(_end, app)
    app.jinja_env.globals.update(language=current, gettext=_gettext)


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


def _begin(_app: Flask, **_more: Any) -> None:
    refresh()  # an app context may outlive a request
    _speaking.set(chosen())


def _end(_app: Flask, **_more: Any) -> None:
    _speaking.set(CHINESE)
