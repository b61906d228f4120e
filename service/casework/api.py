"""Working on complaints over HTTP."""

from datetime import datetime
from typing import Any

from flask import jsonify, make_response, request
from flask_login import current_user

from service import clock
from service.accounts.rules import DESKS
from service.casework import operations
from service.casework.operations import Outcome
from service.casework.schemas import (
    ActedSchema,
    ActionSchema,
    BatchSchema,
    OutcomeSchema,
    RetaliationSchema,
    StepSchema,
)
from service.complaints import operations as complaints
from service.complaints import reading
from service.complaints.api import QUERY_CODE, etag, query_code
from service.complaints.rules import ENTERPRISE, STEPS, Step
from service.db import transaction
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.errors import NotAllowed
from service.http import Blueprint, http_header, needs, public
from service.intake import answers
from service.intake import operations as intake
from service.intake.answers import Key
from service.intake.schemas import FiledSchema

blp = Blueprint("casework", __name__, url_prefix="/api/v1", description="办理诉求")
IDEMPOTENCY = http_header("Idempotency-Key", "重复提交同一个键，得到同一个回答，不会重复办理")
ACTED, FILED = ActedSchema(), FiledSchema()


@blp.route("/complaints/<number>/actions/<action>", methods=["POST"])
@public
@blp.doc(parameters=[QUERY_CODE, IDEMPOTENCY, http_header("If-Match", "上次读到的 ETag；期间有人办理过则答 412")])
@blp.arguments(ActionSchema)
@blp.response(200, ActedSchema)
def act(given: dict[str, Any], number: str, action: str) -> Any:
    """Do one step of the workflow; If-Match with the ETag last read keeps two people from undoing each other.

    The enterprise acts with its query code (X-Query-Code), everybody else signed in.
    """
    now = clock.now()
    with transaction():
        complaint, roles = complaints.find(number, current_user, query_code(), lock=True)
        key = _key(f"{number}/{action}")
        answer = answers.given(key, now) if key else None
        if answer is None:
            if "If-Match" in request.headers and not request.if_match.star_tag:
                operations.check_version(complaint, request.if_match.as_set(include_weak=True), roles)
            deed = operations.act(complaint, roles, action, given, current_user, now)
            seen = reading.full(complaint, deadlines.clocks_of(complaint.id), roles, directory.current())
            answer = _kept(key, ACTED.dump({**seen, "issued": deed.shown or None}), now)
        tag = etag(complaint)
    return make_response(jsonify(answer), 200, {"ETag": tag})


def _key(about: str) -> Key | None:
    text = request.headers.get("Idempotency-Key")
    return answers.key_of(text, current_user.id, request.get_data(), about) if text is not None else None


def _kept(key: Key | None, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The complaint's row is locked: nobody else can have kept an answer under this key meanwhile."""
    if key is not None:
        answers.keep(key, answer, now)
    return answer


@blp.route("/actions/<action>", methods=["POST"])
@needs(*sorted(DESKS))
@blp.arguments(BatchSchema)
@blp.response(200, OutcomeSchema(many=True))
def act_on_all(given: dict[str, Any], action: str) -> list[Outcome]:
    """Do one step on many complaints; each succeeds or fails for itself, and the answer says which and why."""
    numbers = given.pop("numbers")
    with transaction():
        return operations.act_on_all(numbers, action, given, current_user, clock.now())


@blp.route("/complaints/<number>/retaliation", methods=["POST"])
@public
@blp.doc(parameters=[QUERY_CODE, IDEMPOTENCY])
@blp.arguments(RetaliationSchema)
@blp.response(201, FiledSchema)
def report_retaliation(given: dict[str, str], number: str) -> Any:
    """Report that somebody made the enterprise suffer for its complaint: sealed, to the region's supervisor."""
    now = clock.now()
    with transaction():
        complaint, roles = complaints.find(number, current_user, query_code(), lock=True)
        if ENTERPRISE not in roles:
            raise NotAllowed("只有提出诉求的企业可以反映打击报复。")
        key = _key(f"{number}/retaliation")
        answer = answers.given(key, now) if key else None
        if answer is None:
            filed = operations.report_retaliation(complaint, given["text"], current_user, now)
            answer = _kept(key, FILED.dump(intake.told(filed, current_user, directory.current())), now)
    return make_response(jsonify(answer), 201)


@blp.route("/workflow")
@public
@blp.response(200, StepSchema(many=True))
def workflow() -> list[Step]:
    """The workflow table: which step leads from where to where, who may take it and what it needs."""
    return list(STEPS.values())
