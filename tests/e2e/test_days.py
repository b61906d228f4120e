"""Whole days, one person a story: what they see and do from the first page on, and what the next person then sees."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from service import clock, demonstration
from service.casework import climbing
from service.complaints.models import Complaint
from service.db import db, transaction
from service.deadlines.models import CalendarDay, ClockRuleVersion
from service.directory import operations as directory
from service.directory.models import Department
from service.knowledge import cases
from service.knowledge.models import KnowledgeAnswer
from service.notices import operations as notices
from service.routing.models import Directive
from tests.cli.runs import runner, said
from tests.e2e.cast import COLLEAGUE, FIRM, LEADER, OFFICE, PASSWORD, PLACE, VAGUE, Cast, Filed
from tests.e2e.conftest import Open
from tests.e2e.test_stories import BOTH, REPLY, file
from tests.e2e.views import WOULD, follow
from tests.e2e.window import Window
from tests.kept import kept

HEALTH, FINANCE = "五原县卫生健康委员会", "五原县财政局"
PHONE = "0478-5212345"
CASE = {"question": "医院说没有预算，一直不付怎么办？", "answer": "由卫健部门督促，一个月内付清。"}


@pytest.fixture
def reference(app: Flask) -> Iterator[None]:
    """What an administrator changes is put back after the test."""
    with kept(Department, ClockRuleVersion, CalendarDay, Directive):
        yield


@pytest.fixture
def faq(app: Flask) -> Iterator[None]:
    """The answers are put back after the test."""
    with kept(KnowledgeAnswer):
        yield


def found(filed: Filed) -> Complaint:
    """A complaint as it is stored."""
    return db.session.query(Complaint).filter_by(number=filed.number).one()


def climbed() -> None:
    """Whatever limit has ended is noticed."""
    with transaction():
        while climbing.climb(clock.now()):
            pass


def fill(window: Window, **fields: str) -> None:
    """Write into several fields."""
    for name, text in fields.items():
        window.write(name, text)


# --- the dispatcher --------------------------------------------------------------------------------------------------


def test_a_dispatcher_places_asks_refuses_and_sends_elsewhere(cast: Cast, window: Open) -> None:
    vague = cast.complaint("submitted", details={"body": VAGUE, "respondent": None})
    short, private, back = (cast.complaint(status) for status in ("submitted", "submitted", "handed_back"))
    dispatcher, enterprise, handler = window("pang"), window(), window("cheng")
    dispatcher.sees(*(one.number for one in (vague, short, private, back)))
    dispatcher.follow(vague.number)
    dispatcher.choose("department", OFFICE)
    dispatcher.choose("category", "approval.delay")
    dispatcher.write("note", "核实后确定")
    dispatcher.press("受理并派单")
    dispatcher.sees(f"{vague.number} 已派给{HEALTH}")
    handler.go("/desk")
    handler.sees(vague.number)

    dispatcher.follow(back.number)
    dispatcher.sees(f"{HEALTH}退单：经核对，这件事的主管单位不是我们。")
    dispatcher.choose("department", "150821-finance")
    dispatcher.press("派单")
    dispatcher.sees(f"{back.number} 已派给{FINANCE}")
    dispatcher.follow(private.number)
    dispatcher.follow("不予受理")
    fill(dispatcher, channel="人民法院", reason="属于企业之间的合同纠纷。")
    dispatcher.press("不予受理")
    dispatcher.sees(f"{private.number}：已不予受理。")
    follow(enterprise, private)
    enterprise.sees("不予受理", "属于企业之间的合同纠纷。", "该找的渠道：人民法院")

    dispatcher.follow(short.number)
    dispatcher.follow("补正")
    dispatcher.write("note", "请补一份合同。")
    dispatcher.press("补正")
    follow(enterprise, short)
    enterprise.sees("请您补充材料", "请补一份合同。")
    enterprise.follow("补充材料")
    enterprise.write("text", "合同已附，签于去年三月。")
    enterprise.press("提交材料")
    enterprise.sees("材料已经交给工作人员")
    dispatcher.follow(short.number)
    dispatcher.sees("企业补充的内容", "合同已附，签于去年三月。")


# --- a department ----------------------------------------------------------------------------------------------------


def test_a_handler_signs_asks_hands_back_and_drafts(cast: Cast, window: Open) -> None:
    new, strange, slow = (cast.complaint(status) for status in ("dispatched", "dispatched", "handling"))
    handler, enterprise = window("cheng"), window()
    handler.sees(new.number, strange.number, slow.number)

    handler.follow(new.number)
    handler.press("签收")
    handler.follow("首次联系")
    handler.write("note", "企业说对账单在会计那里。")
    handler.press("首次联系")
    handler.sees("「首次联系」已完成")
    others(handler, "要求补充材料")
    handler.write("note", "请补一份双方盖章的对账单。")
    handler.press("要求补充材料")
    handler.sees("「要求补充材料」已完成，现在是「待补充」")
    follow(enterprise, new)
    enterprise.sees("请您补充材料", "请补一份双方盖章的对账单。")
    enterprise.lacks("对账单在会计那里")

    handler.go(f"/desk/complaints/{strange.number}")
    handler.follow("退单")
    fill(handler, reason="货款由财政统一支付。", evidence="三定方案第七条。")
    handler.press("退单")
    handler.sees("「退单」已完成")
    supervisor = window("du")
    supervisor.sees(strange.number, "货款由财政统一支付。", "三定方案第七条。")

    handler.go(f"/desk/complaints/{slow.number}")
    others(handler, "申请延期")
    until = demonstration.given(found(slow), "ask_extension", clock.now())["until"]
    fill(handler, until=str(until), reason="要等审计报告。")
    handler.press("申请延期")
    handler.sees("「申请延期」已完成")
    handler.follow("起草答复")
    handler.write("reply", REPLY)
    handler.press("起草答复")
    handler.sees("「起草答复」已完成，现在是「待审签」")
    head = window("fu")
    head.sees(slow.number)
    head.follow("延期申请")
    head.sees(slow.number, "要等审计报告。")


def others(window: Window, step: str) -> None:
    """Open the form of a step that stands among the rarer ones."""
    window.main.get_by_text("其他操作", exact=True).click()
    window.follow(step)


def test_a_head_approves_sends_back_and_rules_on_an_extension(cast: Cast, window: Open) -> None:
    good, poor, late = (cast.complaint(status) for status in ("drafted", "drafted", "extension"))
    head, handler, enterprise = window("fu"), window("cheng"), window()
    head.sees(good.number, poor.number)
    head.lacks(late.number)
    head.follow(good.number)
    head.sees("审签后原样发给企业", "经核实，情况属实")
    head.press("审签")
    head.sees("「审签」已完成，现在是「待答复」")
    follow(enterprise, good)
    enterprise.lacks("经核实，情况属实")
    handler.go(f"/desk/complaints/{good.number}")
    handler.press("答复")
    enterprise.page.reload()
    enterprise.sees("已答复", "经核实，情况属实")

    head.go("/desk")
    head.lacks(good.number)
    head.follow(poor.number)
    head.follow("审签退回")
    head.write("reason", "没有写明哪天付清。")
    head.press("审签退回")
    head.sees("「审签退回」已完成，现在是「办理中」")
    handler.go(f"/desk/complaints/{poor.number}?action=draft")
    handler.sees("没有写明哪天付清。")
    expect(handler.field("reply")).to_have_value(re.compile("经核实，情况属实"))

    head.go("/desk")
    head.follow("延期申请")
    head.follow(late.number)
    head.sees("需要第三方审计报告", "这个期限的延期由部门负责人决定。")
    head.press("同意延期")
    head.sees("「同意延期」已完成")
    follow(enterprise, late)
    enterprise.sees("最迟改到", "需要第三方审计报告")


# --- the supervisor --------------------------------------------------------------------------------------------------


def test_a_supervisor_rules_presses_who_is_late_and_makes_a_case(cast: Cast, window: Open, faq: None) -> None:
    late = cast.complaint("handling", ago=timedelta(days=60))
    back, anew, solved = (cast.complaint(status) for status in ("handing_back", "redo_asked", "closed"))
    supervisor, handler = window("du"), window("cheng")
    supervisor.sees("督办", back.number, "本部门职责清单第七条", anew.number, "付款计划到期没有兑现")
    case = supervisor.main.locator(f"#case-{back.number}")
    case.get_by_role("textbox").fill("按职责规定属于本部门，请继续办理。")
    case.get_by_role("button", name="不同意退单").click()
    supervisor.sees(f"{back.number}：不同意退单")
    supervisor.main.locator(f"#case-{anew.number}").get_by_role("button", name="同意重办").click()
    supervisor.sees(f"{anew.number}：同意重办")
    handler.go("/desk/department?status=dispatched")
    handler.sees(back.number, anew.number)

    supervisor.go("/desk")
    supervisor.follow(f"{HEALTH} 已逾期 1 件")
    supervisor.sees(late.number)
    supervisor.press(f"给{HEALTH}发督办单：逾期的 1 件")
    supervisor.sees("「督办」办好了 1 件。")
    handler.go(f"/desk/complaints/{late.number}")
    handler.sees("逾期", "期限已过，请立即办理")

    supervisor.go(f"/desk/complaints/{solved.number}")
    supervisor.follow("写成公开案例")
    fill(supervisor, question="五原县人民医院不付款怎么办？", answer=CASE["answer"])
    supervisor.press("交给管理员")
    supervisor.sees("被反映单位的名称")
    supervisor.write("question", CASE["question"])
    supervisor.press("交给管理员")
    supervisor.sees("案例已交给管理员")


# --- the revisit agent -----------------------------------------------------------------------------------------------


def test_a_revisit_agent_calls_one_after_the_other(cast: Cast, window: Open) -> None:
    late = cast.complaint("handling", ago=timedelta(days=60))
    climbed()
    away, glad, cross = (cast.complaint("replied") for _ in range(3))
    agent, enterprise = window("hui"), window()
    agent.sees(*(one.number for one in (late, away, glad, cross)))
    agent.follow("其中期满未答复")
    agent.lacks(away.number)
    agent.follow("从第一件开始")
    agent.sees(late.number, "期限已经到了，还没有给您答复", "0471 660 1234")
    answers(agent, "false", "dissatisfied", "一直没有人来问过。")
    agent.sees(f"{late.number} 的回访已记下。这是下一件。")

    called = {away: (), glad: ("true", "very_satisfied"), cross: ("false", "dissatisfied", "说付没有付。")}
    for one, words in called.items():
        agent.go(f"/desk/revisits/{one.number}")
        agent.sees("请问是白女士吗", "已经答复您了")
        answers(agent, *words)
    agent.sees("没有别的要回访了", "都回访过了")
    agent.follow("已回访待办结")
    agent.sees(away.number, glad.number, cross.number)
    agent.lacks(late.number)
    agent.follow(glad.number)
    agent.follow("打开这件诉求")
    agent.follow("办结")
    agent.press("办结")
    agent.sees("「办结」已完成")

    for one, seen in ((away, "没有联系上您。"), (glad, "问题已经解决 · 非常满意"), (cross, "问题没有解决 · 不满意")):
        follow(enterprise, one)
        enterprise.sees(seen)
    enterprise.follow("申请重办")
    enterprise.write("reason", "答复里说的钱没有到账。")
    enterprise.press("申请重办")
    enterprise.sees("会换一位承办人重新办理")
    handler = window("cheng")
    handler.go("/desk/department?status=dispatched")
    handler.sees(cross.number)
    supervisor = window("du")
    supervisor.go(f"/desk/complaints/{late.number}")
    supervisor.sees("企业怎么说", "没有解决", "一直没有人来问过。")


def answers(agent: Window, solved: str = "", satisfaction: str = "", reason: str = "") -> None:
    """Note the three facts, or that nobody answered."""
    agent.tick("contacted", "true" if solved else "false")
    if solved:
        agent.tick("solved", solved)
        agent.tick("satisfaction", satisfaction)
    agent.write("reason", reason)
    agent.press("记下，打下一个")


# --- the account of an enterprise ------------------------------------------------------------------------------------


@BOTH
def test_an_account_is_opened_shared_and_handed_on(cast: Cast, window: Open, script: bool) -> None:
    earlier = cast.complaint("handling")
    leader, colleague = window(java_script_enabled=script), window(java_script_enabled=script)
    leader.go("/")
    leader.follow("注册企业账户")
    fill(leader, **{"enterprise.name": FIRM["name"], "enterprise.uscc": FIRM["uscc"].lower()})
    comes_in(leader, "白女士", LEADER, "注册")
    leader.sees("企业账户已开通", "还没有诉求")
    number, _code = file(leader)
    leader.go("/")
    leader.follow("企业诉求")
    leader.sees(number, "等承办部门签收")
    leader.follow("归入以前的诉求")
    fill(leader, number=earlier.number, query_code=earlier.query_code)
    leader.press("归入账户")
    leader.sees("已归入企业账户", number, earlier.number)

    leader.follow("同事")
    leader.write("name", "李会计")
    leader.press("生成邀请链接")
    colleague.go(leader.main.locator("#invitation-link").input_value())
    colleague.sees(f"您受邀加入「{FIRM['name']}」的企业账户")
    comes_in(colleague, "李会计", COLLEAGUE, "加入")
    colleague.sees("您已加入企业账户", number, earlier.number)
    handler = window("cheng")
    handler.go(f"/desk/complaints/{number}")
    handler.press("签收")
    handler.sees("「签收」已完成")
    with transaction():
        notices.spread(clock.now(), 1000)
    colleague.go("/inbox")
    colleague.sees(number)
    colleague.press("打开")
    colleague.sees(number, "办理中", "撤回诉求")

    leader.go("/account/people")
    leader.follow("设为管理员：李会计")
    leader.press("换管理员")
    leader.sees("管理员已换人，您仍在企业账户里。", "邀请和移出同事，请找管理员。")
    colleague.go("/account/people")
    colleague.follow("移出：白女士")
    colleague.sees("对方马上退出登录")
    colleague.press("移出")
    colleague.sees("已移出企业账户")
    colleague.lacks("白女士")
    leader.go("/account")
    leader.sees("企业还没有账户？")


def comes_in(window: Window, name: str, login: str, button: str) -> None:
    """Say who one is, and choose a password."""
    fill(window, name=name, login=login, password=PASSWORD, again=PASSWORD)
    window.press(button)


# --- the administrator -----------------------------------------------------------------------------------------------


def test_an_administrator_changes_what_the_others_work_with(cast: Cast, window: Open, reference: None) -> None:
    cast.complaint("closed")
    here, public = window("guan"), window()
    password = somebody_new(here)
    a_telephone(here)
    another_limit(here, public)
    a_day_off(here)
    a_directive(here)

    number, _code = file(public)
    public.sees(FINANCE)
    public.follow("查看进度")
    public.sees(FINANCE, PHONE)
    newcomer = window()
    newcomer.sign_in("tian", password)
    fill(newcomer, current=password, password=PASSWORD, again=PASSWORD)
    newcomer.press("更改密码")
    newcomer.sees("密码已更改")
    newcomer.go("/desk")
    newcomer.sees(number)


def somebody_new(here: Window) -> str:
    """Make a user with a role; gives the password for the first time."""
    here.follow("用户")
    here.follow("新建用户")
    fill(here, login="tian", name="田承办")
    for name, value in (("role", "handler"), ("place", PLACE), ("kind", "finance")):
        here.choose(name, value)
    here.press("新建")
    here.sees("田承办的一次性密码", "只显示这一次")
    return here.main.locator("dd .number").last.inner_text()


def a_telephone(here: Window) -> None:
    """Tell how a department is reached."""
    here.go("/admin")
    here.follow("部门")
    here.write("q", FINANCE)
    here.press("筛选")
    here.follow(FINANCE)
    here.write("phone", PHONE)
    here.press("保存")
    here.sees("已保存，新来的诉求马上按新的内容分派。")


def another_limit(here: Window, public: Window) -> None:
    """Give departments longer to sign, once it was seen what that would change; then take it back."""
    here.go("/admin")
    here.follow("时限")
    here.follow("部门签收")
    here.write("length", "6")
    here.press(WOULD)
    here.sees("会改变什么", "推后 1 个", "什么都没有保存")
    public.go("/how-it-works")
    public.lacks("6 个工作小时")
    here.write("document", "某某〔2026〕3号")
    here.press("保存")
    here.sees("已保存，从您选的那天起", "6 个工作小时")
    public.page.reload()
    public.sees("6 个工作小时")
    here.follow("部门签收")
    here.sees("期限：4 → 6", "依据：某某〔2026〕3号")
    here.press("撤销")
    here.sees("已撤销，恢复为修改以前的内容。", "期限：6 → 4")
    public.page.reload()
    public.lacks("6 个工作小时")


def a_day_off(here: Window) -> None:
    """Let a banner rest on a day."""
    here.go("/admin")
    here.follow("工作日历")
    here.choose("place", PLACE)
    here.write("year", "2029")
    here.press("看")
    here.write("date", "2029-08-01")
    here.tick("working", "off")
    here.write("name", "那达慕放假")
    here.press(WOULD)
    here.sees("会改变什么")
    here.press("保存这一天")
    here.sees("已保存", "8月1日", "休息（那达慕放假）")


def a_directive(here: Window) -> None:
    """Send what hospitals owe elsewhere: tried, saved, put to rest and switched on."""
    here.go("/admin")
    here.follow("分派规则")
    here.follow("新增规则")
    fill(here, name="医院欠款专班", respondents="医院")
    here.choose("kind", "finance")
    here.choose("place", PLACE)
    here.press("试算")
    here.sees("试算结果", f"{HEALTH} → {FINANCE}：1 件")
    here.press("保存")
    here.sees("规则已保存", "医院欠款专班", "生效中")
    here.press("停用")
    here.sees("已停用，新来的诉求不再按它分派。")
    here.press("启用")
    here.sees("已启用。", "生效中")


def test_an_administrator_publishes_a_case_and_everybody_reads_it(cast: Cast, window: Open, faq: None) -> None:
    solved = found(cast.complaint("closed"))
    with transaction():
        cases.propose(solved, CASE, directory.current(), cast.reader("du"), clock.now())
    here, public = window("guan"), window()
    public.go("/faq")
    public.lacks(CASE["question"])
    here.follow("问答库")
    here.sees("案例草稿，等您审核")
    here.follow(CASE["question"])
    here.tick("active")
    here.press("保存")
    here.sees("问答已保存")
    here.lacks("案例草稿")
    public.page.reload()
    public.follow(CASE["question"])
    public.sees(CASE["answer"])


# --- the auditor -----------------------------------------------------------------------------------------------------


def test_an_auditor_reads_all_and_changes_nothing(
    cast: Cast, window: Open, app: Flask, reference: None, faq: None
) -> None:
    solved = cast.complaint("closed")
    with transaction():
        cases.propose(found(solved), CASE, directory.current(), cast.reader("du"), clock.now())
    handler, administrator = window("cheng"), window("guan")
    handler.go(f"/desk/complaints/{solved.number}")
    handler.write("memo", "企业来电致谢。")
    handler.press("记下")
    handler.sees("企业来电致谢。")
    a_telephone(administrator)

    auditor = window("shen")
    auditor.follow("操作记录")
    auditor.sees("guan", "修改", "150821-finance", "cheng", solved.number)
    told = auditor.main.locator("td:nth-child(4), td:nth-child(5)").all_inner_texts()
    assert {"内部备注", "提交案例", "部门"} <= set(told)
    assert not [words for words in told if re.search("[a-z]", words)]
    for path in read_only(auditor):
        auditor.go(path)
        expect(auditor.main.locator("form[method=post]")).to_have_count(0)
    auditor.go("/admin/departments/150821-finance")
    auditor.sees(f"联系电话：（空） → {PHONE}")
    auditor.go(f"/desk/complaints/{solved.number}")
    auditor.sees("您现在不需要做什么", "办理经过")
    auditor.lacks("企业来电致谢。")
    expect(auditor.main.locator("form[method=post]")).to_have_count(0)
    assert said(runner(app)("audit", "verify")) == "全部记录完整，未发现改动。\n"


def read_only(auditor: Window) -> list[str]:
    """The pages of administration that an auditor may open."""
    auditor.go("/admin")
    links = auditor.main.locator(".admin-groups a").all()
    return [link.get_attribute("href") or "" for link in links]
