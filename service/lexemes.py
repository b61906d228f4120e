"""Words as PostgreSQL's text search reads them: whatever stands in one, it is only a word."""

from collections.abc import Iterable


def lexeme(word: str) -> str:
    """A word between quotes, what would end it doubled."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(words: Iterable[str]) -> str:
    """Words as a tsvector, each once."""
    return " ".join(map(lexeme, dict.fromkeys(words)))


def all_of(words: Iterable[str]) -> str:
    """A tsquery: that every word stands in the text."""
    return " & ".join(map(lexeme, words))
