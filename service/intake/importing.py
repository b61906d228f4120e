"""Complaints from an Excel table: checked row by row, filed some at a time, and none of them twice."""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import defer

from service import sheets
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.classifier.facts import mask
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.crypto import keyed_hash
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Conflict, Invalid, NotFound, Problem, WrongState
from service.fields import flatten
from service.intake import operations as intake
from service.intake import tables
from service.intake.models import Import, ImportRow
from service.intake.rules import FILING_DESKS, Draft
from service.intake.schemas import FilingSchema
from service.intake.tables import FIELDS, WHY, Codes, Field
from service.jobs import outbox
from service.sentences import say
from service.sheets import Column, Table

MOST_ROWS = 10_000
# So many are filed in one transaction, and written down at a time.
AT_ONCE = 100
WRITTEN = 500
# What was not filed can be fetched so long; by which rows are known again, longer.
KEPT, KNOWN = timedelta(days=7), timedelta(days=180)
LONGEST_CHOICES = 255  # characters of a list that Excel offers in a cell
GOOD, BAD, SAME, FILED = "good", "bad", "same", "filed"
FILING = FilingSchema()
TAKEN = "这个来源编号已经用于另一件诉求，请核对编号。"
TWICE = "这一行以前已经导入过，没有重复提交。"
TOO_LONG = say("这份表格超过 %(most)s 行。请分成几份，每份不超过 %(most)s 行，再分别上传。", most=f"{MOST_ROWS:,}")
EMPTY = "这份表格里还没有填写任何诉求。请从第二行起每行填一件，保存后再上传。"
NOBODY = "上传的账户已不能提交诉求，没有导入。"


# --- the template ----------------------------------------------------------------------------------------------------


def template(book: Directory) -> bytes:
    """A workbook to fill in: the table, what each column means, and the codes."""
    target = BytesIO()
    heads = [_column(field) for field in FIELDS]
    meaning = ([field.title, "必填" if field.required else "", field.hint, field.example] for field in FIELDS)
    explained = [Column("列", 20), Column("是否必填", 10), Column("怎么填", 60), Column("举例", 30)]
    codes = [Column("列", 16), Column("编码", 26), Column("名称", 30)]
    sheets.write(
        target, Table("诉求", heads, room=MOST_ROWS), Table("填写说明", explained, meaning),
        Table("代码", codes, _codes(book)),
    )  # fmt: skip
    return target.getvalue()


def _column(field: Field) -> Column:
    choices = list(field.table or ()) if not field.several else []
    fits = len(",".join(choices)) <= LONGEST_CHOICES
    title = f"{field.title}*" if field.required else field.title
    kind = "moment" if field.kind == "moment" else "money" if field.kind == "money" else "text"
    return Column(title, field.width, kind, choices if fits else [], field.hint)


def _codes(book: Directory) -> Iterator[list[str]]:
    for field in FIELDS:
        for name, code in (field.table or {}).items():
            yield [field.title, "" if isinstance(code, bool) else code, name]
    for code, place in book.places.items():
        yield ["事发地区", code, place.name]
    for code, leaf in book.categories.items():
        if leaf.active:
            yield ["类别", code, f"{leaf.family_name}/{leaf.name}"]


# --- taken in and checked --------------------------------------------------------------------------------------------


