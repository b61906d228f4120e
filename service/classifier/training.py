"""Learning the model from labelled texts, with figures measured on texts it had not seen.

The only file of the service that needs scikit-learn and scipy, and no web process imports it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from tqdm import tqdm

from service import clock
from service.classifier import coverage, outcomes
from service.classifier.corpus import Corpus
from service.classifier.evaluation import figures
from service.classifier.model import (
    INDEXES,
    SILENT,
    TINY,
    Block,
    Calibration,
    Document,
    Floats,
    Model,
    head,
    read,
    spoken_pairs,
    whole_text,
)
from service.classifier.rules import family
from service.classifier.text import characters, dictionary_fingerprint, keys
from service.errors import Invalid

FOLDS = 5
MIN_DF = 2
C = 0.5
FAMILY_SHARE = 0.25  # how much of its family's score each leaf gets; cross-validated, as are the others here
HINT_WEIGHT = 0.5
TELLING_FROM = 300  # texts of a label from which on it is worth asking what each feature tells of it
TELLING_C = 0.1
TELLING_SHARE = 0.5
TELLING_MIN_DF = 4
DOUBT = 1.0  # texts added on both sides of every feature, so that what is rare tells little

# What each block of the model counts in a document.
TERMS: dict[str, Callable[[Document], list[str]]] = {
    "words": lambda document: document.prepared.words,
    "characters": lambda document: characters(whole_text(document)),
    "title": lambda document: characters(head(document)),
}
PAIRS_OF = list(TERMS).index("characters")
Terms = NDArray[np.object_]
Matrix = Any  # scipy.sparse.csr_matrix, of which no type checker knows anything


class Learned(NamedTuple):
    """What one fit gives: for each block the columns it kept with their idf, and the weights of all of them."""

    columns: list[np.ndarray]
    idf: list[np.ndarray]
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, counts: Sequence[Matrix]) -> Floats:
        """Rows of counts → a score for each label."""
        return _weighed(counts, self.columns, self.idf) @ self.weights.T + self.bias


class Lesson(NamedTuple):
    """A model, and what weights that had not seen its texts said of them, packed as outcomes.pack() does."""

    model: Model
    outcomes: bytes


def train(corpus: Corpus) -> Model:
    """learn() where only the model is wanted."""
    return learn(corpus).model


def learn(corpus: Corpus) -> Lesson:
    """Learn a model; its temperature and figures come from cross-validation.

    Raises:
        Invalid: fewer than two labels, a label with one text, or texts without anything to learn.
    """
    _check(corpus)
    with tqdm(total=FOLDS + 3, disable=None, desc="训练", unit="步") as bar:
        documents = _documents(corpus)
        bar.update()
        vocabularies, counts = _counted(documents)
        bar.update()
        lessons = _Lessons(counts, corpus)
        unseen = lessons.unseen_scores(bar.update)
        learned = lessons.learn(np.arange(len(corpus)))
        bar.update()
    labels = lessons.classes.tolist()
    targets = np.searchsorted(lessons.classes, np.array(corpus.labels))
    likely = _crosswise(unseen, targets)
    about = _about(corpus, figures(likely, corpus.labels, labels))
    least = _familiarity(documents[: len(corpus)], vocabularies[PAIRS_OF], counts[PAIRS_OF])
    about["coverage"] = coverage.measure(likely, corpus.labels, labels, corpus.ways, least)
    model = _model(labels, vocabularies, learned, calibrate(unseen, targets), about)
    return Lesson(model, outcomes.pack(corpus.titles, corpus.texts, labels, likely))


def _check(corpus: Corpus) -> None:
    sizes = Counter(corpus.labels)
    if len(sizes) < 2:
        raise Invalid("训练数据只有一个类别，至少要有两个类别才能训练。")
    lonely = [label for label, size in sizes.items() if size < 2]
    if lonely:
        raise Invalid(f"这些类别只有一条文本，无法检验：{'、'.join(lonely[:10])}。请每类至少给两条。")


def _documents(corpus: Corpus) -> list[Document]:
    """Texts, then hints; without the way back to the original, which learning does not need."""
    whole = [read(text, title) for text, title in zip(corpus.texts, corpus.titles, strict=True)]
    whole += [read(words) for _, words in corpus.hints]
    return [document._replace(prepared=document.prepared._replace(origin=[])) for document in whole]


def _counted(documents: Sequence[Document]) -> tuple[list[Terms], list[Matrix]]:
    """Each block's terms and its counts, a row for each document."""
    counted = [_count(terms, documents) for terms in TERMS.values()]
    if not any(len(terms) for terms, _ in counted):
        raise Invalid("训练数据的文本里没有重复出现过的字词，学不到东西；请检查文本列是否选对。")
    return [terms for terms, _ in counted], [matrix for _, matrix in counted]


