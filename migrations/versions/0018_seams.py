"""Whom a supervisor chose as a customer's dedicated rep, beside whom the bank names.

Revision: 0018  After: 0017
Locks: empty columns take a short lock; filling them touches customers with a dedicated rep. Works beside the previous
release: what it writes into dedicated_rep alone holds until the next word of a supervisor or of the bank.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# A supervisor's change is told by the audit.
CHOSEN = """
    EXISTS (SELECT 1 FROM audit_acts WHERE audit_acts.follower_id = followers.id AND act = 'customer.dedicated'
            AND object_kind = 'staff:' || followers.dedicated_rep)
"""


def upgrade() -> None:
    for name in ("chosen_rep", "bank_rep"):
        op.add_column("followers", sa.Column(name, sa.String(), nullable=True))
    op.execute(f"UPDATE followers SET chosen_rep = dedicated_rep WHERE dedicated_rep IS NOT NULL AND {CHOSEN}")  # noqa: S608
    op.execute("UPDATE followers SET bank_rep = dedicated_rep WHERE chosen_rep IS NULL")


def downgrade() -> None:
    for name in ("bank_rep", "chosen_rep"):
        op.drop_column("followers", name)
