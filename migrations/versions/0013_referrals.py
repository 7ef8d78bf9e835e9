"""What is referred to branches, and which branch a person works for.

Revision: 0013  After: 0012
Locks: the new table is empty; its foreign keys and the column of staff take a short lock. Works beside the previous
release: it never looks at either.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("state <> 'closed'")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("staff", sa.Column("branch", sa.String(), nullable=True))
    op.create_table(
        "referrals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("late_at", MOMENT, nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_name", sa.String(), nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("returned_by", sa.String(), nullable=True),
        sa.Column("returned_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name=op.f("ck_referrals_accepted_by_somebody")
        ),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name=op.f("ck_referrals_answered_with_words")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_referrals_follower_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_referrals_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_branch_state", "referrals", ["branch", "state"], unique=False)
    op.create_index("ix_referrals_state_due_at", "referrals", ["state", "due_at"], unique=False)
    op.create_index("ix_referrals_follower_id_sent_at", "referrals", ["follower_id", "sent_at"], unique=False)
    op.create_index(
        "uq_referrals_open",
        "referrals",
        ["conversation_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    op.drop_table("referrals")
    op.drop_column("staff", "branch")
