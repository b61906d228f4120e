"""How alike texts are, and whether nearly the same ones are found by their bands."""

from pathlib import Path

import pytest

from service.classifier.labels import sayable
from service.classifier.likeness import BANDS, bands, likeness
from service.config import ROOT
from tests.bench import crowd

TEXT = (
    "我公司给五原县人民医院供应检验试剂和输液耗材，货早已送齐并验收，发票也开了，"
    "合同约定三十天内付款，医药货款拖欠一年多没有给。"
)


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("医院拖欠货款三年", "医院拖欠货款三年", 1, 1),
        ("医院拖欠货款三年。", "医院，拖欠货款三年！", 1, 1),
        ("医院拖欠货款三年", "医院拖欠货款两年了", 0.5, 0.9),
        ("医院拖欠货款三年", "商标被人抢注", 0, 0),
        ("", "", 0, 0),
        ("欠", "欠", 1, 1),
        ("欠", "医院欠款", 0, 0),
    ],
)
def test_likeness_lies_between_nothing_and_one(a: str, b: str, least: float, most: float) -> None:
    assert least <= likeness(a, b) <= most
    assert likeness(a, b) == likeness(b, a)


def common(a: str, b: str) -> int:
    """How many bands two texts share, each at its own place."""
    return sum(one == other for one, other in zip(bands(a), bands(b), strict=True))


def test_a_text_has_eight_bands_that_fit_a_bigint_and_are_the_same_in_every_process() -> None:
    # Stored bands are compared with new ones: whoever changes how they are made has to make all of them anew.
    assert bands(TEXT)[:2] == [8143371379892397799, 4826244369415559684]
    assert len(bands(TEXT)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in bands(TEXT))


@pytest.mark.parametrize("text", ["", "欠", "欠款", "！！！…"])
def test_a_text_of_two_characters_has_none(text: str) -> None:
    assert bands(text) == []


def test_whose_number_it_is_how_much_and_when_makes_no_difference() -> None:
    ours = f"{TEXT}欠款1250000元，2025年3月1日到期，请联系13947112233。"
    theirs = f"{TEXT}欠款84000元，2024年11月20日到期，请联系0471-6601234！"
    assert bands(ours) == bands(theirs)


def test_copies_with_a_sentence_changed_share_bands_and_strangers_none() -> None:
    """Of a hundred composed texts, each once with one sentence of three to six left out."""
    whole = crowd.composed(Path(ROOT / "data"), 200)
    pairs = [(one, crowd.shortened(one)) for one in whole[:100]]
    near = [pair for pair in pairs if likeness(*pair) >= 0.85]
    assert len(near) >= 20
    assert sum(common(*pair) > 0 for pair in near) / len(near) >= 0.9
    assert sum(common(*pair) > 0 for pair in zip(whole[:100], whole[100:], strict=True)) <= 1


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("word", "said"),
    [("拖欠", True), ("专精特新", True), ("工程款", True), ("款", False), ("王建国", False), ("张伟", False),
     ("13947112233", False), ("abc", False), ("噫吁哉乎", False)],
)  # fmt: skip
def test_a_label_says_words_of_the_dictionary_and_no_names(word: str, said: bool) -> None:
    assert sayable(word) is said
