"""What single words mean: numerals, sums and what they are, days, lengths of time, documents, bodies."""

from decimal import Decimal
from typing import Any

import pytest

from service.classifier.facts import Facts, read
from service.classifier.facts.numerals import Number, number
from tests.classifier.facts_figures import TODAY
from tests.directory.book import book


def facts(text: str) -> Facts:
    return read(text, book(), TODAY)


@pytest.mark.parametrize(
    ("words", "value", "about"),
    [
        ("一百八十万", 1_800_000, False),
        ("320.5万", 3_205_000, False),
        ("1,250,000", 1_250_000, False),
        ("2 350 000", 2_350_000, False),
        ("2087344.50", "2087344.50", False),
        ("3千5百万", 35_000_000, False),
        ("1.5千万", 15_000_000, False),
        ("三点五万", 35_000, False),
        ("1亿2千万", 120_000_000, False),
        ("一个亿", 100_000_000, False),
        ("1个多亿", 100_000_000, True),
        ("两万八", 28_000, False),
        ("23万6千5", 236_500, False),
        ("四十万零六千", 406_000, False),
        ("叁佰贰拾万零伍佰", 3_200_500, False),
        ("三十来万", 300_000, True),
        ("一百二十多万", 1_200_000, True),
        ("十几万", 100_000, True),
        ("三四十万", 300_000, True),
        ("八九十万", 800_000, True),
        ("二十七八万", 270_000, True),
        ("一万五六", 15_000, True),
    ],
)
def test_numbers_are_read_as_they_are_said(words: str, value: float, about: bool) -> None:
    assert number(words) == Number(Decimal(str(value)), about)


@pytest.mark.parametrize("words", ["万", "百", "", "点"])
def test_what_is_no_number_is_none(words: str) -> None:
    assert number(words) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("合同价132万元，已付90万元，尚欠42万元", 420_000),
        ("欠款余额：１８６万元", 1_860_000),
        ("合同总价52.7万元，只付了首款15万", None),
        ("应结运费312万，只给了90万", None),
        ("合同总价1,280万元，一分没付", 12_800_000),
        ("欠本金210万元、利息31万元，共计241万元", 2_410_000),
        ("投资两千六百多万，承诺的路没有修", None),
        ("两个亿的项目卡住了", None),
        ("种了1.8万亩，栽了12万株", None),
        ("每吨1180元", None),
        ("停一天赔一万二", None),
        ("欠8、90万", 800_000),
        ("罚三万到五万", 30_000),
        ("80-90万货款没给", 800_000),
        ("近百万货款没给", 1_000_000),
        ("欠我万把块钱", 10_000),
        ("几十万货款没给", None),
        ("押金5000不退", 5_000),
        ("尾款52万两年没给", 520_000),
        ("二百七十三万一直不给", 2_730_000),
        ("罚款两千", 2_000),
        ("一块钱都没给", None),
        ("给我一块算", None),
        ("电话13812345678", None),
        ("2023年11月", None),
        ("千万别拖", None),
        ("一万个理由", None),
        ("欠¥86,400.00", 86_400),
        ("万分之五", None),
        ("银行压了一百万的授信", None),
        ("医院欠20w两年了", 200_000),
        ("医院欠20W元", 200_000),
        ("欠我们8.5w。", 85_000),
        ("欠货款３Ｗ", 30_000),
        ("押金5k不退", 5_000),
        ("货款RMB 1,234,567.89，不付", 1_234_567.89),
        ("货款人民币320500不付", 320_500),
        ("欠货款壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分", 1_234_567.89),
        ("欠工钱八千八百八十八块八毛", 8_888.8),
        ("欠350元零5分", 350.05),
        ("借5万元2分利", 50_000),
        ("欠1.2.3万", None),
        ("装了60W灯，20kw的机器", None),
        ("编号SN12W45", None),
    ],
)
def test_the_amount_is_what_is_owed_or_claimed(text: str, yuan: float | None) -> None:
    found = facts(text).amount
    assert (found and float(found.yuan)) == yuan


