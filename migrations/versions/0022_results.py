"""What came of campaigns: touches, chats and facts of the bank that are counted for them, what followers did who were
sent them or held out, and the platform's figures of articles.

Revision: 0022  After: 0021
Locks: the tables are new and empty. Works beside the previous release: it never looks at any of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _touches()
    _chats()
    _credits()
    _effects()
    _figures()


def downgrade() -> None:
    for table in (
        "campaign_gatherings",
        "figure_days",
        "article_days",
        "campaign_groups",
        "campaign_effects",
        "campaign_credits",
        "campaign_chats",
        "campaign_touches",
    ):
        op.drop_table(table)


def _touches() -> None:
    op.create_table(
        "campaign_touches",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_touches")),
        sa.UniqueConstraint(
            "campaign_id",
            "variant",
            "follower_id",
            "kind",
            name=op.f("uq_campaign_touches_campaign_id_variant_follower_id_kind"),
        ),
    )
    op.create_index("ix_campaign_touches_follower_id_last_at", "campaign_touches", ["follower_id", "last_at"])


def _chats() -> None:
    op.create_table(
        "campaign_chats",
        sa.Column("conversation_id", BIG, autoincrement=False, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_campaign_chats")),
    )
    op.create_index("ix_campaign_chats_campaign_id", "campaign_chats", ["campaign_id"])
    op.create_index(op.f("ix_campaign_chats_follower_id"), "campaign_chats", ["follower_id"])


def _credits() -> None:
    op.create_table(
        "campaign_credits",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.Column("variant", sa.Integer(), nullable=True),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("follower_id", BIG, nullable=True),
        sa.Column("firm", sa.String(), nullable=False),
        sa.Column("amount_fen", BIG, nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_campaign_credits")),
    )
    op.create_index("ix_campaign_credits_campaign_id_kind", "campaign_credits", ["campaign_id", "kind"])
    op.create_index("ix_campaign_credits_follower_id", "campaign_credits", ["follower_id"])


def _effects() -> None:
    op.create_table(
        "campaign_effects",
        sa.Column("campaign_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("follower_id", BIG, autoincrement=False, nullable=False),
        sa.Column("in_group", sa.String(32), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "kind", "follower_id", name=op.f("pk_campaign_effects")),
    )
    op.create_index("ix_campaign_effects_follower_id", "campaign_effects", ["follower_id"])
    op.create_table(
        "campaign_groups",
        sa.Column("campaign_id", BIG, autoincrement=False, nullable=False),
        sa.Column("in_group", sa.String(32), nullable=False),
        sa.Column("variant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "in_group", "variant", "branch", name=op.f("pk_campaign_groups")),
    )


def _figures() -> None:
    op.create_table(
        "article_days",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("read_users", sa.Integer(), nullable=False),
        sa.Column("share_users", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("article", "day", name=op.f("pk_article_days")),
    )
    op.create_index("ix_article_days_campaign_id", "article_days", ["campaign_id"])
    op.create_table(
        "figure_days",
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sent_on", name=op.f("pk_figure_days")),
    )
    op.create_table(
        "campaign_gatherings",
        sa.Column("campaign_id", BIG, autoincrement=False, nullable=False),
        sa.Column("gathered_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_gatherings")),
    )
    op.create_index(op.f("ix_campaign_gatherings_next_at"), "campaign_gatherings", ["next_at"])
