"""The number of a complaint, as people read it out."""

import re
from datetime import datetime

from stdnum import damm

from service.clock import local
from service.fields import narrow

# What people put between the parts, or leave out: blanks, and every dash that a keyboard or a word processor gives.
BETWEEN = re.compile(r"[\s\-_\u00ad\u2010-\u2015\u2212\u30fc]+")
BARE = re.compile(r"QS(\d{8})(\d{7,})(\d)", re.ASCII)


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


def read(typed: str) -> str | None:
    """The number that somebody typed: small letters, full width, blanks and dashes do not count; None where it is none.

    The check digit decides, as in is_number().
    """
    number = _looks_like(typed)
    return number if is_number(number) else None


def is_misread(typed: str) -> bool:
    """Whether what was typed is meant for a number, and its check digit says that something in it is wrong."""
    number = _looks_like(typed)
    return bool(number) and not is_number(number)


def _looks_like(typed: str) -> str:
    bare = BARE.fullmatch(BETWEEN.sub("", narrow(typed)).upper())
    return "QS{}-{}-{}".format(*bare.groups()) if bare else ""
