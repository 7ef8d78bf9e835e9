"""What the page 效果 asks for and gets; style and rules as in api/schemas.py. Shares are from 0 to 1, money in fen."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.report_schemas import Day, Key
from api.schemas import Out
from bot.campaigns.chunks import Reason
from bot.campaigns.model import CampaignState, Goal
from bot.campaigns.model import Metric as CampaignMetric
from bot.reports.metrics import Unit
from bot.results.metrics import By, Phase
from bot.results.model import Arm, EffectKind

Id = Annotated[int, Field(ge=1, le=2**53)]


class ResultsQuery(BaseModel):
    """On which days the campaigns began, both included; at most a year and a day."""

    first: Day
    last: Day


class ResultPath(BaseModel):
    """A campaign."""

    id: Id


class ResultBreakdownQuery(BaseModel):
    """By what its figures are told apart."""

    by: Literal[By.VARIANT, By.BRANCH, By.PRODUCT, By.DAY]


class ResultFigurePath(ResultPath):
    """A figure of a campaign."""

    metric: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


class ResultDrillQuery(BaseModel):
    """The followers behind a figure, of one value of one dimension or all, page by page."""

    by: By = By.ALL
    key: Key = ""
    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ResultMetricOut(Out):
    """One figure of the dictionary, in words."""

    id: str
    name: str
    english: str
    stage: Phase
    unit: Unit
    formula: str
    notes: str
    has_followers: bool


class ResultFigureOut(Out):
    """A figure's value, None when there was nothing to measure; `part` of `whole` for shares."""

    metric: str
    value: float | None
    part: int | None
    whole: int | None


class ResultPartOut(Out):
    """So many of so many; the share is None of nothing."""

    part: int
    whole: int
    share: float | None


class ResultLiftOut(Out):
    """One effect among those it was sent to and those held out, and the 95% interval of the difference. Not
    `is_enough`: too few to say anything; not `is_clear`: it may be chance.
    """

    effect: EffectKind
    sent: ResultPartOut
    held: ResultPartOut
    value: float | None
    low: float | None
    high: float | None
    is_enough: bool
    is_clear: bool


class ResultVariantOut(Out):
    """One variant of a test; its values by figure."""

    number: int
    scene: str
    title: str
    values: dict[str, float | None]


class ResultContrastOut(Out):
    """One figure of a variant against the first variant's, each as a share of those it was delivered to."""

    metric: str
    number: int
    first: ResultPartOut
    other: ResultPartOut
    value: float | None
    low: float | None
    high: float | None
    is_enough: bool
    is_clear: bool


class ResultReasonOut(Out):
    """How many were left out for one reason."""

    reason: Reason
    followers: int


class ResultIntentOut(Out):
    """What was asked in how many of the chats."""

    intent: str
    label: str
    chats: int


class ResultStepOut(Out):
    """A step of the way from the send to the money."""

    metric: str
    count: int


class ResultDayOut(Out):
    """The values of one day by figure."""

    day: date
    values: dict[str, float | None]


class ResultWeeksOut(Out):
    """The share of a group that did it by the end of each week after the send."""

    name: str
    group: Arm
    effect: EffectKind
    size: int
    shares: list[float | None]


class ResultHeadOut(Out):
    """The campaign itself."""

    id: int
    name: str
    goal: Goal
    metric: CampaignMetric
    state: CampaignState
    started_at: datetime | None
    titles: list[str]


class CampaignResultOut(Out):
    """All that came of one campaign. `gathered_at` is until when effects are counted, `read_until` the last day the
    platform's own figures are of; each None when there are none yet.
    """

    campaign: ResultHeadOut
    metrics: list[ResultMetricOut]
    figures: list[ResultFigureOut]
    reasons: list[ResultReasonOut]
    funnel: list[ResultStepOut]
    lifts: list[ResultLiftOut]
    least_sample: int
    variants: list[ResultVariantOut]
    contrasts: list[ResultContrastOut]
    days: list[ResultDayOut]
    weeks: list[ResultWeeksOut]
    intents: list[ResultIntentOut]
    gathered_at: datetime | None
    read_until: date | None


class ResultRowOut(Out):
    """One campaign of the overview; its values by figure."""

    campaign: ResultHeadOut
    values: dict[str, float | None]


class ResultsOut(Out):
    """All campaigns that began on some days, together and one by one. `is_cut`: there are more than 500, the newest
    are counted.
    """

    metrics: list[ResultMetricOut]
    figures: list[ResultFigureOut]
    funnel: list[ResultStepOut]
    rows: list[ResultRowOut]
    weeks: list[ResultWeeksOut]
    intents: list[ResultIntentOut]
    reasons: list[ResultReasonOut]
    is_cut: bool


class ResultBreakdownRow(Out):
    """One variant, branch, product or day."""

    key: str
    name: str
    values: dict[str, float | None]


class ResultBreakdownOut(Out):
    """The figures of each, by name."""

    metrics: list[str]
    rows: list[ResultBreakdownRow]


class ResultFollowerOut(Out):
    """One follower behind a figure, masked. `conversation_id` is there for whoever may read the chat."""

    follower_id: int
    label: str
    firm_name: str | None
    branch: str | None
    at: datetime
    conversation_id: int | None


class ResultFollowersPage(Out):
    """A page; `next` goes into `after` for the following one."""

    items: list[ResultFollowerOut]
    next: int | None
