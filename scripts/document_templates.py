"""Build data/documents/*.docx, the templates of official letters, in the layout of GB/T 9704 (党政机关公文格式).

Run it after changing anything here: python scripts/document_templates.py [folder]
"""

import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as Pages
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).resolve().parent.parent / "data" / "documents"
RED = RGBColor(0xC8, 0x10, 0x1E)
BLACK = RGBColor(0, 0, 0)
TITLE_FACE, TEXT_FACE, LABEL_FACE = "方正小标宋简体", "仿宋_GB2312", "黑体"
# 二号、三号、四号 as points; a line of text is 28.95 points high, so that 22 of them fill a page of 225 mm.
TWO, THREE, FOUR, LINE = Pt(22), Pt(16), Pt(14), Pt(28.95)
CENTRE, RIGHT, SPREAD = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
# The moment all parts are dated with, so that the same script gives the same files.
MADE = datetime(2026, 1, 1, tzinfo=UTC)
LABELS_WIDE, FACTS_WIDE = Mm(22), Mm(134)
SEAL = "（盖章处）"
BODY_LINES = ("{%p for line in body %}", "{{ line }}", "{%p endfor %}")
LIMIT_LINES = ("{%p for limit in limits %}", "{{ limit.name }}：{{ limit.value }}", "{%p endfor %}")
FACT_LINES = ("{%p for fact in facts %}", "{{ fact.name }}：{{ fact.value }}", "{%p endfor %}")
DEMAND_LINES = ("{%p for line in demand %}", "{{ line }}", "{%p endfor %}")
DUE = "{{ due }}"


