"""A desk on a Monday morning, and who asks it for lists."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.caller import Caller
from tests.casework.ways import MONDAY
from tests.complaints.lists import REGION, Look
from tests.factories import People


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    """Monday morning, standing still until a test moves on."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def look(client: Caller, people: People) -> Look:
    """Asks for a list as a supervisor of the whole region."""
    headers = people.headers("supervisor", REGION)

    def ask(**wanted: Any) -> Any:
        answer = client.get("/api/v1/complaints", query_string=wanted, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    return ask


@pytest.fixture
def search(client: Caller, people: People) -> Look:
    """The same by POST."""
    headers = people.headers("dispatcher", REGION)

    def ask(**wanted: Any) -> Any:
        return client.post("/api/v1/complaints/search", json=wanted, headers=headers)

    return ask
