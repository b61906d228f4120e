"""Which step may be taken by whom, where and with what, for every cell of the table and without a database."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from service.casework.rules import DISSATISFIED, check_revisit, step_for
from service.complaints.rules import CONDITIONS, QUESTIONS, SATISFACTION, STATES, STEPS, Step, allowed, obstacle
from service.errors import Invalid, NotAllowed, NotFound, WrongState

EVERY_ROLE = sorted({role for step in STEPS.values() for role in step.roles})


@dataclass
class Case:
    """What decides whether a step may be taken; everything that any step waits for is there."""

    status: str = "handling"
    spent: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    hand_backs: int = 0
    designated: bool = False
    department: str | None = "150821-health"
    respondent_name: str | None = "五原县人民医院"


def ready(step: Step, status: str) -> Case:
    """A complaint on which nothing but its state can be in a step's way."""
    return Case(
        status, pending=[step.settles] if step.settles else [], flags=["misuse"] if "misused" in step.when else []
    )


def refused(step: Step, one: Case, role: str, given: dict[str, Any]) -> type[Exception] | None:
    """What is raised where somebody in one role takes a step."""
    try:
        step_for(step.action, one, {role}, given)
    except (NotAllowed, WrongState, Invalid) as problem:
        return type(problem)
    return None


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.action)
def test_a_step_is_for_its_own_roles_in_its_own_states_and_for_nobody_and_nowhere_else(step: Step) -> None:
    given: dict[str, Any] = dict.fromkeys(step.needs, "…")
    for state in STATES:
        one = ready(step, state)
        for role in EVERY_ROLE:
            expected = NotAllowed if role not in step.roles else None if state in step.sources else WrongState
            assert refused(step, one, role, given) is expected, (state, role)
            assert (step.action in allowed(one, {role})) == (expected is None), (state, role)


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.action)
def test_what_is_in_the_way_of_a_step_is_said(step: Step) -> None:
    one, role = ready(step, min(step.sources)), min(step.roles)
    hindered = {
        "spent": Case(one.status, [step.action], one.pending, one.flags) if step.once else None,
        "asked twice": Case(one.status, [], [step.opens], one.flags) if step.opens else None,
        "not asked": Case(one.status, [], [], one.flags) if step.settles else None,
    }
    for case in filter(None, hindered.values()):
        assert obstacle(step, case)
        assert refused(step, case, role, dict.fromkeys(step.needs, "…")) is WrongState
        assert step.action not in allowed(case, {role})


@pytest.mark.parametrize(
    ("condition", "changes"),
    [
        ("has_department", {"department": None}),
        ("has_respondent", {"respondent_name": None}),
        ("has_respondent", {"respondent_name": ""}),
        ("not_designated", {"designated": True}),
        ("hand_back_left", {"hand_backs": 2}),
        ("first_hand_back", {"hand_backs": 2}),
        ("first_hand_back", {"hand_backs": 3}),
        ("misused", {"flags": ["urgent"]}),
        ("not_misused", {"flags": ["misuse"]}),
    ],
)
def test_a_condition_that_does_not_hold_keeps_every_step_that_names_it(condition: str, changes: dict[str, Any]) -> None:
    steps = [step for step in STEPS.values() if condition in step.when]
    assert steps
    for step in steps:
        one = ready(step, min(step.sources))
        assert obstacle(step, one) is None
        for name, value in changes.items():
            setattr(one, name, value)
        assert obstacle(step, one) == CONDITIONS[condition][1]


def test_every_question_is_asked_and_settled_by_the_table() -> None:
    assert {step.opens for step in STEPS.values()} - {None} == set(QUESTIONS)
    assert {step.settles for step in STEPS.values()} - {None} == set(QUESTIONS)
    assert {name for step in STEPS.values() for name in step.when} == set(CONDITIONS)


def test_what_is_no_action_is_not_found() -> None:
    for action in ("", "file", "remind", "act", "__init__"):
        with pytest.raises(NotFound):
            step_for(action, Case(), EVERY_ROLE, {})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"contacted": False}, None),
        ({"contacted": False, "note": "三次未接通。"}, None),
        ({"contacted": False, "solved": True}, {"solved"}),
        ({"contacted": False, "solved": False, "satisfaction": "satisfied"}, {"solved", "satisfaction"}),
        ({"contacted": True}, {"solved", "satisfaction"}),
        ({"contacted": True, "solved": True}, {"satisfaction"}),
        ({"contacted": True, "satisfaction": "satisfied"}, {"solved"}),
        *(({"contacted": True, "solved": solved, "satisfaction": grade}, {"reason"} if grade in DISSATISFIED else None)
          for solved in (True, False) for grade in SATISFACTION),
        *(({"contacted": True, "solved": False, "satisfaction": grade, "reason": "款未到账。"}, None)
          for grade in DISSATISFIED),
    ],
)  # fmt: skip
def test_a_revisit_asks_three_facts_or_none_and_a_reason_for_the_two_worst_grades(
    given: dict[str, Any], wrong: set[str] | None
) -> None:
    if wrong is None:
        check_revisit(given)
        return
    with pytest.raises(Invalid) as caught:
        check_revisit(given)
    assert set(caught.value.errors) == wrong