def _count(terms: Callable[[Document], list[str]], documents: Sequence[Document]) -> tuple[Terms, Matrix]:
    counter = CountVectorizer(analyzer=terms, min_df=MIN_DF, dtype=np.float64)
    try:
        matrix = counter.fit_transform(documents)
    except ValueError:  # scikit-learn's word for: not one term is left
        return np.array([], dtype=object), sparse.csr_matrix((len(documents), 0))
    return counter.get_feature_names_out(), matrix


class _Lessons:
    """Counts and labels of texts, followed by those of the hints, which take part in every fit and in no figure."""

    def __init__(self, counts: Sequence[Matrix], corpus: Corpus) -> None:
        self.counts, self.texts, self.groups = counts, len(corpus), corpus.groups
        self.weights = np.array(corpus.weights or [1.0] * len(corpus))
        self.labels = np.array([*corpus.labels, *(label for label, _ in corpus.hints)])
        self.classes = np.unique(self.labels)
        self.families = np.array([family(label) for label in self.labels])

    def learn(self, rows: np.ndarray) -> Learned:
        """Fit on these texts and all hints."""
        hints = np.arange(self.texts, len(self.labels))
        taught = np.concatenate([rows, hints])
        lesson = [matrix[taught] for matrix in self.counts]
        columns = [
            np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= MIN_DF) for matrix in lesson
        ]
        idf = [_idf(matrix[:, kept]) for matrix, kept in zip(lesson, columns, strict=True)]
        features = _weighed(lesson, columns, idf)
        importance = np.concatenate([self.weights[rows], np.full(len(hints), HINT_WEIGHT)])
        weights, bias = _separate_and_tell(features, self.labels[taught], importance)
        if 1 < len(set(self.families)) < len(self.classes):
            shared_weights, shared_bias = _separate(features, self.families[taught], importance)
            place = np.searchsorted(np.unique(self.families), [family(label) for label in self.classes])
            weights, bias = weights + FAMILY_SHARE * shared_weights[place], bias + FAMILY_SHARE * shared_bias[place]
        return Learned(columns, idf, weights, bias)

    def unseen_scores(self, done: Callable[[], object]) -> Floats:
        """The scores of each text by weights that were fitted without it."""
        scores = np.zeros((self.texts, len(self.classes)))
        for known, unknown in _folds(self.labels[: self.texts], self.groups):
            scores[unknown] = self.learn(known).scores([matrix[unknown] for matrix in self.counts])
            done()
        return scores


