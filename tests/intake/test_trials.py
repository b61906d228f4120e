"""Trying a directive on past complaints: what would have gone elsewhere, counted and listed, nothing stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from service import clock
from service.accounts.rules import Grant, Reader
from service.clock import ZONE
from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake import trials
from service.routing import operations
from service.routing.directives import Directive
from tests.routing.orders import ADMIN, OWED, at_noon, given
from tests.statements import counted

HEALTH, FINANCE = "150821-health", "150821-finance"
REGION = Reader(id=2, grants=(Grant("supervisor", "150000"),), roles=frozenset({"supervisor", "administrator"}))
HOSPITALS = Directive(0, "医院", 1, respondents=("医院",), department=FINANCE)


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[time_machine.Traveller]:
    with at_noon() as traveller:
        yield traveller


def filed(**changes: Any) -> str:
    with transaction():
        return intake.file_complaint(replace(OWED, **changes), Reader(), clock.now()).complaint.number


def tried(
    draft: Directive = HOSPITALS, since: date | None = None, until: date | None = None, reader: Reader = REGION
) -> trials.Trial:
    return trials.trial(draft, reader, directory.current(), clock.now(), since, until)


def test_what_would_have_gone_elsewhere_is_counted_and_listed_and_nothing_changes() -> None:
    number = filed()
    filed(respondent_name="五原县第一中学")
    before = db.session.query(Complaint).count()
    found = tried()
    assert (found.looked_at, found.fitting, found.same, found.sealed, found.cut) == (2, 1, 0, 0, False)
    (moved,) = found.moved
    assert (moved.number, moved.was, moved.becomes, moved.proposed) == (number, HEALTH, FINANCE, False)
    assert "按分派规则“医院”" in moved.why
    assert not db.session.dirty
    assert db.session.query(Complaint).count() == before


def test_what_is_not_for_the_reader_is_counted_by_its_way_and_not_listed() -> None:
    filed()
    filed(region="150802", respondent_name="临河区医院", body="医院欠我公司货款，拖欠一年多没有给。")
    ours = Reader(id=3, grants=(Grant("supervisor", "150821", frozenset({"150821"})),))
    draft = replace(HOSPITALS, department=None, kind="finance")
    for reader, listed in ((REGION, 2), (ours, 1), (ADMIN, 0)):
        found = tried(draft, reader=reader)
        assert (found.total, len(found.moved), found.unseen) == (2, listed, 2 - listed)
    assert tried(draft, reader=ADMIN).ways[HEALTH, FINANCE] == 1


def test_those_that_went_there_anyway_are_the_same() -> None:
    filed()
    found = tried(replace(HOSPITALS, department=HEALTH))
    assert (found.fitting, found.same, found.moved) == (1, 1, [])


def test_where_a_person_sent_it_is_where_it_went() -> None:
    with transaction():
        db.session.query(Complaint).filter_by(number=filed()).one().department = FINANCE
    assert (tried().same, tried().moved) == (1, [])


def test_what_is_only_proposed_says_so_and_what_is_sealed_is_counted_only() -> None:
    filed(region=None, respondent_name="县医院", body="货款拖欠一年多没有给，请帮忙。")
    with transaction():
        db.session.query(Complaint).filter_by(number=filed()).one().sealed = True
    found = tried()
    assert [(one.becomes, one.proposed) for one in found.moved] == [(FINANCE, True)]
    assert (found.fitting, found.sealed) == (2, 1)


def test_why_it_would_not_be_followed_is_told() -> None:
    filed()
    filed(gates=("in_court",))
    filed(respondent_name="五原县人民政府", respondent_kind="organ", body="政府欠医院工程款，拖欠一年多没有给。")
    with transaction():
        operations.add(given(name="先", kind="industry"), ADMIN, clock.now())
    found = tried(replace(HOSPITALS, position=5, respondents=("医院", "政府")))
    assert dict(found.held) == {
        "排在前面的规则先适用": 1, trials.OWN_WAY: 1, "五原县财政局是被反映的单位或与其有隶属关系，须回避": 1,
    }  # fmt: skip
    closed = tried(replace(HOSPITALS, position=0, department="150821-nothing"))
    assert dict(closed.held) == {"150821-nothing已停用": 2}


def test_a_change_of_a_stored_directive_is_compared_with_what_it_was() -> None:
    with transaction():
        stored = operations.add(given(), ADMIN, clock.now())
    number = filed()
    narrower = replace(operations.as_value(stored), respondents=("妇幼医院",))
    assert [(one.number, one.was, one.becomes) for one in tried(narrower).moved] == [(number, FINANCE, HEALTH)]
    assert (tried(operations.as_value(stored)).same, tried(operations.as_value(stored)).moved) == (1, [])


def test_a_period_is_of_days_of_this_country(noon: time_machine.Traveller) -> None:
    for hour in ("2026-03-09 23:59", "2026-03-10 00:01", "2026-03-10 23:59", "2026-03-11 00:01"):
        noon.move_to(datetime.fromisoformat(hour).replace(tzinfo=ZONE))
        filed()
    day = date(2026, 3, 10)
    assert [tried(since=since, until=until).looked_at for since, until in
            ((None, None), (day, None), (None, day), (day, day))] == [4, 3, 3, 2]  # fmt: skip


def test_a_trial_takes_one_statement_and_no_more_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        filed()
    tried()
    with counted() as sent:
        tried()
    assert len(sent) == 1
    monkeypatch.setattr(trials, "MOST", 2)
    assert (tried(since=date(2026, 1, 1)).looked_at, tried(since=date(2026, 1, 1)).cut) == (2, True)


def test_hits_are_of_the_last_thirty_days(noon: time_machine.Traveller) -> None:
    with transaction():
        mine = operations.add(given(), ADMIN, clock.now()).id
    filed()
    assert trials.hits(clock.now()) == {mine: 1}
    assert trials.hits(clock.now() + timedelta(days=31)) == {}
