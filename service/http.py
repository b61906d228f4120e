"""What every request meets: reading JSON with care, knowing who asks, errors as one shape."""

import json
import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

import flask_smorest
import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from flask_login import LoginManager, current_user
from gunicorn.http.errors import ParseException
from marshmallow import RAISE, ValidationError
from marshmallow import fields as ma_fields
from prometheus_client import Histogram
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from service import errors
from service.db import db
from service.fields import CONTROL, Schema, flatten
from service.sentences import say

log = structlog.get_logger()
SECONDS = Histogram("qst_request_seconds", "Seconds until a request was answered", ["route", "method", "status"])
login = LoginManager()

LARGEST_BODY = 1024 * 1024
DRAINED = 32 * LARGEST_BODY
# Whoever shows pages says here how one looks where something went wrong.
ERROR_PAGE = "error_page"
# Likewise how a sentence is told in the language of who asks.
TOLD = "told"
DEEPEST = 12
LONGEST_NUMBER = 24
MOST_FIELDS = 100

STATUS: dict[type[errors.Problem], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Invalid: 422,
    errors.TooOften: 429,
    errors.Unavailable: 503,
}

HTTP_SENTENCES = {
    400: "请求无法读取，请检查格式。",
    404: "没有这个地址，请对照接口文档。",
    405: "这个地址不支持这种请求方法。",
    413: "请求超过 1 MB，请缩短后再提交。",
    415: "请用 Content-Type: application/json 提交，文字用 UTF-8。",
    503: "数据库暂时连不上，内容没有保存，请稍后用同一个 Idempotency-Key 再试。",
    500: "服务内部出错，已记录；请稍后再试，凭请求编号可查。",
}


# Two who worked on the same rows at the same moment: one of them is to try again.
CROSSED = (DeadlockDetected, LockNotAvailable, SerializationFailure)
NO_ROLE = "您的岗位不能做这一步。"
TRY_AGAIN = "同时有别人在处理同一批诉求，这次没有办成，内容没有改动，请稍后再试。"


class ProblemSchema(Schema):
    """How every error looks."""

    code = ma_fields.String(metadata={"description": "错误代码"})
    message = ma_fields.String(metadata={"description": "给人看的一句话"})
    errors = ma_fields.Dict(ma_fields.String(), ma_fields.List(ma_fields.String()))
    request_id = ma_fields.String()


class UnaskedSchema(Schema):
    """The query of what takes no filter at all."""


# --- reading ---------------------------------------------------------------------------------------------------------


def read_json(raw: bytes) -> Any:
    """Parse a body that may be hostile.

    Raises:
        Malformed: it is not UTF-8, not JSON, nests too deep, holds an endless number or a field twice.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.Malformed("请求不是有效的 UTF-8 文字。", {"body": ["请求不是有效的 UTF-8 文字。"]}) from error
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise errors.Malformed(
            "请求不是有效的 JSON。", {"body": [say("不是有效的 JSON：%(where)s。", where=_where(error))]}
        ) from error
    if _depth(document) > DEEPEST:
        raise errors.Malformed("请求嵌套太深。", {"body": [say("最多嵌套 %(most)s 层。", most=DEEPEST)]})
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields are few (checking them costs the square of their number) and each said only once."""
    if len(pairs) > MOST_FIELDS:
        raise errors.Malformed("请求里字段太多。", {"body": [say("一个对象最多 %(most)s 个字段。", most=MOST_FIELDS)]})
    document = dict(pairs)
    if len(document) < len(pairs):
        raise errors.Malformed("请求里同一个字段写了两次。", {"body": ["同一个字段只能写一次。"]})
    return document


def _integer(digits: str) -> int:
    return int(_number_text(digits))


def _number(digits: str) -> float:
    return float(_number_text(digits))


