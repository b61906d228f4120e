"""A process takes up what the database names, between two requests and never within one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from flask import Flask
from sqlalchemy import update

from service import clock
from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.classifier import storage
from service.config import NO_DATABASE, Config
from service.db import db, transaction
from service.intake import operations as intake
from service.intake.rules import Draft
from service.learning import following, registry, rounds
from service.learning import operations as learning
from service.learning.models import ModelVersion
from tests.apps import other
from tests.learning.sentences import held_up, owed
from tests.learning.test_versions import examples
from tests.statements import counted

Promote = Callable[[str], None]


@pytest.fixture
def second(first: str) -> str:
    """A version that thinks otherwise, and waits."""
    with transaction():
        learning.set_promotes_by_itself(False, Reader(login="test"), clock.now())
    examples(held_up(60))
    with transaction():
        return rounds.run(None, clock.now()).version


@pytest.fixture
def promote(app: Flask) -> Promote:
    def now(version: str) -> None:
        with transaction():
            learning.promote(version, None, clock.now(), "")

    return now


def test_a_look_at_the_database_is_one_statement_and_loads_nothing_where_nothing_changed(first: str) -> None:
    loaded = classifier.current()
    with counted() as sent:
        assert learning.follow() == first
    assert len(sent) == 1, sent
    assert classifier.current() is loaded


def test_a_machine_without_the_file_fetches_it_and_the_pointer_knows(first: str, second: str, promote: Promote) -> None:
    promote(second)
    storage.discard(classifier.models() / f"{second}.npz")
    assert learning.follow() == second == classifier.version()
    assert storage.current(classifier.models()).stem == second


def test_what_cannot_be_had_leaves_the_model_before_answering(first: str, second: str, promote: Promote) -> None:
    promote(second)
    storage.discard(classifier.models() / f"{second}.npz")
    with transaction():
        db.session.execute(update(ModelVersion).where(ModelVersion.version == second).values(file=b"damaged"))
    following.look()
    assert classifier.version() == first


def test_without_a_database_or_a_version_the_model_before_goes_on(app: Flask, config: Config, first: str) -> None:
    with transaction():
        db.session.execute(ModelVersion.__table__.delete())
    assert learning.follow() is None
    with other(config, database_url=NO_DATABASE.replace("postgresql", "postgresql+psycopg", 1)):
        following.look()
    assert classifier.version() == first


def test_no_request_is_lost_or_mixes_versions_while_they_change(first: str, second: str, app: Flask) -> None:
    text, filed, over = owed(1)[0] + held_up(1)[0], list[tuple[str, float]](), threading.Event()
    models = [registry.model_of(name) for name in (first, second)]
    said = {(model.about["version"], round(model.understand(text).suggestions[0].probability, 4)) for model in models}
    assert len({probability for _, probability in said}) == 2

    def file() -> None:
        with app.app_context():
            while not over.is_set():
                with transaction():
                    one = intake.file_complaint(Draft(body=text, anonymous=True), Reader(), clock.now()).complaint
                    filed.append((one.model_version, one.suggestions[0]["probability"]))

    with ThreadPoolExecutor(2) as pool:
        filers = [pool.submit(file) for _ in range(2)]
        turns = cycle((second, first))
        while len(set(filed)) < 2 and not any(filer.done() for filer in filers):
            with transaction():
                learning.promote(next(turns), None, clock.now(), "")
            following.look()
        over.set()
        for filer in filers:
            filer.result()
    assert set(filed) == said
