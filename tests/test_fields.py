"""Fields clean what nobody can see, alter nothing else, and say in Chinese what is wrong."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields, validate

from service.fields import (
    CONTROL,
    SURROGATE,
    Choice,
    Count,
    Day,
    Flag,
    Moment,
    Money,
    Password,
    Schema,
    Several,
    Text,
    clean,
    flatten,
    narrow,
)

HAN = re.compile("[\u4e00-\u9fff]|\\{sentence\\}")
# Said where something is given out, or of a kind of moment that is not taken in.
NEVER_MET = {"format", "invalid_awareness"}


def schemas(root: type[Schema] = Schema) -> Iterator[type[Schema]]:
    """Every schema of the service."""
    for one in root.__subclasses__():
        yield from (one, *schemas(one))


def inside(field: fields.Field) -> Iterator[fields.Field]:
    """A field and what its list holds."""
    yield field
    if isinstance(field, fields.List):
        yield from inside(field.inner)


@pytest.mark.usefixtures("app")
def test_whatever_a_field_says_is_chinese() -> None:
    known = {one: list(one().fields.values()) for one in schemas() if one.__module__.startswith("service.")}
    every = [inner for found in known.values() for field in found for inner in inside(field)]
    said = {sentence for one in every for name, sentence in one.error_messages.items() if name not in NEVER_MET}
    checks = [check for one in every for check in one.validators if getattr(check, "error", None) is None]
    said |= {getattr(check, name) for check in checks for name in dir(check) if name.startswith("message_")}
    assert len(every) > 300
    assert len(checks) > 0
    assert [sentence for sentence in said if not HAN.search(sentence)] == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (fields.List(fields.String(), validate=validate.Length(1, 2)), "x", "这里应当是一个列表。"),
        (fields.List(fields.String(), validate=validate.Length(1, 2)), [], "应当有 1 到 2 项。"),
        (fields.List(fields.String(), validate=validate.Length(min=1)), [], "至少 1 项。"),
        (fields.List(fields.String(), validate=validate.Length(max=1)), ["a", "b"], "最多 1 项。"),
        (fields.List(fields.String(), validate=validate.Length(equal=1)), ["a", "b"], "应当正好有 1 项。"),
        (fields.Boolean(), "maybe", "只能是 true 或 false。"),
        (fields.Integer(), "x", "这里应当是整数。"),
        (fields.Float(), "x", "这里应当是数字。"),
        (fields.Float(), "nan", "这里应当是数字。"),
        (fields.Dict(), [], "这里应当是一个 JSON 对象。"),
        (fields.Date(), "x", "日期应当写成 2026-03-13 这样。"),
        (fields.Nested(Schema()), "x", "这里应当是一个 JSON 对象。"),
    ],
)
def test_the_librarys_own_kinds_of_fields_speak_chinese(field: fields.Field, value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    assert flatten(refused.value.messages) in ({"": [sentence]}, {"body": [sentence]})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ", id="Mongolian words"),
        pytest.param("ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", id="Mongolian suffix behind a narrow space"),
        pytest.param("ᠬᠠᠷ\u180eᠠ", id="Mongolian vowel separator"),
        pytest.param("ᠪ\u180bᠢ\u180cᠴ\u180dᠢᠭ\u180f", id="Mongolian variation selectors"),
        pytest.param("ᠡ\u200dᠭ", id="joiner inside a Mongolian word"),
        pytest.param("ᠢ\u200d 是字母", id="joiner that ends a Mongolian letter"),
        pytest.param("字母 \u200dᠢ", id="joiner that begins a Mongolian letter"),
        pytest.param("ᠠ\u200cᠢ", id="non-joiner inside a Mongolian word"),
        pytest.param("👨\u200d👩\u200d👧 来访", id="family emoji held together by joiners"),
        pytest.param("❤\ufe0f\u200d🔥", id="joiner behind a variation selector"),
        pytest.param("👩🏽\u200d💻", id="joiner behind a skin tone"),
        pytest.param("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", id="flag spelled by tags"),
        pytest.param("1\ufe0f\u20e3", id="keycap emoji"),
        pytest.param("𠮷野家欠款", id="character outside the basic plane"),
        pytest.param("葛\U000e0100城", id="ideograph with a variation selector"),
        pytest.param("货款\n\n\t第二行", id="line feeds and a tab"),
        pytest.param("内蒙古\u3000草原\u00a0公司", id="wide and unbreakable spaces inside"),
        pytest.param("ＡＢＣ１２３", id="full-width letters"),
        pytest.param("é", id="composed letter"),
        pytest.param("e\u0301", id="letter with a combining mark"),
        pytest.param("'; DROP TABLE complaints; --", id="SQL"),
        pytest.param("<script>alert('&amp;')</script>", id="HTML"),
        pytest.param("{{7*7}} ${7*7} %s %(x)s {0}", id="template syntax"),
    ],
)
def test_a_text_that_means_something_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("一\r\n二\r三\n四", "一\n二\n三\n四", id="line ends become line feeds"),
        pytest.param("\ufeff拖欠", "拖欠", id="byte order mark"),
        pytest.param("拖\u200b欠", "拖欠", id="zero-width space"),
        pytest.param("拖\u200d欠\u200c货", "拖欠货", id="joiners between Han characters"),
        pytest.param("ad\u200dmin", "admin", id="joiner between Latin letters"),
        pytest.param("付\u00ad款", "付款", id="soft hyphen"),
        pytest.param("a\u202eb\u202c", "ab", id="direction override"),
        pytest.param("a\u2066b\u2069", "ab", id="direction isolate"),
        pytest.param("拖欠\U000e0041\U000e0042", "拖欠", id="tag characters behind no flag"),
        pytest.param("\u3000\n 货款 \t", "货款", id="blanks around"),
    ],
)
def test_invisible_junk_is_dropped(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(categories=["Lo", "Nd", "Po", "So"])))
def test_letters_digits_and_signs_of_any_script_survive_cleaning(text: str) -> None:
    assert clean(text) == text


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_what_a_text_field_lets_through_holds_no_control_character_and_is_not_blank(text: str) -> None:
    try:
        loaded = Text(most=50, lines=True).deserialize(text)
    except ValidationError:
        return
    assert not CONTROL.search(loaded)
    assert not SURROGATE.search(loaded)
    assert 0 < len(loaded) <= 50


@pytest.mark.parametrize(
    "blank",
    ["", " ", "\u3000\u00a0", "\n\t\n", "\u200b\u200d", "\ufeff", "\u180e", "\u202f", "\ufe0f", "\u180b", "\u0301"],
)
def test_a_text_that_nobody_can_see_counts_as_blank(blank: str) -> None:
    assert sentences(Text(most=10, lines=True), blank) == ["这一项不能是空白。"]


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud800"])
def test_a_control_character_or_half_a_character_is_refused(character: str) -> None:
    assert sentences(Text(most=10), f"货{character}款") == ["文字里有不可见的控制字符，请删去后再提交。"]


def test_a_single_line_turns_line_breaks_into_spaces_and_keeps_every_other_space() -> None:
    assert Text(most=40).deserialize("河套\r\n试剂\u2028有限\u202f公司  一部") == "河套 试剂 有限\u202f公司  一部"


def test_length_counts_characters_after_cleaning() -> None:
    assert Text(most=3).deserialize(" 𠮷\u200b野家 ") == "𠮷野家"
    assert sentences(Text(most=3), "四个汉字") == ["最多 3 个字，现在是 4 个字。"]


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (1, "1.00"),
        (0.01, "0.01"),
        (320500.5, "320500.50"),
        (1e5, "100000.00"),
        ("320500", "320500.00"),
        ("320500.1", "320500.10"),
        ("0.10", "0.10"),
        ("7.1000", "7.10"),
        ("999999999999.99", "999999999999.99"),
        (999999999999.99, "999999999999.99"),
    ],
)
def test_an_amount_is_kept_to_the_cent(value: Any, amount: str) -> None:
    assert str(Money().deserialize(value)) == amount


WRONG: list[tuple[Callable[[], fields.Field], list[Any]]] = [
    (Money, [0, -1, 0.001, "0.001", "-5", 10**12, "1e5", "1E5", "１２３", "1_000", "1,000", " 5", "+5", "", "五百",
             ".5", "5.", "0x10", "NaN", "Infinity", float("inf"), float("nan"), True, [], {}, [1], "9" * 25]),
    (Day, ["2026-02-30", "0001-01-01", "9999-12-31", "1989-12-31", "2101-01-01", "20260313", "2026-W11-5", "2026-3-13",
           "２０２６-03-13", "2026-03-13T00:00:00", "今天", "", 20260313, 1.5, True, [], {}, "\ud800", "\0"]),
    (Moment, ["2026-03-13T17:30:00", "2026-03-13", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00",
              "2026-02-30T00:00:00Z", "2026-03-13T25:00:00Z", "2026-03-13T17:30:00+25:00", "明天", "", 1773394200, True,
              [], {}, "\ud800"]),
    (Flag, ["true", "是", "", 0, 1, 1.0, [], {}]),
    (lambda: Count(least=1, most=100), [0, 101, -1, 1.0, 20.5, "20.0", "abc", "", " 5", "1_0", "２０", "0x10", "9" * 30,
                                        float("inf"), 1e300, True, False, [], {}]),
    (lambda: Choice({"a": "甲", "b": "乙"}), ["c", "", "A", "a ", "ａ", 1, True, [], {}, "\ud800", "\0"]),
    (lambda: Text(most=5), [1, 1.5, True, [], {}, ["字"], "六个字就太长"]),
    (lambda: Several(Choice({"a": "甲"}), most=2), ["a", {}, {"0": "a"}, 1, True, ["b"], ["a", None], [["a"]],
                                                         ["a"] * 3]),
    (Password, ["", 1, [], "长" * 201, "\ud800"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param(field(), value, id=f"{type(field()).__name__} {ascii(value)[:40]}")
        for field, values in WRONG
        for value in [*values, None]
    ],
)
def test_a_wrong_value_is_told_in_chinese(field: fields.Field, value: Any) -> None:
    told = flatten(error(field, value))
    assert told
    for each in told.values():
        for sentence in each:
            assert_is_chinese(sentence)


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        pytest.param(Day(), "2026-03-13", date(2026, 3, 13), id="day"),
        pytest.param(Day(), "2024-02-29", date(2024, 2, 29), id="leap day"),
        pytest.param(Flag(), False, False, id="flag"),
        pytest.param(Count(least=1, most=100), "100", 100, id="count in a query string"),
        pytest.param(Count(least=1, most=100), 1, 1, id="count in JSON"),
        pytest.param(Several(Choice({"a": "甲", "b": "乙"}), most=2), ["b", "b"], ["b"], id="repetition in a list"),
        pytest.param(Password(), " p\u200bä ss\n", " p\u200bä ss\n", id="password, untouched"),
        pytest.param(Money(), "5", Decimal("5.00"), id="amount"),
    ],
)
def test_a_right_value_is_taken(field: fields.Field, value: Any, loaded: Any) -> None:
    assert field.deserialize(value) == loaded


def test_a_moment_is_the_same_moment_in_any_zone_and_is_shown_in_shanghai() -> None:
    moment = Moment().deserialize("2026-03-13T09:30:00Z")
    assert moment == datetime.fromisoformat("2026-03-13T17:30:00+08:00")

    class Reply(Schema):
        at = Moment()

    assert Reply().dump({"at": moment}) == {"at": "2026-03-13T17:30:00+08:00"}


def test_a_list_that_is_too_long_is_refused_without_looking_at_its_items() -> None:
    assert sentences(Several(Choice({"a": "甲"}), most=3), list(range(1000))) == ["最多 3 项。"]


def test_errors_name_the_field_by_its_path() -> None:
    nested = {"enterprise": {"uscc": ["错。"], "_schema": ["缺。"]}, "flags": {2: ["无。"]}, "_schema": ["空。"]}
    assert flatten(nested) == {
        "enterprise.uscc": ["错。"],
        "enterprise": ["缺。"],
        "flags.2": ["无。"],
        "body": ["空。"],
    }


def test_an_unknown_field_name_is_repeated_only_as_far_as_it_can_be_written() -> None:
    (name,) = flatten({"\ud800" + "长" * 200: ["没有这个字段。"]})
    assert name == "\ufffd" + "长" * 79


def test_codes_typed_in_full_width_are_read_as_half_width() -> None:
    assert narrow("９１１５００００ＭＡ") == "91150000MA"


def error(field: fields.Field, value: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value)
    return caught.value.messages


def sentences(field: fields.Field, value: Any) -> list[str]:
    (told,) = flatten(error(field, value)).values()
    return told


def assert_is_chinese(sentence: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in sentence)
    assert sentence.endswith("。")
