"""What becomes of chunks after their call: receipts that were lost, calls nobody heard the end of; and who
leaves a campaign between two chunks.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from bot.account_ports import MassSends, MassState
from bot.campaigns import claiming, outcomes
from bot.campaigns.acting import tell
from bot.campaigns.chunks import Chunk, ChunkState
from bot.campaigns.model import Campaign
from bot.campaigns.recipients import HELD, drop_leavers
from bot.clock import Clock
from bot.db import Database
from bot.errors import BotError, NotFound

log = structlog.get_logger()

# A receipt comes within minutes of the job's end; after this the platform is asked how the job stands.
RECEIPT_WITHIN = timedelta(hours=1)
# After three days no answer will come any more.
GIVEN_UP_AFTER = timedelta(days=3)
NO_RECEIPT = "no_receipt"


@dataclass(frozen=True)
class Settler:
    """Settles what is open."""

    database: Database
    clock: Clock
    mass: MassSends

    def run(self) -> None:
        """Look at calls whose process died, at what only people can settle, at who left, and at lost receipts."""
        now = self.clock.now()
        with self.database.transaction() as session:
            died, asked = claiming.expire_leases(session, now), claiming.give_to_people(session, now)
        if died or asked:
            log.warning("chunks_unknown", count=died, asked=asked)
        self._let_leave()
        self._ask_for_receipts()

    def _let_leave(self) -> None:
        with self.database.reading() as session:
            going = select(Campaign.id).where(Campaign.state.in_(HELD), Campaign.planned_at.is_not(None))
            ids = list(session.scalars(going.order_by(Campaign.id)))
        for campaign_id in ids:
            with self.database.transaction() as session:
                campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
                left = drop_leavers(session, campaign)
                if left:
                    tell(session, campaign, self.clock.now(), "left")
                    log.info("campaign_left", campaign_id=campaign_id, count=left)

    def _ask_for_receipts(self) -> None:
        now = self.clock.now()
        long_ago = now - RECEIPT_WITHIN
        looked = or_(Chunk.looked_at.is_(None), Chunk.looked_at < long_ago)
        waits = select(Chunk.id, Chunk.campaign_id, Chunk.job_id, Chunk.accepted_at).where(
            Chunk.state == ChunkState.ACCEPTED, Chunk.accepted_at < long_ago, looked
        )
        with self.database.reading() as session:
            jobs = session.execute(waits).all()
        for chunk_id, campaign_id, job_id, accepted_at in jobs:
            assert job_id is not None
            assert accepted_at is not None
            try:
                state = self.mass.state(job_id)
            except NotFound:
                state = MassState.SENDING
            except BotError as error:
                log.warning("job_not_asked", campaign_id=campaign_id, errcode=error.fields.get("reason"))
                continue
            self._write(chunk_id, campaign_id, state, is_given_up=accepted_at < now - GIVEN_UP_AFTER)

    def _write(self, chunk_id: int, campaign_id: int, state: MassState, *, is_given_up: bool) -> None:
        now = self.clock.now()
        with self.database.transaction() as session:
            campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
            chunk = session.get_one(Chunk, chunk_id, with_for_update=True)
            if chunk.state is not ChunkState.ACCEPTED:
                return
            chunk.looked_at = now
            if state is MassState.FAILED:
                outcomes.fail(session, campaign, chunk, state.value, now)
            elif state in (MassState.SUCCESS, MassState.DELETED) or is_given_up:
                chunk.errcode = NO_RECEIPT
                outcomes.settle(session, campaign, chunk, now)
            else:
                return
            tell(session, campaign, now, "chunk")
