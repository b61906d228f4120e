"""The board: the day, places, time, categories, the way of a complaint, what is judged; and what is behind each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from service import clock
from service.complaints import reading
from service.complaints.rules import CHANNELS, STATES
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import NotFound
from service.http import needs
from service.insight import board
from service.insight.board import BLANK, MARKS, Board
from service.insight.grids import DESKS, MEASURES, STEPS, Grid, Options, View
from service.insight.rules import ENOUGH, LESS_IS_BETTER, RATES
from service.insight.schemas import PERIODS, BehindSchema, BoardSchema, asked_of, options_of
from service.insight.views import VIEWS
from service.web import charts, files, words, worklists
from service.web.charts import Addresses
from service.web.forms import Filled
from service.web.speech import told
from service.web.worklists import ROWS, Worklist

pages = Blueprint("board", __name__)
BOARD, BEHIND = BoardSchema(), BehindSchema()
# table → the kind of diagram that shows it best; all others are tables alone
DRAWN = {"trend": "trend", "families": "bars", "leaves": "bars", "funnel": "bars", "departments": "ranges"}
NAMES = {code: name for code, (name, _above, _below) in RATES.items()}
# The wall tells of the last month.
ON_THE_WALL = ("day", "regions", "trend", "judged")


@pages.get("/desk/board", defaults={"view": "day"})
@pages.get("/desk/board/<view>")
@needs(*board.ROLES)
def desk(view: str) -> Any:
    """One page of the board."""
    form, given, one = _asked(BOARD)
    options, count = options_of(given), _view(view)
    found = View(()) if form.errors else count(one, options)
    return render_template(
        "board/page.html", view=view, tabs=_tabs(view, form), form=form, board=one, options=options, found=found,
        tables=[_table(grid, one) for grid in found.grids], choices=_choices(one), filters=_filters(one),
        measures=MEASURES, steps=STEPS, rates=NAMES, less=LESS_IS_BETTER, enough=ENOUGH,
    ), form.status  # fmt: skip


@pages.get("/desk/board/<view>.csv")
@needs(*board.ROLES)
def file(view: str) -> Any:
    """The numbers of one page, all of them, as a table for Excel."""
    form, given, one = _asked(BOARD)
    if form.errors:
        return redirect(url_for("board.desk", view=view, **form.values))
    found = _view(view)(one, replace(options_of(given), page=0))
    kept = [_("%(name)s：%(value)s", name=name, value=value) for name, value, _url in _filters(one)]
    about = [told(VIEWS[view][0]), *kept, _("截至 %(moment)s", moment=words.moment(one.as_of))]
    name = f"{told(VIEWS[view][0])}_{clock.local(one.now):%Y%m%d_%H%M}.csv"
    return files.download(charts.as_csv(found.grids, about), name, "text/csv")


@pages.get("/desk/board/complaints")
@needs(*board.ROLES)
def behind() -> Any:
    """The complaints behind a number."""
    form, given, one = _asked(BEHIND)
    if form.errors:
        return render_template("board/complaints.html", form=form, found=None), form.status
    mark = MARKS[given["figure"]]
    found = board.behind(one, given["figure"], given.get("cursor"), ROWS)
    rows = [_row(complaint, at, holder, mark, one.book) for complaint, at, holder in found.items]
    following = worklists.address(form, cursor=found.following) if found.following else ""
    worklist = Worklist(form, rows, following, worklists.address(form) if given.get("cursor") else "")
    return render_template(
        "board/complaints.html", form=form, found=found, mark=mark, worklist=worklist, board=one, filters=_filters(one)
    )


@pages.get("/desk/board/wall")
@needs(*board.ROLES)
def wall() -> Any:
    """The board for a wall: no names, nothing to scroll; it looks by itself for what is new."""
    return render_template("board/wall.html", **_wall())


@pages.get("/desk/board/wall/now")
@needs(*board.ROLES)
def again() -> Any:
    """What stands on the wall now."""
    return render_template("board/wall_now.html", **_wall())


def _wall() -> dict[str, Any]:
    now, book = clock.now(), directory.current()
    one = board.board(asked_of({}, clock.local(now).date()), current_user, book, now)
    views = {name: VIEWS[name][1](one, Options()) for name in ON_THE_WALL}
    tables = {grid.code: _table(grid, one) for view in views.values() for grid in view.grids}
    return {"board": one, "tables": tables, "usual": views["day"].usual}


def _view(view: str) -> Any:
    if view not in VIEWS:
        raise NotFound(_("看板没有这一页。"))
    return VIEWS[view][1]


def _asked(schema: Schema) -> tuple[Filled, Mapping[str, Any], Board]:
    """What the address asks for; where something is wrong with it, the usual."""
    form, given = worklists.asked(schema)
    now = clock.now()
    asked = asked_of(given, clock.local(now).date())
    return form, given, board.board(asked, current_user, directory.current(), now)


def _table(grid: Grid, one: Board) -> dict[str, Any]:
    """A table as a page shows it, with its diagram or map."""
    addresses = Addresses(url_for("board.behind"), one.asked)
    drawn = charts.drawn(grid, addresses) if grid.code == "regions" and charts.is_map(grid) else None
    return {"grid": grid, "rows": charts.rows(grid, addresses), "map": drawn, "chart": DRAWN.get(grid.code, "")}


def _tabs(view: str, form: Filled) -> list[dict[str, Any]]:
    """The pages, each under the same filters."""
    kept = {name: value for name, value in form.values.items() if name not in {"page", "measure", "step", "rate"}}
    return [
        {"name": told(name), "url": url_for("board.desk", view=code, **kept), "count": None, "current": code == view,
         "late": False}
        for code, (name, _count) in VIEWS.items()
    ]  # fmt: skip


def _choices(one: Board) -> dict[str, Any]:
    """The choices of the filters; departments are offered of the place that is chosen."""
    place, chosen = one.asked.region, one.asked.department
    offices = {row.code: row.name for row in one.book.offices(place)} if place else {}
    if chosen and chosen not in offices:
        offices[chosen] = one.book.departments[chosen].name
    return {
        "period": PERIODS, "family": worklists.families(one.book), "region": worklists.regions(one.reader, one.book),
        "channel": CHANNELS, "department": offices,
        "kind": {code: kind.name for code, kind in one.book.kinds.items() if kind.active},
    }  # fmt: skip


def _filters(one: Board) -> list[tuple[str, str, str]]:
    """What was asked for, in words, and the address without it; a period is always asked for."""
    asked, book = one.asked, one.book
    until = f" {asked.clock:%H:%M}" if asked.clock else ""
    chosen = {
        "region": _place(asked.region, asked.here, book),
        "department": book.departments[asked.department].name if asked.department else "",
        "kind": book.kinds[asked.kind].name if asked.kind else "",
        "family": book.families[asked.family].name if asked.family else "",
        "category": book.categories[asked.category].name if asked.category else "",
        "channel": told(CHANNELS[asked.channel]) if asked.channel else "",
        "blank": told(BLANK[asked.blank]) if asked.blank else "",
        "status": told(STATES[asked.status].name) if asked.status else "",
        "desk": told(DESKS[asked.desk]) if asked.desk else "",
    }
    kept = {**(request.view_args or {}), **request.args.to_dict()}
    here = request.endpoint or ""
    rest = [(told(FILTERS[name]), value, url_for(here, **{**kept, name: None, "here": None, "cursor": None}))
            for name, value in chosen.items() if value]  # fmt: skip
    return [(_("时间"), _("%(since)s 至 %(until)s", since=asked.since, until=f"{asked.until}{until}"), ""), *rest]


def _place(code: str | None, here: bool, book: Directory) -> str:
    if not code:
        return ""
    name = book.places[code].name
    return _("%(place)s本级", place=name) if here else name


FILTERS = {
    "region": "地区", "department": "部门", "kind": "部门种类", "family": "大类", "category": "小类",
    "channel": "来源渠道", "blank": "缺少", "status": "状态", "desk": "岗位",
}  # fmt: skip


def _row(complaint: Any, at: Any, holder: str | None, mark: board.Mark, book: Directory) -> dict[str, Any]:
    """A row of the list; of what happened in a department's turn, when and with whom."""
    argument = ""
    if mark.turn:
        office = book.departments[holder].name if holder else _("没有派给部门")
        argument = _("%(what)s %(at)s，%(office)s", what=told(mark.name), at=words.moment(at), office=office)
    return {**reading.brief(complaint, book), "pending": complaint.pending, "argument": argument,
            "excerpt": reading.excerpt(complaint, (), book), "assignee": complaint.assignee,
            "due_clock": complaint.due_clock}  # fmt: skip