def test_every_sum_says_what_it_is() -> None:
    found = facts("合同价132万元，已付90万元，尚欠42万元，投资了300万。")
    assert [(one.text, one.role) for one in found.sums] == [
        ("132万元", "total"), ("90万元", "paid"), ("42万元", "owed"), ("300万", "other"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我公司在赛罕区，货送到了武川县职业中学", "150125"),
        ("公司注册地在呼和浩特市新城区，项目在乌拉特前旗", "150823"),
        ("我们厂在五原县，锡林郭勒盟的事不清楚", "152500"),
        ("我公司在临河区", "150802"),
        ("巴盟前旗的路", "150823"),
        ("乌兰察布的前旗", "150926"),
        ("前旗的路", None),
        ("包头青山的厂子", "150204"),
        ("青山绿水", None),
        ("扎旗音德尔镇，兴安盟的", "152223"),
        ("扎旗的厂子", None),
        ("土右旗、呼市、乌盟", None),
    ],
)
def test_where_the_matter_lies_beats_where_the_writer_sits(text: str, place: str | None) -> None:
    assert facts(text).place == place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("给五原县第五人民医院供试剂，欠29万", "五原县第五人民医院"),
        ("请旗住建局协调，扎鲁特旗香山镇政府欠34万", "扎鲁特旗香山镇政府"),
        ("向自治区工信厅反映：阿拉善左旗住建局拖欠监理费", "阿拉善左旗住建局"),
        ("我公司（内蒙古河套食品有限公司）给五原县教育局供货，欠款", "五原县教育局"),
        ("我们县医院欠药款", "县医院"),
        ("我们合作社卖牛", None),
        ("包工头张建军欠我们13万", "张建军"),
        ("一家火锅店欠我八万", None),
        ("根据五原县人民政府文件，补贴没给", None),
        ("搅拌站欠的，搅拌站叫准格尔旗永固混凝土有限责任公司", "准格尔旗永固混凝土有限责任公司"),
        ("这样的结局，建厂三年", None),
    ],
)
def test_the_respondent_is_who_owes_not_who_writes_or_helps(text: str, name: str | None) -> None:
    found = facts(text).respondent
    assert (found and found.text) == name


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2023年11月5日", ["2023-11-05"]),
        ("２０２３．１１．５", ["2023-11-05"]),
        ("二〇二三年四月", ["2023-04"]),
        ("去年八月底", ["2025-08"]),
        ("2022年10月到12月", ["2022-10", "2022-12"]),
        ("6月3日到7月20日", ["--06-03", "--07-20"]),
        ("上个月28号", ["2026-02-28"]),
        ("昨天下午", ["2026-03-12"]),
        ("20年8月签的", ["2020-08"]),
        ("干了20年", []),
        ("2023年2月30日", []),
        ("内政办发〔2021〕25号", []),
    ],
)
def test_dates_are_as_precise_as_they_were_said(text: str, days: list[str]) -> None:
    assert [one.date for one in facts(text).dates] == days


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("一年零三个月", ["P1Y3M"]),
        ("一年半", ["P1Y6M"]),
        ("半年", ["P6M"]),
        ("下半年", []),
        ("十五个工作日", ["P15D"]),
        ("两个多星期", ["P2W"]),
        ("第五十二天", []),
        ("2023年", []),
        ("五年前", []),
    ],
)
def test_lengths_of_time_are_durations(text: str, lengths: list[str]) -> None:
    assert [one.length for one in facts(text).periods] == lengths


def test_working_days_say_so() -> None:
    assert [one.working for one in facts("十五个工作日，三十天").periods] == [True, False]


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("按照内政办发〔2021〕25号文件", [("number", "内政办发〔2021〕25号")]),
        ("合同编号：NMG-2023-0815，", [("contract", "NMG-2023-0815")]),
        ("（2023）内0402民初2186号", [("case", "（2023）内0402民初2186号")]),
        ("签了《投资协议》", [("agreement", "投资协议")]),
        ("依据《政府采购法》", [("policy", "政府采购法")]),
    ],
)
def test_documents_are_told_apart(text: str, papers: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.name) for one in facts(text).documents] == papers


def test_numbers_to_protect_are_told_by_place_only() -> None:
    found: Any = facts("电话13847112233，身份证150102198503121234，代码91150102MA0N123453").protected
    assert [(one.kind, one.start, one.end) for one in found] == [
        ("phone", 2, 13), ("identity", 17, 35), ("credit", 38, 56),
    ]  # fmt: skip
