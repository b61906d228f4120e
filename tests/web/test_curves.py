"""Points as drawings."""

import pytest

from service.web import curves
from service.web.curves import BAR, BOTTOM, LEFT, RIGHT, ROOM, TOP


def numbers(path: str) -> list[tuple[float, float]]:
    """The points of a path."""
    found = [float(part.lstrip("ML")) for part in path.split()]
    return list(zip(found[::2], found[1::2], strict=True))


def test_a_risk_coverage_curve_goes_through_its_points_and_keeps_inside_its_frame() -> None:
    drawn = curves.risk_coverage([(0.02, 0.0), (0.5, 0.02), (1.0, 0.12)], 0.03, (0.6, 0.03))
    points = numbers(drawn.line)
    assert points[0] == (pytest.approx(LEFT + 0.02 * (RIGHT - LEFT), abs=0.1), BOTTOM)
    assert points[-1][0] == RIGHT
    assert all(TOP <= y <= BOTTOM for _, y in points)
    assert [mark.label for mark in drawn.y] == ["0%", "5%", "10%", "15%"]
    assert [mark.label for mark in drawn.x] == ["0%", "20%", "40%", "60%", "80%", "100%"]


def test_the_limit_lies_across_and_the_chosen_point_on_it() -> None:
    drawn = curves.risk_coverage([(0.5, 0.01), (1.0, 0.06)], 0.03, (0.6, 0.03))
    (left, height), (right, same) = numbers(drawn.rule)
    assert (left, right, same) == (LEFT, RIGHT, height)
    assert drawn.dots[0].y == height


def test_a_bin_without_texts_is_not_drawn_and_many_texts_make_a_large_dot() -> None:
    drawn = curves.calibration([(0.3, 0.0, 0), (0.5, 0.5, 1), (0.9, 1.0, 100)])
    small, large = drawn.dots
    assert (small.x, small.y) == ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
    assert (large.y, large.radius > small.radius) == (TOP, True)


def test_nothing_measured_is_an_empty_drawing() -> None:
    assert curves.calibration([]).line == ""
    assert curves.risk_coverage([], 0.03).line == ""
    assert curves.tenths([]) == []
    assert curves.spans([]) == []


def test_a_table_of_a_curve_takes_the_point_nearest_to_each_tenth() -> None:
    curve = [(at / 50, at / 1000) for at in range(1, 51)]
    assert curves.tenths(curve) == [(at / 10, at / 200) for at in range(1, 11)]
    assert curves.tenths([(1.0, 0.2)]) == [(1.0, 0.2)]


def test_intervals_share_one_scale_with_zero_in_its_middle() -> None:
    wide, narrow = curves.spans([(-0.1, 0.0, 0.1), (0.0, 0.05, 0.1)])
    assert wide.zero == narrow.zero == BAR / 2
    assert (wide.start, wide.width) == (ROOM, BAR - 2 * ROOM)
    assert narrow.start == narrow.zero
    assert narrow.dot == narrow.zero + wide.width / 4


def test_bars_share_one_scale_of_a_half_or_of_the_largest_share() -> None:
    assert curves.bars([[0.0, 0.05], [0.25, 0.5]]) == [[0, BAR / 10], [BAR / 2, BAR]]
    assert curves.bars([[0.4], [0.8]]) == [[BAR / 2], [BAR]]
    assert curves.bars([[], []]) == [[], []]
