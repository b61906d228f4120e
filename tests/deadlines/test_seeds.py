"""The seed files of clocks and days, and what is said about mistakes in them."""

from datetime import date

import pytest

from service.config import ROOT
from service.deadlines import seeds
from service.deadlines.ladder import ANY, KINDS, REGIMES
from service.seedfile import SeedError

CLOCKS = (ROOT / "data" / "seed_clocks.yaml").read_text(encoding="utf-8")
SIGN = CLOCKS.splitlines().index("- code: sign") + 1

DAYS = """\
notices:
  2031:
    notice: 国办发明电〔2030〕0号
    rest:
      元旦: [2030-12-31, 2031-01-02]
      春节: [2031-01-22, 2031-01-23]
    worked: [2031-01-05]
places:
  - {place: "150800", date: 2026-07-01, working: false, name: 地方节}
hours:
  "150800": [["08:30", "12:00"], ["14:30", "18:00"]]
"""


def write(tmp_path, text):
    path = tmp_path / "seed.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_clock_exists_for_every_family():
    rows = {(row["kind"], row["regime"]) for row in seeds.read_rules(ROOT / "data" / "seed_clocks.yaml")}
    for kind in set(KINDS) - {"transfer"}:
        assert all((kind, regime) in rows or (kind, ANY) in rows for regime in REGIMES)


@pytest.mark.parametrize(
    ("code", "length", "unit", "cap", "basis"),
    [
        ("transfer-802", 10, "working_days", None, "依据：保障中小企业款项支付条例第二十五条第一款"),
        ("result-802", 30, "calendar_days", 90, "依据：保障中小企业款项支付条例第二十五条第二款"),
        ("result-default", 30, "calendar_days", 60, "本平台服务承诺"),
        ("result-policy", 5, "working_days", None, "本平台服务承诺"),
        ("result-inquiry", 1, "working_days", None, "本平台服务承诺"),
        ("result-urgent", 24, "clock_hours", None, "本平台服务承诺"),
        ("contact-urgent", 2, "clock_hours", None, "本平台服务承诺"),
        ("result-assigned", None, None, None, "上级交办要求"),
        ("result", 15, "working_days", None, "本平台服务承诺"),
        ("accept", 1, "working_days", None, "本平台服务承诺"),
        ("sign", 4, "working_hours", None, "本平台服务承诺"),
        ("dispatch", 4, "working_hours", None, "本平台服务承诺"),
        ("revisit", 3, "working_days", None, "本平台服务承诺"),
    ],
)
def test_the_clocks_are_those_of_the_law_and_of_our_promise(code, length, unit, cap, basis):
    rows = {row["code"]: row for row in seeds.read_rules(ROOT / "data" / "seed_clocks.yaml")}
    row = rows[code]
    assert (row["length"], row["unit"], row["cap"], row["basis"]) == (length, unit, cap, basis)
    assert row["statutory"] is basis.startswith("依据：")


