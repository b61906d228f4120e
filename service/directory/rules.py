"""The reference data as values, and how one looks things up in it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from service.directory.names import Found, Gazetteer, one_of, short_names

POLICIES = {"auto": "系统可直接派单", "confirm": "派单员确认后派单"}
NATURES = {"inquiry": "咨询", "request": "求助", "complaint": "投诉", "report": "举报", "suggestion": "建议"}
# In the order in which gates are asked, where a text shows several.
EFFECTS = {"hand_over": "立即转交", "pass_on": "密封转送", "refuse": "不予受理并告知渠道", "warn": "提示"}
# What a filer may say that a body is, as far as the laws about its debts ask; "unknown" is where nobody knows yet.
RESPONDENT_KINDS = {
    "organ": "机关",
    "institution": "事业单位",
    "fiscal": "使用财政资金的团体",
    "state-owned": "国有企业",
    "large": "大型企业",
    "private": "民营中小企业或个人",
    "village": "村（嘎查、居）民委员会",
}
BODIES = {**RESPONDENT_KINDS, "unknown": "性质不明"}
# The kinds of departments whose people sit at a place's desks.
GOVERNING = ("government", "dispatch", "services")
# One table's rows, as the seed files give them and the database keeps them; a missing `active` means yes.
Rows = Iterable[Mapping[str, Any]]
_ASKED = {effect: position for position, effect in enumerate(EFFECTS)}
LEVELS = ("自治区", "盟市", "旗县区", "开发区")


@dataclass(frozen=True)
class Place:
    """A place on the map or a development zone; a zone's code holds a K, which no code of GB/T 2260 does."""

    code: str
    name: str
    level: str
    parent: str | None
    aliases: tuple[str, ...] = ()
    active: bool = True

    @property
    def spoken(self) -> tuple[str, ...]:
        """The name without its suffix, where that stays clear, and the aliases."""
        return (*short_names(self.name, self.level), *self.aliases)


@dataclass(frozen=True)
class Kind:
    """A kind of department.

    Attributes:
        merged: by level, the kind that does its work where it does not exist.
        supplier: it serves (electricity) but supervises nobody.
    """

    code: str
    name: str
    spoken: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    supplier: bool = False
    active: bool = True


