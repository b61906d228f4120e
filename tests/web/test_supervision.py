"""The supervisor's desk."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from service.complaints.models import Complaint
from service.db import db, transaction
from service.directory import operations as directory
from service.web import supervision, worklists
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, POLICY, filed, standing, taken, the
from tests.web.test_department import numbers, tabs

At = Callable[..., Browser]
DESK = "/desk/supervision"
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


def test_the_three_numbers_of_the_day_are_those_of_the_lists_behind_them(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        late = filed()
    today, closed = filed(), standing("closed")
    told = figures(supervisor.get(DESK).text)
    behind = {name: set(numbers(supervisor.get(link).text)) for name, (link, _value) in told.items()}
    assert behind == {"今日受理": {today, closed}, "今日办结": {closed}, "现在逾期": {late}}
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
        page = supervisor.get(DESK).text
    assert numbers(page)[0] == order[0]
    assert tabs(page)["已逾期"] == 3
    assert set(numbers(page)) == set(order)


def test_a_supervisor_sees_the_own_places_only(at_desk: At) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        number = filed()
    here, elsewhere = at_desk("supervisor", "150821"), at_desk("supervisor", "150100")
    assert numbers(here.get(DESK).text) == [number]
    page = elsewhere.get(f"{DESK}?show=overdue&desk=department&queue={HEALTH}").text
    assert numbers(page) == []
    assert burdens(page) == []
    assert {value for _link, value in figures(page).values()} == {0}


def test_filters_narrow_the_list_and_not_the_numbers(supervisor: Browser) -> None:
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        filed()
    page = supervisor.get(f"{DESK}?family=policy").text
    assert numbers(page) == []
    assert figures(page)["现在逾期"][1] == 1
    assert "清除筛选" in page


@pytest.mark.parametrize(
    "query", ["show=x", "desk=x", "family=x", "region=x", "cursor=%21", f"queue={'x' * 99}", "show=soon&q=%01"]
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
    assert "这里将列出超过期限还没有办的诉求" in page


RULINGS = {
    "handing_back": (("handing_back",), {}, "退单　认为应由"),
    "consulting": (("consulting",), {}, "会商　说明：周四上午"),
    "extension": (("handling", "ask_extension"), POLICY, "申请延期　申请延到："),
    "redo": (("redo_asked",), {}, "再次申请重办　理由：答复里说的"),
    "suspended": (("suspended",), {}, "挂起　复核日期："),
    "misuse": (("handling", "report_misuse"), {}, "提请认定滥用　理由：所附验收单"),
    "counting": (("closed", "appeal_counting"), {}, "申诉剔除　理由：企业回访时"),
}


@pytest.mark.parametrize("show", RULINGS)
def test_each_ruling_has_a_list_that_tells_what_was_asked(supervisor: Browser, show: str) -> None:
    way, about, said = RULINGS[show]
    number, _other = standing(*way, **about), filed()
    page = supervisor.get(f"{DESK}?show={show}").text
    assert numbers(page) == [number]
    assert said in page
    assert tabs(page)[supervision.LISTS[show].name] == 1
    assert sum(tabs(page)[supervision.LISTS[code].name] for code in RULINGS) == 1


def test_an_appeal_against_misuse_stands_with_the_reports(supervisor: Browser) -> None:
    number = standing("handling", "report_misuse", "rule_misuse", "appeal_misuse")
    page = supervisor.get(f"{DESK}?show=misuse").text
    assert numbers(page) == [number]
    assert "愿意当面核对" in page


def test_an_extension_that_the_law_leaves_to_the_head_is_not_the_supervisors(supervisor: Browser) -> None:
    standing("handling", "ask_extension")
    assert numbers(supervisor.get(f"{DESK}?show=extension").text) == []


def test_what_was_asked_names_nobody_and_runs_no_script(supervisor: Browser) -> None:
    number = standing("dispatched")
    taken(
        number,
        "hand_back",
        reason="<script>alert(1)</script> 请联系13947112233",
        evidence="三定规定。",
        department="150821-education",
    )
    page = supervisor.get(f"{DESK}?show=handing_back").text
    assert numbers(page) == [number]
    assert "<script>alert" not in page
    assert "13947112233" not in page


def test_the_circular_list_is_one_link_away(supervisor: Browser) -> None:
    assert 'href="/desk/supervision/circulars"' in supervisor.get(DESK).text


@pytest.mark.parametrize("length", [1, 20])
def test_a_list_of_rulings_takes_five_statements_whatever_its_rows(
    supervisor: Browser, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for _ in range(length):
        standing("handing_back")
    supervisor.get(f"{DESK}?show=handing_back")
    with counted() as sent:
        page = supervisor.get(f"{DESK}?show=handing_back").text
    assert len(numbers(page)) == length
    assert len(sent) == 5, sent


@pytest.mark.parametrize("length", [1, 60])
def test_the_desk_takes_four_statements_whatever_its_rows(
    supervisor: Browser, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    with time_machine.travel(TUESDAY - timedelta(days=7), tick=False):
        for index in range(length):
            filed(respondent=SCHOOL if index % 2 else None)
    supervisor.get(DESK)
    with counted() as sent:
        page = supervisor.get(DESK).text
    assert len(numbers(page)) == min(length, worklists.ROWS)
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
    assert the(number).title in unescape(supervisor.get(DESK).text)
