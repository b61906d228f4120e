"""The board: every number leads to exactly the complaints behind it, on paper as on the page and on the wall."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from service.db import db, transaction
from service.directory import operations as directory
from service.directory.models import Department
from service.insight.views import VIEWS
from service.web import charts
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, POLICY, filed, standing, taken

At = Callable[..., Browser]
BOARD = "/desk/board"
TUESDAY = datetime(2026, 3, 10, 1, tzinfo=UTC)
PERIOD = "since=2026-02-01&until=2026-03-10"


@pytest.fixture(autouse=True)
def tuesday(app: Flask) -> Iterator[None]:
    """09:00 on Tuesday, 2026-03-10."""
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def supervisor(tuesday: None, at_desk: At) -> Browser:
    """A supervisor of the whole region."""
    return at_desk("supervisor", "150000")


def worked() -> None:
    """Some complaints of the weeks before and of today."""
    with time_machine.travel(TUESDAY - timedelta(days=21), tick=False):
        standing("closed")
        standing("replied", **POLICY)
        number = standing("dispatched")
    with time_machine.travel(TUESDAY - timedelta(days=20), tick=False):
        taken(number, "hand_back", department="150821-education")
        standing("withdrawn", region="150102", respondent=None)
    with time_machine.travel(TUESDAY - timedelta(minutes=5), tick=False):
        filed()
        standing("closed")
        filed(region=None, respondent=None, by_hand=True, body="请问有没有人管一管我们这里的事情，找了几个部门都不管。")


def links(browser: Browser, address: str) -> list[tuple[str, str]]:
    """Address → number, of every number of a page that leads to complaints."""
    return links_in(browser.get(address).text)


def links_in(page: str) -> list[tuple[str, str]]:
    """The same of what a page says."""
    found = re.findall(r'<a[^>]* href="(/desk/board/complaints\?[^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [(unescape(link), _number(inside)) for link, inside in found]


def _number(inside: str) -> str:
    """What stands between the tags: a number alone, or the value of a card or of a tile."""
    value = re.search(r'class="value">([^<]+)<', inside)
    return value[1] if value else re.sub(r"<[^>]+>", "", inside).strip()


def behind(browser: Browser, link: str) -> tuple[int, int, int]:
    """How many complaints a list says to hold, how many stand in it, and of how many enterprises."""
    page = browser.get(link).text
    total, enterprises = re.search(r'data-total="(\d+)"', page), re.search(r"来自 (\d+) 家企业", page)
    assert total
    assert enterprises
    return int(total[1]), len(re.findall(r'<td role="cell" class="which">', page)), int(enterprises[1])


def test_numbers_of_each_page_lead_to_as_many_complaints(supervisor: Browser) -> None:
    worked()
    views = {view: f"{BOARD}/{view}?{PERIOD}" for view in VIEWS if view != "day"}
    seen = set()
    for view, address in (views | {"day": BOARD, "wall": f"{BOARD}/wall"}).items():
        # One of each kind: the API's test follows all of them.
        found = {
            parse_qs(urlsplit(link).query)["figure"][0]: (link, number) for link, number in links(supervisor, address)
        }
        seen |= set(found)
        for link, number in found.values():
            assert behind(supervisor, link)[:2] == (int(number), int(number)), (view, link)
    assert {"filed", "open", "overdue", "reached_solved", "valid", "met_in_time", "hand_backs"} <= seen


def test_enterprises_are_counted_once_and_their_complaints_stand_behind(supervisor: Browser) -> None:
    worked()
    page = supervisor.get(f"{BOARD}/regions?{PERIOD}&measure=enterprises").text
    found = links_in(page[page.index("<tbody>") :])
    for (link, complaints), (same, enterprises) in zip(found[::2], found[1::2], strict=True):
        assert link == same
        assert behind(supervisor, link) == (int(complaints), int(complaints), int(enterprises))
    assert ("5", "1") in zip([n for _, n in found[::2]], [n for _, n in found[1::2]], strict=True)
    monthly = supervisor.get(f"{BOARD}/regions?since=2026-01-10&until=2026-03-10&measure=monthly").text
    assert [number for _, number in links_in(monthly[monthly.index("<tbody>") :])][:2] != []


def test_the_map_shows_the_twelve_and_those_outside_ones_reach_without_a_number(
    supervisor: Browser, at_desk: At
) -> None:
    worked()
    tiles = r'<g class="tile step-(\d)( outside)?" transform'
    assert len(re.findall(tiles, supervisor.get(f"{BOARD}/regions?{PERIOD}").text)) == 12
    of_league = at_desk("supervisor", "150800").get(f"{BOARD}/regions?{PERIOD}").text
    assert sorted(re.findall(tiles, of_league)) == [("0", " outside")] * 11 + [("4", "")]
    # Of what one may not see nothing is said, not even that it is none.
    assert "呼和浩特市</th>" not in of_league
    # A league's own page tells of its banners, without a map.
    assert "五原县" in supervisor.get(f"{BOARD}/regions?{PERIOD}&region=150800").text
    places = {charts.TILES[code][:2] for code in charts.TILES}
    assert len(places) == len(charts.TILES) == 12
    assert set(charts.TILES) == {one.code for one in directory.current().places.values() if one.level == "盟市"}


def test_filters_stand_in_the_address_and_stay_on_every_page(supervisor: Browser) -> None:
    worked()
    page = supervisor.get(f"{BOARD}/families?{PERIOD}&region=150821&family=policy&channel=web").text
    assert dict(links_in(page)).popitem()[1] == "1"
    tab = re.search(r'href="(/desk/board/trend[^"]*)"', page)
    assert tab
    assert {"region=150821", "family=policy", "channel=web", "since=2026-02-01"} <= set(
        unescape(tab[1]).partition("?")[2].split("&")
    )
    assert "去掉“大类”" in page
    assert {number for _, number in links(supervisor, f"{BOARD}/families?{PERIOD}&channel=hotline")} == set()


@pytest.mark.parametrize(
    "query", ["since=2026-03-02&until=2026-03-01", "period=x", "region=x", "rate=x", "step=x", "page=0", "since=1"]
)
def test_what_cannot_be_counted_is_told(supervisor: Browser, query: str) -> None:
    answer = supervisor.get(f"{BOARD}/departments?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert supervisor.get(f"{BOARD}/departments.csv?{query}").status_code == 302


@pytest.mark.parametrize(
    "query", ["", "figure=x", "figure=filed&cursor=x", "figure=filed&clock=25", "figure=filed&here=no"]
)
def test_a_list_that_is_none_is_told(supervisor: Browser, query: str) -> None:
    answer = supervisor.get(f"{BOARD}/complaints?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert supervisor.get(f"{BOARD}/sums").status_code == 404


def test_a_long_list_turns_its_pages(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.board.ROWS", 2)
    worked()
    link, numbers = f"{BOARD}/complaints?figure=filed&{PERIOD}", list[str]()
    while link:
        page = supervisor.get(link).text
        numbers += re.findall(r'<a class="number" href="[^"]+">([^<]+)<', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        link = unescape(following[1]) if following else ""
    assert len(numbers) == len(set(numbers)) == 7


def test_csv_holds_the_numbers_of_the_page_and_no_formulas(supervisor: Browser) -> None:
    worked()
    office = db.session.get(Department, HEALTH)
    assert office
    with transaction():
        name, office.name = office.name, "=HYPERLINK(1)卫生健康委员会"
        directory.bump()
    try:
        answer = supervisor.get(f"{BOARD}/departments.csv?{PERIOD}&rate=signing")
    finally:
        with transaction():
            office.name = name
            directory.bump()
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    head = next(row for row in rows if row[0:1] == ["部门"] and len(row) > 1)
    (line,) = [dict(zip(head, row, strict=True)) for row in rows if row and "HYPERLINK" in row[0]]
    assert line["部门"] == "'=HYPERLINK(1)卫生健康委员会"
    assert (line["签收及时率的分子"], line["签收及时率的分母"]) == ("2.0", "2")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_few_cases_are_not_compared_and_say_so(supervisor: Browser) -> None:
    worked()
    page = supervisor.get(f"{BOARD}/departments?{PERIOD}").text
    assert "件数不够比较" in page
    assert "不够比较，列在最后" in page
    assert "data-low" not in page
    assert re.search(r'<td class="right"[^>]*>[\d.]+%\s*<br><span class="soft">件数不够比较', page)  # the overall one


def test_the_wall_names_no_enterprise_and_can_be_left(supervisor: Browser) -> None:
    worked()
    page = supervisor.get(f"{BOARD}/wall").text
    assert "河套试剂" not in page
    assert f'hx-get="{BOARD}/wall/now" hx-trigger="every 60s"' in page
    assert f'href="{BOARD}" data-exit' in page
    now = supervisor.get(f"{BOARD}/wall/now")
    assert links_in(now.text) == links_in(page)
    # What a page asks by itself does not show that somebody is still there.
    assert "Set-Cookie" not in now.headers


def test_who_has_no_board_is_told(at_desk: At) -> None:
    for view in ("", "/trend", "/trend.csv", "/complaints?figure=filed", "/wall", "/wall/now"):
        assert at_desk("handler", department=HEALTH).get(f"{BOARD}{view}").status_code == 403
    assert at_desk("head", department=HEALTH).get(BOARD).status_code == 200


# The reader, how far the tallies are kept, what is new since, and the numbers.
STATEMENTS = dict.fromkeys(VIEWS, 4) | {"day": 5, "complaints": 6, "wall": 8}


def test_a_page_takes_as_many_statements_however_many_complaints(
    supervisor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for _ in range(2):
        worked()
        for view, statements in STATEMENTS.items():
            last = {"day": "", "complaints": f"/complaints?figure=filed&{PERIOD}"}.get(view, f"/{view}")
            supervisor.get(f"{BOARD}{last}")
            with counted() as sent:
                supervisor.get(f"{BOARD}{last}")
            assert len(sent) == statements, (view, sent)
