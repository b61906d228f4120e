"""Making users with roles, and proving who somebody is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from sqlalchemy import func, select

from service.accounts import operations as accounts
from service.accounts import tries
from service.accounts.models import Token, UnknownLogin, User
from service.accounts.rules import FREE_FAILURES, SIGNED_IN_FOR, Grant, Reader
from service.audit.models import Entry
from service.db import db, transaction
from service.errors import Invalid, NotFound, NotSignedIn, TooOften
from tests.conftest import SLOW

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse 电池 staple"


def create(login: str = "wang", *grants: Grant, password: str | None = PASSWORD) -> User:
    with transaction():
        return accounts.create_user(login, "王女士", grants, password, NOW, "test")


def token(user: User, lasts: timedelta | None = None) -> str:
    with transaction():
        return accounts.issue_token(user, NOW, "test", lasts)


def sign_in(password: str, now: datetime = NOW, login: str = "wang") -> tuple[str, datetime] | None:
    with transaction():
        return accounts.sign_in(login, password, now)


# --- users and grants ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "grant",
    [
        Grant("enterprise"),
        Grant("system"),
        Grant("auditor"),
        Grant("administrator"),
        Grant("operator", "150000"),
        Grant("dispatcher", "150800"),
        Grant("supervisor", "150821"),
        Grant("handler", department="150821-health"),
        Grant("head", "150821"),
        Grant("department_dispatcher", "150821", department="150821-health"),
    ],
)
def test_a_role_is_given_where_it_belongs(grant: Grant) -> None:
    (row,) = create("wang", grant).grants
    assert (row.role, row.place, row.department) == (grant.role, grant.place, grant.department)


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        pytest.param(Grant("mayor", "150000"), "role", id="no such role"),
        pytest.param(Grant("", "150000"), "role", id="empty role"),
        pytest.param(Grant("operator"), "place", id="place missing"),
        pytest.param(Grant("handler"), "place", id="place and department missing"),
        pytest.param(Grant("operator", "999999"), "place", id="no such place"),
        pytest.param(Grant("operator", ""), "place", id="empty place"),
        pytest.param(Grant("handler", "999999", department="150821-health"), "place", id="no such place beside"),
        pytest.param(Grant("handler", department="150821-magic"), "department", id="no such department"),
        pytest.param(Grant("operator", "150821", department="150821-health"), "department", id="desk in a department"),
        pytest.param(Grant("auditor", department="150821-health"), "department", id="auditor of a department"),
        pytest.param(Grant("auditor", "150821"), "place", id="auditor of a place"),
        pytest.param(Grant("system", "150821"), "place", id="system of a place"),
    ],
)
def test_a_role_that_points_at_nothing_is_refused(grant: Grant, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        create("wang", grant)
    assert list(caught.value.errors) == [field]
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize("login", ["", "a", "Wang", "王", "a b", "-a", "a" * 65, "a\n", "a\0", "a@b", "aа"])
def test_a_login_is_short_small_letters_and_digits(login: str) -> None:
    with pytest.raises(Invalid) as caught:
        create(login)
    assert list(caught.value.errors) == ["login"]


def test_a_login_is_given_once() -> None:
    create()
    with pytest.raises(Invalid) as caught:
        create()
    assert list(caught.value.errors) == ["login"]


def test_the_same_role_given_twice_is_held_once() -> None:
    assert len(create("wang", Grant("operator", "150000"), Grant("operator", "150000")).grants) == 1


@pytest.mark.parametrize("password", ["", "九个字的密码不太够"[:9], "x" * 201])
def test_a_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        create(password=password)
    assert list(caught.value.errors) == ["password"]


def test_a_password_is_kept_as_an_argon2_hash_with_a_salt_of_its_own() -> None:
    first, second = create("wang").password_hash, create("li").password_hash
    assert first
    assert second
    assert first != second
    assert first.startswith("$argon2id$")
    assert PASSWORD not in first


def test_a_users_birth_is_recorded() -> None:
    create("wang", Grant("operator", "150000"))
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.action, entry.subject, entry.actor) == ("user.created", "wang", "test")
    assert entry.details == {"roles": ["operator"]}


@pytest.mark.parametrize(
    ("grant", "reaches", "does_not"),
    [
        pytest.param(Grant("operator", "150821"), {"150821"}, {"150800", "150822"}, id="a county"),
        pytest.param(Grant("operator", "150800"), {"150800", "150821", "150822"}, {"150000", "150100"}, id="a city"),
    ],
)
def test_a_grant_reaches_its_place_and_all_below(grant: Grant, reaches: set[str], does_not: set[str]) -> None:
    (held,) = accounts.reader(create("wang", grant)).grants
    assert held.places is not None
    assert reaches <= held.places
    assert not does_not & held.places


def test_a_grant_for_the_region_reaches_everything() -> None:
    (held,) = accounts.reader(create("wang", Grant("supervisor", "150000"))).grants
    assert (held.place, held.places) == ("150000", None)


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_names_its_user() -> None:
    user = create("wang", Grant("operator", "150821"))
    reader = accounts.bearer(token(user), NOW)
    assert (reader.id, reader.login, reader.roles) == (user.id, "wang", {"operator"})


def test_a_token_is_kept_only_as_a_hash() -> None:
    secret = token(create())
    stored = db.session.scalars(select(Token)).one()
    assert secret.encode() not in stored.hash
    assert len(stored.hash) == 32


def test_of_two_who_ask_for_one_login_at_once_the_second_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Barrier(2, timeout=30)

    def hashed(_password: str | None) -> None:
        both.wait()

    monkeypatch.setattr(accounts, "_hashed", hashed)

    def ask() -> str:
        with app.app_context():
            try:
                return create().login
            except Invalid as problem:
                return f"{problem.message} {problem.errors}"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(one.result() for one in [pool.submit(ask), pool.submit(ask)])
    assert told == ["wang", "登录名 wang 已有人使用。 {'login': ['已有人使用。']}"]


def test_no_two_tokens_are_the_same() -> None:
    user = create()
    assert token(user) != token(user)


def revoke(user: User) -> None:
    db.session.scalars(select(Token)).one().revoked_at = NOW


def switch_off(user: User) -> None:
    user.active = False


@pytest.mark.parametrize(("undo"), [revoke, switch_off])
def test_a_token_that_was_revoked_or_whose_user_is_switched_off_opens_nothing(undo: Callable[[User], None]) -> None:
    user = create()
    secret = token(user)
    with transaction():
        undo(user)
    with pytest.raises(NotSignedIn):
        accounts.bearer(secret, NOW)


def test_a_token_opens_nothing_once_its_time_is_over() -> None:
    secret = token(create(), timedelta(hours=1))
    assert accounts.bearer(secret, NOW + timedelta(minutes=59)).login == "wang"
    with pytest.raises(NotSignedIn):
        accounts.bearer(secret, NOW + timedelta(hours=1))


@pytest.mark.parametrize("change", [str.upper, lambda secret: secret[:-1], lambda secret: secret + "=", lambda _: "x"])
def test_a_token_that_is_almost_right_opens_nothing(change: Callable[[str], str]) -> None:
    secret = token(create())
    with pytest.raises(NotSignedIn):
        accounts.bearer(change(secret), NOW)


def test_a_login_that_nobody_has_is_told() -> None:
    with pytest.raises(NotFound):
        accounts.user_named("nobody")


# --- passwords -------------------------------------------------------------------------------------------------------


def test_the_right_password_gives_a_token_for_twelve_hours() -> None:
    create()
    answer = sign_in(PASSWORD)
    assert answer is not None
    secret, expires_at = answer
    assert expires_at == NOW + SIGNED_IN_FOR
    assert accounts.bearer(secret, NOW).login == "wang"
    with pytest.raises(NotSignedIn):
        accounts.bearer(secret, expires_at)


@pytest.mark.parametrize("wrong", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], PASSWORD + "\0"])
def test_a_wrong_password_gives_nothing(wrong: str) -> None:
    create()
    assert sign_in(wrong) is None
    assert db.session.scalars(select(Token)).all() == []


def test_who_is_switched_off_or_has_no_password_cannot_sign_in() -> None:
    user = create()
    create("system", password=None)
    with transaction():
        user.active = False
    assert sign_in(PASSWORD) is None
    assert sign_in(PASSWORD, login="system") is None
    assert sign_in("", login="system") is None


def test_a_login_that_nobody_has_waits_as_long_as_one_that_somebody_has() -> None:
    create()
    told = {login: _tried(login) for login in ("wang", "nobody")}
    assert told["wang"] == told["nobody"]
    assert [len(row) for row in told["nobody"]] == [2, 2]


def _tried(login: str) -> list[tuple[str, int | None]]:
    """What is said to who tries again at once, after five failures and after the sixth."""
    told = []
    for failures, now in ((5, NOW), (1, NOW + timedelta(seconds=1))):
        assert [sign_in("wrong", now, login) for _ in range(failures)] == [None] * failures
        with pytest.raises(TooOften) as refused:
            sign_in("wrong", now, login)
        told.append((refused.value.message, refused.value.wait))
    return told


def test_what_was_tried_under_an_unknown_login_is_kept_as_a_hash() -> None:
    for login in ("nobody", "no one", "no one"):
        sign_in("wrong", NOW, login)
    rows = db.session.scalars(select(UnknownLogin)).all()
    assert sorted(row.failures for row in rows) == [1, 2]
    assert not any(b"nobody" in row.hash for row in rows)


def test_a_slip_is_forgotten_after_a_day_and_what_was_locked_after_a_month_whoever_it_was() -> None:
    create()
    create("li")
    for login, failures in (("wang", 1), ("nobody", 1), ("li", FREE_FAILURES), ("no one", FREE_FAILURES)):
        for _ in range(failures):
            sign_in("wrong", NOW, login)
    day, second = timedelta(days=1), timedelta(seconds=1)
    assert _counted(NOW + day - second) == [1, 1, FREE_FAILURES, FREE_FAILURES]
    assert _counted(NOW + day) == [FREE_FAILURES, FREE_FAILURES]
    assert _counted(NOW + tries.KEPT) == [FREE_FAILURES]  # a user's month begins when the lock opens
    assert _counted(NOW + tries.KEPT + second) == []


def _counted(now: datetime) -> list[int]:
    """The failures that are still counted after a purge."""
    with transaction():
        tries.purge(now)
    rows = [*db.session.scalars(select(User.failures)), *db.session.scalars(select(UnknownLogin.failures))]
    return sorted(filter(None, rows))


def test_the_wait_doubles_with_each_failure_and_a_success_ends_it() -> None:
    create()
    now = NOW
    for _ in range(5):
        assert sign_in("wrong", now) is None
    for wait in (1, 2, 4, 8):
        with pytest.raises(TooOften):
            sign_in(PASSWORD, now + timedelta(seconds=wait, microseconds=-1))
        now += timedelta(seconds=wait)
        assert sign_in("wrong", now) is None
    now += timedelta(seconds=16)
    assert sign_in(PASSWORD, now) is not None
    assert sign_in("wrong", now) is None
    assert sign_in(PASSWORD, now) is not None


def test_a_lock_on_one_user_is_none_on_another() -> None:
    create()
    create("li")
    for _ in range(5):
        sign_in("wrong")
    with pytest.raises(TooOften):
        sign_in(PASSWORD)
    assert sign_in(PASSWORD, login="li") is not None


class Counting(PasswordHasher):
    """Counts how often it really hashes."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        """Verify, and count."""
        self.verified += 1
        return super().verify(hash, password)


def test_an_unknown_login_costs_a_hash_as_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    create()
    counting = Counting()
    monkeypatch.setattr(accounts, "HASHER", counting)
    assert sign_in("wrong", login="nobody") is None
    assert counting.verified == 1
    assert sign_in("wrong") is None
    assert counting.verified == 2
    assert extract_parameters(accounts.NOBODY) == extract_parameters(SLOW.hash(PASSWORD))


def test_nobody_signed_in_is_an_empty_reader() -> None:
    assert Reader().grants == ()


def test_a_closed_account_opens_nothing_with_password_or_token() -> None:
    secret = token(create())
    with transaction():
        accounts.close_user(accounts.user_named("wang"), NOW, "test")
    assert sign_in(PASSWORD) is None
    with pytest.raises(NotSignedIn):
        accounts.bearer(secret, NOW)


def test_revoking_ends_every_token_and_leaves_the_password() -> None:
    user = create()
    secrets = [token(user), token(user)]
    with transaction():
        assert accounts.revoke_tokens(accounts.user_named("wang"), NOW, "test") == 2
    for secret in secrets:
        with pytest.raises(NotSignedIn):
            accounts.bearer(secret, NOW)
    assert sign_in(PASSWORD) is not None
