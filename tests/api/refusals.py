"""What every refusal has in common: its shape, its language, and that nothing was stored."""

import json
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.accounts.models import Token
from service.complaints.models import Complaint, Event
from service.db import db
from service.deadlines.models import Clock
from service.intake.models import Answer
from service.jobs.models import Task

COMPLAINTS = "/api/v1/complaints"
STORED = (Complaint, Event, Clock, Task, Answer, Token)
JSON = {"Content-Type": "application/json"}
# A credit code whose check digit holds, and the same with another one.
CREDIT_CODE, MISTYPED = "91150821MA0N1QK7XK", "91150821MA0N1QK7XJ"


def send(client: FlaskClient, url: str, given: Any, **headers: str) -> TestResponse:
    """Send JSON in ASCII, which can hold half a character as an escape."""
    return client.post(url, data=json.dumps(given), headers={**JSON, **headers})


def told(response: TestResponse, status: int) -> dict[str, list[str]]:
    """The errors of an answer, once it is sure that a person can read them."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    answer = response.json
    assert set(answer) == {"code", "message", "errors", "request_id"}
    assert answer["request_id"] == response.headers["X-Request-Id"]
    assert_is_chinese(answer["message"])
    assert "Traceback" not in response.text
    for field, sentences in answer["errors"].items():
        for sentence in sentences if field != "allowed_actions" else ():
            assert_is_chinese(sentence)
    return answer["errors"]


def assert_is_chinese(sentence: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in sentence), sentence


def counted() -> list[int]:
    """How many rows each table holds that a request could write to."""
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in STORED]
