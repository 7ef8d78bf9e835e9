"""Notes beside a chat and who is mentioned in them, pictures of chats, and what became of suggested answers.

Revision: 0016  After: 0015
Locks: none that anybody waits for; the tables are new and empty. Works beside the previous release: it never looks at
them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AN_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _notes()
    _mentions()
    _pictures()
    _suggestion_uses()


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("whispered_to", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("at", AN_INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_notes_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("conversation_id", "client_key", name=op.f("uq_notes_conversation_id_client_key")),
    )
    op.create_index("ix_notes_conversation_id_id", "notes", ["conversation_id", "id"], unique=False)
    op.create_index(op.f("ix_notes_at"), "notes", ["at"], unique=False)


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("note_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("at", AN_INSTANT, nullable=False),
        sa.Column("read_at", AN_INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_mentions_note_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mentions_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("note_id", "username", name=op.f("uq_mentions_note_id_username")),
    )
    op.create_index("ix_mentions_username_read_at", "mentions", ["username", "read_at"], unique=False)
    op.create_index(op.f("ix_mentions_conversation_id"), "mentions", ["conversation_id"], unique=False)


def _pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", AN_INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_pictures_conversation_id")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_pictures_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("line_id", name=op.f("uq_pictures_line_id")),
    )
    op.create_index(op.f("ix_pictures_conversation_id"), "pictures", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_pictures_at"), "pictures", ["at"], unique=False)


def _suggestion_uses() -> None:
    op.create_table(
        "suggestion_uses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("suggested_by", sa.String(32), nullable=False),
        sa.Column("use", sa.String(32), nullable=False),
        sa.Column("at", AN_INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_suggestion_uses_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_suggestion_uses_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_uses")),
        sa.UniqueConstraint("line_id", "username", "source", name=op.f("uq_suggestion_uses_line_id_username_source")),
    )
    op.create_index("ix_suggestion_uses_source_at", "suggestion_uses", ["source", "at"], unique=False)
    op.create_index(op.f("ix_suggestion_uses_at"), "suggestion_uses", ["at"], unique=False)
    op.create_index(op.f("ix_suggestion_uses_conversation_id"), "suggestion_uses", ["conversation_id"], unique=False)


def downgrade() -> None:
    for table in ("suggestion_uses", "pictures", "mentions", "notes"):
        op.drop_table(table)
