"""The people of the stories, and complaints in every state, made through the operations as everybody makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from service import clock, demonstration
from service.accounts import enterprises
from service.accounts import operations as accounts
from service.accounts.rules import Grant, Reader
from service.casework import operations as casework
from service.complaints.rules import ENTERPRISE, STEPS, Step
from service.db import transaction
from service.demonstration import ASIDES, WAYS
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from tests.factories import filing

PASSWORD = "correct horse battery"
PLACE, OFFICE = "150821", "150821-health"
PEOPLE = {
    "zhang": ("张话务", Grant("operator", PLACE)),
    "pang": ("庞派单", Grant("dispatcher", PLACE)),
    "cheng": ("程承办", Grant("handler", None, None, OFFICE)),
    "fu": ("傅负责", Grant("head", None, None, OFFICE)),
    "du": ("杜督办", Grant("supervisor", PLACE)),
    "hui": ("惠回访", Grant("revisit_agent", PLACE)),
    "shen": ("沈审计", Grant("auditor")),
    "guan": ("关管理", Grant("administrator")),
}
# Who shares the account of an enterprise: who opened it, and who was invited.
LEADER, COLLEAGUE = "bai", "li"
FIRM = {"name": "河套试剂有限公司", "uscc": "91150821MA0NA00012", "size": "small"}
ROLES = {grant.role: login for login, (_name, grant) in PEOPLE.items()}
# Nobody can tell from this what it is about, so the machine leaves it to a dispatcher.
VAGUE = "我们企业的事情跑了很多趟，一直没有结果，希望有人管一管，帮我们协调解决。"


def standing_for(step: Step) -> str:
    """Where a complaint must stand that a step may be taken on it: a state, or what goes on beside one.

    With a department where that can be, so that all who may take the step see the complaint.
    """
    if step.settles in ASIDES:
        return step.settles
    if "misused" in step.when:
        return "misused"
    fitting = [status for status in WAYS if status in step.sources]
    return min(fitting, key=lambda status: "dispatch" not in WAYS[status])


def asked_by(step: Step) -> frozenset[str]:
    """The fields of a step's form: steps that ask for the same have the same form."""
    return frozenset((*step.needs, *step.allows))


def person(login: str) -> dict[str, str]:
    """Somebody who comes into an account."""
    return {"name": f"{login}女士", "login": login, "password": PASSWORD}


@dataclass(frozen=True)
class Filed:
    """What who filed knows."""

    number: str
    query_code: str


class Cast:
    """Everybody who works in one banner and in one of its departments; all have the same password."""

    def __init__(self) -> None:
        with transaction():
            self.readers: dict[str, Reader] = {}
            for login, (name, grant) in PEOPLE.items():
                user = accounts.create_user(login, name, [grant], None, clock.now(), "test")
                user.password_hash = accounts.HASHER.hash(PASSWORD)
                self.readers[grant.role] = accounts.reader(user)

    def complaint(
        self,
        status: str = "dispatched",
        ago: timedelta = timedelta(minutes=5),
        details: Mapping[str, Any] | None = None,
        pace: timedelta = timedelta(),
    ) -> Filed:
        """A complaint that was filed some time ago and went straight to this state, or to what goes on beside one.

        `pace` is what lies between two steps, all of which are past.
        """
        at = clock.now() - ago
        state, further = ASIDES.get(status, (status, ()))
        way = (*WAYS[state], *further)
        with transaction():
            draft = FilingSchema().load(filing(**details or {}))
            filed = intake.file_complaint(draft, Reader(), at, by_hand="dispatch" not in way)
            done = 2 if filed.complaint.status == "dispatched" else 0
            for action in way[done:]:
                at = min(at + pace, clock.now())
                self._take(filed.complaint, action, at)
            return Filed(filed.complaint.number, filed.query_code)

    def reader(self, login: str) -> Reader:
        """Who it is that signs in with this login."""
        return self.readers[PEOPLE[login][1].role] if login in PEOPLE else self.firm[login]

    @cached_property
    def firm(self) -> dict[str, Reader]:
        """Who shares the account of an enterprise."""
        with transaction():
            leader = accounts.reader(enterprises.register(FIRM, person(LEADER), clock.now()))
            token = enterprises.invite("李会计", leader, clock.now())
            return {LEADER: leader, COLLEAGUE: accounts.reader(enterprises.join(token, person(COLLEAGUE), clock.now()))}

    def _take(self, complaint: Any, action: str, at: datetime) -> None:
        able = STEPS[action].roles
        role = next((role for role in (ENTERPRISE, *self.readers) if role in able), "revisit_agent")
        if action == "grant_extension":
            role = demonstration.who_extends(complaint)
        given = {"department": OFFICE} if action == "dispatch" else demonstration.given(complaint, action, at)
        casework.act(complaint, {role}, action, given, self.readers.get(role, Reader()), at)
