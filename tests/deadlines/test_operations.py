"""Clocks on the real database: they start, stop, pause, resume, and are swept."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from service.clock import ZONE
from service.config import ROOT
from service.db import db
from service.deadlines import operations
from service.deadlines.models import CalendarDay, Clock, ClockRule, OfficeHours
from service.errors import Invalid

pytestmark = pytest.mark.usefixtures("app")

REGION = ("150821", "150800", "150000")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZONE)


@pytest.fixture
def revision():
    """A revision of the reference data of its own, so that nothing is remembered from another test."""
    return object()


def here(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def a_clock(next_at, complaint_id=1, state="running", **values):
    """A stored clock that reaches its next rung at a moment, and is due an hour later."""
    due_at = next_at + timedelta(hours=1)
    standing = {
        "complaint_id": complaint_id,
        "kind": "sign",
        "rule_code": "sign",
        "basis": "本平台服务承诺",
        "statutory": False,
        "length": 4,
        "unit": "working_hours",
        "places": list(REGION),
        "started_at": next_at - timedelta(hours=3),
        "due_at": due_at,
        "provisional": False,
        "ladder": ["remind", "overdue"],
        "moments": [next_at, due_at],
        "next_at": next_at if state == "running" else None,
        "state": state,
    }
    return db.session.scalar(insert(Clock).returning(Clock), {**standing, **values})


def test_seeding_twice_changes_nothing():
    db.session.execute(delete(ClockRule))
    first = operations.seed(ROOT / "data")
    db.session.flush()
    again = operations.seed(ROOT / "data")
    assert first.added > 15
    assert (again.added, again.changed, again.retired) == (0, 0, 0)


def test_a_filing_starts_its_clocks_in_one_statement(revision):
    clocks = operations.start(7, ("sign", "result"), ("802",), MONDAY, REGION, revision)
    assert [(clock.kind, clock.due_at, clock.basis) for clock in clocks] == [
        ("sign", here(2026, 11, 23, 15, 30), "本平台服务承诺"),
        ("result", here(2026, 12, 23, 17, 30), "依据：保障中小企业款项支付条例第二十五条第二款"),
    ]
    assert [clock.next_at for clock in clocks] == [here(2026, 11, 23, 11, 48), here(2026, 12, 14, 17, 30)]
    assert {clock.complaint_id for clock in clocks} == {7}


def test_prepared_clocks_lack_only_the_complaint(revision):
    (values,) = operations.prepare(("accept",), ("other",), MONDAY, REGION, revision)
    db.session.execute(insert(Clock), [{**values, "complaint_id": 9}])
    assert operations.running(9)[0].name == "受理"


def test_only_some_families_have_a_term_for_handing_over(revision):
    kinds = ("transfer", "result")
    assert [row["kind"] for row in operations.prepare(kinds, ("policy",), MONDAY, REGION, revision)] == ["result"]
    assert [row["kind"] for row in operations.prepare(kinds, ("default",), MONDAY, REGION, revision)] == list(kinds)


def test_the_earlier_of_the_law_and_a_superior_counts(revision):
    early, late = here(2026, 12, 1, 12), here(2027, 3, 1, 12)
    (with_early,) = operations.prepare(("result",), ("802",), MONDAY, REGION, revision, {"result": early})
    (with_late,) = operations.prepare(("result",), ("802",), MONDAY, REGION, revision, {"result": late})
    assert with_early["due_at"] == early
    assert with_late["due_at"] == here(2026, 12, 23, 17, 30)


def test_an_assigned_matter_needs_the_moment_that_the_superior_set(revision):
    with pytest.raises(Invalid, match="办结期限"):
        operations.start(1, ("result",), ("assigned",), MONDAY, REGION, revision)
    limit = MONDAY + timedelta(days=10)
    (clock,) = operations.start(1, ("result",), ("assigned",), MONDAY, REGION, revision, {"result": limit})
    assert (clock.due_at, clock.next_at) == (limit, MONDAY + timedelta(days=7))
    assert operations.explain(clock, revision).days == ()


def test_a_place_has_its_own_days_and_hours_and_those_above_it(revision):
    db.session.add_all(
        [
            _day("150000", here(2026, 11, 24, 0), "区庆"),
            _day("150800", here(2026, 11, 25, 0), "市里放假"),
            _day("150100", here(2026, 11, 26, 0), "别处放假"),
            OfficeHours(code="150821", spans=[["08:00", "12:00"], ["14:00", "18:00"]]),
        ]
    )
    db.session.flush()
    (clock,) = operations.start(1, ("accept",), ("other",), MONDAY, REGION, revision)
    assert clock.due_at == here(2026, 11, 26, 18)
    assert [day.reason for day in operations.explain(clock, revision).days] == [
        "起算日不计",
        "地方放假日：区庆",
        "地方放假日：市里放假",
        "工作日",
    ]


def _day(place, moment, name):
    day = moment.date()
    return CalendarDay(code=f"{place}:{day}", place_code=place, date=day, working=False, name=name)


def test_a_notice_in_the_table_makes_a_year_known():
    new_year = {"place_code": "000000", "working": False, "name": "元旦", "notice": "测试通知"}
    db.session.add(CalendarDay(code="000000:2027-01-01", date=datetime(2027, 1, 1, tzinfo=ZONE).date(), **new_year))
    db.session.flush()
    (known,) = operations.prepare(("result",), ("other",), here(2026, 12, 21, 9), REGION, object())
    db.session.execute(delete(CalendarDay))
    db.session.flush()
    (unknown,) = operations.prepare(("result",), ("other",), here(2026, 12, 21, 9), REGION, object())
    assert (known["provisional"], unknown["provisional"]) == (False, True)


def test_an_edited_rule_binds_later_clocks_only(revision):
    operations.start(1, ("sign",), ("other",), MONDAY, REGION, revision)
    db.session.get(ClockRule, "sign").length = 1
    db.session.flush()
    operations.start(2, ("sign",), ("other",), MONDAY, REGION, object())
    assert [operations.running(number)[0].length for number in (1, 2)] == [4, 1]


def test_stopping_ends_the_named_clocks_and_marks_the_late_ones(revision):
    operations.start(1, ("sign", "result"), ("other",), MONDAY, REGION, revision)
    operations.stop(1, ("sign",), MONDAY + timedelta(days=1))
    sign, result = operations.clocks_of(1)
    assert (sign.state, sign.stopped_at, sign.next_at) == ("met", MONDAY + timedelta(days=1), None)
    assert sign.overdue_at == sign.due_at
    assert (result.state, result.overdue_at) == ("running", None)
    assert operations.running(1) == [result]


def test_a_paused_clock_stops_without_being_late(revision):
    clocks = operations.start(1, ("sign", "result"), ("other",), MONDAY, REGION, revision)
    operations.pause(1, ("sign", "result"), MONDAY)
    assert operations.running(1) == clocks
    operations.stop(1, ("sign", "result"), MONDAY + timedelta(days=90), "cancelled")
    assert operations.running(1) == []
    assert {(clock.state, clock.overdue_at) for clock in operations.clocks_of(1)} == {("cancelled", None)}


def test_a_paused_clock_keeps_the_days_it_ran(revision):
    (clock,) = operations.start(1, ("result",), ("policy",), MONDAY, REGION, revision)
    assert clock.due_at == here(2026, 11, 30, 17, 30)
    operations.pause(1, ("result",), here(2026, 11, 26, 10))
    assert (clock.state, clock.next_at) == ("paused", None)
    operations.resume(1, ("result",), here(2026, 12, 3, 10), revision)
    assert (clock.state, clock.due_at) == ("running", here(2026, 12, 8, 17, 30))
    db.session.flush()
    (reminded,) = operations.sweep(here(2026, 12, 8, 17))
    assert (reminded.rung, reminded.at) == ("remind", here(2026, 12, 7, 12))


def test_a_rung_reached_before_a_pause_is_not_reached_again(revision):
    (clock,) = operations.start(1, ("result",), ("policy",), MONDAY, REGION, revision)
    operations.sweep(here(2026, 11, 27, 12))
    db.session.refresh(clock)
    operations.pause(1, ("result",), here(2026, 11, 27, 13))
    operations.resume(1, ("result",), here(2026, 12, 1, 10), revision)
    assert (clock.rung, clock.next_at) == (1, clock.due_at)


@pytest.mark.parametrize(("regime", "fixed"), [("802", None), ("assigned", here(2026, 12, 4, 12))])
def test_what_the_law_or_a_superior_set_never_pauses(revision, regime, fixed):
    (clock,) = operations.start(1, ("result",), (regime,), MONDAY, REGION, revision, {"result": fixed} if fixed else {})
    assert operations.pause(1, ("result",), MONDAY) == []
    assert clock.state == "running"
    assert clock.next_at is not None


def test_the_sweep_fires_what_is_due_and_nothing_else():
    due, later = a_clock(MONDAY), a_clock(MONDAY + timedelta(seconds=1))
    a_clock(MONDAY, state="met")
    (fired,) = operations.sweep(MONDAY)
    assert (fired.clock_id, fired.rung, fired.at) == (due.id, "remind", MONDAY.astimezone(UTC))
    db.session.expire_all()
    assert (due.rung, due.next_at, due.overdue_at) == (1, due.due_at, None)
    assert (later.rung, later.next_at) == (0, MONDAY + timedelta(seconds=1))


def test_a_sweep_can_keep_to_complaints_that_the_caller_holds():
    for complaint_id in (1, 2, 3):
        a_clock(MONDAY - timedelta(minutes=complaint_id), complaint_id)
    assert db.session.scalars(operations.complaints_due(MONDAY, 2)).all() == [3, 2]
    assert [fired.complaint_id for fired in operations.sweep(MONDAY, [2])] == [2]
    assert operations.sweep(MONDAY, []) == []
    assert [fired.complaint_id for fired in operations.sweep(MONDAY, [1, 2])] == [1]


def test_sweeping_twice_changes_nothing():
    a_clock(MONDAY)
    assert len(operations.sweep(MONDAY)) == 1
    before = db.session.execute(text("SELECT * FROM clocks")).all()
    assert operations.sweep(MONDAY) == []
    assert db.session.execute(text("SELECT * FROM clocks")).all() == before


def test_a_clock_that_slept_climbs_rung_by_rung_at_the_true_times():
    clock = a_clock(MONDAY)
    a_week_later = MONDAY + timedelta(days=7)
    rungs = [fired for _ in range(3) for fired in operations.sweep(a_week_later)]
    assert [(fired.rung, fired.at) for fired in rungs] == [("remind", MONDAY), ("overdue", clock.due_at)]
    db.session.expire_all()
    assert (clock.overdue_at, clock.next_at, clock.state) == (clock.due_at, None, "running")


def test_a_longer_ladder_is_only_more_rows():
    moments = [MONDAY + timedelta(days=day) for day in range(5)]
    ladder = ["remind", "overdue", "supervise", "supervise_again", "summon"]
    a_clock(MONDAY, ladder=ladder, moments=moments)
    fired = [one.rung for _ in range(6) for one in operations.sweep(moments[-1])]
    assert fired == ladder


def test_a_sweep_takes_the_oldest_up_to_its_limit():
    clocks = [a_clock(MONDAY - timedelta(minutes=minute)) for minute in range(5)]
    assert [fired.clock_id for fired in operations.sweep(MONDAY, limit=2)] == [clocks[4].id, clocks[3].id]
    assert len(operations.sweep(MONDAY, limit=10)) == 3


def test_two_sweeps_at_once_share_the_work():
    for complaint_id in range(6):
        a_clock(MONDAY, complaint_id)
    db.session.commit()
    first = operations.sweep(MONDAY, limit=4)
    with Session(db.engine) as other:
        second = other.execute(operations.climb(MONDAY, None, 4)).all()
        other.commit()
    db.session.commit()
    assert (len(first), len(second)) == (4, 2)
    assert {fired.clock_id for fired in first}.isdisjoint(row.clock_id for row in second)
    assert operations.sweep(MONDAY) == []


def test_a_sweep_that_fails_leaves_the_rung_to_the_next():
    a_clock(MONDAY)
    db.session.commit()
    assert len(operations.sweep(MONDAY)) == 1
    db.session.rollback()
    assert len(operations.sweep(MONDAY)) == 1


def many(due, later):
    """So many clocks that are due on Monday, and so many that are not, in one statement."""
    a_clock(MONDAY)
    clone = text(
        "INSERT INTO clocks (complaint_id, kind, rule_code, basis, statutory, places, started_at, due_at, provisional,"
        " ladder, moments, next_at) SELECT number, kind, rule_code, basis, statutory, places, started_at, due_at,"
        " provisional, ladder, moments, next_at + CASE WHEN number < :due THEN interval '0' ELSE interval '1 day' END"
        " FROM clocks, generate_series(1, :all - 1) AS number"
    )
    db.session.execute(clone, {"due": due, "all": due + later})
    db.session.execute(text("ANALYZE clocks"))


def test_the_sweep_reads_no_row_that_is_not_due():
    """Of 200,000 open clocks 5,000 are due: one sweep reads as many as it takes, and not one more."""
    many(due=5_000, later=195_000)
    sweep = operations.climb(MONDAY, None, 500).compile(db.engine)
    explained = db.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE) {sweep}", sweep.params).scalars().all()
    plan = "\n".join(explained)
    assert "Index Scan using ix_clocks_next_at" in plan
    assert "Seq Scan" not in plan
    assert "Rows Removed" not in plan
    assert re.search(r"LockRows.*actual.*rows=500\b", plan)
    assert re.search(r"Index Scan using ix_clocks_next_at.*actual.*rows=500\b", plan)


def test_a_week_of_downtime_is_made_up_in_order_and_at_the_true_times(revision):
    """All five rungs of two clocks, in one transaction, whatever the sweep's limit."""
    began = [MONDAY, MONDAY + timedelta(hours=1)]
    for number, moment in enumerate(began):
        operations.start(number, ("sign",), (), moment, REGION, revision)
    db.session.flush()
    fired = []
    while step := operations.sweep(MONDAY + timedelta(days=14), limit=1):
        fired += step
    for number in range(2):
        own = [one for one in fired if one.complaint_id == number]
        assert [one.rung for one in own] == ["remind", "overdue", "supervise", "supervise_again", "summon"]
        assert [one.at for one in own] == operations.clocks_of(number)[0].moments


