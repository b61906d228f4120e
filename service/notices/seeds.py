"""Reading data/seed_notices.yaml; every mistake is named with file, line and reason."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from service.notices.rules import AUDIENCES, GENERAL, GROUPS, faults, known_actions
from service.seedfile import Row, SeedError, load

WORDS = ("subject", "body")


def read_templates(path: Path) -> list[dict[str, Any]]:
    """The templates of a file, as rows of the table notice_templates.

    Raises:
        SeedError: an unknown word or placeholder, a text that is too long, a template twice.
    """
    found = load(path)
    if not isinstance(found, list) or not all(isinstance(row, Row) for row in found):
        raise SeedError(path, 1, "应当是一个列表，一项一个模板")
    rows = [_read(row) for row in found]
    codes = [row["code"] for row in rows]
    for row, code in zip(found, codes, strict=True):
        if codes.count(code) > 1:
            raise row.fail("action", f"模板 {code} 写了两次")
    return rows


def _read(row: Row) -> dict[str, Any]:
    _one_of(row, "action", known_actions())
    _one_of(row, "audience", {GENERAL, *AUDIENCES})
    _one_of(row, "group", GROUPS)
    texts = {name: str(row.get(name) or "").strip() for name in WORDS}
    for field, sentences in faults(row["group"], **texts).items():
        raise row.fail(field, sentences[0])
    key = {name: row[name] for name in ("action", "audience", "group")}
    return {"code": ".".join(key.values()), **key, **texts}


def _one_of(row: Row, key: str, known: Collection[str]) -> None:
    if row.need(key) not in known:
        raise row.fail(key, f"{key} 没有 {row[key]}")
