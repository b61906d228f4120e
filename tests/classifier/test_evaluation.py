import json

import numpy as np
import pytest

from service.classifier import evaluation
from service.classifier.corpus import Corpus
from service.classifier.evaluation import asked, calibration_error, evaluate
from service.classifier.model import Model
from tests.classifier.conftest import make_corpus

TEXTS = ["医院拖欠货款", "商标被人抢注", "信用修复被退回", "工程款拖欠三年"]


def corpus(labels: list[str]) -> Corpus:
    return Corpus([""] * len(labels), TEXTS[: len(labels)], labels)


def test_all_right_is_one_everywhere(small: Model) -> None:
    found = evaluate(small, make_corpus())
    assert (found["n"], found["accuracy"], found["macro_f1"], found["weighted_f1"]) == (16, 1.0, 1.0, 1.0)
    assert found["confusion"] == []
    assert found["texts_per_second"] > 0
    assert json.dumps(found)


def test_several_processes_say_what_one_says(small: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(text, "") for text in TEXTS * 3]
    alone = asked(small, rows)
    monkeypatch.setattr(evaluation, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(evaluation, "PART", 5)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert np.array_equal(asked(small, rows), alone)


def test_a_label_that_the_model_does_not_know_is_counted_as_wrong(small: Model) -> None:
    found = evaluate(small, corpus(["arrears.goods", "market.ip", "tax.refund"]))
    assert found["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["confusion"] == [["tax.refund", "market.credit", 1]]
    assert found["per_class"]["tax.refund"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}
    assert found["per_class"]["arrears.goods"]["support"] == 1


def test_a_mistake_inside_the_family_is_right_for_the_family(small: Model) -> None:
    found = evaluate(small, corpus(["arrears.construction", "market.ip"]))
    assert found["accuracy"] == 0.5
    assert found["family_accuracy"] == 1.0
    assert found["top3_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("confidence", "hits", "error"),
    [
        ([1.0, 1.0], [1, 1], 0.0),
        ([1.0, 1.0], [0, 0], 1.0),
        ([0.9, 0.9], [1, 0], 0.4),
        ([0.5, 0.95], [1, 1], (0.5 + 0.05) / 2),
        ([0.0], [0], 0.0),
    ],
)
def test_calibration_error_is_the_gap_between_said_and_true(
    confidence: list[float], hits: list[int], error: float
) -> None:
    assert calibration_error(np.array(confidence), np.array(hits)) == pytest.approx(error)
