"""Chinese text made ready for counting: folded, its noise made into tokens, segmented."""

import hashlib
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rjieba
from flask import current_app, has_app_context
from numpy.typing import NDArray

from service.classifier.wordtree import pattern_of
from service.config import Config

with warnings.catch_warnings():
    # jieba 0.42 has invalid escapes, and asks for pkg_resources where an old setuptools still brings it.
    warnings.simplefilter("ignore")
    import jieba

jieba.setLogLevel(logging.CRITICAL)

NUMBER, PLACE, GAP = "0", "◎", " "
_STAND_IN = {"number": NUMBER, "place": PLACE, "gap": GAP}
LONGEST_GRAM = 3
CODE_BITS = 21
DICTIONARY = "user_dictionary.txt"
LONGEST_WORD = 500  # more than 2046 bytes are no word to PostgreSQL

_SIGNS = re.compile(r"[+#&._%\-\ud800-\udfff]")  # and half characters, which rjieba refuses

# One character for one, so that both texts have the same places: full width to half, capitals to small.
_FOLD = {0x3000: " "}
_FOLD |= {code + 0xFEE0: chr(code).lower() for code in range(0x21, 0x7F)}
_FOLD |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}


class Prepared(NamedTuple):
    """A text as features see it.

    Attributes:
        text: folded; every number, known place and run of punctuation has become one character.
        origin: for each of its characters, and the end, where that stood in the given text.
        words: its segments, which together are the text.
    """

    text: str
    origin: list[int]
    words: list[str]

    @property
    def starts(self) -> list[int]:
        """Where each word begins."""
        return [0, *accumulate(map(len, self.words))][:-1]


class Segmenter(jieba.Tokenizer):
    """jieba's words by its dictionary and ours, found by rjieba: the same method in a tenth of the time.

    A test holds the two to the same words; what has signs between Latin letters they split unlike, so jieba has that.
    """

    swift: rjieba.Jieba | None = None  # once all words are known

    def load_userdict(self, f: Any) -> None:
        """Add our words, with the frequencies that jieba gives them."""
        super().load_userdict(f)
        swift = rjieba.Jieba()
        for word, tag in self.user_word_tag_tab.items():
            swift.add_word(word, self.FREQ[word], tag)
        self.swift = swift

    def cut(self, sentence: str, cut_all: bool = False, HMM: bool = True, use_paddle: bool = False) -> Iterator[str]:
        """The words, which together are the sentence."""
        if self.swift is None or cut_all:
            return super().cut(sentence, cut_all, HMM)
        # jieba too segments what stands between two signs for itself.
        return chain.from_iterable(self._words(stretch, HMM) for stretch in jieba.re_han_default.split(sentence))

    def _words(self, stretch: str, hmm: bool) -> Iterable[str]:
        if self.swift is None or _SIGNS.search(stretch):
            return super().cut(stretch, HMM=hmm)
        return self.swift.cut(stretch, hmm)


def folder(which: str) -> Path:
    """The app's folder DATA or VAR, or the environment's where no app is at work."""
    if has_app_context():
        return Path(current_app.config[which])
    config = Config.from_environment()
    return {"DATA": config.data, "VAR": config.var}[which]


@cache
def segmenter() -> Segmenter:
    """The process's one jieba with our words; loading takes about a second and 80 MB, so do it before the fork."""
    cached = folder("VAR") / "jieba"
    cached.mkdir(parents=True, exist_ok=True, mode=0o700)
    tokenizer = Segmenter()
    tokenizer.tmp_dir = str(cached)  # never the shared /tmp: jieba unmarshals what it finds there
    tokenizer.initialize()
    with (folder("DATA") / DICTIONARY).open("rb") as words:
        tokenizer.load_userdict(words)
    return tokenizer


@cache
def dictionary_fingerprint() -> str:
    """Which user dictionary this process segments by; a model learnt with another one counts other words."""
    return hashlib.sha256((folder("DATA") / DICTIONARY).read_bytes()).hexdigest()


@cache
def _noise() -> re.Pattern[str]:
    """Numbers, places of the user dictionary (tagged ns) and whatever is no word."""
    places = [word for word, tag in segmenter().user_word_tag_tab.items() if tag == "ns"]
    return re.compile(rf"(?P<place>{pattern_of(places)})|(?P<number>\d[\d,.]*\d|\d)|(?P<gap>[\W_]+)")


def fold(text: str) -> str:
    """The text in half width and small letters, character by character."""
    return text.translate(_FOLD)


def folded(text: str) -> tuple[str, list[int]]:
    """The text with stand-ins for its numbers, places and punctuation, and where each character came from."""
    letters = fold(text)
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _noise().finditer(letters):
        start, end = match.span()
        pieces += letters[done:start], _STAND_IN[match.lastgroup or "gap"]
        origin += range(done, start + 1)
        done = end
    pieces.append(letters[done:])
    origin += range(done, len(letters) + 1)
    return "".join(pieces), origin


def prepare(text: str) -> Prepared:
    """Fold a text and segment it."""
    letters, origin = folded(text)
    return Prepared(letters, origin, list(segmenter().cut(letters)))


def characters(text: str) -> list[str]:
    """All its stretches of one, two and three characters, in the order of length and place."""
    return [text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)]


def keys(text: str) -> NDArray[np.int64]:
    """characters() as numbers: the code points side by side, 21 bits each; no two stretches have the same."""
    one = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    two = one[:-1] << CODE_BITS | one[1:]
    return np.concatenate([one, two, two[:-1] << CODE_BITS | one[2:]])


def search_words(text: str) -> list[str]:
    """The words to find a text by: jieba's, compounds and their parts, folded; numbers stay."""
    found = segmenter().cut_for_search(fold(text))
    return [word for word in found if len(word) <= LONGEST_WORD and re.search(r"[^\W_]", word)]
