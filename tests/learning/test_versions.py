"""Every version is kept, one answers, and who changes that is on record."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from service import clock
from service.accounts.rules import Reader
from service.audit.models import Entry
from service.classifier import operations as classifier
from service.classifier import storage
from service.db import db, transaction
from service.errors import Conflict, Invalid, NotFound, Unavailable, WrongState
from service.learning import operations as learning
from service.learning import registry, rounds
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, RETIRED, Example, ModelVersion
from tests.factories import People
from tests.learning.sentences import held_up, owed
from tests.statements import counted

LABEL, WAS = "arrears.audit-delay", "arrears.construction"


@pytest.fixture
def administrator(people: People) -> Reader:
    return people.reader("administrator")


def examples(texts: list[str], label: str = LABEL, by: int = 0, enterprise: bytes | None = None) -> None:
    """Corrections of as many complaints, by three people where nobody is named."""
    now = clock.now()
    with transaction():
        for number, text in enumerate(texts, start=1 + len(db.session.scalars(select(Example.id)).all())):
            db.session.add(Example(
                complaint_id=number, user_id=by or number % 3 + 1, role="operator", enterprise=enterprise,
                channel="hotline", title="", text=text, label=label, was=WAS, version="x", at=now,
            ))  # fmt: skip


def states() -> dict[str, str]:
    db.session.expire_all()
    return {one.version: one.state for one in learning.versions()}


def round_of(actor: Reader | None = None, force: bool = False) -> str:
    with transaction():
        return rounds.run(actor, clock.now(), force=force).version


def test_the_first_model_is_registered_once_with_all_that_is_known_of_it(first: str) -> None:
    with transaction():
        assert registry.register_first(clock.now()) is not None
    (one,) = learning.versions()
    assert (one.version, one.state, one.trained_by, one.decided_by) == (first, CHAMPION, None, None)
    assert (one.data, one.texts, one.examples) == (one.about["data"], one.about["texts"], 0)
    assert registry.file_of(first) == storage.current(classifier.models()).read_bytes()


def test_the_list_of_versions_takes_one_statement_and_no_bytes(first: str) -> None:
    db.session.expunge_all()
    with counted() as sent:
        assert [one.report for one in learning.versions()] == [{}]
    assert len(sent) == 1, sent
    assert "outcomes" not in sent[0]
    assert "file" not in sent[0]


def test_a_challenger_waits_for_a_person_where_the_machine_may_not_promote(first: str, administrator: Reader) -> None:
    with transaction():
        learning.set_promotes_by_itself(False, administrator, clock.now())
    examples(held_up(60))
    second = round_of()
    assert states() == {first: CHAMPION, second: CHALLENGER}
    assert learning.version(second).report["verdict"] == "promoted"
    for why in ("", " \n"):
        with pytest.raises(Invalid, match="理由"):
            learning.promote(second, administrator, clock.now(), why)
        db.session.rollback()
    with transaction():
        learning.promote(second, administrator, clock.now(), "看过对比报告")
    assert states() == {first: RETIRED, second: CHAMPION}
    chosen = learning.version(second)
    assert (chosen.decided_by, chosen.reason, chosen.predecessor) == (administrator.id, "看过对比报告", first)
    with pytest.raises(WrongState, match="正在使用"):
        learning.promote(second, administrator, clock.now(), "再来一次")
    db.session.rollback()
    entries = db.session.scalars(select(Entry).where(Entry.action.like("model.%")).order_by(Entry.id))
    said = {entry.action: entry for entry in entries}
    assert (said["model.promoted"].actor, said["model.promoted"].details["why"]) == (
        administrator.login,
        "看过对比报告",
    )


def test_what_waits_is_refused_by_a_person_or_by_what_comes_after_it(first: str, administrator: Reader) -> None:
    with transaction():
        learning.set_promotes_by_itself(False, administrator, clock.now())
    examples(held_up(60))
    second = round_of()
    examples(held_up(70)[60:])
    third = round_of()
    assert states() == {first: CHAMPION, second: REFUSED, third: CHALLENGER}
    with transaction():
        learning.refuse(third, administrator, clock.now(), "再等等")
    assert states()[third] == REFUSED
    with pytest.raises(WrongState, match="不在等待决定"):
        learning.refuse(third, administrator, clock.now(), "再等等")


def test_what_does_not_exist_is_not_promoted_and_nothing_is_gone_back_to(first: str, administrator: Reader) -> None:
    for step in (learning.promote, learning.refuse):
        with pytest.raises(NotFound, match="没有版本为 20000101-00000000 的模型"):
            step("20000101-00000000", administrator, clock.now(), "试试")
        db.session.rollback()
    with pytest.raises(WrongState, match="没有可以退回的版本"):
        learning.roll_back(administrator, clock.now(), "试试")


def test_a_damaged_version_is_not_promoted_and_the_one_before_goes_on(first: str, administrator: Reader) -> None:
    examples(owed(2))
    second, place = round_of(administrator, force=True), classifier.models() / f"{first}.npz"
    whole = place.read_bytes()
    for file in (b"damaged", None):
        with transaction():
            db.session.execute(update(ModelVersion).where(ModelVersion.version == first).values(file=file))
        with pytest.raises(Unavailable):
            learning.roll_back(administrator, clock.now(), "试试")
        db.session.rollback()
    assert states() == {first: RETIRED, second: CHAMPION}
    assert place.read_bytes() == whole


def test_the_night_does_nothing_where_nothing_is_new(first: str, administrator: Reader) -> None:
    with transaction():
        assert rounds.run_if_needed(clock.now()) is None
    examples(owed(2))
    with transaction():
        trained = rounds.run_if_needed(clock.now())
    assert trained is not None
    assert (trained.examples, trained.state) == (2, REFUSED)
    assert "总体没有可靠的提高" in (trained.reason or "")
    with transaction():
        assert rounds.run_if_needed(clock.now()) is None


def test_one_round_at_a_time(first: str, app: Flask) -> None:
    with db.engine.connect() as other, other.begin():
        other.execute(select(func.pg_advisory_xact_lock(rounds.LOCK)))
        with pytest.raises(Conflict, match="另一次训练正在进行"):
            rounds.run(None, clock.now())


def test_a_round_keeps_nobody_from_deciding_while_it_learns(
    first: str, administrator: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []

    def train(*_: object) -> None:
        with db.engine.connect() as other, other.begin():
            free.append(bool(other.scalar(select(func.pg_try_advisory_xact_lock(registry.LOCK)))))
        raise Conflict("here it stops")

    monkeypatch.setattr(rounds, "train", train)
    with pytest.raises(Conflict, match="here it stops"):
        rounds.run(administrator, clock.now())
    assert free == [True]


def test_what_was_compared_with_a_version_that_no_longer_answers_waits_for_a_person(first: str) -> None:
    examples(held_up(60))
    second = round_of()
    with transaction():
        learning.version(second).state = CHALLENGER
        rounds._settle(
            learning.version(second), rounds.Ruling("promoted", "好", {"n": 1}, "19990101-gone"), None, clock.now()
        )
    waiting = learning.version(second)
    assert (waiting.state, "人工决定" in waiting.reason) == (CHALLENGER, True)


def test_a_model_that_the_champion_cannot_be_compared_with_waits_for_a_person(first: str) -> None:
    with transaction():
        db.session.execute(update(ModelVersion).values(outcomes=None))
    examples(owed(2))
    second = learning.version(round_of())
    assert (second.state, second.report, second.decided_at) == (CHALLENGER, {}, None)
    assert "无法公平比较" in (second.reason or "")


def test_bytes_of_what_never_answered_are_not_kept_for_ever(first: str) -> None:
    examples(owed(2))
    second = round_of()
    assert registry.file_of(second)
    with transaction():
        db.session.execute(update(ModelVersion).where(ModelVersion.version == second)
                           .values(decided_at=clock.now() - rounds.KEPT - timedelta(days=1)))  # fmt: skip
    examples(owed(4)[2:])
    round_of()
    with pytest.raises(Unavailable, match="文件已清理"):
        registry.file_of(second)
    assert learning.version(second).report["slices"]
    assert registry.file_of(first)


def test_what_is_learnt_from_is_capped_deduplicated_and_never_against_the_seed_corpus(first: str, app: Flask) -> None:
    seed = rounds.gather().corpus
    examples(owed(40), enterprise=b"one enterprise", by=1)
    examples(held_up(10), by=2)
    examples([held_up(10)[0]], label="approval.delay", by=3)
    examples([seed.texts[0]], label="approval.delay", by=3)
    examples(["门口修路半年没有完"], label="construction.surroundings", by=3)
    material = rounds.gather()
    assert [(one.kind, one.examples, one.counted) for one in material.capped] == [("enterprise", 40, 5)]
    assert len(material.corrections) == 5 + 10
    labels = {one.text: one.label for one in material.corrections}
    assert labels[held_up(10)[0]] == "approval.delay"
    assert list(material.corpus.texts[: len(seed)]) == list(seed.texts)
    groups = material.corpus.groups[len(seed) :]
    assert len(set(groups)) == 1 + 10
    assert all(groups)


def test_dropped_examples_and_changes_of_the_department_teach_nothing(first: str, administrator: Reader) -> None:
    examples(owed(3), label=WAS)
    examples(held_up(2))
    (one, _) = learning.examples(limit=2).items
    with transaction():
        learning.drop_example(one.id, administrator, clock.now(), "有误")
    assert len(rounds.gather().corrections) == 1
