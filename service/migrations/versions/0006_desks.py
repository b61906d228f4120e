"""The desks: who in a department works on what, and calls at the hotline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _assignees()
    _kept_desks()
    _exports()
    _imports()
    _calls()
    _known_enterprises()
    _knowledge()
    _enterprise_accounts()
    _one_time_passwords()
    _reached_departments()
    _clock_rule_versions()
    _complaint_page()
    _tallies()


def _assignees() -> None:
    """Who in the department works on a complaint, and in which order complaints were last changed."""
    op.add_column("complaints", sa.Column("assignee", sa.BigInteger(), nullable=True))
    op.create_index("ix_complaints_assignee", "complaints", ["assignee", "id"], postgresql_where="assignee IS NOT NULL")
    op.create_index("ix_complaints_updated", "complaints", ["updated_at", "id"])
    op.create_index(
        "ix_complaints_flags",
        "complaints",
        ["flags"],
        postgresql_using="gin",
        postgresql_where=sa.text("flags <> '{}'"),
    )


def _kept_desks() -> None:
    """How each person has arranged a desk."""
    op.create_table(
        "kept_desks",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("views", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_desks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "desk", name=op.f("pk_kept_desks")),
    )


def _exports() -> None:
    """Long lists that a worker writes as tables."""
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index("ix_exports_user_id", "exports", ["user_id"])
    op.create_index("ix_exports_created_at", "exports", ["created_at"])


def _imports() -> None:
    """Tables of complaints that come in, and their rows."""
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("heads", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "good", "bad", "same", "filed")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_imports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_user_id", "imports", ["user_id"])
    op.create_index("ix_imports_created_at", "imports", ["created_at"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_state", "import_rows", ["import_id", "state", "row"])
    op.create_index("uq_import_rows_filed", "import_rows", ["key"], unique=True, postgresql_where="state = 'filed'")


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


def _known_enterprises() -> None:
    """Enterprises that complained before, to be found by a few letters."""
    op.create_table(
        "known_enterprises",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("uscc", sa.LargeBinary(), nullable=True),
        sa.Column("uscc_hash", sa.LargeBinary(), nullable=True),
        sa.Column("last_complaint", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_enterprises")),
        sa.UniqueConstraint("name", name=op.f("uq_known_enterprises_name")),
    )
    op.create_index("ix_known_enterprises_grams", "known_enterprises", ["grams"], postgresql_using="gin")
    op.create_index("ix_known_enterprises_last_complaint", "known_enterprises", ["last_complaint"])
    op.create_index("ix_known_enterprises_uscc_hash", "known_enterprises", ["uscc_hash"])
    op.create_index(
        "ix_complaints_enterprise_name",
        "complaints",
        ["enterprise_name"],
        postgresql_where="enterprise_name IS NOT NULL",
    )


def _knowledge() -> None:
    """Answers that can be read out, and finding what was recorded about one thing."""
    op.create_table(
        "knowledge_answers",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_knowledge_answers")),
    )
    op.create_index("ix_knowledge_answers_search", "knowledge_answers", ["search"], postgresql_using="gin")


def _enterprise_accounts() -> None:
    """Accounts that people of one enterprise share, and links by which colleagues join."""
    op.create_table(
        "enterprise_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uscc", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_accounts")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["enterprise_accounts.id"],
            name=op.f("fk_invitations_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("hash", name=op.f("uq_invitations_hash")),
    )
    op.create_index("ix_invitations_account_id", "invitations", ["account_id"])
    op.add_column("users", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("leads", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_foreign_key(op.f("fk_users_account_id"), "users", "enterprise_accounts", ["account_id"], ["id"])
    op.create_index("ix_users_account_id", "users", ["account_id"], postgresql_where="account_id IS NOT NULL")
    op.create_index("uq_users_leads", "users", ["account_id"], unique=True, postgresql_where=sa.text("leads"))
    op.add_column("complaints", sa.Column("account", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_complaints_account"), "complaints", "enterprise_accounts", ["account"], ["id"])
    op.create_index("ix_complaints_account", "complaints", ["account", "id"], postgresql_where="account IS NOT NULL")


def _without_enterprise_accounts() -> None:
    op.drop_column("complaints", "account")
    op.drop_column("users", "account_id")
    op.drop_column("users", "leads")
    op.drop_table("invitations")
    op.drop_table("enterprise_accounts")


def _one_time_passwords() -> None:
    """Passwords that an administrator sets hold for one sign-in."""
    op.add_column("users", sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True))


def _complaint_page() -> None:
    """Notes of those who work on a complaint, and words for what is often said."""
    op.create_table(
        "complaint_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_notes_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notes")),
    )
    op.create_index("ix_complaint_notes_complaint_id", "complaint_notes", ["complaint_id"])
    op.create_table(
        "reply_templates",
        *(sa.Column(name, sa.Text(), nullable=name == "family") for name in ("code", "kind", "family", "name", "body")),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reply_templates")),
    )
    op.create_table(
        "phrases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phrases_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index("ix_phrases_user_id", "phrases", ["user_id"])


def _tallies() -> None:
    """What figures are counted from, and how far that is kept."""
    moments = (
        "result_due",
        "sign_due",
        "valid_at",
        "valid_before",
        "dispatched_at",
        "handed_back_at",
        "replied_at",
        "redone_at",
    )
    texts = ("region", "department", "respondent_department", "category", "desk", "satisfaction", "holder")
    op.create_table(
        "tallies",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("dispatch_place", "channel", "status")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in texts),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("sealed", "excluded", "contacted")),
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in ("solved", "result_met", "sign_met")),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("enterprise", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("due_at", "ended_at", *moments)),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_tallies_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("complaint_id", "round", name=op.f("pk_tallies")),
    )
    for name in ("filed_at", "ended_at"):
        op.create_index(f"ix_tallies_{name}", "tallies", [name])
    op.create_table(
        "tally_state",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("counted_to", "next_to", "next_xid")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("counted_at", "next_at")),
        sa.CheckConstraint("id = 1", name=op.f("ck_tally_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_state")),
    )


def _reached_departments() -> None:
    """How and when enterprises reach a department."""
    op.add_column("departments", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("departments", sa.Column("hours", sa.Text(), nullable=True))


def _clock_rule_versions() -> None:
    """The terms of clocks from a day on."""
    op.create_table(
        "clock_rule_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=120), nullable=False),
        sa.Column("ladder", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_rule_versions")),
        sa.UniqueConstraint("rule_code", "valid_from", name=op.f("uq_clock_rule_versions_rule_code_valid_from")),
    )


def downgrade() -> None:
    op.drop_table("clock_rule_versions")
    op.drop_column("departments", "phone")
    op.drop_column("departments", "hours")
    op.drop_table("tally_state")
    op.drop_table("tallies")
    for table in ("phrases", "reply_templates", "complaint_notes"):
        op.drop_table(table)
    op.drop_column("users", "one_time_until")
    _without_enterprise_accounts()
    op.drop_table("knowledge_answers")
    op.drop_index("ix_complaints_enterprise_name", "complaints")
    op.drop_table("known_enterprises")
    op.drop_table("calls")
    op.drop_table("import_rows")
    op.drop_table("imports")
    op.drop_table("exports")
    op.drop_table("kept_desks")
    op.drop_index("ix_complaints_flags", "complaints")
    op.drop_index("ix_complaints_updated", "complaints")
    op.drop_index("ix_complaints_assignee", "complaints")
    op.drop_column("complaints", "assignee")
