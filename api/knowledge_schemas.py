"""What the page 知识库 sends and gets; style and rules as in api/schemas.py."""

import math
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.handoff_schemas import ChoiceOut
from api.schemas import In, Out
from bot.compliance.rules import Grade
from bot.knowledge.edition import Kind
from bot.knowledge.model import VersionState

MAX_ID = 2**53
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Short = Annotated[str, Field(min_length=1, max_length=80)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Day = Annotated[date, Field(strict=False)]
# A version's state, or `seed` for what came with the release and was never changed here.
State = Literal["seed", "draft", "submitted", "approved", "sent_back", "retired"]


def storable(body: dict[str, Any]) -> dict[str, Any]:
    """Refuses what not every database can keep: null characters, halves of characters, numbers that are none."""
    waiting: list[Any] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            _check_text(value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("holds a number that is none")
    return body


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds a character that cannot be stored")


class KnowledgeQuery(BaseModel):
    """Which items; `text` finds by words, best first."""

    kind: Kind | None = None
    state: State | None = None
    text: Annotated[str, Field(max_length=100)] = ""
    after: Annotated[int, Field(ge=0, le=100_000)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class KnowledgePath(BaseModel):
    """An item."""

    kind: Kind
    key: Key


class VersionPath(BaseModel):
    """A version's id."""

    id: Id


class SearchQuery(BaseModel):
    """What a rep looks for."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=20)] = 3


class VersionIn(In):
    """The words of a version, and all that is approved with them. `body` has the shape of its kind; what is wrong with
    it stops the submission, not the saving.
    """

    title: Short
    owner: Short
    source: Short
    regions: Annotated[list[Short], Field(max_length=40)] = []
    effective_from: Day
    effective_until: Day | None = None
    body: Annotated[dict[str, Any], AfterValidator(storable)]


class PreviewIn(VersionIn):
    """A version nobody has saved yet."""

    kind: Annotated[Kind, Field(strict=False)]
    key: Key


class ApproveIn(In):
    """The hash of the words that were looked at."""

    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class KnowledgeReasonIn(In):
    """Why."""

    reason: Words


class VersionOut(Out):
    """One version; the files' own has no id, no author and the state `seed`."""

    id: int | None
    number: int
    title: str
    owner: str
    source: str
    regions: list[str]
    body: dict[str, Any]
    effective_from: date | None
    effective_until: date | None
    state: State
    is_live: bool
    author: str | None
    author_name: str | None
    authored_at: datetime | None
    submitted_at: datetime | None
    reviewer: str | None
    reviewer_name: str | None
    reviewed_at: datetime | None
    reason: str | None
    copied_from: int | None
    content_hash: str


class KnowledgeRow(Out):
    """One item of the list, as its newest version has it. `live` is the number that is said now, or null."""

    kind: Kind
    key: str
    title: str
    owner: str
    excerpt: str
    number: int
    state: State
    live: int | None
    regions: list[str]
    effective_from: date | None
    effective_until: date | None
    author_name: str | None
    changed_at: datetime | None


class KnowledgePage(Out):
    """One page; `next` is where the following one begins, or null. `waiting` counts what waits for a reviewer."""

    items: list[KnowledgeRow]
    next: int | None
    total: int
    waiting: int


class KnowledgeActOut(Out):
    """One step of an item."""

    at: datetime
    username: str
    name: str
    act: str
    number: int
    reason: str | None


class KnowledgeItemOut(Out):
    """One item with its versions, newest first, and its history, oldest first."""

    kind: Kind
    key: str
    live: int | None
    versions: list[VersionOut]
    acts: list[KnowledgeActOut]


class FindingOut(Out):
    """One objection of the wording rules; `block` stops the submission, and so does `require` until what is `missing`
    stands there; `warn` is for the second person's eye.
    """

    rule: str
    excerpt: str
    grade: Grade
    missing: list[str]


class FlawOut(Out):
    """What would break: where, why, and the words it is about."""

    place: str
    reason: str
    words: str


class BubbleChoiceOut(ChoiceOut):
    """A tappable line; `url` is the page it opens."""

    url: str | None


class BubbleOut(Out):
    """One message as the follower sees it."""

    text: str
    choices: list[BubbleChoiceOut]


class PreviewOut(Out):
    """The messages, and what stands against them."""

    bubbles: list[BubbleOut]
    flaws: list[FlawOut]
    findings: list[FindingOut]


class HitOut(Out):
    """One approved text a rep may look up. `card` is the id to send it by, where it is a card."""

    kind: Kind
    key: str
    number: int
    title: str
    text: str
    source: str | None
    card: str | None


class HitsPage(Out):
    """Best first."""

    items: list[HitOut]


STATES: dict[VersionState, State] = {
    VersionState.DRAFT: "draft",
    VersionState.SUBMITTED: "submitted",
    VersionState.APPROVED: "approved",
    VersionState.SENT_BACK: "sent_back",
    VersionState.RETIRED: "retired",
}
