"""Leads: a customer's interest in a product with his need, and the stages it came through.

Revision: 0012  After: 0011
Locks: none that anybody waits for; the tables are new and empty. Works beside the previous release: it never looks at
them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "leads",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("firm_id", sa.String(), nullable=True),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("lost_reason", sa.String(32), nullable=True),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("amount_fen", BIG, nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.Column("closed_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_leads_follower_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_leads_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index(
        "uq_leads_open",
        "leads",
        ["follower_id", "product"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_leads_stage_id", "leads", ["stage", "id"], unique=False)
    op.create_table(
        "lead_stages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_stages_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_stages")),
    )
    op.create_index("ix_lead_stages_lead_id", "lead_stages", ["lead_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lead_stages_lead_id", table_name="lead_stages")
    op.drop_table("lead_stages")
    op.drop_index("ix_leads_stage_id", table_name="leads")
    op.drop_index("uq_leads_open", table_name="leads", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.drop_table("leads")
