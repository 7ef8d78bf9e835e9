"""Weights, wished reps, reply times and wrap-ups of conversations; how offers ended; when a rep was last offered one.

Revision: 0008  After: 0007
Locks: columns without a default, one with a constant default (no rewrite on PostgreSQL), one index on conversations,
which is built in seconds at this size. Works beside the previous release: it writes a weight of 1 by the default and
never looks at the rest; a chat it closes has no wrap-up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIMES = ("offered_at", "reply_warn_at", "reply_due_at", "lost_rep_at", "sorry_at", "wrap_up_until")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("conversations", sa.Column("wished_rep", sa.String(), nullable=True))
    for name in TIMES:
        op.add_column("conversations", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_conversations_wrap_up_until", "conversations", ["wrap_up_until"], unique=False)
    op.add_column("staff", sa.Column("last_offered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "offer_ends",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_as", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_offer_ends_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_ends")),
    )
    op.create_index("ix_offer_ends_rep_ended_at", "offer_ends", ["rep", "ended_at"], unique=False)
    op.create_index(op.f("ix_offer_ends_conversation_id"), "offer_ends", ["conversation_id"], unique=False)


def downgrade() -> None:
    op.drop_table("offer_ends")
    op.drop_column("staff", "last_offered_at")
    op.drop_index("ix_conversations_wrap_up_until", table_name="conversations")
    for name in ("wished_rep", "weight", *TIMES):
        op.drop_column("conversations", name)
