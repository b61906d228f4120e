"""Take pictures of 25 pages at three widths, of a system of its own with the demonstration data.

python -m scripts.screenshots writes docs/screenshots/PAGE-WIDTH.png; the README shows a few, git keeps only those.
Needs chromium and a CJK font on the machine: apt-get install chromium fonts-noto-cjk.
"""

import base64
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, FloatRect, ViewportSize

from service.config import ROOT
from service.embedded import ports
from tests.e2e import live
from tests.e2e.views import ARREARS
from tests.e2e.window import Window

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 150 * 1024  # bytes of a picture in the repository
READY = "停止请按 Ctrl-C"
ACCOUNT = re.compile(r"^ +(demo-[\w-]+)\s+\S+\s+(\S+)", re.MULTILINE)
# What is somebody else's on this machine, and would be used instead of the embedded servers.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "QST_QUEUE", "HOST")
# width → height of the window and how far a longer page is shown, in px.
WIDTHS = {1440: (900, 1000), 768: (1024, 1600), 390: (844, 1600)}
# A picture's size and its pixels, read by the browser itself.
PIXELS = """async (png) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const board = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    board.drawImage(picture, 0, 0);
    const {data} = board.getImageData(0, 0, picture.width, picture.height);
    let text = "";
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return [picture.width, picture.height, btoa(text)];
}"""
# What callers say that the machine is not sure of, and of whom.
UNSURE = {
    "五原县有个部门答应的事情一直没有办，材料交了三回，每回说法都不一样。": "",
    "五原县的项目，县里说钱要等上级拨，又说合同主体变了要重新认定。": "五原县人民政府",
}
CALL = ARREARS + "催了四次，财务科都说再等等。"
KEPT = re.compile(r"docs/screenshots/([\w-]+\.png)")
# Pages that have an address: of the public, then by who comes there.
OPEN = {
    "home": "/", "how-it-works": "/how-it-works", "figures": "/figures", "faq": "/faq", "register": "/register",
}  # fmt: skip
DESKS = {
    # The banners below the league included.
    "demo-dispatcher-bynr": {"dispatching": "/desk/dispatching?scope=all"},
    "demo-handler": {"department": "/desk/department"},
    "demo-revisit": {"revisits": "/desk/revisits"},
    "demo-supervisor": {
        "supervision": "/desk/supervision", "board": "/desk/board", "figures-judged": "/desk/board/judged",
        "wall": "/desk/board/wall",
    },
    "demo-admin": {
        "administration": "/admin", "clock": "/admin/clocks/result", "routing": "/admin/routing",
        "model": "/admin/models/report",
    },
}  # fmt: skip


def main() -> None:
    """Start, look, and leave nothing running."""
    program = live.chromium()
    if program is None:
        sys.exit("没有找到浏览器，请先安装：apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="qst-shots-") as folder,
        system(Path(folder) / "var") as (site, passwords),
        live.browser(program) as browser,
    ):
        Photographer(browser, site, passwords).take_all()


