"""Every row of the workflow, taken over HTTP by everybody who may take it, does what the row says and nothing else."""

from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from service import clock
from service.complaints.rules import EVERY_CLOCK, MACHINE, STEPS, UNDONE, Step, started_by
from service.db import transaction
from tests.caller import Caller
from tests.casework import ways
from tests.casework.ways import DEPARTMENT, MONDAY, PLACE
from tests.factories import People

ROWS = [
    (regime, action, source, role)
    for regime in ways.REGIMES
    for action, step in STEPS.items()
    for source in sorted(step.sources)
    for role in sorted(step.roles - {MACHINE})
]

QUEUES = {
    "submitted": ("dispatcher", PLACE),
    "supplementing": ("dispatcher", PLACE),
    "accepted": ("dispatcher", PLACE),
    "dispatched": ("department", DEPARTMENT),
    "handling": ("department", DEPARTMENT),
    "waiting": ("department", DEPARTMENT),
    "drafted": ("department", DEPARTMENT),
    "approved": ("department", DEPARTMENT),
    "replied": ("revisit", PLACE),
    "answered": ("revisit", PLACE),
}

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
    "replied": {"revisit": "running"},
    "answered": {"revisit": "running"},
}
# What the law says of arrears: a transfer has its own limit, and a result waits for nobody.
CLOCKS_802 = {
    **CLOCKS,
    "accepted": {"dispatch": "running", "transfer": "running"},
    "waiting": {"contact": "running", "result": "running", "material": "running"},
}


def headers_of(role: str, code: str, people: People) -> dict[str, str]:
    """What somebody in a role sends; the enterprise has its query code and no account."""
    return {"X-Query-Code": code} if role == "enterprise" else people.headers(role, **ways.GRANTS[role])


def clocks_after(step: Step, regime: str, before: dict[str, str]) -> dict[str, str]:
    """The state of each kind of clock after a step, as its row says."""
    unfinished = {kind for kind, state in before.items() if state != "met"}
    over = unfinished if step.stops == EVERY_CLOCK else unfinished & set(step.stops)
    after = before | dict.fromkeys(over, "cancelled" if step.target in UNDONE else "met")
    after |= {kind: "paused" for kind in step.pauses if kind in before and regime != "802"}
    after |= {kind: "running" for kind in step.resumes if kind in before}
    begun = [kind for kind in started_by(step.action, (regime,)) if kind != "transfer" or regime == "802"]
    return after | dict.fromkeys(begun, "running")


@pytest.mark.parametrize(("regime", "action", "source", "role"), ROWS)
def test_a_step_moves_a_complaint_as_its_row_says(
    client: Caller, people: People, regime: str, action: str, source: str, role: str
) -> None:
    step = STEPS[action]
    number, code = ways.brought_to(source, ways.REGIMES[regime])
    before, clocks = ways.stored(number).version, {kind: one.state for kind, one in ways.clocks_of(number).items()}
    given = ways.given_for(step, [name for name in step.allows if name not in {"category", "nature"}])
    headers = headers_of(role, code, people)
    answer = client.post(f"/api/v1/complaints/{number}/actions/{action}", json=given, headers=headers)
    assert answer.status_code == 200, answer.text
    target = step.target or source
    seen = answer.json
    assert seen is not None
    assert (seen["status"], seen["version"]) == (target, before + 1)
    check_event(number, step, source, role, given)
    complaint = ways.stored(number)
    assert (complaint.queue_desk, complaint.queue_code) == QUEUES.get(target, (None, None))
    now = ways.clocks_of(number)
    assert {kind: one.state for kind, one in now.items()} == clocks_after(step, regime, clocks)
    assert complaint.due_at == min((one.due_at for one in now.values() if one.state == "running"), default=None)


def check_event(number: str, step: Step, source: str, role: str, given: dict[str, Any]) -> None:
    """The last event tells who did what, from where to where, with which fields."""
    complaint, last = ways.stored(number), ways.events_of(number)[-1]
    assert (last.action, last.role, last.from_status, last.to_status) == (
        step.action, role, source, step.target or source,
    )  # fmt: skip
    assert (last.public, last.data, last.at) == (step.public, given, MONDAY)
    assert (last.actor_id is None) == (role == "enterprise")
    assert (last.seq, last.hash) == (complaint.length, complaint.head)


@pytest.mark.parametrize(("regime", "table"), [("other", CLOCKS), ("802", CLOCKS_802)])
def test_in_each_state_exactly_these_clocks_run(app: Flask, regime: str, table: dict[str, dict[str, str]]) -> None:
    for state, expected in table.items():
        number, _ = ways.brought_to(state, ways.REGIMES[regime])
        assert ways.open_clocks(number) == expected, state


@pytest.mark.parametrize("state", ["refused", "passed_on", "closed", "withdrawn", "terminated"])
def test_a_final_state_has_no_queue_no_clock_and_no_limit(app: Flask, state: str) -> None:
    number, _ = ways.brought_to(state)
    complaint = ways.stored(number)
    assert (complaint.status, complaint.queue_desk, complaint.queue_code, complaint.due_at) == (state, None, None, None)
    assert ways.open_clocks(number) == {}


def test_a_clock_starts_at_the_moment_of_its_step_and_stops_at_that_of_another(app: Flask, travel: Traveller) -> None:
    number, _ = ways.brought_to("dispatched")
    travel.shift(3600)
    with transaction():
        ways.step_on(ways.stored(number), "sign")
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
    with transaction():
        ways.step_on(ways.stored(number), action)
    assert getattr(ways.stored(number), column) == value


def test_the_workflow_is_told_to_anybody_as_the_table_has_it(client: Caller) -> None:
    rows = client.get("/api/v1/workflow").json
    assert rows is not None
    assert [row["action"] for row in rows] == list(STEPS)
    for row in rows:
        step = STEPS[row["action"]]
        assert set(row["sources"]) == step.sources
        assert (row["target"], set(row["roles"]), tuple(row["needs"])) == (step.target, step.roles, step.needs)


def test_a_corrected_category_seals_what_must_be_sealed_and_changes_the_clock(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("accepted", ways.REGIMES["other"])
    given = {"department": "150800-discipline", "category": "approval.misconduct"}
    answer = client.post(f"/api/v1/complaints/{number}/actions/dispatch", json=given,
                         headers=people.headers("dispatcher", place="150000"))  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert ways.stored(number).sealed
    auditor = people.headers("auditor")
    assert client.get(f"/api/v1/complaints/{number}", headers=auditor).status_code == 404
