"""What the enterprise, the hotline, the dispatcher and the department do, from the first click to the last."""

from pathlib import Path

import pytest

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.views import ARREARS, follow
from tests.e2e.window import Window

PHOTO = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89" + b"\0" * 40
REPLY = "经核实欠款属实，医院承诺十二月十五日前付清全部货款。"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


def number_on(window: Window) -> str:
    """The first number of a complaint that stands on a page."""
    return window.main.locator(".number", has_text="QS20").first.inner_text()


def file(window: Window, body: str = ARREARS) -> tuple[str, str]:
    """File as an enterprise, from the home page on; gives number and query code."""
    window.go("/")
    window.follow("我要反映问题")
    window.write("body", body)
    window.press("下一步")
    window.write("respondent.name", "五原县人民医院")
    window.write("amount", "1250000")
    window.choose("region", "150821")
    window.press("下一步")
    window.write("enterprise.name", "河套试剂有限公司")
    window.tick("enterprise.size", "small")
    window.write("contact.name", "白女士")
    window.write("contact.phone", "0471-6601234")
    window.press("下一步")
    window.sees("核对", "五原县人民医院", "河套试剂有限公司")
    window.press("提交诉求")
    window.sees("诉求编号")
    window.main.get_by_text("显示查询码", exact=True).click()
    return number_on(window), window.main.locator("details[open] .number").inner_text()


# --- the enterprise --------------------------------------------------------------------------------------------------


@BOTH
def test_an_enterprise_files_and_follows(cast: Cast, window: Open, script: bool, tmp_path: Path) -> None:
    enterprise = window(java_script_enabled=script)
    number, code = file(enterprise)
    enterprise.sees("五原县卫生健康委员会", "保障中小企业款项支付条例")

    later = window(java_script_enabled=script)
    later.go("/progress")
    later.write("number", number.lower())
    later.write("query_code", "AAAA-BBBB-CCCC-DDDD")
    later.press("查看进度")
    later.sees("没有找到")
    later.write("query_code", code)
    later.press("查看进度")
    later.sees(number, "等承办部门签收", "您提交了诉求")


@BOTH
def test_an_enterprise_adds_the_material_that_it_is_asked_for(
    cast: Cast, window: Open, script: bool, tmp_path: Path
) -> None:
    asked = cast.complaint("waiting")
    photo = tmp_path / "对账单.png"
    photo.write_bytes(PHOTO)
    enterprise = window(java_script_enabled=script)
    follow(enterprise, asked)
    enterprise.sees("请补充最近一次对账单")
    enterprise.follow("补充材料")
    enterprise.write("text", "对账单见附件，双方已盖章。")
    enterprise.field("files").set_input_files(photo)
    enterprise.press("提交材料")
    enterprise.sees("材料已经交给工作人员", "您补充了材料", "对账单.png")

    handler = window("cheng")
    handler.go(f"/desk/complaints/{asked.number}")
    handler.sees("对账单见附件", "对账单.png", "办理中")
    answer = handler.page.request.get(handler.link("对账单.png"))
    assert answer.body() == PHOTO
    assert answer.headers["content-disposition"].startswith("attachment")


@BOTH
def test_an_enterprise_withdraws(cast: Cast, window: Open, script: bool) -> None:
    enterprise = window(java_script_enabled=script)
    follow(enterprise, cast.complaint("dispatched"))
    enterprise.follow("撤回诉求")
    enterprise.write("reason", "已经付清")
    enterprise.press("确定撤回")
    enterprise.sees("诉求已经撤回", "已撤回")


def test_an_enterprise_sees_the_judgement_while_it_writes(cast: Cast, window: Open) -> None:
    enterprise = window()
    enterprise.go("/file")
    enterprise.write("body", ARREARS)
    enterprise.sees("货款", "受理后 10 个工作日内", "保障中小企业款项支付条例第二十五条")
    assert "%" not in enterprise.main.inner_text()


def test_without_a_script_the_judgement_is_a_click_away(cast: Cast, window: Open) -> None:
    enterprise = window(java_script_enabled=False)
    enterprise.go("/file")
    enterprise.write("body", ARREARS)
    enterprise.press("看看初步判断")
    enterprise.sees("货款", "受理后 10 个工作日内")


# --- the hotline -----------------------------------------------------------------------------------------------------


def test_an_operator_logs_a_call_and_passes_it_on_by_keys_alone(cast: Cast, window: Open) -> None:
    earlier = cast.complaint("handling")
    operator = window("zhang", viewport={"width": 1366, "height": 768})
    keys = operator.page.keyboard
    keys.type("0471-6601234")
    keys.press("Tab")
    operator.sees(earlier.number)
    operator.field("enterprise.name").focus()
    keys.type("河套试剂有限公司")
    operator.field("body").focus()
    keys.type(ARREARS)
    keys.press("Tab")
    keys.type("五原县人民医院")
    keys.press("Tab")
    operator.sees("债务人五原县人民医院")
    keys.press("F4")
    operator.sees("刚才这通电话", "查询码", "待签收", "五原县卫生健康委员会")


