"""The service as it stands in production, on the test session's own servers, and a chromium to look at it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from service.config import ROOT
from service.embedded import ports

WEB = range(16_000, 20_000)
START_SECONDS = 60
# The first does without all that only a window needs.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--lang=zh-CN",
)  # fmt: skip


def chromium() -> str | None:
    """Where the machine's own chromium lies; Playwright's is never downloaded."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A chromium without a window, until the block ends."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@contextmanager
def served(var: Path) -> Iterator[str]:
    """The address of a gunicorn with the project's settings, until the block ends. Reads this process's environment."""
    port, log = ports.choose(WEB), var / "e2e.log"
    own = {"QST_VAR": str(var), "PORT": str(port), "HOST": "127.0.0.1", "WEB_WORKERS": "1", "WEB_THREADS": "4"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"], cwd=ROOT, env=os.environ | own,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _await(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the service did not come up:\n{log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
