"""The example texts are enough, and each is its own."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sparse

from service.classifier.corpus import Corpus, read_seed
from service.classifier.rules import family
from service.config import ROOT
from service.seedfile import load

MOST_SHARED = 0.60
LEAST = {"arrears": 15, "default": 15, "policy": 15}
LEAST_ELSEWHERE = 6


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_seed(ROOT / "data")


def test_every_leaf_has_enough_examples(corpus: Corpus) -> None:
    counts = Counter(corpus.labels)
    leaves = [row["code"] for row in load(ROOT / "data" / "seed_categories.yaml")["categories"] if "parent" in row]
    wanting = {leaf: counts[leaf] for leaf in leaves if counts[leaf] < LEAST.get(family(leaf), LEAST_ELSEWHERE)}
    assert wanting == {}


def test_no_two_examples_share_more_than_three_fifths_of_their_stretches(corpus: Corpus) -> None:
    stretches = [{"".join(three) for three in zip(text, text[1:], text[2:], strict=False)} for text in corpus.texts]
    assert [(corpus.texts[a], corpus.texts[b]) for a, b in _alike(stretches)] == []


def test_no_example_is_too_short_to_compare(corpus: Corpus) -> None:
    assert [text for text in corpus.texts if len(text) < 3] == []


def test_two_near_copies_would_be_noticed() -> None:
    copy = "医院拖欠我公司货款三十万元已满两年"
    stretches = [{"".join(pair) for pair in pairwise(text)} for text in (copy, copy + "请督促", "限电三天没有通知")]
    assert _alike(stretches) == [(0, 1)]


def _alike(sets: list[set[str]]) -> list[tuple[int, int]]:
    """Pairs of sets that share too much of the smaller one."""
    known = {gram: at for at, gram in enumerate(sorted(set().union(*sets)))}
    columns = np.array([known[gram] for grams in sets for gram in grams])
    sizes = np.array([len(grams) for grams in sets])
    rows = np.repeat(np.arange(len(sets)), sizes)
    table = sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(sets), len(known)))
    shared = sparse.triu(table @ table.T, k=1).tocoo()
    smaller = np.minimum(sizes[shared.row], sizes[shared.col])
    found = shared.data > MOST_SHARED * smaller
    return [(int(a), int(b)) for a, b in zip(shared.row[found], shared.col[found], strict=True)]
