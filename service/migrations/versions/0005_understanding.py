"""Understanding: examples and models that learn from them, rules above the model, likeness of texts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.classifier.likeness import bands

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HASHES = ("phone", "uscc")
BLANKS = "' 　()（）【】《》〔〕“”·-', ''"
KEYS = {
    "enterprise": f"translate(lower(enterprise_name), {BLANKS})",
    "respondent": f"COALESCE(respondent_department, translate(lower(respondent_name), {BLANKS}))",
    "policy": "translate(lower(COALESCE((details -> 'policy') ->> 'document', (details -> 'policy') ->> 'name')), "
    f"{BLANKS})",
}
BATCH = 1000


def upgrade() -> None:
    _learning()
    _routing_rules()
    _likeness()


def _learning() -> None:
    """What people corrected, every model that was trained, and how much of a text the model knew."""
    op.add_column("complaints", sa.Column("familiarity", sa.REAL(), nullable=True))
    op.create_index("ix_complaints_created_at", "complaints", ["created_at"], postgresql_using="brin")
    op.create_table(
        "examples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("department_was", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dropped_by"], ["users.id"], name=op.f("fk_examples_dropped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examples")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_examples_complaint_id")),
    )
    op.create_table(
        "model_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("about", JSONB(), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("outcomes", sa.LargeBinary(), nullable=True),
        sa.Column("predecessor", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["trained_by"], ["users.id"], name=op.f("fk_model_versions_trained_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_model_versions_decided_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_model_versions")),
    )
    op.create_index(
        "uq_model_versions_champion", "model_versions", ["state"], unique=True, postgresql_where="state = 'champion'"
    )
    op.create_index("ix_model_versions_trained_at", "model_versions", ["trained_at"])
    # Weights do not shrink, and trying to costs a second a model.
    op.execute("ALTER TABLE model_versions ALTER COLUMN file SET STORAGE EXTERNAL")
    op.create_table(
        "promotion_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_machine", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_rule")),
    )


def _routing_rules() -> None:
    """Where an administrator's rules send what they fit, and duties that move from one department to another."""
    op.add_column("complaints", sa.Column("directive", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_complaints_directive", "complaints", ["directive", "created_at"], postgresql_where="directive IS NOT NULL"
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject", "id"])
    op.create_table(
        "routing_directives",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("categories", ARRAY(sa.Text()), nullable=False),
        sa.Column("places", ARRAY(sa.Text()), nullable=False),
        sa.Column("respondents", ARRAY(sa.Text()), nullable=False),
        sa.Column("words", ARRAY(sa.Text()), nullable=False),
        sa.Column("channels", ARRAY(sa.Text()), nullable=False),
        sa.Column("natures", ARRAY(sa.Text()), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("num_nonnulls(department, kind) = 1", name=op.f("ck_routing_directives_one_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_directives")),
    )
    op.create_table(
        "reorganisations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("relieved", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=False),
        sa.Column("categories", ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorganisations")),
    )
    op.create_index(
        "uq_reorganisations_open", "reorganisations", ["relieved"], unique=True,
        postgresql_where="state IN ('prepared', 'confirmed')",
    )  # fmt: skip


def _likeness() -> None:
    """By what texts that are alike are found among a million, and the keys of enterprises, respondents and policies."""
    op.create_table(
        "text_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "complaint_id", name=op.f("pk_text_bands")),
    )
    op.create_index("ix_text_bands_complaint_id", "text_bands", ["complaint_id"], postgresql_using="brin")
    for name in HASHES + ("respondent",):
        op.drop_index(f"ix_complaints_{name}", "complaints")
    for name in HASHES:
        given = f"{name}_hash"
        op.create_index(f"ix_complaints_{name}", "complaints", [given, "id"], postgresql_where=f"{given} IS NOT NULL")
    for name, key in KEYS.items():
        held = "enterprise_name" if name == "enterprise" else key
        op.create_index(
            f"ix_complaints_{name}", "complaints", [sa.text(key), "id"], postgresql_where=f"{held} IS NOT NULL"
        )
    _band_what_is_stored()


def _band_what_is_stored() -> None:
    """What was filed in the last 180 days is found by its text too; the bands are those of the service as it is."""
    connection = op.get_bind()
    recent = sa.text(
        "SELECT id, body FROM complaints WHERE id > :last AND created_at > now() - interval '180 days'"
        " ORDER BY id LIMIT :batch"
    )
    bands_of = sa.text("INSERT INTO text_bands SELECT unnest(CAST(:bands AS bigint[])), unnest(CAST(:ids AS bigint[]))")
    last = 0
    while rows := connection.execute(recent, {"last": last, "batch": BATCH}).all():
        pairs = [(band, row.id) for row in rows for band in bands(row.body)]
        if pairs:
            connection.execute(bands_of, dict(zip(("bands", "ids"), map(list, zip(*pairs, strict=True)), strict=True)))
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table("reorganisations")
    op.drop_table("routing_directives")
    op.drop_index("ix_audit_entries_subject", "audit_entries")
    op.drop_index("ix_complaints_directive", "complaints")
    op.drop_column("complaints", "directive")
    op.drop_table("text_bands")
    for name in (*KEYS, *HASHES):
        op.drop_index(f"ix_complaints_{name}", "complaints")
    for name, given in {**{name: f"{name}_hash" for name in HASHES}, "respondent": "respondent_name"}.items():
        op.create_index(f"ix_complaints_{name}", "complaints", [given], postgresql_where=f"{given} IS NOT NULL")
    op.drop_table("promotion_rule")
    op.drop_table("model_versions")
    op.drop_table("examples")
    op.drop_index("ix_complaints_created_at", "complaints")
    op.drop_column("complaints", "familiarity")
