"""The styles, script and icons that pages load, under names that change with their content."""

import json
import mimetypes
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, send_file, url_for
from markupsafe import Markup

from service.errors import NotFound
from service.http import public

STATIC = Path(__file__).parent / "static"
CODINGS = (("br", ".br"), ("gzip", ".gz"))
YEAR = 365 * 24 * 3600

pages = Blueprint("assets", __name__)


@cache
def manifest() -> dict[str, str]:
    """Plain name → built name; empty before anything was built, so that pages stay readable without their looks."""
    try:
        return json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def url(name: str) -> str:
    """The address of an asset, such as site.css."""
    return url_for("assets.built", name=manifest().get(name, name))


def icon(name: str) -> Markup:
    """A Bootstrap icon named in assets/src/icons.json, beside a word that says the same."""
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        url("icons.svg"), name
    )


@pages.get("/static/<name>")
@public
def built(name: str) -> Response:
    """A built file, compressed as the browser can read it; it never changes, so it may be kept for a year."""
    if name not in manifest().values():
        raise NotFound("没有这个文件。")
    coding, ending = next(((one, end) for one, end in CODINGS if request.accept_encodings.quality(one)), ("", ""))
    kind = mimetypes.guess_type(name)[0]
    response = send_file(STATIC / f"{name}{ending}", kind, etag=f"{name}{ending}", max_age=YEAR)
    response.cache_control.public, response.cache_control.immutable = True, True
    response.vary.add("Accept-Encoding")
    if coding:
        response.content_encoding = coding
    return response
