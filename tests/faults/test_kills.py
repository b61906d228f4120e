"""kill -9 of every process while complaints are filed."""

import pytest
from flask import Flask

from service.config import Config
from tests.faults.ordeal import behead, check, undergo
from tests.faults.stack import folder, running

COUNT = 120


@pytest.mark.timeout(400)
def test_whatever_is_killed_no_answered_complaint_is_lost_doubled_or_left_half(seeded: Flask, config: Config) -> None:
    with folder(config.var / "models") as stack:
        with running(stack) as person:
            outcome = undergo(stack, COUNT)
            assert not outcome.problems
            assert len(outcome.answered) == COUNT
            behead(stack, person)
        with running(stack):
            assert not check(stack, outcome.answered)
