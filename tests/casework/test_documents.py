"""Letters as Word files: what stands on the sheet, and that nothing planted in it comes alive."""

import importlib.util
import zipfile
from io import BytesIO
from types import ModuleType

import pytest
from docx import Document
from flask import Flask

from service.casework import documents, papers
from service.casework.contents import LETTERS
from service.casework.models import Letter
from service.config import ROOT
from tests.casework.written import filed, issued

PLANTED = "<w:br/>&amp;{{ 7*191 }}{% for x in y %}{_{=cmd|'/C calc'!A1}}_}\"'"


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """All of these need the database."""


def text_of(content: bytes) -> str:
    """What a reader of the file sees, in order."""
    body = Document(BytesIO(content)).element.body
    return "\n".join("".join(node.text or "" for node in line.iter("{*}t")) for line in body.iter("{*}p"))


def written(kind: str, **draft: str) -> tuple[Letter, str]:
    complaint, _ = filed(**draft)
    letter = issued(complaint, kind).letter
    return letter, text_of(documents.docx(letter))


@pytest.mark.parametrize("kind", list(LETTERS))
def test_the_file_holds_what_an_official_document_holds(kind: str) -> None:
    letter, told = written(kind)
    sheet = documents.sheet(letter)
    assert sheet.date == "2026年3月16日"
    assert "2026年11月22日 17:30前" in sheet.due
    wanted = [
        sheet.issuer, letter.number, LETTERS[kind].title, f"{letter.addressee}：", LETTERS[kind].opening,
        "事项", *(f"{fact.name}：{fact.value}" for fact in sheet.facts), "依据", sheet.basis,
        "要求", "请于收到本函之日起核实付款情况。", "请附对账单。", "时限", sheet.due,
        "（盖章处）", sheet.issuer, "2026年3月16日", "2026年3月16日印发",
    ]  # fmt: skip
    at = 0
    for words in wanted:
        found = told.find(words, at)
        assert found >= 0, f"{words} does not stand after {told[:at]}"
        at = found + len(words)


@pytest.mark.parametrize("kind", list(LETTERS))
def test_no_mark_of_the_template_is_left(kind: str) -> None:
    _letter, told = written(kind)
    assert not set("{}%") & set(told)
    assert "发文机关：" not in told


@pytest.mark.parametrize("kind", list(LETTERS))
def test_planted_marks_come_out_as_text(kind: str) -> None:
    complaint, _ = filed(enterprise_name=PLANTED, respondent_name=PLANTED)
    letter = issued(complaint, kind, demand=f"{PLANTED}\x0b\ufffe").letter
    told = text_of(documents.docx(letter))
    assert f"投诉企业：{PLANTED}" in told
    assert told.count(PLANTED) == 3
    assert "1337" not in told.replace(letter.matter, "")


@pytest.mark.parametrize("kind", list(LETTERS))
def test_the_page_is_that_of_official_documents(kind: str) -> None:
    complaint, _ = filed()
    section = Document(BytesIO(documents.docx(issued(complaint, kind).letter))).sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides if side] == [210, 297, 37, 28, 26]


def test_a_letter_without_a_limit_asks_for_haste() -> None:
    complaint, _ = filed()
    letter = issued(complaint, due_at=None).letter
    assert documents.NO_LIMIT in text_of(documents.docx(letter))


# --- the templates ---------------------------------------------------------------------------------------------------


def script() -> ModuleType:
    """scripts/document_templates.py, which is no package."""
    found = importlib.util.spec_from_file_location("document_templates", ROOT / "scripts" / "document_templates.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_templates_are_what_their_script_builds() -> None:
    built = script().templates()
    assert set(built) == {f"{kind}.docx" for kind in (*LETTERS, *papers.NAMES)}
    for name, content in built.items():
        assert parts(content) == parts((ROOT / "data" / "documents" / name).read_bytes()), name
