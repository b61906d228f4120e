"""What time does to complaints: rungs at their true moments, each once, and what lapses."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from service import clock
from service.casework import climbing, tasks
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.db import db, transaction
from service.errors import Problem
from service.jobs import outbox, runner
from service.jobs.models import Task
from tests.caller import Caller
from tests.casework import ways
from tests.factories import People
from tests.statements import counted

# Accepting is due within one working day of Monday 10:00; 70 % of the Tuesday's office hours are over at 15:42.
REMINDED, OVERDUE = datetime(2026, 3, 17, 7, 42, tzinfo=UTC), datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 18, 2, tzinfo=UTC)
# Five working days, and the half of the fourth.
ASKED_AGAIN, LAPSED = datetime(2026, 3, 20, 4, tzinfo=UTC), datetime(2026, 3, 23, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 24, 2, tzinfo=UTC)
RUNGS = {"remind", "overdue"}


def sweep(now: datetime, limit: int = 500) -> int:
    """One sweep in a transaction of its own."""
    with transaction():
        return climbing.climb(now, limit)


def sweep_all(now: datetime) -> int:
    """Sweep until there is nothing left to do."""
    total = 0
    while done := sweep(now):
        total += done
    return total


def rungs(number: str) -> list[tuple[str, datetime]]:
    """The rungs in a complaint's trail with their moments."""
    return [(event.action, event.at) for event in ways.events_of(number) if event.action in RUNGS]


@contextmanager
def held_by_somebody(number: str) -> Iterator[None]:
    """Another connection has the complaint's row locked."""
    with db.engine.connect() as connection:
        connection.execute(select(Complaint.id).where(Complaint.number == number).with_for_update())
        yield
        connection.rollback()


def together(app: Flask, *works: Callable[[], object]) -> list[BaseException]:
    """Let each work run in a thread and an app context of its own, all from the same moment; gives what went wrong."""
    start, wrong = Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                work()
            except BaseException as error:
                wrong.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def test_a_clock_that_ran_out_is_reminded_and_overdue_once_each_at_the_true_moment(app: Flask) -> None:
    number, _ = ways.brought_to("submitted")
    assert [sweep(WEDNESDAY) for _ in range(4)] == [1, 1, 0, 0]
    assert rungs(number) == [("remind", REMINDED), ("overdue", OVERDUE)]
    found = ways.clocks_of(number)["accept"]
    assert (found.state, found.overdue_at, found.due_at) == ("running", OVERDUE, OVERDUE)
    assert list(complaints.broken_chains()) == []


@pytest.mark.parametrize(
    ("moment", "reached"),
    [
        (REMINDED - timedelta(microseconds=1), []),
        (REMINDED, ["remind"]),
        (OVERDUE - timedelta(microseconds=1), ["remind"]),
        (OVERDUE, ["remind", "overdue"]),
        (WEDNESDAY + timedelta(days=60), ["remind", "overdue"]),
    ],
)
def test_a_rung_is_reached_at_its_moment_and_not_before(app: Flask, moment: datetime, reached: list[str]) -> None:
    number, _ = ways.brought_to("submitted")
    sweep_all(moment)
    assert [action for action, _ in rungs(number)] == reached


def test_a_rung_changes_neither_state_nor_queue_nor_version(app: Flask) -> None:
    number, _ = ways.brought_to("submitted")
    before = ways.stored(number)
    kept = (before.status, before.queue_desk, before.queue_code, before.due_at, before.version)
    sweep_all(WEDNESDAY)
    after = ways.stored(number)
    assert (after.status, after.queue_desk, after.queue_code, after.due_at, after.version) == kept
    assert (after.length, after.head) == (len(ways.events_of(number)), ways.events_of(number)[-1].hash)
    event = ways.events_of(number)[-1]
    assert (event.role, event.actor_id, event.public, event.data) == ("machine", None, False, {"clock": "accept"})


def test_what_was_done_in_time_is_not_reminded_of(app: Flask) -> None:
    number, _ = ways.brought_to("refused")
    assert sweep_all(WEDNESDAY) == 0
    assert rungs(number) == []


def test_a_paused_clock_does_not_climb(app: Flask) -> None:
    number, _ = ways.brought_to("waiting", ways.DELAYED)
    sweep_all(LAPSED - timedelta(seconds=1))
    assert {one.kind: one.rung for one in ways.clocks_of(number).values()}["result"] == 0


def test_each_of_many_complaints_climbs_its_own_ladder_however_small_the_batch(app: Flask) -> None:
    numbers = [ways.brought_to("submitted")[0] for _ in range(5)]
    done = [sweep(WEDNESDAY, limit=2) for _ in range(6)]
    assert (sum(done), max(done)) == (10, 2)
    assert all(rungs(number) == [("remind", REMINDED), ("overdue", OVERDUE)] for number in numbers)


