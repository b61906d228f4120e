"""Filing on a Tuesday morning, over HTTP."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from service.clock import ZONE
from service.complaints.models import Complaint
from service.db import db
from tests.factories import filing

MORNING = datetime(2026, 3, 10, 10, tzinfo=ZONE)
Answer = dict[str, Any]
File = Callable[..., Answer]


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """The time stands still on a Tuesday at ten in Asia/Shanghai, until the test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def file(client: FlaskClient) -> File:
    """Files a complaint and gives the answer."""

    def filed(headers: dict[str, str] | None = None, **changes: Any) -> Answer:
        answer = client.post("/api/v1/complaints", json=filing(**changes), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    return filed


def stored(answer: Answer) -> Complaint:
    """The complaint behind an answer."""
    return db.session.scalars(select(Complaint).where(Complaint.number == answer["number"])).one()
