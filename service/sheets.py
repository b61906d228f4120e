"""Excel tables: written row by row in little memory, and read with care, since anybody may have made them."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

import xlsxwriter
from openpyxl import load_workbook

from service import clock
from service.errors import Invalid
from service.sentences import say

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
# What the parts of a file may come to once they are unpacked; ten thousand long complaints are half of it.
UNPACKED = 120 * MEGABYTE
MOST_PARTS = 200
MOST_COLUMNS = 60
UNREADABLE = "这个文件不是完好的 Excel 工作簿（.xlsx）。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传一次。"
MERGED = "表格里有合并的单元格，其中只有第一格读得到内容。请在 Excel 里取消合并，把空出来的格补上，再上传一次。"
MERGED_CELL = re.compile(rb"<(?:\w+:)?mergeCell\s")
# Where a text begins so, a program that gets it as CSV or on typing might take it for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"num_format": "@", "valign": "top"},
    "count": {"num_format": "0", "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "valign": "top"},
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        width: in characters; kind: of KINDS; choices: what alone may be typed in, where that is so.
        note: what appears beside the head.
    """

    title: str
    width: int = 16
    kind: str = "text"
    choices: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet of a workbook; `room`: how many rows below are made ready to be filled in."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = ()
    room: int = 0


def write(target: IO[bytes], *tables: Table) -> int:
    """Write a workbook, each row as it comes; gives the number of rows of the first table.

    Texts stay texts whatever they begin with; moments stand in Asia/Shanghai.
    """
    options = {"constant_memory": True, "default_date_format": KINDS["moment"]["num_format"]}
    book = xlsxwriter.Workbook(target, options)
    formats = {kind: book.add_format(dict(look)) for kind, look in KINDS.items()}
    formats["head"] = book.add_format({"bold": True, "bg_color": "#E8F1FB", "bottom": 1, "valign": "vcenter"})
    formats["quoted"] = book.add_format({**KINDS["text"], "quote_prefix": True})
    counts = [_write_table(book.add_worksheet(table.name), table, formats) for table in tables]
    book.close()
    return counts[0]


def _write_table(sheet: Any, table: Table, formats: Mapping[str, Any]) -> int:
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width, formats[column.kind])
        sheet.write_string(0, at, column.title, formats["head"])
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(table.rows, start=1):
        for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, count, at, value, column.kind, formats)
    sheet.autofilter(0, 0, max(count, 1), len(table.columns) - 1)
    _offer(sheet, table)
    return count


def _write_cell(sheet: Any, row: int, at: int, value: Any, kind: str, formats: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, at, clock.local(value).replace(tzinfo=None), formats[kind])
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, at, value, formats[kind])
    else:
        sheet.write_string(row, at, value, formats["quoted" if value.startswith(FORMULA) else "text"])


def _offer(sheet: Any, table: Table) -> None:
    """Choices and notes for who fills the table in."""
    for at, column in enumerate(table.columns):
        if column.note:
            sheet.write_comment(0, at, column.note)
        if table.room and column.choices:
            sheet.data_validation(1, at, table.room, at, {"validate": "list", "source": list(column.choices)})


# --- reading ---------------------------------------------------------------------------------------------------------


def check(content: bytes) -> None:
    """Raise unless a file is a workbook of a size that can be read, whatever it says of itself.

    Raises:
        Invalid: it is too large, no archive, no workbook, or much larger once it is unpacked.
    """
    if len(content) > LARGEST:
        raise _refused(
            say("文件超过 %(most)s MB。请删去用不到的工作表和图片，或分成几份上传。", most=LARGEST // MEGABYTE)
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _refused(UNREADABLE) from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _refused(UNREADABLE)
    # What a part says of its own size holds: the library that reads it stops there.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise _refused("文件解开以后太大。请把数据复制到新的模板里，只保留要导入的行，再上传。")


def rows(content: bytes, most: int) -> Iterator[list[Any]]:
    """The rows of the first sheet, each as long as its last cell that holds something; an empty one is an empty list.

    Args:
        most: after so many rows nothing more is read.

    Raises:
        Invalid: see check, or the file is broken inside.
    """
    check(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        with sheet._get_source() as part:
            merged = _is_merged(part)
        # Only the first of such cells holds anything: the rows below would be taken for empty there.
        if merged:
            raise _refused(MERGED)
        # What the sheet says of its own extent may be anything.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True):
            yield _trimmed(row)
    except (GeneratorExit, Invalid):
        raise
    except Exception as error:  # a broken workbook fails in as many ways as it has parts
        raise _refused(UNREADABLE) from error


def _is_merged(part: IO[bytes]) -> bool:
    """Whether a sheet has cells that stand for several, read some at a time."""
    before = b""
    while read := part.read(MEGABYTE):
        if MERGED_CELL.search(before + read):
            return True
        before = read[-50:]
    return False


def _trimmed(row: Sequence[Any]) -> list[Any]:
    values = [value.strip() if isinstance(value, str) else value for value in row]
    while values and values[-1] in (None, ""):
        values.pop()
    return values


def _refused(why: str) -> Invalid:
    return Invalid(why, {"file": [why]})
