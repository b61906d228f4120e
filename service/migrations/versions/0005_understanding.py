"""Understanding: examples and models that learn from them, rules above the model, likeness of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _learning()
    _routing_rules()
    _likeness()


def _learning() -> None:
    """What people corrected, every model that was trained, and how much of a text the model knew."""
    op.add_column("complaints", sa.Column("familiarity", sa.REAL(), nullable=True))


def _routing_rules() -> None:
    """Where an administrator's rules send what they fit."""


def _likeness() -> None:
    """By what texts that are alike are found among a million."""


def downgrade() -> None:
    op.drop_column("complaints", "familiarity")
