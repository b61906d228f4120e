"""What the rooms above ask of the classifier, with the current model."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from service.classifier import storage, text
from service.classifier.facts import mask
from service.classifier.model import Model
from service.classifier.rules import Explanation, Suggestion, Understanding
from service.classifier.wordtree import pattern_of
from service.errors import Unavailable

__all__ = [
    "answering",
    "current",
    "explain",
    "follow",
    "hits",
    "load",
    "mask",
    "models",
    "suggest",
    "suggest_many",
    "train_seed_model",
    "understand",
    "version",
    "words",
]

_loaded: Model | None = None


def models() -> Path:
    """The folder where models are kept."""
    return text.folder("VAR") / "models"


def load(path: Path | None = None) -> Model:
    """Load the current model, or the one at a path, and jieba; from then on this process answers with it.

    Raises:
        Unavailable: there is none, or it is damaged.
    """
    global _loaded
    text.prepare("")
    _loaded = storage.load(path or storage.current(models()))
    return _loaded


def follow(version: str, fetch: Callable[[], bytes]) -> None:
    """Answer with a version from now on; who asked before gets the answer of the model before, whole.

    Args:
        fetch: gives the model's file where this machine has none that is whole.
    Raises:
        Unavailable: what was fetched is damaged; the model before goes on answering.
    """
    global _loaded
    text.prepare("")
    try:
        model = storage.kept(models(), version)
    except Unavailable:
        model = storage.fetched(models(), version, fetch())
    storage.point(models(), version)
    _loaded = model


def current() -> Model:
    """The model this process answers with; loaded at the first call where load() was not called before."""
    return _loaded or load()


def answering() -> str | None:
    """Which model answers, without loading one; None where none was asked yet."""
    return str(_loaded.about["version"]) if _loaded else None


def version() -> str:
    """Which model answers: day of training and content."""
    return str(current().about["version"])


def suggest(body: str, title: str = "", top: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest categories of a text with their reasons; nothing where it says nothing known."""
    return current().suggest(body, title, top)


def understand(body: str, title: str = "", top: int = 3) -> Understanding:
    """suggest() with how much of the text is known, and by which model."""
    return current().understand(body, title, top)


def explain(body: str, title: str, code: str) -> Explanation | None:
    """What each piece of a text, its title before it, added to a category's score; None where the model has no such."""
    model = current()
    return model.explain(body, title, code) if code in model.labels else None


def needed(code: str) -> float:
    """From which probability on a category is sure enough for the model that answers; over 1 where it never is.

    0 where no model was asked yet: whoever only tells of it loads none, and is not held up by one that is missing.
    """
    return _loaded.limits.needed(code) if _loaded else 0.0


def suggest_many(texts: Sequence[str], top: int = 3) -> list[tuple[Suggestion, ...]]:
    """suggest() for each text, in order."""
    model = current()
    return [model.suggest(each, top=top) for each in texts]


def words(body: str) -> list[str]:
    """The words to find a text by, for a tsvector: compounds and their parts."""
    return text.search_words(body)


def hits(body: str, searched: Sequence[str]) -> list[tuple[int, int]]:
    """Where words of a search stand in a text: from and to, in order, those side by side as one."""
    found: list[tuple[int, int]] = []
    pattern = pattern_of(searched)
    for match in re.finditer(pattern, text.fold(body)) if pattern else ():
        start = found.pop()[0] if found and found[-1][1] == match.start() else match.start()
        found.append((start, match.end()))
    return found


def train_seed_model(if_missing: bool = False) -> Path:
    """Learn from data/examples, keep the model and make it current; gives its file.

    Args:
        if_missing: leave a current model that can be loaded as it is.
    """
    if if_missing:
        with suppress(Unavailable):
            load()
            return storage.current(models())
    # Here and not above: scikit-learn takes 60 MB that no web process should carry.
    from service.classifier import corpus, training

    lesson = training.learn(corpus.read_seed(text.folder("DATA")))
    place = storage.keep(lesson.model, models(), lesson.outcomes)
    load(place)
    return place
