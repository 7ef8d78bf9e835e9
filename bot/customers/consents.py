"""The consent ledger: what a follower said yes and no to, each word kept with its proof.

Written by the bank's events (bot/dialogue/bindings.py) and by his own words in the chat (bot/dialogue/carry_out.py);
read by whoever contacts him unasked and by the console.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose, Standing, allows, present

IN_CHAT = "chat"


@dataclass(frozen=True)
class Proof:
    """Where a word was said, under which text, and the id of what shows it: the bank's event or the message."""

    channel: str
    text_version: str
    id: str


def standing_of(session: Session, follower_id: int) -> Mapping[Purpose, Standing]:
    """The follower's present word on each purpose he ever spoke about."""
    mine = select(Consent).where(Consent.follower_id == follower_id).order_by(Consent.id)
    return present(Standing(row.purpose, row.granted, row.at, row.text_version) for row in session.scalars(mine))


def is_allowed(session: Session, follower_id: int, purpose: Purpose) -> bool:
    """True when he may be contacted for this purpose now."""
    return allows(standing_of(session, follower_id), purpose)


def keep_word(
    session: Session, follower: Follower, purpose: Purpose, at: datetime, now: datetime, proof: Proof, *, granted: bool
) -> None:
    """Add one word to the ledger; `at` is when he said it, `now` when we learned of it."""
    session.add(
        Consent(
            follower_id=follower.id,
            purpose=purpose,
            granted=granted,
            text_version=proof.text_version,
            at=at,
            channel=proof.channel,
            proof=proof.id,
            recorded_at=now,
        )
    )
    session.flush()
    note_opt_out(session, follower)


def note_opt_out(session: Session, follower: Follower) -> None:
    """Since when he wants no marketing, as the ledger stands now."""
    marketing = standing_of(session, follower.id).get(Purpose.MARKETING)
    follower.opted_out_at = marketing.at if marketing is not None and not marketing.granted else None


def withdraw(session: Session, follower: Follower, purposes: Iterable[Purpose], now: datetime, proof: Proof) -> None:
    """He wants none of this any more, from now on and on every channel. A no that stands is not added
    again, so a repeat is safe.
    """
    standing = standing_of(session, follower.id)
    for purpose in purposes:
        word = standing.get(purpose)
        if word is None or word.granted:
            keep_word(session, follower, purpose, now, now, proof, granted=False)


def allowing(purpose: Purpose) -> ColumnElement[bool]:
    """Which followers may be contacted for this purpose now: `is_allowed` for all of them at once, as a condition on
    Follower.
    """
    word, later = aliased(Consent), aliased(Consent)
    is_later = or_(later.at > word.at, and_(later.at == word.at, later.id > word.id))
    newer = exists().where(later.follower_id == word.follower_id, later.purpose == purpose, is_later)
    newest = select(word.follower_id).where(word.purpose == purpose, ~newer)
    if purpose is Purpose.SERVICE:
        return Follower.id.not_in(newest.where(word.granted.is_(False)))
    return Follower.id.in_(newest.where(word.granted.is_(True)))