def test_what_was_overdue_once_keeps_that_moment():
    """A clock that was extended after its limit climbs anew; late it was all the same."""
    earlier = MONDAY - timedelta(days=3)
    clock = a_clock(MONDAY, overdue_at=earlier)
    for _ in range(2):
        operations.sweep(MONDAY + timedelta(days=1))
    db.session.expire_all()
    assert (clock.rung, clock.overdue_at) == (2, earlier)


def test_a_clock_that_ran_out_before_a_pause_is_late_for_good(revision):
    (clock,) = operations.start(1, ("sign",), (), MONDAY, REGION, revision)
    operations.pause(1, ("sign",), MONDAY + timedelta(days=1))
    assert (clock.state, clock.overdue_at) == ("paused", clock.due_at)


@pytest.mark.parametrize(
    "deed",
    [
        lambda naive, revision: operations.start(1, ("sign",), (), naive, REGION, revision),
        lambda naive, revision: operations.start(
            1, ("result",), ("assigned",), MONDAY, REGION, revision, {"result": naive}
        ),
        lambda naive, revision: operations.stop(1, ("result",), naive),
        lambda naive, revision: operations.pause(1, ("result",), naive),
        lambda naive, revision: operations.extend(
            operations.running(1)[0], MONDAY.date() + timedelta(28), naive, revision
        ),
        lambda naive, revision: operations.sweep(naive),
    ],
)
def test_a_naive_time_is_refused_loudly_whoever_gives_it(revision, deed):
    operations.start(1, ("result",), (), MONDAY, REGION, revision)
    with pytest.raises((ValueError, TypeError, StatementError)):
        deed(MONDAY.replace(tzinfo=None), revision)


def test_a_clock_whose_cap_is_over_is_late_from_its_start(revision):
    (clock,) = operations.start(
        1, ("result",), ("802",), MONDAY, REGION, revision, cap_from=MONDAY - timedelta(days=100)
    )
    assert clock.due_at < clock.started_at
    operations.stop(1, ("result",), MONDAY + timedelta(days=1))
    db.session.refresh(clock)
    assert clock.overdue_at == MONDAY
    assert operations.explain(clock, revision).days[0].reason.endswith("到此为止")


def test_an_edited_rule_survives_the_next_seeding(tmp_path: Path):
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("examples"))
    operations.seed(tmp_path / "data")
    rule = db.session.get(ClockRule, "sign")
    rule.length, rule.edited_at = 8, MONDAY
    db.session.flush()
    file = tmp_path / "data" / "seed_clocks.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("length: 4\n", "length: 6\n"), encoding="utf-8")
    stored = operations.seed(tmp_path / "data")
    assert (stored.changed, stored.kept) == (1, 1)
    assert (rule.length, db.session.get(ClockRule, "dispatch").length) == (8, 6)
