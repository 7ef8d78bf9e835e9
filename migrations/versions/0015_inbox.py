"""What the desk's lists are ordered and filtered by, in the conversation's own row; how far each person has read.

Revision: 0015  After: 0014
Locks: columns with constant defaults, which rewrite nothing; the indexes and the filling lock conversations for
seconds at a hundred thousand rows. Works beside the previous release: what it writes meanwhile stands last in a list,
or first in a line, until the next word of that chat.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG_AGO = sa.text("'1970-01-01 00:00:00.000000'")
AT_ONCE = 2000
# A point of priority is worth a minute of waiting.
SECONDS = {
    "sqlite": "(julianday(queued_at) - 2440587.5) * 86400.0",
    "postgresql": "EXTRACT(EPOCH FROM queued_at)",
}
INDEXES = (
    ("owner", "last_word_at"),
    ("owner", "rank"),
    ("owner", "last_customer_at"),
    ("owner", "skill", "last_word_at"),
    ("owner", "outcome", "last_word_at"),
    ("rep", "last_word_at"),
    ("rep", "owner", "last_word_at"),
    ("follower_id",),
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("rank", sa.Float(), server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("last_word_id", BIG, nullable=True))
    op.add_column(
        "conversations",
        sa.Column("last_word_at", sa.DateTime(timezone=True), server_default=LONG_AGO, nullable=False),
    )
    op.add_column("conversations", sa.Column("last_asked_id", BIG, nullable=True))
    op.add_column("conversations", sa.Column("unanswered", sa.Integer(), server_default="0", nullable=False))
    _fill()
    for columns in INDEXES:
        name = f"ix_conversations_{'_'.join(columns)}_id"
        op.create_index(name, "conversations", [*columns, "id"], unique=False)
    # The longer one of the same beginning serves its readers too.
    op.drop_index("ix_conversations_rep_owner", table_name="conversations")
    op.create_table(
        "read_markers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_read_markers_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_markers")),
        sa.UniqueConstraint("username", "conversation_id", name=op.f("uq_read_markers_username_conversation_id")),
    )
    op.create_index("ix_read_markers_conversation_id", "read_markers", ["conversation_id"], unique=False)


def downgrade() -> None:
    op.drop_table("read_markers")
    op.create_index("ix_conversations_rep_owner", "conversations", ["rep", "owner"], unique=False)
    for columns in INDEXES:
        op.drop_index(f"ix_conversations_{'_'.join(columns)}_id", table_name="conversations")
    for column in ("unanswered", "last_asked_id", "last_word_at", "last_word_id", "rank"):
        op.drop_column("conversations", column)


def _fill() -> None:
    connection = op.get_bind()
    newest = connection.scalar(sa.text("SELECT max(id) FROM conversations")) or 0
    for start in range(0, newest + 1, AT_ONCE):
        few = f"conversations.id >= {start} AND conversations.id < {start + AT_ONCE}"
        for statement in _statements(SECONDS[connection.dialect.name]):
            connection.execute(sa.text(f"{statement} AND {few}"))


def _statements(seconds: str) -> tuple[str, ...]:
    its = "lines.conversation_id = conversations.id"
    last_reply = f"SELECT max(id) FROM lines WHERE {its} AND speaker = 'rep'"  # noqa: S608
    said = f"SELECT count(*) FROM lines WHERE {its} AND speaker = 'customer'"  # noqa: S608
    heads = (
        f"last_word_id = (SELECT max(id) FROM lines WHERE {its} AND speaker IN ('customer', 'rep'))",  # noqa: S608
        f"last_asked_id = (SELECT max(id) FROM lines WHERE {its} AND speaker = 'customer')",  # noqa: S608
        f"unanswered = ({said} AND id > coalesce(({last_reply}), 0))",
    )
    said_at = "SELECT at FROM lines WHERE lines.id = conversations.last_word_id"
    return (
        f"UPDATE conversations SET rank = {seconds} - priority * 60.0 WHERE queued_at IS NOT NULL",  # noqa: S608
        f"UPDATE conversations SET {', '.join(heads)} WHERE 1 = 1",  # noqa: S608
        f"UPDATE conversations SET last_word_at = coalesce(({said_at}), opened_at) WHERE 1 = 1",  # noqa: S608
    )
