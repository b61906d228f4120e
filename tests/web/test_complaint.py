"""A complaint's page: what it shows to whom, and each step taken from it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from service import clock, demonstration
from service.audit import operations as audit
from service.casework import notes, wording
from service.casework.rules import BLANK
from service.complaints.rules import CO_HANDLER, MACHINE, RESPONDENT, STATES, STEPS, Step
from service.db import transaction
from service.directory import operations as directory
from service.intake import attachments
from service.web import steps
from tests.casework.ways import GRANTS
from tests.factories import People, filing
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, POLICY, SAID, filed, standing, taken, the

At = Callable[..., Browser]
MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)
FACTS = {"contacted": "true", "solved": "true", "satisfaction": "satisfied"}
PLANTED = "<script>alert(1)</script>=cmd|' /C calc'!A0<img src=x onerror=alert(2)>"


def address(number: str, action: str = "") -> str:
    return f"/desk/complaints/{number}" + (f"/actions/{action}" if action else "")


def primary(page: str) -> list[str]:
    """The primary actions of the page."""
    return re.findall(r'class="btn btn-primary[^"]*"[^>]*>([^<]+)<', page)


def send(browser: Browser, number: str, action: str, **said: str) -> TestResponse:
    """Fill in and send a step's form as the page gave it."""
    page = browser.get(f"{address(number)}?action={action}").text
    hidden = dict(re.findall(r'type="hidden" name="(_\w+)" value="(\d+)"', page))
    return browser.post(address(number, action), {**hidden, **said})


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_the_page_shows_all_that_a_handler_needs(at_desk: At) -> None:
    number = standing("handling", debt={"contract_number": "HT-7", "due_on": "2025-06-30", "object": "goods",
                                        "excuses": ["bills", "no_money"]})  # fmt: skip
    page = at_desk("handler", department=HEALTH).get(address(number)).text
    for told in (number, "办理中", "医药货款拖欠一年多没有给", "河套试剂有限公司", "白女士",
                 "1234", "五原县人民医院", "1,250,000 元", "五原县卫生健康委员会", "货款服务款",
                 "合同编号", "HT-7", "2025年6月30日", "货物",
                 "强制商票或变相延期、没有资金", "保障中小企业款项支付条例第二十五条"):  # fmt: skip
        assert told in page, told
    assert "%</span>" in page  # staff see how sure the machine was


def test_numbers_are_shown_to_who_asks_for_them_and_that_is_recorded(app: Flask, people: People) -> None:
    said = "我的电话是13947112233，货款一年多没有给。五原县人民医院拖欠医药货款，合同约定三十天付清。"
    number, reader = filed(body=said), people.reader("handler", department=HEALTH)
    handler = Browser(app, reader)
    page = handler.get(address(number)).text
    assert not [told for told in ("4716601234", "13947112233") if told in page]
    assert audit.about(number, 5) == []
    shown = handler.post(f"{address(number)}/numbers").text
    # It is called as it is stored, and read as people dial it.
    assert '<a href="tel:+864716601234">0471 660 1234</a>' in shown
    assert "13947112233" in shown
    assert [(one.action, one.actor) for one in audit.about(number, 5)] == [("numbers.shown", reader.login)]


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_who_need_not_call_is_shown_no_number_and_offered_none(at_desk: At, role: str) -> None:
    number, somebody = filed(), at_desk(role, "150000" if role == "supervisor" else None)
    assert "显示电话和号码" not in somebody.get(address(number)).text
    assert somebody.post(f"{address(number)}/numbers").status_code == 403
    assert audit.about(number, 5) == []


def test_a_complaint_without_files_has_no_place_for_them(at_desk: At) -> None:
    assert "附件" not in at_desk("handler", department=HEALTH).get(address(filed())).text


def test_what_no_department_got_tells_what_the_machine_thought_and_no_reason(at_desk: At) -> None:
    number = filed(by_hand=True)
    taken(number, "refuse")
    page = at_desk("dispatcher", "150000").get(address(number)).text
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]*)</dd>", page))
    assert facts["承办部门"] == "没有派给部门"
    assert facts["系统当初的意见"]
    assert facts.keys().isdisjoint({"理由", "怎么定的"})


def test_who_need_not_reach_the_enterprise_sees_no_contact_and_a_masked_text(at_desk: At) -> None:
    number = filed(body="我的电话是13947112233，货款一年多没有给。五原县人民医院拖欠医药货款，合同约定三十天付清。")
    page = at_desk("supervisor", "150000").get(address(number)).text
    assert "白女士" not in page
    assert "6601234" not in page
    assert "13947112233" not in page


def test_who_asked_for_confidentiality_is_named_to_no_head(at_desk: At) -> None:
    told = {"title": "河套试剂有限公司催要货款", "body": f"河套试剂：{filing()['body']}"}
    number = standing("drafted", confidential=True, **told)
    page = at_desk("head", department=HEALTH).get(address(number)).text
    assert "〔企业〕催要货款" in page
    assert "河套试剂" not in page
    assert "白女士" not in page
    assert "申请保密" in page


