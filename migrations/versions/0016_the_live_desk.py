"""What supervisors should look at.

Revision: 0016  After: 0007
Locks: none that anybody waits for; the table is new and empty. Works beside the previous release: it never looks at
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0007"
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


def downgrade() -> None:
    op.drop_index("ix_alerts_state_id", table_name="alerts")
    op.drop_index("uq_alerts_going_on", table_name="alerts", sqlite_where=IS_GOING_ON, postgresql_where=IS_GOING_ON)
    op.drop_table("alerts")
