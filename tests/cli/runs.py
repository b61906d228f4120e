"""Running a command of an app, and reading how it ended."""

from collections.abc import Callable
from typing import Any

from click.testing import Result
from flask import Flask

Run = Callable[..., Result]


def runner(app: Flask) -> Run:
    """Runs the app's commands: words as they stand behind `flask`, and `input` for what is typed."""

    def run(*words: str, **rest: Any) -> Result:
        return app.test_cli_runner().invoke(args=words, **rest)

    return run


def said(result: Result, code: int = 0) -> str:
    """What a command printed, once it is sure how it ended: never with a stack."""
    assert result.exit_code == code, (result.output, result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output
