"""Several who press at the same moment: at once, or one while another is not through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from service.db import transaction
from tests.caller import Caller

Deed = Callable[[], Any]
Call = tuple[str, dict[str, Any], dict[str, str]]  # address, body, headers


def at_once(app: Flask, *calls: Call) -> list[Any]:
    """The answers to calls that are sent at the same moment, each over a connection of its own."""
    start = Barrier(len(calls))

    def send(call: Call) -> Any:
        address, body, headers = call
        start.wait(timeout=30)
        return Caller(app).post(address, json=body, headers=headers)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls, timeout=60))


def pressed_meanwhile(app: Flask, first: Deed, second: Deed, then: Deed | None = None) -> BaseException | None:
    """Let a second deed, over a connection of its own, wait for a first; gives what the second came to grief at.

    Args:
        then: what the first still does once the second waits.
    """

    def rival() -> None:
        with app.app_context(), transaction():
            second()

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            first()
            begun = pool.submit(rival)
            with pytest.raises(TimeoutError):
                begun.result(timeout=0.5)
            if then is not None:
                then()
        return begun.exception(timeout=60)
