"""What a letter says, and what it never does."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.casework import contents
from service.casework.contents import LETTERS
from service.casework.models import Letter
from service.db import db
from service.directory import operations as directory
from service.errors import Invalid, NotAllowed
from tests.casework.written import DEPARTMENT, NEVER, filed, issued

OUTSIDE = [code for code, kind in LETTERS.items() if kind.outside]


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """All of these need the database."""


def test_the_respondent_reads_the_contract_the_creditor_and_the_facts() -> None:
    complaint, _ = filed()
    assert contents.facts(issued(complaint).letter) == [
        ("发文机关", "五原县卫生健康委员会"),
        ("诉求编号", complaint.number),
        ("事项类别", "拖欠账款（货款服务款）"),
        ("投诉企业", "河套试剂有限公司"),
        ("合同编号", "HT-2024-017"),
        ("合同标的", "货物"),
        ("交付日期", "2024年11月5日"),
        ("承诺单位", "五原县人民医院"),
        ("涉及金额", "1,250,000.00 元"),
    ]


def test_the_department_reads_whom_it_is_about_and_the_places_supervisors_sign() -> None:
    complaint, _ = filed()
    letter = issued(complaint, "order").letter
    assert dict(contents.facts(letter))["被投诉单位"] == "五原县人民医院"
    assert dict(contents.facts(letter))["发文机关"] == "五原县政务服务与数据管理局"
    assert (letter.addressee, letter.department) == ("五原县卫生健康委员会", DEPARTMENT)


def test_nobody_orders_himself() -> None:
    complaint, _ = filed({"department": "150821-services"})
    assert dict(contents.facts(issued(complaint, "order").letter))["发文机关"] == "巴彦淖尔市政务服务与数据管理局"


@pytest.mark.parametrize("kind", list(LETTERS))
@pytest.mark.parametrize("hidden", [{}, {"confidential": True}, {"anonymous": True}])
def test_no_letter_tells_how_to_reach_who_complains_nor_what_was_written(kind: str, hidden: dict[str, Any]) -> None:
    complaint, code = filed(hidden)
    letter = issued(complaint, kind).letter
    said = f"{letter.matter}{letter.basis}{letter.addressee}{letter.number}"
    assert [word for word in (*NEVER, code) if word in said] == []


@pytest.mark.parametrize("kind", list(LETTERS))
@pytest.mark.parametrize(
    ("hidden", "instead"), [({"confidential": True}, "（已申请保密）"), ({"anonymous": True}, "（匿名）")]
)
def test_who_wants_not_to_be_named_is_not_told_by_contract_day_or_amount_either(
    kind: str, hidden: dict[str, Any], instead: str
) -> None:
    complaint, _ = filed(hidden)
    matter = issued(complaint, kind).letter.matter
    assert f"投诉企业：{instead}" in matter
    assert [word for word in ("河套", "HT-2024-017", "2024年", "1,250,000") if word in matter] == []


@pytest.mark.parametrize("kind", OUTSIDE)
def test_the_accused_never_learns_of_a_sealed_complaint(kind: str) -> None:
    complaint, _ = filed({"sealed": True})
    with pytest.raises(NotAllowed):
        issued(complaint, kind)
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert "河套" not in issued(complaint, "order").letter.matter


def test_a_name_that_breaks_the_line_adds_no_fact() -> None:
    complaint, _ = filed(
        enterprise_name="甲公司\n发文机关：乙局", details={"debt": {"contract_number": "电话13947112233"}}
    )
    told = contents.facts(issued(complaint).letter)
    assert [name for name, _ in told].count("发文机关") == 1
    assert dict(told)["投诉企业"] == "甲公司 发文机关：乙局"
    assert "13947112233" not in dict(told)["合同编号"]


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize(
    ("hidden", "typed"),
    [
        ({"confidential": True}, "请向河套试剂有限公司付款。"),
        ({}, "请联系企业：0471-660 1234。"),
        ({"confidential": True}, "电话 +86 471 6601234"),
        ({"confidential": True}, "请核实是否拖欠河套试剂货款。"),
        ({"confidential": True}, "联系人白女士。"),
        ({"confidential": True}, "河套 试剂的合同 ht-2024—017"),
        ({"confidential": True}, "信用代码９１150100MA0MW4Q31H"),
        ({"confidential": True}, "金额1,250,000.00元"),
        ({"confidential": True}, "欠款125万"),
        ({"anonymous": True}, "请联系 139-4711-2233。"),
    ],
)
def test_what_somebody_types_does_not_tell_it_either(kind: str, hidden: dict[str, Any], typed: str) -> None:
    complaint, _ = filed(hidden)
    with pytest.raises(Invalid) as refused:
        issued(complaint, kind, demand=typed)
    assert list(refused.value.errors) == ["text"]
    # Who writes may not know it either: what it is is said, and not the word.
    assert [word for word in (*NEVER, "河套", "HT-2024-017", "125") if word in str(refused.value.errors)] == []
    assert issued(complaint, "order", demand=typed).letter.demand == typed


def test_a_letter_of_who_may_be_named_says_contract_and_amount() -> None:
    complaint, _ = filed()
    typed = "请核实是否拖欠河套试剂有限公司合同HT-2024-017货款1250000元。"
    assert issued(complaint, demand=typed).letter.demand == typed


BASES = [
    ("order", ["802"], DEPARTMENT, "依据：保障中小企业款项支付条例第二十五条第二款（处理期限）；督办为本平台服务承诺"),
    ("inquiry", ["802"], DEPARTMENT, "依据：保障中小企业款项支付条例第二十五条第三款"),
    ("inquiry", ["802"], None, "依据：保障中小企业款项支付条例第二十三条第二款"),
    ("letter", ["802"], None, "依据：保障中小企业款项支付条例第二十三条第二款"),
    *((kind, ["default"], DEPARTMENT, "本平台服务承诺") for kind in LETTERS),
]


@pytest.mark.parametrize(("kind", "regimes", "department", "basis"), BASES)
def test_each_letter_stands_on_the_law_or_says_that_it_is_a_promise(
    kind: str, regimes: list[str], department: str | None, basis: str
) -> None:
    complaint, _ = filed({"regimes": regimes, "department": department})
    assert contents.basis(complaint, kind) == basis


def test_a_supervision_letter_says_what_follows_as_the_law_says_it() -> None:
    complaint, _ = filed()
    assert issued(complaint, "letter").letter.basis == (
        "依据：保障中小企业款项支付条例第二十五条第三款。"
        "收到督办书仍拒不配合的，处理投诉部门可以约谈、通报被投诉人，并责令整改"
    )


def test_before_anybody_handles_it_the_receiving_authority_signs() -> None:
    complaint, _ = filed({"status": "accepted", "department": None})
    told = dict(contents.facts(issued(complaint).letter))
    assert told["发文机关"] == directory.current().departments[complaint.receiver].name
