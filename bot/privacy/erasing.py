"""A customer's own wish that his data go: erased, or sealed where the law still wants them. In one transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.customers.service import opt_out
from bot.db import Base
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot
from bot.privacy.registry import PersonalTable, belonging, find_entry, get_table
from bot.privacy.rules import Retention, RetentionClass
from bot.privacy.sealing import clear, is_empty, rows_of, seal
from bot.privacy.selecting import key_of, of_class


def erase(session: Session, follower: Follower, retention: Retention, now: datetime) -> dict[str, dict[str, int]]:
    """Erase what may be erased, seal the rest, and stop all marketing; counts by class: erased, sealed.

    What stays of him is the account's own name for him, so that he may still be answered and is not marketed to. His
    chat with the bot ends; the caller has made sure that no rep has one with him.
    """
    opt_out(follower, now)
    for row in session.scalars(
        select(Conversation).where(Conversation.follower_id == follower.id, Conversation.owner == Owner.BOT)
    ):
        close_by_bot(session, row, row.outcome or Outcome.EXPIRED, now)
    follower.erased_at = now
    session.flush()
    proof: dict[str, dict[str, int]] = {}
    # Rows that point at others go before them.
    for table in reversed(Base.metadata.sorted_tables):
        entry = find_entry(table.name)
        if entry is None or entry.stays is not None:
            continue
        for rule in retention.of_table(table.name):
            counts = _erase_class(session, entry, rule, follower, now)
            if any(counts.values()):
                proof[rule.id] = counts
    # They were changed behind the session's back.
    session.expire_all()
    return proof


def _erase_class(
    session: Session, entry: PersonalTable, rule: RetentionClass, follower: Follower, now: datetime
) -> dict[str, int]:
    source = get_table(entry.name)
    mine = belonging(entry, select(get_table("followers").c.id).where(get_table("followers").c.id == follower.id))
    keys = session.scalars(select(key_of(source)).where(mine, of_class(rule))).all()
    rows = [row for row in rows_of(session, entry.name, keys) if not is_empty(entry, row)]
    kept = [row for row in rows if row[rule.at] is not None and rule.statutory_until(row[rule.at]) > now]
    sealed = seal(session, rule, kept, now)
    clear(session, entry.name, [row[key_of(source).name] for row in rows])
    return {"erased": len(rows) - sealed, "sealed": sealed}
