"""A seal changes with the content, with what stands before it, and with nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.audit.rules import START, digest, seal
from service.clock import ZONE

AT = datetime(2026, 3, 13, 9, 30, 0, 5, tzinfo=UTC)
CONTENT: dict[str, Any] = {"at": AT, "actor": "甲", "details": {"roles": ["handler"], "count": 1}}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({**CONTENT, "actor": "乙"}, id="another value"),
        pytest.param({**CONTENT, "at": AT + timedelta(microseconds=1)}, id="a microsecond later"),
        pytest.param({**CONTENT, "details": {"roles": ["handler", "head"], "count": 1}}, id="more in a list"),
        pytest.param({**CONTENT, "details": {"roles": ["handler"], "count": "1"}}, id="text for a number"),
        pytest.param({**CONTENT, "extra": None}, id="one field more"),
        pytest.param({"at": AT, "actor": "甲"}, id="one field less"),
    ],
)
def test_another_content_has_another_seal(changed: dict[str, Any]) -> None:
    assert seal(START, changed) != seal(START, CONTENT)


def test_the_same_content_after_another_record_has_another_seal() -> None:
    assert seal(seal(START, CONTENT), CONTENT) != seal(START, CONTENT)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(dict(reversed(CONTENT.items())), id="order of the fields"),
        pytest.param({**CONTENT, "at": AT.astimezone(ZONE)}, id="zone of the moment"),
    ],
)
def test_how_the_database_gives_a_content_back_does_not_matter(same: dict[str, Any]) -> None:
    assert seal(START, same) == seal(START, CONTENT)


def test_a_seal_is_always_the_same_32_bytes() -> None:
    known = "14505760a408b6f2704f6ce5cb3022789c7adc5db931e64ff0c882d62ff8a966"
    assert seal(START, {"actor": "甲"}).hex() == known


def test_a_digest_depends_on_every_head_and_on_their_order() -> None:
    a, b = seal(START, {"a": 1}), seal(START, {"b": 1})
    assert len({digest(heads) for heads in ([a, b], [b, a], [a], [b], [])}) == 5
