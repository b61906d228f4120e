"""The supervisor's page of hot spots."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from service.directory import operations as directory
from tests.factories import SERIAL
from tests.intake.conftest import MORNING
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import filed
from tests.web.test_department import numbers

At = Callable[..., Browser]
DESK = "/desk/supervision/hotspots"
PLANTED = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def tuesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def supervisor(tuesday: None, at_desk: At) -> Browser:
    return at_desk("supervisor", "150800")


def complained_of(name: str, enterprises: int = 3) -> set[str]:
    """The numbers of complaints of different enterprises about one respondent."""
    return {
        filed(enterprise={"name": f"草原{next(SERIAL)}号商贸有限公司"}, respondent={"name": name, "kind": "private"})
        for _ in range(enterprises)
    }


def links(page: str) -> dict[str, str]:
    """Name → where it leads, of each hot spot."""
    found = re.findall(rf'<th scope="row"><a href="({DESK}/\w+)">([^<]+)</a>', page)
    return {name: link for link, name in found}


def test_a_hot_spot_leads_to_its_complaints_by_an_address_that_names_nobody(supervisor: Browser) -> None:
    expected, _other = complained_of("兴安建设有限公司"), complained_of("河套房产有限公司", 2)
    told = links(supervisor.get(DESK).text)
    assert list(told) == ["兴安建设有限公司"]
    page = supervisor.get(told["兴安建设有限公司"]).text
    assert set(numbers(page)) == expected
    assert "3 家" in page


def test_what_is_unusual_is_told_and_few_cases_are_not_made_much_of(supervisor: Browser) -> None:
    with time_machine.travel(MORNING - timedelta(days=14), tick=False):
        complained_of("河套房产有限公司", 2)
    complained_of("兴安建设有限公司", 6)
    complained_of("河套房产有限公司")
    page = supervisor.get(DESK).text
    assert list(links(page)) == ["兴安建设有限公司", "河套房产有限公司"]
    assert "此前 1 周平均每周 0.0 件；以 95% 的把握，至少是平时的" in page
    assert "此前 1 周平均每周 2.0 件；件数少，还不能说比平时多" in page


def test_a_quiet_week_says_so_and_what_is_no_longer_hot_where_to_look(supervisor: Browser) -> None:
    with time_machine.travel(MORNING - timedelta(days=8), tick=False):
        complained_of("兴安建设有限公司")
    assert "最近七天没有热点" in supervisor.get(DESK).text
    answer = supervisor.get(f"{DESK}/0123456789abcdef")
    assert answer.status_code == 404
    assert "请回到热点列表" in answer.text


def test_a_long_list_turns_its_pages(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.hotspots.ROWS", 2)
    expected = complained_of("兴安建设有限公司")
    (link,) = links(supervisor.get(DESK).text).values()
    first = supervisor.get(link).text
    following = re.search(r'href="([^"]+cursor=[^"]+)" rel="next"', first)
    assert following
    assert {*numbers(first), *numbers(supervisor.get(following[1]).text)} == expected


@pytest.mark.parametrize("spots", [1, 3])
def test_the_page_takes_five_statements_however_many(
    supervisor: Browser, monkeypatch: pytest.MonkeyPatch, spots: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for serial in range(spots):
        complained_of(f"第{serial}建设有限公司")
    supervisor.get(DESK)
    with counted() as sent:
        assert len(links(supervisor.get(DESK).text)) == spots
    assert len(sent) == 5, sent


def test_planted_text_shows_as_text(supervisor: Browser) -> None:
    complained_of(PLANTED + "公司")
    page = supervisor.get(DESK).text
    assert PLANTED not in page
    assert len(re.findall(rf"{DESK}/[0-9a-f]{{16}}", page)) == 1


def test_nobody_else_opens_it(at_desk: At) -> None:
    assert at_desk("operator", "150800").get(DESK).status_code == 403
