"""What a filing, and what was done in its moment, does to the clocks."""

import pytest

from service.deadlines.ladder import KINDS, REGIMES
from service.intake.rules import Turn, turns

MACHINE = ("accept", "dispatch")
# Only some have a limit for the transfer.
KNOWN = frozenset(KINDS) - {"transfer"}


@pytest.mark.parametrize(
    ("regime", "started"),
    [("802", ("accept",)), ("urgent", ("accept",)), ("inquiry", ("accept", "result")),
     ("assigned", ("accept", "result")), ("other", ("accept",))],
)  # fmt: skip
def test_a_filing_that_waits_runs_to_its_acceptance_and_some_to_their_result(
    regime: str, started: tuple[str, ...]
) -> None:
    assert turns((), (regime,), KNOWN) == [Turn(started)]


@pytest.mark.parametrize(
    ("regime", "begun"),
    [("802", ("sign", "result")), ("urgent", ("sign", "result", "contact")), ("inquiry", ("sign",)),
     ("other", ("sign", "result"))],
)  # fmt: skip
def test_the_machines_steps_meet_what_they_were_waited_for(regime: str, begun: tuple[str, ...]) -> None:
    filed, accepted, dispatched = turns(MACHINE, (regime,), KNOWN)
    assert filed.met == ()
    assert accepted == Turn(("dispatch",), ("accept",))
    assert dispatched == Turn(begun, ("dispatch",))


def test_where_the_transfer_has_a_limit_the_dispatch_meets_it() -> None:
    assert turns(MACHINE, ("802",), frozenset(KINDS))[1:] == [
        Turn(("dispatch", "transfer"), ("accept",)), Turn(("sign", "result"), ("dispatch", "transfer")),
    ]  # fmt: skip


@pytest.mark.parametrize("regime", ["inquiry", "assigned", "other"])
def test_an_answer_on_the_spot_meets_everything_and_asks_for_a_revisit(regime: str) -> None:
    filed, answered = turns(("answer",), (regime,), KNOWN)
    assert answered == Turn(("revisit",), filed.started)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("steps", [(), MACHINE[:1], MACHINE, ("answer",)])
def test_something_always_runs_and_nothing_is_met_that_did_not_run(regime: str, steps: tuple[str, ...]) -> None:
    running: list[str] = []
    for turn in turns(steps, (regime,), KNOWN):
        assert set(turn.met) <= set(running)
        running = [kind for kind in running if kind not in turn.met]
        assert not set(turn.started) & set(running)
        running += turn.started
        assert running


def test_an_event_keeps_only_what_happened() -> None:
    assert Turn(("accept",)).told() == {"clocks": {"started": ["accept"]}}
    assert Turn(("sign",), ("dispatch",)).told() == {"clocks": {"started": ["sign"], "met": ["dispatch"]}}
