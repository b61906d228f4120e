"""Files of a complaint that a browser can show by itself, without letting them do anything."""

from flask import Response

from service.errors import NotFound
from service.intake import attachments
from service.intake.models import Attachment
from service.web import files

# Type of the content → how a page shows it; all others are only given back as downloads.
SHOWN = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "application/pdf": "document",
}
# Nothing in it runs, loads or sends, and it belongs to no origin; only our own pages may hold it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def inline(attachment: Attachment) -> Response:
    """A file to be looked at, as the type that its content was found to be when it came.

    Raises:
        NotFound: it is of a type that is only downloaded.
    """
    if attachment.type not in SHOWN:
        raise NotFound("这类文件不能在线查看，请下载后打开。")
    response = files.download(attachments.content(attachment), attachment.name, attachment.type)
    response.headers["Content-Disposition"] = response.headers["Content-Disposition"].replace("attachment", "inline", 1)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
