"""Lines that wait for the next one, windows about to close, and what became of a rating.

Revision: 0010  After: 0009
Locks: four nullable columns without a default, which are added at once; the new table is empty, its foreign keys take
short locks on followers and conversations. Works beside the previous release: it never looks at them, and sends a held
row when it is due.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("rating_skipped", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("rating_words", sa.Text(), nullable=True))
    op.create_table(
        "rescues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("customer_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescues")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_rescues_conversation_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_rescues_follower_id")),
        sa.UniqueConstraint("conversation_id", "customer_at", name=op.f("uq_rescues_conversation_id_customer_at")),
    )
    op.create_index(op.f("ix_rescues_state_ends_at"), "rescues", ["state", "ends_at"], unique=False)
    op.create_index(op.f("ix_rescues_follower_id"), "rescues", ["follower_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rescues")
    op.drop_column("conversations", "rating_words")
    op.drop_column("conversations", "rated_at")
    op.drop_column("conversations", "rating_skipped")
    op.drop_column("deliveries", "held_until")
