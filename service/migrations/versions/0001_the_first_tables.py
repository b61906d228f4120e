"""the first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Alembic does not see sequences by itself.
SERIAL = sa.Sequence("complaint_serial")


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(SERIAL))
    op.create_table(
        "answers",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_created_at"), "answers", ["created_at"], unique=False)
    op.create_table(
        "audit_anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("last_entry", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "begun_filings",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_begun_filings")),
    )
    op.create_index(op.f("ix_begun_filings_updated_at"), "begun_filings", ["updated_at"], unique=False)
    op.create_table(
        "calendar_days",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("notice", sa.String(length=80), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "categories",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("owners", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cues", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=True),
        sa.Column("own_act", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_categories")),
    )
    op.create_table(
        "clock_rules",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("starts", sa.String(length=20), nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=120), nullable=False),
        sa.Column("mark", sa.String(length=1), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("extendable_by", sa.String(length=20), nullable=True),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column("ladder", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_clock_rules")),
    )
    op.create_table(
        "clocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=120), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("fixed_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places", sa.ARRAY(sa.String(length=12)), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="running", nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("ladder", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("moments", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("rung", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state = 'running' OR next_at IS NULL", name=op.f("ck_clocks_stands_still")),
        sa.CheckConstraint("state IN ('running', 'paused', 'met', 'cancelled')", name=op.f("ck_clocks_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(op.f("ix_clocks_complaint_id"), "clocks", ["complaint_id"], unique=False)
    op.create_index(
        "ix_clocks_next_at",
        "clocks",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'running' AND next_at IS NOT NULL"),
    )
    op.create_table(
        "debtor_kinds",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_debtor_kinds")),
    )
    op.create_table(
        "departments",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_departments")),
    )
    op.create_table(
        "gates",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("cues", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("not_for", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_gates")),
    )
    op.create_table(
        "kinds",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spoken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("merged", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("supplier", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_kinds")),
    )
    op.create_table(
        "office_hours",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office_hours")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_dead", "outbox", ["dead_at"], unique=False, postgresql_where="dead_at IS NOT NULL")
    op.create_index("ix_outbox_due", "outbox", ["next_at"], unique=False, postgresql_where="next_at IS NOT NULL")
    op.create_table(
        "reference_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_reference_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_revision")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("aliases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "sectors",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("debtors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("superior", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sectors")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("query_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_number", sa.Text(), nullable=True),
        sa.Column("source_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by", sa.BigInteger(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("enterprise_name", sa.Text(), nullable=True),
        sa.Column("enterprise_size", sa.Text(), nullable=True),
        sa.Column("uscc", sa.LargeBinary(), nullable=True),
        sa.Column("uscc_hash", sa.LargeBinary(), nullable=True),
        sa.Column("contact_name", sa.LargeBinary(), nullable=True),
        sa.Column("contact_phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("respondent_name", sa.Text(), nullable=True),
        sa.Column("respondent_kind", sa.Text(), nullable=True),
        sa.Column("respondent_department", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("suggestions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("regimes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("proposed_department", sa.Text(), nullable=True),
        sa.Column("dispatch_place", sa.Text(), nullable=False),
        sa.Column("routed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_channel", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("queue_desk", sa.Text(), nullable=True),
        sa.Column("queue_code", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("satisfaction", sa.Text(), nullable=True),
        sa.Column("spent", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filed_by"], ["users.id"], name=op.f("fk_complaints_filed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
    )
    op.create_index("ix_complaints_department", "complaints", ["department", "status", "id"], unique=False)
    op.create_index("ix_complaints_dispatch_place", "complaints", ["dispatch_place", "id"], unique=False)
    op.create_index(
        "ix_complaints_due", "complaints", ["due_at", "id"], unique=False, postgresql_where="due_at IS NOT NULL"
    )
    op.create_index(
        "ix_complaints_family", "complaints", [sa.literal_column("split_part(category, '.', 1)"), "id"], unique=False
    )
    op.create_index(
        "ix_complaints_filed_by", "complaints", ["filed_by"], unique=False, postgresql_where="filed_by IS NOT NULL"
    )
    op.create_index(
        "ix_complaints_phone", "complaints", ["phone_hash"], unique=False, postgresql_where="phone_hash IS NOT NULL"
    )
    op.create_index("ix_complaints_queue", "complaints", ["queue_desk", "queue_code", "due_at", "id"], unique=False)
    op.create_index("ix_complaints_region", "complaints", ["region", "id"], unique=False)
    op.create_index(
        "ix_complaints_respondent",
        "complaints",
        ["respondent_name"],
        unique=False,
        postgresql_where="respondent_name IS NOT NULL",
    )
    op.create_index("ix_complaints_search", "complaints", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_complaints_status", "complaints", ["status", "id"], unique=False)
    op.create_index(
        "ix_complaints_uscc", "complaints", ["uscc_hash"], unique=False, postgresql_where="uscc_hash IS NOT NULL"
    )
    op.create_index(
        "uq_complaints_source",
        "complaints",
        ["source_system", "source_number"],
        unique=True,
        postgresql_where="source_number IS NOT NULL",
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_table(
        "user_grants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_grants_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grants")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "place",
            "department",
            name=op.f("uq_user_grants_user_id_role_place_department"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=True),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stored", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(holder IS NULL) <> (complaint_id IS NULL)", name=op.f("ck_attachments_belongs")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_attachments_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("stored", name=op.f("uq_attachments_stored")),
    )
    op.create_index(
        "ix_attachments_complaint_id",
        "attachments",
        ["complaint_id"],
        unique=False,
        postgresql_where="complaint_id IS NOT NULL",
    )
    op.create_index(
        "ix_attachments_holder", "attachments", ["holder"], unique=False, postgresql_where="holder IS NOT NULL"
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_events_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("complaint_id", "seq", name=op.f("uq_events_complaint_id_seq")),
    )


def downgrade() -> None:
    op.drop_table("events")
    op.drop_index("ix_attachments_holder", table_name="attachments", postgresql_where="holder IS NOT NULL")
    op.drop_index("ix_attachments_complaint_id", table_name="attachments", postgresql_where="complaint_id IS NOT NULL")
    op.drop_table("attachments")
    op.drop_table("user_grants")
    op.drop_index(op.f("ix_tokens_user_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index("uq_complaints_source", table_name="complaints", postgresql_where="source_number IS NOT NULL")
    op.drop_index("ix_complaints_uscc", table_name="complaints", postgresql_where="uscc_hash IS NOT NULL")
    op.drop_index("ix_complaints_status", table_name="complaints")
    op.drop_index("ix_complaints_search", table_name="complaints", postgresql_using="gin")
    op.drop_index("ix_complaints_respondent", table_name="complaints", postgresql_where="respondent_name IS NOT NULL")
    op.drop_index("ix_complaints_region", table_name="complaints")
    op.drop_index("ix_complaints_queue", table_name="complaints")
    op.drop_index("ix_complaints_phone", table_name="complaints", postgresql_where="phone_hash IS NOT NULL")
    op.drop_index("ix_complaints_filed_by", table_name="complaints", postgresql_where="filed_by IS NOT NULL")
    op.drop_index("ix_complaints_family", table_name="complaints")
    op.drop_index("ix_complaints_due", table_name="complaints", postgresql_where="due_at IS NOT NULL")
    op.drop_index("ix_complaints_dispatch_place", table_name="complaints")
    op.drop_index("ix_complaints_department", table_name="complaints")
    op.drop_table("complaints")
    op.drop_table("users")
    op.drop_table("sectors")
    op.drop_table("regions")
    op.drop_table("reference_revision")
    op.drop_index("ix_outbox_due", table_name="outbox", postgresql_where="next_at IS NOT NULL")
    op.drop_index("ix_outbox_dead", table_name="outbox", postgresql_where="dead_at IS NOT NULL")
    op.drop_table("outbox")
    op.drop_table("office_hours")
    op.drop_table("kinds")
    op.drop_table("gates")
    op.drop_table("departments")
    op.drop_table("debtor_kinds")
    op.drop_index(
        "ix_clocks_next_at", table_name="clocks", postgresql_where=sa.text("state = 'running' AND next_at IS NOT NULL")
    )
    op.drop_index(op.f("ix_clocks_complaint_id"), table_name="clocks")
    op.drop_table("clocks")
    op.drop_table("clock_rules")
    op.drop_table("categories")
    op.drop_table("calendar_days")
    op.drop_index(op.f("ix_begun_filings_updated_at"), table_name="begun_filings")
    op.drop_table("begun_filings")
    op.drop_table("audit_entries")
    op.drop_table("audit_anchors")
    op.drop_index(op.f("ix_answers_created_at"), table_name="answers")
    op.drop_table("answers")
    op.execute(sa.schema.DropSequence(SERIAL))
