"""Reading data/seed_clocks.yaml and data/working_days.yaml; every mistake is named with file, line and reason."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from service.deadlines.ladder import ANY, KINDS, REGIMES, RUNGS, STARTS
from service.deadlines.rules import DAY, Calendar, Mark, Span, Term, Uncountable, Unit
from service.seedfile import Row, SeedError, load

NATION = "000000"
MARKS = ("V", "P")
EXTENDERS = ("head", "supervisor")
MOST_EXTENSIONS = 9
CHOICES: Mapping[str, Iterable[str]] = {
    "kind": KINDS,
    "regime": (ANY, *REGIMES),
    "starts": STARTS,
    "mark": MARKS,
}
OPTIONAL: Mapping[str, Any] = {
    "length": None,
    "unit": None,
    "cap": None,
    "longest": None,
    "extendable_by": None,
    "extensions": 1,
    "statutory": False,
}
WORDS = {"code": 40, "name": 60, "basis": 120}  # the most characters that the table takes
NEEDED = (*WORDS, *CHOICES, "ladder")
# Only some families have a term for handing over; every other kind of clock must exist for everybody.
PARTIAL = {"transfer"}


def read_rules(path: Path) -> list[dict[str, Any]]:
    """The clock rules of a file, as rows of the table clock_rules.

    Raises:
        SeedError: an unknown word, a missing length, a cap below the length, a row twice, a kind not for everybody.
    """
    rows = _list(load(path), path)
    for row in rows:
        _check_rule(row)
    _refuse_twins(rows, ("code",))
    _refuse_twins(rows, ("kind", "regime"))
    _check_everybody_has(rows, path)
    return [{**OPTIONAL, **{key: value for key, value in row.items() if key != "fixed"}} for row in rows]


def read_days(path: Path) -> list[dict[str, Any]]:
    """The days of a file that differ from the package's calendar, as rows of the table calendar_days."""
    file = _mapping(load(path), path)
    notices = _mapping(file.get("notices") or {}, path)
    days = [day for year in notices for day in _notice(year, _row(notices, year))]
    return days + [_local_day(row) for row in _list(file.get("places") or [], path)]


def read_hours(path: Path) -> list[dict[str, Any]]:
    """The office hours of a file, as rows of the table office_hours."""
    file = _mapping(load(path), path)
    places = _mapping(file.get("hours") or {}, path)
    return [{"code": str(place), "spans": _checked_spans(places, place)} for place in places]


def spans(written: Iterable[Iterable[str]]) -> tuple[Span, ...]:
    """Office hours from how they are written: [["09:00", "12:00"]].

    Raises:
        ValueError: no times of day, none at all, or not one after the other.
    """
    hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in written)
    return Calendar({}, hours=hours).hours


def marks(days: Iterable[Mapping[str, Any]]) -> dict[date, Mark]:
    """Days as a calendar takes them."""
    return {day["date"]: Mark(day["working"], day["name"]) for day in days}


def _check_rule(row: Row) -> None:
    for key in NEEDED:
        row.need(key)
    for key in row:
        if key not in NEEDED and key not in OPTIONAL and key != "fixed":
            raise row.fail(key, f"不认识的字段 {key}")
    for key in (*WORDS, *CHOICES):
        if not isinstance(row[key], str) or len(row[key]) > WORDS.get(key, 20):
            raise row.fail(key, f"{key} 要写成文字（数字加引号），最多 {WORDS.get(key, 20)} 字")
    for key, known in CHOICES.items():
        _choose(row, key, known)
    _check_flags(row)
    _check_ladder(row)
    if row.get("fixed"):
        _refuse_length(row)
    else:
        _check_term(row)


def _choose(row: Row, key: str, known: Iterable[str]) -> None:
    if row[key] not in list(known):
        raise row.fail(key, f"{key} 不能是 {row[key]}，只能是：{'、'.join(known)}")


def _check_flags(row: Row) -> None:
    for key in ("statutory", "fixed"):
        if not isinstance(row.get(key, False), bool):
            raise row.fail(key, f"{key} 只能是 true 或 false")
    if row.get("extendable_by") is not None:
        _choose(row, "extendable_by", EXTENDERS)
    if type(row.get("extensions", 1)) is not int or not 1 <= row.get("extensions", 1) <= MOST_EXTENSIONS:
        raise row.fail("extensions", f"extensions 要写 1 到 {MOST_EXTENSIONS} 的整数；不能延期的不写 extendable_by")
    if row["mark"] == "V" and not str(row["basis"]).startswith("依据："):
        raise row.fail("basis", "有法律依据（mark: V）的期限，basis 要以“依据：”开头写明条款")
    if row["mark"] == "P" and str(row["basis"]).startswith("依据："):
        raise row.fail("basis", "平台自定的期限（mark: P）不能写成法律依据")


