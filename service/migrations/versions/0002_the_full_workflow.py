"""The full workflow: questions, letters, hand-backs, co-handlers, extensions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_proposals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_duty_proposals_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_proposals")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_letters_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("kind", "year", "serial", name=op.f("uq_letters_kind_year_serial")),
    )
    op.create_index(op.f("ix_letters_complaint_id"), "letters", ["complaint_id"], unique=False)
    op.create_index(
        "ix_letters_token", "letters", ["token_hash"], unique=True, postgresql_where="token_hash IS NOT NULL"
    )
    op.add_column("clock_rules", sa.Column("extensions", sa.Integer(), server_default="1", nullable=False))
    op.add_column("clocks", sa.Column("party", sa.String(length=40), nullable=True))
    op.add_column("clocks", sa.Column("cap_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clocks", sa.Column("granted", sa.Integer(), nullable=True))
    op.add_column("clocks", sa.Column("extensions", sa.Integer(), server_default="0", nullable=False))
    op.add_column("complaints", sa.Column("contacted", sa.Boolean(), nullable=True))
    op.add_column("complaints", sa.Column("excluded", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("complaints", sa.Column("pending", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("complaints", sa.Column("hand_backs", sa.Integer(), server_default="0", nullable=False))
    op.add_column("complaints", sa.Column("designated", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("complaints", sa.Column("delivered_to", sa.Text(), nullable=True))
    # Else handing an older complaint to another department would not start its result's limit anew.
    op.execute("UPDATE complaints SET delivered_to = department WHERE department IS NOT NULL")
    op.add_column(
        "complaints",
        sa.Column("former_handlers", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
    )
    op.add_column(
        "complaints", sa.Column("co_departments", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column("complaints", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.add_column("complaints", sa.Column("split_from", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_complaints_co_departments", "complaints", ["co_departments"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_complaints_merged_into",
        "complaints",
        ["merged_into"],
        unique=False,
        postgresql_where="merged_into IS NOT NULL",
    )
    op.create_index("ix_complaints_receiver", "complaints", ["receiver", "id"], unique=False)
    op.create_index("ix_complaints_pending", "complaints", ["pending"], unique=False, postgresql_using="gin")
    op.add_column("events", sa.Column("told", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # What happened before there were notices is nobody's news any more.
    op.execute("UPDATE events SET told = true")
    op.create_index("ix_events_action", "events", ["action", "at"], unique=False)
    op.create_index("ix_events_untold", "events", ["id"], unique=False, postgresql_where="NOT told")


def downgrade() -> None:
    op.drop_index("ix_events_untold", table_name="events", postgresql_where="NOT told")
    op.drop_index("ix_events_action", table_name="events")
    op.drop_column("events", "told")
    op.drop_index("ix_complaints_receiver", table_name="complaints")
    op.drop_index("ix_complaints_pending", table_name="complaints", postgresql_using="gin")
    op.drop_index("ix_complaints_merged_into", table_name="complaints", postgresql_where="merged_into IS NOT NULL")
    op.drop_index("ix_complaints_co_departments", table_name="complaints", postgresql_using="gin")
    op.drop_column("complaints", "split_from")
    op.drop_column("complaints", "merged_into")
    op.drop_column("complaints", "co_departments")
    op.drop_column("complaints", "former_handlers")
    op.drop_column("complaints", "delivered_to")
    op.drop_column("complaints", "designated")
    op.drop_column("complaints", "hand_backs")
    op.drop_column("complaints", "pending")
    op.drop_column("complaints", "excluded")
    op.drop_column("complaints", "contacted")
    op.drop_column("clocks", "extensions")
    op.drop_column("clocks", "granted")
    op.drop_column("clocks", "cap_from")
    op.drop_column("clocks", "party")
    op.drop_column("clock_rules", "extensions")
    op.drop_index("ix_letters_token", table_name="letters", postgresql_where="token_hash IS NOT NULL")
    op.drop_index(op.f("ix_letters_complaint_id"), table_name="letters")
    op.drop_table("letters")
    op.drop_table("duty_proposals")
