"""Reading data/seed_answers.yaml; every mistake is named with file, line and reason."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from service.seedfile import Row, SeedError, load


def read_answers(path: Path, categories: Collection[str]) -> list[dict[str, Any]]:
    """The answers of a file, as rows of the table knowledge_answers.

    Raises:
        SeedError: something is missing, a category that there is none, a code twice.
    """
    found = load(path)
    if not isinstance(found, list) or not all(isinstance(row, Row) for row in found):
        raise SeedError(path, 1, "应当是一个列表，一项一个问答")
    codes = [row.need("code") for row in found]
    for row, code in zip(found, codes, strict=True):
        if codes.count(code) > 1:
            raise row.fail("code", f"问答 {code} 写了两次")
    return [_read(row, categories) for row in found]


def _read(row: Row, categories: Collection[str]) -> dict[str, Any]:
    category = row.get("category")
    if category is not None and category not in categories:
        raise row.fail("category", f"没有类别 {category}")
    return {
        "code": row["code"],
        "question": row.need("question").strip(),
        "answer": row.need("answer").strip(),
        "category": category,
        "words": list(row.get("words", ())),
        "source": row.get("source"),
        "public": bool(row.get("public", True)),
        "valid_until": row.get("valid_until"),
    }