def main(folder: Path = FOLDER) -> None:
    """Write all templates."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in templates().items():
        (folder / name).write_bytes(content)


def templates() -> dict[str, bytes]:
    """File name → what is in it."""
    return {
        "order.docx": _packed(order()),
        "inquiry.docx": _packed(to_respondent()),
        "letter.docx": _packed(to_respondent()),
        "slip.docx": _packed(slip()),
        "reply.docx": _packed(reply()),
    }


# --- the letters -----------------------------------------------------------------------------------------------------


def order() -> Pages:
    """督办单: a form of four fields under the head."""
    pages = _blank()
    _head(pages)
    _text(pages, "{{ addressee }}：", indented=False)
    _text(pages, "{{ opening }}")
    rows = (("事项", FACT_LINES), ("依据", ("{{ basis }}",)), ("要求", DEMAND_LINES), ("时限", (DUE,)))
    _table(pages, rows)
    _foot(pages)
    return pages


def slip() -> Pages:
    """交办单: the same form, with room for who signs for it."""
    pages = _blank()
    _head(pages)
    _text(pages, "{{ addressee }}：", indented=False)
    _text(pages, "{{ opening }}")
    signed = ("签收人：　　　　　　　签收时间：　　　年　　月　　日　　时", "承办人：")
    _table(pages, (("事项", FACT_LINES), ("时限", LIMIT_LINES), ("要求", BODY_LINES), ("签收", signed)))
    _foot(pages)
    return pages


def reply() -> Pages:
    """答复书: running text to the enterprise."""
    pages = _blank()
    _head(pages)
    _text(pages, "{{ addressee }}：", indented=False)
    _text(pages, "{{ opening }}")
    for line in BODY_LINES:
        _text(pages, line)
    _foot(pages)
    return pages


def to_respondent() -> Pages:
    """函询、督办书: running text in four numbered parts."""
    pages = _blank()
    _head(pages)
    _text(pages, "{{ addressee }}：", indented=False)
    _text(pages, "{{ opening }}")
    numerals = (
        ("一、事项", FACT_LINES),
        ("二、依据", ("{{ basis }}",)),
        ("三、要求", DEMAND_LINES),
        ("四、时限", (DUE,)),
    )
    for label, lines in numerals:
        _text(pages, label, LABEL_FACE)
        for line in lines:
            _text(pages, line)
    _foot(pages)
    return pages


def _blank() -> Pages:
    """An empty A4 page of 156 by 225 mm of text: 37 mm above, 28 mm to the left."""
    pages = Document()
    section = pages.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(26), Mm(35)
    told = pages.core_properties
    told.author = told.last_modified_by = told.title = "企声通"
    told.comments = told.keywords = told.subject = ""
    told.created = told.modified = MADE.replace(tzinfo=None)
    return pages


def _head(pages: Pages) -> None:
    """Who writes, in red; the number; the red line; the title."""
    _put(pages, "{{ issuer }}", TITLE_FACE, Pt(30), CENTRE, RED, exact=False)
    _put(pages, "{{ number }}", TEXT_FACE, THREE, CENTRE)
    _ruled(pages.paragraphs[-1], "bottom", "C8101E", 18)
    _put(pages, "", TEXT_FACE, THREE)
    _put(pages, "{{ title }}", TITLE_FACE, TWO, CENTRE)
    _put(pages, "", TEXT_FACE, THREE)


def _foot(pages: Pages) -> None:
    """Who signs, the day, the place of the seal over both; at the very end who printed it and when."""
    _put(pages, "", TEXT_FACE, THREE)
    for words in (SEAL, "{{ issuer }}", "{{ date }}"):
        _put(pages, words, TEXT_FACE, THREE, RIGHT)
        pages.paragraphs[-1].paragraph_format.right_indent = Pt(64)
        pages.paragraphs[-1].paragraph_format.keep_with_next = words != "{{ date }}"
    _put(pages, "", TEXT_FACE, THREE)
    _put(pages, "{{ issuer }}　　{{ date }}印发", TEXT_FACE, FOUR, SPREAD)
    _ruled(pages.paragraphs[-1], "top", "000000", 8)
    _ruled(pages.paragraphs[-1], "bottom", "000000", 8)


def _table(pages: Pages, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Labels to the left, what belongs to each to the right."""
    table = pages.add_table(rows=0, cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    table.columns[0].width, table.columns[1].width = LABELS_WIDE, FACTS_WIDE
    for label, lines in rows:
        left, right = table.add_row().cells
        left.width, right.width = LABELS_WIDE, FACTS_WIDE
        _set(left.paragraphs[0], label, LABEL_FACE, FOUR, CENTRE)
        _fill(right, lines)


# --- paragraphs ------------------------------------------------------------------------------------------------------


def _text(pages: Pages, words: str, face: str = TEXT_FACE, indented: bool = True) -> None:
    """A paragraph of running text, two characters in."""
    _put(pages, words, face, THREE)
    pages.paragraphs[-1].paragraph_format.first_line_indent = THREE * 2 if indented else None


def _put(
    pages: Pages,
    words: str,
    face: str,
    size: Pt,
    align: int | None = None,
    colour: RGBColor = BLACK,
    exact: bool = True,
) -> None:
    _set(pages.add_paragraph(), words, face, size, align, colour, exact)


def _fill(cell: _Cell, lines: Sequence[str]) -> None:
    """Lines of one cell; the marks of a loop stand in paragraphs of their own, which go when it is filled in."""
    for place, line in enumerate(lines):
        _set(cell.paragraphs[0] if place == 0 else cell.add_paragraph(), line, TEXT_FACE, FOUR)


def _set(
    paragraph: Paragraph, words: str, face: str, size: Pt, align: int | None = None, colour: RGBColor = BLACK,
    exact: bool = True,
) -> None:  # fmt: skip
    layout = paragraph.paragraph_format
    layout.alignment, layout.space_before, layout.space_after = align, Pt(0), Pt(0)
    if exact:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    run = paragraph.add_run(words)
    run.font.name, run.font.size, run.font.color.rgb = face, size, colour
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)


def _ruled(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    """A line over or under a paragraph, so many eighths of a point thick."""
    around = paragraph._p.get_or_add_pPr()
    borders = around.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        around.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def _packed(pages: Pages) -> bytes:
    """The file, with its parts in order and dated alike."""
    written, packed = BytesIO(), BytesIO()
    pages.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # What Word looks for first stands first.
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, parts.read(name))
    return packed.getvalue()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
