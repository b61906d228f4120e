"""Which of a text's dates is which, what was paid, and why nothing is: what the filing form knows before it asks."""

import pytest
from flask import Flask

from service.directory import operations as directory
from service.intake import mentions, prefill

SUPPLY = (
    "2025年3月5日我公司与五原县人民医院签订供货合同，4月18日交货，2025年4月20日通过验收，合同约定2025年5月20日前付清。"
    "货款132万元，已付90万元，尚欠42万元，医院说换了院长、资金紧张，一直没有给。"
)


def given(text: str) -> dict[str, object]:
    found = prefill.understand(text, directory.current())
    return {**mentions.given(text, found)}


def test_each_date_goes_where_the_words_beside_it_say(app: Flask) -> None:
    assert given(SUPPLY) == {
        "debt.signed_on": "2025-03-05", "promise.made_on": "2025-03-05", "debt.delivered_on": "2025-04-18",
        "debt.accepted_on": "2025-04-20", "debt.due_on": "2025-05-20", "debt.paid": "900000", "debt.object": "goods",
        "debt.excuses": ["change_of_person", "no_money"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("验收日期是2025-06-10，之后一直没有付款。", "debt.accepted_on", "2025-06-10"),
        ("2025年1月20日又付了5万元，还欠30万元。", "debt.last_paid_on", "2025-01-20"),
        ("2024年6月1日我们向县工信局申报奖补资金。", "policy.applied_on", "2024-06-01"),
        ("2021年8月15日管委会在招商会上承诺给厂房补贴。", "promise.made_on", "2021-08-15"),
        ("施工保证金30万元不退，说要等财政评审。", "debt.object", "deposit"),
        ("对方让我们收商票，说上级资金没到位。", "debt.excuses", ["bills", "pay_when_paid"]),
    ],
)
def test_what_is_said_plainly_is_read(app: Flask, text: str, field: str, value: object) -> None:
    assert given(text).get(field) == value


@pytest.mark.parametrize(
    "text",
    [
        "2025年3月签订合同，去年验收。",  # no whole day
        "6月10日交货。",  # no year anywhere
        "2025年3月5日我去了一趟。签订合同的事没人管。",  # the words stand in another sentence
        "先付了5万元，后来又付了8万元。",  # which of two sums, nobody knows
        "",
    ],
)
def test_what_is_not_said_plainly_is_left_to_the_writer(app: Flask, text: str) -> None:
    assert not {name for name in given(text) if name.endswith("_on") or name == "debt.paid"}
