"""Reading complaints over HTTP."""

from typing import Any

from flask import Response, request
from flask_login import current_user

from service import clock
from service.accounts.rules import DESKS
from service.complaints import listing, operations, reading
from service.complaints.models import Complaint
from service.complaints.rules import ENTERPRISE
from service.complaints.schemas import (
    ComplaintSchema,
    EventSchema,
    ExplainedClockSchema,
    ListQuerySchema,
    PageSchema,
    SearchSchema,
)
from service.complaints.wanted import Wanted
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.http import Blueprint, http_header, needs, public

blp = Blueprint("complaints", __name__, url_prefix="/api/v1", description="查看诉求")

QUERY_CODE = http_header("X-Query-Code", "查询码，企业凭它查看和办理自己的诉求")
READERS = (*sorted(DESKS), "enterprise", "system", "auditor")


def query_code() -> str:
    """The query code the caller sent; a secret travels in a header, never in an address."""
    return request.headers.get("X-Query-Code", "")


@blp.route("/complaints/<number>")
@public
@blp.doc(parameters=[QUERY_CODE])
@blp.response(200, ComplaintSchema)
def show(number: str) -> Any:
    """A complaint, for who is signed in and may see it or for who holds its query code (X-Query-Code)."""
    complaint, roles = operations.find(number, current_user, query_code())
    seen = reading.full(complaint, deadlines.clocks_of(complaint.id), roles, directory.current())
    return seen, 200, {"ETag": etag(complaint)}


def etag(complaint: Complaint) -> str:
    """What people did, then all that happened: a reminder makes a copy old, but takes nobody's step away."""
    return f'"{complaint.version}.{complaint.length}"'


@blp.route("/complaints/<number>/events")
@public
@blp.doc(parameters=[QUERY_CODE])
@blp.response(200, EventSchema(many=True))
def events(number: str) -> list[dict[str, Any]]:
    """What happened to a complaint: all of it for staff, the public part for the enterprise."""
    complaint, roles = operations.find(number, current_user, query_code())
    everything, book = bool(roles - {ENTERPRISE}), directory.current()
    cover = reading.cover_for(complaint, roles, book)
    return [reading.event(row, everything, cover, book) for row in operations.trail(complaint, everything)]


@blp.route("/complaints/<number>/clocks")
@public
@blp.doc(parameters=[QUERY_CODE])
@blp.response(200, ExplainedClockSchema(many=True))
def clocks(number: str) -> list[dict[str, Any]]:
    """Every limit of a complaint explained: what started it, what it rests on, and each day on the way to it."""
    complaint, roles = operations.find(number, current_user, query_code())
    revision, now = directory.current().revision, clock.now()
    found = reading.shown_clocks(deadlines.clocks_of(complaint.id), roles)
    return [{"clock": one, "explanation": deadlines.explain(one, revision, now)} for one in found]


@blp.route("/complaints")
@needs(*READERS)
@blp.arguments(ListQuerySchema, location="query")
@blp.response(200, PageSchema)
def index(wanted: dict[str, Any]) -> dict[str, Any]:
    """The complaints the caller may see, in pages by cursor."""
    return _page(wanted)


@blp.route("/complaints/search", methods=["POST"])
@needs(*READERS)
@blp.arguments(SearchSchema)
@blp.response(200, PageSchema)
def search(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same, by telephone number or credit code too."""
    return _page(wanted)


def _page(wanted: dict[str, Any]) -> dict[str, Any]:
    if "queue" in wanted:
        wanted["desk"], _, wanted["queue"] = wanted["queue"].partition(":")
    found = listing.page(Wanted(**wanted), current_user, clock.now())
    book = directory.current()
    return {"items": [reading.brief(row, book) for row in found.items], "next_cursor": found.next_cursor}


def not_modified(response: Response) -> Any:
    """Answer 304 where the caller already has this version."""
    return response.make_conditional(request)


blp.after_request(not_modified)
