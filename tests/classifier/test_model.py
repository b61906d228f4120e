import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC

from service.classifier.model import Calibration, Model, read
from service.classifier.training import TERMS, train
from tests.classifier.conftest import make_corpus

ODD = {
    "empty": "",
    "blank": " \n\t",
    "one character": "欠",
    "emoji": "😀🐑🐎",
    "a long one": "医院拖欠货款，" * 2900,
    "English": "We have not been paid since 2021.",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
    "numbers": "12345 67,890",
    "a place": "五原县",
    "a lone surrogate": "货款\ud800",
    "NUL": "货款\x00拖欠",
}


def test_a_text_gets_its_own_label_first_with_the_words_that_decided(small: Model) -> None:
    first, *others = small.suggest("旗医院拖欠我们的货款")
    assert first.code == "arrears.goods"
    assert "货款" in "".join(reason.word for reason in first.reasons)
    assert [first.probability, *(one.probability for one in others)] == sorted(
        (one.probability for one in (first, *others)), reverse=True
    )
    assert len(others) == 2


def test_reasons_are_words_of_the_text_as_it_was_written(small: Model) -> None:
    text = "五原县医院，拖欠ＰＰＰ货款１２万元"
    for suggestion in small.suggest(text, title="货款！"):
        assert all(reason.word in f"货款！\n{text}" for reason in suggestion.reasons)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_are_answered_or_passed_over(small: Model, text: str) -> None:
    for suggestions in (small.suggest(text), small.suggest("商标侵权", title=text), small.suggest(text, title=text)):
        assert all(0 <= suggestion.probability <= 1 for suggestion in suggestions)
    assert small.probabilities(text).sum() == pytest.approx(1)


@pytest.mark.parametrize("text", [ODD[name] for name in ("empty", "blank", "emoji", "Mongolian", "numbers", "a place")])
def test_where_nothing_known_is_said_nothing_is_suggested(small: Model, text: str) -> None:
    assert small.suggest(text) == ()


@pytest.mark.parametrize("title", ["", "货款", "信用修复，12次！", "五原县"])
def test_what_the_pieces_added_sums_up_to_the_score(small: Model, title: str) -> None:
    text = "医院欠我们的货款，2023年的。信用修复也不给办"
    scores = small._scores(small._features(read(text, title))) * small.calibration.temperature
    for label, score in zip(small.labels, scores.tolist(), strict=True):
        told = small.explain(text, title, label)
        assert told.score == pytest.approx(score)
        assert sum(piece.weight for piece in told.pieces) + told.base == pytest.approx(score, abs=1e-5)


def test_what_speaks_against_a_label_is_told_too(small: Model) -> None:
    first, *others = small.suggest("医院拖欠货款，商标也被抢注", top=4)
    assert all(reason.weight < 0 for one in (first, *others) for reason in one.against)
    ip = next(one for one in (first, *others) if one.code == "market.ip")
    assert any("货款" in reason.word for reason in ip.against)


def test_a_text_is_familiar_as_far_as_its_pairs_were_learnt(small: Model) -> None:
    assert small.understand("货款，拖欠").familiarity == 1
    assert small.understand("货款，拖欠，嘎达子").familiarity == 0.5
    assert small.understand("嘎达子哦嚯呃嗯嘞").familiarity == 0


def test_the_arithmetic_is_scikit_learns() -> None:
    corpus = make_corpus(labels=["a", "a", "b", "b"] * 4, titles=["货款", "商标", "工程款拖欠", ""] * 4)
    model = train(corpus)
    documents = [read(text, title) for text, title in zip(corpus.texts, corpus.titles, strict=True)]
    blocks = [
        TfidfTransformer(sublinear_tf=True).fit_transform(
            CountVectorizer(analyzer=terms, min_df=2).fit_transform(documents)
        )
        for terms in TERMS.values()
    ]
    features = np.hstack([block.toarray() for block in blocks])
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(features, corpus.labels)
    ours = np.array([model._scores(model._features(document)) for document in documents])
    assert ours[:, 1] == pytest.approx(machine.decision_function(features), abs=1e-3)


@pytest.mark.parametrize(
    "scores", [[0.2, 0.1, 0.0], [5.0, 4.99, -3], [0.0, 0.0, 0.0], [900.0, 0.0, -900.0], [0.3, -0.3]]
)
@pytest.mark.parametrize("line", [(1.0, 0.0), (0.5, 0.3), (0.1, -4.0), (3.0, 4.0)])
def test_calibration_keeps_the_order_and_sums_to_one(scores: list[float], line: tuple[float, float]) -> None:
    likely = Calibration(2.0, *line).probabilities(np.array(scores))
    assert likely.sum() == pytest.approx(1)
    assert likely.max() == pytest.approx(likely[0])
    assert (np.diff(likely) <= 1e-9).all()


def test_no_sigmoid_is_the_plain_temperature() -> None:
    scores = np.array([[0.4, 0.1, -0.2]])
    plain = np.exp(scores * 3) / np.exp(scores * 3).sum()
    assert Calibration(3.0).probabilities(scores) == pytest.approx(plain)
