"""Addresses in articles that tell which variant led somebody here: `/a/m12v1.<signature>`.

The signature keeps strangers from making up codes. Where the address leads is not in it: that is the link the article
was approved with, and only to hosts of the bank (config/links.yml), so that it can lead nowhere else.
"""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.account_ports import Visitors
from bot.articles.model import ArticleVersion
from bot.campaigns.model import CampaignVariant, scene_of
from bot.campaigns.neighbours import EnsureDraft
from bot.clock import Clock
from bot.customers.model import Follower
from bot.customers.service import log_id
from bot.db import Database
from bot.errors import WechatBusy
from bot.results.model import TouchKind
from bot.results.rules import Scene, scene_in
from bot.results.touches import note

log = structlog.get_logger()

SIGNS = 20


@dataclass(frozen=True)
class Page:
    """What the link of an article leads to: an address of the bank, or None for our own page."""

    title: str
    leads_to: str | None


@dataclass(frozen=True)
class ArticleLinks:
    """Makes, reads and follows links. `base` is where phones reach us, `hosts` where links may lead."""

    database: Database
    visitors: Visitors
    clock: Clock
    base: str
    secret: str
    hosts: frozenset[str]

    def url(self, campaign_id: int, variant: int) -> str:
        """The address of a variant's link."""
        return f"{self.base}/a/{code_of(Scene(campaign_id, variant), self.secret)}"

    def drafts_with(self, ensure: EnsureDraft) -> EnsureDraft:
        """Drafts whose link is ours, so that who opens it is counted; the approved link is where it leads on to."""

        def ensured(version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
            variant = scene_in(scene)
            if variant is not None:
                source_url = self.url(variant.campaign_id, variant.variant)
            return ensure(version_id, purpose, source_url, scene=scene)

        return ensured

    def find(self, code: str) -> tuple[Scene, Page] | None:
        """The variant and its page; None for a code we did not make, or a variant that is gone."""
        scene = scene_of_code(code, self.secret)
        if scene is None:
            return None
        with self.database.reading() as session:
            found = _version(session, scene)
        return (scene, Page(found.title, self._allowed(found.source_url))) if found is not None else None

    def way_in(self, code: str) -> str:
        """Where WeChat's browser is sent first, to come back as somebody."""
        return self.visitors.way_in(f"{self.base}/a/{code}", state=code.rpartition(".")[2])

    def open(self, scene: Scene, oauth_code: str) -> None:
        """Write down who came back, if he is a follower. Whoever the platform does not name still sees the page, and
        counts for nobody. Calls the platform; safe to repeat.
        """
        try:
            openid = self.visitors.openid_of(oauth_code)
        except WechatBusy:
            log.warning("visitor_unknown", campaign_id=scene.campaign_id, why="wechat_busy")
            return
        if openid is None:
            return
        with self.database.transaction() as session:
            mine = select(Follower).where(Follower.openid == openid, Follower.erased_at.is_(None))
            follower = session.scalars(mine.with_for_update()).first()
            if follower is not None and note(session, follower, scene, TouchKind.CLICK, self.clock.now()):
                log.info("article_link_opened", follower=log_id(openid), campaign_id=scene.campaign_id)

    def _allowed(self, address: str) -> str | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        return address if parts.scheme == "https" and parts.netloc in self.hosts else None


def code_of(scene: Scene, secret: str) -> str:
    """The code of a variant's link."""
    named = scene_of(scene.campaign_id, scene.variant)
    return f"{named}.{_signature(named, secret)}"


def scene_of_code(code: str, secret: str) -> Scene | None:
    """The variant a link's code names; None when we did not make it."""
    named, _, signature = code.partition(".")
    scene = scene_in(named)
    if scene is None or not hmac.compare_digest(signature.encode(), _signature(named, secret).encode()):
        return None
    return scene


def _signature(named: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"article-link:{named}".encode(), hashlib.sha256).hexdigest()[:SIGNS]


def _version(session: Session, scene: Scene) -> ArticleVersion | None:
    return session.scalars(
        select(ArticleVersion)
        .join(CampaignVariant, CampaignVariant.article_version_id == ArticleVersion.id)
        .where(CampaignVariant.campaign_id == scene.campaign_id, CampaignVariant.number == scene.variant)
    ).first()
