"""The places that a board tells its figures by: the parts of what was asked for, each with its address."""

from collections.abc import Mapping
from typing import Any

from service.insight.board import Board
from service.sentences import say


def unit_of(one: Board, region: str | None) -> str:
    """The part of what was asked for in which a place lies: a league, or a banner of the league; empty: unknown."""
    if region is None or region not in one.book.places:
        return ""
    chain = one.book.chain(region)
    top = one.asked.region if one.asked.region in chain else one.book.region
    return chain[chain.index(top) - 1] if chain[0] != top else top


def seen(one: Board, found: Mapping[str, int]) -> list[str]:
    """All parts that the reader may see anything of, with those beside them in which there is something."""
    top = one.asked.region or one.book.region
    below = (place for place in one.book.places.values() if place.parent == top)
    parts = [row.code for row in below if found.get(row.code) or (row.active and row.code in one.reached)]
    return [*parts, *(code for code in (top, "") if found.get(code))]


def address(one: Board, code: str) -> dict[str, Any]:
    """What an address must say to lead to a part."""
    if not code:
        return {"blank": "region"}
    return {"region": code, "here": code == (one.asked.region or one.book.region) or None}


def called(one: Board, code: str) -> str:
    """The name of a part; what lies in none of the parts below is the whole's own."""
    if not code:
        return "没有写明"
    name = one.book.places[code].name
    return say("%(place)s本级", place=name) if code == (one.asked.region or one.book.region) else name
