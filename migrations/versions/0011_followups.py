"""Follow-ups of many kinds: checklists and ticks, calls as rows, kept or missed written down when it happens.

Revision: 0011  After: 0010
Locks: columns without a default or with a constant one, and small indexes on followups. Works beside the previous
release: it never looks at the new columns, and what it writes gets their defaults.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
NEW = (
    sa.Column("kind", sa.String(32), nullable=False, server_default="promised_call"),
    sa.Column("segment", sa.String(), nullable=False, server_default="promised_call"),
    sa.Column("priority", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("outcome", sa.String(32), nullable=True),
    sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("proved_at", AT, nullable=True),
    sa.Column("is_elder", sa.Boolean(), nullable=True),
    sa.Column("called_at", AT, nullable=True),
    sa.Column("missed_at", AT, nullable=True),
    sa.Column("kept_on_time", sa.Boolean(), nullable=True),
    sa.Column("diagnosis", sa.Text(), nullable=True),
    sa.Column("root_id", BIG, nullable=True),
    sa.Column("made_once", sa.String(), nullable=True),
)


def upgrade() -> None:
    for column in NEW:
        op.add_column("followups", column.copy())
    op.create_index("ix_followups_follower_id", "followups", ["follower_id"], unique=False)
    op.create_index("uq_followups_made_once", "followups", ["made_once"], unique=True)
    op.create_table(
        "followup_attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("followup_id", BIG, nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_followup_attempts_followup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_attempts")),
        sa.UniqueConstraint("followup_id", "client_key", name=op.f("uq_followup_attempts_followup_id_client_key")),
    )
    op.create_table(
        "followup_ticks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("followup_id", BIG, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_followup_ticks_followup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_ticks")),
        sa.UniqueConstraint("followup_id", "item", name=op.f("uq_followup_ticks_followup_id_item")),
    )


def downgrade() -> None:
    op.drop_table("followup_ticks")
    op.drop_table("followup_attempts")
    op.drop_index("uq_followups_made_once", table_name="followups")
    op.drop_index("ix_followups_follower_id", table_name="followups")
    for column in reversed(NEW):
        op.drop_column("followups", column.name)
