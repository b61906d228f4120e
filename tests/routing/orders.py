"""What an administrator orders, and a noon at which it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine

from service.accounts.rules import Reader
from service.clock import ZONE
from service.db import db, transaction
from service.directory import operations as directory
from service.intake.rules import Draft
from service.routing import models

NOON = datetime(2026, 3, 10, 12, tzinfo=ZONE)
ADMIN = Reader(id=1, login="guan", roles=frozenset({"administrator"}))
OWED = Draft(
    body="我公司给五原县人民医院供应检验试剂，货早已验收，医药货款拖欠一年多没有给。",
    region="150821", nature="complaint",
    enterprise_name="河套试剂有限公司", enterprise_size="small", respondent_name="五原县人民医院", channel="visit",
    respondent_kind="institution", contact_name="白女士", contact_phone="0471-6601234",
)  # fmt: skip


@contextmanager
def at_noon() -> Iterator[time_machine.Traveller]:
    """Noon; what was ordered is forgotten afterwards, by the process too."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
        db.session.rollback()
        with transaction():
            db.session.execute(models.Directive.__table__.delete())
            directory.bump()


def given(**said: Any) -> dict[str, Any]:
    """A directive as it is filled in."""
    return {"name": "医疗欠款专班", "kind": "finance", "place": "150821", "respondents": ["医院"], **said}
