"""Every row of the workflow, taken over HTTP by everybody who may take it, does what the row says and nothing else."""

from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from service import clock
from service.casework.rules import FOLLOWED_BY
from service.complaints.rules import EVERY_CLOCK, MACHINE, RESPONDENT, STATES, STEPS, UNDONE, Step, started_by
from service.deadlines import operations as deadlines
from tests.caller import Caller
from tests.casework import ways
from tests.casework.ways import ABOVE, DEPARTMENT, MONDAY, OTHER, PLACE
from tests.factories import People

# The states that one row is walked from under a regime: a ruling that is possible everywhere is the same everywhere.
MOST_SOURCES = {"802": 4, "other": 2}
BY_PEOPLE = [action for action, step in STEPS.items() if step.roles - {MACHINE, RESPONDENT}]
BY_MACHINE = [action for action, step in STEPS.items() if step.roles == {MACHINE}]
# Fields that change what a step does, each with a test of its own.
TELLING = frozenset({"category", "nature", "department"})

HANDLED = {"contact": "running", "result": "running"}
CLOCKS: dict[str, dict[str, str]] = {
    "submitted": {"accept": "running"},
    "supplementing": {"supplement": "running"},
    "accepted": {"dispatch": "running"},
    "dispatched": {"sign": "running", "result": "running"},
    "handling": HANDLED,
    "waiting": {"contact": "running", "result": "paused", "material": "running"},
    "drafted": {**HANDLED, "approval": "running"},
    "approved": HANDLED,
    "handing_back": {"hand_back": "running", "result": "running"},
    "consulting": {"consult": "running"},
    "suspended": {"contact": "running", "result": "paused", "suspension": "running"},
    "redo_asked": {"redo": "running"},
    "replied": {"revisit": "running"},
    "answered": {"revisit": "running"},
    "revisited": {"closing": "running"},
}
# What the law says of arrears: a transfer has its own limit, and a result waits for nobody.
CLOCKS_802 = {
    **CLOCKS,
    "accepted": {"dispatch": "running", "transfer": "running"},
    "waiting": {"contact": "running", "result": "running", "material": "running"},
    "consulting": {"consult": "running", "transfer": "running"},
    "suspended": {"contact": "running", "result": "running", "suspension": "running"},
}


def rows_of(action: str, regime: str) -> list[tuple[str, str]]:
    """(state, role) so that each state and each role comes at least once."""
    step = STEPS[action]
    roles = sorted(step.roles - {MACHINE})
    if action in {"grant_extension", "refuse_extension"}:
        roles = [ways.RULERS[regime]]
    if "has_respondent" in step.when and regime == "other":
        return []
    sources = some(ways.taken_from(action), MOST_SOURCES[regime])
    both = zip(cycle(sources), cycle(roles), strict=False)
    rows = [next(both) for _ in range(max(len(sources), len(roles)))]
    return [(source, role) for source, role in rows if is_theirs(action, source, role)]


