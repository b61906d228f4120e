"""The places that a text names, and the one it is about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from service.classifier.text import segmenter
from service.classifier.wordtree import pattern_of

# Full names that are common words, or districts of other provinces too: they need their league beside them.
COMMON = frozenset({"新城区", "海南区", "青山区", "红山区", "松山区", "东河区", "白云区"})
_LEADS_TO_PLACE = re.compile(r"(?:^|[\W_在位于到从是属住来])$")
_GOES_ON = re.compile(r"建设|改造|规划|开发|内外|以外|那边")
# Said only where the league is known: 前旗 in 巴盟前旗.
DIRECTIONS = tuple(f"{side}旗" for side in "左右前中后")
# Nobody takes these for another word: 达旗, 呼市; 五原 may be the half of one.
CLEAR_ENDINGS = ("旗", "市", "盟", "县")
_COLOURS = frozenset({"黄旗", "白旗", "蓝旗"})
_DOUBTFUL = COMMON | set(DIRECTIONS)
SHORT = 2
MOST = 1000  # names that are looked at
WINDOW = 6
# Where the writer sits is not where the matter lies, if the text names both.
_SITS = re.compile(
    r"(?:(?:我们?(?:公司|厂|店|家|企业|单位|社|合作社|两口子)?|我司|本?公司|企业|本人|来[电访]人|来电企业)(?:是|在|位于|在的是)"
    r"|注册地?址?(?:在|是|:)|住在?|来自|家在|总部在)$"
)
_SITS_HERE = re.compile(
    r"(?:的(?:一家|一个)?[一-龥]{0,8}?(?:公司|企业|厂|社|店|户)(?=[,，])|注册的|[一-龥()（）]{2,20}?(?:公司|厂|合作社|经营部|店)(?:来电)?(?:反映|来电|投诉|诉称))"
)


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
        self.stems: set[str] = set()  # 青山 for 青山区, said right behind its league
        for place in places:
            for name in dict.fromkeys((place.name, *place.spoken)):
                self.codes.setdefault(name, []).append(place.code)
        self._contextual(places)
        self.names = re.compile(pattern_of(self.codes) or r"(?!)")

    def _contextual(self, places: Sequence[Place]) -> None:
        """Names that need their league beside them."""
        for place in places:
            if place.name.endswith(DIRECTIONS):
                self.codes.setdefault(place.name[-2:], []).append(place.code)
            stem = place.name[:-1]
            if place.name.endswith("区") and len(stem) > 1 and stem not in self.codes:
                self.stems.add(stem)
                self.codes.setdefault(stem, []).append(place.code)

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
    mentions = _mentions(atlas, text)
    certain = {one.codes[0] for one in mentions if len(one.codes) == 1 and one.text not in _DOUBTFUL}
    league = {above for code in certain for above in atlas.chain(code)[:-1]}
    narrowed = [_narrowed(atlas, one, league) for one in mentions if _is_meant(atlas, text, one, league)]
    meant = [one for one in narrowed if not (one.text in DIRECTIONS and len(one.codes) > 1)]
    return Places(_about(atlas, text, meant), tuple(meant))


def _about(atlas: _Atlas, text: str, meant: Sequence[Mention]) -> str | None:
    """What all mentions share, or, where they lie apart, those do that are not just where the writer sits."""
    shared = _shared(atlas, meant)
    if shared in {code for mention in meant for code in mention.codes}:
        return shared
    return _shared(atlas, _elsewhere(text, meant)) or shared


def _mentions(atlas: _Atlas, text: str) -> list[Mention]:
    found: list[Mention] = []
    for match in islice(atlas.names.finditer(text), MOST):
        if match[0] in atlas.stems:
            above = atlas.above[atlas.codes[match[0]][0]]
            if not found or found[-1].end != match.start() or above not in found[-1].codes:
                continue
        elif not _is_word(text, match):
            continue
        found.append(_mention(atlas, match))
    return found


def _shared(atlas: _Atlas, meant: Sequence[Mention]) -> str | None:
    """The deepest place that agrees with all mentions."""
    open_ = any(len(mention.codes) > 1 for mention in meant)
    return None if open_ else atlas.lowest(code for mention in meant for code in mention.codes)


def _elsewhere(text: str, meant: Sequence[Mention]) -> list[Mention]:
    """The mentions that do not say where the writer sits; a name right behind such a one belongs to it."""
    kept: list[Mention] = []
    seat = -1
    for mention in meant:
        before = text[max(0, mention.start - 12) : mention.start]
        if mention.start == seat or _SITS.search(before) or _SITS_HERE.match(text, mention.end):
            seat = mention.end
        else:
            kept.append(mention)
    return kept


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
    if end - start > SHORT or (match[0].endswith(CLEAR_ENDINGS) and match[0] not in _COLOURS):
        return True
    at, borders = max(0, start - WINDOW), set()
    for word in segmenter().cut(text[at : end + WINDOW]):
        borders.add(at)
        at += len(word)
    return start in borders and end in borders | {at}


def _is_meant(atlas: _Atlas, text: str, mention: Mention, league: set[str]) -> bool:
    """Whether a common name is this place: its league is named too, or it stands where only a place would."""
    if mention.text in COMMON and _GOES_ON.match(text, mention.end) and text[mention.start - 1 : mention.start] != "市":
        return False
    if mention.text not in COMMON or any(atlas.above[code] in league for code in mention.codes):
        return True
    leads = _LEADS_TO_PLACE.search(text[max(0, mention.start - 1) : mention.start])
    return bool(leads) and not _GOES_ON.match(text, mention.end)


def _narrowed(atlas: _Atlas, mention: Mention, league: set[str]) -> Mention:
    """Of several places with one name, those in a league (or the very place) that the text names otherwise."""
    near = tuple(code for code in mention.codes if league & set(atlas.chain(code)[:-1]))
    return Mention(near, mention.text, mention.start, mention.end) if len(mention.codes) > 1 and near else mention
