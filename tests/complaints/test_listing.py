"""Lists: pages neither lose nor double a complaint."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from flask import Flask

from service import clock
from tests.caller import Caller
from tests.casework import ways
from tests.complaints.lists import REGION, Look, numbers, stand
from tests.factories import People


@pytest.mark.parametrize("sort", ["newest", "due"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_lose_and_double_nothing_while_others_file(app: Flask, look: Look, sort: str, limit: int) -> None:
    now = clock.now()
    # Three share one limit: only the id tells them apart.
    early = [stand(due_at=now + timedelta(hours=hour)) for hour in (5, 3, 3, 3, 1, 8)]
    seen, cursor = list[str](), ""
    while True:
        page = look(sort=sort, limit=limit, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= limit
        seen += numbers(page)
        cursor = page["next_cursor"]
        if not cursor:
            break
        # Newer than what was read, or due sooner: it stands before the cursor in both orders.
        stand(due_at=now - timedelta(days=1))
    order = early[::-1] if sort == "newest" else [early[4], early[1], early[2], early[3], early[0], early[5]]
    assert seen == order


def test_the_last_full_page_says_that_nothing_follows(app: Flask, look: Look) -> None:
    for _ in range(4):
        stand()
    first = look(limit=2)
    second = look(limit=2, cursor=first["next_cursor"])
    assert (bool(first["next_cursor"]), second["next_cursor"]) == (True, None)


def test_what_has_no_limit_is_not_in_the_order_of_limits(app: Flask, look: Look) -> None:
    due = stand()
    ways.brought_to("closed")
    assert numbers(look(sort="due")) == [due]


def coded(text: str) -> str:
    """A cursor as it travels."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", ["newest", "due"])
@pytest.mark.parametrize(
    "cursor",
    ["x", "码", "====", "AAAA", coded("|"), coded("|x"), coded("|1.5"), coded("nothing"), coded("|" + "9" * 4),
     coded("2026-03-16|"), coded("0001-01-01T00:00:00+14:00|5"), coded("9999-12-31T23:59:59-14:00|5"),
     coded("2026-13-45T00:00|5"), coded("|-" + "9" * 120), coded("|" + "9" * 120)],
)  # fmt: skip
def test_a_cursor_that_is_none_is_a_mistake_of_the_caller(
    client: Caller, people: People, sort: str, cursor: str
) -> None:
    query = {"sort": sort, "cursor": cursor}
    answer = client.get("/api/v1/complaints", query_string=query, headers=people.headers("supervisor", REGION))
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.json is not None
        assert answer.json["message"]


def test_a_page_is_twenty_long_where_nobody_says_otherwise_and_a_hundred_at_most(app: Flask, look: Look) -> None:
    for _ in range(21):
        stand()
    assert len(look()["items"]) == 20
    assert len(look(limit=100)["items"]) == 21
