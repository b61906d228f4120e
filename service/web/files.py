"""Files on pages: taken from a form, shown, and given back as downloads."""

from urllib.parse import quote

from flask import Response, request

from service.http import LARGEST_BODY
from service.intake import attachments
from service.intake.models import Attachment

# A form with as many and as large files as are allowed.
LARGEST_FORM = attachments.MOST * attachments.LARGEST + LARGEST_BODY
FIELD = "files"


def uploads() -> list[attachments.Upload]:
    """The files that the form at hand sends."""
    return list(request.files.getlist(FIELD))


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
