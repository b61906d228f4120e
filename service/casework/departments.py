"""Departments as administrators change them: none is closed while complaints wait for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.audit.changing import Changeable
from service.complaints.models import Complaint
from service.complaints.rules import IN_HAND
from service.db import db
from service.directory import editing
from service.errors import WrongState
from service.sentences import say


def waiting(code: str) -> int:
    """How many complaints a department has in hand."""
    theirs = (Complaint.department == code, Complaint.status.in_(IN_HAND.split()))
    return db.session.scalar(select(func.count()).where(*theirs)) or 0


def _write(code: str, values: Mapping[str, Any], now: datetime) -> None:
    if values.get("active") is False and (count := waiting(code)):
        raise WrongState(say(
            "这个部门还有 %(count)s 件没有办完。请先用“职责划转”把它们交给接手的部门，再停用。", count=count
        ))  # fmt: skip
    editing.put_department(code, values, now)


DEPARTMENT = Changeable("department", editing.department, _write)
