"""Limits are what was measured: error above them, intervals, and labels of one way."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from service.classifier import operations
from service.classifier.corpus import Corpus
from service.classifier.coverage import NONE, Limits, bins, curve, least_familiarity, limit, measure, numbered, wilson
from service.classifier.evaluation import evaluate


def test_a_limit_is_the_lowest_above_which_at_most_three_of_a_hundred_are_wrong() -> None:
    sure = np.linspace(1, 0.01, 100)
    hits = np.ones(100, dtype=bool)
    hits[[40, 59, 60, 61]] = False
    # One wrong of 59 is within 3 %, two of 60 are not.
    assert limit(sure, hits).threshold == pytest.approx(sure[58], abs=1e-4)


def test_what_a_limit_is_worth_is_measured_on_texts_that_it_was_not_chosen_by() -> None:
    chance = np.random.default_rng(2)
    sure = chance.uniform(0.2, 1, 5000)
    found = limit(sure, chance.random(5000) < sure**0.2)
    assert found.low < found.error < found.high
    assert 0.02 < found.error < 0.045
    assert found.n == pytest.approx((sure >= found.threshold).sum(), rel=0.1)


def test_texts_of_one_probability_stand_or_fall_together() -> None:
    hits = np.array([True] * 199 + [False])
    assert limit(np.full(200, 0.9), hits).n == 200
    assert limit(np.full(200, 0.9), ~hits) == NONE


def test_where_the_surest_are_wrong_nothing_is_sure() -> None:
    assert limit(np.array([0.9, 0.8]), np.array([False, True])) == NONE
    assert limit(np.array([]), np.array([], dtype=bool)) == NONE


@pytest.mark.parametrize(
    ("count", "n", "low", "high"), [(0, 100, 0, 0.0370), (3, 100, 0.0103, 0.0845), (5, 5, 0.5655, 1)]
)
def test_intervals_are_wilsons(count: int, n: int, low: float, high: float) -> None:
    assert wilson(count, n) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


LABELS = ("a.one", "a.two", "b.one")
LIKELY = np.array([[0.5, 0.45, 0.05], [0.1, 0.1, 0.8], [0.6, 0.1, 0.3]] * 40)
TRUTH = ["a.two", "b.one", "a.one"] * 40


def test_to_mistake_labels_of_one_way_is_no_mistake() -> None:
    apart = measure(LIKELY, TRUTH, LABELS, {}, 1.0)
    together = measure(LIKELY, TRUTH, LABELS, {"a.one": "a", "a.two": "a"}, 1.0)
    assert apart["all"]["coverage"] == pytest.approx(2 / 3, abs=0.01)
    assert together["all"]["coverage"] == 1
    assert together["curve"][-1] == [1, 0]
    assert apart["curve"][-1] == [1, pytest.approx(1 / 3, abs=0.01)]


def test_what_was_measured_is_what_a_model_keeps_to() -> None:
    about = {"coverage": measure(LIKELY, TRUTH, LABELS, {"a.one": "a", "a.two": "a"}, 0.5)}
    limits = Limits.of(about, LABELS)
    assert limits.allow(np.array([0.5, 0.45, 0.05]))
    assert not limits.allow(np.array([0.5, 0.05, 0.45]))


def test_of_a_handful_of_pairs_fewer_need_be_known() -> None:
    limits = Limits(numbered({}, LABELS), LABELS, familiarity=0.5)
    assert limits.strange(0.4, 200)
    assert not limits.strange(0.4, 10)
    assert limits.strange(0.2, 10)
    assert limits.strange(0.0, 1)


def test_the_least_familiarity_is_taken_from_texts_of_many_pairs() -> None:
    pairs = np.array([5] * 50 + [40] * 2000)
    known = np.array([0] * 50 + [16] + [32] * 1999)
    assert least_familiarity(known, pairs) == pytest.approx(0.8)
    assert least_familiarity(known[:50], pairs[:50]) == 0


def test_a_family_has_a_limit_of_its_own_where_a_hundred_texts_carry_it() -> None:
    found = measure(
        np.repeat(LIKELY, 2, axis=0), np.repeat(TRUTH, 2).tolist(), LABELS, {"a.one": "a", "a.two": "a"}, 1.0
    )
    assert set(found["families"]) == {"a"}


def test_a_model_that_was_not_measured_is_never_sure() -> None:
    assert not Limits.of({}, LABELS).allow(np.array([1.0, 0, 0]))


def test_curve_and_bins_count_every_text() -> None:
    sure, hits = np.array([0.2, 0.9, 0.95, 0.5]), np.array([False, True, True, False])
    assert curve(sure, hits) == [[0.25, 0], [0.5, 0], [0.75, pytest.approx(1 / 3, abs=1e-4)], [1, 0.5]]
    assert sum(n for *_, n in bins(sure, hits)) == 4


# --- the model of our own tree ----------------------------------------------------------------------------------------

TEXTS = Path(__file__).parents[1] / "texts"


@cache
def texts(name: str) -> dict:
    """One of the files that no model is trained on."""
    return yaml.safe_load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("app")
def test_what_is_no_complaint_is_never_dispatched_and_gibberish_is_strange() -> None:
    strange = {kind: [operations.understand(text) for text in some] for kind, some in texts("strange").items()}
    for understood in (*strange["gibberish"], *strange["elsewhere"]):
        assert not any(one.sure for one in understood.suggestions)
    assert all(understood.strange for understood in strange["gibberish"])


@pytest.mark.usefixtures("app")
def test_complaints_are_not_strange_and_the_machine_seldom_errs_where_it_is_sure() -> None:
    labelled = [
        (label, text) for leaves in texts("written").values() for label, some in leaves.items() for text in some
    ]
    found = [(label, operations.understand(text)) for label, text in labelled]
    assert sum(understood.strange for _, understood in found) <= 0.02 * len(found)
    limits = operations.current().limits
    way = dict(zip(limits.labels, limits.ways.tolist(), strict=True))
    followed = [(label, one.suggestions[0]) for label, one in found if one.suggestions and one.suggestions[0].sure]
    wrong = sum(way[label] != way[first.code] for label, first in followed)
    # So few texts cannot show 3 %; that more than 8 % of them go wrong would be no accident.
    assert len(followed) > len(found) / 4
    assert wrong <= 0.08 * len(followed)


@pytest.mark.usefixtures("app")
def test_the_seed_corpus_makes_a_model_worth_having() -> None:
    """Floors under what was measured: they catch a broken corpus or recipe, not a weaker one."""
    found = {style: evaluate(operations.current(), _corpus(leaves)) for style, leaves in texts("written").items()}
    assert found["clean"]["family_accuracy"] >= 0.88
    assert np.mean([one["family_accuracy"] for one in found.values()]) >= 0.82
    assert np.mean([one["accuracy"] for one in found.values()]) >= 0.77
    assert np.mean([one["top3_accuracy"] for one in found.values()]) >= 0.9
    assert operations.current().about["cross_validation"]["ece"] <= 0.05


def _corpus(leaves: dict[str, list[str]]) -> Corpus:
    rows = [(text, label) for label, some in leaves.items() for text in some]
    return Corpus([""] * len(rows), [text for text, _ in rows], [label for _, label in rows])
