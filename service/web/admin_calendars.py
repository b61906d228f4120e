"""Calendars as an administrator keeps them: a year day by day, what places decide, office hours, a year's notice."""

import calendar as months
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema as AnySchema

from service import clock
from service.audit import changing
from service.audit.changing import Changeable, Values
from service.casework import recounting
from service.deadlines import editing, notice, places, seeds, terms
from service.deadlines.editing import DAYS, HOURS
from service.deadlines.rules import Mark
from service.deadlines.schemas import TIME
from service.directory import operations as directory
from service.directory.rules import Directory
from service.fields import Choice, Count, Day, Schema, Text
from service.http import needs
from service.web import admin_forms, choices, forms, words, worklists
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field
from service.web.forms import Filled

LAST = 1000
COUNTED_ANEW = "已保存。正在走的时限一小时内按新的日历重新计算，会变的都记入诉求的经过。"
IDLE = "已保存。这一天本来就是这样，不会改变任何期限；上级以后改了安排，这里仍按您写的算。"
WORKING = {"off": "休息", "on": "上班"}
SPAN = re.compile(r"(\d{1,2}[:：]\d{2})\s*[-—–~至到]+\s*(\d{1,2}[:：]\d{2})")
FESTIVAL = re.compile(r"(\S{1,30})\s+(\d{4}-\d{2}-\d{2})(?:\s+(\d{4}-\d{2}-\d{2}))?")

pages = Blueprint("admin_calendars", __name__, url_prefix="/admin/calendars")


class AskedSchema(Schema):
    """Which year of which place a page shows; without a place the nation's."""

    place = Text(most=12)
    year = Count(least=2000, most=2100)


class DaySchema(Schema):
    """A day that is worked or not against what holds otherwise."""

    date = Day(required=True)
    working = Choice(WORKING, required=True)
    name = Text(most=60, required=True)
    notice = Text(most=80, load_default=None)


