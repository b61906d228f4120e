"""A worker that is killed in the middle of a task: `python -m tests.jobs.dying TASK`."""

import os
import signal
import sys

from service.app import create_app
from service.jobs import runner
from service.jobs.rules import task
from tests.jobs.conftest import note


@task("note")
def die() -> None:
    """Make the effect, and be killed before it is committed."""
    note()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with create_app().app_context():
        runner.run(int(sys.argv[1]))
