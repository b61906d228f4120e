"""One server and one browser for all of these tests; each test has windows of its own and an empty database."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from service.config import Config
from tests.e2e import live
from tests.e2e.cast import Cast
from tests.e2e.window import PATIENCE, Window
from tests.web import browser as desks

NO_CHROMIUM = "这些测试要用浏览器，请先安装：apt-get install chromium fonts-noto-cjk"

Open = Callable[..., Window]
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; where the machine has none these tests are skipped, but never in CI."""
    program = live.chromium()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    with live.browser(program) as running:
        yield running


@pytest.fixture(scope="package")
def site(config: Config, seeded: Flask) -> Iterator[str]:
    """The address of the running service."""
    with live.served(config.var) as address:
        yield address


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of the stories, and complaints in any state."""
    return Cast()


@pytest.fixture
def window(chromium: Browser, site: str, app: Flask, cast: Cast) -> Iterator[Open]:
    """Opens windows, each as another person's browser; none of them may have had anything to complain about.

    A window that is opened for somebody stands at their desk, signed in.
    """
    opened: list[Window] = []

    def open_(login: str = "", **settings: Any) -> Window:
        here = Window.open(chromium, site, **settings)
        opened.append(here)
        if login:
            session = desks.Browser(app, cast.reader(login)).client.get_cookie("session")
            assert session is not None
            here.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
            here.go("/desk")
        return here

    yield open_
    for one in opened:
        one.close()
    assert [fault for one in opened for fault in one.faults] == []
