"""Sums of money in a text, each with what its neighbours say about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from service.classifier.facts.letters import clause_start, half
from service.classifier.facts.numerals import CUT_NUMBER, DIGITS, NUMBER, START, number
from service.classifier.facts.roles import OWED, PAID, TOTAL, is_rest, owed_among, role_of

LEAST, LARGEST = Decimal(100), Decimal(10) ** 13  # less is a price, more is none of an enterprise
# Whose number it is when it is none of money: 万吨, 万亩 …
_MEASURES = (
    "吨|亩|平|㎡|米|公里|里|人|户|台|辆|只|头|株|棵|立方|方|千瓦|瓦|度|字|份|件|条|次|年|月|日|天|号|个|斤|公斤|千克|"
    "袋|张|家|名|页|羽|尾|套|粒|箱|瓶|升|伏|兆|股|倍|分之|火急|大山|里程|册|束|岁|级|层|栋|期|标|院|中|小|路|组|队|眼|口|座"
)
_START = re.compile(rf"[{START}万百千]")
# What stands behind whole yuan; 5万元2分利 is interest.
_CHANGE = (
    rf"(?<![万亿把].)(?:[零〇]?(?P<jiao>[\d{DIGITS}])[角毛])?"
    rf"(?:[零〇]?(?P<fen>[\d{DIGITS}])分(?![之利息红钟]))?"
)
_MONEY = re.compile(
    rf"""
    (?:(?P<low>\d{{1,4}}(?:\.\d{{1,3}})?|[{DIGITS}十]{{1,3}})(?P<own>[万亿]?元?[至到~-]|[、])-?(?=[\d{DIGITS}十]))?
    (?P<number>{CUT_NUMBER}|{NUMBER}|(?<=近|上|过|约|小|余)[百千][万亿]|(?<=余|个|我|要|花|了|钱)[万千百](?=把块))
    [ ]?(?:(?P<unit>万元|亿元|元|块|圆|把块)(?:{_CHANGE})?|(?P<measure>{_MEASURES})|)
    """,
    re.VERBOSE,
)
_ROUGHLY = re.compile(r"(?:将近|大约|大概|约|近|上|超过|小|差不多)$")
_NO_SUM_BEHIND = re.compile(r"(?:[几第好]|(?<![总款额])数|分之|\d\.)$")
_SIGN = re.compile(r"(?:[¥￥]|rmb|cny|人民币)[ :]?$", re.IGNORECASE)
_SCALED = re.compile("[万亿萬億]")
_NAMED = re.compile(r"(?:欠|差|罚款?|罚了|押金|工资|金额|货款|工程款|保证金|[收交]了?)(?:了|我们?|咱们?|:|为|是)*$")
_NOT_A_SUM = re.compile(r"钱?(?:都|也|没)")
_ALONE = re.compile(rf"(?:人民币|rmb|[¥￥])?(?P<number>{NUMBER})(?:[元圆块](?:{_CHANGE})?)?钱?整?", re.IGNORECASE)
# Who types on a telephone writes w for 万 and k for 千; 20W灯 is a lamp, and SN12W45 or 20kw are no sums.
_TYPED = re.compile(
    r"(?<![A-Za-z\d-])(\d{1,9}(?:\.\d{1,4})?)([wWkK])(?=元|\d?(?:$|[\s,.;:。!?、)+])|(?!灯|的?功率|光伏|电)[一-鿿])"
)
_LETTERS = {"w": "万", "k": "千"}
_SCALES = re.compile(r"[十百千万亿]+$")
BEFORE, BEHIND = 36, 24
MOST = 1000  # numbers that are looked at


@dataclass(frozen=True)
class Sum:
    """A sum of money.

    Attributes:
        approximate: the words only say roughly how much.
        role: what it is, one of roles.ROLES.
        total: said to be all of something (合计, 共).
        rest: said to be what is still left (还欠).
    """

    yuan: Decimal
    approximate: bool
    text: str
    start: int
    end: int
    role: str
    total: bool
    rest: bool = False


def sums(text: str, letters: str, taken: Iterable[tuple[int, int]] = ()) -> list[Sum]:
    """The sums of a text in order, but for what stands in the spans that are taken; `letters` in half width."""
    spans = list(taken)
    plain = _in_han(letters)
    found = (_sum(text, plain, match) for match in islice(_matches(plain), MOST))
    return [one for one in found if one and not any(one.start < end and start < one.end for start, end in spans)]


def _in_han(letters: str) -> str:
    """The same with 万 and 千 for the w and k of a sum, one for one."""
    return _TYPED.sub(lambda match: match[1] + _LETTERS[match[2].lower()], letters)


def _matches(letters: str) -> Iterator[re.Match[str]]:
    """Whatever may be a sum; looked for only where a numeral begins, since that is quicker."""
    at = 0
    while (start := _START.search(letters, at)) is not None:
        match = _MONEY.match(letters, start.start())
        at = match.end() if match else start.end()
        if match:
            yield match


def _sum(text: str, letters: str, match: re.Match[str]) -> Sum | None:
    start, end = match.start(), match.end() if match["unit"] else match.end("number")
    before = letters[clause_start(letters, start, BEFORE) : start]
    if not _is_money(match, before, letters[end : end + 3]):
        return None
    value = _yuan(match)
    if value is None or not 0 < value[0] < LARGEST:
        return None
    role, total = role_of(before, letters[end : end + BEHIND])
    about = value[1] or bool(_ROUGHLY.search(before))
    return Sum(value[0], about, text[start:end], start, end, role, total, is_rest(before))


def _is_money(match: re.Match[str], before: str, after: str) -> bool:
    """Whether a number is one of yuan: by its unit, its sign, its size, or what it is called."""
    if _NO_SUM_BEHIND.search(before):
        return False
    if match["unit"]:
        return not (match["number"] in {"一", "1"} and (match["unit"] == "块" or _NOT_A_SUM.match(after)))
    if match["measure"] or match["number"].endswith("个") or after[:1] in {"%", "/", "-", "."}:
        return False
    return bool(_SCALED.search(match["number"]) or _SIGN.search(before) or _NAMED.search(before))


def _yuan(match: re.Match[str]) -> tuple[Decimal, bool] | None:
    """The sum and whether it is rough; of two bounds the lower."""
    words = match["number"]
    if words[0] in "万百千":
        words = f"一{words}"
    if match["unit"] in {"万元", "亿元"}:
        words += match["unit"][0]
    low = match["low"]
    if low:
        words = low + match["own"][0] if match["own"][0] in "万亿" else _lower(low, words)
    found = number(words)
    return (found.value + _change(match), found.about or bool(low) or match["unit"] == "把块") if found else None


def _change(match: re.Match[str]) -> Decimal:
    """The 角 and 分 behind the yuan."""
    small = ((match["jiao"], Decimal("0.1")), (match["fen"], Decimal("0.01")))
    return sum((found.value * worth for words, worth in small if words and (found := number(words))), Decimal(0))


def _lower(low: str, high: str) -> str:
    """8、90万 → 80万, 三到五万 → 三万."""
    scale = _SCALES.search(high)
    tens = re.match(r"\d0", high)
    return low + ("0" if tens and len(low) == 1 else "") + (scale[0] if scale else "")


def alone(text: str) -> Decimal | None:
    """The yuan of a line that says one sum and nothing else: 85.5万, 1,234,567.89元; None where it is less plain."""
    match = _ALONE.fullmatch(_in_han("".join(half(text).split())))
    found = number(match["number"]) if match else None
    return found.value + _change(match) if match and found and not found.about else None


def owed(found: Sequence[Sum]) -> Sum | None:
    """What is owed or claimed, of all sums of a text; None where only a total and a part of it that was paid stand."""
    role = owed_among([one.role for one in found if one.yuan >= LEAST])
    meant = [one for one in found if one.role == role and one.yuan >= LEAST]
    best = max(meant, key=lambda one: (one.rest, one.total, one.yuan), default=None)
    return _added_up(found, best) or best


def _added_up(found: Sequence[Sum], best: Sum | None) -> Sum | None:
    """The sum of several debts: 欠本金210万、利息31万, 共计241万."""
    if best is None or best.role != OWED or best.total or best.rest or any(one.role in {PAID, TOTAL} for one in found):
        return None
    behind = (one for one in found if one.total and one.start > best.end and one.yuan > best.yuan)
    return next(behind, None)