def statements_of_a_sweep(many: int, moments: Sequence[datetime]) -> list[int]:
    """How many statements each sweep takes where so many complaints reach the same rungs."""
    for _ in range(many):
        ways.brought_to("handling")
    sent = []
    for moment in moments:
        with counted() as statements:
            assert sweep(moment) >= many
        # Whether the reference data are still the same is asked once a second, by the clock.
        sent.append(len([one for one in statements if "reference_revision" not in one]))
    while sweep(moments[-1]):
        pass
    return sent


def test_a_batch_takes_as_many_statements_for_few_as_for_many(app: Flask, travel: Traveller) -> None:
    """Reminded, overdue (with the call for a revisit), supervised (with an order each): the result's first rungs."""
    contacts = [datetime(2026, 3, day, 10, tzinfo=UTC) for day in (17, 17, 18)]
    few = statements_of_a_sweep(2, contacts)
    travel.move_to(ways.MONDAY)
    many = statements_of_a_sweep(9, contacts)
    assert few == many
    with transaction():
        for complaint in db.session.scalars(select(Complaint)).all():
            ways.step_on(complaint, "contact")
    result = [datetime(2026, 4, 16, 10, tzinfo=UTC)] * 3
    with counted() as statements:
        assert [sweep(moment) for moment in result] == [11, 11, 11]
    assert len(statements) <= 25


# --- what lapses (docs/decisions/0003) -------------------------------------------------------------------------------


def test_a_supplement_that_does_not_come_ends_the_complaint(app: Flask) -> None:
    number, _ = ways.brought_to("supplementing")
    version = ways.stored(number).version
    sweep_all(LATER)
    complaint = ways.stored(number)
    assert (complaint.status, complaint.queue_desk, complaint.due_at) == ("terminated", None, None)
    assert complaint.version == version + 1
    assert ways.open_clocks(number) == {}
    trail = [(event.action, event.role, event.public, event.at) for event in ways.events_of(number)[-3:]]
    assert trail == [
        ("remind", "machine", False, ASKED_AGAIN),
        ("overdue", "machine", False, LAPSED),
        ("lapse_supplement", "machine", True, LATER),
    ]
    assert sweep_all(LATER + timedelta(days=30)) == 0
    assert list(complaints.broken_chains()) == []


@pytest.mark.parametrize("regime", ways.REGIMES)
def test_material_that_does_not_come_ends_the_waiting_and_the_department_goes_on(app: Flask, regime: str) -> None:
    number, _ = ways.brought_to("waiting", ways.REGIMES[regime])
    due_before = ways.clocks_of(number)["result"].due_at
    sweep_all(LATER)
    complaint, clocks = ways.stored(number), ways.clocks_of(number)
    assert (complaint.status, complaint.queue_desk, complaint.queue_code) == ("handling", "department", ways.DEPARTMENT)
    assert (clocks["material"].state, clocks["material"].overdue_at) == ("met", LAPSED)
    assert clocks["result"].state == "running"
    # A result that waited starts again where it stood; one that the law set did not wait.
    assert (clocks["result"].due_at > due_before) == (regime == "other")
    assert ("lapse_material", "handling") in [(event.action, event.to_status) for event in ways.events_of(number)]
    assert sweep_all(LATER) == 0
    assert complaint.due_at == min(one.due_at for one in clocks.values() if one.state == "running")


def test_a_lapse_is_a_new_version_for_whoever_had_read_the_old_one(app: Flask, client: Caller) -> None:
    number, code = ways.brought_to("supplementing")
    read = client.get(f"/api/v1/complaints/{number}", headers={"X-Query-Code": code})
    sweep_all(LATER)
    headers = {"X-Query-Code": code, "If-None-Match": read.headers["ETag"]}
    again = client.get(f"/api/v1/complaints/{number}", headers=headers)
    assert (again.status_code, again.json and again.json["status"]) == (200, "terminated")


def test_a_supplement_that_comes_before_the_sweep_counts_though_it_is_late(
    app: Flask, client: Caller, travel: Traveller
) -> None:
    number, code = ways.brought_to("supplementing")
    travel.move_to(LATER)
    answer = client.post(
        f"/api/v1/complaints/{number}/actions/supplement", json={"text": "补上合同。"}, headers={"X-Query-Code": code}
    )
    assert answer.status_code == 200
    sweep_all(LATER)
    clocks = ways.clocks_of(number)
    assert ways.stored(number).status == "submitted"
    assert (clocks["supplement"].state, clocks["supplement"].overdue_at) == ("met", LAPSED)


# --- several at once -------------------------------------------------------------------------------------------------


def test_a_complaint_that_somebody_works_on_is_left_for_the_next_sweep(app: Flask) -> None:
    number, _ = ways.brought_to("submitted")
    other, _ = ways.brought_to("submitted")
    with held_by_somebody(number):
        sweep_all(WEDNESDAY)
        assert (rungs(number), len(rungs(other))) == ([], 2)
    sweep_all(WEDNESDAY)
    assert rungs(number) == [("remind", REMINDED), ("overdue", OVERDUE)]


