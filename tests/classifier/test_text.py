from pathlib import Path

import jieba
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.classifier.text import characters, keys, prepare, search_words, segmenter
from tests.thirty import Case, cases

TEXTS = Path(__file__).parents[1] / "texts"


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("欠款１２万", "欠款0万"),
        ("欠款1,250,000.50元", "欠款0元"),
        ("ＰＰＰ项目", "ppp项目"),
        ("五原县某厂", "◎某厂"),
        ("巴彦淖尔市五原县", "◎◎"),
        ("你好！！\n\n请问", "你好 请问"),
        ("", ""),
        ("😀", " "),
    ],
)
def test_numbers_places_and_punctuation_become_one_sign_each(text: str, ready: str) -> None:
    assert prepare(text).text == ready


@pytest.mark.parametrize(
    "text", ["五原县某厂欠１２,０００元！！急。", "ＡＢＣ", "", "  ", "乌海——乌兰察布", "İstanbul欠款ß"]
)
def test_every_character_knows_where_it_came_from(text: str) -> None:
    prepared = prepare(text)
    assert "".join(prepared.words) == prepared.text
    assert len(prepared.origin) == len(prepared.text) + 1
    assert prepared.origin == sorted(prepared.origin)
    assert prepared.origin[0] == 0
    assert prepared.origin[-1] == len(text)


def test_places_are_found_by_their_longest_name() -> None:
    assert prepare("乌拉特前旗和乌兰察布市").text == "◎和◎市"[:-1]


def test_our_own_words_stay_whole() -> None:
    assert {"履约保证金", "背靠背条款"} <= set(prepare("履约保证金按背靠背条款不退").words)


def test_the_swift_words_are_jiebas() -> None:
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total, reference.initialized = segmenter().FREQ, segmenter().total, True
    written = yaml.safe_load((TEXTS / "written.yaml").read_text(encoding="utf-8"))
    texts = [text for leaves in written.values() for some in leaves.values() for text in some]
    for text in (*texts, "C++和.net5开发的p.s系统，3.14%", "a\ud800b货款", "𠮷野家欠款１２万"):
        letters = prepare(text).text
        assert list(segmenter().cut(letters)) == list(reference.cut(letters))
        assert list(segmenter().cut(letters, HMM=False)) == list(reference.cut(letters, HMM=False))
        assert list(segmenter().cut_for_search(text)) == list(reference.cut_for_search(text))


def test_words_to_find_by_are_compounds_and_their_parts_without_punctuation() -> None:
    words = search_words("拖欠工程款，ＰＰＰ项目！")
    assert {"工程款", "工程", "ppp", "项目"} <= set(words)
    assert not {"，", "！", " "} & set(words)


def test_stretches_come_by_length_and_place() -> None:
    assert characters("一二三") == ["一", "二", "三", "一二", "二三", "一二三"]


@pytest.mark.parametrize("text", ["", "一", "一二", "一二三四一二", "\U0001f600😀a一", "货\ud800款"])
def test_stretches_are_the_same_as_numbers(text: str) -> None:
    stretches, numbers = characters(text), keys(text).tolist()
    assert len(stretches) == len(numbers)
    assert len(set(zip(stretches, numbers, strict=True))) == len(set(stretches)) == len(set(numbers))


def test_jieba_keeps_its_cache_among_our_own_files() -> None:
    cache = Path(str(segmenter().tmp_dir))
    assert cache.name == "jieba"
    assert (cache / "jieba.cache").is_file()
    assert not jieba.dt.initialized


# --- the same words as jieba's own -----------------------------------------------------------------------------------

SAID = "".join(case.body["body"] for case in cases())


@pytest.fixture(scope="module")
def own() -> jieba.Tokenizer:
    """jieba as it comes, with our dictionary."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = segmenter().FREQ, segmenter().total, True
    return tokenizer


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_words_are_those_of_jieba(case: Case, own: jieba.Tokenizer) -> None:
    text = case.body["body"]
    assert list(segmenter().cut(text)) == list(own.cut(text))
    assert list(segmenter().cut_for_search(text)) == list(own.cut_for_search(text))


@given(st.text(st.sampled_from(SAID + "abcXYZ019 \n\r\t%-_.+#&Ｐ𠮷💰ᠮ")))
def test_words_of_what_nobody_would_say_are_those_of_jieba_too(own: jieba.Tokenizer, text: str) -> None:
    assert list(segmenter().cut(text)) == list(own.cut(text))
    assert list(segmenter().cut_for_search(text)) == list(own.cut_for_search(text))
