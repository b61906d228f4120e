"""What figures are counted from: a narrow row for each complaint, and one more for what happened again to it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Instant, db

# What may happen to a complaint more than once, and the column that tells when: all that is judged.
MOMENTS = {
    "result": "result_due", "sign": "sign_due", "valid": "valid_at", "dispatch": "dispatched_at",
    "hand_back": "handed_back_at", "reply": "replied_at", "redo": "redone_at",
}  # fmt: skip


class Tally(db.Model):
    """A complaint as figures read it; everything here follows from complaints, events and clocks.

    `round` 0 holds all that is told of the complaint itself and the first occurrence of each kind; where something
    happened again (a second dispatch, a second limit), the next rounds hold that, one occurrence of a kind in each.

    Attributes:
        region to respondent_department: what decides who may see it, as in the complaint.
        desk, due_at: where it waits and until when; null once it is over.
        filed_on, ended_on: the days in Asia/Shanghai.
        stage: how far it came at best, a position in rules.STAGES.
        enterprise: who complains, as a number that stands for nobody; null where it is anonymous.
        contacted: whether the enterprise was contacted in time.
        holder: the department that had it when what this row tells happened.
        valid_at: the enterprise was asked or spoke up, or the limit ended unanswered; valid_before: the time before.
    """

    __tablename__ = "tallies"
    __table_args__ = (
        Index(None, "filed_at"),
        Index(None, "ended_at"),
        Index("ix_tallies_judged_at", text(f"greatest({', '.join(MOMENTS.values())})")),
        Index("ix_tallies_waiting", "desk", postgresql_where=text("desk IS NOT NULL")),
    )

    complaint_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    region: Mapped[str | None] = mapped_column(Text)
    dispatch_place: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bool]
    department: Mapped[str | None] = mapped_column(Text)
    respondent_department: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    desk: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    filed_at: Mapped[datetime] = mapped_column(Instant)
    filed_on: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_on: Mapped[date | None]
    stage: Mapped[int] = mapped_column(SmallInteger)
    enterprise: Mapped[int | None] = mapped_column(BigInteger)
    excluded: Mapped[bool]
    solved: Mapped[bool | None]
    satisfaction: Mapped[str | None] = mapped_column(Text)
    contacted: Mapped[bool]
    holder: Mapped[str | None] = mapped_column(Text)
    result_due: Mapped[datetime | None] = mapped_column(Instant)
    result_met: Mapped[bool | None]
    sign_due: Mapped[datetime | None] = mapped_column(Instant)
    sign_met: Mapped[bool | None]
    valid_at: Mapped[datetime | None] = mapped_column(Instant)
    valid_before: Mapped[datetime | None] = mapped_column(Instant)
    dispatched_at: Mapped[datetime | None] = mapped_column(Instant)
    handed_back_at: Mapped[datetime | None] = mapped_column(Instant)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    redone_at: Mapped[datetime | None] = mapped_column(Instant)


class TallyState(db.Model):
    """How far the tallies are kept: one row.

    Attributes:
        counted_to: every complaint whose last event is not beyond this id has its tallies.
        counted_at: the moment for which that holds.
        next_to, next_xid, next_at: the last event that was seen at a later moment, and the first transaction that had
            not begun; once all before it are over, no event up to that one can still appear.
    """

    __tablename__ = "tally_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_to: Mapped[int] = mapped_column(BigInteger)
    next_to: Mapped[int] = mapped_column(BigInteger)
    next_xid: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[datetime] = mapped_column(Instant)
    counted_at: Mapped[datetime] = mapped_column(Instant)
