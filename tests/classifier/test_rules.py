import pytest

from service.classifier.rules import Piece, Suggestion, family, reasons

TEXT = "医院拖欠货款，医院不给"


def piece(start: int, end: int, weight: float, spoken: bool = True) -> Piece:
    return Piece(start, end, weight, spoken)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([piece(0, 2, 1.0), piece(4, 6, 3.0)], [("货款", 3.0), ("医院", 1.0)]),
        ([piece(2, 4, 1.0), piece(4, 6, 3.0)], [("拖欠货款", 4.0)]),
        ([piece(0, 2, 1.0), piece(7, 9, 2.0)], [("医院", 3.0)]),
        ([piece(0, 2, -1.0), piece(4, 6, 1.0)], [("货款", 1.0)]),
        ([piece(0, 2, 9.0, spoken=False), piece(4, 6, 1.0)], [("货款", 1.0)]),
        ([piece(9, 10, 2.0), piece(4, 6, 1.0)], [("货款", 1.0)]),
        ([piece(0, 2, 0.1), piece(4, 6, 3.0)], [("货款", 3.0)]),
        ([piece(0, 2, -1.0)], []),
        ([], []),
    ],
    ids=[
        "the strongest first",
        "neighbours join",
        "the same word twice adds up",
        "what speaks against is no reason",
        "numbers and places are no reason",
        "one character is no reason",
        "a whisper is no reason",
        "only against",
        "nothing",
    ],
)
def test_reasons_are_the_phrases_that_spoke_for_it(pieces: list[Piece], expected: list[tuple[str, float]]) -> None:
    assert [(reason.word, reason.weight) for reason in reasons(TEXT, pieces)] == expected


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("还欠八十五万货款", "十五万", []),
        ("还欠85.5万元货款", "万元", []),
        ("还欠八十五万货款", "五万货款", ["八十五万货款"]),
        ("还欠１，２３４，５６７元货款", "５６７元货款", ["１，２３４，５６７元货款"]),
        ("拖了三十二个月不给", "二个月", ["三十二个月"]),
        ("答应三十天内付", "十天内付", ["三十天内付"]),
        ("欠款二十万一直没给", "一直没给", ["一直没给"]),
        ("依照第三十二条", "第三十", ["第三十二"]),
    ],
)
def test_a_reason_is_no_piece_of_a_number_and_no_bare_sum(text: str, word: str, shown: list[str]) -> None:
    at = text.index(word)
    assert [one.word for one in reasons(text, [piece(at, at + len(word), 1.0)])] == shown


def test_what_stands_in_any_complaint_is_no_reason() -> None:
    assert [one.word for one in reasons("他们欠货款", [piece(0, 2, 9.0), piece(3, 5, 1.0)])] == ["货款"]


def test_no_more_reasons_than_asked_for() -> None:
    assert len(reasons(TEXT, [piece(0, 2, 1.0), piece(4, 6, 1.0), piece(8, 11, 1.0)], limit=2)) == 2


def test_a_code_without_a_dot_is_its_own_family() -> None:
    assert family("教育文体") == "教育文体"
    assert Suggestion("arrears.deposit", 0.5).family == "arrears"
