"""The board's figures as tables: the same numbers for a page, a diagram, a CSV and the API."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, Date, Text, cast, func, literal, null, or_, select, union_all

from service.clock import local
from service.complaints.rules import STATES
from service.db import db
from service.insight import rules
from service.insight.board import JUDGED, MARKS, Asked, Board, count, counts, matching, span
from service.insight.rules import ENOUGH, GRADES, LESS_IS_BETTER, RATES, STAGES, WEIGHTS, Usual
from service.sentences import say

# Beside these words a reader may choose what is counted, by what, and in which order.
MEASURES = {"complaints": "件数", "enterprises": "企业数", "monthly": "月均件数"}
STEPS = {"day": "按日", "week": "按周", "month": "按月"}
DESKS = {"dispatcher": "派单", "department": "部门", "supervisor": "督办", "revisit": "回访"}
WEEKS_BEFORE, PAGE = 8, 40
DAYS_OF_MONTH = 365.25 / 12
MOST_DAYS, MOST_WEEKS = 35, 190
# What counts above the line of the satisfaction rate, and for how much.
SATISFIED = {"fully_satisfied": 1.0, "mostly_satisfied": GRADES["mostly_satisfied"]}
OVERALL = "overall"
TODAY = ("filed", "ended", "ended_solved")
AT_DESKS = ("waiting", "overdue", "soon")


@dataclass(frozen=True)
class Number:
    """How many complaints, and what an address must say to lead to them, beside what was asked; None: no longer."""

    value: int
    of: Mapping[str, Any]


@dataclass(frozen=True)
class Mean:
    """A number by the month; `whole` is all of them."""

    value: float
    whole: Number


@dataclass(frozen=True)
class Share:
    """A rate that is judged, with what it is made of.

    Attributes:
        above: what counts above the line, each with its weight; below: what it is divided by.
    """

    code: str
    above: Sequence[tuple[float, Number]]
    below: Number

    @property
    def numerator(self) -> float:
        """What stands above the line."""
        return sum(weight * number.value for weight, number in self.above)

    @property
    def rate(self) -> float | None:
        """The quotient; None where there is nothing to divide by."""
        return self.numerator / self.below.value if self.below.value else None

    @property
    def is_enough(self) -> bool:
        """Whether there are cases enough to compare it with others."""
        return self.below.value >= ENOUGH

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """Between which rates the true one lies, with 95 % confidence; None where there are no cases."""
        return rules.interval(self.numerator, self.below.value) if self.below.value else None


@dataclass(frozen=True)
class Overall:
    """0.1 response + 0.5 solution + 0.4 satisfaction; None where nobody was asked.

    Attributes:
        is_enough: whether each of the three has cases enough to compare it with others.
    """

    rate: float | None
    is_enough: bool


Cell = Number | Mean | Share | Overall | None


@dataclass(frozen=True)
class Line:
    """A row: a place, a day, a category …; `group` is what it is a part of."""

    code: str
    name: str
    cells: Sequence[Cell]
    group: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: the head of its first column, then those of its cells by code."""

    code: str
    name: str
    lead: str
    heads: Mapping[str, str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Options:
    """How a reader wants it: see MEASURES, STEPS and RATES; `page` counts from 1, 0 is all of them."""

    measure: str = "complaints"
    step: str | None = None
    rate: str = "on_time"
    page: int = 1


@dataclass(frozen=True)
class View:
    """What a page of the board shows.

    Attributes:
        usual: what the same hours brought before, where that is asked.
        step: by which the trend is told; pages: how many there are of departments.
    """

    grids: Sequence[Grid]
    usual: Usual | None = None
    step: str = ""
    pages: int = 1
    notes: Mapping[str, int] = field(default_factory=dict)


# --- the day ---------------------------------------------------------------------------------------------------------


def day(one: Board, _options: Options) -> View:
    """Today's numbers beside the usual ones, and what waits at each desk, in two statements."""
    asked = replace(one.asked, since=one.today, until=one.today, clock=None)
    (found,) = _sums(one, asked)
    today = {"since": one.today, "until": one.today}
    lines = [Line(code, MARKS[code].name, (_number(getattr(found, code), code, **today),)) for code in TODAY]
    before = _before(one, found)
    return View(
        (
            Grid("today", "今日", "", {"count": "件数"}, lines),
            _desks(one),
            Grid("usual", "平时到这个时候的新收", "日期", {"filed": "新收"}, before),
        ),
        rules.usual([line.cells[0].value for line in before if isinstance(line.cells[0], Number)]),
    )  # fmt: skip


def _weeks_before(one: Board) -> list[Asked]:
    """The same weekday in the weeks before, until the same minute."""
    minute = local(one.now).time().replace(second=0, microsecond=0)
    days = [one.today - timedelta(weeks=week) for week in range(1, WEEKS_BEFORE + 1)]
    return [replace(one.asked, since=day, until=day, clock=minute) for day in days]


def _sums(one: Board, asked: Asked) -> list[Any]:
    """Today's numbers and those of the weeks before, of what lies in either."""
    numbers = [func.count().filter(matching(one, code, asked)).label(code) for code in TODAY]
    weeks = _weeks_before(one)
    numbers += [func.count().filter(matching(one, "filed", week)).label(f"week_{at}") for at, week in enumerate(weeks)]
    row, begin = one.rows.c, span(weeks[-1], one.now).since
    query = select(*numbers).where(row.round == 0, or_(row.filed_at >= begin, row.ended_at >= begin))
    return list(db.session.execute(query))


def _before(one: Board, found: Any) -> list[Line]:
    lines = []
    for at, week in enumerate(_weeks_before(one)):
        of = {"since": week.since, "until": week.until, "clock": week.clock}
        number = _number(getattr(found, f"week_{at}"), "filed", **of)
        lines.append(Line(week.since.isoformat(), week.since.isoformat(), (number,)))
    return lines


def _desks(one: Board) -> Grid:
    """What waits at each desk now, whenever it was filed."""
    rows = {row.desk: row for row in counts(one, AT_DESKS, ["desk"], within="waiting") if row.desk}
    lines = [
        Line(code, name, [_number(getattr(rows.get(code), mark, 0), mark, desk=code) for mark in AT_DESKS])
        for code, name in DESKS.items()
    ]
    whole = [_number(sum(getattr(row, mark) for row in rows.values()), mark) for mark in AT_DESKS]
    heads = {mark: MARKS[mark].name for mark in AT_DESKS}
    return Grid("desks", "现在在谁手里", "岗位", heads, [*lines, Line("all", "合计", whole)])


# --- by place --------------------------------------------------------------------------------------------------------


def regions(one: Board, options: Options) -> View:
    """What was filed, by place, in one statement; two where enterprises are counted."""
    found: Counter[str] = Counter()
    for region, value in count(one, "filed", ["region"]):
        found[_unit(one, region)] += value
    enterprises = _enterprises(one) if options.measure == "enterprises" else {}
    months = ((one.asked.until - one.asked.since).days + 1) / DAYS_OF_MONTH
    heads = {"filed": MARKS["filed"].name} | _measured(options.measure)
    lines = []
    for code in _units(one, found):
        whole = _number(found[code], "filed", **_to_unit(one, code))
        more: dict[str, Cell] = {
            "enterprises": replace(whole, value=enterprises.get(code, 0)),
            "monthly": Mean(found[code] / months, whole),
        }
        lines.append(Line(code, _unit_name(one, code), [whole, *(more[head] for head in _measured(options.measure))]))
    return View((Grid("regions", "各地新收", "地区", heads, lines),))


def _measured(measure: str) -> dict[str, str]:
    """The head of what is counted beside complaints."""
    return {} if measure == "complaints" else {measure: MEASURES[measure]}


def _enterprises(one: Board) -> dict[str, int]:
    """How many different enterprises complain in each unit."""
    row = one.rows.c
    units = {code: _unit(one, code) for code in one.book.places}
    codes = (literal(list(units), ARRAY(Text)), literal(list(units.values()), ARRAY(Text)))
    table = func.unnest(*codes).table_valued("region", "unit").render_derived(name="units")
    apart = select(func.coalesce(table.c.unit, "").label("unit"), row.enterprise).distinct()
    apart = apart.select_from(one.rows.outerjoin(table, table.c.region == row.region))
    pairs = apart.where(matching(one, "filed"), row.enterprise.is_not(None)).subquery("pairs")
    found = db.session.execute(select(pairs.c.unit, func.count()).group_by(pairs.c.unit))
    return {unit: value for unit, value in found}  # noqa: C416 - a row is no pair to dict()


def _unit(one: Board, region: str | None) -> str:
    """The part of what was asked for in which a place lies: a league, or a banner of the league; empty: unknown."""
    if region is None or region not in one.book.places:
        return ""
    chain = one.book.chain(region)
    top = one.asked.region if one.asked.region in chain else one.book.region
    return chain[chain.index(top) - 1] if chain[0] != top else top


def _units(one: Board, found: Mapping[str, int]) -> list[str]:
    """All parts that the reader may see anything of, with those beside them in which there is something."""
    top = one.asked.region or one.book.region
    below = (place for place in one.book.places.values() if place.parent == top)
    parts = [row.code for row in below if found.get(row.code) or (row.active and row.code in one.reached)]
    return [*parts, *(code for code in (top, "") if found.get(code))]


def _to_unit(one: Board, code: str) -> dict[str, Any]:
    if not code:
        return {"blank": "region"}
    return {"region": code, "here": code == (one.asked.region or one.book.region) or None}


def _unit_name(one: Board, code: str) -> str:
    if not code:
        return "没有写明"
    name = one.book.places[code].name
    return say("%(place)s本级", place=name) if code == (one.asked.region or one.book.region) else name


# --- over time -------------------------------------------------------------------------------------------------------


def trend(one: Board, options: Options) -> View:
    """What came in, what ended and what was open at the end, by days, weeks or months, in one statement."""
    step = options.step or usual_step(one.asked)
    filed, ended, standing = _daily(one)
    since, until = one.asked.since, min(one.asked.until, one.today)
    lines = []
    for begin, end in buckets(since, until, step):
        came = sum(filed[each] for each in _days(begin, end))
        went = sum(ended[each] for each in _days(begin, end))
        standing += came - went
        of = {"since": begin, "until": end}
        cells = [_number(value, code, **of) for code, value in (("filed", came), ("ended", went), ("open", standing))]
        lines.append(Line(begin.isoformat(), bucket_name(begin, end, step), cells))
    heads = {code: MARKS[code].name for code in ("filed", "ended", "open")}
    return View((Grid("trend", "新收、结束和在办", "时间", heads, lines),), step=step)


def usual_step(asked: Asked) -> str:
    """By what a period is told where nothing else is asked for."""
    days = (asked.until - asked.since).days
    return "day" if days <= MOST_DAYS else "week" if days <= MOST_WEEKS else "month"


def _daily(one: Board) -> tuple[Mapping[date, int], Mapping[date, int], int]:
    """How many were filed and how many ended on each day, and how many were open before the first."""
    row, before = one.rows.c, replace(one.asked, until=one.asked.since - timedelta(days=1))
    came = select(literal("filed"), row.filed_on, func.count()).where(matching(one, "filed")).group_by(row.filed_on)
    went = select(literal("ended"), row.ended_on, func.count()).where(matching(one, "ended")).group_by(row.ended_on)
    open_then = select(literal("open"), cast(null(), Date), func.count()).where(matching(one, "open", before))
    found: dict[str, Counter[date]] = {"filed": Counter(), "ended": Counter()}
    standing = 0
    for code, on, value in db.session.execute(union_all(came, went, open_then)):
        if code == "open":
            standing = value
        else:
            found[code][on] = value
    return found["filed"], found["ended"], standing


def buckets(since: date, until: date, step: str) -> Iterable[tuple[date, date]]:
    """The first and last day of each day, week (from Monday) or month of a period, cut to it."""
    begin = since
    while begin <= until:
        end = min(_last_of(begin, step), until)
        yield begin, end
        begin = end + timedelta(days=1)


def _last_of(day: date, step: str) -> date:
    if step == "week":
        return day + timedelta(days=6 - day.weekday())
    if step == "month":
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day


def bucket_name(begin: date, end: date, step: str) -> str:
    """How a day, week or month is written in figures: 2026-03-02, 2026-03-02/03-08, 2026-03."""
    if step == "month":
        return f"{begin:%Y-%m}"
    return f"{begin}" if step == "day" else f"{begin}/{end:%m-%d}"


def _days(begin: date, end: date) -> Iterable[date]:
    return (begin + timedelta(days=at) for at in range((end - begin).days + 1))


# --- what it is about, and how far it came ---------------------------------------------------------------------------


def families(one: Board, _options: Options) -> View:
    """What was filed, by family and by leaf, in one statement."""
    found = {code or "": value for code, value in count(one, "filed", ["category"])}
    whole: Counter[str] = Counter()
    for code, value in found.items():
        whole[code.partition(".")[0]] += value
    heads = {"filed": MARKS["filed"].name}
    names = {code: family.name for code, family in one.book.families.items()} | {"": "没有类别"}
    lines = [Line(code, names.get(code, code), (_number(whole[code], "filed", **_to_family(code)),)) for code in names
             if whole[code]]  # fmt: skip
    leaves = sorted((code for code in found if code), key=lambda code: (-found[code], code))
    told = [_leaf(one, code, found[code]) for code in leaves]
    grids = (Grid("families", "按大类", "大类", heads, sorted(lines, key=lambda line: -_value(line))),
             Grid("leaves", "按小类", "小类", heads, told))  # fmt: skip
    return View(grids)


def _to_family(code: str) -> dict[str, Any]:
    return {"family": code} if code else {"blank": "category"}


def _leaf(one: Board, code: str, value: int) -> Line:
    leaf = one.book.categories.get(code)
    number = _number(value, "filed", category=code)
    return Line(code, leaf.name if leaf else code, (number,), leaf.family_name if leaf else "")


def funnel(one: Board, _options: Options) -> View:
    """How far what was filed came, and where it ended or waits, in one statement."""
    found = {(stage, status): value for stage, status, value in count(one, "reached_filed", ["stage", "status"])}
    ends = [code for code, state in STATES.items() if not state.desk and any(status == code for _, status in found)]
    heads = {"reached": "走到这一步", "staying": "还在办"} | {code: STATES[code].name for code in ends}
    lines = []
    for at, (code, name) in enumerate(STAGES.items()):
        reached = _number(sum(value for (stage, _), value in found.items() if stage >= at), f"reached_{code}")
        here = {status: value for (stage, status), value in found.items() if stage == at}
        staying = _number(sum(n for status, n in here.items() if STATES[status].desk), f"staying_{code}")
        ended = [_number(here.get(status, 0), f"stayed_{code}", status=status) for status in ends]
        lines.append(Line(code, name, [reached, staying, *ended]))
    return View((Grid("funnel", "从提交到解决", "步骤", heads, lines),))


# --- what is judged --------------------------------------------------------------------------------------------------


def judged(one: Board, _options: Options) -> View:
    """The rates that are judged, in all and by place, in one statement."""
    found: dict[str, Counter[str]] = {}
    for row in counts(one, JUDGED, ["region"]):
        found.setdefault(_unit(one, row.region), Counter()).update({code: getattr(row, code) for code in JUDGED})
    held = {code: numbers for code, numbers in found.items() if numbers.total()}
    total = sum(held.values(), Counter())
    whole = Line("all", "全部", _rates(total, {}))
    heads = _rate_heads()
    units = [code for code in _units(one, dict.fromkeys(held, 1)) if code in held]
    lines = [Line(code, _unit_name(one, code), _rates(held[code], _to_unit(one, code))) for code in units]
    return View((Grid("judged", "考核指标", "", heads, [whole]),
                 Grid("judged_regions", "各地考核指标", "地区", heads, lines)))  # fmt: skip


def departments(one: Board, options: Options) -> View:
    """The rates by department, in one statement: the surest first, those with too few cases last, by name."""
    found = {row.holder: row._mapping for row in counts(one, JUDGED, ["holder"]) if any(row[1:])}
    shares = {code: _rate(options.rate, numbers, {}) for code, numbers in found.items()}
    ordered = sorted(found, key=lambda code: surest(shares[code], _office(one, code)))
    shown = ordered[(options.page - 1) * PAGE : options.page * PAGE] if options.page else ordered
    lines = [Line(code or "", _office(one, code), _rates(found[code], _to_office(code))) for code in shown]
    few = sum(not share.is_enough for share in shares.values())
    return View(
        (Grid("departments", "各部门考核指标", "部门", _rate_heads(), lines),),
        pages=max(1, -(-len(ordered) // PAGE)), notes={"few": few, "all": len(ordered)},
    )  # fmt: skip


def _office(one: Board, code: str | None) -> str:
    return one.book.departments[code].name if code else "没有派给部门"


def _to_office(code: str | None) -> dict[str, Any]:
    return {"department": code} if code else {"blank": "department"}


def surest(share: Share, name: str) -> tuple[bool, float, str]:
    """The order of departments: by what the rate is at least (or at most, where less is better), never by 1 of 1."""
    if not share.is_enough or share.interval is None:
        return True, 0.0, name
    low, high = share.interval
    return False, high if share.code in LESS_IS_BETTER else -low, name


def _rate_heads() -> dict[str, str]:
    return {code: name for code, (name, _, _) in RATES.items()} | {OVERALL: "综合"}


def _rates(numbers: Mapping[str, int], of: Mapping[str, Any]) -> list[Cell]:
    """All rates of some counts, and the overall one."""
    shares = [_rate(code, numbers, of) for code in RATES]
    three = [share for share in shares if share.code in WEIGHTS]
    known = all(share.rate is not None for share in three)
    rate = sum(WEIGHTS[share.code] * (share.rate or 0) for share in three) if known else None
    return [*shares, Overall(rate, all(share.is_enough for share in three))]


def _rate(code: str, numbers: Mapping[str, int], of: Mapping[str, Any]) -> Share:
    _, above, below = RATES[code]
    weights = SATISFIED if above == "satisfied" else {above: 1.0}
    parts = [(weight, _number(numbers[mark], mark, **of)) for mark, weight in weights.items()]
    return Share(code, parts, _number(numbers[below], below, **of))


def _number(value: int, code: str, **of: Any) -> Number:
    return Number(value, {"figure": code, **of})


def _value(line: Line) -> int:
    return line.cells[0].value if isinstance(line.cells[0], Number) else 0


VIEWS: Mapping[str, tuple[str, Callable[[Board, Options], View]]] = {
    "day": ("今日", day),
    "regions": ("地区", regions),
    "trend": ("趋势", trend),
    "families": ("类别", families),
    "funnel": ("流程", funnel),
    "judged": ("考核", judged),
    "departments": ("部门", departments),
}
