"""Articles, their versions and pictures, their drafts at the platform, testers and what they were shown.

Revision: 0019  After: 0018
Locks: the tables are new and empty. Works beside the previous release: it never looks at any of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _articles()
    _versions()
    _drafts()
    _testers()


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", BIG, nullable=False),
        sa.Column("is_template", sa.Boolean(), nullable=False),
        sa.Column("copied_from", BIG, nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_changed_at", "articles", ["changed_at"])
    op.create_table(
        "article_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("platform_url", sa.String(), nullable=True),
        sa.Column("media_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_pictures")),
        sa.UniqueConstraint("sha256", name=op.f("uq_article_pictures_sha256")),
    )


def _versions() -> None:
    op.create_table(
        "article_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cover_id", BIG, nullable=True),
        sa.Column("crop_235_1", sa.String(), nullable=False),
        sa.Column("crop_1_1", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rendered", sa.Text(), nullable=True),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("checked_under", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("flaws", sa.JSON(), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("sealed_by", sa.String(), nullable=True),
        sa.Column("sealed_at", INSTANT, nullable=True),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'sealed' OR (sealed_by IS NOT NULL AND sealed_at IS NOT NULL AND rendered IS NOT NULL)",
            name=op.f("ck_article_versions_sealed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id")),
        sa.ForeignKeyConstraint(["cover_id"], ["article_pictures.id"], name=op.f("fk_article_versions_cover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_versions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_article_versions_article_id_number")),
    )
    op.create_index(
        "uq_article_versions_open",
        "article_versions",
        ["article_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_article_versions_state_checked_under", "article_versions", ["state", "checked_under"])


def _drafts() -> None:
    op.create_table(
        "article_drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("media_id", sa.String(), nullable=True),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("qr_url", sa.String(), nullable=True),
        sa.Column("qr_made_at", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("drift", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["article_versions.id"], name=op.f("fk_article_drafts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_drafts")),
        sa.UniqueConstraint("version_id", "purpose", name=op.f("uq_article_drafts_version_id_purpose")),
        sa.UniqueConstraint("media_id", name=op.f("uq_article_drafts_media_id")),
    )


def _testers() -> None:
    op.create_table(
        "article_testers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_article_testers_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_testers")),
    )
    op.create_index("ix_article_testers_follower_id", "article_testers", ["follower_id"])
    op.create_table(
        "article_previews",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["article_versions.id"], name=op.f("fk_article_previews_version_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_article_previews_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_previews")),
    )
    for column in ("version_id", "follower_id", "day"):
        op.create_index(f"ix_article_previews_{column}", "article_previews", [column])


def downgrade() -> None:
    for table in (
        "article_previews",
        "article_testers",
        "article_drafts",
        "article_versions",
        "article_pictures",
        "articles",
    ):
        op.drop_table(table)
