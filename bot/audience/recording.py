"""What the bank reports becomes traits, in the transaction that keeps the fact (bot/dialogue/bank_work.py)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_traits
from bot.audience.finding import BANK
from bot.audience.model import Trait
from bot.clock import local_day

CERTAIN = 1.0


def note_fact(session: Session, follower_id: int, fact: str, occurred_at: datetime) -> None:
    """The day of a fact is a trait of the follower; an older fact than the one that is known changes nothing. The
    follower is locked by the caller. Safe to repeat.
    """
    for kind in get_traits().values():
        if kind.fact != fact:
            continue
        known = (Trait.follower_id == follower_id) & (Trait.key == kind.key) & Trait.list_id.is_(None)
        row = session.scalars(select(Trait).where(known)).first()
        if row is None:
            row = Trait(follower_id=follower_id, key=kind.key, source=BANK, confidence=CERTAIN, as_of=occurred_at)
            session.add(row)
        if row.as_of <= occurred_at:
            row.day, row.as_of = local_day(occurred_at), occurred_at
    session.flush()
