"""Whatever people and time do in whatever order, a complaint never leaves the workflow's table."""

from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from service.accounts.rules import Reader
from service.casework import operations
from service.complaints import operations as complaints
from service.complaints.models import Event
from service.complaints.rules import MACHINE, STATES, STEPS
from service.db import db
from service.deadlines.models import Clock
from service.errors import Problem
from service.intake import operations as intake
from tests.casework import ways

ROLES = [*ways.GRANTS, "enterprise"]
RUNGS = {"remind", "overdue"}


class AnyOrder(RuleBasedStateMachine):
    """One complaint, and whoever comes along. Nothing is committed; each run's complaint is forgotten at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.now = ways.MONDAY
        self.taken = 0

    @initialize(draft=st.sampled_from(list(ways.REGIMES.values())), by_hand=st.booleans())
    def file(self, draft: Any, by_hand: bool) -> None:
        self.complaint = intake.file_complaint(draft, Reader(), self.now, by_hand=by_hand).complaint
        self.first = self.complaint.version

    @rule(action=st.sampled_from(list(STEPS)), role=st.sampled_from(ROLES), person=st.integers(1, 3), data=st.data())
    def somebody_tries_a_step(self, action: str, role: str, person: int, data: st.DataObject) -> None:
        fields = data.draw(st.sets(st.sampled_from(sorted(ways.VALUES.keys() - {"category"})), max_size=2))
        given = {**ways.given_for(STEPS[action]), **{name: ways.VALUES[name] for name in fields}}
        self.attempt(action, role, person, given)

    @rule(pick=st.integers(0, 50), person=st.integers(1, 3))
    def somebody_takes_a_step_that_fits(self, pick: int, person: int) -> None:
        fitting = [step for step in STEPS.values() if self.complaint.status in step.sources and step.roles != {MACHINE}]
        if fitting:
            step = fitting[pick % len(fitting)]
            self.attempt(step.action, min(step.roles - {MACHINE}), person, ways.given_for(step))

    @rule(hours=st.integers(1, 200))
    def time_passes_and_the_sweep_comes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        before, version = self.complaint.status, self.complaint.version
        while operations.climb(self.now):
            pass
        assert (before, self.complaint.status) in {
            (before, before), ("supplementing", "terminated"), ("waiting", "handling"),
        }  # fmt: skip
        assert self.complaint.version == version + (self.complaint.status != before)
        self.taken += self.complaint.status != before

    def attempt(self, action: str, role: str, person: int, given: dict[str, Any]) -> None:
        step, before = STEPS[action], self.complaint.status
        told = (before, self.complaint.version, self.complaint.length)
        self.now += timedelta(minutes=1)
        try:
            operations.act(self.complaint, {role}, action, given, Reader(id=person), self.now)
        except Problem:
            assert (self.complaint.status, self.complaint.version, self.complaint.length) == told
            return
        self.taken += 1
        assert role in step.roles
        assert before in step.sources
        assert self.complaint.status == (step.target or before)
        assert self.complaint.length == told[2] + 1

    @invariant()
    def it_stands_where_the_table_says(self) -> None:
        complaint, desk = self.complaint, STATES[self.complaint.status].desk
        assert complaint.queue_desk == desk
        assert (complaint.queue_code is None) == (desk is None)
        if desk == "department":
            assert complaint.queue_code == complaint.department
        assert complaint.version == self.first + self.taken

    @invariant()
    def an_open_one_has_a_clock_and_a_final_one_none(self) -> None:
        wanted = select(Clock).where(Clock.complaint_id == self.complaint.id, Clock.state.in_(("running", "paused")))
        clocks = list(db.session.scalars(wanted, execution_options={"populate_existing": True}))
        assert bool(clocks) == (STATES[self.complaint.status].desk is not None)
        assert len({one.kind for one in clocks}) == len(clocks)
        assert all(one.state == "running" for one in clocks) or self.complaint.status == "waiting"
        assert self.complaint.due_at == min((one.due_at for one in clocks if one.state == "running"), default=None)

    @invariant()
    def its_trail_leads_from_the_filing_to_where_it_stands(self) -> None:
        trail = list(
            db.session.scalars(select(Event).where(Event.complaint_id == self.complaint.id).order_by(Event.seq))
        )
        assert [event.seq for event in trail] == list(range(1, self.complaint.length + 1))
        assert trail[-1].hash == self.complaint.head
        assert [event.from_status for event in trail[1:]] == [event.to_status for event in trail[:-1]]
        assert trail[-1].to_status == self.complaint.status
        moves = [event for event in trail[1:] if event.action not in RUNGS]
        for event in moves:
            assert event.from_status in STEPS[event.action].sources
            assert event.role in STEPS[event.action].roles

    def teardown(self) -> None:
        db.session.flush()
        assert list(complaints.broken_chains()) == []
        db.session.rollback()


def test_people_and_time_in_any_order_never_leave_the_table(app: Flask) -> None:
    quick = settings(
        max_examples=40, stateful_step_count=18, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(AnyOrder, settings=quick)
