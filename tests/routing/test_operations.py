"""Keeping directives: saved, read once, changed by one at a time, on record."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.clock import ZONE
from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from service.errors import Invalid, Stale
from service.intake import deciding
from service.intake import operations as intake
from service.intake.rules import Draft
from service.routing import models, operations
from tests.routing.orders import ADMIN, NOON, OWED, at_noon, given
from tests.statements import counted


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[time_machine.Traveller]:
    with at_noon() as traveller:
        yield traveller


def added(**said: Any) -> models.Directive:
    with transaction():
        return operations.add(given(**said), ADMIN, clock.now())


def filed(**changes: Any) -> Complaint:
    with transaction():
        return intake.file_complaint(Draft(**{**vars(OWED), **changes}), Reader(), clock.now()).complaint


def names() -> list[str]:
    return [one.name for one in operations.known(directory.current())]


def test_a_saved_directive_routes_the_next_filing_and_the_complaint_remembers_it() -> None:
    mine = added(priority="urgent", words=["货款"])
    complaint = filed()
    assert (complaint.department, complaint.routed_by, complaint.directive) == ("150821-finance", "rule", mine.id)
    assert (complaint.flags, complaint.regimes[0]) == (["urgent"], "802")
    assert "urgent" in complaint.regimes
    assert "按分派规则“医疗欠款专班”" in complaint.reason
    with transaction():
        other = deciding.under(complaint, "arrears.deposit", clock.now())
    assert other.department == "150821-finance"


@pytest.mark.parametrize(("said", "by_hand"), [({"region": None, "respondent_name": "县医院"}, False), ({}, True)])
def test_only_what_a_directive_itself_sends_is_marked_urgent(said: dict[str, Any], by_hand: bool) -> None:
    mine = added(priority="urgent")
    body = "货款拖欠一年多没有给，请帮忙。"
    with transaction():
        draft = Draft(**{**vars(OWED), "body": body, **said})
        complaint = intake.file_complaint(draft, Reader(), clock.now(), by_hand).complaint
    assert (complaint.directive, complaint.department) == (mine.id, None)
    assert (complaint.flags, "urgent" in complaint.regimes) == ([], False)


def test_directives_cost_a_filing_no_statement() -> None:
    filed()
    with counted() as plain:
        filed()
    added()
    filed()
    with counted() as ordered:
        complaint = filed()
    assert (len(ordered), complaint.routed_by) == (len(plain), "rule")


def test_a_directive_by_channel_knows_the_channel_of_a_filing_that_says_none() -> None:
    added(respondents=[], channels=["web"])
    assert (filed(channel=None).routed_by, filed().routed_by) == ("rule", "model")


def test_a_directive_holds_on_days_of_this_country(noon: time_machine.Traveller) -> None:
    added(begins=date(2026, 3, 11), ends=date(2026, 3, 11))
    ruled = []
    for hour in ("2026-03-10 23:59", "2026-03-11 00:01", "2026-03-11 23:59", "2026-03-12 00:01"):
        noon.move_to(datetime.fromisoformat(hour).replace(tzinfo=ZONE))
        ruled.append(filed().routed_by == "rule")
    assert ruled == [False, True, True, False]


def test_what_is_switched_off_routes_nothing_until_it_is_switched_on() -> None:
    mine = added()
    for active in (False, True):
        with transaction():
            operations.switch(mine.id, active, ADMIN, clock.now())
        assert (filed().routed_by == "rule") is active


def test_directives_change_places_and_stay_in_order() -> None:
    first, *_rest = [added(name=name) for name in "甲乙丙"]
    assert names() == ["甲", "乙", "丙"]
    with transaction():
        operations.move(first.id, False, ADMIN, clock.now())
    assert names() == ["乙", "甲", "丙"]
    with transaction():
        operations.move(first.id, True, ADMIN, clock.now())
        operations.move(first.id, True, ADMIN, clock.now())
    assert names() == ["甲", "乙", "丙"]


def test_each_change_is_on_record_with_what_it_was() -> None:
    mine = added(note="医院欠款归财政")
    with transaction():
        operations.edit(mine.id, given(name="医疗专班", note="医院欠款归财政", words=["货款"]), 1, ADMIN, clock.now())
        operations.switch(mine.id, False, ADMIN, clock.now())
        operations.switch(mine.id, False, ADMIN, clock.now())
    told = [(one.action, one.actor, one.details) for one in operations.history(mine.id)]
    change = {"was": {"name": "医疗欠款专班"}, "became": {"name": "医疗专班", "words": ["货款"]}}
    assert told[:2] == [("directive.paused", "guan", {}), ("directive.edited", "guan", change)]
    assert [action for action, *_ in told[2:]] == ["directive.added"]
    assert (mine.version, mine.changed_by, mine.changed_at) == (3, "guan", NOON)


def test_two_who_change_one_directive_do_not_overwrite_each_other() -> None:
    mine = added()
    with transaction():
        operations.edit(mine.id, given(name="甲"), 1, ADMIN, clock.now())
    with pytest.raises(Stale), transaction():
        operations.edit(mine.id, given(name="乙"), 1, ADMIN, clock.now())
    assert names() == ["甲"]


def test_what_was_rolled_back_was_never_in_force() -> None:
    operations.add(given(), ADMIN, clock.now())
    seen = names()
    db.session.rollback()
    assert (seen, names()) == (["医疗欠款专班"], [])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"respondents": []}, "categories"),
        ({"categories": ["nonsense"]}, "categories"),
        ({"places": ["999999"]}, "places"),
        ({"kind": "nonsense"}, "kind"),
        ({"place": "999999"}, "place"),
        ({"begins": date(2026, 3, 2), "ends": date(2026, 3, 1)}, "ends"),
    ],
)
def test_what_cannot_be_meant_is_not_saved(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught, transaction():
        operations.add(given(**said), ADMIN, clock.now())
    assert list(caught.value.errors) == [field]
    assert names() == []


def test_without_a_place_the_nearest_department_of_the_kind_is_meant() -> None:
    added(place=None)
    (mine,) = operations.known(directory.current())
    assert (mine.department, mine.kind) == (None, "finance")
    assert filed().department == "150821-finance"
