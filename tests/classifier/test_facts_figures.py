"""How well facts are read, held slightly below what was measured; and that no text can hold the reader up."""

import re

import pytest

from service.classifier.facts import atlas, dates, documents, money, names, personal, read
from tests.classifier.facts_figures import LISTS, SINGLE, TODAY, figures, labelled
from tests.directory.book import book

# Precision and recall at least: of the texts that nobody developed by, and of those somebody did.
HELD = {
    "facts_unseen": {
        "amount": (0.97, 0.93),
        "place": (0.97, 0.97),
        "respondent": (0.93, 0.90),
        "dates": (0.97, 0.97),
        "periods": (0.97, 0.87),
        "documents": (0.97, 0.97),
        "policies": (0.97, 0.97),
    },
    "facts": {"amount": (0.98, 0.97), "place": (0.98, 0.98), "respondent": (0.98, 0.98), "dates": (0.97, 0.97)},
}
FARTHEST = 250  # letters that a pattern may look ahead
HOSTILE = [
    "1" * 20000, "一" * 20000, "1,000," * 3333, "1 " * 10000, "万" * 20000, "欠" * 20000, "局" * 20000, "公司" * 10000,
    "内蒙古" * 6666, "五原" * 10000, "《" * 20000, "（2023）" * 2857, "2023年" * 4000, "2021-" * 4000, "请" * 20000,
    "号" * 20000, "和" * 20000, ")" * 20000, "给五原县人民医院和" * 2222, "我公司欠三万" * 3333,
    "内政办发〔2021〕25号" * 1428,
    "一二三四五万" * 3333, "电话" * 10000, "\ud800" * 20000,
]  # fmt: skip


@pytest.mark.parametrize("which", HELD)
def test_facts_are_read_as_well_as_they_were_measured(which: str) -> None:
    measured = figures(which)
    short = {
        field: measured[field]
        for field, (precision, recall) in HELD[which].items()
        if measured[field].precision < precision or measured[field].recall < recall
    }
    assert not short


def test_there_are_three_hundred_texts_and_none_is_on_both_sides() -> None:
    known, unseen = ({row["text"] for row in labelled(which)} for which in ("facts", "facts_unseen"))
    assert len(known | unseen) >= 300
    assert len(unseen) >= 120
    assert not known & unseen
    assert all(row.keys() <= {"text", "skip", *SINGLE, *LISTS} for which in HELD for row in labelled(which))


@pytest.mark.parametrize("which", HELD)
def test_every_span_holds_what_was_read_there(which: str) -> None:
    for text in (row["text"] for row in labelled(which)):
        found = read(text, book(), TODAY)
        alone = [one for one in (found.amount, found.respondent, found.mention) if one]
        for one in (*alone, *found.sums, *found.dates, *found.periods):
            assert text[one.start : one.end].strip() == one.text
        for paper in found.documents:
            assert text[paper.start : paper.end] == paper.name


@pytest.mark.parametrize(
    "pattern",
    [
        money._MONEY, dates._DATE, dates._PERIOD, documents._NUMBERED, documents._TITLE, names._PERSON,
        personal._PERSONAL,
    ],
)  # fmt: skip
def test_a_pattern_that_walks_a_text_looks_only_so_far_ahead(pattern: re.Pattern[str]) -> None:
    _least, most = re._parser.parse(pattern.pattern, pattern.flags).getwidth()
    assert most <= FARTHEST


def test_only_so_many_names_and_numbers_are_looked_at() -> None:
    assert len(read("局长管局的教育局。" * 2000, book(), TODAY).sums) == 0
    assert len(read("欠款3万元，" * 3000, book(), TODAY).sums) == money.MOST
    assert len(read("五原县，" * 4000, book(), TODAY).dates) == 0
    assert atlas.MOST >= names.MOST


@pytest.mark.parametrize("text", ["", " ", "\n", "。", "🐑" * 50, "a\x00b", *HOSTILE], ids=range(len(HOSTILE) + 6))
def test_any_text_is_read_and_what_is_found_stands_in_it(text: str) -> None:
    found = read(text, book(), TODAY)
    said = [one for part in (found.sums, found.dates, found.periods) for one in part]
    assert [one for one in said if text[one.start : one.end] != one.text] == []
    marked = [*said, *found.documents, *found.protected]
    assert [one for one in marked if not 0 <= one.start < one.end <= len(text)] == []