def _number_text(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise errors.Malformed("请求里有过长的数字。", {"body": [say("数字最多 %(most)s 位。", most=LONGEST_NUMBER)]})
    return digits


def _no_constant(name: str) -> None:
    raise errors.Malformed("请求里有不是数字的数值。", {"body": [say("%(name)s 不是数字。", name=name)]})


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return say("第 %(line)s 行第 %(column)s 个字符处", line=error.lineno, column=error.colno)
    return "嵌套太深"


def _depth(document: Any) -> int:
    """How deep a document nests, without recursion."""
    deepest, level = 0, [document]
    while level:
        deepest += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return deepest


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


class Parser(FlaskParser):
    """The parser of every view's arguments: our JSON reader and our errors; a misspelt filter is an error too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def _raw_load_json(self, req: Any) -> Any:
        raw = req.get_data()
        if raw and not _says_json(req):
            raise UnsupportedMediaType
        return read_json(raw or b"{}")

    def handle_error(self, error: ValidationError, req: Any, schema: Any, **kwargs: Any) -> Any:
        raise errors.Invalid("有内容需要修改，请看各项的说明。", flatten(_without_location(error.messages)))


def _says_json(req: Any) -> bool:
    """Whether a request declares itself as JSON, which is UTF-8 (RFC 8259, section 8.1)."""
    return req.is_json and req.mimetype_params.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


def _without_location(messages: Any) -> Any:
    """webargs nests what is wrong under "json", "query" or "headers"; the reader knows where it came from."""
    if isinstance(messages, dict) and len(messages) == 1:
        return next(iter(messages.values()))
    return messages


class Blueprint(flask_smorest.Blueprint):
    """A room's views."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """The library's, with the schema made once and not at each request: that took a tenth of a filing."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)


class Api(flask_smorest.Api):
    """The API; errors of ours keep our shape in the documentation too."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """`register` below does it for pages and API alike."""


def http_header(name: str, words: str) -> dict[str, Any]:
    """A header of a request, for the documentation."""
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string", "maxLength": 200}}


# --- who asks --------------------------------------------------------------------------------------------------------


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Say that anybody may call this view."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def needs(*roles: str) -> Callable[..., Any]:
    """Let only people who hold one of the roles call this view; no role named: anybody signed in."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(*roles)
            return view(*args, **kwargs)

        guarded.guard = roles or ("signed in",)  # type: ignore[attr-defined]
        return guarded

    return guard


def takes(most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view of a page take a body of so many bytes, for files; every other view takes LARGEST_BODY."""

    def widen(view: Callable[..., Any]) -> Callable[..., Any]:
        view.largest_body = most  # type: ignore[attr-defined]
        return view

    return widen


def require(*roles: str) -> None:
    """Raise unless the one who asks is signed in and holds one of the roles (none named: any)."""
    if not current_user.is_authenticated:
        raise errors.NotSignedIn("请先登录，或带上有效的令牌：Authorization: Bearer …")
    if roles and not current_user.roles & set(roles):
        raise errors.NotAllowed(NO_ROLE)


# --- errors ----------------------------------------------------------------------------------------------------------


def register(app: Flask) -> None:
    """Give an app its request id, its error shapes and its headers."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    login.init_app(app)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(errors.Problem, told)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ParseException, _unreadable)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if re.fullmatch(r"[\w-]{8,64}", given, re.ASCII) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if CONTROL.search(request.path):
        # No name in any address holds a control character, and no column could be asked for one.
        raise errors.NotFound(HTTP_SENTENCES[404])


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    seconds, route = time.perf_counter() - g.began, str(request.url_rule)
    # A method that no rule knows is the caller's invention: each would be a new series for ever.
    method = request.method if request.url_rule else "-"
    SECONDS.labels(route, method, response.status_code).observe(seconds)
    log.info("request", method=method, route=route, status=response.status_code, milliseconds=round(seconds * 1000, 1))
    return response


def is_page() -> bool:
    """Whether the request asks for a page, for people; under /api and for health programs ask."""
    return not re.match(r"/(api|livez|readyz|metrics)(/|$)", request.path)


def answer(status: int, code: str, message: str, details: errors.FieldErrors | None = None) -> Response:
    """An error as every caller sees it: a program as JSON, a person as a page."""
    page = current_app.extensions.get(ERROR_PAGE)
    if page is not None and is_page():
        return page(status, "" if message in HTTP_SENTENCES.values() else message)
    told = current_app.extensions.get(TOLD, str)
    fields = {field: [told(one) for one in sentences] for field, sentences in (details or {}).items()}
    body = {"code": code, "message": told(message), "errors": fields, "request_id": g.get("request_id", "")}
    response = jsonify(body)
    response.status_code = status
    return response


def told(problem: errors.Problem) -> Response:
    """A problem as a response; what was begun in the database is undone."""
    db.session.rollback()
    response = answer(STATUS[type(problem)], problem.code, problem.message, problem.errors)
    if isinstance(problem, errors.NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.wait is not None:
        response.headers["Retry-After"] = str(problem.wait)
    return response


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        _drain()
    status = error.code or 500
    sentence = HTTP_SENTENCES.get(status, HTTP_SENTENCES[400] if status < 500 else HTTP_SENTENCES[500])
    details = {"body": [sentence]} if status in {413, 415} else {}
    response = answer(status, error.name.lower().replace(" ", "_"), sentence, details)
    response.headers.extend(header for header in error.get_headers() if header[0] == "Allow")
    return response


def _drain() -> None:
    """Read what is still coming, up to a limit: who is cut off while sending never sees the answer."""
    stream, left = request.environ["wsgi.input"], DRAINED
    with suppress(ParseException):
        while left > 0 and (chunk := stream.read(min(left, 65536))):
            left -= len(chunk)


def _unreadable(_: ParseException) -> Response:
    """A body whose chunks are not what they say: the web server finds that only while it is read."""
    db.session.rollback()
    return _http_error(BadRequest())


def _database_error(error: DBAPIError | PoolTimeout) -> Response:
    db.session.rollback()
    if isinstance(error, DataError):
        # A value no schema foresaw and no column can hold is the caller's, not a fault of the service.
        return answer(422, errors.Invalid.code, "有内容无法保存，请检查后再提交。")
    if isinstance(error, DBAPIError) and isinstance(error.orig, CROSSED):
        return told(errors.Unavailable(TRY_AGAIN))
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or error.connection_invalidated:
        log.warning("database_away", kind=type(error).__name__)
        return told(errors.Unavailable(HTTP_SENTENCES[503]))
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    """Nobody foresaw it: the log gets the place, never the values, since those may be somebody's."""
    db.session.rollback()
    if current_app.testing:
        raise error
    log.error("unexpected", kind=type(error).__name__, place=_place(error))
    return answer(500, "internal", HTTP_SENTENCES[500])


def _place(error: Exception) -> str:
    trace, place = error.__traceback__, ""
    while trace:
        place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    return place
