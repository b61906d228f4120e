"""Whatever a room below says in Chinese, said in the language of the page.

The rooms below know no language but their own. What they compose is a Said and keeps its parts; all else is looked up
as it stands: sentences, names of states, places, categories and departments. What nobody translated, such as what
people wrote, stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_babel import get_translations, pgettext
from flask_babel import gettext as _
from jinja2 import pass_context

from service.sentences import LISTED, Said
from service.web import languages, words

HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Under this context the catalogue keeps how departments are named: {name}财政局.
OFFICE = "office"
LONGEST_NAME = 40
# A place's short name is looked up with each of these behind it: 五原 as 五原县.
SUFFIXES = ("", "市", "盟", "县", "旗", "区")
_BETWEEN = "\x04"  # gettext's own mark between context and message


def told(text: str) -> str:
    """A text of ours in the language of the page; one that is not ours as it is."""
    if languages.is_chinese() or not HAN.search(text):
        return text
    if isinstance(text, Said):
        return _(text.pattern, **{name: _value(value) for name, value in text.values.items()})
    found = _(text)
    return found if found != text or len(text) > LONGEST_NAME else _office(text) or text


@pass_context  # or a text that stands in a template would be told once for all readers
def finished(_context: Any, value: Any) -> Any:
    """What a template puts out: texts told in the language of the page; Markup was told where it was made."""
    return value if languages.is_chinese() or type(value) not in (str, Said) else told(value)


def listed(texts: Sequence[str]) -> str:
    """Several, as one text."""
    return _(LISTED).join(map(told, texts))


def sentences(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What is wrong, by field."""
    return {field: [told(one) for one in those] for field, those in errors.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, list | tuple):
        return listed([str(one) if not isinstance(one, str) else one for one in value])
    return told(value) if isinstance(value, str) else value


# --- departments -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _office(name: str) -> str | None:
    """A department's name, told by how its kind is named in the place."""
    for pattern, shape in _shapes().items():
        if (found := shape.fullmatch(name)) and all(places := [_place(one) for one in found.groupdict().values()]):
            return pgettext(OFFICE, pattern).format(**dict(zip(found.groupdict(), places, strict=True)))
    return None


@lru_cache(maxsize=1)
def _shapes() -> dict[str, re.Pattern[str]]:
    """Each way to name a department, the longest first, with what it looks like."""
    catalogue: Mapping[Any, str] = getattr(get_translations(), "_catalog", {})
    known = [
        key.partition(_BETWEEN)[2] for key in catalogue if isinstance(key, str) and key.startswith(OFFICE + _BETWEEN)
    ]
    return {
        pattern: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(pattern)))
        for pattern in sorted(known, key=len, reverse=True)
    }


def _place(name: str) -> str | None:
    return next((found for suffix in SUFFIXES if (found := _(name + suffix)) != name + suffix), None)
