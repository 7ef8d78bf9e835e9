"""What each follower agreed to, never rewritten; and the bank's facts are found by follower.

Revision: 0004  After: 0003
Locks: on PostgreSQL the index holds writes to bank_facts for as long as it is made (a few rows a day); the table is
new and empty. Works beside the previous release: it never looks at either.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index(op.f("ix_bank_facts_follower_id"), "bank_facts", ["follower_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("follower_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["followers.id"], name=op.f("fk_consents_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("proof", "purpose", name=op.f("uq_consents_proof_purpose")),
    )
    op.create_index("ix_consents_follower_id_purpose", "consents", ["follower_id", "purpose"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION consents_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'consents are never rewritten'; END $$"
        )
        op.execute(
            "CREATE TRIGGER consents_append_only BEFORE UPDATE ON consents"
            " FOR EACH ROW EXECUTE FUNCTION consents_append_only()"
        )
    else:
        op.execute(
            "CREATE TRIGGER consents_append_only BEFORE UPDATE ON consents"
            " BEGIN SELECT RAISE(ABORT, 'consents are never rewritten'); END"
        )


def downgrade() -> None:
    op.drop_index("ix_consents_follower_id_purpose", table_name="consents")
    op.drop_table("consents")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consents_append_only()")
    op.drop_index(op.f("ix_bank_facts_follower_id"), table_name="bank_facts")
