"""Whatever a room below says in Chinese, said in the language of the page.

The rooms below know no language but their own. What they compose is a Said and keeps its parts; all else is looked up
as it stands: sentences, names of states, places, categories and departments. What nobody translated, such as what
people wrote, stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel, Domain, get_domain, get_translations, pgettext
from flask_babel import gettext as _
from jinja2 import pass_context
from markupsafe import Markup

from service.sentences import LISTED, Said, Term
from service.web import languages, words

HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Under this context the catalogue keeps how departments are named: {name}财政局.
OFFICE = "office"
LONGEST_NAME = 40
# A place's short name is looked up with each of these behind it: 五原 as 五原县.
REGION, REGION_NAME = "自治区", "内蒙古"
SUFFIXES = ("", "市", "盟", "县", "旗", "区")
STOP = re.compile(r"(?<=。)\s*")
PLACE = re.compile(r"%\((\w+)\)[ds]")
NUMBER = re.compile(r"%\((\w+)\)d")
# A pattern with less of its own than so much would fit anything: a whole sentence, and what fills it.
LEAST, LEAST_INSIDE = 4, 2
# What fills a place closes the brackets and quotes that it opens: in “某公司（北京）有限公司（国有企业）” the last two
# brackets are the pattern's own.
PAIRS = ("（）", "“”", "「」", "《》", "【】", "〔〕", "()")
# The types of texts that are told; Markup was told where it was made.
OURS = (str, Said, Term)
# So deep are the sentences on record made of others.
DEEPEST = 4
# Nothing longer is read back: nothing that we compose is, and reading takes more than twice as long for twice as much.
LONGEST = 400
_BETWEEN = "\x04"  # gettext's own mark between context and message


class Counting(Domain):
    """A catalogue in which every sentence with a %(count)d has its plural: Chinese has none, so nobody asks for it.

    What fills a sentence is told in the language of the page too.
    """

    def pattern(self, sentence: str, values: Mapping[str, Any]) -> str:
        """A sentence in the language of the page, its places not yet filled."""
        # Most pages are in the language in which they were written: hundreds of sentences each that nobody looks up.
        if languages.is_chinese():
            return str(sentence)
        catalogue = self.get_translations()
        if isinstance(sentence, Term):
            return str(catalogue.upgettext(sentence.meaning, sentence))
        if "count" not in values:
            return str(catalogue.ugettext(sentence))
        count = values["count"]
        many = 2  # “99+” is no number, and many
        return str(catalogue.ungettext(sentence, sentence, count if isinstance(count, int) else many))

    def gettext(self, string: str, **variables: Any) -> str:
        """A sentence in the language of the page."""
        said = self.pattern(string, variables)
        return said % told_values(variables) if variables else said


@pass_context
def _gettext(context: Any, sentence: str, /, **values: Any) -> str:
    """The same for templates: what fills a sentence there is escaped."""
    said = get_domain().pattern(sentence, values)
    return (Markup(said) if context.eval_ctx.autoescape else said) % told_values(values)  # noqa: S704 - as Jinja's own


def register(app: Flask, babel: Babel) -> None:
    """Let templates and sentences speak the language of the page."""
    babel.domain_instance = Counting()
    app.jinja_env.finalize = finished
    app.jinja_env.globals.update(gettext=_gettext, official=official)
    app.jinja_env.filters.update(told=told, listed=listed, recorded=recorded)


def told(text: str) -> str:
    """A text of ours in the language of the page; one that is not ours as it is."""
    if languages.is_chinese() or not HAN.search(text):
        return text
    if isinstance(text, Said):
        return _(text.pattern, **text.values)
    found = _(text)
    return found if found != text or len(text) > LONGEST_NAME else _office(text) or text


def told_values(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What fills a sentence, in the language of the page; Markup was told where it was made."""
    return values if languages.is_chinese() else {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, list | tuple):
        return listed(value)
    return told(value) if type(value) in OURS else value


@pass_context  # or a text that stands in a template would be told once for all readers
def finished(_context: Any, value: Any) -> Any:
    """What a template puts out: texts told in the language of the page; Markup was told where it was made."""
    return value if languages.is_chinese() or type(value) not in OURS else told(value)


def listed(those: Sequence[Any]) -> str:
    """Several, as one text."""
    return _(LISTED).join(str(_value(one)) for one in those)


def official(template: str, **values: Any) -> Markup:
    """A part of a page that is a document: in Chinese, the official language, whatever the page speaks."""
    with languages.in_chinese():
        return Markup(render_template(template, **values))  # noqa: S704 - what the template escaped


# --- what was composed before it was stored --------------------------------------------------------------------------


def _closed(opens: str, closes: str) -> str:
    """What stands in brackets, and may hold such brackets itself, as a regular expression."""
    inner = f"[^{opens}{closes}]"
    return f"[{opens}](?:{inner}|[{opens}]{inner}*[{closes}])*[{closes}]"


CLOSED = f"(?:[^{''.join(PAIRS)}]|{'|'.join(_closed(*pair) for pair in PAIRS)})*?"
ANYTHING = ".*?"


