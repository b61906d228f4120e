"""Signing in over HTTP, and knowing the bearer of a token."""

from typing import Any

from flask import Request
from flask_login import current_user

from service import clock
from service.accounts import operations
from service.accounts.rules import Reader
from service.accounts.schemas import CredentialsSchema, ReaderSchema, TokenSchema
from service.db import transaction
from service.errors import NotSignedIn
from service.http import Blueprint, login, needs, public

blp = Blueprint("accounts", __name__, url_prefix="/api/v1", description="登录与身份")
login.anonymous_user = Reader


@login.request_loader
def bearer(request: Request) -> Reader | None:
    """Who sends this request; a token that does not hold is an error even where none was needed."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn("请用 Authorization: Bearer 加令牌的形式。")
    return operations.bearer(secret.strip(), clock.now())


@blp.route("/tokens", methods=["POST"])
@public
@blp.arguments(CredentialsSchema)
@blp.response(201, TokenSchema)
def sign_in(credentials: dict[str, str]) -> dict[str, Any]:
    """Exchange login and password for a bearer token that holds twelve hours."""
    with transaction():
        token = operations.sign_in(credentials["login"], credentials["password"], clock.now())
    if token is None:
        raise NotSignedIn("登录名或密码不对。")
    return {"token": token[0], "expires_at": token[1]}


@blp.route("/me")
@needs()
@blp.response(200, ReaderSchema)
def me() -> Reader:
    """Who the service takes the caller for, and what the caller may do where."""
    return current_user