def receive(content: bytes, name: str, reader: Reader, now: datetime, queued: bool = True) -> Import:
    """Take a table in to be checked.

    Args:
        queued: whether a worker is asked to check it.

    Raises:
        Invalid: it is no table, too large, has other columns than the template, or no row below them.
    """
    rows = sheets.rows(content, MOST_ROWS + 2)
    tables.fields_of(next(rows, []))
    if not any(rows):
        raise Invalid(EMPTY, {"file": [EMPTY]})
    made = Import(
        user_id=reader.id, name=name[:100], content=b64encode(content).decode(), state="checking", created_at=now,
        heads=[], total=0, good=0, bad=0, same=0, filed=0,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if queued:
        outbox.add("intake.check_import", {"import_id": made.id})
    return made


def check(import_id: int, now: datetime) -> None:
    """Check each row of a table by the schema that filings go through, and write down what was found."""
    made = _held(import_id)
    if made.state != "checking":
        return
    rows = sheets.rows(b64decode(made.content or ""), MOST_ROWS + 2)
    heads = next(rows, [])
    fields, codes = tables.fields_of(heads), Codes.of(directory.current())
    checked = [_checked(at, fields, cells, codes) for at, cells in enumerate(rows, 2) if cells]
    made.content = None
    if len(checked) > MOST_ROWS:
        made.state, made.why = "refused", TOO_LONG
        return
    _number_alike(checked)
    _write(made, checked)
    made.heads = [str(head) for head in heads]
    made.total, made.state = len(checked), "checked"
    _count(made)


@dataclass
class Checked:
    """A row of a table: what stands in it, what it says, what is wrong with it, by what it is known again."""

    at: int
    cells: list[str]
    document: dict[str, Any]
    why: str
    key: str


def _checked(at: int, fields: Sequence[Field | None], cells: Sequence[Any], codes: Codes) -> Checked:
    found = tables.said(fields, cells, codes)
    errors = {path: [sentence] for path, sentence in found.wrong.items()}
    try:
        FILING.load(found.document)
    except ValidationError as error:
        errors = {**flatten(error.messages), **errors}
    texts = [tables.plain(cell) for cell in cells]
    known = json.dumps(found.document, ensure_ascii=False, sort_keys=True)
    return Checked(at, texts, found.document, tables.reasons(errors), known)


def _number_alike(checked: Sequence[Checked]) -> None:
    """Rows of one table that say the same are told apart by which of them it is: each is filed, once."""
    seen: Counter[str] = Counter()
    for row in checked:
        seen[row.key] += 1
        row.key = f"{row.key}#{seen[row.key]}"


def _write(made: Import, checked: Sequence[Checked]) -> None:
    for start in range(0, len(checked), WRITTEN):
        part = checked[start : start + WRITTEN]
        keys = {row.at: keyed_hash(row.key, "imported row") for row in part}
        filed = _filed_before(list(keys.values()))
        db.session.execute(insert(ImportRow), [_stored(made, row, keys[row.at], filed) for row in part])


def _stored(made: Import, row: Checked, key: bytes, filed: dict[bytes, str]) -> dict[str, Any]:
    state = BAD if row.why else SAME if key in filed else GOOD
    held = json.dumps({"cells": row.cells, "document": row.document, "why": row.why}, ensure_ascii=False)
    return {"import_id": made.id, "row": row.at, "state": state, "key": key, "number": filed.get(key),
            "said": None if state == SAME else held}  # fmt: skip


def _filed_before(keys: Sequence[bytes]) -> dict[bytes, str]:
    """The numbers of rows that were imported before, by their keys."""
    query = select(ImportRow.key, ImportRow.number).where(ImportRow.key.in_(keys), ImportRow.state == FILED)
    return {row.key: row.number for row in db.session.execute(query)}


# --- filed -----------------------------------------------------------------------------------------------------------


def begin(import_id: int, reader: Reader, whole: bool, now: datetime, queued: bool = True) -> Import:
    """Have what was checked filed.

    Args:
        whole: all or none: nothing is filed where a row is wrong.

    Raises:
        WrongState: it is not checked yet, or was begun already. Invalid: a row is wrong, or there is none to file.
    """
    made = _own(import_id, reader)
    if made.state != "checked":
        raise WrongState("这份表格现在不能导入，请刷新页面看看进度。")
    if whole and made.bad:
        raise Invalid(
            say("有 %(bad)s 行有问题，没有导入。请下载问题清单，改好后重新上传；或者只导入正确的行。", bad=made.bad)
        )
    if not made.good:
        raise Invalid("没有可以导入的行。")
    made.state, made.updated_at = "filing", now
    if queued:
        outbox.add("intake.file_import", {"import_id": made.id})
    return made


def file_some(import_id: int, now: datetime, queued: bool = True) -> bool:
    """File the next rows of a table; gives whether there are more."""
    made = _held(import_id)
    if made.state != "filing":
        return False
    reader = accounts.reader_of(made.user_id)
    if not reader.roles & FILING_DESKS:
        made.state, made.why = "refused", NOBODY
        return False
    waiting = select(ImportRow).where(ImportRow.import_id == made.id, ImportRow.state == GOOD).order_by(ImportRow.row)
    rows = db.session.scalars(waiting.limit(AT_ONCE)).all()
    before = _filed_before([row.key for row in rows])
    for row in rows:
        _file(row, before, reader, now)
    made.updated_at = now
    _count(made)
    if made.good:
        if queued:
            outbox.add("intake.file_import", {"import_id": made.id})
        return True
    made.state = "done"
    audit.record("complaints.imported", mask(made.name), reader.login, now, rows=made.total, filed=made.filed,
                 bad=made.bad, same=made.same)  # fmt: skip
    return False


def _file(row: ImportRow, before: dict[bytes, str], reader: Reader, now: datetime) -> None:
    """File one row for itself: what is wrong with it keeps no other back."""
    held = json.loads(row.said or "{}")
    if row.key in before:
        row.state, row.number, row.said = SAME, before[row.key], None
        return
    try:
        with db.session.begin_nested():
            draft = FILING.load(held["document"])
            intake.check_rights(draft, reader)
            filed = intake.file_complaint(draft, reader, now)
            row.state, row.number, row.said = FILED, filed.complaint.number, None
            db.session.flush()
    except Conflict:
        if _is_filed(draft):
            row.state, row.said = SAME, None
        else:
            _refuse(row, held, tables.reasons({"source.number": [TAKEN]}))
    except (Problem, ValidationError) as error:
        why = error.message if isinstance(error, Problem) else tables.reasons(flatten(error.messages))
        _refuse(row, held, why)


def _is_filed(draft: Draft) -> bool:
    """Whether what stands under a draft's number of another system says the same."""
    own = (Complaint.source_system == draft.source_system, Complaint.source_number == draft.source_number)
    return complaints.digest(db.session.scalars(select(Complaint).where(*own)).one()) == complaints.digest(draft)


def _refuse(row: ImportRow, held: dict[str, Any], why: str) -> None:
    row.state, row.said = BAD, json.dumps({**held, "why": why}, ensure_ascii=False)


def drop(import_id: int, reader: Reader, now: datetime) -> None:
    """Give up what was checked; what its rows said is forgotten."""
    made = _own(import_id, reader)
    if made.state not in {"checked", "refused"}:
        raise WrongState("这份表格正在处理，现在不能放弃。")
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == made.id, ImportRow.state != FILED))
    made.state, made.updated_at = "dropped", now


