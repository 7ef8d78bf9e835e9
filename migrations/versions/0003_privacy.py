"""Who looked at whose data, what customers ask about theirs, what is sealed, held and removed.

Revision: 0003_privacy  After: 0002
Locks: the new tables are empty; a foreign key to followers and the new column there take a short lock. Works beside the
previous release: it never looks at them. Columns that are newly sealed keep their types, so nothing is rewritten here:
`python -m deploy.keys rotate` seals their old values in batches, once no process of the previous release runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_privacy"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIXED = "id, at, username, act, object_kind, object_id, follower_id, request_id"
REFUSAL = "audit rows are only ever added"


def upgrade() -> None:
    op.create_table(
        "audit_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", BIG, nullable=True),
        sa.Column("follower_id", BIG, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_acts")),
    )
    op.create_index(op.f("ix_audit_acts_at"), "audit_acts", ["at"], unique=False)
    op.create_index(op.f("ix_audit_acts_follower_id"), "audit_acts", ["follower_id"], unique=False)
    op.create_index(op.f("ix_audit_acts_username"), "audit_acts", ["username"], unique=False)
    _guard_audit()
    op.create_table(
        "data_requests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("proof", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_data_requests_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index(op.f("ix_data_requests_follower_id"), "data_requests", ["follower_id"], unique=False)
    op.create_index("ix_data_requests_state_id", "data_requests", ["state", "id"], unique=False)
    op.create_index(
        "uq_data_requests_open",
        "data_requests",
        ["follower_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "sealed_records",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("data_class", sa.String(), nullable=False),
        sa.Column("source_table", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_sealed_records_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_records")),
        sa.UniqueConstraint(
            "source_table", "source_id", "sealed_at", name=op.f("uq_sealed_records_source_table_source_id_sealed_at")
        ),
    )
    op.create_index(op.f("ix_sealed_records_follower_id"), "sealed_records", ["follower_id"], unique=False)
    op.create_index(op.f("ix_sealed_records_until"), "sealed_records", ["until"], unique=False)
    op.create_table(
        "legal_holds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_legal_holds_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(
        "uq_legal_holds_open",
        "legal_holds",
        ["follower_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "purge_reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("data_class", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_reports")),
        sa.UniqueConstraint("run_on", "data_class", name=op.f("uq_purge_reports_run_on_data_class")),
    )
    op.add_column("followers", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("followers", "erased_at")
    op.drop_table("purge_reports")
    op.drop_index(
        "uq_legal_holds_open",
        table_name="legal_holds",
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.drop_table("legal_holds")
    op.drop_index(op.f("ix_sealed_records_until"), table_name="sealed_records")
    op.drop_index(op.f("ix_sealed_records_follower_id"), table_name="sealed_records")
    op.drop_table("sealed_records")
    op.drop_index(
        "uq_data_requests_open",
        table_name="data_requests",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_data_requests_state_id", table_name="data_requests")
    op.drop_index(op.f("ix_data_requests_follower_id"), table_name="data_requests")
    op.drop_table("data_requests")
    op.drop_index(op.f("ix_audit_acts_username"), table_name="audit_acts")
    op.drop_index(op.f("ix_audit_acts_follower_id"), table_name="audit_acts")
    op.drop_index(op.f("ix_audit_acts_at"), table_name="audit_acts")
    op.drop_table("audit_acts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_acts_refuse()")


def _guard_audit() -> None:
    """Triggers that refuse a change, and a deletion within three years."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_acts_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER audit_acts_unchanged BEFORE UPDATE OF {FIXED} ON audit_acts "
            "FOR EACH ROW EXECUTE FUNCTION audit_acts_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_acts_kept BEFORE DELETE ON audit_acts FOR EACH ROW "
            "WHEN (OLD.at > now() - interval '1095 days') EXECUTE FUNCTION audit_acts_refuse()"
        )
        return
    op.execute(
        f"CREATE TRIGGER audit_acts_unchanged BEFORE UPDATE OF {FIXED} ON audit_acts "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_acts_kept BEFORE DELETE ON audit_acts "
        f"WHEN OLD.at > datetime('now', '-1095 days') BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
