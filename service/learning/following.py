"""How a process answers with the version that the database names, without a restart and without a lost request."""

import time
from threading import Thread

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from service.classifier import operations as classifier
from service.db import db, transaction
from service.learning import registry
from service.learning.models import CHAMPION, ModelVersion

# Seconds between two looks at the database; twice as many after each that failed, up to so many.
PAUSE, LONGEST_PAUSE = 5.0, 600.0
CHAMPIONS = select(ModelVersion.version).where(ModelVersion.state == CHAMPION)

log = structlog.get_logger()


def follow() -> str | None:
    """Answer with the champion from now on; gives its version. Where none is registered, the model here goes on.

    One small statement where nothing changed. A model is loaded beside the one that answers and takes its place whole.

    Raises:
        Unavailable: its file is damaged; the model before goes on answering.
    """
    wanted = db.session.scalar(CHAMPIONS)
    if wanted is not None and wanted != classifier.answering():
        classifier.follow(wanted, lambda: registry.file_of(wanted))
        log.info("model_taken_up", version=wanted)
    return wanted


def watch(app: Flask) -> Thread:
    """Follow for as long as this process lives, in a thread of its own."""
    thread = Thread(target=_watch, args=(app,), name="follow-model", daemon=True)
    thread.start()
    return thread


def _watch(app: Flask) -> None:
    pause = PAUSE
    while True:
        time.sleep(pause)
        with app.app_context():
            pause = PAUSE if look() else min(2 * pause, LONGEST_PAUSE)


def look() -> bool:
    """Follow, or stay with the model that answers where the database is away or what it has cannot be had.

    False where the model cannot be had: to fetch it again at once would fetch the same.
    """
    try:
        with transaction():
            follow()
    except SQLAlchemyError:
        pass  # every request says so already
    except Exception as error:  # a thread that ended would leave this process behind without a word
        log.error("model_not_taken_up", kind=type(error).__name__)
        return False
    return True
