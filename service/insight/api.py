"""Hot spots and the board's figures over HTTP."""

from typing import Any

from flask_login import current_user

from service import clock
from service.complaints import listing, reading
from service.complaints.schemas import ListQuerySchema, PageSchema
from service.complaints.visibility import SCOPES
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.errors import NotFound
from service.http import Blueprint, UnaskedSchema, needs
from service.insight import board, hotspots
from service.insight.schemas import (
    BehindPageSchema,
    BehindQuerySchema,
    BoardSchema,
    HotspotsSchema,
    ViewSchema,
    asked_of,
    options_of,
    view_of,
)
from service.insight.views import VIEWS

blp = Blueprint("insight", __name__, url_prefix="/api/v1", description="热点和统计")
READERS = tuple(sorted(SCOPES))


class PageQuerySchema(ListQuerySchema):
    """Place in a list."""

    class Meta:
        fields = ("cursor", "limit")


@blp.route("/hotspots")
@needs(*READERS)
@blp.arguments(UnaskedSchema, location="query")
@blp.response(200, HotspotsSchema)
def index(_: dict[str, Any]) -> dict[str, Any]:
    """What many enterprises complained of within seven days, of what the caller may see; the most unusual first."""
    now, book = clock.now(), directory.current()
    items = [hotspots.told(one, book) for one in hotspots.hotspots(current_user, now)]
    return {"since": now - hotspots.PERIOD, "until": now, "items": items}


@blp.route("/hotspots/<code>/complaints")
@needs(*READERS)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, PageSchema)
def complaints(wanted: dict[str, Any], code: str) -> dict[str, Any]:
    """The complaints of a hot spot, the newest first."""
    now, book = clock.now(), directory.current()
    spot = hotspots.find(code, current_user, now)
    found = listing.page(Wanted(ids=spot.ids, **wanted), current_user, now)
    return {"items": [reading.brief(row, book) for row in found.items], "next_cursor": found.next_cursor}


@blp.route("/figures/<view>")
@needs(*board.ROLES)
@blp.arguments(BoardSchema, location="query")
@blp.response(200, ViewSchema)
def figures(given: dict[str, Any], view: str) -> dict[str, Any]:
    """The figures of the board: day, regions, trend, families, funnel, judged or departments."""
    if view not in VIEWS:
        raise NotFound("没有这种统计。")
    one = _board(given)
    _, count = VIEWS[view]
    return view_of(one, count(one, options_of(given)))


@blp.route("/figures/complaints")
@needs(*board.ROLES)
@blp.arguments(BehindQuerySchema, location="query")
@blp.response(200, BehindPageSchema)
def behind(given: dict[str, Any]) -> dict[str, Any]:
    """The complaints behind a number of the figures; what happened twice to one stands there twice."""
    one = _board(given)
    found = board.behind(one, given["figure"], given.get("cursor"), given["limit"])
    items = [reading.brief(complaint, one.book) for complaint, _, _ in found.items]
    return {"items": items, "next_cursor": found.following, "total": found.total, "enterprises": found.enterprises}


def _board(given: dict[str, Any]) -> board.Board:
    now = clock.now()
    return board.board(asked_of(given, clock.local(now).date()), current_user, directory.current(), now)