@dataclass(frozen=True)
class Department:
    """A department of one place, in use while both are; its code is "<place>-<kind>".

    Attributes:
        phone, hours: how and when enterprises reach it, as people read it; None where nobody said.
    """

    code: str
    name: str
    kind: str
    place: str
    active: bool = True
    phone: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class Owner:
    """A kind of department that answers for a category, of all texts or of those with one of the words."""

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A leaf of the tree, with all that it has from its family.

    Attributes:
        threshold: from which probability on the machine may dispatch.
        own_act: what one complains of here, the owner itself does.
    """

    code: str
    name: str
    family: str
    family_name: str
    policy: str
    threshold: float
    nature: str
    owners: tuple[Owner, ...]
    cues: tuple[str, ...] = ()
    channel: str | None = None
    sealed: bool = False
    gate: str | None = None
    own_act: bool = False
    active: bool = True


@dataclass(frozen=True)
class Family:
    """A branch of the tree."""

    code: str
    name: str
    policy: str
    active: bool = True


@dataclass(frozen=True)
class Gate:
    """Something that decides before any category; see EFFECTS. `not_for`: leaves whose own subject its cues are."""

    code: str
    name: str
    effect: str
    channel: str
    cues: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True)
class Sector:
    """Whose supervision a body stands under, by words of its name and by what kind of debtor it is."""

    code: str
    kind: str
    words: tuple[str, ...] = ()
    debtors: tuple[str, ...] = ()
    superior: bool = False

    def covers(self, name: str, debtor: str) -> bool:
        """Whether a body of this name and kind stands under it."""
        return (not self.words or any(word in name for word in self.words)) and (
            not self.debtors or debtor in self.debtors
        )


@dataclass(frozen=True)
class DebtorKind:
    """One of BODIES, and the words of a name that tell it."""

    code: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """All reference data of one revision; it never changes, so it can be shared by threads.

    What is retired stays, so that complaints of its time keep its name; nothing is decided by it.
    """

    places: Mapping[str, Place]
    departments: Mapping[str, Department]
    kinds: Mapping[str, Kind]
    families: Mapping[str, Family]
    categories: Mapping[str, Category]
    gates: Mapping[str, Gate]
    sectors: tuple[Sector, ...]
    debtor_kinds: tuple[DebtorKind, ...]
    revision: str = ""

    @cached_property
    def region(self) -> str:
        """The code of the place above all others."""
        return next(place.code for place in self.places.values() if place.parent is None and place.active)

    @cached_property
    def _chains(self) -> dict[str, tuple[str, ...]]:
        chains: dict[str, tuple[str, ...]] = {}
        for code in self.places:
            way, here = [code], self.places[code].parent
            while here is not None:
                way.append(here)
                here = self.places[here].parent
            chains[code] = tuple(way)
        return chains

    @cached_property
    def _subtrees(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {code: [] for code in self.places}
        for code, chain in self._chains.items():
            for above in chain:
                below[above].append(code)
        return {code: tuple(codes) for code, codes in below.items()}

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], Department]:
        return {(row.kind, row.place): row for row in self.departments.values() if row.active}

    @cached_property
    def _cues(self) -> re.Pattern[str]:
        return one_of(cue for gate in self.gates.values() for cue in gate.cues)

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return Gazetteer(self)

    def chain(self, place: str) -> tuple[str, ...]:
        """A place and all above it, up to the region; empty for an unknown place."""
        return self._chains.get(place, ())

    def subtree(self, place: str) -> tuple[str, ...]:
        """A place and all below it; empty for an unknown place."""
        return self._subtrees.get(place, ())

    def in_use(self, place: str) -> str | None:
        """The place or, where it is retired, the lowest one above it that is not; None for an unknown place."""
        return next((code for code in self.chain(place) if self.places[code].active), None)

    def superior(self, place: str) -> str | None:
        """The place above, None for the region."""
        return self.places[place].parent

    def department(self, kind: str, place: str) -> Department | None:
        """The department of a kind at a place, or the one that does its work there; None where there is neither."""
        found = self._by_kind.get((kind, place))
        if found is not None or place not in self.places or kind not in self.kinds or not self.kinds[kind].active:
            return found
        stand_in = self.kinds[kind].merged.get(self.places[place].level)
        return self._by_kind.get((stand_in, place)) if stand_in else None

    def nearest(self, kind: str, place: str) -> Department | None:
        """The department of a kind at a place or, where that has none, at the lowest place above it."""
        found = (self.department(kind, code) for code in self.chain(place))
        return next((department for department in found if department is not None), None)

    def offices(self, place: str | None = None, kind: str | None = None, after: str = "") -> list[Department]:
        """The departments in use, of one place or kind or of all, in order of their codes."""
        rows = (row for row in self.departments.values() if row.active and row.code > after)
        wanted = (row for row in rows if place in {None, row.place} and kind in {None, row.kind})
        return sorted(wanted, key=lambda row: row.code)

    def cued(self, text: str) -> bool:
        """Whether a text shows a cue of any gate: most show none, which is found sooner than whose it would be."""
        return self._cues.search(text) is not None

    def identify(self, name: str, near: str | None = None) -> Found:
        """The place and the department that a written or spoken name tells; `near` is where the speaker is."""
        return self._gazetteer.identify(name, near)

    def after_places(self, name: str) -> str:
        """What of a name follows the places that it begins with: 草原狼医疗 of 内蒙古五原县草原狼医疗."""
        return self._gazetteer.after_places(name)

    def mentioned(self, text: str, near: str | None = None, cited: bool = True) -> tuple[Department, ...]:
        """The departments and governments that a running text says something about, in order.

        Args:
            near: where the writer is.
            cited: also those that are named only as the source of a rule.
        """
        return tuple(self.departments[code] for code in self._gazetteer.mentioned(text, near, cited))

    def category(self, code: str) -> Category | None:
        """A leaf that is in use."""
        found = self.categories.get(code)
        return found if found is not None and found.active else None


def assemble(tables: Mapping[str, Rows], revision: str = "") -> Directory:
    """A Directory of the tables regions, kinds, departments, categories, gates, sectors and debtor_kinds."""
    nodes = {row["code"]: row for row in sorted(tables["categories"], key=itemgetter("position"))}
    gates = sorted((_made(Gate, row) for row in tables["gates"]), key=lambda gate: (_ASKED[gate.effect], gate.code))
    places = {row["code"]: _made(Place, row) for row in tables["regions"]}
    kinds = {row["code"]: _made(Kind, row) for row in tables["kinds"]}
    return Directory(
        places=places,
        departments={row["code"]: _department(row, kinds, places) for row in tables["departments"]},
        kinds=kinds,
        families={code: _made(Family, row) for code, row in nodes.items() if not row["parent"]},
        categories={code: _leaf(row, nodes[row["parent"]]) for code, row in nodes.items() if row["parent"]},
        gates={gate.code: gate for gate in gates},
        sectors=tuple(_made(Sector, row) for row in _in_order(tables["sectors"])),
        debtor_kinds=tuple(_made(DebtorKind, row) for row in _in_order(tables["debtor_kinds"])),
        revision=revision,
    )


def _in_order(rows: Rows) -> list[Mapping[str, Any]]:
    """The active rows of a table in which the first that fits wins."""
    return sorted((row for row in rows if row.get("active", True)), key=lambda row: row["position"])


def _made(model: Any, row: Mapping[str, Any]) -> Any:
    """A value object of one row: its own columns only, lists as tuples."""
    values = {name: row[name] for name in model.__match_args__ if name in row}
    return model(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _department(row: Mapping[str, Any], kinds: Mapping[str, Kind], places: Mapping[str, Place]) -> Department:
    found: Department = _made(Department, row)
    return replace(found, active=found.active and kinds[found.kind].active and places[found.place].active)


def _leaf(row: Mapping[str, Any], family: Mapping[str, Any]) -> Category:
    """A leaf with what it says itself and, for the rest, what its family says."""
    own = {name: row[name] or family[name] for name in ("policy", "threshold", "nature", "owners", "channel")}
    owners = tuple(Owner(owner["kind"], tuple(owner["words"])) for owner in own.pop("owners"))
    return Category(
        code=row["code"],
        name=row["name"],
        family=family["code"],
        family_name=family["name"],
        owners=owners,
        cues=tuple(row["cues"]),
        sealed=row["sealed"],
        gate=row["gate"],
        own_act=row["own_act"],
        active=row.get("active", True) and family.get("active", True),
        **own,
    )
