"""What only a person can decide about a chunk: one the platform refused, and one of which nobody knows whether it went
after the platform stopped recognising it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.acting import found, note_act
from bot.campaigns.chunks import Chunk, ChunkState, Reason, client_id_of
from bot.campaigns.ending import end_if_settled
from bot.campaigns.ledger import drop
from bot.campaigns.model import Campaign, CampaignState
from bot.clock import Clock
from bot.db import Database
from bot.errors import CampaignStateConflict, NotFound


@dataclass(frozen=True)
class ChunkDecisions:
    """The decisions about single chunks."""

    database: Database
    clock: Clock

    def retry(self, campaign_id: int, number: int, username: str) -> None:
        """Send a refused chunk anew, as another attempt. Raises CampaignStateConflict."""
        with self._deciding(campaign_id, number, username, "chunk_retried", None) as (_, campaign, chunk):
            if chunk.state is not ChunkState.REJECTED or campaign.state is CampaignState.CANCELLED:
                raise CampaignStateConflict(state=chunk.state.value)
            _begin_again(chunk)

    def abandon(self, campaign_id: int, number: int, username: str, reason: str) -> None:
        """Give a refused chunk up; its followers are left out as refused. Raises CampaignStateConflict."""
        with self._deciding(campaign_id, number, username, "chunk_abandoned", reason) as (session, campaign, chunk):
            if chunk.state is not ChunkState.REJECTED:
                raise CampaignStateConflict(state=chunk.state.value)
            chunk.state, chunk.finished_at = ChunkState.ABANDONED, self.clock.now()
            drop(session, campaign.id, chunk.number, Reason.REFUSED)
            end_if_settled(session, campaign, self.clock.now())

    def settle(self, campaign_id: int, number: int, username: str, reason: str, *, went: bool) -> None:
        """Say what became of a chunk nobody knows of, from what the platform's own console shows. One that did not go
        is sent anew, or is out when its campaign was cancelled. Raises CampaignStateConflict.
        """
        act = "chunk_went" if went else "chunk_did_not_go"
        with self._deciding(campaign_id, number, username, act, reason) as (session, campaign, chunk):
            if chunk.state is not ChunkState.UNKNOWN or not chunk.needs_person:
                raise CampaignStateConflict(state=chunk.state.value)
            now = self.clock.now()
            if went:
                chunk.state, chunk.accepted_at, chunk.finished_at = ChunkState.FINISHED, chunk.sending_at, now
            elif campaign.state is CampaignState.CANCELLED:
                chunk.state, chunk.finished_at = ChunkState.CANCELLED, now
                drop(session, campaign.id, chunk.number, Reason.CANCELLED)
            else:
                _begin_again(chunk)
            chunk.needs_person = False
            end_if_settled(session, campaign, now)

    @contextmanager
    def _deciding(
        self, campaign_id: int, number: int, username: str, act: str, reason: str | None
    ) -> Iterator[tuple[Session, Campaign, Chunk]]:
        with self.database.transaction() as session:
            campaign = found(session, campaign_id)
            mine = select(Chunk).where(Chunk.campaign_id == campaign_id, Chunk.number == number).with_for_update()
            chunk = session.scalars(mine).first()
            if chunk is None:
                raise NotFound(campaign_id=campaign_id, chunk=number)
            yield session, campaign, chunk
            note_act(session, campaign, self.clock.now(), username, act, reason, chunk=number)


def _begin_again(chunk: Chunk) -> None:
    """Another client id: the platform would answer the old one with the old refusal, or not know it any more."""
    chunk.attempt += 1
    chunk.client_id = client_id_of(chunk.campaign_id, chunk.attempt, chunk.number)
    chunk.state = ChunkState.PLANNED
    chunk.sending_at = chunk.next_try_at = chunk.lease_until = chunk.media_id = None
    chunk.job_id = chunk.data_id = chunk.errcode = chunk.accepted_at = None
    chunk.calls = 0
