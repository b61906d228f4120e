"""Chains of hashes: each record seals the one before it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

START = bytes(32)


def seal(previous: bytes, content: Mapping[str, Any]) -> bytes:
    """32 bytes that change when the content or anything before it changes (SHA-256 over canonical JSON)."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return sha256(previous + text.encode()).digest()


def _plain(value: Any) -> str:
    """A value as it also reads after a round trip through the database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


def digest(heads: Iterable[bytes]) -> bytes:
    """One hash over many chain heads, whose order is the caller's."""
    whole = sha256()
    for head in heads:
        whole.update(head)
    return whole.digest()


def differences(before: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what was, what becomes) of the values that are other than before."""
    other = {name: value for name, value in values.items() if before.get(name) != value}
    return {name: before.get(name) for name in other}, other
