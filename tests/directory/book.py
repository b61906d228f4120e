"""The directory of the seed files, read once, for tests that need no database."""

from functools import cache

from service.config import ROOT
from service.directory import seeds
from service.directory.rules import Directory, assemble


@cache
def book() -> Directory:
    """The seed files' directory."""
    return seeds.read(ROOT / "data")


def without(table: str, code: str) -> Directory:
    """The same directory with one row retired."""
    tables = seeds.tables(ROOT / "data")
    return assemble({**tables, table: [{**row, "active": row["code"] != code} for row in tables[table]]})


def office(name: str) -> str:
    """The code of a department by its full name."""
    return next(found.code for found in book().departments.values() if found.name == name)


def place(name: str | None) -> str | None:
    """The code of a place by its full name; None stays None."""
    return next(found.code for found in book().places.values() if found.name == name) if name else None
