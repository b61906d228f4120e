"""Hot spots of a week, against complaints whose every fact is known."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from service import clock
from service.accounts.rules import Reader
from service.directory import operations as directory
from service.insight import hotspots
from service.insight.hotspots import Hotspot
from service.insight.rules import Rise, Word, joined, label
from tests.factories import People
from tests.intake import texts
from tests.intake.conftest import MORNING
from tests.statements import counted
from tests.web.cases import filed

A_DAY = timedelta(days=1)
BUILDER = {"name": "兴安建设集团有限公司", "kind": "private"}
# What has nothing in common with the others and names no respondent.
OTHERS = (texts.NEIGHBOURS, texts.INQUIRY, texts.POWER, texts.REFUND, texts.PROMISE)


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    """A Tuesday morning, standing still until a test moves on."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def supervisor(people: People) -> Reader:
    return people.reader("supervisor", "150000")


def by(serial: int, **changes: Any) -> str:
    """The number of a complaint of the n-th enterprise."""
    return filed(**{"enterprise": {"name": f"草原{serial}号商贸有限公司"}, "respondent": BUILDER, **changes})


def spots(reader: Reader) -> list[Hotspot]:
    return hotspots.hotspots(reader, clock.now())


# --- what is one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("enterprises", "found"), [((1, 2), 0), ((1, 2, 2, 1), 0), ((1, 2, 3), 1)])
def test_three_enterprises_about_one_respondent_are_a_hot_spot(
    enterprises: tuple[int, ...], found: int, supervisor: Reader
) -> None:
    for at, serial in enumerate(enterprises):
        by(serial, body=OTHERS[at])
    assert len(spots(supervisor)) == found


def test_it_tells_who_how_many_how_much_where_and_when(supervisor: Reader, travel: time_machine.Traveller) -> None:
    first = clock.now()
    by(1, amount=100000, region="150821", body=OTHERS[0])
    travel.shift(A_DAY)
    by(2, amount=None, region="150100", body=OTHERS[1])
    by(2, amount=5000, region="150100", body=OTHERS[2], respondent={**BUILDER, "name": "兴安建设 集团有限公司"})
    by(3, amount=20000, region="150821", body=OTHERS[3])
    by(4, anonymous=True, enterprise=None, contact=None, region="150821", body=OTHERS[4], amount=None)
    (spot,) = spots(supervisor)
    assert (spot.kind, spot.name, spot.complaints, spot.enterprises, spot.anonymous) == (
        "respondent", BUILDER["name"], 5, 3, 1,
    )  # fmt: skip
    assert (spot.amount, spot.places) == (Decimal(125000), ("150100", "150821"))
    assert (spot.first, spot.last) == (first, clock.now())


def test_a_policy_that_three_ask_for_is_one_however_it_is_written(supervisor: Reader) -> None:
    for serial, name in enumerate(("专精特新奖励办法", "《专精特新奖励办法》", "专精特新 奖励办法")):
        by(serial, respondent=None, policy={"name": name}, body=OTHERS[serial])
    (spot,) = spots(supervisor)
    assert (spot.kind, spot.key, spot.enterprises) == ("policy", "专精特新奖励办法", 3)


def test_copied_texts_that_name_nobody_are_one_with_the_words_they_share(
    supervisor: Reader, travel: time_machine.Traveller
) -> None:
    for serial in range(6):
        by(serial, respondent=None, body=OTHERS[serial % 5])
    travel.shift(A_DAY * 20)
    copied = "我们园区的企业都收到了物业公司加收污水处理费的通知，每立方米加价两元，没有任何文件依据，请核查清退。"
    numbers = {by(serial, respondent=None, body=f"{copied}我公司多交了{serial}3000元。") for serial in range(4)}
    by(9, respondent=None, body=OTHERS[2])
    (spot,) = spots(supervisor)
    assert (spot.kind, spot.name, spot.complaints, spot.enterprises) == ("text", "", len(numbers), 4)
    assert spot.words
    assert all(word in copied for word in spot.words)


def test_what_is_older_than_a_week_is_only_compared_with(supervisor: Reader, travel: time_machine.Traveller) -> None:
    by(0, body=OTHERS[0])
    travel.shift(A_DAY * 50)
    for serial in range(3):
        by(serial, body=OTHERS[serial])
    travel.shift(A_DAY * 8)
    assert spots(supervisor) == []
    for serial in range(4):
        by(serial, body=OTHERS[serial])
    (spot,) = spots(supervisor)
    assert (spot.rise.week, spot.rise.before) == (4, 4)
    assert spot.rise.weeks == pytest.approx((58 - 7) / 7, abs=0.01)


# --- to whom ---------------------------------------------------------------------------------------------------------


