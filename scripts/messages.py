"""The sentences of the pages and their English.

python -m scripts.messages            take up what the pages say now; new sentences wait for their English
python -m scripts.messages compile    make what the service reads
"""

import ast
import csv
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from service.complaints.rules import STEPS
from service.sentences import Term

ROOT = Path(__file__).resolve().parent.parent
SERVICE, DATA = ROOT / "service", ROOT / "data"
TEMPLATES = SERVICE / "web" / "templates"
PO = SERVICE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
OFFICE = "office"

# What speaks to engineers at a terminal, reads Chinese instead of speaking it, or writes what is on record: letters,
# notices and tables are in Chinese, the official language (docs/decisions/0025-languages.md).
SILENT = (
    "migrations/", "embedded/", "classifier/", "cli/", "config.py", "demonstration.py", "simulation.py", "health.py",
    "seedfile.py", "documentation.py", "deadlines/terminal.py", "deadlines/seeds.py", "directory/seeds.py",
    "directory/names.py", "knowledge/seeds.py", "notices/seeds.py", "sentences.py", "clock.py", "casework/documents.py",
    "jobs/runner.py", "routing/signs.py", "web/failed.py", "web/languages.py", "web/speech.py",
)  # fmt: skip
# The same of single tables in rooms that do speak to people.
SILENT_NAMES: dict[str, frozenset[str]] = {
    "casework/contents.py": frozenset(
        {"PROMISE", "LAW", "UNSAID", "BY_LINK", "ISSUER", "OBJECTS", "FACTS", "matter", "_spoken", "facts"}
    ),
    "casework/letters.py": frozenset({"issue_many"}),
    "casework/papers.py": frozenset(
        {
            "MARKS",
            "UNKNOWN",
            "HANDED_OVER",
            "ASKED",
            "REDO",
            "slip",
            "_facts",
            "reply",
            "_answerer",
            "_sender",
            "_number",
            "_day",
            "_day_of",
        }
    ),
    "casework/rules.py": frozenset({"DEMANDS", "DONE_ANEW"}),
    "casework/wording.py": frozenset({"BLANK", "read_seeds"}),
    "complaints/exporting.py": frozenset({"NAME", "FIRST", "_late", "write"}),
    "complaints/models.py": frozenset({"plain"}),
    "complaints/operations.py": frozenset({"_fault"}),
    "complaints/telling.py": frozenset({"INSTEAD", "SCALES"}),
    "fields.py": frozenset({"UNJOINED"}),
    "intake/importing.py": frozenset({"template", "_codes", "result"}),
    "intake/tables.py": frozenset({"FIELDS", "SPOKEN_DAY", "SPOKEN_TIME", "_as_money", "plain", "reasons"}),
    "knowledge/rules.py": frozenset({"COMMON"}),
    "knowledge/schemas.py": frozenset({"SEPARATORS"}),
    "notices/rules.py": frozenset({"PLAIN", "IN_PAGE", "UNDATED"}),
    "routing/respondent.py": frozenset({"BELOW", "SEATS", "UNIVERSITIES", "NO_UNIVERSITY", "LOCAL_COLLEGES", "APART"}),
}
# What the description of the API says to engineers.
DESCRIBING = frozenset({"metadata", "description"})
# What a calendar calls the days off.
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
# Whatever tells a count has a plural in English: see languages.Counting.
COUNT = re.compile(r"%\(count\)[ds]")
# Functions whose arguments are sentences with a plural.
PLURAL = "ngettext"

