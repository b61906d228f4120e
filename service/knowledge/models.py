"""Answers."""

from datetime import date

from sqlalchemy import Date, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from service.db import db
from service.seedfile import Seeded
from service.sentences import say


class KnowledgeAnswer(Seeded, db.Model):
    """What can be said to a question.

    Attributes:
        category: the leaf or the family of complaints that it belongs to, if it belongs to one.
        words: what people say when they mean it, beside the words of the question.
        source: law and article; None where it tells how this platform works.
        public: whether enterprises may read it by themselves; valid_until: the last day it may be told.
        version: counts what people changed.
    """

    __tablename__ = "knowledge_answers"
    __table_args__ = (Index("ix_knowledge_answers_search", "search", postgresql_using="gin"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source: Mapped[str | None] = mapped_column(Text)
    public: Mapped[bool]
    valid_until: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    search: Mapped[str] = mapped_column(TSVECTOR)

    @property
    def in_reply(self) -> str:
        """How it stands in a reply: with what it rests on, in Chinese, the language of the record."""
        return self.answer + (say("（依据：%(source)s）", source=self.source) if self.source else "")
