"""When a task is tried again, and what makes one turn of a periodic task."""

from datetime import UTC, datetime, timedelta

import pytest

from service.clock import ZONE
from service.jobs.rules import BACK_OFF, next_try, slot

NOW = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 30), (3, 120), (4, 600), (5, 3600), (6, None), (7, None), (1000, None)]
)
def test_each_failure_waits_longer_and_the_sixth_is_the_last(attempts: int, seconds: int | None) -> None:
    assert next_try(attempts, NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_the_waits_grow() -> None:
    assert sorted(BACK_OFF) == list(BACK_OFF)


@pytest.mark.parametrize(
    ("later", "is_the_same"),
    [
        pytest.param(timedelta(0), True, id="the same moment"),
        pytest.param(timedelta(seconds=29, microseconds=999_999), True, id="the end of the turn"),
        pytest.param(timedelta(seconds=30), False, id="the next turn"),
        pytest.param(timedelta(microseconds=-1), False, id="the turn before"),
    ],
)
def test_a_periodic_task_has_one_key_a_turn(later: timedelta, is_the_same: bool) -> None:
    every = timedelta(seconds=30)
    assert (slot("sweep", every, NOW) == slot("sweep", every, NOW + later)) is is_the_same


def test_a_turn_is_the_same_on_every_server_whatever_its_zone() -> None:
    day = timedelta(days=1)
    assert slot("purge", day, NOW) == slot("purge", day, NOW.astimezone(ZONE))


def test_two_tasks_never_share_a_key() -> None:
    assert slot("purge", timedelta(days=1), NOW) != slot("sweep", timedelta(days=1), NOW)
