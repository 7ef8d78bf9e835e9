"""Campaigns, whom each goes to or leaves out, what is sent of it in one call, and what is booked of a follower's month.

Revision: 0021  After: 0020
Locks: the tables are new and empty. Works beside the previous release: it never looks at any of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _campaigns()
    _chunks()
    _recipients()
    _ledger()


def downgrade() -> None:
    for table in (
        "outside_sends",
        "contact_slots",
        "mass_ledger",
        "campaign_recipients",
        "mass_receipts",
        "campaign_counts",
        "campaign_chunks",
        "mass_halts",
        "campaign_acts",
        "campaign_variants",
        "campaigns",
    ):
        op.drop_table(table)


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("goal", sa.String(32), nullable=False),
        sa.Column("metric", sa.String(32), nullable=False),
        sa.Column("message_class", sa.String(32), nullable=False),
        sa.Column("included", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("holdout_bp", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(32), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("not_after", INSTANT, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("repeats", sa.String(32), nullable=False),
        sa.Column("run_of", BIG, nullable=True),
        sa.Column("run_number", sa.Integer(), nullable=False),
        sa.Column("salt_id", BIG, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("edited_at", INSTANT, nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("approved_hash", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("planned_at", INSTANT, nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("pause_why", sa.String(32), nullable=True),
        sa.Column("paused_by", sa.String(), nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("wait_until", INSTANT, nullable=True),
        sa.Column("wait_why", sa.String(32), nullable=True),
        sa.Column("wait_facts", sa.JSON(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("recall_asked_by", sa.String(), nullable=True),
        sa.Column("recall_asked_at", INSTANT, nullable=True),
        sa.Column("recall_reason", sa.String(), nullable=True),
        sa.Column("recalled_by", sa.String(), nullable=True),
        sa.Column("recalled_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'scheduled', 'planning', 'running') "
            "OR (reviewer IS NOT NULL AND approved_hash IS NOT NULL)",
            name=op.f("ck_campaigns_approved_by_somebody"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_campaigns_ends_after_it_starts")),
        sa.CheckConstraint("holdout_bp >= 0 AND holdout_bp <= 5000", name=op.f("ck_campaigns_holdout_is_a_part")),
        sa.CheckConstraint(
            "recalled_by IS NULL OR recalled_by <> recall_asked_by", name=op.f("ck_campaigns_recalled_by_two_people")
        ),
        sa.CheckConstraint(
            "reviewer IS NULL OR (reviewer <> author AND reviewer <> editor)", name=op.f("ck_campaigns_two_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("run_of", "run_number", name=op.f("uq_campaigns_run_of_run_number")),
    )
    op.create_index("ix_campaigns_starts_at_id", "campaigns", ["starts_at", "id"])
    op.create_index("ix_campaigns_state_starts_at", "campaigns", ["state", "starts_at"])
    op.create_table(
        "campaign_variants",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_version_id", BIG, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_variants_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_campaign_variants")),
    )
    op.create_index(op.f("ix_campaign_variants_article_version_id"), "campaign_variants", ["article_version_id"])
    op.create_table(
        "campaign_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_acts_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_acts")),
    )
    op.create_index(op.f("ix_campaign_acts_campaign_id"), "campaign_acts", ["campaign_id"])
    op.create_table(
        "mass_halts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_halts")),
    )


def _chunks() -> None:
    op.create_table(
        "campaign_chunks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("last_id", BIG, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("tagged_to", BIG, nullable=False),
        sa.Column("tag_removed_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("sending_at", INSTANT, nullable=True),
        sa.Column("called_at", INSTANT, nullable=True),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("errcode", sa.String(), nullable=True),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("data_id", sa.String(), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("filtered", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("recalled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_chunks_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_chunks")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_chunks_campaign_id_number")),
        sa.UniqueConstraint("client_id", name=op.f("uq_campaign_chunks_client_id")),
    )
    op.create_index("ix_campaign_chunks_job_id", "campaign_chunks", ["job_id"])
    op.create_index("ix_campaign_chunks_called_at", "campaign_chunks", ["called_at"])
    op.create_index("ix_campaign_chunks_state_lease_until", "campaign_chunks", ["state", "lease_until"])
    op.create_table(
        "campaign_counts",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("variant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_counts_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "reason", "variant", name=op.f("pk_campaign_counts")),
    )
    op.create_table(
        "mass_receipts",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("filtered", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_mass_receipts")),
    )
    op.create_index(op.f("ix_mass_receipts_at"), "mass_receipts", ["at"])


def _recipients() -> None:
    op.create_table(
        "campaign_recipients",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("follower_id", BIG, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("variant", sa.Integer(), nullable=True),
        sa.Column("chunk", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "follower_id", name=op.f("pk_campaign_recipients")),
    )
    op.create_index("ix_campaign_recipients_follower_id", "campaign_recipients", ["follower_id"])
    op.create_index(
        "ix_campaign_recipients_left_out",
        "campaign_recipients",
        ["campaign_id", "reason", "follower_id"],
        sqlite_where=sa.text("reason IS NOT NULL"),
        postgresql_where=sa.text("reason IS NOT NULL"),
    )


def _ledger() -> None:
    op.create_table(
        "mass_ledger",
        sa.Column("follower_id", BIG, autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.Column("outside_id", BIG, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("place >= 1 AND place <= 4", name=op.f("ck_mass_ledger_four_a_month")),
        sa.PrimaryKeyConstraint("follower_id", "month", "place", name=op.f("pk_mass_ledger")),
    )
    op.create_table(
        "contact_slots",
        sa.Column("follower_id", BIG, autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("slot >= 1 AND slot <= 3", name=op.f("ck_contact_slots_three_a_month")),
        sa.PrimaryKeyConstraint("follower_id", "slot", name=op.f("pk_contact_slots")),
    )
    op.create_table(
        "outside_sends",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("targets", sa.Integer(), nullable=True),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("segment_id", BIG, nullable=True),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_sends")),
        sa.UniqueConstraint("article", name=op.f("uq_outside_sends_article")),
    )
    op.create_index(op.f("ix_outside_sends_sent_on"), "outside_sends", ["sent_on"])
