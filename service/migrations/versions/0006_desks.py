"""The desks: who in a department works on what, and calls at the hotline."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _assignees()
    _calls()


def _assignees() -> None:
    """Who in the department works on a complaint, and in which order complaints were last changed."""
    op.add_column("complaints", sa.Column("assignee", sa.BigInteger(), nullable=True))
    op.create_index("ix_complaints_assignee", "complaints", ["assignee", "id"], postgresql_where="assignee IS NOT NULL")
    op.create_index("ix_complaints_updated", "complaints", ["updated_at", "id"])


def _calls() -> None:
    """Calls that the telephone system announced or an operator began."""
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("announced", sa.Text(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("extension", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_calls_taken_by"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("announced", name=op.f("uq_calls_announced")),
        sa.UniqueConstraint("taken_by", "paper", name=op.f("uq_calls_taken_by_paper")),
    )
    op.create_index("ix_calls_at", "calls", ["at"])
    op.create_index("ix_calls_taken_by", "calls", ["taken_by", "at"])
    op.create_index("ix_calls_waiting", "calls", ["at"], postgresql_where="taken_by IS NULL")


def downgrade() -> None:
    op.drop_table("calls")
    op.drop_index("ix_complaints_updated", "complaints")
    op.drop_index("ix_complaints_assignee", "complaints")
    op.drop_column("complaints", "assignee")
