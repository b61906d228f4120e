"""Reading names: the place in 呼和浩特市新城区住建局, and the department that the rest means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.directory.rules import Department, Directory

LONGEST = 60  # characters of a name that are read
SHORTEST_STEM = {"市": 2, "县": 2, "旗": 2, "盟": 3}  # 兴安盟 keeps its suffix: 兴安 also stands in 大兴安岭
DIRECTIONS = "左右前中后"
# “县医院” and “市住建局” mean the speaker's own county and city.
LEVEL_WORDS = ("自治区", "市", "县", "旗", "区", "盟")
LEVEL = re.compile(r"自治区|市(?!场|民|政(?!府|务|数))|县(?!域)|旗(?!舰)|区(?!域|块)|盟")
# In a text, “税务局” and “县税务局” are the writer's own only behind a stop or one of these: not in 大同市公安局.
LEADS = ("当地", "本地", *"我咱本该此向到去来找被对跟和与及或由让请是把在给从经报诉求了的往至为叫说后但而又再就")
HALL = "政务大厅"  # the one 厅 that is no department of the region
# Nobody means a body by a bare “政府” or “12345热线”; and 政府采购, 政府性基金 are none.
NEVER_BARE = frozenset({"government", "dispatch"})
# “请五原县市场监管局依法查处” asks for help; “根据五原县人民政府文件” cites a rule.
ASKING = ("请", "请求", "希望", "盼", "盼望", "建议")
ASKED = re.compile(r"(?:依法|尽快|及时|予以|能够?|帮忙|出面)*(?:查处|查清|查一查|核实|调查|协调|监督|督促|介入|管)")
CITING = ("根据", "按照", "依据", "依照", "落实", "响应", "符合")
CITED = ("文件", "《", "〔", "关于", "出台", "印发", "发布", "下发")
NO_BODY = ("采购", "购买", "信息", "投资", "网站", "债", "性")


def short_names(name: str, level: str) -> tuple[str, ...]:
    """The name without its suffix where nobody can mistake it: 五原 for 五原县, but no 青山 for 青山区."""
    if level not in {"盟市", "旗县区"}:
        return ()
    stem = name[:-1].removesuffix("自治").removesuffix("联合")
    least = SHORTEST_STEM.get(name[-1], LONGEST)
    clear = len(stem) >= least and stem[-1] not in DIRECTIONS
    return (stem,) if clear else ()


@dataclass(frozen=True)
class Found:
    """What a name tells.

    Attributes:
        place: code of the place that the body belongs to; None where the name does not say.
        department: code of the department or government.
        part: the name goes on after the department: a brigade, an office, a school of it.
        rest: the name after its place.
    """

    place: str | None = None
    department: str | None = None
    part: bool = False
    rest: str = ""


@dataclass(frozen=True)
class _Word:
    """A name of one or more places; `free` ones may stand anywhere, the others only in front or behind a place."""

    codes: tuple[str, ...]
    free: bool


class Gazetteer:
    """Finds places and departments in names; built once for a Directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._words = _words_for_places(directory)
        self._lengths = _lengths(self._words)
        self._spoken = {word: kind.code for kind in directory.kinds.values() if kind.active for word in kind.spoken}
        self._spoken_lengths = _lengths(self._spoken)
        self._written = {row.name: row.code for row in directory.departments.values() if row.active}
        self._written_lengths = _lengths(self._written)
        self._endings = _lengths(word[::-1] for word in self._words)
        self._heard = one_of(self._spoken)

    def identify(self, name: str, near: str | None) -> Found:
        """See Directory.identify."""
        name = "".join(name.split())[:LONGEST]
        if name in self._written:
            department = self._directory.departments[self._written[name]]
            return Found(department.place, department.code)
        place, rest = self._place(name, near)
        if place is None:
            place, rest = self._own(name, near)
        return self._with_department(place, rest, near)

    def after_places(self, name: str) -> str:
        """See Directory.after_places."""
        while name and (place := self._longest(name, 0)):
            name = name.removeprefix(place)
        return name

    def mentioned(self, text: str, near: str | None, cited: bool) -> tuple[str, ...]:
        """See Directory.mentioned."""
        spans = (self._mention(text, *match.span()) for match in self._heard.finditer(text))
        names = dict.fromkeys(text[slice(*span)] for span in spans if span and _counts(text, *span, cited))
        found = (self.identify(name, near).department for name in names)
        return tuple(dict.fromkeys(code for code in found if code))

    def _mention(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """Where the whole name stands that a spoken word of a text belongs to; None where it names no body."""
        left = self._places_before(text, start)
        if left < start:
            return left, self._end(text, left, end)
        level = next((word for word in LEVEL_WORDS if text.endswith(word, 0, start)), "")
        left = start - len(level)
        before = text[left - 1 : left]
        bare = not level and self._spoken[text[start:end]] in NEVER_BARE
        return (left, end) if not bare and (text.endswith(LEADS, 0, left) or not before.isalnum()) else None

    def _places_before(self, text: str, end: int) -> int:
        """Where the names of places begin that stand right before a point of a text."""
        while True:
            lengths = self._endings.get(text[end - 1 : end], ())
            length = next((n for n in lengths if n <= end and text[end - n : end] in self._words), 0)
            if not length:
                return end
            end -= length

    def _end(self, text: str, left: int, end: int) -> int:
        """Where a name ends that may be a longer one: 巴彦淖尔市生态环境局五原县分局 is not the city's bureau."""
        lengths = self._written_lengths.get(text[left], ())
        return next((left + n for n in lengths if left + n > end and text[left : left + n] in self._written), end)

    def _place(self, name: str, near: str | None) -> tuple[str | None, str]:
        """The lowest place that the name says, and what follows it."""
        place, rest = None, name
        for end, codes in self._hits(name):
            inside = [code for code in codes if self._fits(code, place, near, len(codes) == 1)]
            if len(inside) == 1:
                place, rest = inside[0], name[end:]
        return place, rest

    def _fits(self, code: str, above: str | None, near: str | None, only: bool) -> bool:
        """Whether a place may be meant after the one named before it, or by a speaker near by."""
        if above is not None:
            return above in self._directory.chain(code)
        league = self._directory.chain(near or "")[-2:-1]
        return only or bool(league and league[0] in self._directory.chain(code))

    def _hits(self, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        at, behind = 0, True
        while at < len(name):
            word = self._longest(name, at)
            if word and (behind or self._words[word].free):
                at, behind = at + len(word), True
                yield at, self._words[word].codes
            else:
                at, behind = at + 1, False

    def _longest(self, name: str, at: int) -> str:
        lengths = self._lengths.get(name[at], ())
        return next((name[at : at + length] for length in lengths if name[at : at + length] in self._words), "")

    def _own(self, name: str, near: str | None) -> tuple[str | None, str]:
        """The speaker's own county or city, where the name begins with that word."""
        found = LEVEL.match(name)
        word = found[0] if found else ""
        if word == "自治区":
            return self._directory.region, name.removeprefix(word)
        chain = self._directory.chain(near or "")[:-1] if word else ()
        place = next((code for code in chain if self._directory.places[code].name.endswith(word)), None)
        return place, name.removeprefix(word) if place else name

    def _with_department(self, place: str | None, rest: str, near: str | None) -> Found:
        """Read the rest as a department of the place or, where the name says none, of the speaker's."""
        spoken = next((rest[:n] for n in self._spoken_lengths.get(rest[:1], ()) if rest[:n] in self._spoken), "")
        if rest and not spoken:
            return Found(place, rest=rest)
        kind = self._spoken.get(spoken, "government")
        speaker = self._directory.region if spoken.endswith("厅") and spoken != HALL else near
        department = self._directory.department(kind, place) if place else self._speakers(kind, speaker)
        if department is None:
            return Found(place, rest=rest)
        return Found(department.place, department.code, rest != spoken, rest)

    def _speakers(self, kind: str, near: str | None) -> Department | None:
        """The department of a kind that a speaker means; of some there is only one, wherever he is."""
        if near is not None:
            return self._directory.nearest(kind, near)
        every = self._directory.offices(kind=kind)
        return every[0] if len(every) == 1 else None


def _counts(text: str, left: int, end: int, cited: bool) -> bool:
    """Whether a name stands for a body that did something: it is no half of a word, not asked to help, not cited."""
    if text.endswith("政府", left, end) and text.startswith(NO_BODY, end):
        return False
    if text.endswith(ASKING, 0, left) and ASKED.match(text, end):
        return False
    return cited or not (text.endswith(CITING, 0, left) or text.startswith(CITED, end))


def _words_for_places(directory: Directory) -> dict[str, _Word]:
    codes: dict[str, list[str]] = {}
    free = set()
    for place in (place for place in directory.places.values() if place.active):
        for word in {place.name, *place.spoken}:
            codes.setdefault(word, []).append(place.code)
            if word == place.name or place.level in {"自治区", "盟市", "开发区"}:
                free.add(word)
    return {word: _Word(tuple(found), word in free) for word, found in codes.items()}


def one_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds the longest of the words; by their first characters, since trying each of them everywhere is slow."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(found)})" for first, found in rests.items()))


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """By first character, how long the words are, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
