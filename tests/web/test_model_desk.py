"""The page of the model: for administrators, whole without a script, and telling no more than it must."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from service.db import db
from service.directory import operations as directory
from service.learning import operations as learning
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, Example, ModelVersion
from service.learning.rules import Week, alarmed
from tests.factories import People
from tests.statements import counted
from tests.web import models
from tests.web.browser import Browser
from tests.web.conftest import At
from tests.web.models import NEW, NOW, OLD

DESK = "/admin/models"
PAGES = ["", "/versions", "/report", f"/versions/{NOW}", "/examples", "/drift", "/steps/retrain"]
FORMS = ["/rule", "/steps/retrain", "/steps/roll_back", f"/versions/{NOW}/promote", "/examples/1/drop"]


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


@pytest.fixture
def three(app: Any) -> None:
    """One that was used, one that is, one that waits."""
    models.three()


def state(name: str) -> str:
    db.session.expire_all()
    return db.session.get_one(ModelVersion, name).state


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_look_after_the_model(at_desk: At, admin: Browser, path: str) -> None:
    assert admin.get(DESK + path).status_code == 200
    for role, place in (("supervisor", "150000"), ("auditor", None), ("enterprise", None)):
        assert at_desk(role, place).get(DESK + path).status_code == 403


@pytest.mark.parametrize("path", FORMS)
def test_only_administrators_change_anything(at_desk: At, path: str) -> None:
    assert at_desk("supervisor", "150000").post(DESK + path, {"reason": "试试"}).status_code == 403


def test_the_way_there_is_shown_to_administrators_alone(admin: Browser, at_desk: At) -> None:
    assert f'href="{DESK}"' in admin.get("/profile").text
    assert f'href="{DESK}"' not in at_desk("supervisor", "150000").get("/profile").text


# --- the model in use ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_the_model_in_use_is_told_in_plain_words(admin: Browser) -> None:
    page = admin.get(DESK).text
    assert NOW in page
    assert "每 100 件约有 83 件第一个判断的类别就对" in page
    assert "40.0% 可以自己派，其中派错 3.0%（95% 区间 2.0% 至 5.0%，共 400 件）" in page
    assert f"新版本 {NEW} 等您决定是否启用" in page


@pytest.mark.usefixtures("three")
def test_both_diagrams_have_their_numbers_beside_them(admin: Browser) -> None:
    figures = re.findall(r"<figure.*?</figure>", admin.get(DESK).text, re.DOTALL)
    assert len(figures) == 2
    for drawn, row in zip(
        figures, ('60%</td><td class="right">6.0%', '65.0%</td><td class="right">62.0%'), strict=True
    ):
        assert 'role="img"' in drawn
        assert row in drawn


@pytest.mark.usefixtures("three")
def test_a_family_that_may_never_be_followed_is_told_so(admin: Browser) -> None:
    page = admin.get(DESK).text
    assert page.count("都交给派单员") == 1
    assert "61.0%" in page


def test_an_old_version_without_measurements_is_shown_without_them(admin: Browser) -> None:
    models.version(NOW, about={})
    page = admin.get(DESK)
    assert page.status_code == 200
    assert "这个版本训练时还没有测量" in page.text
    assert "<figure" not in page.text


def test_before_any_version_the_pages_say_what_will_stand_there(admin: Browser) -> None:
    assert "还没有登记过版本" in admin.get(DESK).text
    assert "这里将列出训练过的每个版本" in admin.get(f"{DESK}/versions").text
    assert "重新训练以后就有" in admin.get(f"{DESK}/report").text
    assert "这里将列出工作人员改过的类别和部门" in admin.get(f"{DESK}/examples").text
    assert "这里将按周列出" in admin.get(f"{DESK}/drift").text


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_each_version_offers_only_what_may_be_done_with_it(admin: Browser) -> None:
    page = admin.get(f"{DESK}/versions").text
    assert re.findall(r'href="/admin/models/versions/([\w-]+/\w+)"', page) == [
        f"{NEW}/promote", f"{NEW}/refuse", f"{OLD}/promote",
    ]  # fmt: skip


@pytest.mark.usefixtures("three")
def test_a_step_asks_for_a_reason_and_is_taken_with_it(admin: Browser) -> None:
    path = f"{DESK}/versions/{NEW}/refuse"
    assert 'name="reason"' in admin.get(path).text
    blank = admin.post(path, {"reason": " "})
    assert (blank.status_code, state(NEW)) == (422, CHALLENGER)
    assert admin.post(path, {"reason": "热线变差"}).status_code == 302
    assert state(NEW) == REFUSED
    assert "热线变差" in admin.get(f"{DESK}/versions").text


@pytest.mark.usefixtures("three")
def test_a_version_whose_file_is_gone_stays_where_it_is_and_the_page_says_why(admin: Browser) -> None:
    answer = admin.post(f"{DESK}/versions/{NEW}/promote", {"reason": "更好"})
    assert (answer.status_code, state(NEW), state(NOW)) == (503, CHALLENGER, CHAMPION)
    assert "文件已清理" in answer.text
    assert "更好" in answer.text


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("path", ["/steps/promote", "/steps/nothing", f"/versions/{NOW}/retrain", "/versions/x/refuse",
                                  "/versions/x"])  # fmt: skip
def test_what_is_no_step_or_no_version_is_not_found(admin: Browser, path: str) -> None:
    assert admin.get(DESK + path).status_code == 404


@pytest.mark.usefixtures("three")
def test_whether_versions_are_promoted_by_themselves_is_said_and_changed(admin: Browser) -> None:
    assert "<strong>自动启用</strong>" in admin.get(f"{DESK}/versions").text
    admin.post(f"{DESK}/rule", {"_by_machine": "false"})
    assert "<strong>等管理员决定</strong>" in admin.get(f"{DESK}/versions").text
    assert not learning.promotes_by_itself()


# --- the report ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("path", ["/report", f"/versions/{NEW}"])
def test_a_report_compares_slice_by_slice_and_says_who_was_capped(admin: Browser, path: str) -> None:
    page = unescape(admin.get(DESK + path).text)
    rows = [re.sub(r"<.*?>|\s+", " ", row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    assert any(re.search(r"热线 +渠道 .*80\.0% .*70\.0% .*-10\.0 .*-15\.0 至 -4\.0 .*变差", row) for row in rows), rows
    assert any(re.search(r"180 +20", row) for row in rows)
    assert "渠道“热线”变差了。" in page
    assert any(re.search(r"工程.*货.* 7", row) for row in rows), rows


@pytest.mark.usefixtures("three")
def test_a_version_that_was_compared_with_nothing_says_so(admin: Browser) -> None:
    assert "这个版本没有比较过" in admin.get(f"{DESK}/versions/{OLD}").text


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_shows_the_beginning_of_its_text_and_no_number(admin: Browser, people: People) -> None:
    models.correction(7001, people.reader("dispatcher", "150821").id, text=models.WORDS * 4)
    page = admin.get(f"{DESK}/examples").text
    shown = re.search(r'<td class="excerpt">(.*?)</td>', page)
    assert shown
    assert len(shown[1]) == 60
    assert models.WORDS[:20] in shown[1]
    assert "QS20" not in page
    assert "是工程款" in page


def test_a_correction_is_taken_out_with_a_reason(admin: Browser, people: People) -> None:
    one = models.correction(7001, people.reader("dispatcher", "150821").id)
    path = f"{DESK}/examples/{one}/drop"
    assert models.WORDS in admin.get(path).text
    assert admin.post(path, {"reason": ""}).status_code == 422
    assert admin.post(path, {"reason": "改错了"}).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Example, one).dropped_at
    page = admin.get(f"{DESK}/examples").text
    assert "已剔除" in page
    assert path not in page
    assert admin.get(f"{DESK}/examples/{one + 1}/drop").status_code == 404


def test_more_corrections_than_a_page_go_on_and_a_wrong_page_is_told(admin: Browser, people: People) -> None:
    user = people.reader("dispatcher", "150821").id
    for number in range(51):
        models.correction(7000 + number, user)
    page = admin.get(f"{DESK}/examples").text
    following = unescape(re.findall(r'href="(/admin/models/examples\?cursor=[^"]+)"', page)[0])
    assert page.count('class="excerpt"') == 50
    assert admin.get(following).text.count('class="excerpt"') == 1
    assert admin.get(f"{DESK}/examples?cursor=x").status_code == 422


# --- drift -----------------------------------------------------------------------------------------------------------


def test_a_week_unlike_the_others_alarms_in_words(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = [Week(date(2026, 10, 5 + 7 * at), 40, 0.2, 0.05, 0.1) for at in range(3)]
    found = alarmed([*usual, Week(date(2026, 10, 26), 40, 0.7, 0.05, None)])
    monkeypatch.setattr(learning, "drift", lambda _now, _weeks: found)
    # Next year the year is told, too.
    page = re.sub("2026年", "", admin.get(f"{DESK}/drift").text)
    assert "10月26日起的一周，拿不准的比往常多得多" in page
    rows = [re.sub(r"<.*?>|\s+", "", row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    assert rows == [
        "10月26日4070.0%5.0%没有拿不准的",
        "10月19日4020.0%5.0%10.0%正常",
        "10月12日4020.0%5.0%10.0%正常",
        "10月5日4020.0%5.0%10.0%件数太少，不判断",
    ]


# --- what all of them cost -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize(("path", "statements"), [("", 2), ("/versions", 4), (f"/versions/{NEW}", 2), ("/examples", 3),
                                                  ("/drift", 2)])  # fmt: skip
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, people: People, monkeypatch: pytest.MonkeyPatch, path: str, statements: int, rows: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    users = [people.reader("dispatcher", "150821").id for _ in range(2)]
    for number in range(rows):
        models.correction(7000 + number, users[number % 2])
        models.version(f"20261001-{number:08d}", REFUSED, decided_by=users[number % 2])
    admin.get(DESK + path)
    with counted() as sent:
        assert admin.get(DESK + path).status_code == 200
    assert len(sent) == statements, sent


@pytest.mark.usefixtures("three")
def test_planted_text_shows_as_text(admin: Browser, people: People) -> None:
    planted = "<script>alert(1)</script>"
    user = people.reader("dispatcher", "150821").id
    one = models.correction(7001, user, text=planted, why=planted)
    admin.post(f"{DESK}/versions/{NEW}/refuse", {"reason": planted})
    for path in ("/versions", f"/versions/{NEW}/promote", "/examples", f"/examples/{one}/drop"):
        page = admin.get(DESK + path).text
        assert planted not in page
        assert "&lt;script&gt;" in page or path.endswith("promote")
