"""Days, months, years and lengths of time in a text."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.classifier.facts.letters import half
from service.classifier.facts.numerals import number

_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_N = r"[一二三四五六七八九十]{1,3}"
_YEARS_AGO = {"大前年": 3, "前年": 2, "去年": 1, "今年": 0, "本年": 0, "明年": -1}
_MONTHS_AGO = {"上": 1, "本": 0}
_DAYS_AGO = {"今天": 0, "昨天": 1, "前天": 2}
_DATE = re.compile(
    rf"""
      (?<![-/.\dA-Za-z])(?P<y1>(?:19|20)\d\d)(?P<sep>[./-])(?P<m1>0?[1-9]|1[0-2])(?:(?P=sep)(?P<d1>0?[1-9]|[12]\d|3[01]))?(?![\d.]|万|元|[-/]\d)
    | (?: (?<!\d)(?P<y2>(?:19|20)\d\d)年 | (?P<y3>[一二][九〇零○][〇零○一二三四五六七八九]{{2}})年
        | (?<!\d)(?P<y4>[012]\d)年(?=\d{{1,2}}月|[底初春夏秋冬])
        | (?P<ago>大?前年|去年|今年|本年|明年) )
      (?:度|的)?(?:(?P<m2>1[0-2]|0?[1-9]|{_N}|正|腊)月份?(?:(?P<d2>[12]\d|3[01]|0?[1-9]|{_N})[日号])?)?
    | (?<![\d个])(?P<m3>1[0-2]|0?[1-9]|十[一二]?|[二三四五六七八九])月份?
      (?:(?P<d3>[12]\d|3[01]|0?[1-9]|{_N})[日号]|(?![\d]))
    | (?P<month>上)个?月(?!个)(?:(?P<d4>[12]\d|3[01]|0?[1-9])[日号])? | (?P<this>本月|这个月)
    | (?P<day>昨天|今天|前天)
    | (?<!\d)(?P<y5>(?:19|20)\d\d)(?=[至到~-](?:19|20)\d\d年)
    """,
    re.VERBOSE,
)
_JOINED = re.compile(r"年?(?:底|初|起|份|度)?[至到~-]{1,2}")
_UNITS = {"年": "Y", "月": "M", "天": "D", "日": "D", "周": "W", "星期": "W", "礼拜": "W", "工作日": "D", "自然日": "D"}
_PERIOD = re.compile(
    r"""
    (?<![第\d.一二三四五六七八九十百])(?:(?<![上下大多小])(?P<half>半)(?:个(?P<hm>月)|年)
      |(?P<n>\d{1,4}|[一二三四五六七八九两俩十百]{1,6})(?:[多余来]|几)?
       (?:(?P<unit>个?(?:工作|自然)日|年(?![级度底代初前产会费内])|个[多来]?月|(?<=俩)月|天|日(?=内)|个?[多来]?(?:周(?![岁年])|星期|礼拜))
       (?P<more>半|[零又]?(?P<n2>\d{1,2}|[一二三四五六七八九十两]{1,3})个月)?)(?!前|多?[\d一二两三四五六七八九]))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Date:
    """A date as precise as it was said: 2026, 2026-03, 2026-03-13, or --03-13 where no year was said."""

    date: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Period:
    """A length of time as ISO 8601 has it; `working`: only working days count."""

    length: str
    working: bool
    text: str
    start: int
    end: int


def dates(text: str, letters: str, today: date) -> list[Date]:
    """The dates of a text in order; relative ones as seen from a day."""
    found: list[Date] = []
    for match in _DATE.finditer(letters):
        said = _said(match, today)
        if said is None:
            continue
        here = Date(said, text[match.start() : match.end()].strip(), *match.span())
        found.append(_with_year(here, found[-1], letters) if found else here)
    return found


def impossible(text: str, today: date) -> str:
    """The first day of a text that no calendar has, as it is written there: 4月31日; empty where all are possible."""
    found = _DATE.finditer(half(text))
    return next((match[0].strip() for match in found if _said(match, today) is None), "")


def _said(match: re.Match[str], today: date) -> str | None:
    if match["day"]:
        return (today - timedelta(days=_DAYS_AGO[match["day"]])).isoformat()
    if match["month"] or match["this"]:
        return _shifted(today, _MONTHS_AGO[match["month"] or "本"], match["d4"])
    year = _year(match, today)
    month, day = _count(match["m1"] or match["m2"] or match["m3"]), _count(match["d1"] or match["d2"] or match["d3"])
    return _iso(year, month, day)


def _year(match: re.Match[str], today: date) -> int | None:
    if match["ago"]:
        return today.year - _YEARS_AGO[match["ago"]]
    written = match["y1"] or match["y2"] or match["y5"]
    if written:
        return int(written)
    if match["y3"]:
        return int(match["y3"].translate(_CHINESE))
    return 2000 + int(match["y4"]) if match["y4"] else None


def _count(words: str | None) -> int | None:
    if words in {None, "腊"}:
        return None
    found = number("一" if words == "正" else words or "")
    return int(found.value) if found else None


def _iso(year: int | None, month: int | None, day: int | None) -> str | None:
    """None where no calendar has it."""
    try:
        date(year or 2024, month or 1, day or 1)
    except ValueError:
        return None
    parts = [f"{month:02}"] if month else []
    parts += [f"{day:02}"] if month and day else []
    if year:
        return "-".join([f"{year:04}", *parts])
    return f"--{'-'.join(parts)}" if parts else None


def _shifted(today: date, months: int, day: str | None) -> str | None:
    at = today.year * 12 + today.month - 1 - months
    return _iso(at // 12, at % 12 + 1, int(day) if day else None)


def _with_year(here: Date, before: Date, letters: str) -> Date:
    """12月 in 2022年10月到12月 is of the year said before."""
    joined = here.date.startswith("--") and not before.date.startswith("--")
    if joined and _JOINED.fullmatch(letters, before.end, here.start):
        return replace(here, date=before.date[:4] + here.date[1:])
    return here


def periods(text: str, letters: str, taken: list[Date]) -> list[Period]:
    """The lengths of time of a text in order, but for what stands inside a date."""
    found = (_period(text, match) for match in _PERIOD.finditer(letters))
    return [one for one in found if one and not any(one.start < day.end and day.start < one.end for day in taken)]


def _period(text: str, match: re.Match[str]) -> Period | None:
    place = (text[match.start() : match.end()], *match.span())
    if match["half"]:
        return Period("P15D" if match["hm"] else "P6M", False, *place)
    count = number(match["n"])
    unit = match["unit"].strip("个多来")
    if count is None or (unit == "年" and count.value > 99):
        return None
    return Period(f"P{int(count.value)}{_UNITS[unit]}{_more(match)}", unit == "工作日", *place)


def _more(match: re.Match[str]) -> str:
    """The months behind the years."""
    if not match["more"] or match["unit"] != "年":
        return ""
    rest = number(match["n2"]) if match["n2"] else None
    return f"{int(rest.value)}M" if rest else "6M"
