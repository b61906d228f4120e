"""kill -9 of a worker while it sweeps."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from service import clock
from service.casework import climbing
from service.complaints import operations as complaints
from service.complaints.models import Event
from service.config import ROOT
from service.db import db, transaction
from service.deadlines.ladder import RUNGS
from service.deadlines.models import Clock
from tests.casework import ways


def rungs() -> Counter[tuple[int, str, str]]:
    """How often each rung of each complaint's clocks is on record."""
    db.session.rollback()
    found = db.session.scalars(select(Event).where(Event.action.in_(RUNGS), Event.role == "machine"))
    return Counter((event.complaint_id, event.data["clock"], event.action) for event in found)


def reached(now_passed: timedelta) -> int:
    """How many rungs lie behind a moment, by the clocks' own word."""
    moment = clock.now() + now_passed
    return sum(
        at <= moment for one in db.session.scalars(select(Clock)) for at in one.moments if one.state == "running"
    )


def test_a_worker_killed_in_the_middle_of_a_sweep_loses_no_rung_and_doubles_none(app: Flask) -> None:
    for _ in range(20):
        ways.brought_to("dispatched")
    later = timedelta(days=10)
    expected, moment = reached(later), clock.now() + later
    assert expected >= 40
    killed = subprocess.run([sys.executable, "-m", "tests.faults.dying_sweep", moment.isoformat()], cwd=ROOT,
                            env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert rungs() == Counter()
    while done := _swept(moment):
        assert done
    assert sum(rungs().values()) == expected
    assert set(rungs().values()) == {1}
    assert list(complaints.broken_chains()) == []


def _swept(moment: datetime) -> int:
    with transaction():
        return climbing.climb(moment)
