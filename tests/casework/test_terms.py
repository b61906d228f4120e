"""Terms that an administrator changes hold from a day on; clocks that run follow only where that was chosen."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from service import clock
from service.audit import changing
from service.casework import recounting, tasks
from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.deadlines import terms
from service.deadlines.models import ClockRuleVersion
from service.deadlines.terms import CLOCK
from service.directory import operations as directory
from service.errors import Conflict, Invalid
from service.jobs.models import Task
from tests.casework import ways
from tests.kept import kept

MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def as_before(app: Flask, travel: Traveller) -> Iterator[None]:
    with kept(ClockRuleVersion):
        yield


def today() -> date:
    return clock.local(clock.now()).date()


def changed(begins: date, code: str = "accept", **values: Any) -> None:
    with transaction():
        said = {**values, "valid_from": begins.isoformat()}
        changing.change(CLOCK, code, said, changing.version(CLOCK, code), "guan", clock.now(), document="文件")


def undone(code: str = "accept", at: int = 0) -> None:
    with transaction():
        changing.undo(CLOCK, code, changing.history(CLOCK, code, 9)[at].id, "guan", clock.now())


def length(day: date, code: str = "accept") -> int:
    rule = deadlines.rules(directory.current().revision, day).coded(code)
    assert rule
    assert rule.term
    return rule.term.length


def test_terms_hold_from_their_day_on_and_the_ones_before_until_then() -> None:
    later = today() + MONTH
    changed(later, length=3)
    assert (length(later - timedelta(days=1)), length(later)) == (1, 3)
    changed(later + MONTH, length=5)
    assert (length(later), length(later + MONTH)) == (1, 5)  # what was to come is replaced


def test_a_plan_that_is_taken_back_leaves_nothing_and_what_holds_already_ends_today(travel: Traveller) -> None:
    changed(today() + MONTH, length=3)
    undone()
    assert db.session.scalars(select(ClockRuleVersion)).all() == []
    changed(today(), length=3)
    was = today()
    travel.shift(MONTH)
    undone()
    assert (length(was), length(today())) == (3, 1)
    undone()
    assert length(today()) == 3
    with pytest.raises(Conflict):
        undone(at=2)


@pytest.mark.parametrize(("values", "field"), [
    ({"length": None}, "length"), ({"unit": "weeks"}, "length"), ({"length": 99999}, "length"),
    ({"length": 5, "longest": 3}, "longest"), ({"length": 5, "cap": 3}, "cap"), ({"extensions": 0}, "extensions"),
    ({"ladder": ["overdue", "remind"]}, "ladder"), ({"basis": "依据：某条例第一条"}, "basis"),
])  # fmt: skip
def test_terms_that_contradict_themselves_are_refused_by_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        changed(today(), **values)
    db.session.rollback()
    assert set(refused.value.errors) == {field}


def test_a_term_of_the_law_names_its_article_and_one_that_a_superior_sets_has_no_length() -> None:
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("result-802", {"basis": "本平台承诺"}, "basis"), ("result-assigned", {"length": 3}, "length"),
    ]  # fmt: skip
    for code, values, field in cases:
        with pytest.raises(Invalid) as refused:
            changed(today(), code, **values)
        db.session.rollback()
        assert set(refused.value.errors) == {field}


def test_clocks_that_run_keep_their_terms_unless_they_are_made_to_follow() -> None:
    number, _code = ways.brought_to("submitted")
    was = ways.clocks_of(number)["accept"].due_at
    changed(today(), length=3)
    assert ways.clocks_of(number)["accept"].due_at == was
    with transaction():
        tasks.follow_terms("accept", "某某〔2026〕3号", 0)
    found, event = ways.clocks_of(number)["accept"], ways.events_of(number)[-1]
    assert (found.length, found.due_at > was) == (3, True)
    assert (event.action, event.data["reason"]) == ("recount", "时限规定调整（某某〔2026〕3号）")
    assert ways.stored(number).due_at == found.due_at
    assert list(recounting.rebuild()) == []
    with transaction():
        tasks.follow_terms("accept", "某某〔2026〕3号", 0)
    assert ways.events_of(number)[-1].id == event.id


def test_many_clocks_follow_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [ways.brought_to("submitted")[0] for _one in range(3)]
    changed(today(), length=3)
    monkeypatch.setattr(tasks, "BATCH", 2)
    with transaction():
        tasks.follow_terms("accept", "文件", 0)
    with transaction():
        for one in db.session.scalars(select(Task).where(Task.name == "casework.follow_terms")):
            tasks.follow_terms(**one.args)
    assert {ways.clocks_of(number)["accept"].length for number in numbers} == {3}


def test_what_would_move_is_counted_by_what_it_means(travel: Traveller) -> None:
    ways.brought_to("submitted")
    ways.brought_to("dispatched")
    travel.shift(timedelta(hours=2))

    def moves(**values: Any) -> terms.Moves:
        whole = {**terms.read("accept"), **values}
        return terms.moves("accept", whole, 0, clock.now(), directory.current().revision)

    longer = moves(length=3)
    assert (longer.looked_at, longer.later, longer.earlier, longer.overdue) == (longer.later, longer.later, 0, 0)
    shorter = moves(length=1, unit="clock_hours")
    assert (shorter.earlier, shorter.overdue, shorter.late) == (shorter.looked_at, 1, 0)
    travel.shift(timedelta(days=3))
    assert moves(length=9).relieved == 1
    assert recounting.since_last(1000) == 0
    assert recounting.since_last(1) > 0
