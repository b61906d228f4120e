"""China's working days as the package and the table of notices give them."""

from datetime import date, timedelta

import pytest

from service.deadlines import calendar
from service.deadlines.calendar import Years
from service.deadlines.rules import Calendar, Mark

CHINA = Calendar(Years({}))

# 国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04), as it was announced.
REST_2026 = [
    ("元旦", date(2026, 1, 1), date(2026, 1, 3)),
    ("春节", date(2026, 2, 15), date(2026, 2, 23)),
    ("清明节", date(2026, 4, 4), date(2026, 4, 6)),
    ("劳动节", date(2026, 5, 1), date(2026, 5, 5)),
    ("端午节", date(2026, 6, 19), date(2026, 6, 21)),
    ("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
    ("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
]
WORKED_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


def test_2026_is_as_the_state_council_announced_it():
    expected = {date(2026, month, day): "调休上班" for month, day in WORKED_2026}
    for name, first, last in REST_2026:
        expected |= {first + timedelta(number): f"{name}假期" for number in range((last - first).days + 1)}
    year = (date(2026, 1, 1) + timedelta(number) for number in range(365))
    for day in year:
        plain = "工作日" if day.weekday() < 5 else "周末"
        assert CHINA.reason(day) == expected.get(day, plain)
        assert CHINA.is_working(day) is (CHINA.reason(day) in {"工作日", "调休上班"})


@pytest.mark.parametrize("year", range(2019, 2027))
def test_years_with_make_up_days_are_published(year):
    assert CHINA.is_published(year)


@pytest.mark.parametrize("year", [1960, 2000, 2028, 2050, 2099, 2120])
def test_years_without_make_up_days_are_not(year):
    assert not CHINA.is_published(year)
    assert CHINA.is_working(date(year, 1, 1)) is (year == 2120 and date(year, 1, 1).weekday() < 5)


def test_a_make_up_day_of_another_year_does_not_publish_a_year():
    """The package keeps some make-up days, such as 2011-12-31, under every year."""
    assert all(day.year == 2030 for day in Years({})[2030].marks)
    assert not Years({})[2030].published


def test_two_festivals_in_one_run_of_days_off_share_its_name():
    assert CHINA.reason(date(2025, 10, 4)) == "国庆节、中秋节假期"


def test_days_off_before_a_new_year_carry_its_name():
    assert [CHINA.reason(date(2018, 12, day)) for day in (29, 30, 31)] == ["调休上班", "元旦假期", "元旦假期"]


def test_an_expected_holiday_says_that_it_is_only_expected():
    assert CHINA.reason(date(2040, 10, 1)) == "国庆节假期（预计）"


def test_a_notice_publishes_a_year_and_replaces_what_was_expected():
    """Of 2040 the package expects three days of the National Day and what is observed for its weekend."""
    notice = {date(2040, 10, 1): Mark(False, "国庆节"), date(2040, 10, 6): Mark(True, "调休上班")}
    known = Calendar(Years(notice))
    assert known.is_published(2040)
    assert known.reason(date(2040, 10, 1)) == "国庆节假期"
    assert known.is_working(date(2040, 10, 2))
    assert known.is_working(date(2040, 10, 6))
    assert not known.is_published(2041)


def test_a_notice_changes_single_days_of_a_year_that_is_known():
    known = Calendar(Years({date(2026, 12, 31): Mark(False, "元旦")}))
    assert not known.is_working(date(2026, 12, 31))
    assert known.reason(date(2026, 2, 17)) == "春节假期"


def test_years_worked_out_beforehand_are_not_worked_out_again(monkeypatch):
    calendar.load(2026)
    monkeypatch.setattr(calendar.holidays, "China", None)
    assert [Years({})[year].published for year in (2025, 2026)] == [True, True]


def test_the_place_speaks_before_the_nation():
    local = {date(2026, 2, 14): Mark(False, "停电"), date(2026, 2, 15): Mark(True, "救灾")}
    place = Calendar(Years({}), local)
    assert [place.reason(day) for day in local] == ["地方放假日：停电", "地方调整上班：救灾"]
    assert [place.is_working(day) for day in local] == [False, True]