def test_an_operator_answers_at_once_by_keys_alone(cast: Cast, window: Open) -> None:
    operator = window("zhang", viewport={"width": 1366, "height": 768})
    keys = operator.page.keyboard
    keys.type("0471-6601234")
    operator.field("enterprise.name").focus()
    keys.type("河套试剂有限公司")
    operator.field("body").focus()
    keys.type("请问稳岗补贴在五原县哪个窗口申请，需要带什么材料？")
    keys.press("F2")
    keys.type("在县人社局一楼三号窗口，带营业执照和社保缴费凭证。")
    keys.press("F2")
    operator.sees("刚才这通电话", "即时办结", "已当场答复")
    follow_up = number_on(operator)
    operator.go(f"/desk/complaints/{follow_up}")
    operator.sees("三号窗口")


def test_the_hotline_desk_is_one_screen(cast: Cast, window: Open) -> None:
    operator = window("zhang", viewport={"width": 1366, "height": 768})
    assert operator.page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")


# --- the dispatcher --------------------------------------------------------------------------------------------------


def test_a_dispatcher_dispatches_by_one_key(cast: Cast, window: Open) -> None:
    waiting = cast.complaint("submitted", details={"region": "150821"})
    dispatcher = window("pang")
    dispatcher.sees("待派单", waiting.number)
    dispatcher.main.get_by_role("link", name=waiting.number).first.focus()
    dispatcher.page.keyboard.press("d")
    dispatcher.sees(f"{waiting.number} 已派给五原县卫生健康委员会")


def test_a_dispatcher_dispatches_by_one_click(cast: Cast, window: Open) -> None:
    waiting = cast.complaint("accepted", details={"region": "150821"})
    dispatcher = window("pang", java_script_enabled=False)
    dispatcher.press("派给五原县卫生健康委员会")
    dispatcher.sees(f"{waiting.number} 已派给五原县卫生健康委员会")


# --- the department --------------------------------------------------------------------------------------------------


@BOTH
def test_a_complaint_goes_from_filing_to_the_enterprises_word(cast: Cast, window: Open, script: bool) -> None:
    enterprise = window(java_script_enabled=script)
    number, _code = file(enterprise)

    handler = window("cheng", java_script_enabled=script)
    handler.follow(number)
    handler.press("签收")
    handler.sees("「签收」已完成")
    handler.follow("首次联系")
    handler.write("note", "已电话核对对账单")
    handler.press("首次联系")
    handler.sees("「首次联系」已完成")
    handler.follow("起草答复")
    handler.write("reply", REPLY)
    handler.press("起草答复")
    handler.sees("「起草答复」已完成", "待审签")

    head = window("fu", java_script_enabled=script)
    head.follow(number)
    head.sees(REPLY)
    head.press("审签")
    head.sees("「审签」已完成")

    handler.go(f"/desk/complaints/{number}")
    handler.press("答复")
    handler.sees("「答复」已完成", "已答复")

    enterprise.follow("查看进度")
    enterprise.sees(REPLY, "已答复")
    enterprise.follow("确认已解决")
    enterprise.tick("satisfaction", "satisfied")
    enterprise.press("确认已解决")
    enterprise.sees("已经办结", "办结")


def test_two_people_at_one_complaint_do_not_overwrite_each_other(cast: Cast, window: Open) -> None:
    number = cast.complaint("dispatched").number
    one, other = window("cheng"), window("cheng")
    for each in (one, other):
        each.go(f"/desk/complaints/{number}")
    one.press("签收")
    one.sees("「签收」已完成")
    other.press("签收")
    other.sees("您打开页面以后", "签收")


# --- signing in ------------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_told_and_guessing_is_slowed(cast: Cast, window: Open) -> None:
    somebody = window()
    somebody.sign_in("cheng", "wrong")
    somebody.sees("登录名或密码不对，请核对后再试。")
    # Each further lock is twice as long, so that in the end a try falls into one however slow this machine is.
    for _ in range(12):
        somebody.write("password", "wrong")
        somebody.press("登录")
        if "秒后再试" in somebody.main.inner_text():
            return
    somebody.sees("秒后再试")


def test_who_signs_out_is_out(cast: Cast, window: Open) -> None:
    handler = window()
    handler.sign_in("cheng")
    handler.sees("部门办理")
    handler.page.get_by_text("程承办").click()
    handler.page.get_by_role("button", name="退出登录").click()
    handler.sees("您已退出登录")
    handler.go("/desk/department")
    handler.sees("登录")
    handler.sign_in("cheng")
    handler.sees("部门办理")