def test_the_trail_tells_who_did_what_with_its_words(people: People, app: Flask) -> None:
    handler = people.reader("handler", department=HEALTH)
    number = filed()
    taken(number, "sign", "contact", by=handler)
    page = Browser(app, handler).get(address(number)).text
    assert "首次联系　承办人 handler" in page
    assert "说明：电话联系了企业。" in page
    assert "派单　系统" in page


@pytest.mark.parametrize(("role", "place", "department"), [("handler", None, "150826-health"),
                                                          ("supervisor", "150100", None)])  # fmt: skip
def test_who_may_not_see_it_is_told_that_it_is_not_there(
    at_desk: At, role: str, place: str | None, department: str | None
) -> None:
    number = filed()
    somebody = at_desk(role, place, department)
    assert somebody.get(address(number)).status_code == 404
    assert somebody.post(address(number, "sign"), {"_version": "1"}).status_code == 404
    assert the(number).status == "dispatched"


def test_who_works_on_no_complaint_may_not_open_the_page(at_desk: At) -> None:
    assert at_desk("administrator").get(address(filed())).status_code == 403


def test_a_number_that_is_none_is_not_found(at_desk: At) -> None:
    answer = at_desk("handler", department=HEALTH).get(address("QS1"))
    assert (answer.status_code, "没有这件诉求，或者不在您的办理范围。" in answer.text) == (404, True)
    assert "查询码在提交回执上" not in answer.text


# --- the deadline ----------------------------------------------------------------------------------------------------


def legend(page: str) -> list[str]:
    """What the page says that the cells of the strip mean."""
    return re.findall(r'<span class="cell[^"]*"></span>([^<]+)</li>', page)


