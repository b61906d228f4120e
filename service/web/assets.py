"""The styles, script and icons that pages load, under names that change with their content."""

import json
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, request, url_for
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
    if "icons" not in g:
        g.icons = url("icons.svg")
    return _drawn(g.icons, name)


@cache
def _drawn(address: str, name: str) -> Markup:
    """Made once: a list shows hundreds."""
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        address, name
    )


@pages.get("/static/<name>")
@public
def built(name: str) -> Any:
    """A built file, compressed as the browser can read it; it never changes, so it may be kept for a year."""
    if name not in manifest().values():
        raise NotFound("没有这个文件。")
    coding, ending = next(((one, end) for one, end in CODINGS if request.accept_encodings.quality(one)), ("", ""))
    response = Response(content(f"{name}{ending}"), mimetype=mimetypes.guess_type(name)[0])
    response.cache_control.public, response.cache_control.max_age = True, YEAR
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if coding:
        response.content_encoding = coding
    response.set_etag(f"{name}{ending}")
    return response.make_conditional(request)


@cache
def content(name: str) -> bytes:
    """A built file's bytes, kept in memory: they are few and small."""
    return (STATIC / name).read_bytes()
