"""Working on complaints over HTTP."""

from typing import Any

from flask import request
from flask_login import current_user

from service import clock
from service.casework import operations
from service.casework.schemas import ActionSchema, StepSchema
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.api import QUERY_CODE, etag, query_code
from service.complaints.rules import STEPS, Step
from service.complaints.schemas import ComplaintSchema
from service.db import transaction
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.http import Blueprint, http_header, public

blp = Blueprint("casework", __name__, url_prefix="/api/v1", description="办理诉求")


@blp.route("/complaints/<number>/actions/<action>", methods=["POST"])
@public
@blp.doc(parameters=[QUERY_CODE, http_header("If-Match", "上次读到的 ETag；期间有人办理过则答 412")])
@blp.arguments(ActionSchema)
@blp.response(200, ComplaintSchema)
def act(given: dict[str, Any], number: str, action: str) -> Any:
    """Do one step of the workflow; If-Match with the ETag last read keeps two people from undoing each other.

    The enterprise acts with its query code (X-Query-Code), everybody else signed in.
    """
    with transaction():
        complaint, roles = complaints.find(number, current_user, query_code(), lock=True)
        if "If-Match" in request.headers and not request.if_match.star_tag:
            operations.check_version(complaint, request.if_match.as_set(include_weak=True))
        operations.act(complaint, roles, action, given, current_user, clock.now())
        seen = reading.full(complaint, deadlines.clocks_of(complaint.id), roles, directory.current())
    return seen, 200, {"ETag": etag(complaint)}


@blp.route("/workflow")
@public
@blp.response(200, StepSchema(many=True))
def workflow() -> list[Step]:
    """The workflow table: which step leads from where to where, who may take it and what it needs."""
    return list(STEPS.values())
