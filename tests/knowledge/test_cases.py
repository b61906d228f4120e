"""Cases for everybody: made of what was solved, and nothing in them tells whose it was."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from service import clock
from service.accounts.rules import Reader
from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from service.errors import Invalid, WrongState
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.knowledge import cases
from service.knowledge.models import KnowledgeAnswer
from tests.factories import filing

DU = Reader(id=1, login="du", roles=frozenset({"supervisor"}))
REPLY = "五原县人民医院已于本周向河套试剂有限公司付清货款125万元，白女士确认到账，联系电话13947112233。"
GOOD = {
    "question": "医院说没有预算，货款一直不付怎么办？",
    "answer": "由卫健部门核实合同和验收材料后督促付款，一个月内付清。",
    "words": ["没有预算"],
}

TELLING = (
    "河套试剂有限公司", "河套 试剂", "五原县人民医院", "五原", "白女士", "HT-2024-017", "1,250,000 元", "125万元",
    "125 万", "13947112233", "１２５万",
)  # fmt: skip


@pytest.fixture
def solved(app: object) -> Any:
    with transaction():
        draft = FilingSchema().load(filing(debt={"contract_number": "HT-2024-017"}))
        number = intake.file_complaint(draft, Reader(), clock.now()).complaint.number
        stand(number, status="closed", solved=True, reply=REPLY, sealed=False)
    yield db.session.scalars(select(Complaint)).one()
    db.session.rollback()
    db.session.execute(delete(KnowledgeAnswer).where(KnowledgeAnswer.code.startswith("own-")))
    db.session.commit()


def stand(number: str, **values: object) -> None:
    db.session.execute(update(Complaint).where(Complaint.number == number).values(**values))


def propose(complaint: Complaint, **changes: object) -> KnowledgeAnswer:
    with transaction():
        return cases.propose(complaint, {**GOOD, **changes}, directory.current(), DU, clock.now())


def test_a_case_waits_for_an_administrator_and_is_told_to_nobody(solved: Complaint) -> None:
    row = propose(solved)
    assert (row.active, row.public, row.category) == (False, True, solved.category)


def test_what_a_supervisor_begins_with_names_nobody(solved: Complaint) -> None:
    text = cases.sketch(solved, directory.current())["answer"]
    assert "付清货款" in text
    for name in ("五原", "医院", "河套试剂", "白女士", "125万", "13947112233"):
        assert name not in text


def test_what_tells_whose_case_it_was_is_refused_wherever_and_however_it_is_written(solved: Complaint) -> None:
    for field, told in product(("question", "answer", "source"), TELLING):
        with pytest.raises(Invalid) as caught:
            propose(solved, **{field: f"有一家{told}的事"})
        assert list(caught.value.errors) == [field], told


def test_the_other_words_are_looked_through_too(solved: Complaint) -> None:
    with pytest.raises(Invalid) as caught:
        propose(solved, words=["没有预算", "河套试剂"])
    assert list(caught.value.errors) == ["words"]


@pytest.mark.parametrize(
    "values",
    [{"status": "handling"}, {"solved": False}, {"solved": None}, {"sealed": True}, {"confidential": True},
     {"anonymous": True}],
    ids=str,
)  # fmt: skip
def test_what_is_not_solved_or_is_secret_becomes_no_case(solved: Complaint, values: dict[str, object]) -> None:
    with transaction():
        stand(solved.number, **values)
    db.session.refresh(solved)
    with pytest.raises(WrongState):
        propose(solved)
