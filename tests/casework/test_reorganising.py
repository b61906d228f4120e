"""Duties that move: prepared, confirmed by who supervises both places, the open complaints moved along in batches."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from service import clock
from service.accounts.rules import Grant, Reader
from service.audit.models import Entry
from service.casework import reorganising
from service.casework.models import Reorganisation
from service.db import db, transaction
from service.directory import operations as directory
from service.directory.models import Department
from service.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from service.jobs import runner
from service.jobs.models import Task
from tests.casework import ways
from tests.casework.ways import DEPARTMENT, MONDAY, OWED, PLACE

ADMIN = Reader(id=1, login="guan", roles=frozenset({"administrator"}))
SUCCESSOR = f"{PLACE}-finance"
pytestmark = pytest.mark.usefixtures("app")


def supervisor(places: Collection[str] | None) -> Reader:
    grant = Grant("supervisor", "150000", None if places is None else frozenset(places))
    return Reader(id=2, login="du", grants=(grant,), roles=frozenset({"supervisor"}))


REGION = supervisor(None)


def given(**said: Any) -> dict[str, Any]:
    place, kind = DEPARTMENT.split("-")
    return {
        "relieved_place": place, "relieved_kind": kind, "successor_place": place, "successor_kind": "finance",
        "document": "五党编发〔2026〕3号", "reason": "医疗机构欠款改由财政部门统筹。", **said,
    }  # fmt: skip


def prepared(**said: Any) -> Reorganisation:
    with transaction():
        return reorganising.prepare(given(**said), ADMIN, clock.now())


def confirmed(**said: Any) -> Reorganisation:
    row = prepared(**said)
    with transaction():
        return reorganising.confirm(row.id, REGION, clock.now())


def move_all(row: Reorganisation, limit: int = 200) -> int:
    """Run batches until nothing is left; how many there were."""
    for times in range(1, 20):
        with transaction():
            if not reorganising.move_some(row.id, limit, clock.now()):
                return times
    raise AssertionError("never done")


def counted(row: Reorganisation) -> tuple[str, int, int, int]:
    db.session.refresh(row)
    return row.state, row.moved, row.set_aside, row.failed


def test_every_open_complaint_of_a_department_goes_to_its_successor_and_nothing_else_does() -> None:
    numbers = {state: ways.brought_to(state)[0] for state in ("dispatched", "approved", "handing_back", "suspended")}
    rest = {state: ways.brought_to(state)[0] for state in ("accepted", "replied")}
    untouched = {number: ways.stored(number).version for number in rest.values()}
    row = confirmed()
    assert move_all(row) == 1
    assert counted(row) == ("done", len(numbers), 0, 0)
    for state, number in numbers.items():
        complaint = ways.stored(number)
        told = ways.events_of(number)[-1]
        assert (complaint.status, complaint.department, complaint.queue_code) == ("dispatched", SUCCESSOR, SUCCESSOR)
        assert complaint.routed_by == "rule"
        assert (told.action, told.role, told.from_status) == ("take_over", "machine", state)
        assert told.data["reason"].startswith(
            "根据五党编发〔2026〕3号，原由五原县卫生健康委员会办理的事项由五原县财政局接办。"
        )
        assert told.data["reorganisation"] == row.id
        assert ways.open_clocks(number) == {"sign": "running", "result": "running"}
        assert complaint.pending == []
    assert {number: ways.stored(number).version for number in rest.values()} == untouched


def test_the_result_starts_anew_while_the_cap_of_the_law_runs_on(travel: Traveller) -> None:
    number = ways.brought_to("handling")[0]
    first = ways.clocks_of(number)["result"]
    travel.move_to(MONDAY + timedelta(days=20))
    move_all(confirmed())
    again = ways.clocks_of(number)["result"]
    assert (first.id != again.id, again.started_at) == (True, clock.now())
    assert (again.cap_from, again.due_at > first.due_at) == (first.started_at, True)


def test_what_the_successor_may_not_have_goes_back_to_a_dispatcher_with_the_reason() -> None:
    owed = replace(OWED, respondent_name="五原县财政局", respondent_kind="organ")
    number = ways.filed(owed).complaint.number
    with transaction():
        complaint = ways.stored(number)
        ways.step_on(complaint, "accept")
        complaint.department = complaint.delivered_to = DEPARTMENT
        complaint.status, complaint.queue_desk, complaint.queue_code = "handling", "department", DEPARTMENT
    row = prepared()
    survey = reorganising.survey(row, REGION, 10)
    assert [(line.complaint.number, "就是被投诉单位" in line.why) for line in survey.lines] == [(number, True)]
    with transaction():
        reorganising.confirm(row.id, REGION, clock.now())
    move_all(row)
    complaint = ways.stored(number)
    assert counted(row) == ("done", 0, 1, 0)
    assert (complaint.status, complaint.department, complaint.queue_desk) == ("accepted", None, "dispatcher")
    assert "五原县财政局就是被投诉单位" in complaint.reason
    assert ways.open_clocks(number)["dispatch"] == "running"


def test_what_is_not_for_the_reader_is_counted_and_not_listed() -> None:
    number = ways.brought_to("handling")[0]
    row = prepared()
    for reader, listed in ((REGION, [number]), (supervisor({PLACE}), [number]), (ADMIN, [])):
        survey = reorganising.survey(row, reader, 10)
        assert (survey.total, survey.unseen) == (1, 1 - len(listed))
        assert [line.complaint.number for line in survey.lines] == listed


def test_what_is_sealed_stays_with_departments_of_its_kind() -> None:
    number = ways.brought_to("handling")[0]
    with transaction():
        ways.stored(number).sealed = True
    row = prepared()
    survey = reorganising.survey(row, REGION, 10)
    assert (survey.sealed, survey.unseen, survey.lines) == (1, 0, [])
    assert reorganising.hindrance(ways.stored(number), row, directory.current()) == reorganising.SEALED
    inspection = Reorganisation(relieved=DEPARTMENT, successor=f"{PLACE}-discipline")
    assert reorganising.hindrance(ways.stored(number), inspection, directory.current()) == ""


def test_only_the_categories_that_are_named_move() -> None:
    kept = ways.brought_to("handling")[0]
    moved = ways.brought_to("handling")[0]
    with transaction():
        ways.stored(kept).category = "policy.subsidy"
    row = confirmed(categories=["arrears"])
    move_all(row)
    assert {number: ways.stored(number).department for number in (kept, moved)} == {kept: DEPARTMENT, moved: SUCCESSOR}


def test_many_move_in_batches_that_workers_take_one_by_one() -> None:
    numbers = [ways.brought_to("dispatched")[0] for _ in range(5)]
    row = confirmed()
    with transaction():
        assert reorganising.move_some(row.id, 2, clock.now())
    assert counted(row) == ("confirmed", 2, 0, 0)
    assert reorganising.survey(row, ADMIN, 10).total == 3
    task = db.session.query(Task).filter_by(name=reorganising.MOVE).one()
    assert runner.run(task.id)
    assert counted(row) == ("done", 5, 0, 0)
    assert {ways.stored(number).department for number in numbers} == {SUCCESSOR}


def test_one_that_cannot_be_moved_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, fine = (ways.brought_to("dispatched")[0] for _ in range(2))
    move = reorganising.casework.move

    def fail(complaint: Any, *rest: Any) -> None:
        move(complaint, *rest)
        if complaint.number == stuck:
            raise ZeroDivisionError

    monkeypatch.setattr(reorganising.casework, "move", fail)
    row = confirmed()
    move_all(row)
    assert counted(row) == ("done", 1, 0, 1)
    assert (ways.stored(stuck).department, ways.stored(fine).department) == (DEPARTMENT, SUCCESSOR)


# --- who, and when ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("actor", "problem"), [(ADMIN, NotAllowed), (supervisor({"150802"}), NotFound)])
def test_only_who_supervises_both_places_confirms(actor: Reader, problem: type[Exception]) -> None:
    row = prepared()
    with pytest.raises(problem), transaction():
        reorganising.confirm(row.id, actor, clock.now())
    assert counted(row)[0] == "prepared"
    with transaction():
        reorganising.confirm(row.id, supervisor({PLACE}), clock.now())
    assert counted(row)[0] == "confirmed"


def test_one_that_stands_still_for_an_hour_goes_on_when_asked(travel: Traveller) -> None:
    ways.brought_to("dispatched")
    row = confirmed()
    with pytest.raises(WrongState), transaction():
        reorganising.go_on(row.id, REGION, clock.now())
    with transaction():
        db.session.query(Task).filter_by(name=reorganising.MOVE).delete()
    travel.shift(timedelta(hours=1))
    with pytest.raises(NotAllowed), transaction():
        reorganising.go_on(row.id, ADMIN, clock.now())
    with transaction():
        reorganising.go_on(row.id, REGION, clock.now())
    assert not reorganising.stands_still(row, clock.now())
    assert db.session.query(Entry.action).order_by(Entry.id.desc()).limit(1).scalar() == "reorganisation.resumed"
    assert runner.run(db.session.query(Task).filter_by(name=reorganising.MOVE).one().id)
    assert counted(row) == ("done", 1, 0, 0)


def test_what_was_decided_stays_decided_and_all_is_on_record() -> None:
    row = prepared()
    with pytest.raises(Conflict), transaction():
        reorganising.prepare(given(), ADMIN, clock.now())
    with transaction():
        reorganising.cancel(row.id, ADMIN, clock.now())
    with pytest.raises(WrongState), transaction():
        reorganising.confirm(row.id, REGION, clock.now())
    again = confirmed()
    move_all(again)
    assert [(entry.action, entry.subject, entry.actor) for entry in db.session.query(Entry).order_by(Entry.id)] == [
        ("reorganisation.prepared", str(row.id), "guan"), ("reorganisation.cancelled", str(row.id), "guan"),
        ("reorganisation.prepared", str(again.id), "guan"), ("reorganisation.confirmed", str(again.id), "du"),
        ("reorganisation.done", str(again.id), "machine"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"relieved_place": "999999"}, "relieved_kind"),
        ({"successor_kind": "nonsense"}, "successor_kind"),
        ({"successor_kind": "health"}, "successor_kind"),
        ({"categories": ["nonsense"]}, "categories"),
    ],
)
def test_what_cannot_be_meant_is_not_prepared(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught, transaction():
        reorganising.prepare(given(**said), ADMIN, clock.now())
    assert list(caught.value.errors) == [field]


def test_what_is_done_anew_after_its_department_closed_waits_for_a_dispatcher() -> None:
    number = ways.brought_to("replied")[0]
    with transaction():
        db.session.get_one(Department, DEPARTMENT).active = False
        directory.bump()
    try:
        ways.go_on(number, "redo")
        assert (ways.stored(number).status, ways.stored(number).queue_desk) == ("accepted", "dispatcher")
    finally:
        with transaction():
            db.session.get_one(Department, DEPARTMENT).active = True
            directory.bump()
