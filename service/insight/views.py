"""What the board shows: the day, places, time, categories, the way to the end, and what is judged."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ARRAY, Date, Text, cast, func, literal, null, or_, select, union_all

from service.clock import local
from service.complaints.rules import STATES
from service.db import db
from service.insight import judging, rules, units
from service.insight.board import MARKS, Asked, Board, count, counts, matching, span
from service.insight.grids import DESKS, MEASURES, Cell, Grid, Line, Mean, Number, Options, View, counted
from service.insight.rules import STAGES

WEEKS_BEFORE = 8
DAYS_OF_MONTH = 365.25 / 12
MOST_DAYS, MOST_WEEKS = 35, 190
TODAY = ("filed", "ended", "ended_solved")
AT_DESKS = ("waiting", "overdue", "soon")


# --- the day ---------------------------------------------------------------------------------------------------------


def day(one: Board, _options: Options) -> View:
    """Today's numbers beside the usual ones, and what waits at each desk, in two statements."""
    asked = replace(one.asked, since=one.today, until=one.today, clock=None)
    (found,) = _sums(one, asked)
    today = {"since": one.today, "until": one.today}
    lines = [Line(code, MARKS[code].name, (counted(getattr(found, code), code, **today),)) for code in TODAY]
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
        number = counted(getattr(found, f"week_{at}"), "filed", **of)
        lines.append(Line(week.since.isoformat(), week.since.isoformat(), (number,)))
    return lines


def _desks(one: Board) -> Grid:
    """What waits at each desk now, whenever it was filed."""
    rows = {row.desk: row for row in counts(one, AT_DESKS, ["desk"], within="waiting") if row.desk}
    lines = [
        Line(code, name, [counted(getattr(rows.get(code), mark, 0), mark, desk=code) for mark in AT_DESKS])
        for code, name in DESKS.items()
    ]
    whole = [counted(sum(getattr(row, mark) for row in rows.values()), mark) for mark in AT_DESKS]
    heads = {mark: MARKS[mark].name for mark in AT_DESKS}
    return Grid("desks", "现在在谁手里", "岗位", heads, [*lines, Line("all", "合计", whole)])


# --- by place --------------------------------------------------------------------------------------------------------


def regions(one: Board, options: Options) -> View:
    """What was filed, by place, in one statement; two where enterprises are counted."""
    found: Counter[str] = Counter()
    for region, value in count(one, "filed", ["region"]):
        found[units.unit_of(one, region)] += value
    enterprises = _enterprises(one) if options.measure == "enterprises" else {}
    months = ((one.asked.until - one.asked.since).days + 1) / DAYS_OF_MONTH
    heads = {"filed": MARKS["filed"].name} | _measured(options.measure)
    lines = []
    for code in units.seen(one, found):
        whole = counted(found[code], "filed", **units.address(one, code))
        more: dict[str, Cell] = {
            "enterprises": replace(whole, value=enterprises.get(code, 0)),
            "monthly": Mean(found[code] / months, whole),
        }
        lines.append(Line(code, units.called(one, code), [whole, *(more[head] for head in _measured(options.measure))]))
    return View((Grid("regions", "各地新收", "地区", heads, lines),))


def _measured(measure: str) -> dict[str, str]:
    """The head of what is counted beside complaints."""
    return {} if measure == "complaints" else {measure: MEASURES[measure]}


def _enterprises(one: Board) -> dict[str, int]:
    """How many different enterprises complain in each unit."""
    row = one.rows.c
    lying = {code: units.unit_of(one, code) for code in one.book.places}
    codes = (literal(list(lying), ARRAY(Text)), literal(list(lying.values()), ARRAY(Text)))
    table = func.unnest(*codes).table_valued("region", "unit").render_derived(name="units")
    apart = select(func.coalesce(table.c.unit, "").label("unit"), row.enterprise).distinct()
    apart = apart.select_from(one.rows.outerjoin(table, table.c.region == row.region))
    pairs = apart.where(matching(one, "filed"), row.enterprise.is_not(None)).subquery("pairs")
    found = db.session.execute(select(pairs.c.unit, func.count()).group_by(pairs.c.unit))
    return {unit: value for unit, value in found}  # noqa: C416 - a row is no pair to dict()


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
        cells = [counted(value, code, **of) for code, value in (("filed", came), ("ended", went), ("open", standing))]
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
    lines = [Line(code, names.get(code, code), (counted(whole[code], "filed", **_to_family(code)),)) for code in names
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
    number = counted(value, "filed", category=code)
    return Line(code, leaf.name if leaf else code, (number,), leaf.family_name if leaf else "")


def funnel(one: Board, _options: Options) -> View:
    """How far what was filed came, and where it ended or waits, in one statement."""
    found = {(stage, status): value for stage, status, value in count(one, "reached_filed", ["stage", "status"])}
    ends = [code for code, state in STATES.items() if not state.desk and any(status == code for _, status in found)]
    heads = {"reached": "走到这一步", "staying": "还在办"} | {code: STATES[code].name for code in ends}
    lines = []
    for at, (code, name) in enumerate(STAGES.items()):
        reached = counted(sum(value for (stage, _), value in found.items() if stage >= at), f"reached_{code}")
        here = {status: value for (stage, status), value in found.items() if stage == at}
        staying = counted(sum(n for status, n in here.items() if STATES[status].desk), f"staying_{code}")
        ended = [counted(here.get(status, 0), f"stayed_{code}", status=status) for status in ends]
        lines.append(Line(code, name, [reached, staying, *ended]))
    return View((Grid("funnel", "从提交到解决", "步骤", heads, lines),))


def _value(line: Line) -> int:
    return line.cells[0].value if isinstance(line.cells[0], Number) else 0


VIEWS: Mapping[str, tuple[str, Callable[[Board, Options], View]]] = {
    "day": ("今日", day),
    "regions": ("地区", regions),
    "trend": ("趋势", trend),
    "families": ("类别", families),
    "funnel": ("流程", funnel),
    "judged": ("考核", judging.judged),
    "departments": ("部门", judging.departments),
}
