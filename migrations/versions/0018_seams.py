"""Whom a supervisor chose as a customer's dedicated rep, beside whom the bank names; referrals that begin with a call.

Revision: 0018  After: 0017
Locks: empty columns take a short lock; filling them touches customers with a dedicated rep; SQLite writes referrals
anew. Works beside the previous release: what it writes into dedicated_rep alone holds until the next word of a
supervisor or of the bank; a referral without a chat it shows, but cannot accept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# A supervisor's change is told by the audit.
CHOSEN = """
    EXISTS (SELECT 1 FROM audit_acts WHERE audit_acts.follower_id = followers.id AND act = 'customer.dedicated'
            AND object_kind = 'staff:' || followers.dedicated_rep)
"""


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    for name in ("chosen_rep", "bank_rep"):
        op.add_column("followers", sa.Column(name, sa.String(), nullable=True))
    op.execute(f"UPDATE followers SET chosen_rep = dedicated_rep WHERE dedicated_rep IS NOT NULL AND {CHOSEN}")  # noqa: S608
    op.execute("UPDATE followers SET bank_rep = dedicated_rep WHERE chosen_rep IS NULL")
    with op.batch_alter_table("referrals", copy_from=_referrals(of_chats_only=True)) as referrals:
        referrals.alter_column("conversation_id", existing_type=BIG, nullable=True)
    op.add_column("referrals", sa.Column("followup_id", BIG, nullable=True))
    op.create_index(
        "uq_referrals_open_followup",
        "referrals",
        ["followup_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    op.execute("DELETE FROM referrals WHERE conversation_id IS NULL")
    op.drop_index("uq_referrals_open_followup", table_name="referrals")
    op.drop_column("referrals", "followup_id")
    with op.batch_alter_table("referrals", copy_from=_referrals(of_chats_only=False)) as referrals:
        referrals.alter_column("conversation_id", existing_type=BIG, nullable=False)
    for name in ("bank_rep", "chosen_rep"):
        op.drop_column("followers", name)


def _referrals(*, of_chats_only: bool) -> sa.Table:
    """The table as 0013 made it: what SQLite is to write anew, which tells of neither its checks nor its conditions."""
    facts = [
        ("late_at", MOMENT), ("accepted_by", sa.String()), ("accepted_name", sa.String()), ("accepted_at", MOMENT),
        ("answer", sa.Text()), ("answered_at", MOMENT), ("return_reason", sa.Text()), ("returned_by", sa.String()),
        ("returned_at", MOMENT), ("closed_by", sa.String()), ("closed_at", MOMENT),
    ]  # fmt: skip
    table = sa.Table(
        "referrals",
        sa.MetaData(),
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=not of_chats_only),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in facts),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name=op.f("ck_referrals_accepted_by_somebody")
        ),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name=op.f("ck_referrals_answered_with_words")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_referrals_follower_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_referrals_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    sa.Index("ix_referrals_branch_state", table.c.branch, table.c.state)
    sa.Index("ix_referrals_state_due_at", table.c.state, table.c.due_at)
    sa.Index("ix_referrals_follower_id_sent_at", table.c.follower_id, table.c.sent_at)
    sa.Index("uq_referrals_open", table.c.conversation_id, unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    return table
