"""What the bank may say: items, their versions, and who approved them.

Revision: 0006  After: 0005
Locks: none that anybody waits for; the tables are new and empty. Works beside the previous release: it never looks at
them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("state IN ('draft', 'submitted', 'sent_back')")
PUBLISHES = sa.text("publishes")


def upgrade() -> None:
    op.create_table(
        "knowledge_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_items")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_knowledge_items_kind_key")),
    )
    op.create_table(
        "knowledge_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("authored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.CheckConstraint("reviewer IS NULL OR reviewer <> author", name=op.f("ck_knowledge_versions_two_people")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'retired') OR reviewer IS NOT NULL",
            name=op.f("ck_knowledge_versions_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "effective_until IS NULL OR effective_until >= effective_from",
            name=op.f("ck_knowledge_versions_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_items.id"], name=op.f("fk_knowledge_versions_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_versions")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_knowledge_versions_item_id_number")),
    )
    op.create_index("ix_knowledge_versions_state_id", "knowledge_versions", ["state", "id"], unique=False)
    op.create_index(
        "uq_knowledge_versions_open",
        "knowledge_versions",
        ["item_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_table(
        "knowledge_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_items.id"], name=op.f("fk_knowledge_acts_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_acts")),
    )
    op.create_index(op.f("ix_knowledge_acts_item_id"), "knowledge_acts", ["item_id"], unique=False)
    op.create_index(
        "ix_knowledge_acts_publishing",
        "knowledge_acts",
        ["id"],
        unique=False,
        sqlite_where=PUBLISHES,
        postgresql_where=PUBLISHES,
    )


def downgrade() -> None:
    op.drop_index(
        "ix_knowledge_acts_publishing",
        table_name="knowledge_acts",
        sqlite_where=PUBLISHES,
        postgresql_where=PUBLISHES,
    )
    op.drop_index(op.f("ix_knowledge_acts_item_id"), table_name="knowledge_acts")
    op.drop_table("knowledge_acts")
    op.drop_index(
        "uq_knowledge_versions_open",
        table_name="knowledge_versions",
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.drop_index("ix_knowledge_versions_state_id", table_name="knowledge_versions")
    op.drop_table("knowledge_versions")
    op.drop_table("knowledge_items")
