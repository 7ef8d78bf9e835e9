"""What the page 群发 sends and gets; style and rules as in api/schemas.py."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.customer_schemas import Cursor, Id, Limit
from api.schemas import In, Out
from bot.campaigns.chunks import ChunkState, Reason
from bot.campaigns.model import CampaignState, Goal, MessageClass, Metric, PauseWhy, Repeats, Route, WaitWhy

Name = Annotated[str, Field(min_length=2, max_length=60, pattern=r"\S.*\S")]
Why = Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S.*\S")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Segments = Annotated[list[Id], Field(max_length=20)]
Moment = Annotated[AwareDatetime, Field(strict=False)]


class CampaignPath(BaseModel):
    """A campaign."""

    id: Id


class ChunkPath(BaseModel):
    """One chunk of a campaign, by its number."""

    id: Id
    number: Annotated[int, Field(ge=1, le=2**31)]


class CampaignsQuery(BaseModel):
    """Which campaigns, the latest start first; `text` is looked for in names."""

    state: CampaignState | None = None
    text: Annotated[str, Field(max_length=60)] = ""
    cursor: Cursor | None = None
    limit: Limit = 30


class VariantIn(In):
    """A sealed article version and its share in percent."""

    article_version_id: Id
    share: Annotated[int, Field(ge=1, le=100)]


class CampaignIn(In):
    """A campaign as it is written. Goal and metric are never left out; a draft may have no article yet, the shares of
    those it has make 100. `holdout_bp` are hundredths of a percent that are not sent it on purpose, beside those who
    are never sent marketing. `not_after`: what has not left by then needs a new approval; without it, two hours after
    `not_before`.
    """

    name: Name
    goal: Annotated[Goal, Field(strict=False)]
    metric: Annotated[Metric, Field(strict=False)]
    message_class: Annotated[MessageClass, Field(strict=False)]
    included: Segments
    excluded: Segments = []
    variants: Annotated[list[VariantIn], Field(max_length=4)]
    holdout_bp: Annotated[int, Field(ge=0, le=5000)] = 0
    route: Annotated[Route, Field(strict=False)] = Route.LIST
    speed: Annotated[int, Field(ge=0, le=4)] = 0
    not_before: Moment
    not_after: Moment | None = None
    repeats: Annotated[Repeats, Field(strict=False)] = Repeats.ONCE

    @model_validator(mode="after")
    def _fits(self) -> "CampaignIn":
        if self.variants and sum(one.share for one in self.variants) != 100:
            raise ValueError("the shares make 100")
        if len({one.article_version_id for one in self.variants}) != len(self.variants):
            raise ValueError("each variant is another article")
        if self.not_after is not None and self.not_after <= self.not_before:
            raise ValueError("not_after lies before not_before")
        return self


class CampaignSaveIn(CampaignIn):
    """A changed campaign; `revision` is the one that was read."""

    revision: Annotated[int, Field(ge=1, le=2**31)]


class CampaignCopyIn(In):
    """The copy's name."""

    name: Name


class CampaignApproveIn(In):
    """The hash of what was looked at."""

    content_hash: Hash


class CampaignMarkIn(In):
    """What the reviewer objects to: a place of the campaign and his words."""

    place: Annotated[str, Field(pattern=r"^[a-z_]{1,20}(\.\d{1,2})?$")]
    words: Why


class CampaignSendBackIn(In):
    """Why it is sent back, and the places it is about."""

    reason: Why
    marks: Annotated[list[CampaignMarkIn], Field(max_length=20)] = []


class CampaignReasonIn(In):
    """Why."""

    reason: Why


class ChunkSettleIn(In):
    """What the platform's own console says of a chunk nobody knows of, and where one saw it."""

    went: bool
    reason: Why


class CampaignVariantOut(Out):
    """A variant, the article it sends (null when it is gone), and its scene code for QR codes and links."""

    number: int
    article_version_id: int
    share: int
    title: str | None
    is_marketing: bool | None
    content_hash: str | None
    scene: str


class CampaignSegmentOut(Out):
    """A segment of the audience; without a name it is gone."""

    id: int
    name: str | None


class CampaignFlawOut(Out):
    """What stands against approving: place, code and the words it is about."""

    place: str
    reason: str
    words: str


class CampaignMarkOut(Out):
    """What the reviewer objected to."""

    place: str
    words: str


