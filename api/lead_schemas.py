"""Leads as the console sends and gets them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas import In, Out
from bot.leads.model import LeadStage, LostReason

LeadWord = Annotated[str, Field(min_length=1, max_length=60)]
Fen = Annotated[int, Field(ge=0, le=10**13)]


class NeedOut(Out):
    """One field of the need card: its value as data and as text, and who said so; both null while unknown."""

    name: str
    value: Any
    text: str | None
    by: str | None
    by_name: str | None


class LeadOut(Out):
    """A lead in a list."""

    id: int
    label: str
    firm_name: str | None
    product: str
    product_name: str | None
    stage: LeadStage
    lost_reason: LostReason | None
    amount_fen: int | None
    summary: str
    source: str | None
    owner: str | None
    owner_name: str | None
    conversation_id: int | None
    opened_at: datetime
    changed_at: datetime


class StageChangeOut(Out):
    """A stage it came to: when, by whom, and what shows it."""

    stage: LeadStage
    at: datetime
    actor: str
    actor_name: str | None
    evidence: str | None


class LeadDetail(Out):
    """A lead with its need, its way, and whether the customer may be told of offers."""

    item: LeadOut
    need: list[NeedOut]
    stages: list[StageChangeOut]
    next_stages: list[LeadStage]
    allows_marketing: bool


class StageFigureOut(Out):
    """How many leads stand at a stage, of how many distinct firms, and what the bank paid out for them."""

    stage: LeadStage
    leads: int
    firms: int
    amount_fen: int


class LeadsPage(Out):
    """One page, newest first; `next` is the cursor of the following one, or null."""

    items: list[LeadOut]
    next: str | None
    figures: list[StageFigureOut]


class LeadDetails(Out):
    """A customer's leads, open ones first."""

    items: list[LeadDetail]


class LeadsQuery(BaseModel):
    """Which leads, page by page."""

    stage: LeadStage | None = None
    scope: Literal["mine", "all"] = "all"
    cursor: Annotated[str | None, Field(max_length=64)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class LeadIn(In):
    """A lead made by hand for the customer of a chat; without a product it is one for any."""

    conversation_id: Annotated[int, Field(ge=1, le=2**53)]
    product: Annotated[str, Field(max_length=64)] | None = None


class NeedIn(In):
    """The need put right: a field that is left out stays, null makes it unknown. Amount is [low, high] in fen, term in
    months.
    """

    industry: LeadWord | None = None
    purpose: LeadWord | None = None
    amount: Annotated[list[Fen], Field(min_length=2, max_length=2)] | None = None
    term: Annotated[int, Field(ge=1, le=360)] | None = None
    years: Annotated[float, Field(ge=0, le=200)] | None = None
    collateral: bool | None = None
    urgency: Literal["now", "week", "month", "later"] | None = None


class StageIn(In):
    """On to a stage, with what shows it; 未成 (lost) needs its reason."""

    stage: Annotated[LeadStage, Field(strict=False)]
    evidence: Annotated[str, Field(max_length=300)] = ""
    lost_reason: Annotated[LostReason, Field(strict=False)] | None = None