def _folds(labels: np.ndarray, groups: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn and rows to ask, fold by fold; of a group all rows are in one.

    Rows of no group stand in the same fold whatever else is learnt beside them, so that two models are compared fairly.
    """
    single = np.flatnonzero([not group for group in groups]) if groups else np.arange(len(labels))
    folds = min(FOLDS, *Counter(labels[single].tolist()).values())
    fold = np.array([crc32(group.encode()) % folds for group in groups] or [0] * len(labels))
    splits = StratifiedKFold(folds, shuffle=True, random_state=0).split(single, labels[single])
    for number, (_, asked) in enumerate(splits):
        fold[single[asked]] = number
    yield from ((np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(folds))


def _idf(counts: Matrix) -> np.ndarray:
    return TfidfTransformer().fit(counts).idf_ if counts.shape[1] else np.zeros(0)


def _weighed(counts: Sequence[Matrix], columns: Sequence[np.ndarray], idf: Sequence[np.ndarray]) -> Matrix:
    """TF-IDF of every block, each of length one, side by side."""
    blocks = []
    for matrix, kept, rarity in zip(counts, columns, idf, strict=True):
        weighed = matrix[:, kept]
        weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
        blocks.append(normalize(weighed, copy=False) if len(kept) else weighed)
    return sparse.hstack(blocks, format="csr")


def _separate(features: Matrix, labels: np.ndarray, importance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One hyperplane against the rest for each label, in sorted order; two labels share one, seen from both sides."""
    machine = LinearSVC(C=C, class_weight="balanced", random_state=0)
    machine.fit(features, labels, sample_weight=importance)
    weights, bias = machine.coef_, machine.intercept_
    return (weights, bias) if len(weights) > 1 else (np.vstack([-weights, weights]), np.concatenate([-bias, bias]))


def _separate_and_tell(features: Matrix, labels: np.ndarray, importance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """_separate(), for labels of many texts with half of it from _told(): the mean of both is one hyperplane again."""
    weights, bias = _separate(features, labels, importance)
    for row, (label, texts) in enumerate(sorted(Counter(labels.tolist()).items())):
        if texts >= TELLING_FROM:
            told = _told(features, labels == label, importance)
            weights[row] += TELLING_SHARE * (told[:-1] - weights[row])
            bias[row] += TELLING_SHARE * (told[-1] - bias[row])
    return weights, bias


def _told(features: Matrix, own: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """The hyperplane between a label's own texts and the others where features count by what they tell; bias last.

    Wang and Manning (2012), "Baselines and Bigrams", with shares of texts in place of occurrences.
    """
    tells = telling((features != 0).astype(np.float64), own)
    weighted = features @ sparse.diags_array([tells], offsets=[0])
    weighted.eliminate_zeros()
    machine = LinearSVC(C=TELLING_C, class_weight="balanced", random_state=0, tol=1e-2)
    machine.fit(weighted, own, sample_weight=importance)
    return np.append(machine.coef_[0] * tells, machine.intercept_)


def telling(present: Matrix, own: np.ndarray) -> np.ndarray:
    """How much commoner each feature is in a label's own texts than in the others, as a logarithm."""
    share = own.mean()
    inside, both = present.T @ own, present.T @ np.ones(len(own))
    ratio = np.log((inside / share + DOUBT) / ((both - inside) / (1 - share) + DOUBT))
    return np.where(both >= TELLING_MIN_DF, ratio, 0.0)


def calibrate(scores: Floats, targets: np.ndarray) -> Calibration:
    """The temperature under which the right labels were likeliest, then the sigmoid that fits the top probability.

    A temperature alone left small corpora too sure at the top: of the texts called 98 % sure, 92 % were right. The
    sigmoid is drawn towards none at all (slope 1, shift 0), so a handful of texts cannot bend it.
    """
    rows = np.arange(len(targets))

    def surprise(exponent: float) -> float:
        return -log_softmax(np.exp(exponent) * scores, axis=1)[rows, targets].mean()

    temperature = float(np.exp(minimize_scalar(surprise, bounds=(-2, 5), method="bounded").x))
    top = Calibration(temperature).probabilities(scores).max(axis=1)
    odds = np.log(top / np.maximum(1 - top, TINY))
    signs = np.where(scores.argmax(axis=1) == targets, 1.0, -1.0)

    def misjudged(line: np.ndarray) -> float:
        drawn = (line[0] - 1) ** 2 + line[1] ** 2
        return np.logaddexp(0, -signs * (line[0] * odds + line[1])).sum() + drawn / 2

    slope, shift = minimize(misjudged, [1.0, 0.0], bounds=[(0.05, 5), (-5, 5)]).x.tolist()
    return Calibration(temperature, slope, shift)


def _crosswise(scores: Floats, targets: np.ndarray) -> Floats:
    """Probabilities of each fifth of the texts, calibrated on the other four: what the figures are measured on."""
    part = np.random.default_rng(0).permutation(len(targets)) % FOLDS
    likely = np.empty_like(scores)
    for at in range(FOLDS):
        others = part != at
        likely[~others] = calibrate(scores[others], targets[others]).probabilities(scores[~others])
    return likely


def _familiarity(documents: Sequence[Document], terms: Terms, counts: Matrix) -> float:
    """How much of a text must be known, by how much of each of these would be if it had not been learnt itself."""
    spoken = np.array([len(term) == 2 and SILENT.isdisjoint(term) for term in terms], dtype=bool)
    elsewhere = np.bincount(counts.indices, minlength=counts.shape[1]) > MIN_DF
    known = counts[: len(documents), np.flatnonzero(spoken & elsewhere)].sum(axis=1)
    pairs = np.array([spoken_pairs(whole_text(document)).sum() for document in documents])
    return coverage.least_familiarity(np.asarray(known).ravel(), pairs)


def _model(
    labels: list[str], terms: Sequence[Terms], learned: Learned, calibration: Calibration, about: dict[str, Any]
) -> Model:
    """What was learnt, in the shape that answers: the rows of each block in the order of its index."""
    blocks, orders, offset = [], [], 0
    for name, every, kept, idf in zip(INDEXES, terms, learned.columns, learned.idf, strict=True):
        found = every[kept] if name == "words" else _keys(every[kept])
        order = np.argsort(found, kind="stable")
        blocks.append(Block(INDEXES[name](found[order]), idf[order].astype(np.float32), offset))
        orders.append(offset + order)
        offset += len(order)
    weights = np.ascontiguousarray(learned.weights.T[np.concatenate(orders)], dtype=np.float32)
    return Model(tuple(labels), tuple(blocks), weights, learned.bias.astype(np.float32), calibration, about)


def _keys(terms: Terms) -> NDArray[np.int64]:
    """The last key of a stretch is its own."""
    return np.array([keys(term)[-1] for term in terms], dtype=np.int64)


def _about(corpus: Corpus, measured: dict[str, float]) -> dict[str, Any]:
    return {
        "trained_at": clock.now().isoformat(timespec="seconds"),
        "texts": len(corpus),
        "hints": len(corpus.hints),
        "data": corpus.fingerprint,
        "dictionary": dictionary_fingerprint(),
        "parameters": {
            "C": C,
            "min_df": MIN_DF,
            "family_share": FAMILY_SHARE,
            "hint_weight": HINT_WEIGHT,
            "telling_from": TELLING_FROM,
            "telling_c": TELLING_C,
            "telling_share": TELLING_SHARE,
        },
        "cross_validation": measured,
        "libraries": {name: version(name) for name in ("jieba", "numpy", "scikit-learn", "scipy")},
    }
