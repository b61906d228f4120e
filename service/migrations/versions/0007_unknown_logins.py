"""Failures under logins that nobody has; under which grants a table was written."""

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
    # Those made before know only roles, and would be read as grants; none lives longer than a day.
    op.execute("DELETE FROM exports")
    op.alter_column("exports", "roles", new_column_name="grants")


def downgrade() -> None:
    op.execute("DELETE FROM exports")
    op.alter_column("exports", "grants", new_column_name="roles")
    op.drop_table("unknown_logins")
