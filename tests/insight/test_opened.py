"""What is told to everybody: counted right, and small numbers stay hidden whatever is subtracted from what."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from service import clock
from service.accounts.rules import Reader
from service.complaints.figures import FEWEST
from service.complaints.models import Complaint
from service.db import db, transaction
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.insight import opened
from service.insight.opened import Count, published, withheld
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from tests.factories import filing
from tests.statements import counted

AUGUST, NOVEMBER = datetime(2026, 8, 12, 1, tzinfo=UTC), datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ([10, 20, 30], set()),
        ([3, 20, 30], {0, 1}),
        ([3, 4, 30], {0, 1, 2}),
        ([3, 8, 30], {0, 1}),
        ([0, 0, 30, 40], {0, 1, 2}),
        ([9], {0}),
        ([], set()),
    ],
)
def test_the_small_are_hidden_and_with_them_what_would_give_them_away(numbers: list[int], hidden: set[int]) -> None:
    assert withheld(numbers) == hidden


@given(st.lists(st.integers(0, 40), max_size=5))
def test_nobody_finds_a_small_number_by_subtracting(numbers: list[int]) -> None:
    hidden = withheld(numbers)
    assert {at for at, number in enumerate(numbers) if number < FEWEST} <= hidden
    if hidden and len(hidden) < len(numbers):
        # What is left of the whole is not small, and belongs to several.
        assert len(hidden) > 1
        assert sum(numbers[at] for at in hidden) >= FEWEST


def test_rates_are_told_where_their_cases_are_and_the_whole_where_it_is_not_small() -> None:
    lines = published({"a": Count(30, 20, 15), "b": Count(12, 4, 4), "c": Count(40, 25, 25)})
    assert [(one.code, one.filed, one.due) for one in lines] == [
        ("a", 30, None), ("b", 12, None), ("c", 40, 25), ("", 82, 49),
    ]  # fmt: skip
    assert [one.rate for one in lines] == [None, None, 1.0, 44 / 49]
    assert [one.filed for one in published({"a": Count(3), "b": Count(4)})] == [None, None, None]


def file(times: int, sealed: bool = False, **changes: object) -> None:
    for _ in range(times):
        with transaction():
            draft = FilingSchema().load(filing(**changes))
            filed = intake.file_complaint(draft, Reader(), clock.now()).complaint
            if sealed:
                db.session.execute(update(Complaint).where(Complaint.id == filed.id).values(sealed=True))


def test_a_quarter_is_told_once_it_is_over_and_without_what_is_sealed(app: Flask) -> None:
    book = directory.current()
    with time_machine.travel(AUGUST, tick=False):
        file(11)
        file(1, region="150100", respondent={"name": "呼和浩特市第一医院", "kind": "institution"})
        file(1, sealed=True)
        assert opened.opened(clock.now(), book) == []
    with time_machine.travel(NOVEMBER, tick=False):
        file(2)
        with transaction():
            met = {
                "due_at": datetime(2026, 9, 11, 9, tzinfo=UTC),
                "state": "met",
                "next_at": None,
                "stopped_at": AUGUST,
            }
            db.session.execute(update(Clock).where(Clock.kind == "result", Clock.due_at < NOVEMBER).values(**met))
        with counted() as sent:
            (quarter,) = opened.opened(clock.now(), book)
    assert quarter.first == date(2026, 7, 1)
    assert {one.code: one.filed for one in quarter.months} == {
        "2026-07": None,
        "2026-08": None,
        "2026-09": None,
        "": 12,
    }
    assert {one.code: one.filed for one in quarter.families if one.filed} == {"": 12}
    whole = quarter.places[-1]
    assert (whole.filed, whole.due, whole.on_time, whole.rate) == (12, 12, 12, 1.0)
    assert len(sent) <= 5, sent
