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


def test_no_more_reasons_than_asked_for() -> None:
    assert len(reasons(TEXT, [piece(0, 2, 1.0), piece(4, 6, 1.0), piece(8, 11, 1.0)], limit=2)) == 2


def test_a_code_without_a_dot_is_its_own_family() -> None:
    assert family("教育文体") == "教育文体"
    assert Suggestion("arrears.deposit", 0.5).family == "arrears"
