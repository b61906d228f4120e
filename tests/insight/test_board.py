"""The board's numbers: each is that of the list behind it, and only what its reader may see is in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from time_machine import Traveller

from service import clock
from service.accounts.rules import Reader
from service.casework import climbing
from service.complaints import listing
from service.complaints.wanted import Wanted, matching
from service.db import transaction
from service.directory import operations as directory
from service.insight import board, judging, operations, rules, tallying, views
from service.insight.board import Asked
from service.insight.grids import Number, Options, Share
from service.insight.views import VIEWS
from tests.caller import Caller
from tests.casework import ways
from tests.factories import People

A_DAY = timedelta(days=1)
LEAGUE = "150800"
ALL = Asked(date(2026, 3, 1), date(2026, 5, 31))


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(ways.MONDAY, tick=False) as traveller:
        yield traveller


def busy(travel: Traveller) -> None:
    """Complaints of six weeks, in many states; much happened twice, in another department's turn or too late."""
    for state in ("submitted", "refused", "answered", "withdrawn", "waiting"):
        ways.brought_to(state, ways.DELAYED)
    late, _ = ways.brought_to("handling")
    moved, _ = ways.brought_to("dispatched")
    travel.shift(timedelta(hours=3))
    ways.go_on(moved, "hand_back", "grant_hand_back")
    travel.shift(timedelta(hours=3))
    with transaction():
        ways.step_on(ways.stored(moved), "dispatch", department=ways.OTHER)
    travel.shift(A_DAY)
    ways.go_on(moved, "sign", "contact", "draft", "approve", "reply", "redo", "sign")
    ways.brought_to("closed")
    graded = ways.go_on(ways.brought_to("replied")[0])
    with transaction():
        ways.step_on(ways.stored(graded.number), "revisit", satisfaction="mostly_satisfied")
    travel.shift(A_DAY * 38)
    with transaction():
        while climbing.climb(clock.now()):
            pass
    ways.go_on(late, "draft", "approve", "reply", "revisit")
    out = ways.go_on(ways.brought_to("replied")[0], "close", "appeal_counting", "rule_counting")
    assert out.excluded
    ways.brought_to("submitted", replace(ways.DELAYED, region="150822"))


def supervisor(place: str = LEAGUE) -> Reader:
    return People().reader("supervisor", place)


def a_board(reader: Reader, asked: Asked = ALL) -> board.Board:
    return board.board(asked, reader, directory.current(), clock.now())


def totals(reader: Reader, asked: Asked = ALL) -> dict[str, int]:
    """Each number that is judged, of all that the reader sees."""
    one = a_board(reader, asked)
    (row,) = board.counts(one, board.JUDGED)
    return {code: getattr(row, code) for code in board.JUDGED}


@pytest.mark.parametrize("place", [LEAGUE, "150821"])
def test_the_judged_figures_are_those_that_are_counted_from_events_and_clocks(travel: Traveller, place: str) -> None:
    busy(travel)
    reader = supervisor(place)
    for since, until in ((ALL.since, ALL.until), (date(2026, 3, 17), date(2026, 3, 17)), (date(2026, 4, 1), ALL.until)):
        asked = replace(ALL, since=since, until=until)
        when = board.span(asked, clock.now())
        found = totals(reader, asked)
        found["satisfied"] = found["fully_satisfied"] + 0.9 * found["mostly_satisfied"]  # type: ignore[assignment]
        scope = matching(Wanted(helping=False), reader, clock.now())
        known = {
            one.code: (one.numerator, one.denominator) for one in operations.figures(scope, when.since, when.until)
        }
        assert {code: (found[above], found[below]) for code, (_, above, below) in rules.RATES.items()} == known
    assert known["hand_back"][0] == 0
    assert totals(reader)["hand_backs"] == 1


