"""What the classifier says, and what needs no model to be said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.classifier.facts.letters import half, words
from service.classifier.facts.numerals import CUT_NUMBER, NUMBER

Span = tuple[int, int]
AUDIBLE = 0.15  # of the strongest piece; what is weaker only lengthens the phrases
_NUMBER = re.compile(f"(?:{CUT_NUMBER}|{NUMBER})(?:[元圆块]钱?)?")
# Words that stand in any complaint: what speaks for a category in them convinces nobody.
SAY_NOTHING = frozenset(
    words(
        """现在 时候 当时 今天 明天 后天 我们 你们 他们 咱们 俺们 大家 自己 别人 人家 这么 那么 怎么 什么 这样 那样
        这个 那个 这些 那些 这里 那里 就是 还是 也是 不是 可是 但是 因为 所以 如果 合计 总共 一共 领导 你好 您好
        请问 谢谢"""
    )
)


@dataclass(frozen=True)
class Reason:
    """A phrase of the text and what it added to the category's score, in logits."""

    word: str
    weight: float


@dataclass(frozen=True)
class Suggestion:
    """One category that a text may belong to.

    Attributes:
        reasons: what spoke for it, strongest first.
        against: what spoke against it, strongest first; these weights are negative.
        sure: the likeliest one only: whether it was measured right often enough to be followed without a person.
    """

    code: str
    probability: float
    reasons: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    sure: bool = False

    @property
    def family(self) -> str:
        """The part of the code before the dot; the whole code where there is none."""
        return family(self.code)


@dataclass(frozen=True)
class Understanding:
    """What one model makes of a text.

    Attributes:
        suggestions: the likeliest first; nothing where the text says nothing known.
        familiarity: the share of its pairs of characters that the model has met, 0 to 1.
        strange: it is further from all the model has learnt than such texts are, so that no suggestion is sure.
        version: which model it is.
    """

    suggestions: tuple[Suggestion, ...]
    familiarity: float
    strange: bool
    version: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a text from one segment border to the next, with what it added to a category's score."""

    start: int
    end: int
    weight: float
    spoken: bool  # false for numbers, places and punctuation, which are no reasons that convince anybody


@dataclass(frozen=True)
class Explanation:
    """Why a category got its score: the base that any text starts with and what each piece of this one added.

    The score is in logits before the last calibration; base and the pieces' weights sum to it.
    """

    code: str
    score: float
    base: float
    pieces: tuple[Piece, ...]


def family(code: str) -> str:
    """arrears.construction → arrears."""
    return code.partition(".")[0]


def reasons(text: str, pieces: Iterable[Piece], limit: int = 5, side: int = 1) -> tuple[Reason, ...]:
    """The phrases that spoke most strongly for a category; neighbours among the strong pieces become one phrase.

    Args:
        side: -1 for what spoke against it.
    """
    numbers = {at: one.span() for one in _NUMBER.finditer(half(text)) for at in range(*one.span())}
    telling = (piece for piece in pieces if piece.spoken and _tells(text, piece, numbers))
    loudest = sorted(telling, key=lambda piece: -side * piece.weight)[: 2 * limit]
    strong = [piece for piece in loudest if side * piece.weight > max(0.0, AUDIBLE * side * loudest[0].weight)]
    weights: dict[str, float] = {}
    for phrase in _joined(sorted(strong, key=lambda piece: piece.start)):
        start, end = _whole(phrase, numbers)
        word = text[start:end]
        weights[word] = weights.get(word, 0.0) + phrase.weight
    readable = [Reason(word, weight) for word, weight in weights.items() if len(word) > 1]
    return tuple(sorted(readable, key=lambda reason: -side * reason.weight)[:limit])


def _tells(text: str, piece: Piece, numbers: Mapping[int, Span]) -> bool:
    """Whether a piece says something by itself: a number, or a part of one, does not."""
    _start, end = numbers.get(piece.start, (0, 0))
    return piece.end > end and text[piece.start : piece.end] not in SAY_NOTHING


def _whole(phrase: Piece, numbers: Mapping[int, Span]) -> Span:
    """Where a phrase stands, with all of a number that it begins or ends in: never 二个月 of 三十二个月."""
    start, _end = numbers.get(phrase.start, (phrase.start, 0))
    before, end = numbers.get(phrase.end, (phrase.end, 0))
    return start, end if before < phrase.end else phrase.end


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].end == piece.start:
            last = joined.pop()
            piece = Piece(last.start, piece.end, last.weight + piece.weight, True)
        joined.append(piece)
    return joined
