"""Roles and what a grant reaches."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# code → (name, what the grant is bound to: a place and all below it, a department (or all of a place), or nothing)
ROLES: dict[str, tuple[str, str]] = {
    "enterprise": ("企业", "nothing"),
    "system": ("对接系统", "nothing"),
    "operator": ("话务员", "place"),
    "dispatcher": ("派单员", "place"),
    "department_dispatcher": ("部门分办人", "department"),
    "handler": ("承办人", "department"),
    "head": ("部门负责人", "department"),
    "supervisor": ("督办人", "place"),
    "revisit_agent": ("回访员", "place"),
    "administrator": ("管理员", "nothing"),
    "auditor": ("审计员", "nothing"),
}
STAFF = frozenset(ROLES) - {"enterprise", "system"}
DESKS = frozenset({"operator", "dispatcher", "supervisor", "revisit_agent", "department_dispatcher", "handler", "head"})

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
FREE_FAILURES = 5
LONGEST_LOCK = timedelta(minutes=15)
SIGNED_IN_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class Grant:
    """One role somewhere.

    Attributes:
        place: the place it was given for; its dispatcher's queue is this code.
        places: that place and all below it; None where the role is bound to no place or reaches the whole region.
        department: the department it is bound to.
    """

    role: str
    place: str | None = None
    places: frozenset[str] | None = None
    department: str | None = None


@dataclass(frozen=True)
class Reader:
    """Who asks: a signed-in user as every other room knows it, or nobody (id None, no grants).

    Attributes:
        unread: how many messages wait for the user, where a page asked to know.
        one_time: the password is one that an administrator set, and is to be changed before anything else.
        account: the enterprise's whose complaints the user shares; leads: whether they say who else does.
    """

    id: int | None = None
    login: str = ""
    name: str = ""
    grants: tuple[Grant, ...] = ()
    roles: frozenset[str] = field(default=frozenset())
    # What flask-login wants to know of a user.
    is_active: bool = True
    unread: int = field(default=0, compare=False)
    one_time: bool = field(default=False, compare=False)
    account: int | None = None
    leads: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody signed in stands behind this reader."""
        return self.id is not None

    @property
    def is_anonymous(self) -> bool:
        """The opposite."""
        return self.id is None

    @property
    def is_staff(self) -> bool:
        """Whether the reader works here."""
        return bool(self.roles & STAFF)

    def get_id(self) -> str:
        """flask-login's name for the user."""
        return str(self.id)


def locked_for(failures: int) -> timedelta:
    """How long the next try must wait after this many failures in a row: none at first, then doubling."""
    if failures < FREE_FAILURES:
        return timedelta()
    # The exponent is bounded: the failures of an attacker are not.
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 12)), LONGEST_LOCK)


def usable(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a token still opens anything."""
    return revoked_at is None and (expires_at is None or now < expires_at)
