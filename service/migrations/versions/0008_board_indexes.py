"""What the board looks up in the tallies: what is judged since a day, and what waits."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JUDGED_AT = "greatest(result_due, sign_due, valid_at, dispatched_at, handed_back_at, replied_at, redone_at)"


def upgrade() -> None:
    op.create_index("ix_tallies_judged_at", "tallies", [text(JUDGED_AT)])
    op.create_index("ix_tallies_waiting", "tallies", ["desk"], postgresql_where=text("desk IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_tallies_waiting", "tallies")
    op.drop_index("ix_tallies_judged_at", "tallies")
