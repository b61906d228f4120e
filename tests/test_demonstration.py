"""The demonstration of an empty system: every state at once, marked as such, made once, and only where nothing is."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from service import demonstration
from service.accounts import operations as accounts
from service.accounts.models import Token, User
from service.accounts.rules import ROLES
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import OPEN, QUESTIONS, STATES
from service.db import db
from service.deadlines.models import Clock
from service.notices.models import Notice
from tests.caller import Caller
from tests.casework import ways
from tests.conftest import emptied
from tests.web.browser import Browser


@pytest.fixture(scope="module")
def filled(seeded: Flask) -> Iterator[Flask]:
    """The database after `flask demo`, for all of these tests: nothing of it is changed."""
    with emptied(seeded):
        with time_machine.travel(ways.MONDAY, tick=False):
            run(seeded)
        yield seeded


def run(app: Flask) -> str:
    """What `flask demo` prints."""
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    return str(result.output)


def all_of() -> list[Complaint]:
    """Every complaint."""
    db.session.rollback()
    return list(db.session.scalars(select(Complaint)))


def test_there_are_some_sixty_complaints(filled: Flask) -> None:
    found = all_of()
    assert 55 <= len(found) <= 70


def test_every_state_is_shown(filled: Flask) -> None:
    assert {one.status for one in all_of()} == STATES.keys()


def test_every_question_waits_somewhere_for_its_ruling_and_the_rest_of_the_work_is_shown_too(filled: Flask) -> None:
    found = all_of()
    assert {question for one in found for question in one.pending} == QUESTIONS.keys()
    assert any(one.co_departments for one in found)
    assert any(one.hand_backs and one.status == "accepted" for one in found)
    taken = set(db.session.scalars(select(Event.action)))
    assert {"grant_extension", "inquire", "supervise", "absorb", "call_due"} <= taken


def test_each_of_them_and_whoever_speaks_in_it_is_marked(filled: Flask) -> None:
    for one in all_of():
        assert "（演示）" in (one.enterprise_name or ""), one.number
        assert one.source_system == "demonstration"
        assert one.reply is None or "（演示）" in one.reply
        assert (one.contact_name, one.contact_phone) == ("演示联系人", "+864710000000")
    assert all("（演示）" in user.name for user in db.session.scalars(select(User)))


def test_they_come_from_many_places_and_families(filled: Flask) -> None:
    found = all_of()
    assert len({one.region for one in found}) >= 20
    assert len({(one.category or "").partition(".")[0] for one in found}) >= 8


def test_each_stands_as_if_people_had_worked_on_it(filled: Flask) -> None:
    clocks = Counter(db.session.scalars(select(Clock.complaint_id).where(Clock.state.in_(("running", "paused")))))
    for one in all_of():
        assert bool(clocks[one.id]) == (one.status in OPEN), one.number
        assert (one.queue_desk is None) == (one.status not in OPEN)
    assert list(complaints.broken_chains()) == []
    assert db.session.scalar(select(func.count()).where(Event.at > ways.MONDAY)) == 0


def test_nothing_is_left_for_the_first_sweep(filled: Flask) -> None:
    due = select(Clock.id).where(Clock.state == "running", Clock.next_at <= ways.MONDAY)
    assert db.session.scalars(due).all() == []


def test_it_is_a_desk_that_was_kept_with_a_few_messages_unread_the_newest_first(filled: Flask) -> None:
    told = db.session.scalars(select(Notice).where(Notice.channel == "inbox").order_by(Notice.id)).all()
    assert [one.created_at for one in told] == sorted(one.created_at for one in told)
    unread = Counter(one.user_id for one in told if one.read_at is None)
    assert 0 < max(unread.values()) <= 20
    assert len(told) > 10 * max(unread.values())
    assert db.session.scalar(select(func.count()).where(~Event.told)) == 0


def test_the_later_filed_has_the_greater_number_and_nobody_is_called_by_his_role(filled: Flask) -> None:
    filed = sorted(all_of(), key=lambda one: one.id)
    assert [one.created_at for one in filed] == sorted(one.created_at for one in filed)
    roles = {name for name, _bound in ROLES.values()}
    assert not roles & {user.name.removesuffix("（演示）") for user in db.session.scalars(select(User))}


def test_a_second_time_changes_nothing(filled: Flask) -> None:
    def standing() -> list[object]:
        db.session.rollback()
        tables = (Complaint.number, Complaint.head), (User.login, User.id), (Token.id, Token.hash)
        return [sorted(map(tuple, db.session.execute(select(*columns)))) for columns in tables]

    before = standing()
    run(filled)
    assert standing() == before


def test_the_accounts_it_prints_open_the_doors_of_their_roles(filled: Flask) -> None:
    client = Caller(filled)
    lines = [line.split() for line in demonstration.table()[1:]]
    assert len(lines) == len(demonstration.ACCOUNTS) + 1
    for login, *_, token in lines:
        me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json is not None
        assert me.json["login"] == login
    league = client.get("/api/v1/complaints?limit=100", headers={"Authorization": f"Bearer {lines[-1][-1]}"}).json
    assert league is not None
    assert 0 < len(league["items"]) < len(all_of())


def test_the_enterprise_finds_its_complaints_in_its_account(filled: Flask) -> None:
    token = next(line.split()[-1] for line in demonstration.table() if "demo-enterprise" in line)
    own = Caller(filled).get("/api/v1/complaints", headers={"Authorization": f"Bearer {token}"}).json
    assert own is not None
    assert {item["enterprise"]["name"] for item in own["items"]} == {demonstration.FIRM["name"]}


@pytest.mark.parametrize("scope", ["own", "all"])
def test_the_dispatcher_of_a_league_finds_what_one_key_sends_on(filled: Flask, scope: str) -> None:
    login, _role, place = demonstration.LEAGUE
    browser = Browser(filled, accounts.reader(accounts.user_named(login)))
    page = browser.get(f"/desk/dispatching?scope={scope}").text
    assert "含下级" in page
    assert len(re.findall(r'data-row-key="d">.*派给', page)) == page.count("data-row-start")
    waiting = [one for one in all_of() if one.queue_desk == "dispatcher" and one.queue_code == place]
    assert [one.number for one in waiting if one.number not in page] == []
    assert waiting


def test_what_waits_in_the_league_is_what_the_machine_was_not_sure_of(filled: Flask) -> None:
    unsure = [one for one in all_of() if one.queue_code in {"150800", "150821"} and one.status == "submitted"]
    assert len(unsure) == 3
    assert [one.reason for one in unsure if "没有把握" not in one.reason] == []
