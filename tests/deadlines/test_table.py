"""Engine and oracle on a table of terms, on days drawn at random, and on servers in other zones."""

import os
import subprocess
import sys
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.config import ROOT
from service.deadlines.extension import NotExtendable, extended
from service.deadlines.ladder import RUNGS, Course, plan
from service.deadlines.rules import ZONE, Term, Unit, due, elapsed, share
from tests.deadlines import oracle
from tests.deadlines.table import CASES, CHINA, IDS, at
from tests.deadlines.test_rules import MOMENTS, TERMS, held

BY_HAND = [
    ("2026-02-13 16:00", Term(5, Unit.WORKING_DAYS), date(2026, 2, 27)),
    ("2026-01-26 09:00", Term(30, Unit.WORKING_DAYS), date(2026, 3, 13)),
    ("2026-09-30 10:00", Term(5, Unit.WORKING_DAYS), date(2026, 10, 13)),
    ("2026-11-23 10:00", Term(30, Unit.CALENDAR_DAYS, 90), date(2026, 12, 23)),
    # A cap of 90 days from 2026-11-03 ends on 2027-02-01; from 2026-07-03 on Thursday, 2026-10-01, a holiday.
    ("2026-07-03 10:00", Term(90, Unit.CALENDAR_DAYS, 90), date(2026, 9, 30)),
]


def test_the_table_is_long():
    assert len(CASES) > 300
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize(("start", "term", "last"), BY_HAND)
def test_what_was_worked_out_by_hand_holds_for_engine_and_oracle(start, term, last):
    assert due(at(start), term, CHINA).due_at == oracle.close(last)
    assert oracle.due(at(start), term.length, term.unit, term.cap)[0] == oracle.close(last)


@pytest.mark.parametrize(("start", "term", "pauses", "cap_from"), CASES, ids=IDS)
def test_the_engine_agrees_with_the_oracle(start, term, pauses, cap_from):
    found = due(start, term, CHINA, pauses, cap_from)
    assert (found.due_at, found.provisional) == oracle.due(start, term.length, term.unit, term.cap, pauses, cap_from)
    assert found.provisional is bool(found.unpublished)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS, days=st.integers(0, 100))
def test_they_agree_where_a_cap_began_before_the_term(data, start, term, days):
    pauses, cap_from = data.draw(held(start)), start - timedelta(days=days)
    found = due(start, term, CHINA, pauses, cap_from)
    assert (found.due_at, found.provisional) == oracle.due(start, term.length, term.unit, term.cap, pauses, cap_from)


DAY_TERMS = st.builds(
    Term, st.integers(1, 30), st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]), st.none() | st.integers(30, 90)
)


@settings(max_examples=250, deadline=None)
@given(
    data=st.data(),
    start=MOMENTS,
    term=DAY_TERMS,
    later=st.integers(-3, 70),
    longest=st.none() | st.integers(30, 60),
    cap_from=st.none() | st.integers(0, 40),
)
def test_they_agree_on_which_days_can_be_granted_and_how_long_the_term_then_is(
    data, start, term, later, longest, cap_from
):
    pauses = data.draw(held(start))
    begun = start - timedelta(days=cap_from) if cap_from is not None else None
    was = due(start, term, CHINA, pauses, begun).due_at
    until = was.astimezone(ZONE).date() + timedelta(days=later)
    expected = oracle.extension(start, until, was, term.unit, term.cap, longest, pauses, begun)
    try:
        found = extended(Course(start, term, None, pauses, begun), until, was, longest, CHINA)
    except NotExtendable:
        assert expected is None
        return
    assert expected is not None
    assert found.due_at == oracle.close(until)
    assert oracle.due(start, found.length, term.unit, term.cap, pauses, begun)[0] == oracle.close(until)
    assert longest is None or found.length <= longest


@settings(max_examples=200, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS, days=st.none() | st.integers(0, 60))
def test_the_ladder_stands_in_order_and_its_later_rungs_where_the_oracle_says(data, start, term, days):
    pauses = data.draw(held(start))
    cap_from = start - timedelta(days=days) if days is not None else None
    way = plan(list(RUNGS), Course(start, term, None, pauses, cap_from), CHINA)
    assert way.moments == sorted(way.moments)
    assert way.moments[0] >= start.astimezone(UTC) or way.moments[0] == way.moments[1]
    assert way.moments[1] == max(way.deadline.due_at, start)
    for code, moment in zip(RUNGS, way.moments, strict=True):
        rung = RUNGS[code]
        if rung.days and term.unit.in_hours:
            assert moment == oracle.due(way.moments[1], term.length * rung.lengths, term.unit, None, pauses)[0]
        elif rung.days:
            assert moment == oracle.due(way.moments[1], rung.days, Unit.WORKING_DAYS, None, pauses)[0]


@settings(max_examples=200, deadline=None)
@given(data=st.data(), start=MOMENTS, term=TERMS, percent=st.integers(1, 99))
def test_a_share_of_a_term_that_its_cap_cuts_lies_before_its_end(data, start, term, percent):
    pauses = data.draw(held(start))
    ends = due(start, term, CHINA, pauses).due_at
    part = share(start, term, percent, CHINA, pauses)
    # Where not one day of a cap is left to run there is nothing to take a share of.
    assert part <= ends or not elapsed(start, ends, term.unit, CHINA, pauses)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), start=MOMENTS, length=st.integers(1, 40), unit=st.sampled_from(list(Unit)))
def test_by_its_end_a_term_has_run_its_length(data, start, length, unit):
    pauses = data.draw(held(start))
    term = Term(length, unit)
    ran = elapsed(start, due(start, term, CHINA, pauses).due_at, unit, CHINA, pauses)
    if unit.in_hours:
        assert ran == length * 3600
    elif unit is Unit.WORKING_DAYS:
        assert ran == length
    else:
        assert ran >= length  # a last day of rest rolls on


def test_a_server_in_another_zone_says_the_same():
    said = {
        zone: subprocess.run(
            [sys.executable, "-m", "tests.deadlines.table"],
            cwd=ROOT, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True,
        ).stdout
        for zone in ("Asia/Shanghai", "America/New_York")
    }  # fmt: skip
    assert said["America/New_York"] == said["Asia/Shanghai"]
    assert len(said["Asia/Shanghai"].splitlines()) == len(CASES)
