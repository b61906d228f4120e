"""Seed files: YAML that knows its line numbers, and tables that follow the files without overruling people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Instant, db
from service.errors import Problem


class SeedError(Problem):
    """A seed file is wrong; the sentence names file, line and reason."""

    code = "seed"

    def __init__(self, path: Path | str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")


class Row(dict[str, Any]):
    """One mapping of a seed file, with the line it and each of its keys stand on (counted from 1)."""

    path: Path
    line: int
    lines: dict[str, int]

    def fail(self, key: str | None, reason: str) -> SeedError:
        """The error that points at a key of this row, or at the row."""
        return SeedError(self.path, self.lines.get(key or "", self.line), reason)

    def need(self, key: str) -> Any:
        """The value of a key that must be there and not empty."""
        value = self.get(key)
        if value is None or value == "":
            raise self.fail(key, f"缺少 {key}")
        return value


def load(path: Path) -> Any:
    """Read a YAML file; every mapping in it becomes a Row.

    Raises:
        SeedError: the file is missing, is no YAML, or says one key twice.
    """

    class Loader(yaml.SafeLoader):
        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)
            except (ValueError, TypeError) as error:  # 2027-02-30, or a key that cannot be one
                raise SeedError(path, node.start_mark.line + 1, f"这里的内容读不懂：{error}") from error

    Loader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: _row(loader, node, path))
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader with one constructor more
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SeedError(path, mark.line + 1 if mark else 1, f"不是有效的 YAML：{error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.reader.ReaderError) as error:
        raise SeedError(path, 1, f"读不出来：{error}") from error


def _row(loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path) -> Row:
    row: Row = Row()
    row.path, row.line, row.lines = path, node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if key in row.lines:
            raise SeedError(path, key_node.start_mark.line + 1, f"{key} 写了两次")
        row.lines[key] = key_node.start_mark.line + 1
        row[key] = loader.construct_object(value_node, deep=True)
    return row


class Seeded:
    """What every table has that is filled from a file and may be edited by an administrator."""

    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    edited_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Stored:
    """What a seeding did to one table."""

    added: int
    changed: int
    kept: int
    retired: int


def store(model: type, rows: Iterable[Mapping[str, Any]], key: str) -> Stored:
    """Make a table say what the file says, and leave alone every row that a person edited.

    Rows that the file no longer has are switched off, not deleted: complaints still point at them.
    """
    wanted = {row[key]: dict(row) for row in rows}
    stored: list[Any] = list(db.session.scalars(select(model)))
    standing = {getattr(row, key): row for row in stored}
    added = [model(**row) for code, row in wanted.items() if code not in standing]
    db.session.add_all(added)
    free = {code: row for code, row in standing.items() if row.edited_at is None}
    changed = sum(_follow(row, wanted[code]) for code, row in free.items() if code in wanted)
    retired = sum(_follow(row, {"active": False}) for code, row in free.items() if code not in wanted)
    return Stored(len(added), changed, len(standing) - len(free), retired)


def _follow(row: Any, values: Mapping[str, Any]) -> bool:
    """Give a row the file's values; true where that changed anything."""
    for name, value in {"active": True, **values}.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    return bool(inspect(row).attrs and db.session.is_modified(row))
