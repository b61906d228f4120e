"""What guards the house: every route asks who you are, the migrations build the models, the code stays readable."""

import ast
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


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [(f"{path}:{node.lineno}", (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


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
