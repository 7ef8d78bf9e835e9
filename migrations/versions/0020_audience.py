"""Traits of followers, lists of branches, segments; whole phones and firm names get keys of their own.

Revision: 0020  After: 0019
Locks: new tables; two empty columns and three indexes on followers, one on customer_tags. The columns are filled by the
upkeep and before a list is checked. Works beside the previous release, which knows nothing of them; followers it writes
get their keys later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATE = sa.String(32)
IS_LIVE = sa.text("state = 'live'")
IS_MEMBER = sa.text("follower_id IS NOT NULL")
OF_BANK = sa.text("list_id IS NULL")
IS_ON = sa.text("removed_at IS NULL")


def upgrade() -> None:
    for name in ("phone_key", "firm_key"):
        op.add_column("followers", sa.Column(name, sa.String(), nullable=True))
        op.create_index(f"ix_followers_{name}", "followers", [name])
    op.create_index("ix_followers_industry", "followers", ["industry"])
    op.create_index(
        "ix_customer_tags_tag", "customer_tags", ["tag", "follower_id"], sqlite_where=IS_ON, postgresql_where=IS_ON
    )
    _lists()
    _traits()
    _segments()


def _lists() -> None:
    op.create_table(
        "audience_lists",
        sa.Column("id", BIG, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "purpose")),
        sa.Column("basis", STATE, nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("kind", STATE, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("state", STATE, nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("look", sa.Text(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("data_as_of", sa.Date(), nullable=True),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("flawed_values", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("checking_since", MOMENT, nullable=True),
        sa.Column("committed_by", sa.String(), nullable=True),
        sa.Column("committed_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'live' OR committed_by IS NOT NULL", name=op.f("ck_audience_lists_committed_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_lists")),
    )
    op.create_index(
        "uq_audience_lists_content_hash_live",
        "audience_lists",
        ["content_hash"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
    op.create_index("ix_audience_lists_state_id", "audience_lists", ["state", "id"])
    op.create_index("ix_audience_lists_branch_id", "audience_lists", ["branch", "id"])
    op.create_table(
        "audience_list_parts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["audience_lists.id"], name=op.f("fk_audience_list_parts_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_list_parts")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_audience_list_parts_list_id_number")),
    )
    op.create_table(
        "audience_list_rows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("verdict", STATE, nullable=False),
        sa.Column("follower_id", BIG, nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["audience_lists.id"], name=op.f("fk_audience_list_rows_list_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_audience_list_rows_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_list_rows")),
    )
    op.create_index("ix_audience_list_rows_list_id_row", "audience_list_rows", ["list_id", "row"])
    op.create_index(
        "uq_audience_list_rows_member",
        "audience_list_rows",
        ["list_id", "follower_id"],
        unique=True,
        sqlite_where=IS_MEMBER,
        postgresql_where=IS_MEMBER,
    )
    op.create_index("ix_audience_list_rows_follower_id", "audience_list_rows", ["follower_id"])


def _traits() -> None:
    op.create_table(
        "traits",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("number", sa.Float(53), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("list_id", BIG, nullable=True),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_traits_follower_id")),
        sa.ForeignKeyConstraint(["list_id"], ["audience_lists.id"], name=op.f("fk_traits_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traits")),
        sa.UniqueConstraint("follower_id", "key", "list_id", name=op.f("uq_traits_follower_id_key_list_id")),
    )
    op.create_index(
        "uq_traits_of_bank",
        "traits",
        ["follower_id", "key"],
        unique=True,
        sqlite_where=OF_BANK,
        postgresql_where=OF_BANK,
    )
    for value in ("number", "day", "word"):
        op.create_index(f"ix_traits_key_{value}", "traits", ["key", value])
    op.create_index("ix_traits_list_id", "traits", ["list_id"])


def _segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shipped", sa.String(), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("reachable", sa.Integer(), nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("shipped", name=op.f("uq_segments_shipped")),
    )
    op.create_index("ix_segments_retired_at_id", "segments", ["retired_at", "id"])
    op.create_table(
        "follower_syncs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower_syncs")),
    )


def downgrade() -> None:
    for table in (
        "follower_syncs",
        "segments",
        "traits",
        "audience_list_rows",
        "audience_list_parts",
        "audience_lists",
    ):
        op.drop_table(table)
    op.drop_index("ix_customer_tags_tag", table_name="customer_tags")
    op.drop_index("ix_followers_industry", table_name="followers")
    for name in ("firm_key", "phone_key"):
        op.drop_index(f"ix_followers_{name}", table_name="followers")
        op.drop_column("followers", name)