LADDER = "ladder: [remind, overdue, supervise, supervise_again, summon]"
# What is changed in the row of 签收, on which of its lines the mistake then stands, and what is said about it.
MISTAKES = [
    ("kind: sign", "kind: signature", 1, "kind"),
    ("regime: any", "regime: 803", 3, "regime"),
    ("regime: any", "regime: everybody", 3, "everybody"),
    ("starts: dispatched", "starts: tomorrow", 4, "tomorrow"),
    ("length: 4", "length: 0", 5, "之间"),
    ("length: 4", "length: -1", 5, "之间"),
    ("length: 4", "length: 99999999", 5, "之间"),
    ("length: 4", "length: four", 5, "整数"),
    ("length: 4", "length: true", 5, "整数"),
    ("  length: 4\n", "", 0, "length"),
    ("  unit: working_hours\n", "", 0, "unit"),
    ("unit: working_hours", "unit: hours", 6, "hours"),
    ("unit: working_hours", "unit: [working_hours]", 6, "unit"),
    ("basis: 本平台服务承诺", "basis: 依据：保障中小企业款项支付条例", 7, "法律依据"),
    ("mark: P", "mark: V", 7, "依据："),
    ("mark: P", "mark: X", 8, "mark"),
    (LADDER, "ladder: [overdue, remind]", 9, "先后"),
    (LADDER, "ladder: [remind, remind]", 9, "一次"),
    (LADDER, "ladder: [shout]", 9, "remind"),
    (LADDER, "ladder: [remind]\n  cap: 0", 5, "最长期限"),
    (LADDER, "ladder: [remind]\n  longest: 3", 10, "longest"),
    (LADDER, "ladder: [remind]\n  fixed: true", 5, "length"),
    (LADDER, "ladder: [remind]\n  fixed: maybe", 10, "true"),
    (LADDER, "ladder: [remind]\n  statutory: 是", 10, "true"),
    (LADDER, "ladder: [remind]\n  extendable_by: anybody", 10, "anybody"),
    (LADDER, "ladder: [remind]\n  extensions: 0", 10, "extensions"),
    (LADDER, "ladder: [remind]\n  extensions: 两次", 10, "extensions"),
    (LADDER, "ladder: [remind]\n  colour: red", 10, "colour"),
    (LADDER, "ladder: [remind]\n  name: twice", 10, "两次"),
    ("code: sign", "code: accept", 0, "重复"),
    ("regime: any", "regime: default", None, "sign 缺少"),
    ("name: 部门签收", "name: ''", 2, "name"),
    ("name: 部门签收", "name: " + "长" * 61, 2, "60"),
    ("name: 部门签收", "name: [部门", None, "YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_a_mistake_in_the_clocks_is_named_with_its_line(tmp_path, right, wrong, line, said):
    head, mark, row = CLOCKS.partition("- code: sign\n")
    path = write(tmp_path, head + (mark + row).replace(right, wrong, 1))
    with pytest.raises(SeedError) as error:
        seeds.read_rules(path)
    assert said in error.value.message
    if line is not None:
        assert error.value.message.startswith(f"{path}:{SIGN + line}: ")


def test_a_cap_below_the_length_is_refused_in_days_and_in_hours(tmp_path):
    days = CLOCKS.replace("cap: 90", "cap: 29", 1)
    hours = CLOCKS.replace("length: 24\n", "length: 25\n  cap: 1\n", 1)
    for text in (days, hours):
        with pytest.raises(SeedError, match="短于期限"):
            seeds.read_rules(write(tmp_path, text))


def test_a_cap_of_as_long_as_the_term_is_taken(tmp_path):
    hours = CLOCKS.replace("length: 24\n", "length: 24\n  cap: 1\n", 1)
    assert {row["code"]: row["cap"] for row in seeds.read_rules(write(tmp_path, hours))}["result-urgent"] == 1


def test_two_rows_for_one_kind_and_regime_are_refused(tmp_path):
    with pytest.raises(SeedError, match="重复"):
        seeds.read_rules(write(tmp_path, CLOCKS.replace("regime: urgent", "regime: inquiry")))


@pytest.mark.parametrize("text", ["", "sign: 4\n", "- sign\n", "- [sign]\n"])
def test_a_file_that_is_no_list_of_rows_is_refused(tmp_path, text):
    with pytest.raises(SeedError, match="条目"):
        seeds.read_rules(write(tmp_path, text))


def test_a_notice_gives_each_day_with_its_number(tmp_path):
    days = {row["code"]: row for row in seeds.read_days(write(tmp_path, DAYS))}
    assert list(days) == [
        "000000:2030-12-31",
        "000000:2031-01-01",
        "000000:2031-01-02",
        "000000:2031-01-22",
        "000000:2031-01-23",
        "000000:2031-01-05",
        "150800:2026-07-01",
    ]
    assert days["000000:2031-01-05"]["working"]
    assert {row["notice"] for row in days.values()} == {"国办发明电〔2030〕0号", None}
    assert days["150800:2026-07-01"]["date"] == date(2026, 7, 1)


def test_office_hours_are_read_as_times(tmp_path):
    (row,) = seeds.read_hours(write(tmp_path, DAYS))
    assert seeds.spans(row["spans"])[0][0].isoformat() == "08:30:00"


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("    notice: 国办发明电〔2030〕0号\n", "", 3, "notice"),
        ("    worked: [2031-01-05]\n", "", 3, "worked"),
        ("worked: [2031-01-05]", "worked: 2031-01-05", 7, "worked"),
        ("worked: [2031-01-05]", "worked: [2032-01-05]", 7, "2031"),
        ("worked: [2031-01-05]", "worked: [一月五日]", 7, "2031"),
        ("  2031:", "  辛亥:", 7, "数字"),
        ("[2030-12-31, 2031-01-02]", "[2031-01-02]", 5, "第一天"),
        ("[2030-12-31, 2031-01-02]", "[2031-01-02, 2030-12-31]", 5, "一个月"),
        ("[2030-12-31, 2031-01-02]", "[2031-01-02, 2041-01-02]", 5, "一个月"),
        ("[2030-12-31, 2031-01-02]", "[2030-11-30, 2030-12-01]", 4, "2030-11-30"),
        ("2026-07-01", "七月一日", 9, "日期"),
        ("working: false", "working: 不", 9, "working"),
        (", name: 地方节", "", 9, "name"),
        ('[["08:30", "12:00"], ["14:30", "18:00"]]', "[]", 11, "办公时间"),
        ('[["08:30", "12:00"], ["14:30", "18:00"]]', '[["12:00", "08:30"]]', 11, "办公时间"),
        ('[["08:30", "12:00"], ["14:30", "18:00"]]', "08:30-18:00", 11, "办公时间"),
        ('[["08:30", "12:00"], ["14:30", "18:00"]]', "[[8:30, 12:00]]", 11, "办公时间"),
    ],
)
def test_a_mistake_in_the_days_is_named_with_its_line(tmp_path, right, wrong, line, said):
    path = write(tmp_path, DAYS.replace(right, wrong))
    with pytest.raises(SeedError) as error:
        _ = seeds.read_days(path), seeds.read_hours(path)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert said in error.value.message
