"""The news of a complaint that truly goes its way."""

from datetime import timedelta

import time_machine
from flask import Flask

from service.accounts.rules import Reader
from service.jobs.rules import JOBS
from service.notices import tasks
from tests.factories import People
from tests.notices.cases import DAY, HEALTH, notices, spread, told
from tests.web.cases import filed, taken

HEARD = {
    "sign": {"enterprise"},
    "contact": set(),
    "draft": {"head"},
    "approve": {"department"},
    "reply": {"enterprise"},
    "close": {"enterprise", "department"},
}


def test_a_complaint_on_its_way_is_told_of_step_by_step(app: Flask, people: People) -> None:
    handler, head = people.reader("handler", None, HEALTH), people.reader("head", None, HEALTH)
    contact = {"name": "白女士", "phone": "13804710001"}
    with time_machine.travel(DAY, tick=False) as traveller:
        number = filed(contact=contact)
        assert told(spread()) == {("department", handler.id)}
        known = {one.id for one in notices()}
        for action in HEARD:
            traveller.shift(timedelta(minutes=1))
            taken(number, action, by=Reader(id=9) if action == "close" else None)
            fresh = [one for one in spread() if one.id not in known]
            known |= {one.id for one in fresh}
            assert {one.audience for one in fresh} == HEARD[action], action
            assert all(number in (one.body or "") for one in fresh)
    assert {one.user_id for one in notices(channel="inbox")} == {handler.id, head.id}


def test_spreading_is_asked_for_every_half_minute_and_may_be_rung_by_name() -> None:
    assert JOBS["notices.spread"].every == timedelta(seconds=30)
    assert JOBS["notices.spread"].work is tasks.spread
    assert {"notices.deliver", "notices.release"} <= set(JOBS)
