"""Accounts of enterprises: who may come in, who is out again, and who may say so."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from service.accounts import enterprises, operations, tries
from service.accounts.administration import USER
from service.accounts.enterprises import INVITED_FOR, MOST_PEOPLE
from service.accounts.models import User
from service.accounts.rules import FREE_FAILURES, Reader
from service.audit import changing
from service.db import db, transaction
from service.errors import Invalid, NotAllowed, NotFound, NotSignedIn, TooOften
from tests.rivals import pressed_meanwhile

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 3, 13, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"
FIRM = {"name": "河套试剂有限公司", "uscc": "91150821MA0NA00012"}


def person(login: str) -> dict[str, str]:
    return {"name": login.title(), "login": login, "password": PASSWORD}


def opened(login: str = "bai") -> Reader:
    with transaction():
        user = enterprises.register(FIRM, person(login), NOW)
    return operations.reader(user)


def invited(leader: Reader, name: str = "小李") -> str:
    with transaction():
        return enterprises.invite(name, leader, NOW)


def joined(token: str, login: str = "li", now: datetime = NOW) -> Reader:
    with transaction():
        return operations.reader(enterprises.join(token, person(login), now))


def names(reader: Reader) -> list[str]:
    return [user.login for user in enterprises.people(reader.account or 0)]


def test_the_first_leads_and_a_colleague_comes_in_by_a_link_that_serves_once() -> None:
    leader = opened()
    token = invited(leader)
    colleague = joined(token)
    assert (leader.leads, colleague.leads) == (True, False)
    assert leader.account == colleague.account
    assert names(leader) == ["bai", "li"]
    assert enterprises.invitations(leader.account or 0, NOW) == []
    with pytest.raises(NotFound):
        joined(token, "wang")


def test_who_comes_in_while_the_leader_is_at_it_waits_and_neither_waits_for_ever(app: Flask) -> None:
    leader = opened()
    token = invited(leader)
    withdrawn = enterprises.invitations(leader.account or 0, NOW)[0].id
    told = pressed_meanwhile(
        app,
        first=lambda: enterprises.invite("小王", leader, NOW),
        second=lambda: enterprises.join(token, person("li"), NOW),
        then=lambda: enterprises.withdraw(withdrawn, leader, NOW),
    )
    assert isinstance(told, NotFound)
    assert names(leader) == ["bai"]


def test_a_link_is_dead_after_a_week_or_when_it_was_withdrawn() -> None:
    leader = opened()
    with pytest.raises(NotFound):
        joined(invited(leader), now=NOW + INVITED_FOR)
    withdrawn = invited(leader)
    for row in enterprises.invitations(leader.account or 0, NOW):
        with transaction():
            enterprises.withdraw(row.id, leader, NOW)
    with pytest.raises(NotFound):
        joined(withdrawn)


def test_the_same_code_opens_another_account_that_has_nothing_of_the_first() -> None:
    first, second = opened("bai"), opened("stranger")
    assert first.account != second.account
    assert (names(first), names(second)) == (["bai"], ["stranger"])


def test_only_who_leads_lets_people_in_and_out() -> None:
    leader = opened()
    colleague = joined(invited(leader))
    stranger = opened("stranger")
    for who in (colleague, Reader()):
        with pytest.raises(NotAllowed), transaction():
            enterprises.invite("谁", who, NOW)
        with pytest.raises(NotAllowed), transaction():
            enterprises.take_out(leader.id or 0, who, NOW)
    for whom in (colleague, leader):
        with pytest.raises(NotFound), transaction():
            enterprises.take_out(whom.id or 0, stranger, NOW)
    with pytest.raises(NotFound), transaction():
        enterprises.take_out(leader.id or 0, leader, NOW)
    token = invited(leader)
    with transaction():
        enterprises.withdraw(enterprises.invitations(leader.account or 0, NOW)[0].id, stranger, NOW)
    assert enterprises.invitation(token, NOW)


def test_who_was_taken_out_is_nobody_any_more() -> None:
    leader = opened()
    colleague = joined(invited(leader))
    with transaction():
        token = operations.sign_in("li", PASSWORD, NOW)
    assert token
    with transaction():
        enterprises.take_out(colleague.id or 0, leader, NOW)
    with pytest.raises(NotSignedIn):
        operations.bearer(token[0], NOW)
    with transaction():
        assert operations.sign_in("li", PASSWORD, NOW) is None
    assert operations.reader_of(colleague.id or 0).account is None
    assert names(leader) == ["bai"]


def test_who_was_taken_out_is_let_in_again_by_no_administrator() -> None:
    leader = opened()
    colleague = joined(invited(leader))
    with transaction():
        changing.do(USER, "li", {"active": False}, changing.EDITED, "admin", NOW)
        changing.do(USER, "li", {"active": True}, changing.EDITED, "admin", NOW)
    assert names(leader) == ["bai", "li"]
    with transaction():
        enterprises.take_out(colleague.id or 0, leader, NOW)
    with pytest.raises(Invalid, match="移出"), transaction():
        changing.do(USER, "li", {"active": True}, changing.EDITED, "admin", NOW)
    reopened = next(one for one in changing.history(USER, "li", 9) if one.details.get("became") == {"active": True})
    with pytest.raises(Invalid, match="移出"), transaction():
        changing.do(USER, "li", {"name": "小李", **reopened.details["became"]}, changing.UNDONE, "admin", NOW)
    assert names(leader) == ["bai"]


def test_just_one_leads_also_after_it_was_handed_over() -> None:
    leader = opened()
    colleague = joined(invited(leader))
    with transaction():
        enterprises.hand_over(colleague.id or 0, leader, NOW)
    assert [user.login for user in enterprises.people(leader.account or 0) if user.leads] == ["li"]
    # What was known of the reader before does not count.
    with pytest.raises(NotAllowed), transaction():
        enterprises.take_out(colleague.id or 0, leader, NOW)


def test_an_account_holds_a_limited_number_of_people() -> None:
    leader = opened()
    with transaction():
        for at in range(MOST_PEOPLE - 2):
            db.session.add(User(login=f"p{at}", name="p", created_at=NOW, account_id=leader.account))
    invited(leader)
    with pytest.raises(Invalid):
        invited(leader)


def test_what_was_tried_too_often_waits_as_a_password_does() -> None:
    leader = opened()
    with transaction():
        user = tries.trying(leader.id or 0, NOW)
        for _ in range(FREE_FAILURES):
            tries.count_failure(user, NOW)
    with pytest.raises(TooOften), transaction():
        tries.trying(leader.id or 0, NOW)
    with transaction():
        tries.trying(leader.id or 0, NOW + timedelta(seconds=1))
