"""Who is sent a campaign and who is not, as the page 群发 gets it."""

from datetime import date, datetime

from pydantic import BaseModel

from api.campaign_schemas import CampaignReasonCount
from api.customer_schemas import Id, Limit
from api.schemas import Out
from bot.campaigns.chunks import ChunkState, Reason


class RecipientsQuery(BaseModel):
    """Those left out for a reason; without one those who are sent it."""

    reason: Reason | None = None
    after: Id | None = None
    limit: Limit = 30


class RecipientWhyQuery(BaseModel):
    """About whom."""

    follower_id: Id


class PlanPreviewOut(Out):
    """What a plan made now would come to: the audience, who is sent it, who is left out and why; chunks and calls."""

    audience: int
    included: int
    chunks: int
    reasons: list[CampaignReasonCount]
    is_sample_too_small: bool
    min_sample: int


class RecipientOut(Out):
    """One follower, masked. `chunk` stays for who was dropped after planning."""

    follower_id: int
    label: str
    firm_name: str | None
    phone: str | None
    branch: str | None
    reason: Reason | None
    variant: int | None
    chunk: int | None


class RecipientsPage(Out):
    """By follower; `next` is the `after` of the following page."""

    items: list[RecipientOut]
    next: int | None


class SegmentBecauseOut(Out):
    """One condition of a segment: its words, whether it holds, what was found, its source and date."""

    words: str
    holds: bool
    value: str | None
    source: str | None
    as_of: datetime | date | None


class SegmentWhyOut(Out):
    """One segment and why it holds the follower or not."""

    segment_id: int
    name: str
    is_excluding: bool
    holds: bool
    because: list[SegmentBecauseOut]


class RecipientWhyOut(Out):
    """Why a follower is sent it or not; `is_planned` false: what would be decided now."""

    is_planned: bool
    is_in: bool
    reason: Reason | None
    variant: int | None
    chunk: int | None
    chunk_state: ChunkState | None
    at: datetime | None
    segments: list[SegmentWhyOut]
