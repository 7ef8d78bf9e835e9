"""Complaints with their clocks; call-backs booked in half hours; what became of each matter.

Revision: 0003  After: 0002
Locks: on PostgreSQL a foreign key to followers and conversations takes a short lock on each; two columns without a
default and a unique index are added to followups, which is small. Works beside the previous release: it never looks
at them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about_rep", sa.String(), nullable=True),
        sa.Column("handler", sa.String(), nullable=True),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_at_days", sa.Integer(), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=True),
        sa.Column("extension_asked_by", sa.String(), nullable=True),
        sa.Column("extension_asked_at", INSTANT, nullable=True),
        sa.Column("extended_by", sa.String(), nullable=True),
        sa.Column("extended_at", INSTANT, nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_delivery_id", BIG, nullable=True),
        sa.Column("told_by", sa.String(32), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("opinion", sa.String(32), nullable=True),
        sa.CheckConstraint(
            "handler IS NULL OR about_rep IS NULL OR handler <> about_rep",
            name=op.f("ck_complaints_handler_is_another"),
        ),
        sa.CheckConstraint(
            "extended_by IS NULL OR extended_by <> extension_asked_by",
            name=op.f("ck_complaints_extension_by_two_people"),
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR (result IS NOT NULL AND told_by IS NOT NULL)",
            name=op.f("ck_complaints_closed_with_result"),
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_complaints_conversation_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_complaints_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("ticket", name=op.f("uq_complaints_ticket")),
    )
    op.create_index("ix_complaints_state_due_on", "complaints", ["state", "due_on"], unique=False)
    op.create_index(
        "uq_complaints_open",
        "complaints",
        ["follower_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "matters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_matters_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index("uq_matters_conversation_id_intent", "matters", ["conversation_id", "intent"], unique=True)
    op.create_index("ix_matters_at", "matters", ["at"], unique=False)
    op.add_column("followups", sa.Column("slot_at", INSTANT, nullable=True))
    op.add_column("followups", sa.Column("slot_place", sa.Integer(), nullable=True))
    op.create_index("uq_followups_slot", "followups", ["skill", "slot_at", "slot_place"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_followups_slot", "followups")
    op.drop_column("followups", "slot_place")
    op.drop_column("followups", "slot_at")
    op.drop_table("matters")
    op.drop_table("complaints")
