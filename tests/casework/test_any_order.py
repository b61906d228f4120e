"""Whatever people and time do in whatever order, a complaint never leaves the workflow's table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from service.accounts.rules import Reader
from service.casework import climbing, operations
from service.casework.rules import FOLLOWED_BY, LAPSES
from service.clock import local
from service.complaints import operations as complaints
from service.complaints.models import Event
from service.complaints.rules import MACHINE, OPEN, QUESTIONS, RESPONDENT, STATES, STEPS, allowed
from service.db import db
from service.deadlines import operations as deadlines
from service.deadlines.ladder import RUNGS
from service.deadlines.models import Clock
from service.errors import Problem
from service.intake import operations as intake
from tests.casework import ways
from tests.factories import People

ROLES = [*ways.GRANTS, "enterprise", RESPONDENT]
# Where a limit that ends moves a complaint by itself.
BY_TIME = {(source, STEPS[action].target) for action in LAPSES.values() for source in STEPS[action].sources}
WORKERS = ("dispatcher", "handler", "head", ways.CO_HANDLER, "revisit_agent")
# What these may do that leads off the main way.
ASIDE = frozenset({"refuse", "pass_on", "merge", "hand_back", "transfer", "answer", "return_draft"})
DEPARTMENTS = (ways.DEPARTMENT, ways.OTHER, "150821-industry")
# Filled in anew at each step, since they depend on what went before.
DRAWN = frozenset({"department", "until", "review_on", "upheld", "into", "category"})


# What an event says was done to clocks, in this order, and how they stand after it.
TURNS = {
    "met": "met", "cancelled": "cancelled", "paused": "paused", "resumed": "running", "started": "running",
    "extended": None,
}  # fmt: skip


def weekday(day: date) -> date:
    """The day itself or the Monday after."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class AnyOrder(RuleBasedStateMachine):
    """One complaint, and whoever comes along. Nothing is committed; each run's complaint is forgotten at its end."""

    people: ClassVar[Sequence[int | None]]

    def __init__(self) -> None:
        super().__init__()
        self.now = ways.MONDAY

    @initialize(draft=st.sampled_from(list(ways.REGIMES.values())), by_hand=st.booleans())
    def file(self, draft: Any, by_hand: bool) -> None:
        self.lead = intake.file_complaint(draft, Reader(), self.now, by_hand=True).complaint
        self.complaint = intake.file_complaint(draft, Reader(), self.now, by_hand=by_hand).complaint
        self.filed = self.complaint.length

    @rule(action=st.sampled_from(list(STEPS)), role=st.sampled_from(ROLES), person=st.integers(0, 2), data=st.data())
    def somebody_tries_a_step(self, action: str, role: str, person: int, data: st.DataObject) -> None:
        more = data.draw(st.sets(st.sampled_from(sorted(ways.VALUES.keys() - DRAWN)), max_size=2))
        given = {**self.given(action, data), **{name: ways.VALUES[name] for name in more}}
        self.attempt(action, role, person, given)

    @rule(person=st.integers(0, 2), data=st.data())
    def somebody_takes_a_step_that_fits(self, person: int, data: st.DataObject) -> None:
        self.one_of([(role, action) for role in ROLES for action in allowed(self.complaint, {role})], person, data)

    @rule(person=st.integers(0, 5), data=st.data())
    def it_is_worked_on(self, person: int, data: st.DataObject) -> None:
        """A step of the main way, which nobody turns aside."""
        fitting = [(role, action) for role in WORKERS for action in allowed(self.complaint, {role})]
        self.one_of([(role, action) for role, action in fitting if action not in ASIDE], person, data)

    @rule(hours=st.integers(1, 200))
    def time_passes_and_the_sweep_comes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        before, called = self.complaint.status, self.called()
        while climbing.climb(self.now):
            pass
        assert before == self.complaint.status or (before, self.complaint.status) in BY_TIME
        assert self.called() - called in {0, 1}

    def one_of(self, fitting: Sequence[tuple[str, str]], person: int, data: st.DataObject) -> None:
        if fitting:
            role, action = data.draw(st.sampled_from(fitting))
            self.attempt(action, role, person, self.given(action, data))

    def given(self, action: str, data: st.DataObject) -> dict[str, Any]:
        """What somebody may fill in."""
        step = STEPS[action]
        drawn = {
            "department": data.draw(st.sampled_from(DEPARTMENTS)),
            "until": weekday(local(self.now).date() + timedelta(days=data.draw(st.integers(1, 60)))),
            "review_on": weekday(local(self.now).date() + timedelta(days=data.draw(st.integers(1, 28)))),
            "upheld": data.draw(st.booleans()),
            "into": self.lead.number,
        }
        wanted = (*step.needs, *ways.FACTS.get(action, ()))
        return {name: drawn.get(name, ways.VALUES[name]) for name in wanted}

    def attempt(self, action: str, role: str, person: int, given: Mapping[str, Any]) -> None:
        step, before = STEPS[action], self.complaint.status
        told = (before, self.complaint.version, self.complaint.length)
        self.now += timedelta(minutes=1)
        try:
            with db.session.begin_nested():
                reader = replace(ways.SOMEBODY[role], id=self.people[person])
                operations.act(self.complaint, {role}, action, given, reader, self.now)
        except Problem:
            assert (self.complaint.status, self.complaint.version, self.complaint.length) == told
            return
        assert role in step.roles
        assert before in step.sources
        followed = action in FOLLOWED_BY and self.complaint.department is not None
        assert self.complaint.status == ("dispatched" if followed else step.target or before)
        assert self.complaint.length == told[2] + 1 + followed

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def it_stands_in_exactly_the_one_queue_that_the_table_says(self) -> None:
        complaint, desk = self.complaint, STATES[self.complaint.status].desk
        assert complaint.queue_desk == desk
        place = complaint.department if desk == "department" else complaint.dispatch_place
        assert complaint.queue_code == (place if desk else None)
        assert complaint.department is not None or desk != "department"

    @invariant()
    def an_open_one_waits_for_something_and_a_final_one_for_nothing(self) -> None:
        clocks = self.open_clocks()
        assert bool([one for one in clocks if one.state == "running"]) == (self.complaint.status in OPEN)
        assert len({one.label for one in clocks}) == len(clocks)
        held = [one for one in clocks if one.state == "paused"]
        assert not held or self.complaint.status in {"waiting", "suspended", "supplementing"}
        assert not any(one.statutory for one in held)
        if self.complaint.status == "suspended":
            assert any(one.kind == "suspension" for one in clocks)
        assert self.complaint.due_at == min((one.due_at for one in clocks if one.state == "running"), default=None)

    @invariant()
    def only_known_questions_wait_each_once_and_none_after_its_clock(self) -> None:
        pending = self.complaint.pending
        assert set(pending) <= set(QUESTIONS)
        assert len(set(pending)) == len(pending)
        kinds = {one.kind for one in self.open_clocks()}
        assert ("extension" in pending) == ("extension" in kinds)
        assert "revisit" not in pending or "revisit" in kinds

    @invariant()
    def its_trail_leads_from_the_filing_to_where_it_stands(self) -> None:
        trail = self.trail()
        assert [event.seq for event in trail] == list(range(1, self.complaint.length + 1))
        assert trail[-1].hash == self.complaint.head
        assert [event.from_status for event in trail[1:]] == [event.to_status for event in trail[:-1]]
        assert trail[-1].to_status == self.complaint.status
        moves = [event for event in trail[1:] if not (event.role == MACHINE and event.action in RUNGS)]
        for event in moves:
            by = {MACHINE} if event.action in FOLLOWED_BY.values() else set()
            assert event.from_status in STEPS[event.action].sources
            assert event.role in STEPS[event.action].roles | by
        assert self.complaint.version == 1 + len([event for event in moves if event.seq > self.filed])

    @invariant()
    def its_events_tell_of_every_clock_how_it_stands(self) -> None:
        state: dict[str, str] = {}
        for event in self.trail():
            turned = event.data.get("clocks", {})
            assert turned.keys() <= set(TURNS)
            for what, now in TURNS.items():
                for label in turned.get(what, ()):
                    assert (state.get(label) in deadlines.OPEN) == (what != "started"), (event.seq, what, label)
                    state[label] = now or state[label]
        still = {label: now for label, now in state.items() if now in deadlines.OPEN}
        assert still == {one.label: one.state for one in self.open_clocks()}

    def open_clocks(self) -> list[Clock]:
        wanted = select(Clock).where(Clock.complaint_id == self.complaint.id, Clock.state.in_(deadlines.OPEN))
        return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))

    def trail(self) -> list[Event]:
        wanted = select(Event).where(Event.complaint_id == self.complaint.id).order_by(Event.seq)
        return list(db.session.scalars(wanted))

    def called(self) -> int:
        return sum(event.action == "call_due" for event in self.trail())

    def teardown(self) -> None:
        db.session.flush()
        assert list(complaints.broken_chains()) == []
        db.session.rollback()


def test_people_and_time_in_any_order_never_leave_the_table(app: Flask, people: People) -> None:
    AnyOrder.people = [people.reader("operator", ways.PLACE).id for _ in range(6)]
    # What fails is told as it was found: making it shorter takes minutes.
    quick = settings(
        max_examples=40, stateful_step_count=25, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(AnyOrder, settings=quick)
