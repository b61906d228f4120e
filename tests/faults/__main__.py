"""Run the ordeal by hand and say how it went: python -m tests.faults --count 500."""

import argparse
import sys

from tests.faults.ordeal import behead, check, undergo
from tests.faults.stack import folder, running


def main() -> int:
    """Gives 1 where anything was lost, doubled or left half."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="complaints to file")
    count = parser.parse_args().count
    with folder() as stack:
        with running(stack) as person:
            outcome = undergo(stack, count)
            behead(stack, person)
        with running(stack):
            problems = outcome.problems + check(stack, outcome.answered)
    lines = [
        f"answered 201: {len(outcome.answered)} of {count}",
        f"asked again: {outcome.repeats}",
        *(f"{part} killed, everything back after {seconds:.1f} s" for part, seconds in outcome.seconds_down.items()),
        *(problems or ["nothing lost, nothing doubled, every one with state, queue and clock, every chain whole"]),
    ]
    print("\n".join(lines))  # noqa: T201
    return 1 if problems or len(outcome.answered) < count else 0


if __name__ == "__main__":
    sys.exit(main())