class HoursText(Text):
    """Office hours as people write them: 9:00—12:00、14:30—17:30."""

    default_error_messages = {"hours": "办公时间要按先后写出起止，例如 09:00—12:00、14:30—17:30。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        spans = [[_time(begin), _time(end)] for begin, end in SPAN.findall(text)]
        if not 1 <= len(spans) <= 6 or not all(TIME.fullmatch(one) for span in spans for one in span):
            raise self.make_error("hours")
        return spans


class HoursSchema(Schema):
    """Office hours; blank for those of the place above."""

    hours = HoursText(most=200, load_default=None)


class Festivals(Text):
    """Days off, a festival a line: name, first day, last day."""

    default_error_messages = {
        "line": "每行写节日、第一天、最后一天，例如：春节 2027-02-05 2027-02-11。这一行读不懂：{line}"
    }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        lines = super()._deserialize(value, *args, **kwargs).splitlines()
        return [self._festival(line.strip()) for line in lines if line.strip()]

    def _festival(self, line: str) -> tuple[str, date, date]:
        found = FESTIVAL.fullmatch(line)
        try:
            if found:
                return found[1], date.fromisoformat(found[2]), date.fromisoformat(found[3] or found[2])
        except ValueError:
            pass
        raise self.make_error("line", line=line[:40])


class Days(Text):
    """Several days, apart by spaces, lines or commas."""

    default_error_messages = {"line": "日期要写成 2027-02-07 这样，用空格隔开。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return [date.fromisoformat(one) for one in re.split(r"[\s、，,]+", text) if one]
        except ValueError as error:
            raise self.make_error("line") from error


class ArrangementSchema(Schema):
    """A year's notice."""

    year = Count(least=2000, most=2100, required=True)
    notice = Text(most=80, required=True)
    rest = Festivals(most=2000, lines=True, required=True)
    worked = Days(most=1000, lines=True, load_default=list)


class PastedSchema(Schema):
    """The same as it was published."""

    year = Count(least=2000, most=2100, required=True)
    text = Text(most=8000, lines=True, required=True)


NOTHING = Filled()
ASKED, DAY, HOURS_FORM, NOTICE, PASTED = AskedSchema(), DaySchema(), HoursSchema(), ArrangementSchema(), PastedSchema()


def _time(written: str) -> str:
    return written.replace("：", ":").zfill(5)


def _hours_text(spans: Sequence[Sequence[str]] | None) -> str:
    return "、".join(f"{begin}—{end}" for begin, end in spans or ())


# --- in words --------------------------------------------------------------------------------------------------------


def _said(value: Any, _book: Directory) -> str:
    """What was written down of a day."""
    if value is None:
        return _("没有单独安排")
    working, name, number = value
    told = _("上班（%(name)s）", name=name) if working else _("休息（%(name)s）", name=name)
    return _("%(told)s，%(notice)s", told=told, notice=number) if number else told


def _day_field(name: str) -> Field:
    return Field(name, words.day(date.fromisoformat(name)), said=_said)


def _desk(of: Changeable, schema: AnySchema, *fields_: Field) -> Desk:
    return Desk(
        pages="admin_calendars", of=of, schema=schema, fields=fields_, list_name="工作日历",
        called=lambda code, _values: code, others=None if fields_ else _day_field,
        did={"day_set": "安排一天", "day_removed": "取消一天的安排", "year_published": "录入全年放假安排",
             "hours_set": "改办公时间"},
    )  # fmt: skip


OF_DAYS = _desk(DAYS, DAY)
OF_HOURS = _desk(
    HOURS, HOURS_FORM, Field("hours", "办公时间", said=lambda value, _b: _hours_text(value) or _("同上级地区"))
)


# --- one year --------------------------------------------------------------------------------------------------------


@pages.get("")
@needs(*READERS)
def listed() -> Any:
    """A year of a place, day by day, with what it wrote down itself."""
    form, given = worklists.asked(ASKED)
    year = given.get("year", clock.local(clock.now()).year)
    return _page(given.get("place", seeds.NATION), year, asked=form)


def _page(
    place: str, year: int, day: Filled | None = None, hours: Filled | None = None, moves: Any = None,
    asked: Filled = NOTHING,
) -> Any:  # fmt: skip
    """The year, with a form as it was filled in where something was wrong with it."""
    book, shown = directory.current(), editing.year_of(place, year)
    own, written = DAYS.read(f"{place}:{year}"), HOURS.read(place)
    return render_template(
        "admin/calendar.html", shown=shown, nation=seeds.NATION, places=choices.places(book), moves=moves, last=LAST,
        months=_months(shown, own), hours_text=_hours_text(shown.hours), labels=LABELS, workings=WORKING,
        day=day or Filled({"working": "off"}), hours=hours or Filled({"hours": _hours_text(written["hours"])}),
        own=[(date.fromisoformat(one), _said(mark, book)) for one, mark in sorted(own.items())],
        of_days=_past(OF_DAYS, f"{place}:{year}", own, day), of_hours=_past(OF_HOURS, place, written, hours),
        may=ADMINISTRATOR in current_user.roles, asked=asked,
    ), (day or hours or asked).status  # fmt: skip


def _past(desk: Desk, code: str, values: Values, form: Filled | None) -> dict[str, Any]:
    """The history of one of the page's two forms, the version it was opened with, and what others changed since."""
    past, book = changing.history(desk.of, code, admin_forms.LAST), directory.current()
    now = changing.version_in(past)
    seen = request.form.get("_version", now, type=int) if form else now
    missed = admin_forms.told(desk, changing.since(seen, past), values, book)
    return {"seen": seen, "now": now, "missed": missed, "history": admin_forms.told(desk, past, values, book)}


LABELS = {"date": "哪一天", "working": "上班还是休息", "name": "名称", "notice": "通知文号", "hours": "办公时间"}


def _months(shown: editing.PlaceYear, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The year as weeks of months; what differs from its weekday is marked with a word."""
    by_day = {one.date: one for one in shown.days}
    return [
        {"first": date(shown.year, month, 1),
         "weeks": [[_cell(by_day[day], own) if day.month == month else None for day in week]
                   for week in months.Calendar().monthdatescalendar(shown.year, month)]}
        for month in range(1, 13)
    ]  # fmt: skip


def _cell(day: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    usual = day.date.weekday() < 5
    mark = "" if day.counted == usual else _("班") if day.counted else _("休")
    return {"day": day.date, "worked": day.counted, "mark": mark, "why": day.reason, "own": day.date.isoformat() in own}


@pages.post("/<place>/<int(min=1951, max=2098):year>/day")
@needs(ADMINISTRATOR)
def set_day(place: str, year: int) -> Any:
    """Let a place work or rest on a day or, by the other button, tell what would move."""

    def values(given: Mapping[str, Any]) -> tuple[str, Values]:
        told = editing.day_values(place, given["date"], given["working"] == "on", given["name"], given["notice"])
        return f"{place}:{given['date'].year}", told

    return _changed(place, year, DAY, DAYS, values)


@pages.post("/<place>/<int(min=1951, max=2098):year>/hours")
@needs(ADMINISTRATOR)
def set_hours(place: str, year: int) -> Any:
    """Give a place its own office hours, or those of the place above it."""

    def values(given: Mapping[str, Any]) -> tuple[str, Values]:
        return place, editing.hours_values(place, given["hours"]) if given["hours"] else {"hours": None}

    return _changed(place, year, HOURS_FORM, HOURS, values)


def _changed(
    place: str, year: int, schema: AnySchema, of: Changeable,
    values: Callable[[Mapping[str, Any]], tuple[str, Values]],
) -> Any:  # fmt: skip
    """Save what one of the page's forms says, or tell what it would move."""
    trying = request.form.get("_do") == admin_forms.TRIAL
    seen = request.form.get("_over", request.form.get("_version", 0, type=int), type=int)

    def operation(given: Mapping[str, Any]) -> Any:
        code, told = values(given)
        if trying:
            return _moves(place, told)
        idle = of is DAYS and editing.is_worked(place, given["date"]) == (given["working"] == "on")
        # A day of another year than the page's stands in a record of its own.
        known = seen if code in {f"{place}:{year}", place} else changing.version(of, code)
        changing.change(of, code, told, known, current_user.login, clock.now())
        return given["date"].year if of is DAYS else year, IDLE if idle else COUNTED_ANEW

    answer = forms.submit(schema, request.form, operation)
    if not isinstance(answer, Filled) and not trying:
        return _saved(place, *answer)
    filled = answer if isinstance(answer, Filled) else Filled(forms.read(request.form))
    moves = None if isinstance(answer, Filled) else answer
    day, hours = (filled, None) if of is DAYS else (None, filled)
    return _page(place, year, day, hours, moves)


def _moves(place: str, values: Values) -> terms.Moves:
    """What other days or hours of a place would do to the limits of the last complaints."""
    revision = directory.current().revision
    hours = {place: values["hours"]} if "hours" in values else {}
    days = {date.fromisoformat(one): Mark(mark[0], mark[1]) if mark else None
            for one, mark in values.items() if one != "hours"}  # fmt: skip
    since = recounting.since_last(LAST)
    only = None if place == seeds.NATION else place
    return terms.calendar_moves(
        lambda chain: places.drafted(chain, {place: days}, hours, revision), only, since, clock.now()
    )


def _saved(place: str, year: int, said: str = COUNTED_ANEW) -> Any:
    flash(_(said), "grass")
    return redirect(url_for("admin_calendars.listed", place=place, year=year))


@pages.post("/<place>/<int(min=1951, max=2098):year>/remove")
@needs(ADMINISTRATOR)
def remove(place: str, year: int) -> Any:
    """Forget what was written down of a day."""
    written = request.form.get("_date", "")
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date(year, 1, 1)
    answer = forms.attempt({}, lambda: editing.remove_day(place, day, current_user.login, clock.now()))
    return _page(place, year, answer) if isinstance(answer, Filled) else _saved(place, year)


@pages.post("/<place>/<int(min=1951, max=2098):year>/undo/<any(day, hours):what>/<int:entry_id>")
@needs(ADMINISTRATOR)
def undo(place: str, year: int, what: str, entry_id: int) -> Any:
    """Take back a change of the year's days or of the office hours."""
    of, code = (DAYS, f"{place}:{year}") if what == "day" else (HOURS, place)
    answer = forms.attempt({}, lambda: changing.undo(of, code, entry_id, current_user.login, clock.now()))
    return _page(place, year, answer) if isinstance(answer, Filled) else _saved(place, year)


# --- a year's notice -------------------------------------------------------------------------------------------------


@pages.get("/notice")
@needs(ADMINISTRATOR)
def ask() -> Any:
    """An empty form for a year's notice."""
    return _notice(Filled({"year": clock.local(clock.now()).year + 1}))


@pages.post("/notice")
@needs(ADMINISTRATOR)
def publish() -> Any:
    """Read the text that was pasted, tell what the days would move or, by the main button, write them down."""
    done = request.form.get("_do", "")
    if done == "read":
        return _read()
    answer = forms.submit(NOTICE, request.form, _tried if done == admin_forms.TRIAL else _published)
    if isinstance(answer, Filled):
        return _notice(answer)
    if done == admin_forms.TRIAL:
        return _notice(Filled(forms.read(request.form)), answer)
    return _saved(seeds.NATION, answer)


def _read() -> Any:
    """The form filled in from the text of the notice."""
    data = forms.read(request.form)
    loaded = forms.load(PASTED, {name: data[name] for name in PASTED.fields if name in data})
    if isinstance(loaded, Filled):
        return _notice(Filled(data, loaded.errors, loaded.message, loaded.status))
    rest, worked = notice.read(loaded["text"], loaded["year"])
    lines = "\n".join(f"{name} {first} {last}" for name, first, last in rest)
    found = {**data, "rest": lines, "worked": " ".join(map(str, worked))}
    missing = {} if rest else {"text": [_("没有读出放假的日子，请看看是不是通知的正文，或在下面直接填写。")]}
    return _notice(Filled(found, missing, status=422 if missing else 200))


def _tried(given: Mapping[str, Any]) -> terms.Moves:
    values = editing.arrangement(given["year"], given["notice"], given["rest"], given["worked"])
    return _moves(seeds.NATION, {day: mark for days in values.values() for day, mark in days.items()})


def _published(given: Mapping[str, Any]) -> int:
    asked = (given["year"], given["notice"], given["rest"], given["worked"])
    editing.publish(*asked, actor=current_user.login, now=clock.now())
    return int(given["year"])


def _notice(form: Filled, moves: Any = None) -> Any:
    return render_template("admin/notice.html", form=form, moves=moves, last=LAST, labels=OF_NOTICE), form.status


OF_NOTICE = {"year": "哪一年的", "text": "通知正文", "notice": "通知文号", "rest": "放假", "worked": "调休上班"}
