"""Calendars at the administrator's desk: a year at a glance, days, hours, a year's notice, and what would move."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.audit import changing
from service.db import db, transaction
from service.deadlines.editing import DAYS, HOURS
from service.deadlines.models import CalendarDay, OfficeHours
from service.directory import operations as directory
from service.intake import operations as intake
from tests.deadlines.test_notice import TEXT
from tests.kept import kept
from tests.routing.orders import NOON, OWED
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
YEARS, HERE = "/admin/calendars", "/admin/calendars?place=150821&year=2026"
FESTIVAL = {"date": "2026-03-11", "working": "off", "name": "那达慕放假"}


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), kept(CalendarDay, OfficeHours):
        yield


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def put(admin: Browser, what: str = "day", place: str = "150821", **said: Any) -> Any:
    of, code = (DAYS, f"{place}:2026") if what == "day" else (HOURS, place)
    form = {"_version": str(changing.version(of, code)), **(FESTIVAL if what == "day" else {}), **said}
    return admin.post(f"{YEARS}/{place}/2026/{what}", form)


def filed() -> None:
    with transaction():
        intake.file_complaint(OWED, Reader(), clock.now())


def last(of: Any, code: str) -> int:
    return changing.history(of, code, 1)[0].id


def test_a_year_shows_each_day_with_what_differs_and_why(admin: Browser) -> None:
    page = unescape(admin.get(YEARS).text)
    assert "全国 2026 年工作日历" in page
    assert re.search(r'<td class="worked[^"]*" title="调休上班">14<span class="mark">班</span>', page)
    assert re.search(r'title="春节假期">17<span class="mark">休</span>', page)
    assert "还没有公布或录入" in admin.get(f"{YEARS}?year=2031").text
    assert admin.get(f"{YEARS}?place=nowhere").status_code == 404
    wrong = admin.get(f"{YEARS}?year=12")
    assert (wrong.status_code, 'href="#f-year"' in wrong.text) == (422, True)


def test_a_day_that_is_so_anyway_is_told_and_one_of_another_year_is_shown_there(admin: Browser) -> None:
    sunday = admin.get(put(admin, date="2026-03-15").headers["Location"]).text
    assert "这一天本来就是这样" in sunday
    other = put(admin, date="2027-03-15")
    assert "year=2027" in other.headers["Location"]
    assert "按新的日历重新计算" in admin.get(other.headers["Location"]).text


def test_a_place_takes_a_day_off_and_gets_it_back_by_undo_or_by_its_button(admin: Browser) -> None:
    assert put(admin).status_code == 302
    page = unescape(admin.get(HERE).text)
    for words in ("休息（那达慕放假）", 'title="地方放假日：那达慕放假">11<span class="mark">休</span>',
                  "3月11日：没有单独安排 → 休息（那达慕放假）"):  # fmt: skip
        assert words in page, words
    entry = last(DAYS, "150821:2026")
    assert admin.post(f"{YEARS}/150821/2026/undo/day/{entry}").status_code == 302
    assert "单独安排的日子</h2>" not in admin.get(HERE).text
    again = admin.post(f"{YEARS}/150821/2026/undo/day/{entry}")
    assert (again.status_code, "后来又改过" in again.text) == (409, True)
    put(admin)
    assert admin.post(f"{YEARS}/150821/2026/remove", {"_date": "2026-03-11"}).status_code == 302
    assert admin.post(f"{YEARS}/150821/2026/remove", {"_date": "x"}).status_code == 404
    assert DAYS.read("150821:2026") == {}


def test_what_would_move_is_told_before_anything_is_saved(admin: Browser) -> None:
    filed()
    page = unescape(put(admin, _do="trial").text)
    found = re.search(r"到期时间会变的 (\d+) 个", page)
    assert found
    assert int(found[1]) > 0
    assert DAYS.read("150821:2026") == {}
    assert "没有可以试算的" in put(admin, place="150100", _do="trial").text
    assert "到期时间会变的" in put(admin, "hours", hours="8:00-12:00 14:00-18:00", _do="trial").text
    assert HOURS.read("150821") == {"hours": None}


@pytest.mark.parametrize(("what", "place", "said", "sentence"), [
    ("day", "150821", {"date": "tomorrow"}, "日期应当写成"),
    ("day", "150821", {"name": ""}, "这一项必须填写"),
    ("day", "000000", {}, "请填写国务院办公厅通知的文号"),
    ("hours", "150821", {"hours": "全天"}, "办公时间要按先后写出起止"),
    ("hours", "150821", {"hours": "14:00-18:00、9:00-12:00"}, "互不重叠"),
])  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field(
    admin: Browser, what: str, place: str, said: dict[str, str], sentence: str
) -> None:
    answer = put(admin, what, place, **said)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_office_hours_are_written_as_people_do_and_given_up_by_a_blank(admin: Browser) -> None:
    assert put(admin, "hours", hours="8：30至12：00，14:30—18:00").status_code == 302
    assert HOURS.read("150821") == {"hours": [["08:30", "12:00"], ["14:30", "18:00"]]}
    page = unescape(admin.get(HERE).text)
    assert "办公时间：同上级地区 → 08:30—12:00、14:30—18:00" in page
    assert put(admin, "hours", hours="").status_code == 302
    assert HOURS.read("150821") == {"hours": None}
    assert admin.post(f"{YEARS}/150821/2026/undo/hours/{last(HOURS, '150821')}").status_code == 302
    assert HOURS.read("150821")["hours"]


def test_who_did_not_see_anothers_change_is_shown_it_first(admin: Browser) -> None:
    put(admin)
    answer = admin.post(f"{YEARS}/150821/2026/day", {**FESTIVAL, "date": "2026-03-12", "_version": "0"})
    page = unescape(answer.text)
    assert answer.status_code == 412
    assert "没有单独安排 → 休息（那达慕放假）" in page
    over = re.search(r'name="_over" value="(\d+)"', page)
    assert over
    said = {**FESTIVAL, "date": "2026-03-12", "_version": "0", "_over": over[1]}
    assert admin.post(f"{YEARS}/150821/2026/day", said).status_code == 302


def test_a_years_notice_is_read_from_its_text_tried_and_kept(admin: Browser) -> None:
    filed()
    asked = {"year": "2031", "text": TEXT, "_do": "read"}
    page = unescape(admin.post(f"{YEARS}/notice", asked).text)
    for words in ("清明节 2031-04-05 2031-04-05", "2031-01-04 2031-01-19"):
        assert words in page, words
    nothing = admin.post(f"{YEARS}/notice", {**asked, "text": "明天放假"})
    assert (nothing.status_code, "没有读出放假的日子" in nothing.text) == (422, True)
    year = {"year": "2027", "notice": "某发〔2026〕9号", "rest": "元旦 2027-01-01 2027-01-03", "worked": "2027-01-09"}
    assert "到期时间会变的 0 个" in admin.post(f"{YEARS}/notice", {**year, "_do": "trial"}).text
    assert admin.post(f"{YEARS}/notice", year).status_code == 302
    shown = unescape(admin.get(f"{YEARS}?year=2027").text)
    assert ("录入全年放假安排" in shown, "还没有公布或录入" in shown, "某发〔2026〕9号" in shown) == (True, False, True)
    entry = last(DAYS, "000000:2027")
    assert admin.post(f"{YEARS}/000000/2027/undo/day/{entry}").status_code == 302
    assert "还没有公布或录入" in admin.get(f"{YEARS}?year=2027").text


@pytest.mark.parametrize(("said", "sentence"), [
    ({"rest": "元旦到初三"}, "这一行读不懂：元旦到初三"), ({"rest": "元旦 2027-13-01"}, "这一行读不懂"),
    ({"worked": "明天"}, "日期要写成"), ({"worked": "2027-01-08"}, "本来就是工作日"), ({"notice": ""}, "必须填写"),
])  # fmt: skip
def test_a_notice_that_cannot_be_is_told_beside_its_field(admin: Browser, said: dict[str, str], sentence: str) -> None:
    year = {"year": "2027", "notice": "某发〔2026〕9号", "rest": "元旦 2027-01-01 2027-01-03", **said}
    answer = admin.post(f"{YEARS}/notice", year)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_auditors_read_and_others_do_not(at_desk: At) -> None:
    auditor = at_desk("auditor")
    assert "工作日历" in auditor.get(HERE).text
    paths = ("150821/2026/day", "150821/2026/hours", "150821/2026/remove", "150821/2026/undo/day/1", "notice")
    assert {auditor.post(f"{YEARS}/{path}").status_code for path in paths} == {403}
    assert at_desk("supervisor", "150000").get(YEARS).status_code == 403


@pytest.mark.parametrize(("path", "most"), [(HERE, 5), (f"{YEARS}/notice", 1)])
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for day in (11, 12):
        admin.get(path)
        with counted() as sent:
            assert admin.get(path).status_code == 200
        assert len(sent) == most, sent
        put(admin, date=f"2026-03-{day}")
        db.session.rollback()
