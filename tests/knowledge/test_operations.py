"""Answers that are found by what somebody says, and changed by administrators."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from service import clock
from service.audit import operations as audit
from service.config import ROOT
from service.db import db, transaction
from service.errors import Invalid, Stale
from service.knowledge import operations as knowledge
from service.knowledge.models import KnowledgeAnswer
from service.knowledge.seeds import read_answers
from service.seedfile import SeedError
from tests.factories import People
from tests.statements import counted

LAWS = ("保障中小企业款项支付条例", "优化营商环境条例", "民营经济促进法", "公平竞争审查条例", "信访工作条例")


@pytest.fixture
def seeds_again(app: Flask) -> Iterator[None]:
    """The answers say afterwards what the seed file says."""
    yield
    db.session.rollback()
    with transaction():
        db.session.execute(text("DELETE FROM knowledge_answers"))
        db.session.expunge_all()
        knowledge.seed(ROOT / "data")


def offered(said: str, category: str | None = None, **more: Any) -> list[str]:
    return [one.code for one in knowledge.offered(said, category, clock.now(), **more)]


@pytest.mark.parametrize(
    ("said", "category", "first"),
    [
        ("对方说要等业主付款后才付我们，是背靠背条款", None, "pay-when-paid"),
        ("逾期付款利息怎么算", None, "late-interest"),
        ("医院非要给我们商业承兑汇票抵货款", "arrears.bills", "forced-bills"),
        ("质保金到期了不退", "arrears.deposit", "deposit-return"),
        ("新来的书记不认以前的投资协议，说是上一届的承诺", "default.predecessor", "promise-kept"),
        ("窗口让我们反复补材料", "approval.delay", "told-once"),
        ("外地公安异地执法冻结了我公司账户", None, "cross-region"),
        ("我想查一下进度，查询码找不到了", None, "follow-up"),
    ],
)
def test_what_a_caller_says_finds_the_answer(app: Flask, said: str, category: str | None, first: str) -> None:
    assert first in offered(said, category)[:2]


@pytest.mark.parametrize("said", ["", "。。。", "我们公司的事情", "'; DROP TABLE --", "\\' & | !", "a" * 20_000])
def test_what_says_nothing_finds_nothing(app: Flask, said: str) -> None:
    assert offered(said) == []


def test_answers_of_the_family_need_a_word_and_those_of_the_leaf_none(app: Flask) -> None:
    assert offered("什么都没说清", "arrears.deposit") == ["deposit-return"]


def test_an_answer_that_holds_no_longer_is_not_read_out(app: Flask, people: People, seeds_again: None) -> None:
    guan = people.reader("administrator")
    said = {"question": "草原驿站补贴几月发？", "answer": "六月。", "words": ["驿站补贴"]}
    yesterday = clock.local(clock.now()).date() - timedelta(days=1)
    with transaction():
        row = knowledge.add({**said, "valid_until": clock.local(clock.now()).date()}, guan, clock.now())
        code = row.code
    assert offered("草原驿站补贴") == [code]
    with transaction():
        knowledge.edit(code, 1, {**said, "valid_until": yesterday}, True, guan, clock.now())
    assert offered("草原驿站补贴") == []


def test_every_change_is_on_record_with_what_was_said_before(app: Flask, people: People, seeds_again: None) -> None:
    guan = people.reader("administrator")
    before = knowledge.find("late-interest").answer
    said = {"question": "利息怎么算？", "answer": "新的说法。", "category": "arrears.interest"}
    with transaction():
        knowledge.edit("late-interest", 1, said, True, guan, clock.now())
    told = [entry.details["answer"] for entry in knowledge.history("late-interest")]
    assert told == ["新的说法。", before]
    assert audit.broken() == []
    with pytest.raises(Stale):
        knowledge.edit("late-interest", 1, said, True, guan, clock.now())
    with pytest.raises(Invalid):
        knowledge.edit("late-interest", 2, {**said, "category": "nothing.of-the-kind"}, True, guan, clock.now())


def test_seeding_again_leaves_what_an_administrator_changed(app: Flask, people: People, seeds_again: None) -> None:
    with transaction():
        assert knowledge.seed(ROOT / "data").changed == 0
    with transaction():
        said = {"question": "利息怎么算？", "answer": "新的说法。"}
        knowledge.edit("late-interest", 1, said, True, people.reader("administrator"), clock.now())
        assert knowledge.seed(ROOT / "data").kept == 1
    assert knowledge.find("late-interest").answer == "新的说法。"


def test_finding_costs_one_statement(app: Flask) -> None:
    with counted() as sent:
        knowledge.offered("逾期付款利息怎么算", "arrears.interest", clock.now())
    assert len(sent) == 1


# --- the seed file ---------------------------------------------------------------------------------------------------


def test_every_seeded_answer_names_an_article_that_it_may_rest_on_or_none(app: Flask) -> None:
    rows = db.session.query(KnowledgeAnswer).all()
    assert len(rows) >= 20
    assert all(row.source is None or row.source.startswith(LAWS) for row in rows)
    assert sum(row.public for row in rows) > 15


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("- {code: a, question: 问, answer: 答}\n- {code: a, question: 问, answer: 答}", 1),
        ("- {code: a, question: 问, answer: 答, category: none.such}", 1),
        ("- {code: a, question: 问}", 1),
        ("answers: []", 1),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, written: str, line: int) -> None:
    path = tmp_path / "seed_answers.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SeedError, match=f"seed_answers.yaml:{line}:"):
        read_answers(path, {"arrears"})
