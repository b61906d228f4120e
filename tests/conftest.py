"""One real PostgreSQL and Redis, one seeded database and one trained model for the whole session."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade

from scripts import messages
from service.accounts import operations as accounts
from service.app import create_app, warm
from service.casework import wording
from service.classifier import operations as classifier
from service.config import ROOT, Config
from service.db import db, transaction
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.knowledge import operations as knowledge
from service.notices import administration as notices
from tests import servers as own_servers
from tests.caller import Caller
from tests.factories import People
from tests.servers import Servers, servers_fixture  # noqa: F401 - the fixture `servers`

# Hashing a password is slow by intention; the tests hash hundreds that nobody need be kept from guessing.
SLOW, accounts.HASHER = accounts.HASHER, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
# What the seeds fill; everything else is emptied after each test.
REFERENCE = {"alembic_version"}


@pytest.fixture(scope="session")
def config(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of the session's app."""
    os.environ |= {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "QST_VAR": str(tmp_path_factory.mktemp("var")),
        "QST_QUEUE": own_servers.QUEUE,
    }
    return Config.from_environment()


@pytest.fixture(scope="session")
def seeded(config: Config, pytestconfig: pytest.Config) -> Iterator[Flask]:
    """The app with a migrated, seeded database and a trained model."""
    messages.compiled()
    app = create_app(config)
    app.testing = True
    app.test_client_class = Caller
    with app.app_context():
        upgrade()
        with transaction():
            directory.seed(config.data)
            deadlines.seed(config.data)
            notices.seed(config.data)
            knowledge.seed(config.data)
            wording.seed(config.data)
            directory.bump()
        _have_model(config.var / "models", pytestconfig.cache.mkdir("models"))
    warm(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def _have_model(models: Path, kept: Path) -> None:
    """Train a model, or take what was trained of the same texts by the same code: by another process, or last time."""
    shared = kept / _lesson()
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            classifier.train_seed_model()
            shutil.copytree(models, halfway := shared.with_suffix(".part"), dirs_exist_ok=True)
            halfway.rename(shared)
    shutil.copytree(shared, models, dirs_exist_ok=True)


def _lesson() -> str:
    """What a model follows from, as a name: code, libraries and data."""
    files = [ROOT / "requirements.lock", *(ROOT / "service" / "classifier").rglob("*.py")]
    files += [path for path in (ROOT / "data").rglob("*") if path.is_file()]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()[:16]


@pytest.fixture
def app(seeded: Flask) -> Iterator[Flask]:
    """An app context on a database that holds nothing but the reference data."""
    with emptied(seeded):
        yield seeded


@contextmanager
def emptied(seeded: Flask) -> Iterator[None]:
    """An app context; when it ends, the database holds nothing but the reference data again."""
    with seeded.app_context():
        yield
        db.session.rollback()
        _empty()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> Caller:
    """A caller over HTTP whose requests share nothing with the test or with each other."""
    return Caller(app)


@pytest.fixture
def people(app: Flask) -> People:
    """Makes users with roles, and the headers they send."""
    return People()


def _empty() -> None:
    """Empty every table that a test may have written; deleting is faster than truncating where rows are few."""
    db.session.connection().exec_driver_sql(_emptying())
    db.session.commit()


@cache
def _emptying() -> str:
    """One order for all tables: asked for one by one, the way there and back would cost more than the deleting."""
    seeds = {table.name for table in db.metadata.sorted_tables if "edited_at" in table.c} | {"reference_revision"}
    tables = [table for table in reversed(db.metadata.sorted_tables) if table.name not in seeds | REFERENCE]
    return ";".join(str(table.delete()) for table in tables)
