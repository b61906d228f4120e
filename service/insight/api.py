"""Hot spots over HTTP."""

from typing import Any

from flask_login import current_user

from service import clock
from service.complaints import listing, reading
from service.complaints.schemas import ListQuerySchema, PageSchema
from service.complaints.visibility import SCOPES
from service.directory import operations as directory
from service.http import Blueprint, needs
from service.insight import hotspots
from service.insight.schemas import HotspotsSchema

blp = Blueprint("insight", __name__, url_prefix="/api/v1", description="热点")
READERS = tuple(sorted(SCOPES))


class PageQuerySchema(ListQuerySchema):
    """Place in a list."""

    class Meta:
        fields = ("cursor", "limit")


@blp.route("/hotspots")
@needs(*READERS)
@blp.response(200, HotspotsSchema)
def index() -> dict[str, Any]:
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
    found = listing.page(listing.Wanted(ids=spot.ids, **wanted), current_user, now)
    return {"items": [reading.brief(row, book) for row in found.items], "next_cursor": found.next_cursor}
