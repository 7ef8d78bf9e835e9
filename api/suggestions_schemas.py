"""What a rep is offered to say: suggestions, looked-up knowledge, steps of a guide, objections to his words."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.knowledge_schemas import FindingOut
from api.schemas import ClientKey, In, Out
from bot.knowledge.edition import Kind
from bot.suggesting.model import SuggestedBy, SuggestionUse
from bot.suggesting.rules import Ground, Risk

Id = Annotated[int, Field(ge=1, le=2**53)]


class SuggestionOut(Out):
    """One approved answer that fits. `source` and `version` name the content; `card` is the id to send it by where it
    goes out as a card; `about` tells more of the why.
    """

    source: str
    kind: Kind
    version: int
    title: str
    text: str
    card: str | None
    why: Ground
    about: str


class SuggestionsOut(Out):
    """The best three for the customer's line. `by` keywords: the model is away; `risk` bounds what is suggested."""

    line_id: int | None
    by: SuggestedBy
    risk: Risk | None
    items: list[SuggestionOut]


class SuggestionUseIn(In):
    """What became of one suggestion; `place` is where it stood, from 1."""

    line_id: Id
    source: Annotated[str, Field(pattern=r"^[a-z]{1,16}\.[a-z0-9_.-]{1,80}$")]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    place: Annotated[int, Field(ge=1, le=3)]
    by: Annotated[SuggestedBy, Field(strict=False)]
    use: Annotated[SuggestionUse, Field(strict=False)]


class LookUpQuery(BaseModel):
    """Words, a kind, or both; a kind alone lists all of it."""

    text: Annotated[str, Field(max_length=100)] = ""
    kind: Kind | None = None


class ProductFiguresOut(Out):
    """A product's figures as they may be told: the annual rate (simple interest), how much, how long."""

    rate: str
    amount: str
    term: str
    is_sample: bool


class FitOut(Out):
    """Whether a product suits this customer, and why."""

    verdict: Literal["fits", "maybe", "no"]
    reason: str


class LookedUpOut(Out):
    """One approved text for this customer's region and day. `is_ready`: it can be said as it stands. `withheld`: it
    must not be offered in this chat.
    """

    kind: Kind
    key: str
    version: int
    title: str
    text: str
    is_ready: bool
    card: str | None
    origin: str | None
    until: date | None
    regions: list[str]
    figures: ProductFiguresOut | None
    fit: FitOut | None
    withheld: Risk | None


class LookedUpPage(Out):
    """Best first."""

    items: list[LookedUpOut]


class FaultOut(Out):
    """What goes wrong at a step and what to do."""

    words: list[str]
    answer: str


class GuideStepOut(Out):
    """One step; `stuck` is said to whoever is stuck at it."""

    number: int
    text: str
    stuck: str
    faults: list[FaultOut]
    has_picture: bool


class GuideOut(Out):
    """A guide with all its steps. `at` is the step the customer is at, None when he is not led through it."""

    id: str
    version: int
    title: str
    at: int | None
    is_stuck: bool
    steps: list[GuideStepOut]


class GuidesOut(Out):
    """The guide the customer is led through, and those that could be started."""

    current: GuideOut | None
    others: list[tuple[str, str]]


class GuideStepIn(In):
    """From which step the customer is to go on. `is_last_confirmed` sends the last message there is (last_message)."""

    client_key: ClientKey
    guide: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    step: Annotated[int, Field(ge=1, le=99)]
    is_last_confirmed: bool = False


class WordingIn(In):
    """Words a rep is writing."""

    text: Annotated[str, Field(max_length=1000)]


class WordingOut(Out):
    """What stands against them; nothing is kept."""

    findings: list[FindingOut]
