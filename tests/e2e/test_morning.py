"""A handler's morning at one complaint: from the queue to the reply, by keys, and on to paper."""

import re
import struct
import zlib
from datetime import timedelta

from playwright.sync_api import expect

from service import clock
from service.complaints.models import Complaint
from service.db import db, transaction
from service.intake import attachments
from tests.e2e.cast import Cast
from tests.e2e.conftest import Open


class Photo:
    """A picture of four by three points, as a form sends it."""

    filename = "送货单.png"

    def read(self, size: int = -1, /) -> bytes:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        rows = zlib.compress(b"".join(b"\0" + b"\x5b" * 12 for _row in range(3)))
        head = struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_photo(number: str) -> None:
    with transaction():
        attachments.hold(b"form", [Photo()], clock.now())
        attachments.bind(b"form", db.session.query(Complaint).filter_by(number=number).one().id, clock.now())


def test_a_complaint_is_read_answered_by_keys_and_printed(cast: Cast, window: Open) -> None:
    number = cast.complaint("dispatched", ago=timedelta(days=1)).number
    with_photo(number)
    here = window("cheng", viewport={"width": 1366, "height": 900}, reduced_motion="reduce")
    page, keys = here.page, here.page.keyboard

    # Enter opens it from the queue; what came with it is looked at where it stands.
    page.locator(f"#open-{number}").focus()
    keys.press("Enter")
    here.sees(number, "发生了什么", "没有像是同一件事的")
    assert page.title().startswith(number)  # what is fetched into the page does not name its window
    assert page.evaluate("() => document.querySelectorAll('.preview img')[0].complete") is False
    here.main.locator(".preview summary").click()
    expect(here.main.locator(".preview img")).to_have_js_property("naturalWidth", 4)

    # The number is shown without leaving the page.
    here.press("显示电话和号码")
    here.sees("0471 660 1234")
    assert page.url.endswith(number)

    # Signed, contacted and answered without the mouse: with Alt from anywhere, plain digits only in the bar.
    keys.press("Alt+1")
    here.sees("「签收」已完成")
    keys.press("1")
    expect(page.locator("#f-note")).to_have_count(0)
    keys.press("Alt+1")
    expect(page.locator("#f-note")).to_be_focused()
    keys.type("1 点电话联系，企业确认欠款金额。")
    keys.press("Control+Enter")
    here.sees("「首次联系」已完成", "说明：1 点电话联系")
    page.locator("[data-row-start]").focus()
    keys.press("1")
    expect(page.locator("#f-reply")).to_be_focused()
    keys.type("抬头")
    keys.press("Alt+0")
    page.get_by_role("link", name="欠款已付清").focus()
    keys.press("Enter")
    expect(page.locator("#f-reply")).to_have_value(re.compile("^抬头河套试剂有限公司：\n您于"))
    assert page.evaluate("() => getSelection().toString()") == "＿＿＿＿"
    for said in ("1,250,000", "11月20日", "1,250,000", "20261120-7", "未约定，按规定一并支付"):
        keys.type(said)
        keys.press("F2")
    expect(page.locator("#f-reply")).to_have_value(re.compile("金额为1,250,000元。\n五原县人民医院已于11月20日支付"))
    keys.press("Control+Enter")
    here.sees("「起草答复」已完成，现在是「待审签」。")

    # What keys there are is told, and single ones can be switched off.
    page.locator("h1").click()
    keys.press("?")
    expect(here.main.locator("[data-single-keys]")).to_be_visible()
    here.go(f"/desk/complaints/{number}/papers/slip")
    here.sees("企业诉求交办单", "五原县卫生健康委员会：")
    page.emulate_media(media="print")
    expect(here.main.locator(".no-print").first).to_be_hidden()
    expect(here.main.locator(".sheet")).to_be_visible()
