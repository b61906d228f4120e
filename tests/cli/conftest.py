"""Running commands."""

import pytest
from flask import Flask

from tests.cli.runs import Run, runner


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs a command as `flask …` does, against the tests' database."""
    return runner(app)
