"""What the model made of each message, what people want it to learn, and who decided so.

Revision: 0002  After: 0001
Locks: on PostgreSQL a foreign key to lines, conversations and followers takes a short lock on each; the tables are new
and empty. Works beside the previous release: it never looks at them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "parses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("second", sa.String(), nullable=True),
        sa.Column("second_confidence", sa.Float(), nullable=True),
        sa.Column("third", sa.String(), nullable=True),
        sa.Column("third_confidence", sa.Float(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("taken_as", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("followed", sa.String(32), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("corrected_by", sa.String(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_parses_conversation_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_parses_follower_id")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_parses_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parses")),
        sa.UniqueConstraint("line_id", name=op.f("uq_parses_line_id")),
    )
    op.create_index(op.f("ix_parses_at"), "parses", ["at"], unique=False)
    op.create_index("ix_parses_conversation_id_id", "parses", ["conversation_id", "id"], unique=False)
    op.create_index("ix_parses_text_hash_at", "parses", ["text_hash", "at"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("parse_id", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> proposed_by", name=op.f("ck_lessons_two_people")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'exported') OR (reviewed_by IS NOT NULL AND intent IS NOT NULL)",
            name=op.f("ck_lessons_approved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["parse_id"], ["parses.id"], name=op.f("fk_lessons_parse_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(op.f("ix_lessons_parse_id"), "lessons", ["parse_id"], unique=False)
    op.create_index("ix_lessons_state_id", "lessons", ["state", "id"], unique=False)
    op.create_index(
        "uq_lessons_unsettled",
        "lessons",
        ["source_hash"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "learning_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("parse_id", BIG, nullable=True),
        sa.Column("lesson_id", BIG, nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_acts")),
    )
    op.create_index(op.f("ix_learning_acts_lesson_id"), "learning_acts", ["lesson_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_learning_acts_lesson_id"), table_name="learning_acts")
    op.drop_table("learning_acts")
    op.drop_index(
        "uq_lessons_unsettled",
        table_name="lessons",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index("ix_lessons_state_id", table_name="lessons")
    op.drop_index(op.f("ix_lessons_parse_id"), table_name="lessons")
    op.drop_table("lessons")
    op.drop_index("ix_parses_text_hash_at", table_name="parses")
    op.drop_index("ix_parses_conversation_id_id", table_name="parses")
    op.drop_index(op.f("ix_parses_at"), table_name="parses")
    op.drop_table("parses")
