"""What guards the house: every route asks who you are, the migrations build the models, the code stays readable."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from service.accounts.rules import ROLES
from service.casework.operations import EFFECTS
from service.casework.rules import FIELD_NAMES
from service.complaints.rules import (
    CO_HANDLER,
    CONDITIONS,
    EVERY_CLOCK,
    MACHINE,
    QUESTIONS,
    RESPONDENT,
    STATES,
    STEPS,
)
from service.config import ROOT
from service.db import db
from service.deadlines.ladder import KINDS
from service.notices.rules import AUDIENCES

WEB = ROOT / "service" / "web"
# A comma, question mark, colon or bracket of the Latin script beside a Chinese character.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff] ?[,;!?()]|[\u4e00-\u9fff]:(?=\s|$)|[,;!?()] ?[\u4e00-\u9fff]")
# What people have to write just so: in YAML, in a formula, in an address.
AS_WRITTEN = ("名称: 内容", "[第一天, 最后一天]", "HMAC-SHA-256(密钥, 时间戳.请求体)", "{部门: [词语]}", "主机?to=")
# Patterns, and the texts that the machine reads, are no sentences of ours.
NO_SENTENCES = re.compile(r"\(\?|[|\\]")
SOURCES = [path for path in (ROOT / "service").rglob("*.py") if "migrations" not in path.parts]


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [rule.rule for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "guard")]
    # Flask's own and flask-smorest's description of the API hold nothing about anybody.
    assert set(silent) <= {"/static/<path:filename>", "/api/openapi.json"}


def test_the_migrations_build_exactly_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_functions_stay_short() -> None:
    lengths = {place: length for path in SOURCES for place, length in _functions(path)}
    assert max(lengths.values()) <= 60, max(lengths, key=lengths.__getitem__)
    assert median(lengths.values()) < 9


@cache
def _nodes(path: Path) -> list[ast.AST]:
    """Everything that a module's source is made of."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _functions(path: Path) -> list[tuple[str, int]]:
    found = (node for node in _nodes(path) if isinstance(node, ast.FunctionDef))
    return [(f"{path}:{node.lineno}", (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


def test_chinese_sentences_have_chinese_punctuation() -> None:
    templates = [path for path in (WEB / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    said = [(path, text) for path in templates for text in _told_in(path)]
    said += [(path, text) for path in SOURCES if "classifier" not in path.parts for text in _told_by(path)]
    wrong = [f"{path}: {found[0]} in {text[:80]!r}" for path, text in said if (found := _half_width(text))]
    assert len(said) > 1000
    assert not wrong, "\n".join(wrong)


def _told_in(path: Path) -> Iterator[str]:
    """The lines of a template, without its comments."""
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return (line for line in source.splitlines() if re.search(r"[\u4e00-\u9fff]", line))


def _told_by(path: Path) -> Iterator[str]:
    """The Chinese sentences among the strings of a module."""
    for node in _nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value):
            yield node.value


def _half_width(text: str) -> re.Match[str] | None:
    for written in AS_WRITTEN:
        text = text.replace(written, "")
    return HALF_WIDTH.search(text)


def _is_sentence(text: str) -> bool:
    """Whether it is Chinese for people to read, and not a pattern or English that names a Chinese word."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    return chinese > len(re.findall(r"[A-Za-z]", text)) and not NO_SENTENCES.search(text)


def test_styles_ask_for_darkness_in_one_place_and_for_narrowness_only_on_screens() -> None:
    # A sheet of paper is as narrow as a tablet, and must not lose its tables for it.
    for path in (WEB / "assets" / "src").glob("*.scss"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "prefers-color-scheme" not in line or path.name == "_modes.scss", f"{path.name}: {line}"
            assert not re.search(r"@media \(max-width", line), f"{path.name}: {line}"


def test_the_workflow_table_speaks_only_of_states_that_exist() -> None:
    for step in STEPS.values():
        assert step.sources <= set(STATES), step.action
        assert step.target is None or step.target in STATES, step.action


def test_every_open_state_can_be_left_and_every_final_one_only_be_begun_anew() -> None:
    anew = {"reopen", "redo", "ask_redo"}
    for code, state in STATES.items():
        ways_out = {step.action for step in STEPS.values() if code in step.sources and step.target}
        assert ways_out - anew if state.desk else ways_out <= anew, code


def test_every_state_but_the_first_is_come_to() -> None:
    assert {step.target for step in STEPS.values() if step.target} == set(STATES)
    assert all(state.desk in {None, "dispatcher", "department", "supervisor", "revisit"} for state in STATES.values())


def test_the_workflow_table_speaks_only_of_clocks_roles_fields_and_readers_that_exist() -> None:
    roles = {*ROLES, MACHINE, RESPONDENT, CO_HANDLER}
    for step in STEPS.values():
        kinds = {*step.stops, *step.starts, *step.pauses, *step.resumes} - set(EVERY_CLOCK)
        assert kinds <= set(KINDS), step.action
        assert step.roles <= roles, step.action
        assert {*step.needs, *step.allows} <= set(FIELD_NAMES), step.action
        assert set(step.tells) <= set(AUDIENCES), step.action
        assert {step.opens, step.settles} - {None} <= set(QUESTIONS), step.action
        assert set(step.when) <= set(CONDITIONS), step.action


def test_every_effect_belongs_to_a_step() -> None:
    assert set(EFFECTS) <= set(STEPS)


def test_every_lapse_belongs_to_the_machine_alone() -> None:
    lapses = [step for action, step in STEPS.items() if action.startswith("lapse_")]
    assert lapses
    assert all(step.roles == {MACHINE} for step in lapses)
