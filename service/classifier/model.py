"""The trained model: a text's features, their weights, probabilities, and what spoke for a label.

A linear model over three blocks of TF-IDF features: words of title and text, stretches of one to three characters of
both, and the same of the title alone. The arithmetic is scikit-learn's, with which training.py learns it, and a test
holds the two to the same figures; numpy alone does it faster for one text, and spares each web process scikit-learn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.classifier.coverage import Limits
from service.classifier.rules import Explanation, Piece, Suggestion, Understanding, reasons
from service.classifier.text import GAP, LONGEST_GRAM, NUMBER, PLACE, Prepared, folded, keys, prepare

Floats = NDArray[np.floating[Any]]
Whole = NDArray[np.integer[Any]]
TINY = 1e-9  # what every label keeps, so that there is always a rest to share
SILENT = frozenset({GAP, NUMBER, PLACE})
AGAINST = 3  # so many phrases that speak against a label are told


class Document(NamedTuple):
    """A prepared text, its title at the front, and the title alone as features see it."""

    prepared: Prepared
    head: str


class Features(NamedTuple):
    """The features found in a text. Occurrence o is feature `ids[which[o]]`, one of `times[which[o]]` such."""

    ids: Whole
    values: Floats
    times: Whole
    which: Whole
    starts: Whole
    sizes: Whole


@dataclass(frozen=True)
class Words:
    """Which row of a block a word has."""

    numbers: Mapping[str, int]

    def rows(self, document: Document) -> Whole:
        """The row of each word, -1 for an unknown one."""
        look_up = self.numbers.get
        return np.array([look_up(word, -1) for word in document.prepared.words], dtype=np.int64)


@dataclass(frozen=True)
class Stretches:
    """Which row of a block a stretch of characters has: its place among the sorted keys.

    A tenth of a dict's memory, and all stretches of a text are looked up at once.
    """

    keys: Whole
    of: Callable[[Document], str]

    def rows(self, document: Document) -> Whole:
        """The row of each stretch, -1 for an unknown one."""
        wanted = keys(self.of(document))
        if not len(self.keys):
            return np.full(len(wanted), -1)
        rows = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[rows] == wanted, rows, -1)


@dataclass(frozen=True)
class Block:
    """One block's terms; the first one's weights stand in row `offset`."""

    index: Words | Stretches
    idf: Floats
    offset: int

    def features(self, document: Document, starts: Whole, sizes: Whole) -> Features:
        """TF-IDF as TfidfTransformer(sublinear_tf=True) has it, of length one."""
        every = self.index.rows(document)
        known = np.flatnonzero(every >= 0)
        ids, which, times = np.unique(every[known], return_inverse=True, return_counts=True)
        values = (1 + np.log(times)) * self.idf[ids]
        length = np.sqrt(values @ values) or 1.0
        return Features(ids + self.offset, values / length, times, which, starts[known], sizes[known])


def whole_text(document: Document) -> str:
    """What the block of characters looks at."""
    return document.prepared.text


def head(document: Document) -> str:
    """What the block of the title looks at."""
    return document.head


# The blocks and how each finds its rows; `terms` are words (a dict to rows) or sorted keys.
INDEXES: dict[str, Callable[[Any], Words | Stretches]] = {
    "words": lambda terms: Words({word: row for row, word in enumerate(terms)}),
    "characters": lambda terms: Stretches(terms, whole_text),
    "title": lambda terms: Stretches(terms, head),
}


class Calibration(NamedTuple):
    """How scores become probabilities that come true; all three found on texts that the weights had not seen.

    Attributes:
        temperature: the factor that makes scores logits.
        slope: with shift, a sigmoid over the log odds of the likeliest label; the others share the rest as they stood.
    """

    temperature: float
    slope: float = 1.0
    shift: float = 0.0

    def probabilities(self, scores: Floats) -> Floats:
        """Along the last axis; the order of the labels stays what it was."""
        likely = softmax(np.asarray(scores, dtype=np.float64) * self.temperature) + TINY
        likely /= likely.sum(axis=-1, keepdims=True)
        first = likely.argmax(axis=-1, keepdims=True)
        top, second = np.take_along_axis(likely, first, axis=-1), np.sort(likely, axis=-1)[..., -2:-1]
        rest = likely.sum(axis=-1, keepdims=True) - top
        confidence = 1 / (1 + np.exp(-(self.slope * np.log(top / rest) + self.shift)))
        confidence = np.maximum(confidence, second / (rest + second))
        shared = likely * (1 - confidence) / rest
        np.put_along_axis(shared, first, confidence, axis=-1)
        return shared


@dataclass(frozen=True)
class Model:
    """Labels, features and weights; nothing in it changes after training.

    Attributes:
        weights: float32, a row for each feature, a column for each label.
        about: version, data, parameters and figures, as JSON has them.
    """

    labels: tuple[str, ...]
    blocks: tuple[Block, ...]
    weights: Floats
    bias: Floats
    calibration: Calibration
    about: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def limits(self) -> Limits:
        """From where on its answers may be followed without a person."""
        return Limits.of(self.about, self.labels)

    def suggest(self, text: str, title: str = "", top: int = 3) -> tuple[Suggestion, ...]:
        """The likeliest labels with their reasons; nothing where the text holds not one known feature."""
        return self.understand(text, title, top).suggestions

    def understand(self, text: str, title: str = "", top: int = 3) -> Understanding:
        """The likeliest labels with their reasons, how much of the text is known, and whether it may be followed."""
        document = read(text, title)
        features = self._features(document)
        pairs, known = familiar_pairs(document, features)
        version, share = str(self.about.get("version", "")), known / max(1, pairs)
        if not known:
            return Understanding((), 0.0, True, version)
        likely = self.calibration.probabilities(self._scores(features))
        original = f"{title}\n{text}" if title else text
        best = np.argsort(-likely)[:top].tolist()
        found = [self._suggestion(original, document, features, at, float(likely[at])) for at in best]
        strange = self.limits.strange(share, pairs)
        found[0] = replace(found[0], sure=not strange and self.limits.allow(likely))
        return Understanding(tuple(found), share, strange, version)

    def _suggestion(self, original: str, document: Document, features: Features, at: int, likely: float) -> Suggestion:
        pieces = self._pieces(document, features, at)
        against = reasons(original, pieces, AGAINST, side=-1)
        return Suggestion(self.labels[at], likely, reasons(original, pieces), against)

    def probabilities(self, text: str, title: str = "") -> Floats:
        """The probability of every label, in their order."""
        return self.calibration.probabilities(self._scores(self._features(read(text, title))))

    def explain(self, text: str, title: str, label: str) -> Explanation:
        """What each piece of the text (the title stands before it, with a line break) added to the label's score."""
        document, at = read(text, title), self.labels.index(label)
        features = self._features(document)
        factor = self.calibration.temperature
        score, base = float(self._scores(features)[at] * factor), float(self.bias[at] * factor)
        return Explanation(label, score, base, tuple(self._pieces(document, features, at)))

    def _features(self, document: Document) -> Features:
        placed = zip(self.blocks, _places(document), strict=True)
        found = [block.features(document, *places) for block, places in placed]
        skipped = np.cumsum([0] + [len(features.ids) for features in found[:-1]])
        moved = [features._replace(which=features.which + skip) for features, skip in zip(found, skipped, strict=True)]
        return Features(*(np.concatenate(columns) for columns in zip(*moved, strict=True)))

    def _scores(self, features: Features) -> Floats:
        return self.bias + features.values @ self.weights[features.ids]

    def _pieces(self, document: Document, features: Features, label: int) -> list[Piece]:
        """Every feature's contribution, in equal parts on the characters it covers, summed up by words."""
        prepared = document.prepared
        added = features.values * self.weights[features.ids, label] * self.calibration.temperature / features.times
        share = added[features.which] / features.sizes
        length = len(prepared.text) + 1
        steps = np.bincount(features.starts, share, length)
        steps -= np.bincount(features.starts + features.sizes, share, length)
        starts = prepared.starts
        sums = np.add.reduceat(np.cumsum(steps)[:-1], starts).tolist()
        ends = [prepared.origin[start + len(word)] for start, word in zip(starts, prepared.words, strict=True)]
        return [
            Piece(prepared.origin[start], end, weight, word not in SILENT)
            for start, end, weight, word in zip(starts, ends, sums, prepared.words, strict=True)
        ]


