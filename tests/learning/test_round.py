"""People correct, the service learns, the gate keeps the poison out, and what was can be had back."""

import shutil
from collections.abc import Sequence
from hashlib import sha256
from itertools import count, cycle

import pytest
from flask import Flask
from sqlalchemy import select, update

from service import clock
from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints.models import Complaint
from service.complaints.rules import Trace
from service.db import db, transaction
from service.intake import operations as intake
from service.intake.rules import Draft
from service.jobs import runner
from service.jobs.models import Task
from service.learning import operations as learning
from service.learning import registry
from service.learning.models import CHAMPION, REFUSED, RETIRED, ModelVersion
from service.learning.operations import RETRAIN, Held
from tests.factories import People
from tests.learning.sentences import held_up, owed

PHONES = count(13947100000)
WHOLE_WAY = 10
RIGHT, CONFUSED, WRONG = "arrears.audit-delay", "arrears.construction", "approval.property"


def call(operator: Reader, text: str, category: str | None = None) -> Complaint:
    """A call of an enterprise that never called before."""
    draft = Draft(body=text, region="150821", category=category, enterprise_name="某公司", contact_name="某人",
                  contact_phone=f"+86{next(PHONES)}", respondent_name="五原县住房和城乡建设局")  # fmt: skip
    return intake.file_complaint(draft, operator, clock.now()).complaint


def correct(operators: Sequence[Reader], texts: Sequence[str], category: str) -> None:
    """Operators, in turns, choose another category than the machine; a few calls go the whole way."""
    now = clock.now()
    with transaction():
        for number, (operator, text) in enumerate(zip(cycle(operators), texts, strict=False)):
            if number < WHOLE_WAY:
                call(operator, text, category)
            else:
                learning.remember(
                    taken_for(text, category), Held(CONFUSED, None), Trace("operator", operator.id), None, now
                )


def taken_for(text: str, category: str) -> Complaint:
    """What is remembered of a complaint of an enterprise that never called before."""
    serial = next(PHONES)
    phone, version = sha256(b"%d" % serial).digest(), classifier.version()
    return Complaint(id=serial, body=text, category=category, suggestions=[{"code": CONFUSED}], sealed=False,
                     model_version=version, channel="hotline", phone_hash=phone)  # fmt: skip


def retrain(administrator: Reader) -> ModelVersion:
    """Somebody asks for a training, and a worker does it; gives the version that came of it."""
    with transaction():
        learning.retrain(administrator, clock.now(), "纠正已经够多")
    assert runner.run(db.session.scalars(select(Task.id).where(Task.name == RETRAIN).order_by(Task.id.desc())).first())
    with transaction():
        learning.follow()
    return learning.versions()[0]


def right(operator: Reader, texts: Sequence[str], category: str) -> float:
    """The share of new complaints whose first suggestion is right; each says which version made it."""
    with transaction():
        filed = [call(operator, text) for text in texts]
    assert {one.model_version for one in filed} == {classifier.version()}
    return sum(one.suggestions[0]["code"] == category for one in filed) / len(filed)


def handled(operator: Reader, texts: Sequence[str]) -> None:
    """Complaints that were closed, and solved, as the machine had said."""
    with transaction():
        numbers = [call(operator, text).id for text in texts]
        db.session.execute(update(Complaint).where(Complaint.id.in_(numbers)).values(status="closed", solved=True))


@pytest.fixture
def operators(people: People) -> list[Reader]:
    return [people.reader("operator", "150000") for _ in range(4)]


def test_corrections_are_learnt_poison_is_refused_and_the_old_answers_can_be_had_back(
    app: Flask, first: str, people: People, operators: list[Reader]
) -> None:
    administrator, some = people.reader("administrator"), operators[0]
    every = held_up(330)
    clear = owed(320)
    handled(some, clear[:60])
    texts, new = [text for text in every[:300] if classifier.suggest(text)[0].code == CONFUSED][:200], every[300:]
    answers = [classifier.understand(text) for text in new]
    assert right(some, new, RIGHT) < 0.3
    before = registry.file_of(first)

    correct(operators, texts, RIGHT)
    second = retrain(administrator)
    assert (second.state, second.examples, second.report["added"]) == (CHAMPION, 200, {RIGHT: 200}), second.reason
    assert right(some, new, RIGHT) > 0.9
    assert right(some, clear[60:80], CONFUSED) > 0.9

    correct(operators[:2], clear[100:300], WRONG)
    poisoned = retrain(administrator)
    assert (poisoned.state, poisoned.report["verdict"]) == (REFUSED, "refused"), poisoned.reason
    assert classifier.version() == second.version

    with transaction():
        back = learning.roll_back(administrator, clock.now(), "先看看")
    shutil.rmtree(classifier.models())
    with transaction():
        assert learning.follow() == back.version == first
    assert [classifier.understand(text) for text in new] == answers
    assert registry.file_of(first) == before
    assert learning.version(second.version).state == RETIRED
    assert not learning.promotes_by_itself()


def test_what_went_right_keeps_a_small_poison_out(first: str, people: People, operators: list[Reader]) -> None:
    """Where several people are wrong about words that the seed corpus does not have, closed complaints know better."""
    clear = owed(120)
    handled(operators[0], clear[:60])
    correct(operators, clear[60:90], WRONG)
    poisoned = retrain(people.reader("administrator"))
    assert poisoned.state == REFUSED, poisoned.reason
    assert "在「按原判断办结的诉求」上变差" in (poisoned.reason or ""), poisoned.reason
    assert (poisoned.examples, poisoned.texts) == (30, learning.version(first).texts + 90)
