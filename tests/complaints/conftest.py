"""A desk on a Monday morning, and callers whose requests are separate."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.caller import Caller
from tests.casework.ways import MONDAY


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(app: Flask) -> Caller:
    """A caller whose requests share nothing with the test or with each other."""
    return Caller(app)
