"""Apps beside the tests' own: on another database, without one, or without anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask

from service.app import create_app
from service.config import Config
from service.db import db
from service.directory import operations as directory


@contextmanager
def other(config: Config, **changes: Any) -> Iterator[Flask]:
    """Another app of this process, whose directory does not mix with that of the tests' own."""
    app = create_app(replace(config, **changes))
    with app.app_context():
        directory.forget()
        yield app
        db.session.remove()
        db.engine.dispose()
        directory.forget()
