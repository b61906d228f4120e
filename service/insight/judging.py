"""What is judged: the rates as the board shows them, in all, by place and by department."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from service.insight import units
from service.insight.board import JUDGED, Board, counts
from service.insight.grids import Cell, Grid, Line, Options, Overall, Share, View, counted
from service.insight.rules import GRADES, LESS_IS_BETTER, RATES, WEIGHTS

# What counts above the line of the satisfaction rate, and for how much.
SATISFIED = {"fully_satisfied": 1.0, "mostly_satisfied": GRADES["mostly_satisfied"]}
OVERALL = "overall"
PAGE = 40


def judged(one: Board, _options: Options) -> View:
    """The rates that are judged, in all and by place, in one statement."""
    found: dict[str, Counter[str]] = {}
    for row in counts(one, JUDGED, ["region"]):
        found.setdefault(units.unit_of(one, row.region), Counter()).update(
            {code: getattr(row, code) for code in JUDGED}
        )
    held = {code: numbers for code, numbers in found.items() if numbers.total()}
    total = sum(held.values(), Counter())
    whole = Line("all", "全部", _rates(total, {}))
    heads = _rate_heads()
    parts = [code for code in units.seen(one, dict.fromkeys(held, 1)) if code in held]
    lines = [Line(code, units.called(one, code), _rates(held[code], units.address(one, code))) for code in parts]
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
    parts = [(weight, counted(numbers[mark], mark, **of)) for mark, weight in weights.items()]
    return Share(code, parts, counted(numbers[below], below, **of))
