"""The number of a complaint, as people read it out."""

from datetime import datetime

from stdnum import damm

from service.clock import local


def number(serial: int, filed_at: datetime) -> str:
    """QS20261121-0000123-1: day in Asia/Shanghai, serial, check digit by Damm's table over both."""
    body = f"{local(filed_at):%Y%m%d}{serial:07d}"
    return f"QS{body[:8]}-{body[8:]}-{damm.calc_check_digit(body)}"


def is_number(text: str) -> bool:
    """Whether a text is a complaint's number with the right check digit."""
    prefix, day, serial, check = text[:2], text[2:10], text[11:-2], text[-1:]
    if prefix != "QS" or text != f"QS{day}-{serial}-{check}" or not (day + serial + check).isascii():
        return False
    return (day + serial + check).isdigit() and len(serial) >= 7 and bool(damm.is_valid(day + serial + check))