def test_a_supervisor_elsewhere_sees_only_what_lies_there(people: People, supervisor: Reader) -> None:
    for serial, region in enumerate(("150821", "150821", "150821", "150100")):
        by(serial, region=region, body=OTHERS[serial])
    county, capital = people.reader("supervisor", "150821"), people.reader("supervisor", "150100")
    assert [[one.complaints for one in spots(reader)] for reader in (supervisor, county, capital)] == [[4], [3], []]


def test_what_is_sealed_is_in_no_hot_spot_of_a_county(people: People, supervisor: Reader) -> None:
    for serial in range(3):
        by(serial, body=OTHERS[serial], nature="report" if serial else "complaint")
    assert spots(people.reader("supervisor", "150821")) == []
    assert [one.complaints for one in spots(supervisor)] == [3]


def test_who_asked_for_confidence_is_counted_and_not_named(supervisor: Reader, client: FlaskClient) -> None:
    for serial in range(3):
        by(serial, body=OTHERS[serial], confidential=True)
    (spot,) = spots(supervisor)
    assert spot.enterprises == 3
    assert "草原" not in repr(spot)


def test_over_http_staff_get_hot_spots_and_their_complaints(client: FlaskClient, people: People) -> None:
    numbers = [by(serial, body=OTHERS[serial]) for serial in range(3)]
    headers = people.headers("supervisor", "150000")
    answer = client.get("/api/v1/hotspots", headers=headers).get_json()
    (spot,) = answer["items"]
    assert (spot["name"], spot["kind_name"], spot["enterprises"]) == (BUILDER["name"], "同一被反映单位", 3)
    assert spot["places"] == [{"code": "150821", "name": "五原县"}]
    assert spot["rise"] == {"week": 3, "before": 0, "weeks": 0.0, "mean": None, "ratio": None, "least": None}
    path = f"/api/v1/hotspots/{spot['code']}/complaints"
    page = client.get(f"{path}?limit=2", headers=headers).get_json()
    rest = client.get(f"{path}?limit=2&cursor={page['next_cursor']}", headers=headers).get_json()
    assert [one["number"] for one in page["items"] + rest["items"]] == numbers[::-1]
    assert client.get("/api/v1/hotspots/0123456789abcdef/complaints", headers=headers).status_code == 404
    assert client.get(path, headers=people.headers("supervisor", "150100")).status_code == 404
    assert client.get("/api/v1/hotspots", headers=people.headers("enterprise")).status_code == 403


@pytest.mark.parametrize("clusters", [1, 3])
def test_hot_spots_take_four_statements_however_many_and_one_where_there_are_none(
    clusters: int, supervisor: Reader
) -> None:
    directory.current()
    with counted() as none:
        spots(supervisor)
    for serial in range(3 * clusters):
        by(serial, body=OTHERS[serial % 5], respondent={**BUILDER, "name": f"第{serial // 3}建设有限公司"})
    with counted() as sent:
        assert len(spots(supervisor)) == clusters
    assert (len(none), len(sent)) == (1, 4), sent


# --- the arithmetic --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "before", "least"),
    # Exact (Clopper and Pearson): 8 p / (1 - p), where at least so many of all fall into the week with chance .05.
    [(3, 0, 4.67), (5, 0, 9.75), (6, 4, 3.49), (10, 8, 4.13), (40, 40, 5.40)],
)
def test_few_cases_prove_little(week: int, before: int, least: float) -> None:
    rise = Rise(week, before, 8)
    assert rise.least == pytest.approx(least, rel=0.25)
    assert rise.least < rise.ratio


def test_without_a_whole_week_before_nothing_is_compared() -> None:
    assert [Rise(9, 0, 0.9).mean, Rise(9, 0, 0.9).ratio, Rise(9, 0, 0.9).least] == [None] * 3


def test_a_label_is_of_words_that_most_hold_and_few_others() -> None:
    words = [Word("污水处理费", 9, 10, 1, 1000), Word("污水", 10, 10, 20, 1000), Word("我们", 10, 10, 900, 1000),
             Word("物业", 6, 10, 30, 1000), Word("王某", 2, 10, 0, 1000), Word("加价", 3, 10, 0, 1000),
             Word("张某", 10, 10, 0, 1000)]  # fmt: skip
    assert [word.text for word in label(words, 5, 3, lambda word: word != "张某")] == ["污水处理费", "物业"]
    assert [word.text for word in label(words, 1, 3, lambda word: word != "张某")] == ["污水处理费"]


def test_groups_that_share_a_member_over_a_third_are_joined() -> None:
    assert joined([[1, 2], [3], [4, 5], [2, 3], [6]]) == [[2], [0, 1, 3], [4]]
