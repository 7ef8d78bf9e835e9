"""Since when a follower is gone; whose words a lesson is about, also when its parse is gone.

Revision: 0007  After: 0006
Locks: two columns without a default and, on PostgreSQL, an index on lessons, which is small; the foreign key to
followers takes a short lock there. The rows of followers who left are written once. Works beside the previous release:
it never looks at the columns. Who leaves while it still runs has no such time: his consents are kept until he comes
back and leaves again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("followers", sa.Column("unfollowed_at", sa.DateTime(timezone=True), nullable=True))
    # Leaving was the last that was heard of him.
    op.execute("UPDATE followers SET unfollowed_at = last_seen_at WHERE NOT is_following")
    owner = sa.ForeignKey("followers.id", name=op.f("fk_lessons_follower_id"))
    # SQLite adds a foreign key only together with its column.
    op.add_column("lessons", sa.Column("follower_id", BIG, owner, nullable=True), inline_references=True)
    op.create_index(op.f("ix_lessons_follower_id"), "lessons", ["follower_id"], unique=False)
    op.execute(
        "UPDATE lessons SET follower_id = (SELECT follower_id FROM parses WHERE parses.id = lessons.parse_id)"
        " WHERE parse_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_lessons_follower_id"), table_name="lessons")
    op.drop_column("lessons", "follower_id")
    op.drop_column("followers", "unfollowed_at")
