"""Tables of the deadlines: the rules of clocks, the days that differ, and the clocks that run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Instant, db
from service.deadlines.ladder import KINDS, Course, Plan, Rule, label
from service.deadlines.rules import Pause, Term, Unit
from service.seedfile import Seeded


class ClockRule(Seeded, db.Model):
    """One row of the table of clocks, from data/seed_clocks.yaml."""

    __tablename__ = "clock_rules"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    regime: Mapped[str] = mapped_column(String(20))
    starts: Mapped[str] = mapped_column(String(20))
    length: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(20))
    cap: Mapped[int | None]
    basis: Mapped[str] = mapped_column(String(120))
    mark: Mapped[str] = mapped_column(String(1))
    statutory: Mapped[bool]
    extendable_by: Mapped[str | None] = mapped_column(String(20))
    longest: Mapped[int | None]
    extensions: Mapped[int] = mapped_column(default=1, server_default="1")
    ladder: Mapped[list[str]] = mapped_column(ARRAY(String(20)))

    def rule(self) -> Rule:
        """The row as the value that clocks are made from."""
        return Rule(
            code=self.code,
            kind=self.kind,
            regime=self.regime,
            starts=self.starts,
            term=Term(self.length, Unit(self.unit), self.cap) if self.length and self.unit else None,
            basis=self.basis,
            statutory=self.statutory,
            extendable_by=self.extendable_by,
            longest=self.longest,
            ladder=tuple(self.ladder),
            extensions=self.extensions,
        )


class ClockRuleVersion(db.Model):
    """A rule's terms from a day on (in Asia/Shanghai), in place of its own row and of earlier versions."""

    __tablename__ = "clock_rule_versions"
    __table_args__ = (UniqueConstraint("rule_code", "valid_from"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    rule_code: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    length: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(20))
    cap: Mapped[int | None]
    longest: Mapped[int | None]
    extensions: Mapped[int]
    basis: Mapped[str] = mapped_column(String(120))
    ladder: Mapped[list[str]] = mapped_column(ARRAY(String(20)))

    def of(self, rule: Rule) -> Rule:
        """The rule with these terms."""
        return replace(
            rule,
            term=Term(self.length, Unit(self.unit), self.cap) if self.length and self.unit else None,
            basis=self.basis,
            longest=self.longest,
            extensions=self.extensions,
            ladder=tuple(self.ladder),
        )


class CalendarDay(Seeded, db.Model):
    """A day that is worked or not against its weekday, in the nation (with the notice's number) or in one place."""

    __tablename__ = "calendar_days"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    place_code: Mapped[str] = mapped_column(String(12))
    date: Mapped[date]
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))
    notice: Mapped[str | None] = mapped_column(String(80))


class OfficeHours(Seeded, db.Model):
    """The office hours of a place: [["09:00", "12:00"], ["14:30", "17:30"]]."""

    __tablename__ = "office_hours"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    spans: Mapped[list[list[str]]] = mapped_column(JSONB)


def paused(pauses: Sequence[Mapping[str, Any]]) -> list[Pause]:
    """Those of a clock's pauses that are over, as moments."""
    spans = ((pause["from"], pause["until"]) for pause in pauses)
    return [(datetime.fromisoformat(begin), datetime.fromisoformat(until)) for begin, until in spans if until]


class Clock(db.Model):
    """What a complaint waits for, until when, and which rung of the ladder comes next.

    The term stands here as it was when the clock started: a rule that is edited later binds later clocks.

    Attributes:
        party: the department or respondent that it runs for, where several of a kind run at once.
        cap_from: from when the cap counts, where an earlier clock of the kind began it.
        granted: the term's length after extensions; extensions: how many there were.
        places: whose calendar counts, the nearest place first, then its parents.
        fixed_due_at: the moment a superior set, for a clock that has one.
        extended_to: the moment to which an extension moved the end of a clock in hours, or of one with a moment set.
        pauses: [{"from": moment, "until": moment or null}] in order.
        ladder, moments: each rung and when it is reached; rung is the index of the next one.
        next_at: when that rung is reached; null where none is left or the clock stands still.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'paused', 'met', 'cancelled')", name="state"),
        CheckConstraint("state = 'running' OR next_at IS NULL", name="stands_still"),
        Index("ix_clocks_next_at", "next_at", postgresql_where=text("state = 'running' AND next_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(BigInteger, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    rule_code: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(String(120))
    statutory: Mapped[bool]
    length: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(20))
    cap: Mapped[int | None]
    party: Mapped[str | None] = mapped_column(String(40))
    cap_from: Mapped[datetime | None] = mapped_column(Instant)
    granted: Mapped[int | None]
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    fixed_due_at: Mapped[datetime | None] = mapped_column(Instant)
    extended_to: Mapped[datetime | None] = mapped_column(Instant)
    places: Mapped[list[str]] = mapped_column(ARRAY(String(12)))
    started_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    provisional: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="running", server_default="running")
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    ladder: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    moments: Mapped[list[datetime]] = mapped_column(ARRAY(Instant))
    rung: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def name(self) -> str:
        """What the clock waits for, as people call it."""
        return KINDS[self.kind]

    @property
    def label(self) -> str:
        """The clock as events name it."""
        return label(self.kind, self.party)

    @property
    def term(self) -> Term | None:
        """The term it runs; None where only a moment counts that somebody set."""
        if not self.length or not self.unit or (self.extended_to and Unit(self.unit).in_hours):
            return None
        return Term(self.granted or self.length, Unit(self.unit), self.cap)

    @property
    def fixed(self) -> datetime | None:
        """The moment that was set for it, by a superior or by an extension."""
        return self.extended_to or self.fixed_due_at

    @property
    def course(self) -> Course:
        """What its deadline follows from, with the pauses that are over."""
        return Course(self.started_at, self.term, self.fixed, self.paused(), self.cap_from)

    def paused(self) -> list[Pause]:
        """The pauses that are over, as moments."""
        return paused(self.pauses)

    def held_since(self) -> datetime | None:
        """Since when it stands still."""
        return datetime.fromisoformat(self.pauses[-1]["from"]) if self.state == "paused" else None

    def follow(self, way: Plan) -> None:
        """Take over a way worked out anew; the rungs behind stay behind."""
        self.due_at, self.provisional = way.deadline.due_at, way.deadline.provisional
        self.moments = way.moments
        left = self.state == "running" and self.rung < len(way.moments)
        self.next_at = way.moments[self.rung] if left else None


class CalendarState(db.Model):
    """The calendar with which all open clocks were last counted: one row."""

    __tablename__ = "calendar_states"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counted_at: Mapped[datetime] = mapped_column(Instant)