def test_what_happened_in_a_departments_turn_is_its_own(travel: Traveller) -> None:
    busy(travel)
    (row,) = [row for row in board.counts(a_board(supervisor()), board.JUDGED, ["holder"]) if row.holder == ways.OTHER]
    # It got what another handed back, answered, and got it once more for the redo.
    assert (row.dispatches, row.hand_backs, row.replies, row.redone, row.to_sign) == (2, 0, 1, 1, 2)
    handed = {row.holder: row.hand_backs for row in board.counts(a_board(supervisor()), board.JUDGED, ["holder"])}
    assert handed[ways.DEPARTMENT] == 1
    # Who sees only the one department's complaints does not judge what others did with them before.
    head = People().reader("head", department=ways.OTHER)
    assert {row.holder for row in board.counts(a_board(head), board.JUDGED, ["holder"])} == {ways.OTHER}


READERS: list[tuple[str, dict[str, str]]] = [
    ("supervisor", {"place": "150000"}), ("supervisor", {"place": LEAGUE}), ("supervisor", {"place": "150821"}),
    ("supervisor", {"place": "150100"}), ("head", {"department": ways.DEPARTMENT}),
    ("head", {"department": ways.OTHER}), ("head", {"place": "150821"}), ("handler", {"department": ways.DEPARTMENT}),
]  # fmt: skip


def test_everybody_counts_what_everybody_sees(travel: Traveller) -> None:
    busy(travel)
    with transaction():
        tallying.keep(clock.now())
        tallying.keep(clock.now())
    found = []
    for role, bound in READERS:
        reader = People().reader(role, **bound)
        seen = listing.totals([Wanted(helping=False)], reader, clock.now()) if role != "handler" else [0]
        (row,) = board.counts(a_board(reader), ["filed"])
        assert row.filed == seen[0], (role, bound)
        found.append(row.filed)
    assert found[0] == found[1] > found[2] > found[4] > found[5] > found[3] == found[-1] == 0


