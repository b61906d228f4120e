"""Addresses as QR codes, drawn into the page."""

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it, as ISO 18004 wants them


def code(address: str) -> Markup:
    """An SVG of an address, as large as what it stands in; black on whatever is behind it."""
    drawn = segno.make_qr(address, error="m")
    return Markup(drawn.svg_inline(border=QUIET, omitsize=True, svgclass="qr-code", lineclass=None))  # noqa: S704