@dataclass(frozen=True)
class Shape:
    """What the sentences look like that a pattern makes."""

    pattern: str

    @cached_property
    def own(self) -> list[str]:
        """What it says itself, between what fills it."""
        return [piece for piece in PLACE.split(self.pattern)[::2] if piece]

    @property
    def length(self) -> int:
        """How much it says itself."""
        return sum(map(len, self.own))

    @property
    def weight(self) -> int:
        """The same, where a stop weighs more: the end of one sentence would else take in all that follow."""
        return self.length + LEAST * sum(piece.count("。") for piece in self.own)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The places that only a number fills."""
        return frozenset(NUMBER.findall(self.pattern))

    @cached_property
    def looks(self) -> list[re.Pattern[str]]:
        """Its sentences as regular expressions, the stricter first: people leave brackets open, too."""
        return [self._filled(CLOSED), self._filled(ANYTHING)]

    def _filled(self, filling: str) -> re.Pattern[str]:
        """With what fills it looking so; that may be empty, where it is no number."""
        pieces = PLACE.split(self.pattern)
        fillings = [rf"(?P<{name}>{'[0-9]{1,18}' if name in self.numbers else filling})"
                    if name not in pieces[1:at:2] else f"(?P={name})"
                    for at, name in enumerate(pieces) if at % 2]  # fmt: skip
        texts = [re.escape(piece) for piece in pieces[::2]]
        return re.compile("".join(a + b for a, b in zip(texts, [*fillings, ""], strict=True)), re.DOTALL)

    @cached_property
    def is_bare(self) -> bool:
        """Whether it is little more than brackets, and so would take a name with some for a sentence of ours."""
        return self.length < LEAST and not any(map(str.isalpha, "".join(self.own)))

    def found(self, text: str) -> Mapping[str, str] | None:
        """What fills it in a text that it made; None where it made no such text."""
        if not all(piece in text for piece in self.own):
            return None
        return next((found.groupdict() for look in self.looks if (found := look.fullmatch(text))), None)


def recorded(text: str | None) -> str:
    """A sentence of ours that was stored as text, read back into its pattern and told in the language of the page."""
    return text or "" if languages.is_chinese() else "\n".join(map(_recalled, (text or "").split("\n")))


@lru_cache(maxsize=1024)
def _recalled(text: str, depth: int = 0) -> str:
    known = told(text)
    if known != text or len(text) > LONGEST or not HAN.search(text):
        return known
    if depth < DEEPEST:
        for shape in _shapes(LEAST_INSIDE if depth else LEAST):
            if (values := _values(shape, text, depth)) is not None:
                return " ".join(_(shape.pattern, **values).split())
    parts = [(part, _recalled(part, depth)) for part in STOP.split(text)] if STOP.search(text[:-1]) else []
    return "".join(part if said == part else said + " " for part, said in parts).strip() or text


def _values(shape: Shape, text: str, depth: int) -> dict[str, Any] | None:
    """What fills a pattern in a text that it made, told; None where it made no such text."""
    if (found := shape.found(text)) is None:
        return None
    values = {name: int(value) if name in shape.numbers else _recalled(value, depth + 1)
              for name, value in found.items()}  # fmt: skip
    is_ours = not shape.is_bare or not any(HAN.search(str(value)) for value in values.values())
    return values if is_ours else None


@lru_cache(maxsize=2)
def _shapes(least: int) -> list[Shape]:
    """The patterns of the catalogue, those first that a text is least likely to fit by chance."""
    patterns = {key if isinstance(key, str) else key[0] for key in _catalogue()}
    # Sentences with a place of another kind, %(share).1f, are made for pages and never stored.
    fit = (pattern for pattern in patterns if PLACE.search(pattern) and "%(" not in PLACE.sub("", pattern))
    shapes = [shape for pattern in fit if _BETWEEN not in pattern if (shape := Shape(pattern)).length >= least]
    return sorted(shapes, key=lambda shape: -shape.weight)


def _catalogue() -> Mapping[Any, str]:
    return getattr(get_translations(), "_catalog", {})


# --- departments -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _office(name: str) -> str | None:
    """A department's name, told by how its kind is named in the place."""
    if name.startswith(REGION):  # which leaves out its own name where nobody needs it
        name = REGION_NAME + name
    for pattern, shape in _offices().items():
        if (found := shape.fullmatch(name)) and all(places := [_place(one) for one in found.groupdict().values()]):
            return pgettext(OFFICE, pattern).format(**dict(zip(found.groupdict(), places, strict=True)))
    return None


@lru_cache(maxsize=1)
def _offices() -> dict[str, re.Pattern[str]]:
    """Each way to name a department, the longest first, with what it looks like."""
    prefix = OFFICE + _BETWEEN
    known = [key.removeprefix(prefix) for key in _catalogue() if isinstance(key, str) and key.startswith(prefix)]
    return {
        pattern: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(pattern)))
        for pattern in sorted(known, key=len, reverse=True)
    }


def _place(name: str) -> str | None:
    return next((found for suffix in SUFFIXES if (found := _(name + suffix)) != name + suffix), None)
