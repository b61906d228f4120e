from dataclasses import dataclass

import pytest

from service.classifier.facts import CREDIT, IDENTITY, PHONE, mask, places

MASKED = [
    ("电话13812345678请联系", f"电话{PHONE}请联系"),
    ("138 1234 5678", PHONE),
    ("138-1234-5678", PHONE),
    ("1381 234 5678", PHONE),
    ("１３８１２３４５６７８", PHONE),
    ("+86 13812345678", PHONE),
    ("＋８６－１３８１２３４５６７８", PHONE),
    ("8613812345678", PHONE),
    ("0086-138 1234 5678", PHONE),
    ("（86）138 1234 5678", PHONE),
    ("13812345678,13987654321", f"{PHONE},{PHONE}"),
    ("13812345678/13987654321、", f"{PHONE}/{PHONE}、"),
    ("我的号是13812345678.", f"我的号是{PHONE}."),
    ("13812345678元旦前打", f"{PHONE}元旦前打"),
    ("微信wx13812345678", f"微信wx{PHONE}"),
    ("0471-6512345", PHONE),
    ("(0471)6512345", PHONE),
    ("（０４７１）６５１２３４５", PHONE),
    ("04716512345转8001", PHONE),
    ("0472 5123456", PHONE),
    ("010-65123456", PHONE),
    ("+86 471 6512345", PHONE),
    ("电话：6512345", f"电话：{PHONE}"),
    ("座机是 651-2345", f"座机是 {PHONE}"),
    ("身份证150102198503121234", f"身份证{IDENTITY}"),
    ("15010219850312123x", IDENTITY),
    ("150102 19850312 1234", IDENTITY),
    ("１５０１０２１９８５０３１２１２３４", IDENTITY),
    ("证号150102850312123，", f"证号{IDENTITY}，"),
    ("91150102MA0N123453", CREDIT),
    ("信用代码：91150102ma0n123453", f"信用代码：{CREDIT}"),
    ("９１１５０１０２ＭＡ０Ｎ１２３４５３", CREDIT),
    ("12150000460000001H号", f"{CREDIT}号"),
]
KEPT = [
    "",
    "欠款1250000元",
    "1,250,000.00元",
    "欠我13812345678元",
    "13812345678.50",
    "合同总价15012345678万",
    "¥13812345678",
    "2023年11月5日",
    "20231105",
    "电话20231105打过",
    "２０２３１１０５",
    "内政办发〔2021〕25号",
    "合同编号：13812345678",
    "订单号150123456789012",
    "合同号HT13812345678",
    "合同NM-15012345678",
    "项目2023-13812345678",
    "账号6228480402564890018",
    "合同编号202301150001234567",
    "138123456789",
    "1381234567",
    "12345热线",
    "400-123-4567",
    "电话里说欠款5600000元",
    "五原县2021年3月至2023年5月",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_numbers_of_persons_and_firms_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_amounts_dates_and_contract_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_what_was_masked_once_stays_as_it_is(text: str, expected: str) -> None:
    assert mask(mask(text)) == expected


@dataclass(frozen=True)
class Spot:
    code: str
    name: str
    parent: str | None
    spoken: tuple[str, ...] = ()


MAP = (
    Spot("15", "内蒙古自治区", None, ("内蒙古",)),
    Spot("1501", "呼和浩特市", "15", ("呼和浩特", "呼市")),
    Spot("150102", "新城区", "1501"),
    Spot("1502", "包头市", "15", ("包头",)),
    Spot("150204", "青山区", "1502"),
    Spot("1502K1", "包头稀土高新技术产业开发区", "1502", ("稀土高新区",)),
    Spot("1503", "乌海市", "15", ("乌海",)),
    Spot("150303", "海南区", "1503"),
    Spot("1504", "赤峰市", "15", ("赤峰",)),
    Spot("150421", "阿鲁科尔沁旗", "1504", ("阿旗",)),
    Spot("1506", "鄂尔多斯市", "15", ("鄂尔多斯",)),
    Spot("150602", "东胜区", "1506", ("东胜",)),
    Spot("150623", "鄂托克前旗", "1506"),
    Spot("150624", "鄂托克旗", "1506", ("鄂托克",)),
    Spot("1508", "巴彦淖尔市", "15", ("巴彦淖尔", "巴盟")),
    Spot("150802", "临河区", "1508", ("临河",)),
    Spot("150821", "五原县", "1508", ("五原",)),
    Spot("1509", "乌兰察布市", "15", ("乌兰察布", "乌盟")),
    Spot("1525", "锡林郭勒盟", "15", ("锡盟",)),
    Spot("152522", "阿巴嘎旗", "1525", ("阿旗",)),
)


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("巴彦淖尔市五原县某厂", "150821", ["巴彦淖尔市", "五原县"]),
        ("五原的厂子，属于巴盟", "150821", ["五原", "巴盟"]),
        ("在东胜开饭店", "150602", ["东胜"]),
        ("坚持五原则，一视同仁", None, []),
        ("鄂托克前旗的牧场", "150623", ["鄂托克前旗"]),
        ("鄂托克旗的牧场", "150624", ["鄂托克旗"]),
        ("乌海的焦化厂", "1503", ["乌海"]),
        ("乌兰察布的薯条厂", "1509", ["乌兰察布"]),
        ("五原县和东胜区各有一家", None, ["五原县", "东胜区"]),
        ("五原县和临河区各有一家", "1508", ["五原县", "临河区"]),
        ("五原县的厂，五原县的人", "150821", ["五原县", "五原县"]),
        ("内蒙古的企业", None, ["内蒙古"]),
        ("内蒙古五原县", "150821", ["内蒙古", "五原县"]),
        ("包头稀土高新技术产业开发区", "1502K1", ["包头稀土高新技术产业开发区"]),
        ("包头的稀土高新区", "1502K1", ["包头", "稀土高新区"]),
        ("呼和浩特市新城区", "150102", ["呼和浩特市", "新城区"]),
        ("新城区政府欠我们钱，呼市的", "150102", ["新城区", "呼市"]),
        ("新城区住建局", "150102", ["新城区"]),
        ("新城区建设搞了三年", None, []),
        ("高新城区的楼", None, []),
        ("武汉市青山区的公司", None, []),
        ("包头青山区的公司", "150204", ["包头", "青山区"]),
        ("上海南区的仓库", None, []),
        ("乌海市海南区", "150303", ["乌海市", "海南区"]),
        ("阿旗的合作社", None, ["阿旗"]),
        ("赤峰阿旗的合作社", "150421", ["赤峰", "阿旗"]),
        ("锡盟那边的阿旗", "152522", ["锡盟", "阿旗"]),
        ("没有地名", None, []),
        ("", None, []),
    ],
)
def test_the_deepest_place_that_fits_all_mentions_wins(text: str, place: str | None, named: list[str]) -> None:
    found = places(text, MAP)
    assert found.place == place
    assert [mention.text for mention in found.mentions] == named
    assert all(text[mention.start : mention.end] == mention.text for mention in found.mentions)


def test_a_name_of_several_places_lists_them_all() -> None:
    assert places("阿旗的合作社", MAP).mentions[0].codes == ("150421", "152522")


def test_another_map_is_taken_up_at_once() -> None:
    assert places("五原县", (Spot("9", "某省", None), Spot("99", "五原县", "9"))).place == "99"
    assert places("五原县", MAP).place == "150821"
    assert places("五原县", ()).place is None
