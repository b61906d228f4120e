"""Reading names: the place in 呼和浩特市新城区住建局, and the department that the rest means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.directory.rules import Directory

LONGEST = 60  # characters of a name that are read
SHORTEST_STEM = {"市": 2, "县": 2, "旗": 2, "盟": 3}  # 兴安盟 keeps its suffix: 兴安 also stands in 大兴安岭
DIRECTIONS = "左右前中后"
# “县医院” and “市住建局” mean the speaker's own county and city.
LEVEL_WORDS = ("自治区", "市", "县", "旗", "区", "盟")
NO_LEVEL = ("市政", "市场", "市民", "旗舰", "区域", "区块", "县域")


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
        word = next((word for word in LEVEL_WORDS if name.startswith(word) and not name.startswith(NO_LEVEL)), "")
        if word == "自治区":
            return self._directory.region, name.removeprefix(word)
        chain = self._directory.chain(near or "") if word else ()
        place = next((code for code in chain if self._directory.places[code].name.endswith(word)), None)
        return place, name.removeprefix(word) if place else name

    def _with_department(self, place: str | None, rest: str, near: str | None) -> Found:
        """Read the rest as a department of the place or, where the name says none, of the speaker's."""
        spoken = next((rest[:n] for n in self._spoken_lengths.get(rest[:1], ()) if rest[:n] in self._spoken), "")
        where = place or near
        if where is None or (rest and not spoken):
            return Found(place, rest=rest)
        kind = self._spoken.get(spoken, "government")
        department = self._directory.department(kind, where)
        if department is None:
            return Found(place, rest=rest)
        return Found(where, department.code, rest != spoken, rest)


def _words_for_places(directory: Directory) -> dict[str, _Word]:
    codes: dict[str, list[str]] = {}
    free = set()
    for place in (place for place in directory.places.values() if place.active):
        for word in {place.name, *place.spoken}:
            codes.setdefault(word, []).append(place.code)
            if word == place.name or place.level in {"自治区", "盟市", "开发区"}:
                free.add(word)
    return {word: _Word(tuple(found), word in free) for word, found in codes.items()}


def _lengths(words: dict[str, _Word] | dict[str, str]) -> dict[str, tuple[int, ...]]:
    """By first character, how long the words are, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
