"""Notes and tags of customers, notes of complaints, and keys by which customers are found.

Revision: 0014  After: 0013
Locks: the new tables are empty; on PostgreSQL the indexes hold writes to followers for as long as they are made. Works
beside the previous release: it never looks at them. Keys of the followers who are there are made in batches by the
worker's upkeep (bot/customers/searching.py), because they need the field key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_ON = sa.text("removed_at IS NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("followers", sa.Column("search_keys", sa.Text(), nullable=True))
    op.create_index(op.f("ix_followers_branch"), "followers", ["branch"], unique=False)
    op.create_index("ix_followers_last_seen_at_id", "followers", ["last_seen_at", "id"], unique=False)
    op.create_table(
        "customer_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_customer_notes_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
    )
    op.create_index("ix_customer_notes_follower_id_at", "customer_notes", ["follower_id", "at"], unique=False)
    op.create_table(
        "customer_tags",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_customer_tags_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tags")),
    )
    op.create_index(
        "uq_customer_tags_on",
        "customer_tags",
        ["follower_id", "tag"],
        unique=True,
        sqlite_where=IS_ON,
        postgresql_where=IS_ON,
    )
    op.create_table(
        "complaint_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("complaint_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_notes_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notes")),
    )
    op.create_index("ix_complaint_notes_complaint_id", "complaint_notes", ["complaint_id"], unique=False)


def downgrade() -> None:
    op.drop_table("complaint_notes")
    op.drop_table("customer_tags")
    op.drop_table("customer_notes")
    op.drop_index("ix_followers_last_seen_at_id", table_name="followers")
    op.drop_index(op.f("ix_followers_branch"), table_name="followers")
    op.drop_column("followers", "search_keys")
