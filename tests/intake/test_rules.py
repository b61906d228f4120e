"""Which clocks a filing leaves running, and which its own steps have met."""

import pytest

from service.deadlines.ladder import REGIMES
from service.intake.rules import clocks_after

MACHINE = ("accept", "dispatch")


@pytest.mark.parametrize(
    ("regime", "running"),
    [("802", ["accept"]), ("urgent", ["accept"]), ("inquiry", ["accept", "result"]),
     ("assigned", ["accept", "result"]), ("other", ["accept"])],
)  # fmt: skip
def test_a_filing_that_waits_runs_to_its_acceptance_and_some_to_their_result(regime: str, running: list[str]) -> None:
    assert clocks_after((), (regime,)) == (running, [])


@pytest.mark.parametrize(
    ("regime", "running"),
    [("802", {"sign", "result"}), ("urgent", {"sign", "result", "contact"}), ("inquiry", {"sign", "result"}),
     ("other", {"sign", "result"})],
)  # fmt: skip
def test_the_machines_steps_meet_what_they_were_waited_for(regime: str, running: set[str]) -> None:
    left, met = clocks_after(MACHINE, (regime,))
    assert set(left) == running
    assert met == ["accept", "dispatch", "transfer"]


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("steps", [(), MACHINE[:1], MACHINE])
def test_something_always_runs_and_no_kind_twice(regime: str, steps: tuple[str, ...]) -> None:
    running, met = clocks_after(steps, (regime,))
    assert running
    assert len({*running, *met}) == len(running) + len(met)
