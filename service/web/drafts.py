"""The filing that this browser has begun: its token lies in a cookie of its own, as long as the filing is kept.

The session ends with the browser; what somebody typed on a telephone that then fell asleep must not.
"""

import secrets

from flask import Response, after_this_request, g, request

from service import clock
from service.intake import begun
from service.intake.models import BegunFiling

COOKIE, PATH = "draft", "/file"
LONGEST = 64


def token() -> str:
    """The token of what this browser has begun; empty where it has begun nothing."""
    kept: str = g.get("draft", request.cookies.get(COOKIE, ""))
    return kept if len(kept) <= LONGEST else ""


def paper() -> str:
    """Tells one begun filing from another in a page; opens nothing."""
    return begun.key_of(token()).hex()[:12] if token() else ""


def filing() -> BegunFiling | None:
    """What this browser has begun and not filed yet."""
    found = begun.read(token(), clock.now()) if token() else None
    return found if found and found.filed_at is None else None


def hold(anew: bool) -> str:
    """Keep the token for as long again as a filing is kept, a new one where there is none or one begins anew."""
    g.draft = secrets.token_urlsafe(24) if anew or not token() else token()
    after_this_request(_kept)
    return g.draft


def let_go() -> None:
    """Forget the token: this browser has begun nothing any more."""
    g.draft = ""
    after_this_request(_gone)


def _kept(response: Response) -> Response:
    age = int(begun.KEPT.total_seconds())
    response.set_cookie(
        COOKIE, g.draft, max_age=age, path=PATH, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


def _gone(response: Response) -> Response:
    response.delete_cookie(COOKIE, path=PATH, secure=request.is_secure, httponly=True, samesite="Lax")
    return response
