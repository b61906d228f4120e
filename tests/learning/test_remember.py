"""What a person makes of a complaint's category or department is kept once, masked, with who and why."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service import clock
from service.accounts.rules import Reader
from service.audit.models import Entry
from service.casework import operations as casework
from service.complaints.models import Complaint
from service.db import db, transaction
from service.errors import NotFound, WrongState
from service.intake import operations as intake
from service.intake.rules import Draft
from service.learning import operations as learning
from service.learning.models import Example
from tests.factories import People
from tests.rivals import pressed_meanwhile
from tests.statements import counted

OWED = "我公司给五原县人民医院供应检验试剂，货早已验收，医药货款拖欠一年多没有给，电话 13947101234。"
HEALTH, FINANCE, HOUSING = "150821-health", "150821-finance", "150821-housing"
GOODS, BUILT, OFFICIAL = "arrears.goods-services", "arrears.construction", "approval.misconduct"
File = Callable[..., Complaint]


@pytest.fixture
def dispatcher(people: People) -> Reader:
    return people.reader("dispatcher", "150000")


@pytest.fixture
def file(app: Flask) -> File:
    """Files a complaint that waits for its dispatcher."""

    def filed(by: Reader | None = None, by_hand: bool = True, **changes: Any) -> Complaint:
        usual = {"body": OWED, "region": "150821", "enterprise_name": "河套试剂有限公司", "contact_name": "白女士",
                 "contact_phone": "+864716601234", "respondent_name": "五原县人民医院"}  # fmt: skip
        draft = Draft(**{**usual, **changes})
        with transaction():
            return intake.file_complaint(draft, by or Reader(), clock.now(), by_hand=by_hand).complaint

    return filed


def kept() -> list[Example]:
    db.session.expire_all()
    return list(db.session.scalars(select(Example).order_by(Example.id)))


def act(complaint: Complaint, action: str, role: str, by: Reader, **given: Any) -> None:
    with transaction():
        casework.act(complaint, {role}, action, given, by, clock.now())


def dispatch(complaint: Complaint, by: Reader, department: str = HEALTH, **given: Any) -> None:
    with transaction():
        casework.accept_and_dispatch(complaint, {"dispatcher"}, {"department": department, **given}, by, clock.now())


def test_a_dispatch_under_another_category_is_kept_with_who_and_why(file: File, dispatcher: Reader) -> None:
    complaint = file()
    dispatch(complaint, dispatcher, category=BUILT, note="是工程，不是货，问 13947109876")
    (one,) = kept()
    assert (one.label, one.was, one.version) == (BUILT, complaint.suggestions[0]["code"], complaint.model_version)
    assert (one.user_id, one.role, one.channel) == (dispatcher.id, "dispatcher", "web")
    assert one.why.startswith("是工程，不是货")
    assert "13947109876" not in one.why
    assert (one.enterprise, one.department, one.department_was) == (complaint.phone_hash, None, None)
    assert "13947101234" not in one.text
    assert "检验试剂" in one.text


def test_what_is_kept_of_a_confidential_complaint_names_nobody(file: File, dispatcher: Reader) -> None:
    complaint = file(confidential=True, title="河套试剂催要货款", body=f"我是河套试剂有限公司的白女士。{OWED}")
    dispatch(complaint, dispatcher, category=BUILT, note="问过白女士，河套试剂做的是工程")
    (one,) = kept()
    assert [word for word in ("河套试剂", "白女士") if word in f"{one.title}{one.text}{one.why}"] == []
    assert "检验试剂" in one.text


def test_what_confirms_the_machine_teaches_nothing(file: File, dispatcher: Reader) -> None:
    dispatch(file(), dispatcher)
    dispatch(file(), dispatcher, category=GOODS, nature="request")
    assert kept() == []


def test_the_last_word_counts_and_what_the_machine_said_at_first_stays(
    file: File, dispatcher: Reader, people: People
) -> None:
    complaint, supervisor = file(), people.reader("supervisor", "150000")
    said = complaint.suggestions[0]["code"]
    dispatch(complaint, dispatcher, category=BUILT)
    act(complaint, "transfer", "supervisor", supervisor, department=FINANCE, reason="由财政牵头")
    (one,) = kept()
    assert (one.label, one.was, one.user_id, one.why) == (BUILT, said, supervisor.id, "由财政牵头")
    assert (one.department_was, one.department) == (HEALTH, FINANCE)


def test_a_correction_that_is_taken_back_teaches_no_more(file: File, dispatcher: Reader, people: People) -> None:
    complaint = file()
    dispatch(complaint, dispatcher, category=BUILT)
    act(complaint, "hand_back", "handler", people.reader("handler", None, HEALTH), reason="是货款", evidence="合同")
    act(complaint, "grant_hand_back", "supervisor", people.reader("supervisor", "150000"))
    dispatch(complaint, dispatcher, FINANCE, category=GOODS)
    (one,) = kept()
    assert (one.label, one.was) == (GOODS, GOODS)
    assert (one.department_was, one.department) == (HEALTH, FINANCE)


def test_a_hand_back_that_is_granted_to_another_department_is_kept_with_that_departments_reason(
    file: File, dispatcher: Reader, people: People
) -> None:
    complaint, supervisor = file(), people.reader("supervisor", "150000")
    dispatch(complaint, dispatcher)
    act(complaint, "hand_back", "handler", people.reader("handler", None, HEALTH), department=FINANCE,
        reason="由财政局统一支付", evidence="三定规定第七条")  # fmt: skip
    act(complaint, "grant_hand_back", "supervisor", supervisor)
    (one,) = kept()
    assert (one.department_was, one.department, one.label, one.was) == (HEALTH, FINANCE, GOODS, GOODS)
    assert (one.user_id, one.role, one.why) == (supervisor.id, "supervisor", "由财政局统一支付")


def test_designating_another_department_is_kept(file: File, dispatcher: Reader, people: People) -> None:
    complaint = file()
    dispatch(complaint, dispatcher)
    act(
        complaint, "designate", "supervisor", people.reader("supervisor", "150000"), department=FINANCE, reason="会商定"
    )
    assert [(one.department_was, one.department, one.why) for one in kept()] == [(HEALTH, FINANCE, "会商定")]


def test_an_operator_who_chooses_another_category_than_the_machine_teaches_and_a_filer_does_not(
    file: File, people: People
) -> None:
    operator = people.reader("operator", "150000")
    file(operator, by_hand=False, category=BUILT)
    file(operator, by_hand=False, category=GOODS)
    file(by_hand=False, category=BUILT)
    assert [(one.label, one.was, one.role, one.user_id) for one in kept()] == [(BUILT, GOODS, "operator", operator.id)]


def test_nothing_is_kept_of_what_is_sealed(file: File, dispatcher: Reader, people: People) -> None:
    complaint = file()
    dispatch(complaint, dispatcher, category=BUILT)
    assert len(kept()) == 1
    act(complaint, "hand_back", "handler", people.reader("handler", None, HEALTH), reason="是举报", evidence="录音")
    act(complaint, "grant_hand_back", "supervisor", people.reader("supervisor", "150000"))
    dispatch(complaint, dispatcher, FINANCE, category=OFFICIAL, nature="report")
    assert complaint.sealed
    assert kept() == []


def test_remembering_takes_one_statement(file: File, dispatcher: Reader) -> None:
    complaint = file()
    before = learning.held(complaint)
    complaint.category = BUILT
    db.session.flush()
    with counted() as sent:
        learning.remember(complaint, before, intake.Trace("dispatcher", dispatcher.id), None, clock.now())
    assert len(sent) == 1, sent


def test_of_two_who_take_out_one_example_the_second_is_told(
    app: Flask, file: File, dispatcher: Reader, people: People
) -> None:
    dispatch(file(), dispatcher, category=BUILT)
    (number,) = [one.id for one in kept()]
    rivals = [people.reader("administrator") for _ in range(2)]

    def taken_out(by: Reader) -> Callable[[], Example]:
        return lambda: learning.drop_example(number, by, clock.now())

    told = pressed_meanwhile(app, *map(taken_out, rivals))
    assert isinstance(told, WrongState)
    assert [one.dropped_by for one in kept()] == [rivals[0].id]


def test_examples_come_in_pages_and_can_be_taken_out_once(file: File, dispatcher: Reader, people: People) -> None:
    for _ in range(3):
        dispatch(file(), dispatcher, category=BUILT)
    with counted() as sent:
        page = learning.examples(limit=2)
    assert (len(page.items), len(sent)) == (2, 1)
    rest = learning.examples(page.next_cursor, limit=2)
    assert (len(rest.items), rest.next_cursor) == (1, None)
    administrator, (one, *_) = people.reader("administrator"), rest.items
    with transaction():
        learning.drop_example(one.id, administrator, clock.now(), "样本有误")
    assert learning.example(one.id).dropped_by == administrator.id
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject, entry.details["why"]) == ("example.dropped", str(one.id), "样本有误")
    with pytest.raises(WrongState, match="已经剔除"):
        learning.drop_example(one.id, administrator, clock.now())
    with pytest.raises(NotFound, match="没有这条"):
        learning.example(10**9)
