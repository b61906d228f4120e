"""Facts that a text states: numbers that belong to a person or a firm, and places."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from stdnum.cn import uscc

from service.classifier.text import segmenter
from service.classifier.wordtree import pattern_of

# --- numbers to protect ----------------------------------------------------------------------------------------------

PHONE, IDENTITY, CREDIT = "〔电话〕", "〔身份证号〕", "〔信用代码〕"

# Full-width digits, letters and signs as half-width ones, one for one.
_HALF = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)} | dict.fromkeys((0x2010, 0x2011, 0x2013, 0x2014), "-")
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ALONE = r"(?<![0-9A-Za-z])"
_FREE = rf"{_ALONE}(?<![.¥$])(?<![0-9A-Za-z][-_])"  # nor inside an amount or a contract's number
_END = r"(?![0-9A-Za-z])(?!\.\d{1,2}(?!\d))(?![-_][0-9A-Za-z])(?!\s*(?:[万亿吨%]|元(?!旦)))"
_ABROAD = r"\(?(?:\+|00)?86\)?[-\s]?"
_AREA = r"(?:(?:10|2\d)\)?[-\s]?\d{4}|[3-9]\d\d\)?[-\s]?\d{3,4})[-\s]?\d{4}"
_ASKED = r"(?:电话|座机|固话|传真|联系方式|tel|phone)[^0-9\n，。；]{0,6}"

_PERSONAL = re.compile(
    rf"""
      (?P<identity>{_ALONE}{_PROVINCE}\d{{4}}[-\s]?(?:18|19|20)\d\d{_DAY}[-\s]?\d{{3}}[\dX](?![0-9A-Za-z]))
    | (?P<credit>{_ALONE}[1-9ANY][1-59]\d{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}(?![0-9A-Za-z]))
    | (?P<mobile>(?:(?<=wx)|(?<=vx)|(?<=tel)|{_FREE})(?:{_ABROAD})?
        1[3-9]\d(?:[-\s]?\d{{4}}[-\s]?|\d[-\s]\d{{3}}[-\s])\d{{4}}{_END})
    | (?P<landline>{_FREE}(?:{_ABROAD}\(?0?|\(?0){_AREA}(?:(?:-|\s?转\s?)\d{{1,6}})?{_END})
    | (?P<old_identity>{_FREE}{_PROVINCE}\d{{4}}\d\d{_DAY}\d{{3}}{_END})
    | {_ASKED}(?P<local>{_FREE}(?!(?:19|20)\d\d{_DAY})[2-9]\d{{2,3}}[-\s]?\d{{4}}{_END})
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STAND_IN = {"identity": IDENTITY, "old_identity": IDENTITY, "credit": CREDIT}
# What is called the number of a contract or an order is none of a person, however much it looks like one.
_CALLED = re.compile(
    r"(?:合同|协议|订单|运单|单|票|批|编|文|案|流水|账|卡)(?:号码?|编码|编号)\s*[:：是为]?\s*$|编号\s*[:：]?\s*$"
)
_MAY_BE_CALLED = {"mobile", "landline", "old_identity"}


def mask(text: str) -> str:
    """The text without phone, identity and credit numbers; amounts, dates and contract numbers stay."""
    half = text.translate(_HALF)
    pieces: list[str] = []
    done = 0
    for match in _PERSONAL.finditer(half):
        kind = match.lastgroup or ""
        if _is_personal(kind, match[kind], half[max(0, match.start(kind) - 12) : match.start(kind)]):
            pieces += text[done : match.start(kind)], _STAND_IN.get(kind, PHONE)
            done = match.end(kind)
    return "".join([*pieces, text[done:]])


def _is_personal(kind: str, found: str, before: str) -> bool:
    if kind == "credit":
        return bool(re.search("[A-Z]", found[8:], re.IGNORECASE)) or uscc.is_valid(found)
    return kind not in _MAY_BE_CALLED or not _CALLED.search(before)


# --- places ----------------------------------------------------------------------------------------------------------

# Full names that are common words, or districts of other provinces too: they need their league beside them.
COMMON = frozenset({"新城区", "海南区", "青山区", "红山区", "松山区", "东河区", "白云区"})
_LEADS_TO_PLACE = re.compile(r"(?:^|[\W_在位于到从是属住来])$")
_GOES_ON = re.compile(r"建设|改造|规划|开发|内外|以外|那边")
SHORT = 2
WINDOW = 6


class Place(Protocol):
    """What places() asks of a place; `spoken` are its other names."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def spoken(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Mention:
    """Words that name a place; several codes where the words fit several and the text does not say which."""

    codes: tuple[str, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Places:
    """The place a text is about, None where it names none or leaves it open, and every mention."""

    place: str | None
    mentions: tuple[Mention, ...]


class _Atlas:
    """Names and what lies in what, made once for the places at hand."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.above = {place.code: place.parent or None for place in places}
        self.codes: dict[str, list[str]] = {}
        for place in places:
            for name in dict.fromkeys((place.name, *place.spoken)):
                self.codes.setdefault(name, []).append(place.code)
        self.names = re.compile(pattern_of(self.codes) or r"(?!)")

    def chain(self, code: str | None) -> list[str]:
        """A place and all above it."""
        chain = []
        while code is not None:
            chain.append(code)
            code = self.above.get(code)
        return chain

    def lowest(self, codes: Iterable[str]) -> str | None:
        """The deepest place that agrees with all of them; None where that is no less than everything."""
        found = set(codes)
        deepest = [code for code in found if not any(code in self.chain(other)[1:] for other in found)]
        shared = [code for code in self.chain(deepest[0] if deepest else None) if self._holds(code, deepest)]
        return shared[0] if shared and self.above[shared[0]] else None

    def _holds(self, code: str, others: Iterable[str]) -> bool:
        return all(code in self.chain(other) for other in others)


_atlas: tuple[tuple[Place, ...], _Atlas] = ((), _Atlas(()))


def places(text: str, gazetteer: Iterable[Place]) -> Places:
    """The places that a text names, and the deepest one consistent with all of them.

    Two banners of one league leave the league; two leagues, or the region alone, leave nothing.
    """
    atlas = _atlas_of(tuple(gazetteer))
    mentions = [_mention(atlas, match) for match in atlas.names.finditer(text) if _is_word(text, match)]
    certain = {mention.codes[0] for mention in mentions if len(mention.codes) == 1 and mention.text not in COMMON}
    league = {above for code in certain for above in atlas.chain(code)[:-1]}
    meant = [_narrowed(atlas, mention, league) for mention in mentions if _is_meant(atlas, text, mention, league)]
    open_ = any(len(mention.codes) > 1 for mention in meant)
    named = {code for mention in meant for code in mention.codes}
    return Places(None if open_ else atlas.lowest(named), tuple(meant))


def _atlas_of(gazetteer: tuple[Place, ...]) -> _Atlas:
    global _atlas
    known, atlas = _atlas
    if known != gazetteer:
        atlas = _Atlas(gazetteer)
        _atlas = (gazetteer, atlas)
    return atlas


def _mention(atlas: _Atlas, match: re.Match[str]) -> Mention:
    return Mention(tuple(atlas.codes[match[0]]), match[0], *match.span())


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether a short name stands there as a word of its own: 五原 in 五原的厂子, not in 五原则."""
    start, end = match.span()
    if end - start > SHORT:
        return True
    at, borders = max(0, start - WINDOW), set()
    for word in segmenter().cut(text[at : end + WINDOW]):
        borders.add(at)
        at += len(word)
    return start in borders and end in borders | {at}


def _is_meant(atlas: _Atlas, text: str, mention: Mention, league: set[str]) -> bool:
    """Whether a common name is this place: its league is named too, or it stands where only a place would."""
    if mention.text not in COMMON or any(atlas.above[code] in league for code in mention.codes):
        return True
    leads = _LEADS_TO_PLACE.search(text[max(0, mention.start - 1) : mention.start])
    return bool(leads) and not _GOES_ON.match(text, mention.end)


def _narrowed(atlas: _Atlas, mention: Mention, league: set[str]) -> Mention:
    """Of several places with one name, those in a league (or the very place) that the text names otherwise."""
    near = tuple(code for code in mention.codes if league & set(atlas.chain(code)[:-1]))
    return Mention(near, mention.text, mention.start, mention.end) if len(mention.codes) > 1 and near else mention
