import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from service.classifier import training
from service.classifier.corpus import Corpus
from service.classifier.evaluation import calibration_error, evaluate
from service.classifier.model import Model
from service.classifier.training import calibrate, telling, train
from service.errors import Invalid
from tests.classifier.conftest import make_corpus


@pytest.mark.parametrize(
    ("labels", "said"),
    [(["a"] * 16, "一个类别"), (["a"] * 15 + ["b"], "只有一条文本，无法检验：b"), ([], "一个类别")],
)
def test_data_that_teach_nothing_are_refused(labels: list[str], said: str) -> None:
    corpus = make_corpus(labels=labels) if labels else Corpus([], [], [])
    with pytest.raises(Invalid, match=said):
        train(corpus)


def test_texts_without_one_word_in_common_are_refused() -> None:
    with pytest.raises(Invalid, match="学不到东西"):
        train(Corpus(["", "", "", ""], ["甲", "乙", "丙", "丁"], ["a", "a", "b", "b"]))


def test_two_labels_are_enough() -> None:
    model = train(make_corpus(labels=["arrears"] * 8 + ["market"] * 8))
    assert model.labels == ("arrears", "market")
    assert model.suggest("商标被侵权")[0].code == "market"


def test_the_same_data_give_the_same_model(small: Model) -> None:
    again = train(make_corpus())
    assert np.array_equal(again.weights, small.weights)
    assert again.calibration == small.calibration


def test_a_model_says_where_it_comes_from(small: Model) -> None:
    assert small.about["texts"] == 16
    assert small.about["data"] == make_corpus().fingerprint
    assert small.about["cross_validation"]["family_accuracy"] >= 0.8
    assert set(small.about["libraries"]) == {"jieba", "numpy", "scikit-learn", "scipy"}
    assert json.dumps(small.about)


def test_hints_teach_and_are_not_measured() -> None:
    told = train(
        make_corpus(hints=[("market.ip", "地理标志"), ("market.ip", "地理标志授权"), ("market.credit", "异常名录")])
    )
    assert told.suggest("地理标志用不了")[0].code == "market.ip"
    assert told.about["cross_validation"]["n"] == 16


def test_titles_are_learnt_from_too() -> None:
    corpus = make_corpus(titles=["欠款"] * 8 + ["市场"] * 8)
    assert train(corpus).suggest("没有人管", title="欠款")[0].family == "arrears"


def test_nothing_is_drawn_where_no_terminal_looks_on(small: Model, capsys: pytest.CaptureFixture[str]) -> None:
    train(make_corpus())
    evaluate(small, make_corpus())
    assert capsys.readouterr() == ("", "")


def test_too_sure_scores_are_brought_back() -> None:
    chance = np.random.default_rng(1)
    targets = chance.integers(0, 5, 3000)
    scores = chance.normal(0, 0.1, (3000, 5))
    scores[np.arange(3000), np.where(chance.random(3000) < 0.8, targets, (targets + 1) % 5)] += 1
    likely = calibrate(scores, targets).probabilities(scores)
    assert calibration_error(likely.max(axis=1), likely.argmax(axis=1) == targets) < 0.03


def test_training_leaves_nothing_behind(own_var: Path) -> None:
    train(make_corpus())
    assert {path.name for path in own_var.iterdir()} <= {"jieba", "models"}


def test_a_feature_tells_by_how_much_commoner_it_is_among_a_labels_own_texts() -> None:
    own = np.arange(20) < 10
    present = csr_matrix(np.column_stack([own, ~own, np.ones(20), np.arange(20) < 2]).astype(float))
    mine, theirs, common, rare = telling(present, own)
    assert mine == pytest.approx(np.log((10 / 0.5 + 1) / 1))
    assert theirs == pytest.approx(-mine)
    assert common == pytest.approx(0)
    assert rare == 0


def test_labels_of_many_texts_are_learnt_by_what_features_tell_too(
    small: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "TELLING_FROM", 4)
    monkeypatch.setattr(training, "TELLING_MIN_DF", 2)
    told = train(make_corpus())
    assert not np.allclose(told.weights, small.weights)
    first = told.suggest("旗医院拖欠我们的货款")[0]
    assert first.code == "arrears.goods"
    explained = told.explain("旗医院拖欠我们的货款", "", first.code)
    assert sum(piece.weight for piece in explained.pieces) + explained.base == pytest.approx(explained.score, abs=1e-5)
