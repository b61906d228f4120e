"""The department's desk."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.complaints.models import Complaint
from service.db import db, transaction
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.web import department, queue, words
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, POLICY, filed, standing, taken, the

At = Callable[..., Browser]
QUEUE = "/desk/department"
MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)
LIMIT = re.compile(r'class="deadline (\w+)">.*?<span class="left">.*?</svg> ([^<>]+)</span>')


def numbers(page: str) -> list[str]:
    return re.findall(r'<a class="number" href="/desk/complaints/([^"]+)"', page)


def tabs(page: str) -> dict[str, int]:
    told = re.findall(r'<li><a href="[^"]*"(?: aria-current="page")?>(\S+) <span class="count[^"]*">(\d+)', page)
    return {name: int(count) for name, count in told}


def test_the_queue_shows_what_stands_with_the_own_department_and_nothing_else(at_desk: At) -> None:
    mine = filed()
    filed(respondent={"name": "五原县第九小学", "kind": "institution"}, title="课桌椅")
    page = at_desk("handler", department=HEALTH).get(QUEUE).text
    assert numbers(page) == [mine]
    for told in ("河套试剂有限公司", "五原县", "五原县卫生健康委员会", "待签收", "货款服务款"):
        assert told in page


def test_what_is_due_first_stands_first_and_says_what_is_left_in_working_time(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        late = filed()
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        soon = filed()
        handler = at_desk("handler", department=HEALTH)
        fresh = handler.get(QUEUE).text
    with time_machine.travel(MONDAY + timedelta(days=2, hours=3), tick=False):
        page = handler.get(QUEUE).text
    assert numbers(fresh) == numbers(page) == [late, soon]
    assert "已逾期" in fresh
    assert "还有 4 个工作小时" in fresh
    assert "临期" not in fresh.partition("<table")[2]
    assert "临期，还有 1 个工作小时" in page


@pytest.mark.parametrize(
    ("hours", "unit", "pauses", "told"),
    [
        (10, "clock_hours", [], ("in_time", "还有 10 小时")),
        (7, "clock_hours", [], ("soon", "临期，还有 7 小时")),
        (24, "working_days", [], ("soon", "临期，还有 1 个工作日")),
        # What stood still is no time that has run.
        (24, "working_days", [{"from": "2026-03-02T09:00:00+08:00", "until": "2026-03-10T17:30:00+08:00"}],
         ("in_time", "还有 1 个工作日")),
    ],
)  # fmt: skip
def test_a_list_and_the_page_say_the_same_of_a_limit(
    at_desk: At, hours: int, unit: str, pauses: list[dict[str, str]], told: tuple[str, str]
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = filed()
    with time_machine.travel(now := datetime(2026, 3, 12, 2, tzinfo=UTC), tick=False):
        with transaction():
            complaint = db.session.scalars(select(Complaint).where(Complaint.number == number)).one()
            db.session.execute(delete(Clock).where(Clock.complaint_id == complaint.id, Clock.kind != "sign"))
            first = db.session.scalars(select(Clock).where(Clock.complaint_id == complaint.id)).one()
            first.started_at, first.unit, first.pauses = MONDAY - timedelta(days=7), unit, pauses
            first.due_at = complaint.due_at = now + timedelta(hours=hours)
        handler = at_desk("handler", department=HEALTH)
        pages = [handler.get(path).text for path in (QUEUE, f"/desk/complaints/{number}")]
    assert [set(LIMIT.findall(page)) for page in pages] == [{told}, {told}]


def test_the_tabs_count_by_state_under_the_same_filters(at_desk: At) -> None:
    for state in ("dispatched", "handling", "drafted", "replied"):
        standing(state)
    filed(title="另一件", region="150821")
    handler = at_desk("handler", department=HEALTH)
    expected = {
        "全部在办": 4, "待签收": 2, "办理中": 1, "待补充": 0, "待审签": 1, "退单中": 0, "待答复": 0, "已答复": 1,
        "协办": 0,
    }  # fmt: skip
    assert tabs(handler.get(QUEUE).text) == expected
    assert tabs(handler.get(f"{QUEUE}?status=handling&family=policy").text) == dict.fromkeys(expected, 0)


@pytest.mark.parametrize("state", ["dispatched", "handling", "drafted", "replied", "closed"])
def test_a_state_chosen_in_the_address_shows_only_what_stands_there(at_desk: At, state: str) -> None:
    wanted, other = standing(state), standing("approved")
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?status={state}").text
    assert wanted in numbers(page)
    assert other not in numbers(page)


def test_a_head_begins_with_the_approvals(at_desk: At) -> None:
    waiting = standing("drafted")
    standing("handling")
    page = at_desk("head", department=HEALTH).get(QUEUE).text
    assert numbers(page) == [waiting]
    assert next(iter(tabs(page))) == "待审签"


def test_what_a_head_rules_on_stands_in_a_list_of_its_own_with_the_reason(at_desk: At) -> None:
    asked, other = standing("handling", "ask_extension"), standing("handling")
    page = at_desk("head", department=HEALTH).get(f"{QUEUE}?status=extension").text
    assert numbers(page) == [asked]
    assert "需要第三方审计报告" in page
    assert tabs(page)["延期申请"] == 1
    whole = at_desk("handler", department=HEALTH).get(QUEUE).text
    assert set(numbers(whole)) == {asked, other}
    assert whole.count("延期申请</span>") == 1


def test_an_extension_that_the_supervisor_rules_on_is_none_of_the_heads(at_desk: At) -> None:
    standing("handling", "ask_extension", **POLICY)
    assert tabs(at_desk("head", "150821").get(QUEUE).text)["延期申请"] == 0


def test_what_was_handed_back_is_marked_until_it_is_ruled_on(at_desk: At) -> None:
    number = standing("handing_back")
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?status=handing_back").text
    assert numbers(page) == [number]
    assert tabs(page)["退单中"] == 1
    assert "主管单位不是我们" in page


def test_what_others_lead_stands_only_under_co_handling_and_names_no_contact(at_desk: At) -> None:
    led = standing("handling", confidential=True)
    taken(led, "invite")
    helper = the(led).co_departments[0]
    page = at_desk("handler", department=helper).get(QUEUE).text
    assert numbers(page) == []
    assert tabs(page) | {"协办": 0} == dict.fromkeys(tabs(page), 0)
    helping = at_desk("handler", department=helper).get(f"{QUEUE}?status=helping").text
    assert numbers(helping) == [led]
    assert "请核对当年的预算安排" in helping
    whole = at_desk("handler", department=helper).get(f"/desk/complaints/{led}").text
    for page in (helping, whole):
        assert "白女士" not in page
        assert "6601234" not in page
    assert "河套试剂有限公司" not in helping
    # Who leads sees it where it was, and not among what others lead.
    assert tabs(at_desk("handler", department=HEALTH).get(QUEUE).text)["协办"] == 0
    assert numbers(at_desk("handler", department="150826-health").get(f"{QUEUE}?status=helping").text) == []


def test_who_helps_reads_until_when_and_who_leads_whose_limit_it_is_that_ends_first(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        led = standing("handling", "contact", "invite")
        limits = {one.kind: one.due_at for one in db.session.scalars(select(Clock).where(Clock.state == "running"))}
        assert min(limits.values()) == limits["co_handle"], limits
        told = words.moment(limits["co_handle"])
        helper = at_desk("handler", department=the(led).co_departments[0])
        helping = helper.get(f"{QUEUE}?status=helping").text
        leading = at_desk("handler", department=HEALTH).get(QUEUE).text
        assert (told in helping, told in leading) == (True, True)
        assert [">协办</div>" in page for page in (helping, leading)] == [False, True]
        version = {"_version": str(the(led).version)}
        helper.post(f"/desk/complaints/{led}/actions/opine", {**version, "text": "资金已列入四月预算。"})
        page = helper.get(f"{QUEUE}?status=helping").text
    assert ("已给意见" in page, 'class="deadline' in page) == (True, False)


def test_a_search_finds_words_and_a_number_leads_straight_to_its_complaint(at_desk: At) -> None:
    number = filed()
    filed(body="我公司为县医院做了两年的被服洗涤，欠款三十七万没有付。")
    handler = at_desk("handler", department=HEALTH)
    assert numbers(handler.get(f"{QUEUE}?q=试剂").text) == [number]
    for typed in (f"+{number.lower()}+", number.replace("-", "")):
        assert handler.get(f"{QUEUE}?q={typed}").headers["Location"] == f"/desk/complaints/{number}"


def test_filters_stay_in_the_form_and_can_be_cleared(at_desk: At) -> None:
    filed()
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?family=arrears&due=soon&q=试剂").text
    assert '<option value="arrears" selected>' in page
    assert '<option value="soon" selected>' in page
    assert 'value="试剂"' in page
    assert "清除筛选" in page


@pytest.mark.parametrize(
    "query", ["status=nonsense", "family=x", "due=never", "cursor=%21%21", "q=%00", "status=a&status=b"]
)
def test_a_filter_that_is_none_is_told_beside_it_and_no_list_is_shown(at_desk: At, query: str) -> None:
    filed()
    answer = at_desk("handler", department=HEALTH).get(f"{QUEUE}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (numbers(answer.text), tabs(answer.text), "只能是" in answer.text) == ([], {}, False)


def test_a_number_with_a_slip_in_it_is_told_to_be_wrong_and_not_to_be_nowhere(at_desk: At) -> None:
    number = filed()
    answer = at_desk("handler", department=HEALTH).get(f"{QUEUE}?q={number[:-1]}{(int(number[-1]) + 1) % 10}")
    assert (answer.status_code, "可能抄错了一位" in answer.text) == (422, True)


def test_a_list_of_somebody_who_works_here_no_more_says_so_instead_of_showing_no_filter(at_desk: At) -> None:
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?who=987654").text
    assert '<option value="987654" selected>不在本部门的人</option>' in page


def test_names_in_the_address_that_are_no_filters_do_nothing(at_desk: At) -> None:
    number = filed()
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?utm_source=mail&limit=1&department=150100-health").text
    assert numbers(page) == [number]


def test_pages_follow_each_other_without_gap_or_repetition(at_desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(department, "ROWS", 2)
    filed_ = {filed() for _ in range(5)}
    handler, seen, address = at_desk("handler", department=HEALTH), [], f"{QUEUE}?family=arrears"
    while address:
        page = handler.get(address).text
        seen += numbers(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == 5
    assert set(seen) == filed_
    assert "回到第一页" in page


def test_an_empty_queue_says_what_will_appear_there(at_desk: At) -> None:
    handler = at_desk("handler", department=HEALTH)
    for status, (what, advice) in queue.EMPTY.items():
        page = handler.get(f"{QUEUE}?status={status}").text
        assert what in page
        assert advice in page


def test_who_also_works_elsewhere_sees_only_the_departments_work_here(app: Flask) -> None:
    number = filed()
    filed(region="150100", respondent={"name": "呼和浩特市卫生健康委员会", "kind": "organ"}, nature="request")
    with transaction():
        grants = [Grant("handler", None, None, HEALTH), Grant("supervisor", "150000")]
        user = accounts.create_user("both", "both", grants, None, clock.now(), "test")
    assert numbers(Browser(app, accounts.reader(user)).get(QUEUE).text) == [number]


def test_the_regions_to_choose_are_those_that_ones_grants_reach(at_desk: At) -> None:
    assert 'name="region"' not in at_desk("handler", department=HEALTH).get(QUEUE).text
    league = at_desk("handler", "150800").get(QUEUE).text
    assert '<option value="150821">五原县</option>' in league
    assert "呼和浩特市" not in league
    assert "<optgroup" in at_desk("handler", "150000").get(QUEUE).text


def test_a_queue_takes_five_statements(at_desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    mine = {filed(), filed()}
    handler = at_desk("handler", department=HEALTH)
    handler.get(QUEUE)
    with counted() as sent:
        page = handler.get(QUEUE).text
    assert set(numbers(page)) == mine
    assert len(sent) == 5, sent


def test_planted_text_shows_as_text(at_desk: At) -> None:
    planted = "<script>alert(1)</script>"
    filed(title=planted + "一",
          enterprise={"name": planted + "二", "size": "small"},
          respondent={"name": "五原县人民医院" + planted, "kind": "institution"})  # fmt: skip
    reader = at_desk("handler", "150000")
    for path in (QUEUE, f"{QUEUE}?q={planted}", f"{QUEUE}?status={planted}"):
        page = reader.get(path).text
        assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;一" in reader.get(QUEUE).text
