"""Logs: one JSON object a line on standard error, with the request's id and nothing about persons."""

import logging
from contextlib import suppress
from typing import Any, TextIO

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


def of_libraries() -> dict[str, Any]:
    """The same shape for what gunicorn, RQ and other libraries say, as logging.config takes it."""
    said = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    plain = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [plain, structlog.processors.JSONRenderer(ensure_ascii=False)],
        "foreign_pre_chain": said,
    }
    own = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    # The access log would tell callers' addresses; http.py says what a request was without them.
    silent = {**own, "level": "CRITICAL"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"gunicorn.error": own, "gunicorn.access": silent, "rq": own},
    }


def _stderr() -> Heedless:
    return Heedless(open(2, "w", closefd=False, encoding="utf-8", errors="backslashreplace"))
