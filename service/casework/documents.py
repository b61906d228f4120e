"""Letters and papers as documents: what stands where on the sheet, and the sheet as a Word file."""

import re
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from flask import current_app
from markupsafe import Markup, escape

from service.casework.contents import ISSUER, LETTERS, facts
from service.casework.models import Letter
from service.casework.papers import Fact, Paper
from service.clock import spoken

MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What XML cannot hold; line feeds are gone by then.
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# The sheet has a heading of that name.
LAW_SAID = "依据："
NO_LIMIT = "请尽快办理并反馈。"


@dataclass(frozen=True)
class Sheet:
    """What stands on a letter, in the order of 公文格式.

    Attributes:
        issuer: who writes and signs it.
        date: the day it was signed, such as 2026年11月22日.
        basis: a law's articles, or that it is a promise of this platform.
    """

    issuer: str
    number: str
    title: str
    addressee: str
    opening: str
    facts: tuple[Fact, ...]
    basis: str
    demand: tuple[str, ...]
    due: str
    date: str


def sheet(letter: Letter) -> Sheet:
    """A letter as it is printed."""
    kind, told = LETTERS[letter.kind], facts(letter)
    return Sheet(
        issuer=next(value for name, value in told if name == ISSUER),
        number=letter.number,
        title=kind.title,
        addressee=letter.addressee,
        opening=kind.opening,
        facts=tuple(Fact(name, value) for name, value in told if name != ISSUER),
        basis=letter.basis.removeprefix(LAW_SAID),
        demand=tuple(line for line in letter.demand.splitlines() if line.strip()) or (letter.demand,),
        due=kind.term % spoken(letter.due_at) if letter.due_at else NO_LIMIT,
        date=spoken(letter.issued_at).partition(" ")[0],
    )


def docx(letter: Letter) -> bytes:
    """A letter as a Word file."""
    return _filled(letter.kind, asdict(sheet(letter)))


def paper(one: Paper) -> bytes:
    """A paper as a Word file."""
    return _filled(one.kind, asdict(one))


def _filled(name: str, values: dict[str, Any]) -> bytes:
    """One of the templates in data/documents/ with its values."""
    template = DocxTemplate(current_app.config["DATA"] / "documents" / f"{name}.docx")
    template.render(_plain(values), autoescape=True)
    written = BytesIO()
    template.save(written)
    return written.getvalue()


def _plain(value: Any) -> Any:
    """Texts that come out as they went in: no mark of XML or of the template's own language means anything in them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    # The template library gives braces a meaning of their own after it has filled in everything.
    written = str(escape(UNWRITABLE.sub("", value)))
    return Markup(written.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped just above
