"""Files: what is taken, what it is called, where it lies, and how it is given back."""

import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage

from service.db import db, transaction
from service.errors import NotFound
from service.intake import attachments
from service.intake.attachments import LARGEST, MOST, SHEET, WORD, cleaned, type_of
from service.intake.models import Attachment
from service.web import files

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
HOLDER = b"a form"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 32
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 32
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 32


def office(*parts: str) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for part in parts:
            out.writestr(part, "<x/>")
    return archive.getvalue()


DOCX = office("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = office("xl/workbook.xml", "[Content_Types].xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp"), (HEIC, "image/heic"),
     (DOCX, WORD), (XLSX, SHEET)],
)  # fmt: skip
def test_a_type_is_known_by_the_content(content: bytes, kind: str) -> None:
    assert type_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + b"\0" * 64,
        b"\x7fELF" + b"\0" * 64,
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a" + b"\0" * 32,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # .doc, .xls: they may carry macros, and hide it
        office("a.exe"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office("[Content_Types].xml", "ppt/presentation.xml"),
        b"PK\x03\x04 cut off",
        DOCX[:-30],
        b"",
        b"\0" * 100,
        "合同".encode(),
    ],
)
def test_what_may_carry_a_program_or_is_unknown_is_not_taken(content: bytes) -> None:
    assert type_of(content) is None


@given(st.binary(max_size=300).flatmap(lambda tail: st.sampled_from([b"", b"PK\x03\x04", b"%PDF", b"RIFF"]).map(
    lambda head: head + tail)))  # fmt: skip
def test_no_content_breaks_the_look_at_it(content: bytes) -> None:
    assert type_of(content) in {None, *attachments.TYPES}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("合同.pdf", "合同.pdf"),
        ("合同.PDF", "合同.PDF"),
        ("C:\\Users\\白\\桌面\\对账 单.pdf", "对账 单.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("发票.exe", "发票.exe.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie x.pdf"),
        ('<script>alert("1")</script>.pdf', "script.pdf"),
        ("", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ("...", "附件.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
        ("\ud800.pdf", "附件.pdf"),
    ],
)
def test_a_name_stays_itself_without_what_could_do_harm(name: str, kept: str) -> None:
    assert cleaned(name, "application/pdf") == kept


@given(st.text(max_size=200))
def test_every_name_becomes_one_that_a_file_can_have(name: str) -> None:
    kept = cleaned(name, "image/jpeg")
    assert kept.lower().endswith((".jpg", ".jpeg"))
    assert 4 < len(kept) <= attachments.LONGEST_NAME
    assert not set(kept) & set('/\\<>:"|?*\0\n\r')
    assert not kept.startswith(".")


# --- keeping ---------------------------------------------------------------------------------------------------------


def upload(content: bytes = PDF, name: str = "合同.pdf") -> FileStorage:
    return FileStorage(BytesIO(content), name)


def hold(*uploads: FileStorage, holder: bytes = HOLDER, now: datetime = NOW) -> list[str]:
    with transaction():
        return attachments.hold(holder, uploads, now)


def on_disk(app: Flask) -> list[Path]:
    return [path for path in (Path(app.config["VAR"]) / "attachments").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def clean_disk(app: Flask) -> None:
    for path in on_disk(app):
        path.unlink()


def test_a_file_lies_under_a_random_name_that_only_the_service_can_read(app: Flask) -> None:
    assert hold(upload()) == []
    (path,) = on_disk(app)
    assert path.read_bytes() == PDF
    assert "合同" not in str(path)
    assert not path.suffix
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_file_that_does_not_fit_is_refused_with_what_to_do_and_the_others_stay(app: Flask) -> None:
    told = hold(upload(b"", "空.pdf"), upload(b"x" * (LARGEST + 1), "大.pdf"), upload(b"MZ", "程序.exe"), upload())
    assert [sentence.partition("：")[0] for sentence in told] == ["空.pdf", "大.pdf", "程序.exe"]
    assert "空的" in told[0]
    assert "10 MB" in told[1]
    assert "压缩包请解开" in told[2]
    assert [one.name for one in attachments.held(HOLDER)] == ["合同.pdf"]
    assert len(on_disk(app)) == 1


def test_the_largest_file_is_taken() -> None:
    assert attachments._fault(PDF + b"\0" * (LARGEST - len(PDF)), 1) == ""


def test_no_form_holds_more_than_ten(app: Flask) -> None:
    assert hold(*[upload() for _ in range(MOST - 1)]) == []
    told = hold(upload(), upload(name="多.pdf"))
    assert told == ["多.pdf：最多 10 个附件，请先移除不需要的。"]
    assert len(attachments.held(HOLDER)) == MOST
    assert hold(upload(), holder=b"another form") == []


def test_two_that_come_at_once_to_one_form_are_counted_one_after_the_other(app: Flask) -> None:
    def other(holder: bytes) -> list[str]:
        with app.app_context(), transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            return attachments.hold(holder, [upload()], NOW)

    with transaction(), ThreadPoolExecutor(1) as pool:
        attachments.hold(HOLDER, [upload()], NOW)
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(other, HOLDER).result()
        assert pool.submit(other, b"another form").result() == []


def test_a_field_left_empty_is_no_file(app: Flask) -> None:
    assert hold(upload(b"", "")) == []
    assert attachments.held(HOLDER) == []


def test_a_file_taken_out_is_gone_from_the_disk_and_no_other_form_can_do_it(app: Flask) -> None:
    hold(upload())
    (one,) = attachments.held(HOLDER)
    number = one.id
    with transaction():
        attachments.drop(b"another form", number)
    assert len(on_disk(app)) == 1
    with transaction():
        attachments.drop(HOLDER, number)
    assert on_disk(app) == []
    assert attachments.held(HOLDER) == []


def test_files_of_forms_that_nobody_finished_go_after_a_day(app: Flask) -> None:
    hold(upload(), now=NOW - timedelta(hours=25))
    hold(upload(PNG, "图.png"))
    with transaction():
        attachments.purge(NOW)
    assert [one.name for one in db.session.scalars(select(Attachment))] == ["图.png"]
    assert len(on_disk(app)) == 1


def test_a_file_comes_back_as_a_download_that_nothing_runs_in(app: Flask) -> None:
    hold(upload(JPEG, "验收单；甲.jpg"))
    (one,) = attachments.held(HOLDER)
    answer = files.sent(one)
    assert answer.get_data() == JPEG
    named = "%E9%AA%8C%E6%94%B6%E5%8D%95%EF%BC%9B%E7%94%B2.jpg"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{named}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "image/jpeg"


def test_a_file_that_was_changed_or_lost_on_the_disk_is_not_given_out(app: Flask) -> None:
    hold(upload())
    (one,) = attachments.held(HOLDER)
    (path,) = on_disk(app)
    path.write_bytes(PDF + b" and more")
    with pytest.raises(NotFound, match="不一致"):
        attachments.content(one)
    path.unlink()
    with pytest.raises(NotFound, match="不在了"):
        attachments.content(one)


@pytest.mark.parametrize(("length", "told"), [(10, "1 KB"), (340_000, "332 KB"), (1_258_291, "1.2 MB")])
def test_a_size_is_told_as_people_say_it(length: int, told: str) -> None:
    assert files.size(length) == told