def test_two_sweeps_at_once_climb_each_rung_once(app: Flask) -> None:
    numbers = [ways.brought_to("submitted")[0] for _ in range(12)]
    for _ in range(2):
        assert together(app, lambda: sweep_all(WEDNESDAY), lambda: sweep_all(WEDNESDAY)) == []
    assert all(rungs(number) == [("remind", REMINDED), ("overdue", OVERDUE)] for number in numbers)
    assert list(complaints.broken_chains()) == []


def test_two_sweeps_at_once_lapse_a_supplement_once(app: Flask) -> None:
    numbers = [ways.brought_to("supplementing")[0] for _ in range(6)]
    assert together(app, *[lambda: sweep_all(LATER)] * 3) == []
    for number in numbers:
        assert [event.action for event in ways.events_of(number)].count("lapse_supplement") == 1


def test_people_and_sweeps_do_not_wait_for_each_other_for_ever(app: Flask, travel: Traveller) -> None:
    numbers = [ways.brought_to("dispatched")[0] for _ in range(4)]
    travel.move_to(LATER)

    def work(order: list[str]) -> None:
        for number in order:
            for action in ("sign", "contact", "request_material", "supply_material", "draft"):
                try:
                    with transaction():
                        wanted = select(Complaint).where(Complaint.number == number).with_for_update()
                        ways.step_on(db.session.scalars(wanted).one(), action)
                except Problem:
                    pass  # the other one was faster

    def keep_sweeping() -> None:
        for _ in range(10):
            sweep(LATER)

    assert together(app, lambda: work(numbers), lambda: work(numbers[::-1]), keep_sweeping, keep_sweeping) == []
    sweep_all(LATER)
    assert list(complaints.broken_chains()) == []
    for number in numbers:
        assert ways.stored(number).status == "drafted"
        trail = ways.events_of(number)
        assert [event.action for event in trail].count("sign") == 1
        reached = [(event.action, event.data["clock"]) for event in trail if event.action in RUNGS]
        assert len(reached) == len(set(reached))


# --- as a task -------------------------------------------------------------------------------------------------------


def swept() -> list[Task]:
    """The sweeps that were asked for, the oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(Task).where(Task.name == "casework.sweep").order_by(Task.id)))


def test_the_periodic_task_sweeps(app: Flask, travel: Traveller) -> None:
    number, _ = ways.brought_to("submitted")
    travel.move_to(REMINDED)
    with transaction():
        outbox.tick(clock.now())
    (task,) = swept()
    assert runner.run(task.id)
    assert rungs(number) == [("remind", REMINDED)]
    assert not runner.run(task.id)
    assert swept()[0].done_at == REMINDED


def test_a_full_batch_asks_for_the_next_one_at_once(
    app: Flask, travel: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    numbers = [ways.brought_to("submitted")[0] for _ in range(3)]
    travel.move_to(REMINDED)
    with transaction():
        outbox.add("casework.sweep")
    assert runner.run(swept()[0].id)
    assert len(swept()) == 2
    assert runner.run(swept()[1].id)
    assert len(swept()) == 2
    assert all(rungs(number) == [("remind", REMINDED)] for number in numbers)


def test_a_reminder_makes_a_copy_old_and_takes_nobodys_step_away(app: Flask, client: Caller, people: People) -> None:
    number, _ = ways.brought_to("submitted")
    headers = people.headers("dispatcher", ways.PLACE)
    tag = client.get(f"/api/v1/complaints/{number}", headers=headers).headers["ETag"]
    sweep_all(WEDNESDAY)
    again = client.get(f"/api/v1/complaints/{number}", headers=headers | {"If-None-Match": tag})
    assert again.status_code == 200
    step = f"/api/v1/complaints/{number}/actions/accept"
    assert client.post(step, json={}, headers=headers | {"If-Match": tag}).status_code == 200


def test_one_complaint_that_cannot_be_dealt_with_keeps_no_other_from_its_rungs(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = ways.brought_to("submitted")[0], ways.brought_to("submitted")[0]
    letter_for = climbing.rules.letter_for

    def failing(complaint: Complaint, rung: str, kind: str) -> str | None:
        if complaint.number == bad:
            raise RuntimeError("nobody thought of this")
        return letter_for(complaint, rung, kind)

    monkeypatch.setattr(climbing.rules, "letter_for", failing)
    sweep_all(WEDNESDAY)
    assert (rungs(bad), rungs(good)) == ([], [("remind", REMINDED), ("overdue", OVERDUE)])
    monkeypatch.undo()
    sweep_all(WEDNESDAY)
    assert rungs(bad) == [("remind", REMINDED), ("overdue", OVERDUE)]
    assert list(complaints.broken_chains()) == []