def test_the_deadline_explains_itself_day_by_day(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = standing("handling")
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        page = at_desk("handler", department=HEALTH).get(address(number)).text
    days = re.findall(r'<li class="([^"]*)" title="([^"]*)">', page)
    assert len(days) == 31  # the start day and thirty more
    assert days[0] == ("", "3月9日 起算日不计")
    assert days[4][0].split() == ["counted", "today"]
    assert days[5] == ("counted ahead", "3月14日 周末，按自然日计入")
    assert "已过 4 天，共计 30 天" in page
    assert "<li>3月13日 工作日，计入（今天）</li>" in page
    assert legend(page) == ["已计入", "还剩下", "不计入（原因见逐日说明）", "今天"]


def test_the_legend_names_only_what_the_days_show(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = standing("handling")
    with time_machine.travel(MONDAY + timedelta(days=90), tick=False):
        page = at_desk("handler", department=HEALTH).get(address(number)).text
    assert legend(page) == ["已计入", "不计入（原因见逐日说明）"]


def test_a_clock_that_waits_for_the_enterprise_shows_its_pause(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = standing("handling", category="policy.subsidy", body="我公司专精特新奖励公示十个月没有兑现。",
                          respondent={"name": "五原县工业和信息化局", "kind": "organ"})  # fmt: skip
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        taken(number, "request_material")
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        page = at_desk("handler", "150000").get(address(number)).text
    marks = re.findall(r'<li class="([^"]*)" title="([^"]*)">', page)
    assert ("counted ahead", "3月13日 工作日") in marks
    assert ("paused", "3月11日 暂停") in [(mark.strip(), title) for mark, title in marks]
    assert "正在暂停，等企业补充材料" in page


def test_days_of_a_year_that_is_not_published_are_provisional(at_desk: At) -> None:
    with time_machine.travel(datetime(2098, 1, 6, 1, tzinfo=UTC), tick=False):
        page = at_desk("handler", department=HEALTH).get(address(standing("handling"))).text
    assert re.search(r'<li class="[^"]* provisional[^"]*" title="1月7日 工作日">', page)
    assert "2098年放假安排尚未公布" in page


def test_every_clock_is_listed_with_what_it_stands_on(at_desk: At) -> None:
    page = at_desk("handler", department=HEALTH).get(address(standing("handling"))).text
    listed = re.findall(r'<th scope="row" role="rowheader">([^<]+)</th>', page)
    assert {"办理结果", "首次联系", "签收", "转办"} <= set(listed)
    assert listed.index("首次联系") < listed.index("签收")


def test_a_closed_complaint_says_that_no_limit_runs(at_desk: At) -> None:
    page = at_desk("handler", department=HEALTH).get(address(standing("closed"))).text
    assert "没有正在计时的期限" in page
    assert "您现在不需要做什么" in page


# --- what can be done ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "role", "following", "near"),
    [
        ("dispatched", "handler", "签收", ["退单"]),
        ("handling", "handler", "首次联系", ["起草答复"]),
        ("drafted", "head", "审签", ["审签退回"]),
        ("approved", "head", "答复", []),
        ("dispatched", "head", None, []),
        ("drafted", "handler", None, []),
        ("replied", "handler", None, []),
        ("replied", "dispatcher", "办结", []),
    ],
)
def test_one_action_comes_next_and_what_else_usually_follows_stands_beside_it(
    at_desk: At, state: str, role: str, following: str | None, near: list[str]
) -> None:
    place, department = (None, HEALTH) if role in {"handler", "head"} else ("150821", None)
    page = at_desk(role, place, department).get(address(standing(state))).text
    assert primary(page) == ([following] if following else [])
    head = re.search(r'class="act-head">.*?</div>', page, re.DOTALL)
    assert [name for name in near if not head or f">{name}<" not in head[0]] == []


def test_what_is_seldom_asked_for_stands_folded_in_groups(at_desk: At) -> None:
    page = at_desk("supervisor", "150821").get(address(standing("handling"))).text
    assert "您现在不需要做什么" in page
    folded = page[page.index("<summary>其他操作</summary>") :]
    groups = {name: re.findall(r">([^<]+)</a>", links) for name, links in
              re.findall(r"<dt>(\S+)</dt>\s*<dd[^>]*>(.*?)</dd>", folded, re.DOTALL)}  # fmt: skip
    assert groups["督办"] == ["催办", "督办", "联合督办", "函询", "督办书", "约谈", "通报"]
    assert {"会商", "指定办理", "提级"} <= set(groups["去向"])
    assert groups["时限"] == ["挂起"]


def test_every_step_that_people_take_stands_in_one_group() -> None:
    grouped = [action for actions in steps.GROUPS.values() for action in actions]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {code for code, step in STEPS.items() if step.roles - {MACHINE, RESPONDENT}}


def test_a_first_contact_that_was_made_comes_no_more(at_desk: At) -> None:
    number = standing("handling")
    taken(number, "contact")
    assert primary(at_desk("handler", department=HEALTH).get(address(number)).text) == ["起草答复"]


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.action)
def test_every_field_of_every_step_can_be_asked_for(step: Step) -> None:
    assert {*step.needs, *step.allows} <= set(steps.CONTROLS)


def test_every_step_that_usually_comes_next_fits_its_state() -> None:
    usual = [(state, action) for state, actions in steps.NEXT.items() for action in actions]
    assert all(state in STEPS[action].sources and STEPS[action].roles != {MACHINE} for state, action in usual)
    assert set(steps.NEXT) == {code for code, state in STATES.items() if state.desk}


def test_a_complaint_walks_from_desk_to_desk_through_its_page(at_desk: At) -> None:
    number = filed()
    handler, head = at_desk("handler", department=HEALTH), at_desk("head", department=HEALTH)
    way = [
        (handler, "sign", {}, "handling"),
        (handler, "contact", {"note": "联系了"}, "handling"),
        (handler, "request_material", {"note": "请补充对账单"}, "waiting"),
        (handler, "supply_material", {"text": "对账单已送来"}, "handling"),
        (handler, "draft", {"reply": "经核实属实。", "internal": "院长已知"}, "drafted"),
        (head, "return_draft", {"reason": "写明日期"}, "handling"),
        (handler, "draft", {"reply": "经核实属实，月底前付清。"}, "drafted"),
        (head, "approve", {}, "approved"),
        (head, "reply", {}, "replied"),
        (at_desk("revisit_agent", "150821"), "revisit", FACTS, "revisited"),
        (at_desk("revisit_agent", "150821"), "close", {"solved": "true"}, "closed"),
    ]
    for browser, action, said, state in way:
        answer = send(browser, number, action, **said)
        assert (answer.status_code, answer.headers["Location"]) == (302, address(number)), answer.text
        assert the(number).status == state
        shown = browser.get(address(number)).text
        assert f"「{STEPS[action].name}」已完成，现在是「{STATES[state].name}」。" in shown
    assert the(number).reply == "经核实属实，月底前付清。"
    assert the(number).solved is True


def test_a_dispatcher_dispatches_to_one_of_the_departments_that_may_have_it(at_desk: At) -> None:
    number = filed(category="enforcement.fine", respondent={"name": "五原县市场监督管理局", "kind": "organ"})
    assert the(number).status == "submitted"
    dispatcher = at_desk("dispatcher", "150000")
    send(dispatcher, number, "accept")
    page = dispatcher.get(f"{address(number)}?action=dispatch").text
    assert '<optgroup label="五原县">' in page
    assert '<option value="150821-market">' not in page  # never to the accused
    office = re.search(r'<optgroup label="五原县"><option value="([^"]+)"', page)
    assert office
    send(dispatcher, number, "dispatch", department=office[1])
    assert (the(number).status, the(number).department) == ("dispatched", office[1])


def test_a_draft_that_came_back_is_there_to_be_mended(at_desk: At) -> None:
    number = standing("drafted")
    taken(number, "return_draft")
    page = at_desk("handler", department=HEALTH).get(f"{address(number)}?action=draft").text
    assert f"{SAID['draft']['reply']}</textarea>" in page
    assert f"{SAID['draft']['internal']}</textarea>" in page


def test_a_head_reads_the_draft_beside_the_approval(at_desk: At) -> None:
    page = at_desk("head", department=HEALTH).get(address(standing("drafted"))).text
    before_form = page[: page.index('class="buttons"')]
    assert SAID["draft"]["reply"] in before_form
    assert SAID["draft"]["internal"] in before_form


# --- every step of the table -----------------------------------------------------------------------------------------

BEFORE = {
    "opine": ("invite",),
    "appeal_misuse": ("report_misuse", "rule_misuse"),
    "rule_misuse_appeal": ("report_misuse", "rule_misuse", "appeal_misuse"),
}
OPENERS = {step.opens: action for action, step in STEPS.items() if step.opens and step.roles != {MACHINE}}
BY_PEOPLE = [(step, role) for step in STEPS.values() for role in sorted(step.roles & set(GRANTS))]


def ready(step: Step) -> str:
    """A complaint on which a step may be taken."""
    about = POLICY if step.settles == "extension" or step.action == "suspend" else {}
    before = BEFORE.get(step.action, (OPENERS[step.settles],) if step.settles in OPENERS else ())
    first = STEPS[before[0]] if before else step
    state = next(state for state in ("handling", *demonstration.WAYS) if state in first.sources & step.sources)
    place = {"region": "150800", "respondent": None} if step.action == "dispatch_on" else {}
    number = standing(state, *before, **about, **place)
    if step.settles == "revisit":
        with transaction():
            the(number).pending = ["revisit"]
    return number


@pytest.mark.parametrize(("step", "role"), BY_PEOPLE, ids=lambda one: getattr(one, "action", one))
def test_every_step_has_its_form_for_each_role_that_may_take_it(at_desk: At, step: Step, role: str) -> None:
    number = ready(step)
    department = the(number).co_departments[0] if step.action == "opine" else the(number).department or HEALTH
    place = dict.fromkeys(("head", "handler", "department_dispatcher", CO_HANDLER)).get(role, "150000")
    somebody = at_desk("handler" if role == CO_HANDLER else role, place, None if place else department)
    page = somebody.get(f"{address(number)}?action={step.action}").text
    if step.settles == "extension" and role == "head":
        assert f'action="{address(number, step.action)}"' not in page  # here the supervisor rules
        return
    assert f'action="{address(number, step.action)}"' in page
    assert [name for name in step.needs if f'name="{name}"' not in page] == []
    controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', page)
    assert [ident for ident in controls if f'for="{ident}"' not in page] == []
    refused = send(somebody, number, step.action)
    assert (refused.status_code == 422) == bool(step.needs), refused.status_code
    assert [name for name in step.needs if f'id="f-{name.replace("_", "-")}-error"' not in refused.text] == []


def test_a_pending_extension_comes_first_and_shows_what_was_asked_and_how_far_it_may_go(at_desk: At) -> None:
    number = standing("handling", "ask_extension")
    page = at_desk("head", department=HEALTH).get(address(number)).text
    assert primary(page) == ["同意延期"]
    assert ">不同意延期<" in page
    for told in ("待裁定：延期申请", "需要第三方审计报告", "申请延到：", "这个期限的延期由部门负责人决定",
                 "最晚可以延到", "总计不得超过90日"):  # fmt: skip
        assert told in page, told
    supervisor = at_desk("supervisor", "150821").get(address(number)).text
    assert "待裁定：延期申请" in supervisor
    assert ">同意延期<" not in supervisor


def test_how_far_a_limit_may_be_extended_is_told_in_english_too(at_desk: At) -> None:
    number, handler = standing("handling"), at_desk("handler", department=HEALTH)
    handler.client.set_cookie("language", "en")
    page = handler.get(f"{address(number)}?action=ask_extension").text
    assert "Who decides on an extension of this limit: Department head." in page
    assert re.search(r"It can be extended to [^<]*: at most 90 days in all\.", page)


def test_what_was_written_is_told_to_nobody_in_other_words(at_desk: At) -> None:
    """Though the pieces that are marked in it are words of ours: 发票 is a category."""
    number, handler = standing("handling"), at_desk("handler", department=HEALTH)
    handler.client.set_cookie("language", "en")
    page = handler.get(address(number)).text
    bodies = re.findall(r'<p class="prose body"[^>]*>(.*?)</p>', page, re.DOTALL)
    plain = [re.sub(r'<span class="visually-hidden".*?</span>|<[^>]+>', "", body) for body in bodies]
    assert plain == [filing()["body"]] * 2


def test_a_granted_extension_is_told_by_the_deadline_and_the_trail(at_desk: At) -> None:
    number = standing("handling", "ask_extension")
    send(at_desk("head", department=HEALTH), number, "grant_extension")
    page = at_desk("handler", department=HEALTH).get(address(number)).text
    assert "，经批准" in page
    assert "原来的期限：" in page
    assert "总计不超过90日" in page


def test_a_hand_back_is_ruled_on_with_both_sides_words(at_desk: At) -> None:
    number = standing("handing_back")
    page = at_desk("supervisor", "150821").get(address(number)).text
    assert primary(page) == ["同意退单"]
    asked = page[page.index("各方怎么说") :]
    for told in ("派单", "退单", "主管单位不是我们", "认为应由："):
        assert told in asked, told
    for name in ("指定办理", "不同意退单", "会商"):
        assert f">{name}<" in page


def test_an_appeal_is_ruled_on_with_all_that_was_said_before(at_desk: At) -> None:
    number = standing("handling", "report_misuse", "rule_misuse", "appeal_misuse")
    page = at_desk("supervisor", "150821").get(address(number)).text
    told = [page.index(said, page.index("各方怎么说")) for said in ("疑似改动", "验收单日期被改动", "愿意当面核对")]
    assert told == sorted(told)
    assert "申诉成立，撤销认定" in page
    assert "认定为滥用</span>" in page


@pytest.mark.parametrize(("action", "role"), [("inquire", "handler"), ("issue_letter", "supervisor")])
def test_the_link_of_a_letter_is_shown_once_and_kept_nowhere(at_desk: At, action: str, role: str) -> None:
    number = standing("handling")
    somebody = at_desk(role, None if role == "handler" else "150821", HEALTH if role == "handler" else None)
    answer = send(somebody, number, action, text="请说明欠款原因和付款计划。")
    assert answer.status_code == 200
    link = re.search(r'readonly value="(http://localhost/letters/([^"]+))"', answer.text)
    assert link
    assert somebody.get(link[1]).status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not any(link[2] in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    again = somebody.get(address(number)).text
    assert link[2] not in again
    assert 'class="letters"' in again
    assert "文号：" in again


def test_complaints_of_one_matter_are_linked_where_the_reader_may_see_them(at_desk: At) -> None:
    lead, merged = standing("handling"), standing("dispatched")
    taken(merged, "merge", into=lead)
    supervisor = at_desk("supervisor", "150821")
    assert re.search(rf'已并入 <a class="number" href="{address(lead)}"', supervisor.get(address(merged)).text)
    assert re.search(rf'并入了 <a class="number" href="{address(merged)}"', supervisor.get(address(lead)).text)
    with transaction():
        one = the(lead)
        one.region = one.dispatch_place = "150100"
    page = supervisor.get(address(merged)).text
    assert f'href="{address(lead)}"' not in page
    assert "还有 1 件相关诉求不在您的范围内" in page


def test_what_was_split_off_is_linked_both_ways(at_desk: At) -> None:
    number, dispatcher = standing("accepted"), at_desk("dispatcher", "150821")
    send(dispatcher, number, "split", text="另外，县医院去年的设备维修费也没有付，一共八万元。")
    found = re.search(r'另立了 <a class="number" href="([^"]+)"', dispatcher.get(address(number)).text)
    assert found
    assert re.search(rf'分自 <a class="number" href="{address(number)}"', dispatcher.get(found[1]).text)


def test_a_co_handler_has_its_limit_and_its_opinion(at_desk: At) -> None:
    number = standing("handling", "invite")
    helper, leader = the(number).co_departments[0], at_desk("handler", department=HEALTH)
    assert "等待协办意见" in leader.get(address(number)).text
    send(at_desk("handler", department=helper), number, "opine", text="预算里有这笔钱。")
    page = leader.get(address(number)).text
    assert "预算里有这笔钱。" in page
    assert "等待协办意见" not in page


def test_a_clock_in_hours_tells_its_hours(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        page = at_desk("dispatcher", "150000").get(address(standing("accepted", **POLICY))).text
    assert "<li>3月9日　工作日，计4小时（今天）</li>" in page
    assert 'class="days"' not in page


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_field_is_called_on_top_as_it_is_beside_its_control(at_desk: At) -> None:
    page = send(at_desk("dispatcher", "150000"), filed(by_hand=True), "refuse", reason="已经起诉。").text
    assert re.search(r'<a href="#f-channel">应走的渠道：[^<]+</a>', page)
    assert '<label for="f-channel">应走的渠道</label>' in page


def test_a_field_left_out_is_told_beside_it_and_nothing_typed_is_lost(at_desk: At) -> None:
    number = standing("handling")
    answer = send(at_desk("handler", department=HEALTH), number, "draft", internal="已与院长核对。")
    assert answer.status_code == 422
    page = answer.text
    assert '<a href="#f-reply">' in page
    assert 'id="f-reply-error"' in page
    assert "已与院长核对。</textarea>" in page
    assert the(number).status == "handling"


def test_who_comes_second_learns_who_did_what_meanwhile_and_keeps_what_was_typed(app: Flask, people: People) -> None:
    number = standing("handling")
    reader = people.reader("handler", department=HEALTH)
    first, second = Browser(app, reader), Browser(app, people.reader("handler", department=HEALTH))
    opened = second.get(f"{address(number)}?action=draft").text
    hidden = dict(re.findall(r'type="hidden" name="(_\w+)" value="(\d+)"', opened))
    send(first, number, "contact", note="联系了")
    answer = second.post(address(number, "draft"), {**hidden, "reply": "写了很久的答复"})
    assert answer.status_code == 412
    assert "这件诉求有了变化" in answer.text
    assert f"承办人 {reader.name}：首次联系" in answer.text
    assert "写了很久的答复</textarea>" in answer.text
    again = dict(re.findall(r'type="hidden" name="(_\w+)" value="(\d+)"', answer.text))
    assert second.post(address(number, "draft"), {**again, "reply": "写了很久的答复"}).status_code == 302


def test_a_step_that_no_longer_fits_is_told_in_words_and_what_was_typed_can_be_copied(at_desk: At) -> None:
    number = standing("handling")
    handler = at_desk("handler", department=HEALTH)
    taken(number, "draft")
    version = str(the(number).version)
    answer = handler.post(address(number, "draft"), {"_version": version, "_seen": "1", "reply": "写了很久的答复"})
    assert answer.status_code == 409
    assert "这件诉求现在是「待审签」，不能再做「起草答复」。" in answer.text
    assert "写了很久的答复" in answer.text
    assert "allowed_actions" not in answer.text


@pytest.mark.parametrize("version", ["", "0", "x", "999"])
def test_a_form_that_does_not_say_what_its_page_showed_does_nothing(at_desk: At, version: str) -> None:
    number = filed()
    answer = at_desk("handler", department=HEALTH).post(
        address(number, "sign"), {"_version": version, "_seen": "x" * 99}
    )
    assert answer.status_code == 412
    assert the(number).status == "dispatched"


def test_a_step_of_another_role_is_refused_on_the_page(at_desk: At) -> None:
    number = standing("drafted")
    handler = at_desk("handler", department=HEALTH)
    answer = handler.post(address(number, "approve"), {"_version": str(the(number).version)})
    assert answer.status_code == 403
    assert "您的岗位不能做「审签」。" in answer.text
    assert the(number).status == "drafted"


@pytest.mark.parametrize("action", ["nothing", "lapse_material", "accept"])
def test_what_is_no_step_of_ones_own_does_nothing(at_desk: At, action: str) -> None:
    number = filed()
    answer = at_desk("handler", department=HEALTH).post(address(number, action), {"_version": "1"})
    assert answer.status_code in {403, 404}
    assert the(number).status == "dispatched"


def test_a_step_without_our_token_does_nothing(at_desk: At) -> None:
    number = filed()
    handler = at_desk("handler", department=HEALTH)
    assert handler.client.post(address(number, "sign"), data={"_version": "1"}).status_code == 400
    assert the(number).status == "dispatched"


# --- attachments, statements, planted text ---------------------------------------------------------------------------


class Upload:
    """A file as a form sends it."""

    filename = "合同<b>.pdf"

    def read(self, size: int = -1, /) -> bytes:
        return b"%PDF-1.4 contract"


@pytest.fixture
def attached(app: Flask) -> str:
    """The number of a complaint with a file."""
    number = filed()
    with transaction():
        attachments.hold(b"form", [Upload()], clock.now())
        attachments.bind(b"form", the(number).id, clock.now())
    return number


def test_a_file_is_listed_and_comes_as_a_download(at_desk: At, attached: str) -> None:
    handler = at_desk("handler", department=HEALTH)
    found = re.search(rf'href="({address(attached)}/attachments/\d+)"', handler.get(address(attached)).text)
    assert found
    answer = handler.get(found[1])
    assert answer.data == b"%PDF-1.4 contract"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert at_desk("handler", department="150826-health").get(found[1]).status_code == 404


def test_a_pdf_is_shown_where_nothing_in_it_can_do_anything(at_desk: At, attached: str) -> None:
    handler = at_desk("handler", department=HEALTH)
    page = handler.get(address(attached)).text
    found = re.search(rf'<iframe src="({address(attached)}/attachments/\d+/view)"', page)
    assert found
    answer = handler.get(found[1])
    assert answer.data == b"%PDF-1.4 contract"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy)
    assert at_desk("handler", department="150826-health").get(found[1]).status_code == 404


def test_what_no_browser_shows_is_only_downloaded(at_desk: At, attached: str) -> None:
    with transaction():
        file = attachments.of(the(attached).id)[0]
        file.type = attachments.WORD
    handler = at_desk("handler", department=HEALTH)
    assert "预览" not in handler.get(address(attached)).text
    assert handler.get(f"{address(attached)}/attachments/{file.id}/view").status_code == 404


def test_a_file_of_another_complaint_is_not_found_under_this_one(at_desk: At, attached: str) -> None:
    with transaction():
        file = attachments.of(the(attached).id)[0].id
    assert at_desk("handler", department=HEALTH).get(f"{address(filed())}/attachments/{file}").status_code == 404


@pytest.mark.parametrize("rounds", [0, 12])
def test_a_page_takes_eight_statements_and_two_more_for_texts_whatever_happened_to_the_complaint(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    number = standing("handling")
    for _ in range(rounds):
        taken(number, "request_material")
        taken(number, "lapse_material")
    reader = people.reader("handler", department=HEALTH)
    handler = Browser(app, reader)
    with transaction():
        for _ in range(rounds):
            notes.write(the(number), {"handler"}, "打过电话。", reader, clock.now())
            wording.keep_phrase(reader.id or 0, f"第 {_} 句")
    handler.get(address(number))
    for action, most in (("hand_back", 8), ("draft", 10)):
        with counted() as sent:
            assert handler.get(f"{address(number)}?action={action}").status_code == 200
        assert len(sent) == most, sent


def test_what_may_be_the_same_matter_is_found_from_the_page(at_desk: At) -> None:
    first, number = filed(), filed()
    handler = at_desk("handler", department=HEALTH)
    assert f'hx-get="{address(number)}/similar"' in handler.get(address(number)).text
    with counted() as sent:
        page = handler.get(f"{address(number)}/similar").text
    assert f'href="{address(first)}"' in page
    assert "文字相似" in page
    assert "还在办理，已经 0 天" in page
    assert len(sent) <= 6, sent
    assert at_desk("handler", department="150821-education").get(f"{address(number)}/similar").status_code == 404


def test_what_became_of_the_same_matter_before_is_told_with_the_days_it_took(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        first = standing("handling", "draft", "approve")
    with time_machine.travel(MONDAY + timedelta(days=12), tick=False):
        taken(first, "reply", "close")
        page = at_desk("handler", department=HEALTH).get(f"{address(filed())}/similar").text
    assert "已办结 · 问题已解决 · 满意，用了 12 天" in page
    assert f"答复：{SAID['draft']['reply']}" in page


# --- what is at hand -------------------------------------------------------------------------------------------------


def test_the_facts_of_the_text_are_marked_and_told_in_words(at_desk: At) -> None:
    number = filed(body="五原县人民医院2025年3月1日签收了我公司的试剂，至今拖欠货款125万元没有付，催了很多次。")
    page = at_desk("handler", department=HEALTH).get(address(number)).text
    for kind, text in (("respondent", "五原县人民医院"), ("amount", "125万元"), ("date", "2025年3月1日")):
        assert f'<mark class="fact {kind}">{text}</mark>' in page
    assert "<dt>金额</dt><dd>125万元</dd>" in page


def test_who_does_what_by_when_is_told_of_the_lead_and_of_those_who_help(app: Flask, people: People) -> None:
    reader = people.reader("handler", department=HEALTH)
    number = filed()
    send(Browser(app, reader), number, "sign")
    taken(number, "invite", note="请核对预算。")
    page = Browser(app, reader).get(address(number)).text
    hands = page[page.index('id="hands"') : page.index("</section>", page.index('id="hands"'))]
    for told in ("主办", "五原县卫生健康委员会", "handler", "协办", "请核对预算。", "等待协办意见"):
        assert told in hands, told


def test_a_note_is_on_the_page_of_the_own_side_and_on_no_other(at_desk: At) -> None:
    number = standing("handling", "invite")
    helper = the(number).co_departments[0]
    handler = at_desk("handler", department=HEALTH)
    answer = handler.post(f"{address(number)}/notes", {"memo": "院长答应周五答复。"})
    assert answer.headers["Location"] == f"{address(number)}#notes"
    assert "院长答应周五答复。" in at_desk("head", department=HEALTH).get(address(number)).text
    for other in (at_desk("handler", department=helper), at_desk("supervisor", "150821"), at_desk("auditor")):
        assert "院长答应周五答复。" not in other.get(address(number)).text


def test_a_blank_note_is_told_beside_its_field_and_who_may_not_see_the_complaint_writes_none(at_desk: At) -> None:
    number = standing("handling")
    answer = at_desk("handler", department=HEALTH).post(f"{address(number)}/notes", {"memo": " "})
    assert answer.status_code == 422
    assert 'id="f-memo-error"' in answer.text
    stranger = at_desk("handler", department="150826-health")
    assert stranger.post(f"{address(number)}/notes", {"memo": "我也看看"}).status_code == 404


# --- texts for a reply -----------------------------------------------------------------------------------------------


def written(page: str, field: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea[^>]* id="f-{field}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return unescape(found[1])


@pytest.mark.parametrize(("action", "field", "key", "told"), [
    ("draft", "reply", "t-result-arrears-plan", "反映五原县人民医院拖欠货款服务款1,250,000 元一事"),
    ("request_material", "note", "t-material-arrears", "1. 合同或订单；"),
    ("ask_extension", "reason", "t-extension-general", "不能在"),
])  # fmt: skip
def test_a_template_of_the_family_is_put_in_with_what_is_known(
    at_desk: At, action: str, field: str, key: str, told: str
) -> None:
    number = standing("handling")
    handler = at_desk("handler", department=HEALTH)
    assert f"insert={key}" in handler.get(f"{address(number)}?action={action}").text
    text = written(handler.get(f"{address(number)}?action={action}&insert={key}").text, field)
    assert told in text
    assert "{" not in text


def test_a_text_that_is_not_filled_in_goes_to_nobody(at_desk: At) -> None:
    number = standing("handling")
    answer = send(at_desk("handler", department=HEALTH), number, "draft", reply=f"已于{BLANK}付清。")
    assert answer.status_code == 422
    assert "还有没填的空白" in answer.text
    assert written(answer.text, "reply") == f"已于{BLANK}付清。"
    assert the(number).status == "handling"


def test_a_template_stands_after_the_draft_that_came_back(at_desk: At) -> None:
    number = standing("handling", "draft", "return_draft")
    page = at_desk("handler", department=HEALTH).get(f"{address(number)}?action=draft&insert=t-result-solved").text
    text = written(page, "reply")
    assert text.startswith(SAID["draft"]["reply"])
    assert "河套试剂有限公司：" in text


def test_who_is_not_to_be_named_is_not_named_by_a_template(at_desk: At) -> None:
    page = at_desk("operator", "150000").get(f"{address(filed(by_hand=True, confidential=True))}?action=answer").text
    assert "河套试剂有限公司" not in page
    assert "您单位：" in page


@pytest.mark.parametrize("key", ["t-nothing", "p-999", "x", "t-refusal-court"])
def test_a_text_that_there_is_not_is_not_put_in(at_desk: At, key: str) -> None:
    page = at_desk("handler", department=HEALTH).get(f"{address(standing('handling'))}?action=draft&insert={key}").text
    assert written(page, "reply") == ""


def test_a_phrase_is_kept_put_in_and_dropped_by_its_owner_alone(at_desk: At) -> None:
    handler, other = (at_desk("handler", department=HEALTH) for _ in range(2))
    assert handler.post("/desk/phrases", {"phrase": "请保持电话畅通。"}).status_code == 302
    assert handler.post("/desk/phrases", {"phrase": "长" * 501}).status_code == 422
    form = f"{address(standing('handling'))}?action=contact"
    found = re.search(r"insert=(p-(\d+))", handler.get(form).text)
    assert found
    assert written(handler.get(f"{form}&insert={found[1]}").text, "note") == "请保持电话畅通。"
    assert "请保持电话畅通。" not in other.get(f"{form}&insert={found[1]}").text
    other.post(f"/desk/phrases/{found[2]}/drop")
    assert "请保持电话畅通。" in handler.get("/desk/phrases").text
    handler.post(f"/desk/phrases/{found[2]}/drop")
    assert "请保持电话畅通。" not in handler.get("/desk/phrases").text


# --- keys ------------------------------------------------------------------------------------------------------------


def test_every_step_in_the_bar_has_a_key_of_its_own_and_the_open_form_the_key_of_its_step(at_desk: At) -> None:
    page = at_desk("handler", department=HEALTH).get(f"{address(standing('handling'))}?action=draft").text
    keys = re.findall(r'data-key="Alt\+([1-7])" data-row-key="([1-7])"', page)
    assert [one for one, _ in keys] == [other for _, other in keys]
    assert len(keys) == len(set(keys))
    assert re.search(r'type="submit" data-key="Alt\+2"[^>]* data-first="f-reply">起草答复<', page)


def test_planted_text_shows_as_text(at_desk: At, app: Flask) -> None:
    number = filed(
        body=PLANTED + filing()["body"], title=PLANTED,
        enterprise={"name": PLANTED, "size": "small"}, contact={"name": PLANTED[:50], "phone": "0471-6601234"},
        respondent={"name": "五原县人民医院" + PLANTED, "kind": "institution"},
        debt={"contract_number": PLANTED}, promise={"by": PLANTED, "content": PLANTED}, policy={"answered": PLANTED},
    )  # fmt: skip
    handler, head = at_desk("handler", "150000"), at_desk("head", "150000")
    pages = [handler.get(address(number)).text]
    for browser, action, said in ((handler, "sign", {"note": PLANTED}), (handler, "contact", {"note": PLANTED}),
                                  (handler, "draft", {"reply": PLANTED, "internal": PLANTED}),
                                  (head, "return_draft", {"reason": PLANTED}),
                                  (handler, "draft", {"reply": PLANTED, "internal": PLANTED}),
                                  (head, "approve", {"note": PLANTED}),
                                  (head, "reply", {"note": PLANTED})):  # fmt: skip
        send(browser, number, action, **said)
        pages += [browser.get(address(number)).text, browser.get(f"{address(number)}?action={PLANTED}").text]
    pages.append(send(handler, number, "draft", reply=PLANTED, reason=PLANTED).text)
    assert the(number).status == "replied"
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert unescape(pages[-2]).count("<script>alert(1)</script>") > 8
