"""Taking what was sent down again: one person asks, another one says yes, a timer does it.

message/mass/delete takes the article's page down. The card stays in the chat, and the message stays counted among the
follower's four (wechat-platform.md §6); copies somebody made stay anyway. The console says so before anybody asks.
"""

from dataclasses import dataclass
from typing import Literal

import structlog
from sqlalchemy import select

from bot.account_ports import MassSends
from bot.campaigns.acting import found, note_act, tell
from bot.campaigns.chunks import LEFT, Chunk
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.rules import ENDED, check_move
from bot.campaigns.service import cancel_planned
from bot.clock import Clock
from bot.db import Database
from bot.errors import BotError, CampaignStateConflict, SamePerson

log = structlog.get_logger()
REMOVES: tuple[Literal["article_page"], ...] = ("article_page",)
STAYS: tuple[Literal["card_in_chat", "month_count", "copies"], ...] = ("card_in_chat", "month_count", "copies")


@dataclass(frozen=True)
class Recalls:
    """The use cases of taking down."""

    database: Database
    clock: Clock

    def ask(self, campaign_id: int, username: str, reason: str) -> None:
        """Ask that what was sent be taken down. Raises CampaignStateConflict when nothing was, or somebody asked."""
        now = self.clock.now()
        with self.database.transaction() as session:
            campaign = found(session, campaign_id)
            went = select(Chunk.id).where(Chunk.campaign_id == campaign_id, Chunk.state.in_(LEFT)).limit(1)
            if session.scalar(went) is None or campaign.recalled_at is not None:
                raise CampaignStateConflict(state="recalled" if campaign.recalled_at else "nothing_sent")
            campaign.recall_asked_by, campaign.recall_asked_at = username, now
            campaign.recall_reason = reason
            note_act(session, campaign, now, username, "recall_asked", reason)

    def confirm(self, campaign_id: int, username: str) -> None:
        """Another person's yes: nothing more leaves, and the pages are taken down. Raises SamePerson,
        CampaignStateConflict. A repeat is safe.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            campaign = found(session, campaign_id)
            if campaign.recall_asked_by is None:
                raise CampaignStateConflict(state="not_asked")
            if campaign.recall_asked_by == username:
                raise SamePerson
            if campaign.recalled_at is not None:
                return
            campaign.recalled_by, campaign.recalled_at = username, now
            if campaign.state not in ENDED:
                check_move(campaign.state, CampaignState.CANCELLED)
                campaign.state, campaign.ended_at = CampaignState.CANCELLED, now
                cancel_planned(session, campaign)
            note_act(session, campaign, now, username, "recalled", campaign.recall_reason)

    def run(self, mass: MassSends) -> int:
        """Take down what is to be; how many sends were. What fails is tried again with the next tick."""
        due = (
            select(Chunk.id, Chunk.campaign_id, Chunk.job_id)
            .join(Campaign, Campaign.id == Chunk.campaign_id)
            .where(Campaign.recalled_at.is_not(None), Chunk.job_id.is_not(None), Chunk.recalled_at.is_(None))
        )
        with self.database.reading() as session:
            jobs = session.execute(due).all()
        done = 0
        for chunk_id, campaign_id, job_id in jobs:
            assert job_id is not None
            try:
                mass.delete(job_id)
            except BotError as error:
                log.warning(
                    "recall_failed", campaign_id=campaign_id, chunk=chunk_id, errcode=error.fields.get("reason")
                )
                continue
            with self.database.transaction() as session:
                session.get_one(Chunk, chunk_id).recalled_at = self.clock.now()
                tell(session, found(session, campaign_id, lock=False), self.clock.now(), "chunk_recalled")
            done += 1
        return done
