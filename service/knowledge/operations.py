"""Finding what can be read out, and keeping it true."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, case, cast, event, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Mapper
from sqlalchemy.types import REAL

from service import clock
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.audit.models import Entry
from service.classifier import operations as classifier
from service.db import db
from service.directory import operations as directory
from service.directory.models import Category
from service.errors import Invalid, NotFound, Stale
from service.knowledge import rules, seeds
from service.knowledge.models import KnowledgeAnswer
from service.seedfile import Stored, store

OFFERED = 3
MOST_LISTED = 200
VERSIONS = 20
CONTENT = ("question", "answer", "category", "words", "source", "public", "valid_until")


def seed(data: Path) -> Stored:
    """Make the answers follow the seed file; those that an administrator edited stay."""
    categories = set(db.session.scalars(select(Category.code)))
    return store(KnowledgeAnswer, seeds.read_answers(data / "seed_answers.yaml", categories), "code")


@event.listens_for(KnowledgeAnswer, "before_insert")
@event.listens_for(KnowledgeAnswer, "before_update")
def _index(_mapper: Mapper[Any], _connection: Connection, row: KnowledgeAnswer) -> None:
    """The words an answer is found by follow it, whoever writes it."""
    asked = [*classifier.words(row.question), *row.words, *(part for word in row.words for part in _words(word))]
    row.search = rules.vector(asked, _words(row.answer))


def _words(text: str) -> Sequence[str]:
    return classifier.words(text)


# --- reading out -----------------------------------------------------------------------------------------------------


def offered(text: str, category: str | None, now: datetime, limit: int = OFFERED) -> Sequence[KnowledgeAnswer]:
    """The answers that fit a text and its category best, in one statement; none that no longer hold."""
    words = rules.telling(_words(classifier.mask(text)))
    query = cast(rules.query(words), TSQUERY)
    weights = cast(rules.WEIGHTS, ARRAY(REAL))
    # ts_rank divides by the number of words asked for.
    said = func.ts_rank(weights, KnowledgeAnswer.search, query) * len(words) if words else literal(0.0)
    score = said + _belonging(category)
    found = select(KnowledgeAnswer).where(*_holding(now), score > rules.LEAST)
    return db.session.scalars(found.order_by(score.desc(), KnowledgeAnswer.code).limit(limit)).all()


def _holding(now: datetime) -> tuple[Any, ...]:
    """That an answer is in use and its last day is not over."""
    today = clock.local(now).date()
    return KnowledgeAnswer.active, or_(KnowledgeAnswer.valid_until.is_(None), KnowledgeAnswer.valid_until >= today)


def _belonging(category: str | None) -> Any:
    """What it is worth that an answer belongs to a leaf or its family."""
    if not category:
        return literal(0.0)
    own = ((KnowledgeAnswer.category == category, rules.OF_LEAF),)
    family = ((KnowledgeAnswer.category == category.partition(".")[0], rules.OF_FAMILY),)
    return case(*own, *family, else_=0.0)


# --- administration --------------------------------------------------------------------------------------------------


def listed(text: str = "", in_use: bool = False, public: bool = False) -> Sequence[KnowledgeAnswer]:
    """All answers, those in use first, or those that hold one of a text's words, the nearest first.

    Last come those that only stand in a category whose name holds such a word.

    Args:
        in_use: leave out those that were put away or hold no longer.
        public: leave out those that are only for who works here, too.
    """
    found = select(KnowledgeAnswer).limit(MOST_LISTED)
    if in_use or public:
        found = found.where(*_holding(clock.now()))
    if public:
        found = found.where(KnowledgeAnswer.public)
    words = searched(text)
    if text and not words:
        return []
    if words:
        query = cast(rules.query(words, everywhere=True), TSQUERY)
        found = found.where(or_(KnowledgeAnswer.search.op("@@")(query), KnowledgeAnswer.category.in_(_named(words))))
        found = found.order_by(func.ts_rank(cast(rules.WEIGHTS, ARRAY(REAL)), KnowledgeAnswer.search, query).desc())
    return db.session.scalars(found.order_by(KnowledgeAnswer.active.desc(), KnowledgeAnswer.code)).all()


def _named(words: Sequence[str]) -> list[str]:
    """The families and categories whose name holds one of the words; a family with all that is in it."""
    book = directory.current()
    found = {code for code, one in book.families.items() if any(word in one.name for word in words)}
    leaves = (one for one in book.categories.values() if one.family in found or any(word in one.name for word in words))
    return sorted(found | {one.code for one in leaves})


def searched(text: str) -> list[str]:
    """The words of a text by which answers are looked for."""
    return rules.telling(_words(text))


def published(code: str, now: datetime) -> KnowledgeAnswer:
    """An answer that enterprises may read by themselves.

    Raises:
        NotFound: there is none, or none any more, or it is only for who works here; they look the same.
    """
    found = db.session.scalar(
        select(KnowledgeAnswer).where(KnowledgeAnswer.code == code, KnowledgeAnswer.public, *_holding(now))
    )
    if found is None:
        raise NotFound("没有这条问答，可能已经不再公开。")
    return found


def find(code: str) -> KnowledgeAnswer:
    """An answer by its code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(KnowledgeAnswer, code)
    if found is None:
        raise NotFound("没有这条问答。")
    return found


def add(content: Mapping[str, Any], actor: Reader, now: datetime, active: bool = True) -> KnowledgeAnswer:
    """Write a new answer; one that is not active waits for an administrator.

    Raises:
        Invalid: its category is none.
    """
    _check(content)
    row = KnowledgeAnswer(
        code=f"own-{secrets.token_hex(4)}", version=1, active=active, edited_at=now, **_whole(content)
    )
    db.session.add(row)
    db.session.flush()
    _record("added" if active else "proposed", row, actor, now)
    return row


def edit(code: str, version: int, content: Mapping[str, Any], active: bool, actor: Reader, now: datetime) -> None:
    """Change an answer; no seeding overrules it, and what it said before stays on record.

    Raises:
        Stale: somebody else changed it since it was read. Invalid: its category is none.
    """
    row = find(code)
    db.session.refresh(row, with_for_update=True)
    if row.version != version:
        raise Stale("别人刚刚改过这条问答，请看看最新的内容再改。")
    _check(content)
    if row.version == 1 and not history(code):
        _record("seeded", row, actor, now)
    for name, value in {**_whole(content), "active": active, "version": version + 1, "edited_at": now}.items():
        setattr(row, name, value)
    db.session.flush()
    _record("edited", row, actor, now)


def _whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """All that an answer says; what was not said is empty."""
    said = {name: content.get(name) for name in CONTENT}
    return {**said, "words": list(content.get("words", ())), "public": bool(content.get("public"))}


def _check(content: Mapping[str, Any]) -> None:
    book, category = directory.current(), content.get("category")
    if category and category not in book.families and category not in book.categories:
        raise Invalid("没有这个类别。", {"category": ["没有这个类别，请从列表里选。"]})


def _record(what: str, row: KnowledgeAnswer, actor: Reader, now: datetime) -> None:
    said = {name: getattr(row, name) for name in (*CONTENT, "active", "version")}
    day = row.valid_until.isoformat() if row.valid_until else None
    audit.record(f"knowledge.{what}", _subject(row.code), actor.login, now, **{**said, "valid_until": day})


def history(code: str) -> Sequence[Entry]:
    """What an answer said in each version, the newest first."""
    return audit.about(_subject(code), VERSIONS)


def _subject(code: str) -> str:
    return f"knowledge {code}"