def read(text: str, title: str = "") -> Document:
    """Prepare a text with its title before it; the title's places are then the text's places too."""
    return Document(prepare(f"{title}\n{text}" if title else text), folded(title)[0] if title else "")


def familiar_pairs(document: Document, features: Features) -> tuple[int, int]:
    """How many pairs of characters a text has, numbers, places and blanks aside, and how many the model knows."""
    pairs = spoken_pairs(document.prepared.text)
    met = np.zeros(len(pairs) + 1, dtype=bool)
    met[features.starts[features.sizes == 2]] = True
    return int(pairs.sum()), int((met[:-1] & pairs).sum())


def spoken_pairs(text: str) -> NDArray[np.bool_]:
    """For each place of a text whether it begins a pair of characters that are words, not stand-ins."""
    spoken = np.array([letter not in SILENT for letter in text], dtype=bool)
    return spoken[:-1] & spoken[1:]


def _places(document: Document) -> list[tuple[Whole, Whole]]:
    """Where each term of each block starts and how long it is, in the order of the blocks."""
    words = np.array([len(word) for word in document.prepared.words], dtype=np.int64)
    starts = np.array(document.prepared.starts, dtype=np.int64)
    return [(starts, words), _stretches(len(document.prepared.text)), _stretches(len(document.head))]


def _stretches(length: int) -> tuple[Whole, Whole]:
    """Starts and sizes of what characters() and keys() give for a text of that length."""
    counts = [max(0, length - size + 1) for size in range(1, LONGEST_GRAM + 1)]
    starts = np.concatenate([np.arange(count, dtype=np.int64) for count in counts])
    return starts, np.repeat(np.arange(1, LONGEST_GRAM + 1), counts)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