@contextmanager
def system(var: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """All that `make run` starts, until the block ends; gives its address and the demonstration accounts' passwords."""
    port = ports.choose(live.WEB)
    environ = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    process = subprocess.Popen(
        [sys.executable, "-m", "service.embedded", "run"], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8",
        env={**environ, "QST_VAR": str(var), "PORT": str(port)}, start_new_session=True,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", dict(ACCOUNT.findall(_told(process)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def _told(process: subprocess.Popen[str]) -> str:
    """What it says until it is ready."""
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if READY in line:
            return "".join(lines)
    sys.exit("".join(lines))


class Photographer:
    """Walks through the system as its people do, and takes pictures on the way."""

    def __init__(self, browser: Browser, site: str, passwords: dict[str, str]) -> None:
        self.browser, self.site, self.passwords = browser, site, passwords
        self.kept = set(KEPT.findall((ROOT / "README.md").read_text(encoding="utf-8")))

    def take_all(self) -> None:
        """All pictures, in the order of a complaint's way."""
        self.visit("", OPEN)
        for take in (self.filing, self.hotline):
            take()
        for login, pages in DESKS.items():
            self.visit(login, pages)
        self.complaint()

    def visit(self, login: str, pages: Mapping[str, str]) -> None:
        """Pages that have an address."""
        window = self._open(login)
        for name, path in pages.items():
            self._take(window.go(path), name)

    def filing(self) -> None:
        """From the first word to the progress page, at night."""
        window = self._open()
        window.go("/file")
        window.write("body", CALL)
        window.sees("受理后 10 个工作日内")
        self._take(window, "file")
        window.press("下一步")
        window.write("respondent.name", "五原县人民医院（演示）")
        window.choose("respondent.kind", "institution")
        window.choose("region", "150821")
        self._take(window, "details")
        window.press("下一步")
        window.write("enterprise.name", "河套试剂有限公司（演示）")
        window.tick("enterprise.size", "small")
        window.write("contact.phone", "0471-6601234")
        self._take(window, "contact")
        window.press("下一步")
        self._take(window, "review")
        window.press("提交诉求")
        self._take(window, "receipt")
        window.follow("查看进度")
        window.sees("等承办部门签收")
        window.page.emulate_media(color_scheme="dark")
        self._take(window, "progress")

    def hotline(self) -> None:
        """A call while it lasts; then others are passed on that the machine is not sure of."""
        window = self._open("demo-operator")
        window.write("contact.phone", "0471-6601234")
        window.field("contact.phone").press("Tab")
        window.write("body", CALL)
        window.write("respondent.name", "五原县人民医院（演示）")
        window.field("respondent.name").press("Tab")
        window.sees("会怎么办", "河套试剂有限公司（演示）")
        window.page.wait_for_load_state("networkidle")
        self._take(window, "hotline")
        for body, respondent in UNSURE.items():
            window.go("/desk/hotline")
            window.write("contact.phone", "0471-6601234")
            window.write("enterprise.name", "河套试剂有限公司（演示）")
            window.write("body", body)
            window.write("respondent.name", respondent)
            window.page.wait_for_load_state("networkidle")
            window.page.keyboard.press("F4")
            window.sees("刚才这通电话")
        self._take(window.go("/desk/hotline/calls"), "calls")

    def complaint(self) -> None:
        """A complaint that is being worked on."""
        window = self._open("demo-handler")
        window.go("/desk/department?status=handling")
        window.page.locator("tbody a").first.click()
        window.sees("起草答复")
        self._take(window, "complaint")

    def _open(self, login: str = "") -> Window:
        window = Window.open(self.browser, self.site, viewport=_size(1440), reduced_motion="reduce")
        if login:
            window.sign_in(login, self.passwords[login])
            window.page.wait_for_url(lambda address: "/sign-in" not in address)
        return window

    def _take(self, window: Window, name: str) -> None:
        """One page at every width, or the end where a picture became too large for a repository."""
        for width, (height, tallest) in WIDTHS.items():
            window.page.set_viewport_size(_size(width))
            window.page.wait_for_load_state("networkidle")
            shown = min(tallest, window.page.evaluate("() => document.documentElement.scrollHeight"))
            clip = FloatRect(x=0, y=0, width=width, height=max(shown, height))
            picture = smaller(window.page.screenshot(full_page=True, clip=clip), self.browser)
            path = FOLDER / f"{name}-{width}.png"
            path.write_bytes(picture)
            print(f"{path.relative_to(ROOT)}: {len(picture) // 1024} KB")  # noqa: T201
            if path.name in self.kept and len(picture) > LARGEST:
                sys.exit(f"{path.name} is larger than {LARGEST // 1024} KB")
        window.page.set_viewport_size(_size(1440))


def _size(width: int) -> ViewportSize:
    return ViewportSize(width=width, height=WIDTHS[width][0])


def smaller(picture: bytes, browser: Browser) -> bytes:
    """The same PNG with 256 colours: a third of the bytes, and no eye sees it in text on plain ground."""
    page = browser.new_page()
    width, height, pixels = page.evaluate(PIXELS, base64.b64encode(picture).decode())
    page.close()
    colours = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(-1, 4)[:, :3]
    found, which, times = np.unique(colours, axis=0, return_inverse=True, return_counts=True)
    palette = found[np.argsort(-times)[:256]].astype(int)
    nearest = np.array([np.abs(palette - one).sum(axis=1).argmin() for one in found.astype(int)], np.uint8)
    rows = np.hstack([np.zeros((height, 1), np.uint8), nearest[which].reshape(height, width)])
    return b"\x89PNG\r\n\x1a\n" + b"".join([
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        _chunk(b"PLTE", palette.astype(np.uint8).tobytes()),
        _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
        _chunk(b"IEND", b""),
    ])  # fmt: skip


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    main()