def _check_ladder(row: Row) -> None:
    ladder = row["ladder"]
    if not isinstance(ladder, list) or any(code not in RUNGS for code in ladder):
        raise row.fail("ladder", f"ladder 只能由这些组成：{'、'.join(RUNGS)}")
    if sorted(ladder, key=list(RUNGS).index) != ladder or len(set(ladder)) != len(ladder):
        raise row.fail("ladder", "ladder 要按先后排列，每级一次")


def _refuse_length(row: Row) -> None:
    for key in ("length", "unit", "cap", "longest"):
        if row.get(key) is not None:
            raise row.fail(key, f"期限由上级定（fixed）时不能再写 {key}")


def _check_term(row: Row) -> None:
    """A length, a unit, and a cap and a longest that leave room for them."""
    for key in ("length", "unit"):
        row.need(key)
    _choose(row, "unit", list(Unit))
    for key in ("length", "cap", "longest"):
        if row.get(key) is not None and type(row[key]) is not int:
            raise row.fail(key, f"{key} 要写整数")
    try:
        term = Term(row["length"], Unit(row["unit"]), row.get("cap"))
    except Uncountable as error:
        raise row.fail("length", str(error)) from error
    if row.get("longest") is not None and row["longest"] < term.length:
        raise row.fail("longest", "延长后的期限（longest）短于期限（length）")
    if term.cap and term.cap * (24 if term.unit.in_hours else 1) < term.length:
        raise row.fail("cap", "最长期限（cap）短于期限（length）")


def _refuse_twins(rows: list[Row], keys: tuple[str, ...]) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        value = tuple(row[key] for key in keys)
        if value in seen:
            raise row.fail(keys[0], f"{'、'.join(map(str, value))} 与第 {seen[value]} 行重复")
        seen[value] = row.line


def _check_everybody_has(rows: list[Row], path: Path) -> None:
    """Every kind of clock must exist under every regime, so that nothing is ever without one."""
    there = {(row["kind"], row["regime"]) for row in rows}
    for kind in KINDS:
        missing = [regime for regime in REGIMES if not there & {(kind, regime), (kind, ANY)}]
        if missing and kind not in PARTIAL:
            raise SeedError(path, 1, f"{kind} 缺少适用于 {'、'.join(missing)} 的时限（可加一行 regime: any）")


def _notice(year: Any, row: Row) -> Iterator[dict[str, Any]]:
    """The days of one year's notice; a festival's days are given as first and last."""
    number, rest, worked = str(row.need("notice")), _row(row, "rest"), row.need("worked")
    if not isinstance(year, int) or not isinstance(worked, list):
        raise row.fail("worked", "年份要写成数字，worked 要写成一列日期")
    for name in rest:
        first, last = _span(rest, name)
        for index in range((last - first).days + 1):
            yield _national(row, year, first + index * DAY, False, name, number)
    for day in worked:
        yield _national(row, year, day, True, "调休上班", number)


def _span(rest: Row, name: str) -> tuple[date, date]:
    span = rest[name]
    if not isinstance(span, list) or len(span) != 2 or not all(type(day) is date for day in span):
        raise rest.fail(name, f"{name} 要写成 [第一天, 最后一天]")
    if not 0 <= (span[1] - span[0]).days < 30:
        raise rest.fail(name, f"{name} 的最后一天应在第一天之后一个月内")
    return span[0], span[1]


def _national(row: Row, year: Any, day: Any, working: bool, name: str, number: str) -> dict[str, Any]:
    if type(day) is not date or (day.year != year and (day.year, day.month) != (year - 1, 12)):
        raise row.fail("worked" if working else "rest", f"{day} 不属于 {year} 年的放假安排")
    return _day(NATION, day, working, name, number)


def _local_day(row: Row) -> dict[str, Any]:
    place, day, name = (row.need(key) for key in ("place", "date", "name"))
    if type(day) is not date:
        raise row.fail("date", "日期要写成 2027-01-01")
    if not isinstance(row.get("working"), bool):
        raise row.fail("working", "working 只能是 true 或 false")
    return _day(str(place), day, row["working"], str(name), None)


def _day(place: str, day: date, working: bool, name: str, notice: str | None) -> dict[str, Any]:
    return {
        "code": f"{place}:{day}",
        "place_code": place,
        "date": day,
        "working": working,
        "name": name,
        "notice": notice,
    }


def _checked_spans(places: Row, place: Any) -> list[list[str]]:
    try:
        spans(places[place])
    except (TypeError, ValueError) as error:
        raise places.fail(place, '办公时间要写成 [["09:00", "12:00"], ["14:30", "17:30"]]') from error
    return places[place]


def _list(value: Any, path: Path) -> list[Row]:
    if not isinstance(value, list) or not all(isinstance(row, Row) for row in value):
        raise SeedError(path, 1, "要写成一列条目（每条以 - 开头）")
    return value


def _mapping(value: Any, path: Path) -> Any:
    if not isinstance(value, dict):
        raise SeedError(path, 1, "要写成“名称: 内容”")
    return value


def _row(parent: Row, key: Any) -> Row:
    if not isinstance(parent.get(key), Row):
        raise parent.fail(key, f"{key} 要写成“名称: 内容”")
    return parent[key]
