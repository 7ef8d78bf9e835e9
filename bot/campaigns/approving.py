"""What a second person approves of a campaign, as one hash, and what stands against approving it at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.model import Campaign, CampaignVariant, MessageClass
from bot.campaigns.neighbours import FindFrozen, Fingerprint, Frozen
from bot.campaigns.rules import hash_of
from bot.errors import NotFound


@dataclass(frozen=True)
class CampaignFlaw:
    """What stands in the way: the place in the campaign, a code, and the words it is about, if any."""

    place: str
    reason: str
    words: str = ""


@dataclass(frozen=True)
class Content:
    """A campaign's variants with the articles they send, and what its segments are called."""

    variants: Sequence[tuple[CampaignVariant, Frozen | None]]
    segments: dict[int, tuple[str, str] | None]


def variants_of(session: Session, campaign_id: int) -> Sequence[CampaignVariant]:
    """A campaign's variants, by number."""
    mine = select(CampaignVariant).where(CampaignVariant.campaign_id == campaign_id)
    return session.scalars(mine.order_by(CampaignVariant.number)).all()


def content_of(session: Session, campaign: Campaign, frozen: FindFrozen, fingerprint: Fingerprint) -> Content:
    """What the campaign would send to whom; None for what is not there any more."""

    def article(version_id: int) -> Frozen | None:
        try:
            return frozen(session, version_id)
        except NotFound:
            return None

    def segment(segment_id: int) -> tuple[str, str] | None:
        try:
            return fingerprint(session, segment_id)
        except NotFound:
            return None

    rows = variants_of(session, campaign.id)
    ids = dict.fromkeys([*campaign.included, *campaign.excluded])
    return Content([(row, article(row.article_version_id)) for row in rows], {one: segment(one) for one in ids})


def approval_hash(campaign: Campaign, content: Content) -> str:
    """The same as long as it is the same content for the same audience at the same time."""
    said: dict[str, Any] = {
        "name": campaign.name,
        "goal": campaign.goal.value,
        "metric": campaign.metric.value,
        "class": campaign.message_class.value,
        "variants": [
            [row.number, row.share, article.content_hash if article else None] for row, article in content.variants
        ],
        "included": [[one, content.segments[one]] for one in sorted(campaign.included)],
        "excluded": [[one, content.segments[one]] for one in sorted(campaign.excluded)],
        "holdout": campaign.holdout_bp,
        "route": campaign.route.value,
        "speed": campaign.speed,
        "starts_at": campaign.starts_at.isoformat(),
        "ends_at": campaign.ends_at.isoformat(),
        "repeats": campaign.repeats.value,
    }
    return hash_of(said)


def find_flaws(campaign: Campaign, content: Content, now: datetime) -> list[CampaignFlaw]:
    """What stands against submitting and approving it."""
    found = []
    if not campaign.included:
        found.append(CampaignFlaw("included", "nobody"))
    for name in ("included", "excluded"):
        missing = [one for one in getattr(campaign, name) if content.segments[one] is None]
        found += [CampaignFlaw(name, "segment_gone", str(one)) for one in missing]
    if sum(row.share for row, _ in content.variants) != 100:
        found.append(CampaignFlaw("variants", "shares"))
    for row, article in content.variants:
        found += _article_flaws(campaign, f"variants.{row.number}", article)
    if campaign.ends_at <= now:
        found.append(CampaignFlaw("not_after", "over"))
    return found


def _article_flaws(campaign: Campaign, place: str, article: Frozen | None) -> list[CampaignFlaw]:
    if article is None:
        return [CampaignFlaw(place, "article_gone")]
    found = [CampaignFlaw(place, "article_flawed", _words(one)) for one in article.flaws]
    if article.is_marketing and campaign.message_class is MessageClass.SERVICE:
        found.append(CampaignFlaw(place, "article_is_marketing", article.title))
    return found


def _words(flaw: Any) -> str:
    """The article's own word for its flaw."""
    return str(getattr(flaw, "reason", flaw))
