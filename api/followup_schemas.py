"""Follow-ups as the console sends and gets them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas import ClientKey, In, Note, Out, Text, Username
from bot.followups.checklists import StepKind
from bot.followups.model import AttemptCode, FollowupKind, FollowupOutcome

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
Phone = Annotated[str, Field(pattern=r"^[0-9-]{7,20}$")]
# JSON has no times, so texts are converted.
When = Annotated[AwareDatetime, Field(strict=False)]


class FollowupOut(Out):
    """A follow-up in a list; phone and firm are masked. `state` is claimed while an open one has an owner."""

    id: int
    label: str
    firm: str | None
    kind: FollowupKind
    segment: str
    segment_name: str
    state: Literal["open", "claimed", "done", "cancelled"]
    priority: int
    skill: str
    owner: str | None
    owner_name: str | None
    reason: str
    phone: str | None
    due_at: datetime
    slot_at: datetime | None
    is_overdue: bool
    is_missed: bool
    tries: int
    kept_on_time: bool | None
    outcome: FollowupOutcome | None
    done_at: datetime | None
    conversation_id: int | None


class FollowupsPage(Out):
    """One page; `next` is the cursor of the following one, or null. `overdue` counts all that are late now."""

    items: list[FollowupOut]
    next: str | None
    overdue: int


class FollowupsQuery(BaseModel):
    """Which follow-ups: mine, the desk's free ones, or all one may see; page by page. `q` is part of a customer's
    name on screens.
    """

    scope: Literal["mine", "desk", "all"] = "all"
    state: Literal["open", "claimed", "done", "cancelled"] = "open"
    segment: Key | None = None
    kind: FollowupKind | None = None
    q: Annotated[str, Field(max_length=32)] = ""
    cursor: Annotated[str | None, Field(max_length=128)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class FollowupIn(In):
    """A follow-up made by hand, for the customer of a chat or of another follow-up."""

    conversation_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    followup_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    kind: Annotated[FollowupKind, Field(strict=False)] = FollowupKind.PROMISED_CALL
    segment: Key | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    due_at: When
    priority: Annotated[int, Field(ge=0, le=2)] = 0


class CustomerBrief(Out):
    """Who is called. Before 本人 is set, name and firm are masked and everything else is null."""

    label: str
    ask_for: str
    contact: str | None
    firm_name: str | None
    industry: str | None
    branch: str | None
    is_proved: bool


class ItemOut(Out):
    """One item of a step; `is_carried` came over from an earlier call."""

    id: str
    label: str
    say: str
    must: bool
    teaches: bool
    is_ticked: bool
    is_carried: bool


class AnswerOut(Out):
    """An answer of a diagnosis; it leads to a question or to the cause."""

    label: str
    next: str


class QuestionOut(Out):
    """A question of a diagnosis."""

    id: str
    text: str
    answers: list[AnswerOut]


class TreeOut(Out):
    """A diagnosis of at most four questions; an answer that leads to none of them ends it."""

    id: str
    first: str
    questions: list[QuestionOut]


class StepOut(Out):
    """One part of the call. `is_shut` until what comes before is done."""

    id: str
    kind: StepKind
    title: str
    say: str
    picks_one: bool
    is_shut: bool
    items: list[ItemOut]
    tree: TreeOut | None


class AttemptOut(Out):
    """A call that was made; the note is null before 本人 is set."""

    id: int
    at: datetime
    username: str
    name: str
    code: AttemptCode
    duration_s: int
    note: str | None


class PastOut(Out):
    """An earlier follow-up of the customer."""

    id: int
    kind: FollowupKind
    segment_name: str
    done_at: datetime | None
    outcome: FollowupOutcome | None
    result: str | None


class DiagnosisOut(Out):
    """What the questions came to."""

    answers: list[str]
    cause: str
    advice: str
    is_urgent: bool


class CallReferralOut(Out):
    """What a referral to a branch begins with: `ask` tells what is known of the call, and the need once 本人 is set;
    `branch` is the firm's own. `number` is that of the one which is open already.
    """

    ask: str
    branch: str | None
    number: str | None


class FollowupSheet(Out):
    """One follow-up with all a call needs. `missing` are the labels without which it cannot be closed; `past` is empty
    before 本人 is set; `suggestions` are times to offer for the next call.
    """

    item: FollowupOut
    customer_id: int
    referral: CallReferralOut
    customer: CustomerBrief
    is_elder: bool
    steps: list[StepOut]
    missing: list[str]
    attempts: list[AttemptOut]
    past: list[PastOut]
    diagnosis: DiagnosisOut | None
    suggestions: list[datetime]
    talked_s: int


class AttemptIn(In):
    """What a call came to. 改号 (number_changed) needs `phone`, 改约 (put_off) needs `due_at`."""

    client_key: ClientKey
    code: Annotated[AttemptCode, Field(strict=False)]
    duration_s: Annotated[int, Field(ge=0, le=86400)] = 0
    note: Note = ""
    phone: Phone | None = None
    due_at: When | None = None


class TickIn(In):
    """An item was said or done, or not after all."""

    item: Key
    is_ticked: bool = True


class ElderIn(In):
    """Whether to speak in short plain sentences."""

    is_elder: bool


class AnswersIn(In):
    """The answers to a tree's questions, in order, by their labels."""

    tree: Key
    answers: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=6)]


class NextCallIn(In):
    """When to call again, and why."""

    at: When
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class FollowupDoneIn(In):
    """What came of it; `next` promises another call."""

    result: Text
    outcome: Annotated[Literal["solved", "told", "declined", "unsolved"], Field()] | None = None
    next: NextCallIn | None = None


class ReassignIn(In):
    """To whom; null gives it back to the desk."""

    to: Username | None = None
