"""Letters: how they are numbered, who reads them, and the link that answers one."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service import clock
from service.accounts.rules import Grant, Reader
from service.casework import letters
from service.casework.contents import LETTERS
from service.casework.letters import Request
from service.casework.models import Letter
from service.complaints.rules import STATES
from service.db import db, transaction
from service.directory import operations as directory
from service.errors import NotFound, WrongState
from tests.casework.written import DEMAND, DEPARTMENT, DUE, filed, issued
from tests.statements import counted

OUTSIDE = [code for code, kind in LETTERS.items() if kind.outside]


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """All of these need the database."""


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_each_kind_is_numbered_by_itself_from_one() -> None:
    complaint, _ = filed()
    numbers = [issued(complaint, kind).letter.number for kind in ("order", "order", "inquiry", "letter", "order")]
    assert numbers == [
        "企声督办〔2026〕1号", "企声督办〔2026〕2号", "企声函询〔2026〕1号", "企声督书〔2026〕1号",
        "企声督办〔2026〕3号",
    ]  # fmt: skip


def test_the_year_is_that_of_the_calendar_here() -> None:
    complaint, _ = filed()
    numbers = []
    for moment in ("2026-12-31T15:59", "2026-12-31T16:01"):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
            numbers.append(issued(complaint).letter.number)
    assert numbers == ["企声函询〔2026〕1号", "企声函询〔2027〕1号"]


def test_what_is_rolled_back_leaves_no_gap() -> None:
    complaint, _ = filed()
    issued(complaint)
    letters.issue(complaint, "inquiry", clock.now(), DEMAND, DUE, None)
    db.session.rollback()
    assert issued(complaint).letter.serial == 2


def test_of_two_who_write_at_once_the_second_waits_for_the_first_and_gets_the_next_number(app: Flask) -> None:
    complaint, _ = filed()
    number, serials = complaint.id, list[int]()

    def write() -> None:
        with app.app_context(), transaction():
            other = db.session.get_one(type(complaint), number)
            serials.append(letters.issue(other, "inquiry", clock.now(), DEMAND, DUE, None).letter.serial)

    first = letters.issue(complaint, "inquiry", clock.now(), DEMAND, DUE, None).letter.serial
    rival = Thread(target=write)
    rival.start()
    rival.join(timeout=0.5)
    assert rival.is_alive()
    db.session.commit()
    rival.join(timeout=30)
    assert (first, serials) == (1, [2])


def test_many_who_write_at_once_leave_neither_gap_nor_twin(app: Flask) -> None:
    complaint, _ = filed()
    about = complaint.id

    def write(kinds: list[str]) -> None:
        for kind in kinds:
            with app.app_context(), transaction():
                letters.issue(db.session.get_one(type(complaint), about), kind, clock.now(), DEMAND, DUE, None)

    rivals = [Thread(target=write, args=(kinds,)) for kinds in (["order", "inquiry"] * 3, ["inquiry", "order"] * 3)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(timeout=60)
    found = db.session.execute(select(Letter.kind, Letter.serial).order_by(Letter.kind, Letter.serial)).all()
    assert [tuple(row) for row in found] == [(kind, at) for kind in ("inquiry", "order") for at in range(1, 7)]


@pytest.mark.parametrize("length", [1, 60])
def test_many_letters_take_as_many_statements_as_one(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    complaint, _ = filed()
    assert complaint.number
    with counted() as sent, transaction():
        made = letters.issue_many([Request(complaint, "order", DEMAND, DUE) for _ in range(length)], clock.now())
    assert [one.letter.serial for one in made] == list(range(1, length + 1))
    assert len(sent) == 3, sent


def test_nothing_to_write_asks_the_database_nothing() -> None:
    with counted() as sent:
        assert letters.issue_many([], clock.now()) == []
    assert sent == []


# --- to whom ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lacking"), [("order", {"department": None}), *((kind, {"respondent_name": None}) for kind in OUTSIDE)]
)
def test_a_letter_to_nobody_is_not_written(kind: str, lacking: dict[str, None]) -> None:
    complaint, _ = filed(lacking)
    with pytest.raises(WrongState):
        issued(complaint, kind)


def test_another_addressee_is_the_one_that_was_named() -> None:
    complaint, _ = filed()
    other = issued(complaint, "order", addressee="五原县教育局", department="150821-education").letter
    assert (other.addressee, other.department) == ("五原县教育局", "150821-education")


# --- who reads them --------------------------------------------------------------------------------------------------

HERE = Grant("handler", None, None, DEPARTMENT)
THERE = Grant("handler", None, None, "150821-education")
OF_THE_PLACE = Grant("head", "150821", frozenset({"150821"}))
ELSEWHERE = Grant("head", "150822", frozenset({"150822"}))
READING: list[tuple[set[str], tuple[Grant, ...], set[str]]] = [
    ({"supervisor"}, (), {"order", "inquiry", "letter"}),
    ({"dispatcher"}, (), {"order", "inquiry", "letter"}),
    ({"auditor"}, (), {"order", "inquiry", "letter"}),
    ({"handler"}, (HERE,), {"order", "inquiry", "letter"}),
    ({"handler"}, (THERE,), {"inquiry", "letter"}),
    ({"head"}, (OF_THE_PLACE,), {"order", "inquiry", "letter"}),
    ({"head"}, (ELSEWHERE,), {"inquiry", "letter"}),
    ({"co_handler"}, (THERE,), set()),
    ({"enterprise"}, (), set()),
    (set(), (), set()),
]


@pytest.mark.parametrize(("roles", "grants", "read"), READING)
def test_who_reads_which_letter(roles: set[str], grants: tuple[Grant, ...], read: set[str]) -> None:
    complaint, _ = filed()
    for kind in LETTERS:
        issued(complaint, kind)
    reader = Reader(1, grants=grants, roles=frozenset(grant.role for grant in grants))
    assert {letter.kind for letter in letters.seen(complaint.id, roles, reader)} == read


def test_a_letter_is_found_only_with_its_own_complaint() -> None:
    (one, _), (other, _) = filed(), filed()
    letter = issued(one).letter
    assert letters.find(one.id, letter.id, {"supervisor"}, Reader()) is letter
    for about, wanted, roles in (
        (other.id, letter.id, {"supervisor"}),
        (one.id, letter.id, {"enterprise"}),
        (one.id, 2**70, {"supervisor"}),
    ):
        with pytest.raises(NotFound):
            letters.find(about, wanted, roles, Reader())


# --- the link --------------------------------------------------------------------------------------------------------


def test_only_letters_to_a_respondent_have_a_link_and_it_is_stored_as_a_hash() -> None:
    complaint, _ = filed()
    made = {kind: issued(complaint, kind) for kind in LETTERS}
    assert {kind for kind, one in made.items() if one.token} == set(OUTSIDE)
    token = made["inquiry"].token or ""
    assert len(token) >= 43
    row = db.session.execute(select(Letter.__table__).where(Letter.id == made["inquiry"].letter.id)).one()
    assert token not in str(row)
    assert token.encode() not in row.token_hash


def test_a_link_opens_its_letter_until_it_is_answered() -> None:
    complaint, _ = filed()
    one = issued(complaint)
    letter = letters.by_token(one.token or "", clock.now())
    assert letter is one.letter
    with transaction():
        letters.answered(letter, "已付清。", "财务科 张某", clock.now())
    assert (letter.answer, letter.answered_by, letter.answered_at) == ("已付清。", "财务科 张某", clock.now())
    with pytest.raises(NotFound, match=letters.DEAD_LINK):
        letters.by_token(one.token or "", clock.now())
    with pytest.raises(NotFound, match=letters.DEAD_LINK):
        letters.answered(letter, "再说一次。", "别人", clock.now())


def test_a_link_dies_thirty_days_after_the_letter_was_due() -> None:
    complaint, _ = filed()
    token = issued(complaint).token or ""
    assert letters.by_token(token, DUE + timedelta(days=30) - timedelta(seconds=1))
    for token_, moment in ((token, DUE + timedelta(days=30)), ("x" * 43, clock.now()), ("", clock.now())):
        with pytest.raises(NotFound, match=letters.DEAD_LINK):
            letters.by_token(token_, moment)


@pytest.mark.parametrize("status", [code for code, state in STATES.items() if state.desk is None])
def test_a_link_dies_with_the_complaint(status: str) -> None:
    complaint, _ = filed()
    token = issued(complaint).token or ""
    with transaction():
        complaint.status = status
    with pytest.raises(NotFound, match=letters.DEAD_LINK):
        letters.by_token(token, clock.now())


def test_a_link_dies_where_the_complaint_is_sealed_afterwards() -> None:
    complaint, _ = filed()
    token = issued(complaint).token or ""
    with transaction():
        complaint.sealed = True
    with pytest.raises(NotFound, match=letters.DEAD_LINK):
        letters.by_token(token, clock.now())


def test_a_lost_link_is_replaced_and_the_old_one_is_void() -> None:
    complaint, _ = filed()
    one = issued(complaint)
    with transaction():
        fresh = letters.renew(one.letter, clock.now())
    assert letters.by_token(fresh, clock.now()) is one.letter
    with pytest.raises(NotFound):
        letters.by_token(one.token or "", clock.now())


def test_an_answered_letter_and_an_order_get_no_new_link() -> None:
    complaint, _ = filed()
    one, order = issued(complaint), issued(complaint, "order")
    with transaction():
        letters.answered(one.letter, "已付清。", "张某", clock.now())
    for letter in (one.letter, order.letter):
        with pytest.raises(WrongState):
            letters.renew(letter, clock.now())
