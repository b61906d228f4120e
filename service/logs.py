"""Logs: one JSON object a line on standard error, with the request's id and nothing about persons."""

import logging
from contextlib import suppress
from typing import TextIO

import structlog


class Heedless:
    """A stream whose reader may be gone: a request that was done must not fail because nobody hears of it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, or let it go."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Flush, or let it go."""
        with suppress(OSError):
            self._stream.flush()


def configure(level: int = logging.INFO) -> None:
    """Set the log up, once a process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=_stderr()),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )


def _stderr() -> Heedless:
    return Heedless(open(2, "w", closefd=False, encoding="utf-8", errors="backslashreplace"))
