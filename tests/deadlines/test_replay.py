"""Clocks worked out again from events: the same as the rows, whatever happened in whatever order."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from service.db import db
from service.deadlines import operations, recounting
from service.deadlines.models import Clock
from service.deadlines.replay import Turn
from service.errors import Invalid
from tests.deadlines.table import CHINA, at

pytestmark = pytest.mark.usefixtures("app")

REGION = ("150821", "150800", "150000")
MONDAY = at("2026-11-23 09:00")
KINDS = ("sign", "contact", "result", "material", "co_handle")
REGIMES = ((), ("802",), ("policy",), ("urgent",), ("inquiry",), ("assigned",), ("802", "assigned"))
PARTIES = {"co_handle": ("150821-health", "150821-finance")}


class Life:
    """One complaint's clocks, driven through operations, and the turns that its events would record."""

    def __init__(self, regimes, began, revision, fixed, cap_from):
        self.regimes, self.now, self.revision = regimes, began, revision
        self.fixed = {"result": fixed} if fixed or "assigned" in regimes else {}
        self.cap_from, self.turns = cap_from, []

    def open(self):
        return {clock.label: clock for clock in operations.running(1)}

    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    def start(self, kind, which):
        party = PARTIES[kind][which % 2] if kind in PARTIES else None
        if (kind if party is None else f"{kind}:{party}") in self.open():
            return
        fixed = {name: moment or self.now + timedelta(days=5, hours=1) for name, moment in self.fixed.items()}
        begun = operations.start(1, (kind,), self.regimes, self.now, REGION, self.revision, fixed, party, self.cap_from)
        self.turns.append(Turn(self.now, started=[clock.label for clock in begun]))

    def stop(self, which, state):
        if clock := self._one(which):
            operations.stop(1, (clock.kind,), self.now, state, clock.party)
            self.turns.append(Turn(self.now, **{state: [clock.label]}))

    def pause(self, which):
        if clock := self._one(which):
            held = operations.pause(1, (clock.kind,), self.now, clock.party)
            self.turns.append(Turn(self.now, paused=[one.label for one in held]))

    def resume(self, which):
        if clock := self._one(which):
            running = operations.resume(1, (clock.kind,), self.now, self.revision, clock.party)
            self.turns.append(Turn(self.now, resumed=[one.label for one in running]))

    def extend(self, days):
        clock = self.open().get("result")
        if clock is None:
            return
        until = max(clock.due_at, self.now).date() + timedelta(days=days)
        while not CHINA.is_working(until):
            until += timedelta(days=1)
        try:
            done = operations.extend(clock, until, self.now, self.revision)
        except Invalid:
            return
        self.turns.append(Turn(self.now, extended={clock.label: done.length}))

    def pass_by(self, days):
        """Time passes, and the sweep comes by."""
        self.wait(days * 1440)
        self.sweep()

    def sweep(self):
        for one in operations.sweep(self.now):
            name = one.kind if one.party is None else f"{one.kind}:{one.party}"
            self.turns.append(Turn(one.at, rungs=[(one.rung, name)]))
        db.session.expire_all()

    def _one(self, which):
        clocks = list(self.open().values())
        return clocks[which % len(clocks)] if clocks else None


ONE = st.integers(0, 5)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 600) | st.sampled_from([1440 * days for days in range(1, 15)])),
        st.tuples(st.just("start"), st.sampled_from(KINDS), ONE),
        st.tuples(st.just("stop"), ONE, st.sampled_from(["met", "cancelled"])),
        st.tuples(st.just("pause"), ONE),
        st.tuples(st.just("resume"), ONE),
        st.tuples(st.just("extend"), st.integers(1, 12)),
        st.tuples(st.just("pass_by"), st.integers(1, 15)),
    ),
    min_size=10,
    max_size=30,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=DEEDS,
    regimes=st.sampled_from(REGIMES),
    began=st.integers(0, 60 * 24 * 400),
    fixed=st.none() | st.integers(1, 60),
    cap=st.none() | st.integers(0, 95),
)
def test_whatever_happened_the_rows_follow_from_the_turns(deeds, regimes, began, fixed, cap):
    db.session.execute(delete(Clock))
    start = MONDAY - timedelta(minutes=began)
    life = Life(
        regimes, start, "replay", start + timedelta(days=fixed) if fixed else None,
        start - timedelta(days=cap) if cap is not None else None,
    )  # fmt: skip
    for name, *given_to in [("start", "result", 0), ("start", "co_handle", 0), *deeds]:
        getattr(life, name)(*given_to)
        db.session.flush()
    db.session.expire_all()
    assert recounting.rebuild(operations.clocks_of(1), life.turns, "replay") == []


@pytest.fixture
def life():
    """A result's clock that was reminded of, paused, resumed and extended."""
    life = Life((), MONDAY, "replay", None, None)
    life.start("result", 0)
    for name, *given_to in [
        ("wait", 60 * 24 * 16), ("sweep",), ("pause", 0), ("wait", 60 * 24 * 3), ("resume", 0), ("extend", 7),
    ]:  # fmt: skip
        getattr(life, name)(*given_to)
        db.session.flush()
    return life


def test_a_row_that_was_tampered_with_is_found_and_mended(life):
    (clock,) = operations.clocks_of(1)
    due_at = clock.due_at
    clock.due_at, clock.rung = due_at + timedelta(days=30), 2
    found = recounting.rebuild([clock], life.turns, "replay")
    assert {(one.field, one.stored, one.derived) for one in found} == {
        ("due_at", due_at + timedelta(days=30), due_at),
        ("rung", 2, 0),
    }
    assert recounting.rebuild([clock], life.turns, "replay", correct=True) == found
    assert recounting.rebuild([clock], life.turns, "replay") == []
    assert (clock.due_at, clock.rung) == (due_at, 0)


def test_a_clock_that_no_turn_started_is_not_judged(life):
    (clock,) = operations.clocks_of(1)
    clock.due_at += timedelta(days=30)
    assert recounting.rebuild([clock], [], "replay") == []


def test_a_turn_that_starts_and_meets_a_clock_at_once_meets_that_one():
    operations.start(1, ("sign",), (), MONDAY, REGION, "replay")
    operations.stop(1, ("sign",), MONDAY)
    at_once = Turn(MONDAY, started=["sign"], met=["sign"])
    assert recounting.rebuild(operations.clocks_of(1), [at_once], "replay") == []


def test_a_turn_that_starts_a_clock_anew_ends_the_older_one():
    later = MONDAY + timedelta(hours=1)
    operations.start(1, ("sign",), (), MONDAY, REGION, "replay")
    operations.stop(1, ("sign",), later, "cancelled")
    operations.start(1, ("sign",), (), later, REGION, "replay")
    turns = [Turn(MONDAY, started=["sign"]), Turn(later, started=["sign"], cancelled=["sign"])]
    assert recounting.rebuild(operations.clocks_of(1), turns, "replay") == []


def test_an_extension_of_a_granted_day_is_replayed_from_its_days():
    operations.start(1, ("result",), ("urgent",), MONDAY, REGION, "replay")
    (clock,) = operations.clocks_of(1)
    done = operations.extend(clock, date(2026, 11, 26), MONDAY, "replay")
    turns = [Turn(MONDAY, started=["result"]), Turn(MONDAY, extended={"result": done.length})]
    assert recounting.rebuild([clock], turns, "replay") == []
