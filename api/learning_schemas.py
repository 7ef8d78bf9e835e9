"""What the page 待学习 sends and gets, and the desk's word on a turn; style and rules as in api/schemas.py."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas import In, Out
from bot.learning.model import Followed, LessonState, Verdict

MAX_ID = 2**53
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Intent = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Utterance = Annotated[str, Field(min_length=1, max_length=1000)]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class GuessOut(Out):
    """An intent with its Chinese label; `share` is the model's confidence, where one message is meant."""

    intent: str
    label: str
    share: float | None = None


class TallyOut(Out):
    """How often an intent was guessed."""

    intent: str
    label: str
    count: int


class FollowedOut(Out):
    """How often something followed; `intent` is what was picked or corrected to."""

    followed: Followed
    intent: str | None
    label: str | None
    count: int


class GroupTextOut(Out):
    """One text of a group, masked; `parse_id` is its newest parse, `guesses` that parse's first three."""

    parse_id: int
    text: str
    count: int
    guesses: list[GuessOut]
    verdict: Verdict
    model: str | None


class GroupOut(Out):
    """Texts that say nearly the same and were not understood, in the last 30 days. `suggestion` is the intent most
    often picked or corrected to.
    """

    texts: list[GroupTextOut]
    more_texts: int
    count: int
    customers: int
    last_at: datetime
    guesses: list[TallyOut]
    followed: list[FollowedOut]
    suggestion: str | None


class GroupsPage(Out):
    """Groups, weightiest first; `is_cut` says that there is more than is shown."""

    items: list[GroupOut]
    is_cut: bool


class ModelFiguresOut(Out):
    """One version of the model in some days (definitions in docs/glossary.md)."""

    days: int
    model: str | None
    by: str
    parses: int
    answered: int
    asked_back: int
    human: int
    misread: int


class FiguresPage(Out):
    """The model's figures, and how many lessons stand in each state."""

    items: list[ModelFiguresOut]
    lessons: dict[LessonState, int]


class IntentOut(Out):
    """An intent as people pick it."""

    intent: str
    label: str


class IntentsPage(Out):
    """All intents."""

    items: list[IntentOut]


class UtteranceIn(In):
    """One text decided about, as it is to be learned."""

    parse_id: Id
    text: Utterance


class DecideIn(In):
    """What texts teach: an intent (`teach`), that an answer is missing (`answer`), or nothing (`ignore`)."""

    decision: Literal["teach", "answer", "ignore"]
    intent: Intent | None = None
    utterances: Annotated[list[UtteranceIn], Field(min_length=1, max_length=20)]


class LessonOut(Out):
    """One text and what was decided about it. `original` is what the customer wrote, masked, while that is kept."""

    id: int
    text: str
    original: str | None
    guesses: list[GuessOut]
    intent: str | None
    label: str | None
    state: LessonState
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    reviewed_by: str | None
    reviewed_by_name: str | None
    reviewed_at: datetime | None
    reason: str | None


class LessonsPage(Out):
    """One page, newest first; `next` is the id to go on before, or null."""

    items: list[LessonOut]
    next: int | None


class LessonsQuery(BaseModel):
    """Which lessons."""

    state: LessonState
    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class LearningPath(BaseModel):
    """A lesson's or a parse's id."""

    id: Id


class ProposeAgainIn(In):
    """A lesson improved after it was sent back."""

    intent: Intent
    text: Utterance


class SendBackIn(In):
    """Why a lesson is not right yet."""

    reason: Words


class AnsweredIn(In):
    """What became of a wanted answer."""

    result: Words


class CorrectIn(In):
    """What the customer really wanted."""

    intent: Intent


class ActOut(Out):
    """One step of a lesson."""

    at: datetime
    username: str
    act: str
    intent: str | None
    reason: str | None


class ActsPage(Out):
    """A lesson's history, oldest first."""

    items: list[ActOut]
