"""Files that belong to a complaint: taken by their content, kept outside the web's reach, given back as downloads.

A file is first held under the key of the form it was sent with, so that a mistake elsewhere in the form loses none;
once the form is through, its files are bound to the complaint.
"""

import os
import re
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Protocol

import filetype
from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update

from service.db import db
from service.errors import NotFound
from service.fields import CONTROL, SURROGATE, clean
from service.intake.models import Attachment
from service.sentences import say

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST = 10
LONGEST_NAME = 100
KEPT = timedelta(hours=24)

# Type of the content → the endings its name may have; the first is added where it has none of them. An archive may
# hide anything and nobody at a desk should open one: only the two office formats that are archives inside are taken.
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    WORD: (".docx",),
    SHEET: (".xlsx",),
}
OFFICE = {"word/document.xml": WORD, "xl/workbook.xml": SHEET}
ACCEPTED = ",".join(ending for endings in TYPES.values() for ending in endings)
TOLD = "可传 PDF、图片（JPG、PNG、WebP、HEIC）、Word（docx）、Excel（xlsx），每个不超过 10 MB，最多 10 个。"
ILLEGAL = re.compile(r'[<>:"|?*\s]+')


class Upload(Protocol):
    """A file as a form sends it."""

    filename: str | None

    def read(self, size: int = -1, /) -> bytes: ...


def type_of(content: bytes) -> str | None:
    """The type of a content, whatever its name says; None where it is none that we take."""
    kind = filetype.guess_mime(content)
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return kind if kind in TYPES else None


def _office_type(content: bytes) -> str | None:
    """Word or Excel by the parts inside; none that carries a program (macro)."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError):
        return None
    if "[Content_Types].xml" not in parts or any(part.lower().endswith("vbaproject.bin") for part in parts):
        return None
    return next((kind for part, kind in OFFICE.items() if part in parts), None)


def cleaned(name: str, kind: str) -> str:
    """The original name without folders, without what no file system takes, and with an ending that tells the truth."""
    bare = ILLEGAL.sub(" ", clean(SURROGATE.sub("", CONTROL.sub("", re.split(r"[/\\]", name)[-1]))))
    stem, _dot, last = bare.rpartition(".")
    ending = f".{last}"
    if ending.lower() not in TYPES[kind]:
        stem, ending = bare, TYPES[kind][0]
    return (stem.strip(" .")[: LONGEST_NAME - len(ending)].strip(" .") or "附件") + ending


# --- keeping ---------------------------------------------------------------------------------------------------------


def hold(holder: bytes, uploads: Iterable[Upload], now: datetime) -> list[str]:
    """Keep the files of a form until it is through; gives a sentence for each that was not taken."""
    given = [upload for upload in uploads if upload.filename]
    if not given:
        return []
    _hold_form(holder)
    refused, room = [], MOST - _count(holder)
    for upload in given:
        content = upload.read(LARGEST + 1)
        if why := _fault(content, room):
            refused.append(say("%(name)s：%(value)s", name=_spoken(upload.filename), value=why))
        else:
            _keep(holder, upload.filename or "", content, now)
            room -= 1
    db.session.flush()
    return refused


def _hold_form(holder: bytes) -> None:
    """Let whoever else sends files to a form wait until the transaction ends."""
    # A form has no row of its own that could be locked: its key's first eight bytes are the lock.
    lock = int.from_bytes(holder[:8], signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(lock)))


def _count(holder: bytes) -> int:
    """How many files a form holds."""
    return db.session.scalar(select(func.count()).where(Attachment.holder == holder)) or 0


def _fault(content: bytes, room: int) -> str:
    """Why a file is not taken, and what to do about it; empty where it is."""
    if room <= 0:
        return say("最多 %(most)s 个附件，请先移除不需要的。", most=MOST)
    if not content:
        return "文件是空的，请检查后重新选择。"
    if len(content) > LARGEST:
        return "超过 10 MB，请压缩图片或拆成几份再传。"
    if type_of(content) is None:
        return "不是可以接收的文件类型。请另存为 PDF 或图片；压缩包请解开后再传。"
    return ""


def _spoken(name: str | None) -> str:
    """A refused file's name, as far as it can be said."""
    return clean(SURROGATE.sub("", CONTROL.sub("", name or "")))[-LONGEST_NAME:] or "未命名文件"


def _keep(holder: bytes, name: str, content: bytes, now: datetime) -> None:
    kind = type_of(content) or ""
    stored = secrets.token_hex(16)
    _write(_path(stored), content)
    row = Attachment(
        holder=holder, name=cleaned(name, kind), type=kind, size=len(content), sha256=sha256(content).digest(),
        stored=stored, added_at=now,
    )  # fmt: skip
    db.session.add(row)


def _path(stored: str) -> Path:
    return Path(current_app.config["VAR"]) / "attachments" / stored[:2] / stored


def _write(path: Path, content: bytes) -> None:
    """Write a file that only the service's account can read, down to the disk: its row will say that it is there."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# --- finding ---------------------------------------------------------------------------------------------------------


def held(holder: bytes) -> Sequence[Attachment]:
    """The files that a form holds, in the order in which they came."""
    return db.session.scalars(select(Attachment).where(Attachment.holder == holder).order_by(Attachment.id)).all()


def of(complaint_id: int) -> Sequence[Attachment]:
    """The files of a complaint, in the order in which they came."""
    mine = select(Attachment).where(Attachment.complaint_id == complaint_id)
    return db.session.scalars(mine.order_by(Attachment.id)).all()


def find(complaint_id: int, attachment_id: int) -> Attachment:
    """One file of a complaint that the caller may see.

    Raises:
        NotFound: the complaint has no such file.
    """
    wanted = select(Attachment).where(Attachment.id == attachment_id, Attachment.complaint_id == complaint_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("没有找到这个附件。")
    return found


def find_held(holder: bytes, attachment_id: int) -> Attachment:
    """One of the files that a form holds.

    Raises:
        NotFound: it holds no such file.
    """
    wanted = select(Attachment).where(Attachment.id == attachment_id, Attachment.holder == holder)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("没有找到这个附件。")
    return found


def content(attachment: Attachment) -> bytes:
    """What is in a file.

    Raises:
        NotFound: it is gone from the disk, or not what it was.
    """
    try:
        found = _path(attachment.stored).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("这个附件的文件不在了，请联系管理员。") from error
    if sha256(found).digest() != attachment.sha256:
        raise NotFound("这个附件的内容与上传时不一致，已停止提供，请联系管理员。")
    return found


# --- moving and dropping ---------------------------------------------------------------------------------------------


def bind(holder: bytes, complaint_id: int, now: datetime) -> None:
    """Give a form's files to its complaint, at the moment of the event that the form made: by that it is theirs."""
    mine = update(Attachment).where(Attachment.holder == holder)
    db.session.execute(mine.values(complaint_id=complaint_id, holder=None, added_at=now))


def drop(holder: bytes, attachment_id: int) -> None:
    """Take one file back out of a form; no file of a complaint is ever dropped."""
    _drop((Attachment.holder == holder) & (Attachment.id == attachment_id))


def drop_all(holder: bytes) -> None:
    """Take all files back out of a form that is given up."""
    _drop(Attachment.holder == holder)


def purge(now: datetime) -> None:
    """Drop the files of forms that nobody finished within a day."""
    _drop(Attachment.holder.is_not(None) & (Attachment.added_at <= now - KEPT))


def _drop(which: ColumnElement[bool]) -> None:
    for stored in db.session.scalars(delete(Attachment).where(which).returning(Attachment.stored)):
        _path(stored).unlink(missing_ok=True)
