"""The words that give away who complains: which they are, and in what they are found."""

from decimal import Decimal

import pytest

from service.complaints import telling
from service.complaints.telling import AMOUNT, CONTACT, CONTRACT, CREDIT, ENTERPRISE, IDENTITY, PHONE
from service.intake.rules import Draft
from tests.directory.book import book

WOLF = Draft(
    title="草原狼医疗器械催要货款",
    body="请打１３８１２３４５６７８找王建国，身份证152801198503120031。",
    enterprise_name="内蒙古草原狼医疗器械有限公司",
    uscc="91150100MA0MW4Q31H",
    contact_name="王建国",
    contact_phone="+864786601234",
    amount=Decimal("1200000.00"),
    details={"debt": {"contract_number": "CYL-2024-077"}},
)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("草原狼医疗器械有限公司", ["草原狼医疗器械"]),
        ("内蒙古草原狼医疗器械有限公司", ["内蒙古草原狼医疗器械", "草原狼医疗器械"]),
        ("草原狼（内蒙古）医疗器械股份有限公司五原分公司", ["草原狼医疗器械"]),
        ("巴彦淖尔市五原县金穗农业有限公司", ["巴彦淖尔市五原县金穗农业", "金穗农业"]),
        ("五原县张三餐馆", ["张三餐馆"]),
        ("内蒙古物流有限公司", ["内蒙古物流"]),
        ("内蒙古有限公司", []),
        ("巴彦淖尔市建筑工程有限公司", ["巴彦淖尔市建筑工程"]),
    ],
)
def test_a_name_is_also_written_without_its_legal_form_and_its_place(name: str, written: list[str]) -> None:
    assert [word for _, word in telling.names(name, book())] == [name, *written]


@pytest.mark.parametrize("nothing", [None, "——", "--", "· ·", "李-", "_"])
def test_who_wrote_nothing_that_tells_of_somebody_has_no_words(nothing: str | None) -> None:
    details = {"debt": {"contract_number": nothing}} if nothing else {}
    draft = Draft(body="医院欠款不还。", enterprise_name=nothing, contact_name=nothing, details=details)
    assert list(telling.telling(draft, book())) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("拖欠草原狼 医疗器械货款", ENTERPRISE),
        ("找王建国", CONTACT),
        ("电话0478-660 1234", PHONE),
        ("电话138-1234-5678", PHONE),
        ("９１１５０１００ma0mw4q31h", CREDIT),
        ("152801 19850312 0031", IDENTITY),
        ("合同cyl2024077", CONTRACT),
        ("共1,200,000.00元", AMOUNT),
        ("120 万", AMOUNT),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, what: str) -> None:
    assert list(telling.found(text, telling.telling(WOLF, book()))) == [what]


@pytest.mark.parametrize(
    "text",
    ["草原上的狼", "合同CYL-2024-0771", "3120万", "11200000元", "3,120,0000", "12,001,200,000", "请于十日内核实"],
)
def test_what_is_only_like_a_word_is_none(text: str) -> None:
    assert telling.found(text, telling.telling(WOLF, book())) == {}


def test_a_small_sum_is_one_only_with_its_unit() -> None:
    words = list(telling.telling(Draft(body="押金不退。", amount=Decimal(30)), book()))
    assert telling.found("请于30日内退还", words) == {}
    assert list(telling.found("请退还30 元", words)) == [AMOUNT]


def test_a_text_is_covered_with_the_longest_word_first() -> None:
    text = "内蒙古草原狼医疗器械有限公司（草原狼医疗器械）王建国，6601234"
    assert telling.covered(text, telling.who(WOLF, book())) == "〔企业〕（〔企业〕）〔联系人〕，〔电话〕"
