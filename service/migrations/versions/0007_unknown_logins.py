"""Failures under logins that nobody has."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_logins",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_unknown_logins")),
    )
    op.create_index("ix_unknown_logins_tried_at", "unknown_logins", ["tried_at"])


def downgrade() -> None:
    op.drop_table("unknown_logins")
