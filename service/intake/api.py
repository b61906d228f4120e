"""Filing over HTTP."""

from datetime import datetime
from typing import Any

from flask import jsonify, make_response, request
from flask_login import current_user

from service import clock
from service.db import db, transaction
from service.directory import operations as directory
from service.errors import Conflict
from service.http import Blueprint, http_header, public
from service.intake import answers, calls, operations
from service.intake.answers import Key
from service.intake.classifying import classified
from service.intake.rules import Draft
from service.intake.schemas import (
    AnnouncedSchema,
    AnnouncementSchema,
    ClassificationSchema,
    FiledSchema,
    FilingSchema,
    TextSchema,
)
from service.notices.sending import SIGNATURE, STAMP

blp = Blueprint("intake", __name__, url_prefix="/api/v1", description="提交诉求")
FILED = FiledSchema()


@blp.route("/complaints", methods=["POST"])
@public
@blp.arguments(FilingSchema)
@blp.doc(parameters=[http_header("Idempotency-Key", "重复提交同一个键，得到同一个回答，不会重复立案")])
@blp.response(201, FiledSchema)
def file(draft: Draft) -> Any:
    """File a complaint; the answer says who got it, why, and until when who must do what."""
    operations.check_rights(draft, current_user)
    key = _key()
    with transaction():
        answer = (answers.given(key, clock.now()) if key else None) or _file(draft, key)
    # Kept answers are JSON already: a ready response is not dumped a second time.
    return make_response(jsonify(answer), 201, {"Location": f"/api/v1/complaints/{answer['number']}"})


def _key() -> Key | None:
    text = request.headers.get("Idempotency-Key")
    return answers.key_of(text, current_user.id, request.get_data()) if text is not None else None


def _file(draft: Draft, key: Key | None) -> dict[str, Any]:
    now = clock.now()
    try:
        filed = operations.file_complaint(draft, current_user, now)
    except Conflict:
        # Of two at once under one key, the second finds its source number taken by the first.
        if (answer := _given_meanwhile(key, now)) is None:
            raise
        return answer
    answer = FILED.dump(operations.told(filed, current_user, directory.current()))
    if key is not None and not answers.keep(key, answer, now):
        return _given_meanwhile(key, now) or {}
    return answer


def _given_meanwhile(key: Key | None, now: datetime) -> dict[str, Any] | None:
    """Undo this filing and give the answer that the same request got while this one ran, if it did."""
    db.session.rollback()
    return answers.given(key, now) if key else None


@blp.route("/classifications", methods=["POST"])
@public
@blp.arguments(TextSchema)
@blp.response(200, ClassificationSchema)
def classify(given: dict[str, Any]) -> dict[str, Any]:
    """What the machine makes of a text, without filing it."""
    return classified(given["title"], given["text"], given["explain"], current_user, directory.current())


@blp.route("/calls", methods=["POST"])
@calls.signed
@blp.arguments(AnnouncementSchema)
@blp.doc(
    security=[],
    parameters=[
        http_header(SIGNATURE, "sha256= 加 HMAC-SHA-256(密钥, 时间戳.请求体) 的十六进制，密钥见 TELEPHONE_SECRET"),
        http_header(STAMP, "发送时刻，Unix 秒；与本机相差五分钟以上不收"),
    ],
)
@blp.response(202, AnnouncedSchema)
def announce(given: dict[str, Any]) -> dict[str, Any]:
    """Announce a call that rings at an operator's; the desk offers it. Sent again under its id, it rings but once."""
    with transaction():
        calls.announce(given, clock.now())
    return given
