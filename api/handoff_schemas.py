"""A conversation on the desk: its row, its card, its lines, and what a rep does with it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas import ClientKey, In, Note, Out, Username
from bot.customers.rules import Purpose
from bot.handoff.model import Outcome, Owner
from bot.learning.model import Followed, Verdict
from bot.rescue.model import Why
from bot.transcripts.model import Speaker


class AllowanceOut(Out):
    """How many messages may still go to this follower, how many of them a rep may send without a thought, and when the
    window shuts.
    """

    left: int
    free: int
    closes_at: datetime | None


class HandoffItem(Out):
    """One row of a list. By `reply_due_at` its rep has to say his first word; None once he has.

    `last_text` and `last_word_at` are the newest word of a person, `unanswered` counts the customer's lines since the
    rep's last one, `unread` those that came since the signed-in person last looked. `rank` orders those who wait: the
    smaller is served sooner. `serve_by` is there on a desk that serves by the end of the message window: the last hours
    before it make the rank smaller (bot/handoff/rules.py).
    """

    id: int
    owner: Owner
    version: int
    label: str
    skill: str | None
    skill_name: str | None
    reason: str | None
    priority: int
    rep: str | None
    rep_name: str | None
    queued_at: datetime | None
    offered_at: datetime | None
    offer_expires_at: datetime | None
    accepted_at: datetime | None
    reply_due_at: datetime | None
    wrap_up_until: datetime | None
    closed_at: datetime | None
    last_customer_at: datetime | None
    last_rep_at: datetime | None
    last_text: str
    last_word_at: datetime
    unanswered: int
    unread: int
    rank: float
    serve_by: datetime | None
    allowance: AllowanceOut
    outcome: Outcome | None


class ChoiceOut(Out):
    """A tappable line under a message."""

    id: str
    text: str


class ReadingOut(Out):
    """What the bot took a customer's line for; `right` is what it was, once somebody told."""

    parse_id: int
    intent: str
    label: str
    confidence: float
    verdict: Verdict
    followed: Followed | None
    right: str | None
    right_label: str | None


class LineOut(Out):
    """One bubble. `delivery` and `delivery_reason` tell what became of a message out, `reading` what the bot took a
    customer's line for. Until `held_until` it waits for more words to leave with.
    """

    id: int
    speaker: Speaker
    rep: str | None
    kind: str
    text: str
    choices: list[ChoiceOut]
    detail: dict[str, Any]
    at: datetime
    client_key: str | None
    delivery: str | None
    delivery_reason: str | None
    held_until: datetime | None
    reading: ReadingOut | None


class ProductHint(Out):
    """Whether a product suits this customer, and why."""

    id: str
    name: str
    verdict: Literal["fits", "maybe", "no"]
    reason: str


class Card(Out):
    """What a rep must know before the first word. `slots` are label and value, ready to show."""

    summary: list[str]
    slots: list[tuple[str, str]]
    tried: list[str]
    reason: str
    intent: str | None
    confidence: float | None
    products: list[ProductHint]
    guide: str | None
    transfer: dict[str, str | None] | None
    returned: dict[str, str | None] | None


class ConsentOut(Out):
    """A customer's present word on one purpose: a yes or a no, and since when."""

    purpose: Purpose
    granted: bool
    at: datetime


class CustomerOut(Out):
    """The customer, with personal data masked. `consents` holds the purposes he spoke about."""

    id: int
    label: str
    identity_level: int
    firm_name: str | None
    contact: str | None
    phone: str | None
    industry: str | None
    branch: str | None
    source: str | None
    is_following: bool
    first_seen_at: datetime
    past_contacts: int
    consents: list[ConsentOut]


class WindowOut(Out):
    """What a rep must know of the message window beside its figures: why it should not end like this and when it does
    (while something can be done), whether the customer was invited to write, the call he is promised, and why he will
    not be asked for a rating.
    """

    why: Why | None
    ends_at: datetime | None
    is_invited: bool
    promised_at: datetime | None
    rating_held: str | None


class PushedOut(Out):
    """The article that led the customer here. Not `is_proven`: it was sent to him shortly before, no more is known."""

    campaign_id: int
    title: str
    is_proven: bool


class HandoffOut(Out):
    """One conversation with all a rep needs."""

    window: WindowOut
    item: HandoffItem
    card: Card
    pushed: PushedOut | None
    customer: CustomerOut
    lines: list[LineOut]
    has_earlier: bool
    outcome_note: str | None


class LinesPage(Out):
    """Earlier bubbles, oldest first."""

    lines: list[LineOut]
    has_earlier: bool


class LinesQuery(BaseModel):
    """Bubbles before one id, newest page first."""

    before: Annotated[int, Field(ge=1, le=2**53)]


class HandoffPath(BaseModel):
    """A conversation's id."""

    id: Annotated[int, Field(ge=1, le=2**53)]


class DeclineIn(In):
    """Why an offer is turned down."""

    reason: Literal["busy", "not_my_field", "leaving", "other"] = "other"


class TransferIn(In):
    """To which desk or colleague, and what he should know."""

    skill: Annotated[str, Field(max_length=32)] | None = None
    rep: Username | None = None
    note: Note = ""


class CloseIn(In):
    """How the matter ended."""

    outcome: Annotated[Outcome, Field(strict=False)]
    note: Note = ""


class ReplyIn(In):
    """A rep's message. `client_key` is the console's own id: a repeat of the same key is the same message.

    `card` sends an approved product card ("product:jingying_kuaidai") or starts a step guide ("guide:loan_apply")
    instead of own words. `is_confirmed` sends own words though something is missing in them (wording_unconfirmed),
    `is_last_confirmed` sends the last message there is (last_message).
    """

    client_key: ClientKey
    text: Annotated[str, Field(max_length=1000)] = ""
    card: Annotated[str, Field(max_length=64)] | None = None
    is_confirmed: bool = False
    is_last_confirmed: bool = False


class CannedOut(Out):
    """Something a rep may insert with `/`: own words to edit (text), or an approved card sent as it is (card)."""

    id: str
    title: str
    text: str
    kind: Literal["text", "product", "guide"]
    keywords: list[str]


class CannedPage(Out):
    """All canned replies and approved cards."""

    items: list[CannedOut]


class MattersQuery(BaseModel):
    """How far back."""

    days: Annotated[int, Field(ge=1, le=90)] = 7


class MatterOut(Out):
    """How matters of one intent ended, each in the latest word of its customer."""

    intent: str
    label: str
    solved: int
    unsolved: int
    human: int


class MattersPage(Out):
    """By intent, most frequent first."""

    items: list[MatterOut]


class CountersOut(Out):
    """The desk at a glance: counts now, and today's figures (definitions in docs/glossary.md). Amount in fen."""

    waiting: int
    longest_wait_s: int
    active: int
    reps_ready: int
    accepted_today: int
    answered_in_20s_today: int
    closed_today: int
    drawdown_firms: int
    drawdown_fen: int
