"""Which article led a follower here: proven touches, and the campaign a conversation comes from. In the caller's
transaction; called with every scan, follow and opened link, and when a conversation begins (bot/inbound.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.articles.model import ArticleVersion
from bot.campaigns.chunks import LEFT, Chunk, Recipient
from bot.campaigns.model import CampaignVariant, scene_of
from bot.clock import local_day
from bot.customers.model import Follower
from bot.handoff import queries
from bot.handoff.model import Conversation, Owner
from bot.messages import EventName, InboundMessage
from bot.results.model import CampaignChat, Touch, TouchKind
from bot.results.rules import POSSIBLE_FOR, PROVEN_FOR, Scene, scene_in

KINDS = {EventName.SCAN: TouchKind.SCAN, EventName.SUBSCRIBE: TouchKind.FOLLOW}


@dataclass(frozen=True)
class Source:
    """The campaign somebody comes from, and what he read."""

    scene: Scene
    title: str
    is_proven: bool

    @property
    def code(self) -> str:
        """The scene code."""
        return scene_of(self.scene.campaign_id, self.scene.variant)


def touched_by(message: InboundMessage) -> Scene | None:
    """The variant whose code this push says was scanned; None for every other push."""
    return scene_in(message.event_key) if message.event in KINDS else None


def note_push(session: Session, follower: Follower, message: InboundMessage, now: datetime) -> None:
    """Write down the touch that a push proves; nothing for a push that proves none."""
    scene = touched_by(message)
    if scene is not None and message.event is not None:
        note(session, follower, scene, KINDS[message.event], now)


def note(session: Session, follower: Follower, scene: Scene, kind: TouchKind, now: datetime) -> bool:
    """Write down that a variant led this follower here; False for a variant that never was. The open chat with the bot
    comes from it from now on. A repeat counts once. The follower's row is locked by the caller.
    """
    if title_of(session, scene) is None:
        return False
    same = (Touch.campaign_id == scene.campaign_id) & (Touch.variant == scene.variant) & (Touch.kind == kind)
    row = session.scalars(select(Touch).where(same, Touch.follower_id == follower.id)).first()
    if row is None:
        row = Touch(
            campaign_id=scene.campaign_id,
            variant=scene.variant,
            follower_id=follower.id,
            kind=kind,
            branch=follower.branch,
            first_at=now,
            last_at=now,
            day=local_day(now),
            times=0,
        )
        session.add(row)
    row.last_at, row.times = now, row.times + 1
    chat = queries.lock_open(session, follower.id)
    if chat is not None and chat.owner is Owner.BOT:
        mark(session, chat, follower, scene, is_proven=True, now=now)
    session.flush()
    return True


def mark(
    session: Session, chat: Conversation, follower: Follower, scene: Scene, *, is_proven: bool, now: datetime
) -> None:
    """Have a conversation come from a campaign; the last one wins."""
    chat.source = scene_of(scene.campaign_id, scene.variant)
    row = session.get(CampaignChat, chat.id)
    if row is None:
        row = CampaignChat(
            conversation_id=chat.id, follower_id=follower.id, branch=follower.branch, at=now, day=local_day(now)
        )
        session.add(row)
    row.campaign_id, row.variant, row.is_proven = scene.campaign_id, scene.variant, is_proven


def find_source(
    session: Session, follower_id: int | None, now: datetime, scanned: Scene | None = None
) -> Source | None:
    """What a conversation that begins now comes from: `scanned` just now; else the last proven touch of seven days;
    else, possibly, what was sent to him last within 72 hours. None for everybody else.
    """
    if scanned is not None:
        title = title_of(session, scanned)
        return Source(scanned, title, is_proven=True) if title is not None else None
    if follower_id is None:
        return None
    return _proven(session, follower_id, now) or _possible(session, follower_id, now)


def title_of(session: Session, scene: Scene) -> str | None:
    """The title of the article a variant sends; None for a variant that never was."""
    return session.scalar(
        select(ArticleVersion.title)
        .join(CampaignVariant, CampaignVariant.article_version_id == ArticleVersion.id)
        .where(CampaignVariant.campaign_id == scene.campaign_id, CampaignVariant.number == scene.variant)
    )


def sources_in_words(session: Session, sources: Iterable[str | None]) -> dict[str, str]:
    """What sources are called that are scene codes of variants: 推送《惠企贴息》. Others are words already."""
    scenes = {one: scene for one in sources if one is not None and (scene := scene_in(one)) is not None}
    if not scenes:
        return {}
    titles = select(CampaignVariant.campaign_id, CampaignVariant.number, ArticleVersion.title)
    titles = titles.join(ArticleVersion, ArticleVersion.id == CampaignVariant.article_version_id)
    wanted = {scene.campaign_id for scene in scenes.values()}
    rows = session.execute(titles.where(CampaignVariant.campaign_id.in_(wanted)))
    known = {Scene(campaign_id, number): title for campaign_id, number, title in rows}
    return {code: f"推送《{known[scene]}》" for code, scene in scenes.items() if scene in known}


def _proven(session: Session, follower_id: int, now: datetime) -> Source | None:
    lately = (Touch.follower_id == follower_id) & (Touch.last_at > now - PROVEN_FOR)
    found = (
        select(Touch.campaign_id, Touch.variant, ArticleVersion.title)
        .join(
            CampaignVariant,
            (CampaignVariant.campaign_id == Touch.campaign_id) & (CampaignVariant.number == Touch.variant),
        )
        .join(ArticleVersion, ArticleVersion.id == CampaignVariant.article_version_id)
        .where(lately)
        .order_by(Touch.last_at.desc(), Touch.campaign_id.desc())
    )
    row = session.execute(found.limit(1)).first()
    return Source(Scene(row.campaign_id, row.variant), row.title, is_proven=True) if row else None


def _possible(session: Session, follower_id: int, now: datetime) -> Source | None:
    mine = (Recipient.follower_id == follower_id) & Recipient.reason.is_(None)
    left = Chunk.state.in_(LEFT) & (Chunk.accepted_at > now - POSSIBLE_FOR) & (Chunk.accepted_at <= now)
    found = (
        select(Recipient.campaign_id, CampaignVariant.number, ArticleVersion.title)
        .join(Chunk, (Chunk.campaign_id == Recipient.campaign_id) & (Chunk.number == Recipient.chunk))
        .join(
            CampaignVariant,
            (CampaignVariant.campaign_id == Recipient.campaign_id) & (CampaignVariant.number == Recipient.variant),
        )
        .join(ArticleVersion, ArticleVersion.id == CampaignVariant.article_version_id)
        .where(mine, left)
        .order_by(Chunk.accepted_at.desc(), Recipient.campaign_id.desc())
    )
    row = session.execute(found.limit(1)).first()
    return Source(Scene(row.campaign_id, row.number), row.title, is_proven=False) if row else None
