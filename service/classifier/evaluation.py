"""How good a model is, on labelled texts."""

import multiprocessing
import os
import warnings
from collections import Counter
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support
from tqdm import tqdm

from service.classifier.corpus import Corpus
from service.classifier.model import Floats, Model, read
from service.classifier.rules import family

BINS = 15
LARGEST_CONFUSIONS = 20
PART, WORTH_A_PROCESS = 100, 500  # texts; for fewer the fork takes longer than it saves


def evaluate(model: Model, corpus: Corpus) -> dict[str, Any]:
    """The model's figures on texts of which it knows the labels, or does not: an unknown label is never met."""
    rows = list(zip(corpus.texts, corpus.titles, strict=True))
    read(*rows[0])  # jieba is loaded before the clock runs, and before the fork
    started = perf_counter()
    likely = asked(model, rows)
    seconds = perf_counter() - started
    said = [model.labels[at] for at in likely.argmax(axis=1).tolist()]
    return {
        **figures(likely, corpus.labels, model.labels),
        "texts_per_second": round(len(rows) / seconds, 1),
        "per_class": _per_class(corpus.labels, said),
        "confusion": _confusion(corpus.labels, said),
    }


def asked(model: Model, rows: Sequence[tuple[str, str]]) -> Floats:
    """The probabilities of every label for each text and title, found by all cores where there are many."""
    cores = min(os.cpu_count() or 1, len(rows) // WORTH_A_PROCESS)
    if cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return np.array([model.probabilities(*row) for row in tqdm(rows, disable=None, desc="评估", unit="条")])
    parts = [rows[at : at + PART] for at in range(0, len(rows), PART)]
    with warnings.catch_warnings():
        # What it warns of are locks held by other threads; a command has none, and the parts take none.
        warnings.simplefilter("ignore", DeprecationWarning)
        # A forked process has the model already; as an argument of the work it would be sent over, part by part.
        with multiprocessing.get_context("fork").Pool(cores, _Asked.begin, (model,)) as pool:
            return np.concatenate(pool.map(_Asked.part, parts))


class _Asked:
    """The model that a forked process answers with."""

    model: Model

    @classmethod
    def begin(cls, model: Model) -> None:
        cls.model = model

    @classmethod
    def part(cls, rows: Sequence[tuple[str, str]]) -> Floats:
        return np.array([cls.model.probabilities(*row) for row in rows])


def figures(likely: Floats, truth: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """What can be said in one number each; families only where labels have them."""
    said = [labels[at] for at in likely.argmax(axis=1).tolist()]
    hits = np.array([a == b for a, b in zip(said, truth, strict=True)])
    found = {
        "n": len(truth),
        "accuracy": accuracy_score(truth, said),
        "macro_f1": f1_score(truth, said, average="macro", zero_division=0),
        "weighted_f1": f1_score(truth, said, average="weighted", zero_division=0),
        "top3_accuracy": _among_first(likely, truth, labels, 3),
        "ece": calibration_error(likely.max(axis=1), hits),
    }
    if any("." in label for label in labels):
        found["family_accuracy"] = _family_accuracy(likely, truth, labels)
    return {name: round(float(value), 5) if name != "n" else value for name, value in found.items()}


def calibration_error(confidence: Floats, hits: np.ndarray) -> float:
    """Expected calibration error: how far 15 equally wide bins of the top probability are from their accuracy."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence - hits, BINS)
    return float(np.abs(gaps).sum() / len(hits))


def _among_first(likely: Floats, truth: Sequence[str], labels: Sequence[str], count: int) -> float:
    first = np.argsort(-likely, axis=1)[:, :count].tolist()
    return float(np.mean([label in {labels[at] for at in row} for label, row in zip(truth, first, strict=True)]))


def _family_accuracy(likely: Floats, truth: Sequence[str], labels: Sequence[str]) -> float:
    """The likeliest family is the one whose leaves are likeliest together."""
    names, members = np.unique([family(label) for label in labels], return_inverse=True)
    sums = np.stack([likely[:, members == at].sum(axis=1) for at in range(len(names))], axis=1)
    said = names[sums.argmax(axis=1)]
    return float(np.mean([family(label) == name for label, name in zip(truth, said, strict=True)]))


def _per_class(truth: Sequence[str], said: Sequence[str]) -> dict[str, dict[str, float]]:
    labels = sorted({*truth, *said})
    columns = precision_recall_fscore_support(truth, said, labels=labels, zero_division=0)
    rows = zip(labels, *(column.tolist() for column in columns), strict=True)
    return {
        label: {"precision": round(p, 5), "recall": round(r, 5), "f1": round(f, 5), "support": int(n)}
        for label, p, r, f, n in rows
    }


def _confusion(truth: Sequence[str], said: Sequence[str]) -> list[list[Any]]:
    """The commonest mistakes as [true label, said label, count]."""
    pairs = Counter(pair for pair in zip(truth, said, strict=True) if pair[0] != pair[1])
    return [[*pair, count] for pair, count in pairs.most_common(LARGEST_CONFUSIONS)]
