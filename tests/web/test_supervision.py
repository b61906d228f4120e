"""The supervisor's desk: its lists, its numbers, and who is late."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from service.casework.models import Letter
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.directory import operations as directory
from service.web import supervision
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, filed, standing, taken, the
from tests.web.test_department import numbers, tabs

At = Callable[..., Browser]
DESK = "/desk/supervision"
LATE = f"{DESK}?show=overdue"
SCHOOL = {"name": "五原县第九小学", "kind": "institution"}
TUESDAY = datetime(2026, 3, 10, 1, tzinfo=UTC)


def figures(page: str) -> dict[str, tuple[str, int]]:
    """Name → where it leads and its value."""
    found = re.findall(r'<a class="figure[^"]*" href="([^"]+)"><span>(\S+)</span><span class="value">(\d+)', page)
    return {name: (unescape(link), int(value)) for link, name, value in found}


def burdens(page: str) -> list[tuple[str, str]]:
    """Link and what it says, for each number of the table."""
    found = re.findall(r'<a class="(?:brick|amber)" href="([^"]+)" aria-label="([^"]+)"', page)
    return [(unescape(link), said) for link, said in found]


@pytest.fixture(autouse=True)
def tuesday(app: Flask) -> Iterator[None]:
    """09:00 on Tuesday, 2026-03-10."""
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def supervisor(tuesday: None, at_desk: At) -> Browser:
    """A supervisor of the league."""
    return at_desk("supervisor", "150800")


def test_the_numbers_of_the_day_are_those_of_the_lists_behind_them(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        late = filed()
    today, closed = filed(), standing("closed")
    told = figures(supervisor.get(DESK).text)
    behind = {name: set(numbers(supervisor.get(link).text)) for name, (link, _value) in told.items()}
    assert behind == {"待裁定": set(), "今日受理": {today, closed}, "今日办结": {closed}, "已逾期": {late}}
    assert {name: value for name, (_link, value) in told.items()} == {name: len(of) for name, of in behind.items()}


def test_the_day_begins_at_midnight_here(supervisor: Browser) -> None:
    for minutes in (-1, 1):
        with time_machine.travel(datetime(2026, 3, 9, 16, tzinfo=UTC) + timedelta(minutes=minutes), tick=False):
            number = filed()
    assert numbers(supervisor.get(f"{DESK}?show=accepted").text) == [number]


def test_who_is_late_stands_in_the_table_and_each_number_leads_to_its_complaints(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        late = {filed(), filed()}
        school = filed(respondent=SCHOOL)
    with time_machine.travel(TUESDAY + timedelta(hours=1), tick=False):
        soon = filed()
        page = supervisor.get(DESK).text
        told = {said: set(numbers(supervisor.get(link).text)) for link, said in burdens(page)}
    assert told == {
        "五原县卫生健康委员会 已逾期 2 件": late,
        "五原县卫生健康委员会 两天内到期 1 件": {soon},
        "五原县教育局 已逾期 1 件": {school},
    }


def test_what_waits_at_another_desk_is_late_there_and_not_with_the_department(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=7), tick=False):
        standing("replied")
    page = supervisor.get(DESK).text
    assert [said for _link, said in burdens(page)] == ["五原县（回访） 已逾期 1 件"]


def test_the_longest_overdue_stands_first(supervisor: Browser) -> None:
    order = []
    for days in (3, 2, 1):
        with time_machine.travel(TUESDAY - timedelta(days=days), tick=False):
            order.append(filed())
    with time_machine.travel(TUESDAY + timedelta(hours=7), tick=False):
        page = supervisor.get(LATE).text
    assert numbers(page)[0] == order[0]
    assert tabs(page)["已逾期"] == 3
    assert set(numbers(page)) == set(order)


def test_a_supervisor_sees_the_own_places_only(at_desk: At) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        number = filed()
    here, elsewhere = at_desk("supervisor", "150821"), at_desk("supervisor", "150100")
    assert numbers(here.get(LATE).text) == [number]
    page = elsewhere.get(f"{DESK}?show=overdue&desk=department&queue={HEALTH}").text
    assert numbers(page) == []
    assert burdens(page) == []
    assert {value for _link, value in figures(page).values()} == {0}


def test_filters_narrow_the_list_and_not_the_numbers(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        filed()
    page = supervisor.get(f"{LATE}&family=policy").text
    assert numbers(page) == []
    assert figures(page)["已逾期"][1] == 1
    assert "清除筛选" in page


@pytest.mark.parametrize(
    "query",
    ["show=x", "kind=x", "desk=x", "family=x", "region=x", "cursor=%21", f"queue={'x' * 99}", "show=soon&q=%01"],
)
def test_a_filter_that_is_none_is_told_and_no_list_is_shown(supervisor: Browser, query: str) -> None:
    answer = supervisor.get(f"{DESK}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_number_typed_into_the_search_leads_straight_to_its_complaint(supervisor: Browser) -> None:
    number = filed()
    assert supervisor.get(f"{DESK}?q={number}").headers["Location"] == f"/desk/complaints/{number}"


def test_a_quiet_day_says_so(supervisor: Browser) -> None:
    page = supervisor.get(DESK).text
    assert "没有单位逾期" in page
    assert "这里将列出等您裁定的退单" in page


def test_the_circular_list_is_one_link_away(supervisor: Browser) -> None:
    assert 'href="/desk/supervision/circulars"' in supervisor.get(DESK).text


def test_a_list_takes_four_statements(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    with time_machine.travel(TUESDAY - timedelta(days=7), tick=False):
        late = {filed(), filed(respondent=SCHOOL)}
    supervisor.get(LATE)
    with counted() as sent:
        page = supervisor.get(LATE).text
    assert set(numbers(page)) == late
    assert len(sent) == 4, sent


def test_a_long_table_of_units_is_cut_and_says_so(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "MOST_HANDS", 2)
    monkeypatch.setattr(supervision, "SHOWN_HANDS", 1)
    with time_machine.travel(TUESDAY - timedelta(days=7), tick=False):
        late = [filed() for _ in range(3)]
        with transaction():
            for number, code in zip(late, ("150821-health", "150821-education", "150821-finance"), strict=True):
                db.session.query(Complaint).filter_by(number=number).update({"queue_code": code})
    page = supervisor.get(DESK).text
    assert len(burdens(page)) == 2
    assert "其余 1 个单位（只列到第 2 个）" in page


def test_planted_text_shows_as_text(supervisor: Browser) -> None:
    planted = "<script>alert(1)</script>"
    with time_machine.travel(TUESDAY - timedelta(days=7), tick=False):
        number = filed(title=planted, enterprise={"name": planted, "size": "small"})
        taken(number, "sign")
    for path in (DESK, f"{DESK}?q={planted}", f"{DESK}?desk=department&queue={planted}", f"{DESK}?show={planted}"):
        assert "<script>alert" not in supervisor.get(path).text
    assert the(number).title in unescape(supervisor.get(LATE).text)


# --- pressing a department -------------------------------------------------------------------------------------------


def press(somebody: Browser, action: str, department: str = HEALTH, **said: str) -> str:
    """Press a department by the button in its row; gives the page after it."""
    answer = somebody.post(f"{DESK}/departments/{action}", {"department": department, **said})
    return somebody.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def done_to(number: str) -> list[str]:
    """The steps that were taken on a complaint."""
    return [event.action for event in db.session.query(Event).filter_by(complaint_id=the(number).id)]


def test_one_press_orders_a_department_to_work_on_all_that_is_overdue(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        late, school = [filed(), filed()], filed(respondent=SCHOOL)
    page = press(supervisor, "supervise", demand="请今天办。")
    assert "「督办」办好了 2 件。" in page
    assert ["supervise" in done_to(number) for number in (*late, school)] == [True, True, False]
    assert [letter.demand for letter in db.session.query(Letter)] == ["请今天办。"] * 2


def test_who_was_pressed_today_is_not_pressed_again(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        filed()
    press(supervisor, "supervise")
    assert "24 小时内都已经督促过" in press(supervisor, "supervise")
    assert [letter.demand for letter in db.session.query(Letter)] == [supervision.PRESSED["supervise"][1]]


def test_one_press_calls_on_a_department_to_hurry_with_what_is_due_soon(supervisor: Browser) -> None:
    soon = filed()
    assert "「催办」办好了 1 件。" in press(supervisor, "press")
    assert done_to(soon)[-1] == "press"
    assert db.session.query(Letter).count() == 0


@pytest.mark.parametrize(("action", "department", "status"), [
    ("supervise", "", 422), ("press", "150821-nothing", 422), ("close", HEALTH, 404),
])  # fmt: skip
def test_a_press_on_nobody_is_refused(supervisor: Browser, action: str, department: str, status: int) -> None:
    assert supervisor.post(f"{DESK}/departments/{action}", {"department": department}).status_code == status


def test_nobody_presses_a_department_elsewhere(at_desk: At) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        late = filed()
    press(at_desk("supervisor", "150100"), "supervise")
    assert "supervise" not in done_to(late)
