"""What everybody may read: limits as the table has them, figures without small numbers, published answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.deadlines.ladder import INTERNAL
from service.deadlines.models import ClockRule
from service.directory import operations as directory
from service.insight.opened import Count, Quarter, published
from service.knowledge.models import KnowledgeAnswer
from service.web import open_pages
from tests.statements import counted
from tests.web.browser import Browser

DEPOSIT = "deposit-return"


@pytest.fixture
def answers():
    """Afterwards every answer is as it was."""
    before = {
        row.code: (row.active, row.public, row.valid_until) for row in db.session.scalars(select(KnowledgeAnswer))
    }
    yield before
    for code, (active, public, until) in before.items():
        values = {"active": active, "public": public, "valid_until": until}
        db.session.execute(update(KnowledgeAnswer).where(KnowledgeAnswer.code == code).values(**values))
    db.session.commit()


def changed(code: str, **values: object) -> None:
    with transaction():
        db.session.execute(update(KnowledgeAnswer).where(KnowledgeAnswer.code == code).values(**values))


# --- how it works ----------------------------------------------------------------------------------------------------


def test_every_limit_that_an_enterprise_is_told_of_stands_there_with_its_basis(browser: Browser) -> None:
    page = browser.get("/how-it-works").text
    rows = [row for row in db.session.scalars(select(ClockRule)) if row.kind not in INTERNAL and row.length]
    assert {row.kind for row in rows} == {*open_pages.DONE}
    with browser.client.application.test_request_context():
        told = open_pages.limits(deadlines.rules(directory.current().revision))
    assert sum(map(len, told.values())) == len(rows) > 15
    for limit in (one for those in told.values() for one in those):
        assert limit.within in page
        assert limit.basis in page
    assert page.count("保障中小企业款项支付条例第二十五条") >= 2
    assert "90 日" in page


def test_a_limit_that_was_changed_is_told_as_it_is_now(browser: Browser) -> None:
    with transaction():
        db.session.execute(update(ClockRule).where(ClockRule.code == "contact").values(length=17))
        directory.bump()
    try:
        assert "17 个工作日" in browser.get("/how-it-works").text
    finally:
        with transaction():
            db.session.execute(update(ClockRule).where(ClockRule.code == "contact").values(length=1))
            directory.bump()


# --- figures ---------------------------------------------------------------------------------------------------------


def lines(**filed: int):
    return published({code: Count(number, number, number - 1) for code, number in filed.items()})


def test_small_numbers_are_named_and_not_told(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    months = published({"2026-07": Count(41, 41, 40), "2026-08": Count(3, 3, 3), "2026-09": Count(28, 28, 21)})
    quarter = Quarter(date(2026, 7, 1), months, lines(arrears=60, policy=12), published({"150800": Count(72, 72, 64)}))
    monkeypatch.setattr(open_pages, "counted", lambda _period: [quarter])
    page = browser.get("/figures").text
    assert "2026 年第 3 季度" in page
    assert page.count("不公布") >= 4
    assert all(told in page for told in (">41<", ">60<", ">12<", "98.3%", "40/41", "少于 10 件的不公布"))
    assert ">28<" not in page
    assert ">3<" not in page


def test_a_quarter_with_nothing_to_publish_says_so_in_a_sentence_and_has_no_tables(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    months, few = published({"2026-07": Count(2, 1, 1), "2026-08": Count(), "2026-09": Count(1)}), Count(3, 1, 1)
    quarter = Quarter(date(2026, 7, 1), months, published({"arrears": few}), published({"150800": few}))
    monkeypatch.setattr(open_pages, "counted", lambda _period: [quarter])
    page = browser.get("/figures").text
    assert "2026 年第 3 季度的诉求少于 10 件，不公布。" in page
    assert "<table" not in page


def test_before_the_first_quarter_is_over_the_page_says_when(browser: Browser) -> None:
    page = browser.get("/figures?quarter=nonsense")
    assert page.status_code == 200
    assert "第一个季度结束以后就有" in page.text


def test_the_figures_are_counted_once_an_hour(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    with time_machine.travel(datetime(2026, 11, 20, 2, tzinfo=UTC), tick=False) as traveller:
        browser.get("/figures")
        with counted() as sent:
            browser.get("/figures")
        assert sent == []
        traveller.shift(timedelta(hours=1))
        with counted() as sent:
            browser.get("/figures")
        assert sent


# --- frequent questions ----------------------------------------------------------------------------------------------


def test_the_published_answers_stand_under_what_they_are_about(browser: Browser) -> None:
    page = browser.get("/faq").text
    rows = db.session.scalars(select(KnowledgeAnswer)).all()
    assert {row.public for row in rows} == {True, False}
    for row in rows:
        assert (f'href="/faq/{row.code}"' in page) == row.public
    assert "拖欠账款" in page


def test_searching_marks_what_was_found(browser: Browser) -> None:
    page = browser.get("/faq?q=保证金不退怎么办").text
    assert "<mark>保证金</mark>" in page
    assert f'href="/faq/{DEPOSIT}"' in page
    assert "合同还算数" not in page


def test_searching_reads_the_names_of_categories_too(browser: Browser) -> None:
    page = browser.get("/faq?q=拖欠账款").text
    about = select(KnowledgeAnswer.code).where(KnowledgeAnswer.public, KnowledgeAnswer.category.startswith("arrears"))
    codes = db.session.scalars(about).all()
    assert len(codes) > 5
    assert [code for code in codes if f'href="/faq/{code}"' not in page] == []


@pytest.mark.parametrize("asked", ["从来没有的词汇甲乙丙", "怎么办", "<script>alert(1)</script>", "'", "%", "\\"])
def test_what_is_not_found_is_told_with_a_way_on(browser: Browser, asked: str) -> None:
    page = browser.get("/faq", query_string={"q": asked})
    assert page.status_code == 200
    assert "没有找到" in page.text
    assert "<script>alert" not in page.text


def test_an_answer_has_an_address_of_its_own(browser: Browser) -> None:
    page = browser.get(f"/faq/{DEPOSIT}").text
    assert "保证期限届满后，应当及时核算并退还保证金" in page
    assert "依据：保障中小企业款项支付条例第十三条" in page


@pytest.mark.parametrize(
    "values",
    [{"public": False}, {"active": False}, {"valid_until": date(2020, 1, 1)}],
    ids=lambda values: next(iter(values)),
)
def test_what_is_not_published_is_nowhere(browser: Browser, answers: object, values: dict[str, object]) -> None:
    changed(DEPOSIT, **values)
    assert browser.get(f"/faq/{DEPOSIT}").status_code == 404
    for path in ("/faq", "/faq?q=保证金"):
        assert f"/faq/{DEPOSIT}" not in browser.get(path).text


@pytest.mark.parametrize(
    ("path", "most"), [("/how-it-works", 0), ("/faq", 1), ("/faq?q=保证金", 1), (f"/faq/{DEPOSIT}", 2)]
)
def test_the_open_pages_take_few_statements(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    browser.get(path)
    with counted() as sent:
        assert browser.get(path).status_code == 200
    assert len(sent) == most, sent


def test_the_first_page_and_the_foot_of_each_lead_there(browser: Browser) -> None:
    home, elsewhere = browser.get("/").text, browser.get("/sign-in").text
    for path in ("/how-it-works", "/faq", "/figures"):
        assert f'href="{path}"' in home
        assert f'href="{path}"' in elsewhere
