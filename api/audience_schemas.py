"""What the page 客群 sends and gets about segments; style and rules as in api/schemas.py."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from api.knowledge_schemas import Id, storable
from api.schemas import In, Out
from bot.audience.fields import FieldKind, Op

# A tree of groups and conditions as bot/audience/rules.py reads it; its flaws are told with their places.
Rule = Annotated[dict[str, Any], AfterValidator(storable)]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Day = Annotated[date, Field(strict=False)]


class SegmentQuery(BaseModel):
    """Segments older than this one; 0 from the newest on."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class SegmentPath(BaseModel):
    """A segment."""

    id: Id


class BecausePath(BaseModel):
    """A follower as a segment's rule sees him."""

    id: Id
    follower_id: Id


class AskedQuery(BaseModel):
    """How many days back."""

    days: Annotated[int, Field(ge=1, le=90)] = 7


class PeopleQuery(BaseModel):
    """Whom to find: firm name or a part of it, phone or its tail, firm id, display name."""

    text: Annotated[str, Field(min_length=1, max_length=60)]


class SegmentIn(In):
    """A segment to keep."""

    name: Name
    rule: Rule
    expires_on: Day | None = None


class SegmentChangeIn(SegmentIn):
    """A change of the version that was looked at."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class RuleIn(In):
    """A rule that is not kept yet."""

    rule: Rule


class FieldChoiceOut(Out):
    """Something that may be chosen; the id of a list or segment is a number in text."""

    id: str
    label: str


class FieldOut(Out):
    """What a rule may ask, and by which comparisons."""

    name: str
    label: str
    group: str
    kind: FieldKind
    unit: str
    ops: list[Op]
    choices: list[FieldChoiceOut]
    is_trait: bool


class FieldsOut(Out):
    """All fields, in the order they are offered."""

    items: list[FieldOut]


class RuleFlawOut(Out):
    """What is wrong with a rule and where: "of.0.of.1", "" for the whole."""

    path: str
    text: str


class LookOut(Out):
    """A rule in words and whom it holds now; neither while it has flaws. `reachable` of them follow and did not opt
    out.
    """

    flaws: list[RuleFlawOut]
    words: str | None
    size: int | None
    reachable: int | None
    is_profiling: bool


class SampledOut(Out):
    """A follower, masked."""

    id: int
    label: str
    firm: str | None
    phone: str | None
    branch: str | None
    industry: str | None
    is_following: bool
    has_opted_out: bool


class SampleOut(Out):
    """Some followers."""

    items: list[SampledOut]


class SegmentOut(Out):
    """A segment. `shipped`: it came with the release and is not edited. `size` and `reachable` are as of
    `counted_at`.
    """

    id: int
    name: str
    shipped: bool
    rule: dict[str, Any]
    words: str | None
    is_profiling: bool
    expires_on: date | None
    has_expired: bool
    version: int
    changed_by: str
    changed_at: datetime
    size: int | None
    reachable: int | None
    counted_at: datetime | None


class SegmentPage(Out):
    """One page; `next` goes into `after`."""

    items: list[SegmentOut]
    next: int | None


class AskedOut(Out):
    """What customers asked lately, and how many of them."""

    intent: str
    label: str
    followers: int


class AskedPage(Out):
    """The most asked first."""

    items: list[AskedOut]


class BecauseOut(Out):
    """One condition as it stands for a follower."""

    path: str
    words: str
    holds: bool
    value: str | None
    source: str
    as_of: datetime | None


class BecausePage(Out):
    """Whether he is in, and each condition of the rule."""

    is_in: bool
    follower: SampledOut
    items: list[BecauseOut]
