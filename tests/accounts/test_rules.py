"""How long one waits after wrong passwords, and when a token opens something."""

from datetime import UTC, datetime, timedelta

import pytest

from service.accounts.rules import ROLES, STAFF, Grant, Reader, locked_for, usable

NOW = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(microseconds=1), NOW - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (16, 900), (10**9, 900)],
)
def test_the_wait_doubles_from_the_fifth_failure_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert locked_for(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "opens"),
    [
        (None, None, True),
        (LATER, None, True),
        (NOW, None, False),
        (EARLIER, None, False),
        (None, NOW, False),
        (LATER, EARLIER, False),
    ],
)
def test_a_token_opens_until_it_expires_or_is_revoked(
    expires_at: datetime | None, revoked_at: datetime | None, opens: bool
) -> None:
    assert usable(expires_at, revoked_at, NOW) is opens


@pytest.mark.parametrize("role", ROLES)
def test_only_enterprises_and_other_systems_do_not_work_here(role: str) -> None:
    reader = Reader(1, "a", "a", (Grant(role),), frozenset({role}))
    assert reader.is_staff is (role not in {"enterprise", "system"})
    assert reader.is_staff is (role in STAFF)
    assert reader.is_authenticated
    assert not reader.is_anonymous


def test_nobody_is_nobody() -> None:
    nobody = Reader()
    assert (nobody.is_authenticated, nobody.is_anonymous, nobody.is_staff) == (False, True, False)