# Without dates and names, which would change at every turn.
HEADER = b"""\
# The pages in English.
msgid ""
msgstr ""
"Language: en_GB\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Message = str | tuple[str, str]
Found = Iterator[tuple[Message, str | None]]


def main() -> None:
    """Do what the command line asks."""
    (compiled if sys.argv[1:] == ["compile"] else update)()


def update() -> None:
    """Bring the catalogue up to what the pages say; say what waits for its English."""
    catalogue, said = stored(), extracted()
    for message in said:
        english = catalogue.get(message.id, message.context)
        message.string = english.string if english and type(english.id) is type(message.id) else message.string
    with PO.open("wb") as file:
        file.write(HEADER)
        write_po(file, said, width=120, include_lineno=False, ignore_obsolete=True, omit_header=True)
    waiting = sum(not _is_told(message.string) for message in said if message.id)
    sys.stdout.write(f"{len(said)} sentences, {waiting} without English\n")


def _is_told(english: Any) -> bool:
    return all(english) if isinstance(english, tuple) else bool(english)


def compiled() -> None:
    """Write what gettext reads."""
    made = MO.with_suffix(f".{os.getpid()}")
    with made.open("wb") as file:
        write_mo(file, stored())
    made.replace(MO)  # others may be reading it


def stored() -> Catalog:
    """The catalogue as it is."""
    if not PO.is_file():
        return Catalog("en_GB")
    with PO.open("rb") as file:
        return read_po(file, "en_GB")


def extracted() -> Catalog:
    """All that the pages can say, without its English."""
    catalogue = Catalog("en_GB")
    for place, found in _everything():
        for message, context in found:
            whole = (message, message) if isinstance(message, str) and COUNT.search(message) else message
            catalogue.add(whole, locations=[(place, 0)], context=context)
    return catalogue


def templates() -> list[Path]:
    """Where the pages stand."""
    return sorted(TEMPLATES.rglob("*.html"))


def _everything() -> Iterator[tuple[str, Found]]:
    for path in templates():
        yield _place(path), in_template(path)
    for path in sorted(SERVICE.rglob("*.py")):
        if not path.relative_to(SERVICE).as_posix().startswith(SILENT):
            yield _place(path), in_python(path)
    for path, names in DATA_NAMES.items():
        yield _place(path), names(path)


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- templates and Python --------------------------------------------------------------------------------------------


def in_template(path: Path) -> Found:
    """What a template says by _() and ngettext()."""
    with path.open("rb") as file:
        found = babel_extract(file, ("_", "gettext", PLURAL), (), {"trim_blocks": "true", "silent": "false"})
        for _line, called, said, _comments in found:
            if isinstance(said, tuple):
                yield (said[0], said[1]) if called == PLURAL else said[0], None
            elif said:
                yield said, None


def in_python(path: Path) -> Found:
    """Every Chinese text of a module: tables reach the pages as variables, so it takes more than _()."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = SILENT_NAMES.get(path.relative_to(SERVICE).as_posix(), frozenset())
    skipped = {id(node) for node in _unsaid(tree, silent)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Call) and _is_plural(node):
            one, many = (argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant))
            yield (str(one), str(many)), None
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
            yield node.value, None


def _is_plural(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == PLURAL


def _unsaid(tree: ast.Module, silent: frozenset[str]) -> Iterator[ast.AST]:
    """Docstrings, pieces of f-strings, regular expressions, the tables named, and what a plural holds already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            yield from ast.walk(node.body[0])
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Call) and (_is_plural(node) or ast.unparse(node.func).startswith("re.")):
            yield from (inner for argument in node.args for inner in ast.walk(argument))
        elif _is_silent(node, silent):
            yield from ast.walk(node)


def silenced(tree: ast.Module, silent: frozenset[str]) -> set[int]:
    """All that stands in a module's silent tables and functions, by identity."""
    return {id(inner) for node in ast.walk(tree) if _is_silent(node, silent) for inner in ast.walk(node)}


def _is_silent(node: ast.AST, silent: frozenset[str]) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in DESCRIBING
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.FunctionDef) and bool(silent.intersection(_names(node)))


def _names(node: ast.Assign | ast.AnnAssign | ast.FunctionDef) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


# --- the names of the seed files -------------------------------------------------------------------------------------


def _places(path: Path) -> Found:
    with path.open(encoding="utf-8", newline="") as file:
        yield from ((row["name"], None) for row in csv.DictReader(file))


def _departments(path: Path) -> Found:
    for kind in _read(path)["kinds"]:
        yield kind["name"], None
        for pattern in (*kind["levels"].values(), *kind.get("offices", {}).values()):
            yield pattern, OFFICE


def _columns(path: Path, rows: str | None, *columns: str) -> Found:
    for row in _read(path)[rows] if rows else _read(path):
        yield from ((row[column], None) for column in columns if row.get(column))


def _categories(path: Path) -> Found:
    yield from _columns(path, "categories", "name", "channel")
    yield from _columns(path, "gates", "name", "channel")


def _clocks(path: Path) -> Found:
    yield from _columns(path, None, "name", "basis")


def _answers(path: Path) -> Found:
    yield from _columns(path, None, "question", "answer", "source")


def _steps(_path: Path) -> Found:
    """What is called as a state is, and means what one does."""
    yield from ((str(step.name), step.name.meaning) for step in STEPS.values() if isinstance(step.name, Term))


def _festivals(_path: Path) -> Found:
    yield from ((name, None) for name in FESTIVALS)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DATA_NAMES = {
    DATA / "regions.csv": _places,
    DATA / "seed_departments.yaml": _departments,
    DATA / "seed_categories.yaml": _categories,
    DATA / "seed_clocks.yaml": _clocks,
    DATA / "seed_answers.yaml": _answers,
    DATA / "working_days.yaml": _festivals,
    SERVICE / "complaints" / "rules.py": _steps,
}


if __name__ == "__main__":
    main()