def numbers(view: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Every number of an answer with what leads to its complaints."""
    if isinstance(view, dict):
        if view.keys() == {"value", "of"}:
            yield view["value"], view["of"]
        for part in view.values():
            yield from numbers(part)
    elif isinstance(view, list):
        for part in view:
            yield from numbers(part)


def test_each_number_is_that_of_the_list_behind_it(travel: Traveller, client: Caller, people: People) -> None:
    busy(travel)
    for _ in range(2):
        with transaction():
            tallying.keep(clock.now())
    headers, asked = people.headers("supervisor", LEAGUE), "since=2026-03-01&until=2026-05-31&measure=monthly"
    found = {}
    for view in VIEWS:
        answer = client.get(f"/api/v1/figures/{view}?{asked}", headers=headers)
        found |= {tuple(sorted(of.items())): value for value, of in numbers(answer.json)}
    for of, value in found.items():
        behind = client.get("/api/v1/figures/complaints", query_string={**dict(of), "limit": "100"}, headers=headers)
        assert (behind.status_code, behind.json["total"], len(behind.json["items"])) == (200, value, value), of
    seen = {dict(of)["figure"] for of in found}
    # Where nothing stopped at a stage, no number says so.
    assert {code for code in set(board.MARKS) - seen if not code.startswith("stayed_")} == set()


def test_who_falls_out_of_the_funnel_and_who_goes_on_make_up_all(travel: Traveller) -> None:
    busy(travel)
    (grid,) = VIEWS["funnel"][1](a_board(supervisor()), Options()).grids
    reached = [line.cells[0].value for line in grid.lines if isinstance(line.cells[0], Number)]
    stayed = [sum(cell.value for cell in line.cells[1:] if isinstance(cell, Number)) for line in grid.lines]
    assert reached == [sum(stayed[at:]) for at in range(len(stayed))]
    assert reached[0] == 11
    assert reached == sorted(reached, reverse=True)


def test_the_trend_opens_and_ends_with_what_is_open(travel: Traveller) -> None:
    busy(travel)
    asked = Asked(date(2026, 3, 17), date(2026, 4, 24))
    for step, lines in (("day", 39), ("week", 6), ("month", 2)):
        (grid,) = VIEWS["trend"][1](a_board(supervisor(), asked), Options(step=step)).grids
        rows = [[cell.value for cell in line.cells if isinstance(cell, Number)] for line in grid.lines]
        assert len(rows) == lines
        for (_, _, before), (filed, ended, after) in zip(rows, rows[1:], strict=False):
            assert after == before + filed - ended
        assert rows[-1][2] == listing.totals([Wanted(going_on=True)], supervisor(), clock.now())[0]


def test_a_week_begins_on_monday_and_a_period_cuts_it() -> None:
    since, until = date(2026, 3, 12), date(2026, 4, 2)
    weeks = [(date(2026, 3, 12), date(2026, 3, 15)), (date(2026, 3, 16), date(2026, 3, 22)),
             (date(2026, 3, 23), date(2026, 3, 29)), (date(2026, 3, 30), date(2026, 4, 2))]  # fmt: skip
    assert list(views.buckets(since, until, "week")) == weeks
    assert list(views.buckets(since, until, "month")) == [(since, date(2026, 3, 31)), (date(2026, 4, 1), until)]
    assert len(list(views.buckets(since, until, "day"))) == 22


# Wilson's interval, worked out by hand elsewhere: of so many cases so many, at least, at most.
INTERVALS = [
    (1, 1, 0.2065, 1),
    (0, 1, 0, 0.7935),
    (0, 10, 0, 0.2775),
    (5, 10, 0.2366, 0.7634),
    (81, 263, 0.2553, 0.3662),
]


@pytest.mark.parametrize(("cases", "of", "low", "high"), INTERVALS)
def test_an_interval_is_wilsons(cases: int, of: int, low: float, high: float) -> None:
    assert rules.interval(cases, of) == pytest.approx((low, high), abs=1e-4)


def ordered(code: str, **cases: tuple[int, int]) -> list[str]:
    """Names in the order of their rates: name → how many cases of how many."""
    shares = {name: Share(code, [(1.0, Number(those, {}))], Number(of, {})) for name, (those, of) in cases.items()}
    return sorted(shares, key=lambda name: judging.surest(shares[name], name))


def test_one_of_one_is_no_first_place() -> None:
    assert ordered("on_time", a=(1, 1), b=(70, 100), c=(9, 10), d=(950, 1000), e=(0, 0)) == ["d", "b", "c", "a", "e"]
    # Where less is better, the surest is the one that is at most so much.
    assert ordered("hand_back", a=(0, 10), b=(10, 100), c=(0, 1)) == ["b", "a", "c"]


def test_usual_is_what_the_same_hours_brought(travel: Traveller) -> None:
    for week in range(1, 9):
        with time_machine.travel(ways.MONDAY - A_DAY * 7 * week - timedelta(minutes=1), tick=False):
            for _ in range(week % 3):
                ways.filed()
        with time_machine.travel(ways.MONDAY - A_DAY * 7 * week + timedelta(minutes=1), tick=False):
            ways.filed()
    ways.filed()
    view = VIEWS["day"][1](a_board(supervisor()), Options())
    assert view.usual == rules.Usual(0, 1, 2)
    assert [cell.value for line in view.grids[0].lines for cell in line.cells if isinstance(cell, Number)] == [1, 0, 0]


def test_only_supervisors_and_heads_have_a_board(client: Caller, people: People) -> None:
    for role, bound in (("handler", {"department": ways.DEPARTMENT}), ("operator", {"place": LEAGUE})):
        assert client.get("/api/v1/figures/day", headers=people.headers(role, **bound)).status_code == 403
    headers = people.headers("supervisor", LEAGUE)
    assert client.get("/api/v1/figures/sums", headers=headers).status_code == 404
    bad = client.get("/api/v1/figures/day?since=2026-03-02&until=2026-03-01", headers=headers)
    assert (bad.status_code, list(bad.json["errors"])) == (422, ["until"])
    assert client.get("/api/v1/figures/complaints?figure=sums", headers=headers).status_code == 422


def test_a_complaint_that_is_sealed_counts_for_the_region_alone(travel: Traveller) -> None:
    sealed = ways.stored(ways.filed(replace(ways.OWED, nature="report")).complaint.number)
    assert sealed.sealed
    filed = [board.counts(a_board(supervisor(place)), ["filed"])[0].filed for place in ("150000", LEAGUE)]
    assert filed == [1, 0]
