"""Logs: one JSON object a line on standard error, with the request's id and nothing about persons."""

import logging

import structlog


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
        logger_factory=structlog.WriteLoggerFactory(file=open(2, "w", closefd=False, encoding="utf-8")),  # noqa: SIM115
        cache_logger_on_first_use=True,
    )
