"""A desk on a Monday morning, and callers whose requests are separate."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.caller import Caller
from tests.casework.desk import Desk
from tests.casework.ways import MONDAY
from tests.factories import People


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(client: Caller, people: People) -> Desk:
    """Everybody who works on complaints."""
    return Desk(client, people)
