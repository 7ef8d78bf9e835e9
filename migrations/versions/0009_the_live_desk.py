"""What supervisors should look at, the desks' rules by version, shifts, absences and deputies.

Revision: 0009  After: 0008
Locks: a short one on staff, which is small, for two columns. Works beside the previous release: it never looks at the
new tables, and the database itself gives new people their first version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_GOING_ON = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("skill", sa.String(), nullable=True),
        sa.Column("rep", sa.String(), nullable=True),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(
        "uq_alerts_going_on",
        "alerts",
        ["kind", "key"],
        unique=True,
        sqlite_where=IS_GOING_ON,
        postgresql_where=IS_GOING_ON,
    )
    op.create_index("ix_alerts_state_id", "alerts", ["state", "id"], unique=False)
    op.create_table(
        "desk_rules",
        sa.Column("id", BIG, nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=True),
        sa.Column("thresholds", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_rules")),
        sa.UniqueConstraint("desk", "number", name=op.f("uq_desk_rules_desk_number")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("rep", "starts_at", name=op.f("uq_shifts_rep_starts_at")),
    )
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=True),
        sa.Column("away_for", sa.String(32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absences_ends_after_it_begins")),
        sa.CheckConstraint("deputy IS NULL OR deputy <> rep", name=op.f("ck_absences_deputy_is_another")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_ends_at", "absences", ["ends_at"], unique=False)
    op.add_column("staff", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("staff", sa.Column("status_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "status_since")
    op.drop_column("staff", "version")
    op.drop_table("absences")
    op.drop_table("shifts")
    op.drop_table("desk_rules")
    op.drop_index("ix_alerts_state_id", table_name="alerts")
    op.drop_index("uq_alerts_going_on", table_name="alerts", sqlite_where=IS_GOING_ON, postgresql_where=IS_GOING_ON)
    op.drop_table("alerts")
