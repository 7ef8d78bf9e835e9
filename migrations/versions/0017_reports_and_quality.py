"""Facts and sums for the reports; quality checks; the stage in the bank's word about an application.

Revision: 0017  After: 0016
Locks: a column without a default on bank_facts and three indexes on conversations, which on PostgreSQL stop its writers
while they are built: at night, or as CONCURRENTLY beforehand under the same names. The tables are new and empty. Works
beside the previous release: it never looks at any of them, and what it serves meanwhile is in no report.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("bank_facts", sa.Column("stage", sa.String(), nullable=True))
    op.create_index("ix_conversations_follower_id_opened_at", "conversations", ["follower_id", "opened_at"])
    op.create_index("ix_conversations_opened_at", "conversations", ["opened_at"])
    op.create_index("ix_conversations_closed_at", "conversations", ["closed_at"])
    _facts()
    _sums()
    _checks()


def _facts() -> None:
    op.create_table(
        "handoff_facts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=True),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("is_risk", sa.Boolean(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("requeues", sa.Integer(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("rep", sa.String(), nullable=True),
        sa.Column("wait_ms", BIG, nullable=True),
        sa.Column("first_reply_at", INSTANT, nullable=True),
        sa.Column("reply_ms", BIG, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(32), nullable=True),
        sa.Column("returned_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_facts")),
    )
    op.create_index("ix_handoff_facts_arrived_on_desk", "handoff_facts", ["arrived_on", "desk"])
    op.create_index("ix_handoff_facts_conversation_id", "handoff_facts", ["conversation_id"])
    op.create_table(
        "stints",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("answer", sa.String(32), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("reply_ms", BIG, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("handle_ms", BIG, nullable=True),
        sa.Column("ending", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stints")),
    )
    op.create_index("ix_stints_began_on_rep", "stints", ["began_on", "rep"])
    op.create_index("ix_stints_conversation_id", "stints", ["conversation_id"])


def _sums() -> None:
    op.create_table(
        "rep_spans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rep_spans")),
    )
    op.create_index("ix_rep_spans_began_at", "rep_spans", ["began_at"])
    op.create_index(
        "uq_rep_spans_open", "rep_spans", ["rep"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.create_table(
        "report_cells",
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("rolled_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("desk", "dimension", "day", "key", name=op.f("pk_report_cells")),
    )
    op.create_index("ix_report_cells_day", "report_cells", ["day"])


def _checks() -> None:
    op.create_table(
        "quality_checks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("picked", sa.String(32), nullable=False),
        sa.Column("picked_at", INSTANT, nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(), nullable=True),
        sa.Column("scored_at", INSTANT, nullable=True),
        sa.Column("scored_on", sa.Date(), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("is_fatal", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", INSTANT, nullable=True),
        sa.Column("is_upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.CheckConstraint("checker IS NULL OR checker <> rep", name=op.f("ck_quality_checks_checker_is_another")),
        sa.CheckConstraint(
            "settled_by IS NULL OR settled_by <> rep", name=op.f("ck_quality_checks_settler_is_another")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_checks")),
    )
    op.create_index("uq_quality_checks_conversation_id", "quality_checks", ["conversation_id"], unique=True)
    op.create_index("ix_quality_checks_state_id", "quality_checks", ["state", "id"])
    op.create_index("ix_quality_checks_rep_id", "quality_checks", ["rep", "id"])
    op.create_index("ix_quality_checks_scored_on", "quality_checks", ["scored_on"])


def downgrade() -> None:
    for table in ("quality_checks", "report_cells", "rep_spans", "stints", "handoff_facts"):
        op.drop_table(table)
    op.drop_index("ix_conversations_closed_at", table_name="conversations")
    op.drop_index("ix_conversations_opened_at", table_name="conversations")
    op.drop_index("ix_conversations_follower_id_opened_at", table_name="conversations")
    op.drop_column("bank_facts", "stage")
