"""Files on pages: taken from a form, shown, and given back as downloads."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from service import clock
from service.db import transaction
from service.http import LARGEST_BODY
from service.intake import attachments
from service.intake.models import Attachment

# A form with as many and as large files as are allowed.
LARGEST_FORM = attachments.MOST * attachments.LARGEST + LARGEST_BODY
LARGEST_SINGLE = attachments.LARGEST + LARGEST_BODY
FIELD = "files"
DROP = "drop"
# What stands before a name: the icon of its type.
ICONS = dict.fromkeys(("application/pdf", attachments.WORD, attachments.SHEET), "file-earmark-text")
IMAGE = "file-earmark-image"
# What the script of the page says while files travel.
WORDS = {
    "large": "超过 10 MB，请压缩图片或拆成几份再传。",
    "type": "不是可以接收的文件类型。请另存为 PDF 或图片；压缩包请解开后再传。",
    "empty": "文件是空的，请检查后重新选择。",
    "many": "最多 10 个附件，请先移除不需要的。",
    "waiting": "等待上传",
    "sending": "正在上传",
    "lost": "没有传上：连不上网络。网络恢复后会自动再传。",
    "failed": "没有传上，请稍后重试。",
    "again": "重试",
    "drop": "移除",
    "done": "已上传",
    "hold": "传完就自动提交，请稍等。",
    "left": "有文件没有传上：请重试，或移除后再提交。",
}


def uploads() -> list[attachments.Upload]:
    """The files that the form at hand sends."""
    return list(request.files.getlist(FIELD))


def taken(holder: bytes, go: str) -> list[str]:
    """Take the files of the form at hand in, and out the one that its button names; gives what was not taken, and why.

    Args:
        go: which button was pressed.
    """
    verb, _colon, which = go.partition(":")
    with transaction():
        if verb == DROP and which.isdecimal() and len(which) < 19:
            attachments.drop(holder, int(which))
        return attachments.hold(holder, uploads(), clock.now())


def place(holder: bytes | None, send: str, view: str = "") -> dict[str, Any]:
    """What the part of a page needs on which files are chosen.

    Args:
        send: where the page's script sends each file by itself.
        view: endpoint at which a held file can be looked at; empty where it cannot.
    """
    return {
        "held": attachments.held(holder) if holder else (), "send": send, "view": view, "size": size,
        "icon_of": icon_of, "told": attachments.TOLD, "accept": attachments.ACCEPTED, "most": attachments.MOST,
        "largest": attachments.LARGEST, "said": {name: _(text) for name, text in WORDS.items()},
    }  # fmt: skip


def listed(holder: bytes, refused: Sequence[str], view: str = "") -> tuple[Response, int]:
    """The files that a form holds, for the page's script, and what was not taken."""
    held = attachments.held(holder)
    rows = render_template("portal/_held.html", held=held, view=view, size=size, icon_of=icon_of)
    return jsonify(rows=rows, refused=refused, last=held[-1].id if held else 0), 422 if refused else 200


def brought(attached: Iterable[Attachment]) -> dict[datetime, list[Attachment]]:
    """The files of a complaint by the moment of the event that brought them."""
    found: dict[datetime, list[Attachment]] = {}
    for one in attached:
        found.setdefault(one.added_at, []).append(one)
    return found


def icon_of(type_: str) -> str:
    """The icon for a type of file."""
    return ICONS.get(type_, IMAGE)


def sent(attachment: Attachment) -> Response:
    """A file of a complaint as a download."""
    return download(attachments.content(attachment), attachment.name, attachment.type)


def download(content: bytes, name: str, mimetype: str) -> Response:
    """A file as a download: it is never shown by the browser under our address, whatever is in it."""
    response = Response(content, mimetype=mimetype)
    # RFC 6266: names beyond ASCII travel percent-encoded, as headers hold no others.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def size(length: int) -> str:
    """1.2 MB, 340 KB."""
    if length >= attachments.MEGABYTE:
        return f"{length / attachments.MEGABYTE:.1f} MB"
    return f"{max(1, round(length / 1024))} KB"
