"""An angry enterprise with a telephone: what it writes is never lost, and somebody answers it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.cast import Cast
from tests.e2e.conftest import Open
from tests.e2e.test_stories import BOTH, PHOTO, number_on
from tests.e2e.views import ARREARS, follow
from tests.e2e.window import Window

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
# A picture that a browser can draw: one red point.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
LONG = ARREARS + "2025年3月5日签的合同，2025年6月10日验收，已付90万元，尚欠42万元。"


def chosen(name: str, content: bytes) -> Any:
    kind = {"png": "image/png", "pdf": "application/pdf"}.get(name.rpartition(".")[2], "application/octet-stream")
    return {"name": name, "mimeType": kind, "buffer": content}


def reopened(window: Open, before: Window, **settings: Any) -> Window:
    """The browser after it was closed: what a session kept is gone, and what has a date is not."""
    kept = [cookie for cookie in before.context.cookies() if cookie["expires"] > 0]
    before.close()
    after = window(**settings)
    after.context.add_cookies(kept)  # type: ignore[arg-type]
    return after


@BOTH
def test_what_is_begun_is_there_again_after_the_browser_was_closed(cast: Cast, window: Open, script: bool) -> None:
    enterprise = window(java_script_enabled=script)
    enterprise.go("/file")
    enterprise.write("body", LONG)
    if script:
        enterprise.sees("已自动保存")
    else:
        enterprise.press("下一步")
    again = reopened(window, enterprise, java_script_enabled=script)
    again.go("/file")
    assert again.field("body").input_value() == LONG
    again.press("下一步")
    for name, value in (("amount", "420000"), ("debt.paid", "900000"), ("debt.accepted_on", "2025-06-10")):
        assert again.field(name).input_value() == value
    again.sees("从您写的内容里读出来的，请核对")
    again.press("清空")
    again.sees("已清空")
    assert again.field("body").input_value() == ""


def test_what_is_given_up_while_it_is_still_being_typed_does_not_come_back(cast: Cast, window: Open) -> None:
    enterprise = window()
    enterprise.go("/file")
    enterprise.write("body", LONG)
    enterprise.press("清空")
    enterprise.sees("已清空")
    for _ in range(2):
        enterprise.go("/file")
        assert enterprise.field("body").input_value() == ""


def answered_once(page: Page, asked: Mapping[str, Any]) -> None:
    """Choose a file and wait until the service has said what it thinks of it."""
    with page.expect_response("**/files"):
        page.set_input_files("#f-files", asked)  # type: ignore[arg-type]


@BOTH
def test_files_go_in_one_by_one_and_the_receipt_can_be_kept(
    cast: Cast, window: Open, script: bool, tmp_path: Path
) -> None:
    enterprise = window(java_script_enabled=script)
    page = enterprise.page
    enterprise.go("/file")
    enterprise.write("body", LONG)
    enterprise.press("下一步")
    enterprise.press("下一步")
    enterprise.write("enterprise.name", "河套试剂有限公司")
    enterprise.write("contact.phone", "0471-6601234")
    enterprise.press("下一步")
    enterprise.sees("每个不超过 10 MB")
    if script:
        answered_once(page, chosen("对账单.png", POINT))
        expect(page.locator("img.thumb")).to_be_visible()
        page.context.set_offline(True)
        page.set_input_files("#f-files", [chosen("合同.pdf", PDF), chosen("run.exe", b"MZ")])
        enterprise.sees("没有传上：连不上网络", "run.exe", "不是可以接收的文件类型")
        with page.expect_response("**/files"):
            page.context.set_offline(False)
        expect(page.locator("[data-held] li")).to_have_count(2)
        enterprise.press("提交诉求")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert").get_by_role("link")).to_contain_text("run.exe 不是可以接收的文件类型")
        page.locator("[data-waiting] li", has_text="run.exe").get_by_role("button", name="移除").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.reload()
        expect(page.locator("img.thumb")).to_be_visible()
    else:
        page.set_input_files("#f-files", [chosen("对账单.png", PHOTO), chosen("合同.pdf", PDF)])
        enterprise.press("上传所选文件")
    enterprise.sees("对账单.png", "合同.pdf")
    page.locator("[data-file]", has_text="合同.pdf").get_by_role("button").click()
    enterprise.lacks("合同.pdf")
    enterprise.press("提交诉求")
    enterprise.sees("我们收到了", number_on(enterprise))
    expect(page.get_by_role("img", name="查询页面的二维码")).to_be_visible()
    if script:
        enterprise.press("保存成图片")
        expect(page.get_by_role("img", name="回执图片")).to_be_visible()
        with page.expect_download() as saved:
            enterprise.main.get_by_role("link", name="下载图片").click()
        assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    enterprise.follow("查看进度")
    enterprise.sees("对账单.png")


@BOTH
def test_both_sides_write_to_each_other_and_the_answer_is_rated_with_one_tap(
    cast: Cast, window: Open, script: bool
) -> None:
    filed = cast.complaint("handling")
    enterprise, handler = window(java_script_enabled=script), window("cheng", java_script_enabled=script)
    follow(enterprise, filed)
    enterprise.write("text", "对方今天又说没钱，请问到哪一步了？")
    enterprise.press("发送")
    enterprise.sees("留言已经发出", "到哪一步了")
    enterprise.follow("要附文件")
    enterprise.write("text", "补一张微信截图。")
    enterprise.field("files").set_input_files(chosen("截图.png", PHOTO))
    enterprise.press("发送")
    enterprise.sees("补一张微信截图", "截图.png")

    handler.go(f"/desk/complaints/{filed.number}?action=message_back")
    handler.sees("到哪一步了", "截图.png")
    handler.write("text", "已约医院周三面谈，结果当天告诉您。")
    handler.press("给企业留言")
    enterprise.page.reload()
    enterprise.sees("已约医院周三面谈")

    answered = cast.complaint("replied")
    follow(enterprise, answered)
    enterprise.press("不满意")
    enterprise.sees("评价已经记下", "您的评价")
    enterprise.tick("solved", "false")
    enterprise.write("reason", "说付没有付。")
    enterprise.press("保存评价")
    enterprise.sees("不满意，没有解决", "说付没有付。")
    agent = window("hui")
    agent.go(f"/desk/revisits/{answered.number}")
    assert agent.main.locator('[name="satisfaction"][value="dissatisfied"]').is_checked()


def test_what_could_not_be_kept_is_told_and_kept_later(cast: Cast, window: Open) -> None:
    enterprise = window()
    enterprise.go("/file")
    enterprise.page.context.set_offline(True)
    enterprise.write("body", LONG)
    enterprise.sees("连不上网络，刚才填的还没有保存")
    enterprise.page.context.set_offline(False)
    enterprise.sees("已自动保存")
    enterprise.faults.clear()  # the line was down