class CampaignLeftOut(Out):
    """Followers: `gone` left for sure, of `uncertain` nobody knows yet, `still` can be held back."""

    gone: int
    uncertain: int
    still: int


class CampaignRow(Out):
    """One campaign of the list. `size` is 0 until it is planned."""

    id: int
    name: str
    goal: Goal
    metric: Metric
    message_class: MessageClass
    state: CampaignState
    starts_at: datetime
    ends_at: datetime
    repeats: Repeats
    run_of: int | None
    titles: list[str]
    size: int
    left: CampaignLeftOut
    pause_why: PauseWhy | None
    editor_name: str
    reviewer_name: str | None


class CampaignsPage(Out):
    """The latest start first; `counts` are campaigns by state."""

    items: list[CampaignRow]
    next: str | None
    counts: dict[CampaignState, int]


class CampaignOut(Out):
    """One campaign. `starts_at` and `ends_at` are what quiet hours and holidays make of what was asked for, `moved_why`
    says which. `content_hash` is of what it is now; `flaws` stand against approving it.
    """

    id: int
    name: str
    goal: Goal
    metric: Metric
    message_class: MessageClass
    included: list[CampaignSegmentOut]
    excluded: list[CampaignSegmentOut]
    variants: list[CampaignVariantOut]
    holdout_bp: int
    route: Route
    speed: int
    not_before: datetime
    not_after: datetime
    starts_at: datetime
    ends_at: datetime
    moved_why: WaitWhy | None
    repeats: Repeats
    run_of: int | None
    run_number: int
    state: CampaignState
    revision: int
    content_hash: str
    flaws: list[CampaignFlawOut]
    author: str
    author_name: str
    created_at: datetime
    editor: str
    editor_name: str
    edited_at: datetime
    submitted_at: datetime | None
    reviewer: str | None
    reviewer_name: str | None
    reviewed_at: datetime | None
    reason: str | None
    marks: list[CampaignMarkOut]
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    pause_why: PauseWhy | None
    paused_by_name: str | None
    paused_at: datetime | None
    recall: "CampaignRecallOut | None"


class CampaignRecallOut(Out):
    """Taking down: who asked, who said yes, of how many sends it is done, and what it removes and what stays."""

    asked_by: str
    asked_by_name: str
    asked_at: datetime
    reason: str | None
    recalled_by_name: str | None
    recalled_at: datetime | None
    done: int
    sends: int
    removes: list[Literal["article_page"]]
    stays: list[Literal["card_in_chat", "month_count", "copies"]]


class CampaignReasonCount(Out):
    """Followers with one reason; null: they are sent it, as this variant."""

    reason: Reason | None
    variant: int | None
    followers: int


class CampaignWaitOut(Out):
    """Until when nothing leaves and why. `facts`: waiting (chats), errcode."""

    why: WaitWhy
    until: datetime | None
    facts: dict[str, Any]


class CampaignProgressOut(Out):
    """How far a campaign is. `chunks` by state; `total` to `errors` as the platform reported so far; `needs_person`
    chunks wait for somebody's decision.
    """

    state: CampaignState
    chunks: dict[ChunkState, int]
    left: CampaignLeftOut
    total: int
    filtered: int
    sent: int
    errors: int
    needs_person: int
    eta: datetime | None
    waits: CampaignWaitOut | None
    pause_why: PauseWhy | None
    is_halted: bool
    reasons: list[CampaignReasonCount]


class CampaignChunkOut(Out):
    """One chunk."""

    number: int
    variant: int
    size: int
    state: ChunkState
    attempt: int
    client_id: str
    job_id: str | None
    errcode: str | None
    needs_person: bool
    sending_at: datetime | None
    next_try_at: datetime | None
    accepted_at: datetime | None
    finished_at: datetime | None
    total: int | None
    filtered: int | None
    sent: int | None
    errors: int | None
    recalled_at: datetime | None


class CampaignChunksOut(Out):
    """A campaign's chunks, in order."""

    items: list[CampaignChunkOut]


class CampaignActOut(Out):
    """One act."""

    at: datetime
    username: str
    name: str
    act: str
    reason: str | None
    facts: dict[str, Any]


class CampaignActsOut(Out):
    """Oldest first."""

    items: list[CampaignActOut]
