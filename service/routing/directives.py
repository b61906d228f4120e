"""What an administrator orders above the model (分派规则): which matters a directive means, and where it sends them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.directory.rules import Department, Directory
from service.sentences import say

PRIORITIES = {"ordinary": "普通", "urgent": "紧急"}
# What a directive may ask of a matter; all that are filled in must hold, within one of them any value.
CONDITIONS = ("categories", "places", "respondents", "words", "channels", "natures")


@dataclass(frozen=True)
class Directive:
    """One order; an empty condition asks for nothing.

    Attributes:
        position: the first that fits wins.
        categories: codes of leaves and of whole families; places: with all below them.
        respondents: words of the respondent's name; words: of the text.
        department: the one that handles it; or
        kind: the kind of department whose nearest one to the place does.
        urgent: what it fits is marked as urgent.
        begins, ends: the first and the last day on which it holds, in Asia/Shanghai; None where there is none.
    """

    id: int
    name: str
    position: int
    categories: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    natures: tuple[str, ...] = ()
    department: str | None = None
    kind: str | None = None
    urgent: bool = False
    begins: date | None = None
    ends: date | None = None
    active: bool = True

    def holds_on(self, day: date) -> bool:
        """Whether it is switched on and in its time."""
        return self.active and (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)

    def target(self, place: str | None, directory: Directory) -> Department | None:
        """Who handles a matter of a place; None while that department is closed, or where none can be found."""
        if self.department is not None:
            found = directory.departments.get(self.department)
            return found if found is not None and found.active else None
        return directory.nearest(self.kind or "", place) if place else None


def closed(directive: Directive, directory: Directory) -> str:
    """Why a directive rests by itself; empty while there is a department that it can send to."""
    if directive.department is not None:
        found = directory.departments.get(directive.department)
        return (
            ""
            if found and found.active
            else say("%(found)s已停用", found=found.name if found else directive.department)
        )
    kind = directory.kinds.get(directive.kind or "")
    open_ = kind is not None and kind.active and bool(directory.offices(kind=kind.code))
    return "" if open_ else say("已没有“%(kind)s”这一类部门", kind=kind.name if kind else directive.kind)


def state(directive: Directive, day: date, directory: Directory) -> str:
    """How a directive stands on a day: off, expired, resting (its department is closed), coming, or on."""
    if not directive.active:
        return "off"
    if directive.ends is not None and directive.ends < day:
        return "expired"
    if closed(directive, directory):
        return "resting"
    return "coming" if directive.begins is not None and day < directive.begins else "on"


# --- what is wrong among several -------------------------------------------------------------------------------------


# What each directive means by the conditions whose values can be counted.
Extents = Mapping[Directive, Sequence[frozenset[str]]]


@dataclass(frozen=True)
class Conflict:
    """What is wrong with a directive: never (an earlier one covers it), overlap, gone (values that are no more).

    Attributes:
        other: the directive that it is about; None where it is about the directive alone.
        values: the codes that are no more.
    """

    kind: str
    directive: Directive
    other: Directive | None = None
    values: tuple[str, ...] = ()


def conflicts(directives: Sequence[Directive], day: date, directory: Directory) -> list[Conflict]:
    """What an administrator should look at, among directives that still may fire on a day or later, in their order."""
    alive = [one for one in directives if state(one, day, directory) in {"on", "coming"}]
    found = [Conflict("gone", one, values=missing) for one in alive if (missing := gone(one, directory))]
    extents = {one: _extent(one, directory) for one in alive}
    for at, later in enumerate(alive):
        earlier = alive[:at]
        above = next((one for one in earlier if covers(one, later, day, extents)), None)
        if above is not None:
            found.append(Conflict("never", later, above))
            continue
        crossing = (one for one in earlier if _aims(one) != _aims(later) and overlap(one, later, extents))
        found += [Conflict("overlap", later, one) for one in crossing]
    return found


def _aims(directive: Directive) -> tuple[str | None, str | None, bool]:
    return directive.department, directive.kind, directive.urgent


def gone(directive: Directive, directory: Directory) -> tuple[str, ...]:
    """The categories and places of a directive that are no longer in use: no matter has them any more."""
    leaves = (code for code in directive.categories if not _leaves((code,), directory))
    places = (code for code in directive.places if code not in directory.places or not directory.places[code].active)
    return (*leaves, *places)


def overlap(one: Directive, other: Directive, extents: Extents) -> bool:
    """Whether one matter may well be meant by both.

    Two texts' words can always meet in one text; that is called an overlap only where one word holds another.
    """
    return (
        _in_time(one, other)
        and all(not ours or not theirs or ours & theirs for ours, theirs in _both(one, other, extents))
        and all(not ours or not theirs or _share(ours, theirs) for ours, theirs in _both_words(one, other))
    )


def covers(one: Directive, other: Directive, day: date, extents: Extents) -> bool:
    """Whether everything that another means from a day on is meant by one already."""
    lasting = (one.begins is None or one.begins <= max(day, other.begins or day)) and (
        one.ends is None or (other.ends is not None and other.ends <= one.ends)
    )
    return (
        lasting
        and all(not ours or (theirs and theirs <= ours) for ours, theirs in _both(one, other, extents))
        and all(not ours or (theirs and _within(theirs, ours)) for ours, theirs in _both_words(one, other))
    )


def _in_time(one: Directive, other: Directive) -> bool:
    begins = max(one.begins or date.min, other.begins or date.min)
    return begins <= min(one.ends or date.max, other.ends or date.max)


def _both(one: Directive, other: Directive, extents: Extents) -> list[tuple[frozenset[str], frozenset[str]]]:
    return list(zip(extents[one], extents[other], strict=True))


def _extent(directive: Directive, directory: Directory) -> list[frozenset[str]]:
    """The leaves, places, channels and natures that are meant.

    A condition whose values are all gone keeps them, since it still asks for something.
    """
    leaves = _leaves(directive.categories, directory) or frozenset(directive.categories)
    below = frozenset(code for place in directive.places for code in (directory.subtree(place) or (place,)))
    return [leaves, below, frozenset(directive.channels), frozenset(directive.natures)]


def _leaves(codes: Iterable[str], directory: Directory) -> frozenset[str]:
    """The leaves in use that are meant by codes of leaves and families."""
    wanted = set(codes)
    rows = directory.categories.values()
    return frozenset(leaf.code for leaf in rows if leaf.active and wanted & {leaf.code, leaf.family})


def _both_words(one: Directive, other: Directive) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(one.respondents, other.respondents), (one.words, other.words)]


def _share(some: Collection[str], others: Collection[str]) -> bool:
    return any(says(word, others) or says(other, (word,)) for word in some for other in others)


def _within(narrow: Collection[str], wide: Collection[str]) -> bool:
    """Whether every text with one of the first words has one of the second."""
    return all(says(word, wide) for word in narrow)


def says(text: str, words: Iterable[str]) -> bool:
    """Whether one of some words stands in a text, in capitals or not."""
    plain = text.casefold()
    return any(word.casefold() in plain for word in words)
