"""The moment of an extension, and the calendar that open clocks were counted with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clocks", sa.Column("extended_to", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "calendar_states",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_states")),
    )


def downgrade() -> None:
    op.drop_table("calendar_states")
    op.drop_column("clocks", "extended_to")
