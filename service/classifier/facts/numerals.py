"""Numbers in digits, in Chinese numerals and in both, as people write and say them."""

import re
import warnings
from decimal import Decimal
from typing import NamedTuple

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import cn2an

DIGITS = "一二三四五六七八九两俩壹贰叁肆伍陆柒捌玖"
UNITS = "十百千万亿拾佰仟萬億"
LONGEST = 24
# What starts with a digit and goes on with digits, units and the words for about; never given back letter by letter.
ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,4}(?!\d)(?:\.\d{1,4})?|\d{1,3}(?:[ ]\d{3}){1,4}(?!\d)|\d{1,13}(?:\.\d{1,6})?)"
START = rf"\d{DIGITS}十拾廿"
_REST = rf"[{DIGITS}{UNITS}零〇点多余来几个\d]"
NUMBER = rf"(?:{ARABIC}|[{DIGITS}十拾廿]){_REST}{{0,{LONGEST}}}+"
# The same before a digit that counts something else: 52万 in 52万两年没给.
_COUNTED = rf"[{DIGITS}十]{{1,2}}个?(?:多?年|月|天|次|户|家|笔|吨)|一[直分点些共起定再]"
CUT_NUMBER = rf"(?:{ARABIC}|[{DIGITS}十拾廿]){_REST}{{0,{LONGEST}}}?[万亿千百](?={_COUNTED})"

_ABOUT = re.compile("[多余来几]")
_TWO = re.compile(rf"(?<![{DIGITS}])([一二三四五六七八九两])([二三四五六七八九])(?=[{UNITS}]|$)")
_SCALED = re.compile(rf"(\d+(?:\.\d+)?)([{UNITS}]*)")
_SPOKEN_POINT = re.compile(rf"([^点]+点[^点]*?)([{UNITS}]*)")


class Number(NamedTuple):
    """A number; `about` where the words only say roughly how much."""

    value: Decimal
    about: bool


def number(words: str) -> Number | None:
    """What the words say; None where they are no number.

    Of 二十多万, 八九十万 and 十几万 what is surely reached: 200000, 800000, 100000.
    """
    about = bool(_ABOUT.search(words))
    bare = re.sub("[多余来几个, ]", "", words).replace("俩", "两")
    single = _TWO.sub(r"\1", bare) if "点" not in bare else bare
    value = _value(single)
    return None if value is None else Number(value, about or single != bare)


def _value(words: str) -> Decimal | None:
    if scaled := _SCALED.fullmatch(words):
        return Decimal(scaled[1]) * _scale(scaled[2])
    if spoken := _SPOKEN_POINT.fullmatch(words):
        whole = _read(spoken[1])
        return None if whole is None else whole * _scale(spoken[2])
    return _read(words)


def _scale(units: str) -> Decimal:
    return (_read(f"一{units}") if units else None) or Decimal(1)


def _read(words: str) -> Decimal | None:
    try:
        return Decimal(str(cn2an.cn2an(words, "smart")))
    except (ValueError, KeyError, IndexError):
        return None