def some(sources: list[str], most: int) -> list[str]:
    """So many of the states, spread over all of them."""
    return sources[:: -(-len(sources) // most)]


def is_theirs(action: str, source: str, role: str) -> bool:
    """Whether a department has the complaint by then, where the role is one of a department."""
    way = ways.way_before(action, source)
    return "department" not in ways.GRANTS.get(role, {}) or (way is not None and "dispatch" in way)


def states_of(number: str) -> dict[str, str]:
    """The state of each clock by its label; of several of one label the last."""
    return {one.label: one.state for one in deadlines.clocks_of(ways.stored(number).id)}


def clocks_after(step: Step, regime: str, before: dict[str, str]) -> dict[str, str]:
    """The state of each clock after a step, as its row says."""
    unfinished = {label for label, state in before.items() if state in deadlines.OPEN}
    over = {label for label in unfinished if step.stops == EVERY_CLOCK or label.partition(":")[0] in step.stops}
    after = before | dict.fromkeys(over, "cancelled" if step.target in UNDONE else "met")
    after |= {kind: "paused" for kind in step.pauses if kind in before and regime != "802"}
    after |= {kind: "running" for kind in step.resumes if before.get(kind) == "paused"}
    begun = [kind for kind in started_by(step.action, (regime,)) if kind != "transfer" or regime == "802"]
    return after | {f"co_handle:{OTHER}" if kind == "co_handle" else kind: "running" for kind in begun}


def queue_after(step: Step, target: str) -> tuple[str | None, str | None]:
    """Where a complaint of these tests stands after a step."""
    desk = STATES[target].desk
    if desk == "department":
        return desk, OTHER if step.action == "transfer" else DEPARTMENT
    return desk, None if desk is None else ABOVE if step.action == "raise_level" else PLACE


@pytest.mark.parametrize("regime", ways.REGIMES)
@pytest.mark.parametrize("action", BY_PEOPLE)
def test_a_step_moves_a_complaint_as_its_row_says(client: Caller, people: People, regime: str, action: str) -> None:
    step = STEPS[action]
    headers = {role: ways.headers_of(role, "", people) for role in step.roles - {MACHINE, RESPONDENT}}
    for source, role in rows_of(action, regime):
        number, code = ways.ready_for(action, source, ways.REGIMES[regime])
        before, clocks = ways.stored(number).version, states_of(number)
        given = ways.given_for(step, [name for name in step.allows if name not in TELLING])
        sent = ways.sent(given)
        mine = {"X-Query-Code": code} if role == "enterprise" else headers[role]
        answer = client.post(f"/api/v1/complaints/{number}/actions/{action}", json=sent, headers=mine)
        assert answer.status_code == 200, (source, role, answer.text)
        assert answer.json is not None
        check_taken(number, step, regime, source, role, before, clocks, sent)
        assert answer.json["version"] == ways.stored(number).version


@pytest.mark.parametrize("action", BY_MACHINE)
def test_the_machine_moves_a_complaint_as_its_row_says(app: Flask, action: str) -> None:
    for source in some(ways.taken_from(action), MOST_SOURCES["802"]):
        number, _ = ways.ready_for(action, source)
        before, clocks = ways.stored(number).version, states_of(number)
        ways.go_on(number, action)
        check_taken(number, STEPS[action], "802", source, MACHINE, before, clocks, {})


def check_taken(
    number: str, step: Step, regime: str, source: str, role: str, version: int, clocks: dict[str, str],
    given: dict[str, Any],
) -> None:  # fmt: skip
    """State, version, queue, clocks and the last event are what the row says, after the step and what follows it."""
    complaint, steps = ways.stored(number), [step]
    if step.action in FOLLOWED_BY and complaint.department:
        steps.append(STEPS[FOLLOWED_BY[step.action]])
    expected, target = clocks, source
    for one in steps:
        expected, target = clocks_after(one, regime, expected), one.target or target
    assert (complaint.status, complaint.version) == (target, version + len(steps)), source
    assert (complaint.queue_desk, complaint.queue_code) == queue_after(step, target), source
    assert states_of(number) == expected, source
    running = [one.due_at for one in deadlines.running(complaint.id) if one.state == "running"]
    assert complaint.due_at == min(running, default=None), source
    check_event(number, len(steps), step, source, role, given)


def check_event(number: str, back: int, step: Step, source: str, role: str, given: dict[str, Any]) -> None:
    """An event tells who did what, from where to where, with which fields."""
    complaint, trail = ways.stored(number), ways.events_of(number)
    told = trail[-back]
    assert (told.action, told.role, told.from_status, told.to_status) == (
        step.action, role, source, step.target or source,
    )  # fmt: skip
    assert (told.public, told.at) == (step.public, MONDAY)
    assert given.items() <= told.data.items()
    assert (told.actor_id is None) == (role in {"enterprise", MACHINE})
    assert (trail[-1].seq, trail[-1].hash) == (complaint.length, complaint.head)


@pytest.mark.parametrize(("regime", "table"), [("other", CLOCKS), ("802", CLOCKS_802)])
def test_in_each_state_exactly_these_clocks_run(app: Flask, regime: str, table: dict[str, dict[str, str]]) -> None:
    for state, expected in table.items():
        number, _ = ways.brought_to(state, ways.REGIMES[regime])
        assert ways.open_clocks(number) == expected, state


@pytest.mark.parametrize("state", [code for code, state in STATES.items() if not state.desk])
def test_a_final_state_has_no_queue_no_clock_and_no_limit(app: Flask, state: str) -> None:
    number, _ = ways.brought_to(state)
    complaint = ways.stored(number)
    assert (complaint.status, complaint.queue_desk, complaint.queue_code, complaint.due_at) == (state, None, None, None)
    assert ways.open_clocks(number) == {}


def test_a_clock_starts_at_the_moment_of_its_step_and_stops_at_that_of_another(app: Flask, travel: Traveller) -> None:
    number, _ = ways.brought_to("dispatched")
    travel.shift(3600)
    ways.go_on(number, "sign")
    clocks = ways.clocks_of(number)
    assert (clocks["sign"].started_at, clocks["sign"].stopped_at) == (MONDAY, clock.now())
    assert clocks["contact"].started_at == clock.now()


@pytest.mark.parametrize(
    ("state", "action", "column", "value"),
    [
        ("submitted", "answer", "reply", ways.VALUES["reply"]),
        ("approved", "reply", "reply", ways.VALUES["reply"]),
        ("accepted", "dispatch", "department", DEPARTMENT),
        ("accepted", "dispatch", "routed_by", "operator"),
        ("replied", "close", "solved", True),
    ],
)
def test_a_step_keeps_what_it_was_given(app: Flask, state: str, action: str, column: str, value: Any) -> None:
    number, _ = ways.brought_to(state)
    ways.go_on(number, action)
    assert getattr(ways.stored(number), column) == value


def test_the_workflow_is_told_to_anybody_as_the_table_has_it(client: Caller) -> None:
    rows = client.get("/api/v1/workflow").json
    assert rows is not None
    assert [row["action"] for row in rows] == list(STEPS)
    for row in rows:
        step = STEPS[row["action"]]
        assert {name: set(row[name]) for name in ("sources", "roles", "needs", "allows", "when", "tells")} == {
            name: set(getattr(step, name)) for name in ("sources", "roles", "needs", "allows", "when", "tells")
        }
        plain = ("target", "opens", "settles", "public", "once")
        assert {name: row[name] for name in plain} == {name: getattr(step, name) for name in plain}


def test_a_corrected_category_seals_what_must_be_sealed_and_changes_the_clock(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("accepted", ways.REGIMES["other"])
    given = {"department": "150800-discipline", "category": "approval.misconduct"}
    answer = client.post(f"/api/v1/complaints/{number}/actions/dispatch", json=given,
                         headers=people.headers("dispatcher", place="150000"))  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert ways.stored(number).sealed
    auditor = people.headers("auditor")
    assert client.get(f"/api/v1/complaints/{number}", headers=auditor).status_code == 404
