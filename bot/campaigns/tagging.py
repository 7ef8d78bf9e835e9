"""A tag of the platform for one send: the chunk's followers are put under it by fifties, then it is sent to once.

How far it is stands on the chunk's row, so that whoever goes on begins there. To put somebody under a tag twice is
safe.
"""

import time
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.account_ports import PlatformTags
from bot.campaigns import claiming
from bot.campaigns.chunks import SETTLED, Chunk, Recipient
from bot.campaigns.claiming import LEASE, Claim
from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import BotError

log = structlog.get_logger()

# usermanage/tag: openids a call.
AT_ONCE = 50
# So many are put under the tag between two writes of the cursor.
STRETCH = 20 * AT_ONCE


@dataclass(frozen=True)
class Tagging:
    """Builds tags and takes them away."""

    database: Database
    clock: Clock
    tags: PlatformTags

    def build(self, claim: Claim, until: float) -> bool:
        """Put the chunk's followers under its tag; False when the tick's time was over before all were, or the chunk is
        somebody else's. Raises what bot/account_ports.py names.
        """
        tag_id = self._tag(claim)
        while tag_id is not None:
            found = self._stretch(claim)
            if found is None:
                return False
            if not found:
                self._take_out_dropouts(claim, tag_id)
                return True
            for start in range(0, len(found), AT_ONCE):
                self.tags.add_members(tag_id, [openid for _, openid in found[start : start + AT_ONCE]])
            if not self._note(claim, tagged_to=found[-1][0]) or time.monotonic() >= until:
                self._let_go(claim)
                return False
        return False

    def take_away(self) -> int:
        """Remove the tags of what is settled, of which an account has few; how many went."""
        over = Chunk.tag_id.is_not(None) & Chunk.tag_removed_at.is_(None) & Chunk.state.in_(SETTLED)
        with self.database.reading() as session:
            rows = session.execute(select(Chunk.id, Chunk.tag_id).where(over)).all()
        gone = 0
        for chunk_id, tag_id in rows:
            assert tag_id is not None
            try:
                self.tags.delete(tag_id)
            except BotError as error:
                log.warning("tag_kept", chunk=chunk_id, errcode=error.fields.get("reason"))
                continue
            with self.database.transaction() as session:
                session.get_one(Chunk, chunk_id).tag_removed_at = self.clock.now()
            gone += 1
        return gone

    def _tag(self, claim: Claim) -> int | None:
        """The chunk's tag; made when there is none, found again when its making was not heard of."""
        with self.database.reading() as session:
            tag_id = session.get_one(Chunk, claim.chunk_id).tag_id
        if tag_id is not None:
            return tag_id
        known = {tag.name: tag.tag_id for tag in self.tags.list_all()}
        tag_id = known.get(claim.client_id)
        if tag_id is None:
            tag_id = self.tags.create(claim.client_id)
        return tag_id if self._note(claim, tag_id=tag_id) else None

    def _stretch(self, claim: Claim) -> list[tuple[int, str]] | None:
        """The next followers to be put under it; None when the chunk is somebody else's."""
        with self.database.transaction() as session:
            mine = claiming.held(session, claim)
            if mine is None:
                return None
            _, chunk = mine
            chunk.lease_until = self.clock.now() + LEASE
            found = (
                select(Follower.id, Follower.openid)
                .join(Recipient, Recipient.follower_id == Follower.id)
                .where(Recipient.campaign_id == chunk.campaign_id, Recipient.chunk == chunk.number)
                .where(Recipient.reason.is_(None), Recipient.follower_id > chunk.tagged_to)
                .order_by(Follower.id)
                .limit(STRETCH)
            )
            return [(row[0], row[1]) for row in session.execute(found)]

    def _take_out_dropouts(self, claim: Claim, tag_id: int) -> None:
        with self.database.reading() as session:
            openids = _dropped(session, session.get_one(Chunk, claim.chunk_id))
        for start in range(0, len(openids), AT_ONCE):
            self.tags.remove_members(tag_id, openids[start : start + AT_ONCE])

    def _note(self, claim: Claim, **columns: int) -> bool:
        """False when the chunk is somebody else's by now."""
        with self.database.transaction() as session:
            mine = claiming.held(session, claim)
            if mine is None:
                return False
            for name, value in columns.items():
                setattr(mine[1], name, value)
            return True

    def _let_go(self, claim: Claim) -> None:
        with self.database.transaction() as session:
            mine = claiming.held(session, claim)
            if mine is not None:
                mine[1].lease_until = None


def _dropped(session: Session, chunk: Chunk) -> list[str]:
    """Who was put under the tag and is left out by now."""
    out = (
        select(Follower.openid)
        .join(Recipient, Recipient.follower_id == Follower.id)
        .where(Recipient.campaign_id == chunk.campaign_id, Recipient.chunk == chunk.number)
        .where(Recipient.reason.is_not(None), Recipient.follower_id <= chunk.tagged_to)
        .order_by(Follower.id)
    )
    return list(session.scalars(out))
