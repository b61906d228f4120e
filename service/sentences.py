"""Sentences that remember what they were made of, so that a page can say them in another language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.clock import spoken

LISTED = "、"


class Said(str):
    """A Chinese sentence, with the pattern and the values that it was made from.

    It is the sentence wherever a text is wanted: on record, in a letter, in a log. Only who shows it to a person asks
    for its parts. A value may be a sentence itself, a moment, a day, or several of these in a list.
    """

    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, values: Mapping[str, Any]) -> "Said":
        """Fill the named places of a pattern: 最多 %(most)d 个字."""
        made = super().__new__(cls, pattern % {name: _in_chinese(value) for name, value in values.items()})
        made.pattern, made.values = str(pattern), values
        return made

    def format(self, *_args: object, **_values: object) -> str:
        """Itself, for who fills every sentence, as marshmallow does: this one is filled."""
        return self

    def __getnewargs__(self) -> tuple[str, Mapping[str, Any]]:  # type: ignore[override]
        """What a copy is made of."""
        return self.pattern, self.values


class Pattern(str):
    """A pattern for who fills it by `format`, as marshmallow does."""

    __slots__ = ()

    def format(self, *_unnamed: object, **values: Any) -> str:
        """The sentence that it makes."""
        return Said(self, values)


class Term(str):
    """A word with a meaning of its own: 办结 is what one does and how a complaint stands, and English has two words.

    Attributes:
        meaning: which of them it is.
    """

    meaning: str

    def __new__(cls, word: str, meaning: str) -> "Term":
        """A word that means just this."""
        made = super().__new__(cls, word)
        made.meaning = meaning
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """What a copy is made of."""
        return str(self), self.meaning


class Verbatim(str):
    """What is written just so in every language, such as the columns of a table: their names are its format."""

    __slots__ = ()


def say(pattern: str, /, **values: Any) -> str:
    """A sentence of a pattern with named places; a Said."""
    return Said(pattern, values)


def _in_chinese(value: Any) -> Any:
    if isinstance(value, datetime):
        return spoken(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list | tuple):
        return LISTED.join(str(_in_chinese(one)) for one in value)
    return value