def _count(made: Import) -> None:
    """How the rows stand, in one statement."""
    db.session.flush()
    query = select(ImportRow.state, func.count().label("held")).where(ImportRow.import_id == made.id)
    counts = {row.state: row.held for row in db.session.execute(query.group_by(ImportRow.state))}
    made.good, made.bad, made.same, made.filed = (counts.get(state, 0) for state in (GOOD, BAD, SAME, FILED))


# --- what became of it -----------------------------------------------------------------------------------------------


def find(import_id: int, reader: Reader) -> Import:
    """One of somebody's own imports, without what is in it.

    Raises:
        NotFound: there is none.
    """
    own = select(Import).options(defer(Import.content)).where(Import.id == import_id, Import.user_id == reader.id)
    if (found := db.session.scalar(own)) is None:
        raise NotFound("没有这份导入，请回到列表查看。")
    return found


def imports_of(reader: Reader) -> Sequence[Import]:
    """Somebody's last imports, the newest first."""
    own = select(Import).options(defer(Import.content)).where(Import.user_id == reader.id)
    return db.session.scalars(own.where(Import.state != "dropped").order_by(Import.id.desc()).limit(10)).all()


def faults(made: Import, most: int = MOST_ROWS) -> list[tuple[int, str, list[str]]]:
    """(row, what is wrong, its cells) for each row that was not taken, in order."""
    query = select(ImportRow.row, ImportRow.said).where(ImportRow.import_id == made.id, ImportRow.state == BAD)
    rows = db.session.execute(query.order_by(ImportRow.row).limit(most))
    held = ((row.row, json.loads(row.said)) for row in rows if row.said)
    return [(at, row["why"], row["cells"]) for at, row in held]


def result(made: Import) -> bytes:
    """A workbook: the rows that were not taken, as they came and with the reason, and what became of the others."""
    target = BytesIO()
    heads = [head for head in made.heads if head != WHY]
    keep = [at for at, head in enumerate(made.heads) if head != WHY]
    bad = ([*(_cell(cells, at) for at in keep), why] for _, why, cells in faults(made))
    done = select(ImportRow.row, ImportRow.number, ImportRow.state)
    done = done.where(ImportRow.import_id == made.id, ImportRow.state.in_((FILED, SAME))).order_by(ImportRow.row)
    told = ([row.row, row.number, "已提交" if row.state == FILED else TWICE] for row in db.session.execute(done))
    sheets.write(
        target, Table("没有导入的行", [*(Column(head, 18) for head in heads), Column(WHY, 60)], bad),
        Table("其余各行", [Column("行号", 8, "count"), Column("编号", 24), Column("结果", 40)], told),
    )  # fmt: skip
    return target.getvalue()


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def purge(now: datetime) -> None:
    """Forget after a week what was not filed, and after half a year that anything was."""
    old = (Import.created_at <= now - KEPT, Import.state != "filing")
    unfiled = ImportRow.import_id.in_(select(Import.id).where(*old)) & (ImportRow.state != FILED)
    db.session.execute(delete(ImportRow).where(unfiled))
    db.session.execute(update(Import).where(*old).values(state="dropped", content=None))
    db.session.execute(delete(Import).where(Import.created_at <= now - KNOWN))


def _held(import_id: int) -> Import:
    """An import that nobody else moves meanwhile, as it stands now."""
    held = select(Import).where(Import.id == import_id).with_for_update()
    return db.session.scalars(held, execution_options={"populate_existing": True}).one()


def _own(import_id: int, reader: Reader) -> Import:
    find(import_id, reader)
    return _held(import_id)
