"""The outside world as the product sees it. One adapter per port in bot/adapters/, one fake per port in tests/fakes.py;
both pass the same contract tests (tests/contract/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core_bank import (
    Application,
    BankAccount,
    Certificate,
    CreditLimit,
    Fee,
    Loan,
    Operator,
    Profile,
)
from bot.messages import Article, InboundMessage, Reply, Understanding


class Nlu(Protocol):
    """The trained model."""

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        """Intent, ranking and entities of one text. Raises NluUnavailable; a repeat is safe."""
        ...


@dataclass(frozen=True)
class Firm:
    """A business customer as the core bank knows it."""

    firm_id: str
    name: str
    contact: str
    industry: str | None
    branch: str | None
    opened_on: date | None
    dedicated_rep: str | None


@dataclass(frozen=True)
class Points:
    """A firm's points account. `expiring` is soonest first, (points, day they lapse)."""

    balance: int
    expiring: tuple[tuple[int, date], ...]


# What one question to the core bank may take, unless the caller has less time left.
BANK_TIMEOUT_S = 1.5


class CoreBank(Protocol):
    """What the bank's core systems say about a bound firm. Nothing of it may be kept beyond the turn: it changes.

    Every call raises BankUnavailable: too late, away, or an answer that cannot be; a repeat is safe. Those about a firm
    raise NotFound when the bank does not know it.
    """

    def find_firm(self, openid: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Firm | None:
        """The firm this follower is bound to, or None."""
        ...

    def get_profile(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Profile:
        """The firm's papers, annual check and sign-up for the online bank."""
        ...

    def get_bank_accounts(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[BankAccount]:
        """The settlement accounts, the basic one first."""
        ...

    def get_points(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Points:
        """Points balance and what lapses soon."""
        ...

    def get_limits(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[CreditLimit]:
        """What may be drawn, as the bank orders it."""
        ...

    def get_applications(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Application]:
        """Applications, newest first."""
        ...

    def get_loans(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Loan]:
        """Loans paid out, as the bank orders them."""
        ...

    def get_certificates(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Certificate]:
        """The certificates of the firm's signing devices."""
        ...

    def get_operators(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Operator]:
        """Who may act for the firm in the online bank."""
        ...

    def get_fees(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Fee]:
        """What was charged lately, newest first."""
        ...


@dataclass(frozen=True)
class FollowerProfile:
    """What user/info tells since 2021: no nickname, no picture."""

    openid: str
    is_following: bool
    followed_at: datetime | None
    scene: str | None
    remark: str | None


class WeChat(Protocol):
    """The platform's server API.

    Every call raises WechatBusy (surely not executed), OutcomeUnknown (timed out after sending), SendRefused (with
    `reason` = errcode as text, or one of window_closed, allowance_spent, not_following) or PlatformMisconfigured.
    """

    def send(self, openid: str, reply: Reply) -> None:
        """Send one customer-service message. Not safe to repeat: the platform has no idempotency key for it."""
        ...

    def send_image(self, openid: str, media_id: str) -> None:
        """Send an uploaded picture. Not safe to repeat."""
        ...

    def send_article(self, openid: str, article: Article) -> None:
        """Send one article card that leads to a page of ours. Not safe to repeat."""
        ...

    def show_typing(self, openid: str) -> None:
        """Show "对方正在输入" for 15 s. Needs a message of the follower in the last 30 s."""
        ...

    def get_profile(self, openid: str) -> FollowerProfile:
        """Subscription state and scene of a follower."""
        ...

    def upload_image(self, name: str, content: bytes) -> str:
        """Upload a temporary picture; its media id, good for three days."""
        ...

    def download_media(self, media_id: str) -> bytes:
        """The bytes of something a follower sent in the last three days."""
        ...

    def create_menu(self, buttons: Sequence[Mapping[str, object]]) -> None:
        """Replace the account's menu."""
        ...

    def create_qr(self, scene: str, expire_s: int) -> str:
        """A temporary QR code that carries a scene; the address of its picture."""
        ...

    def qr_picture(self, scene: str, expire_s: int) -> bytes:
        """A temporary QR code that carries a scene: the picture itself, PNG or JPEG."""
        ...


class PassiveAnswers(Protocol):
    """Turns a reply into the body the platform takes as the answer to its push."""

    def split(self, reply: Reply) -> Sequence[Reply]:
        """The reply in parts that each fit one passive answer; usually one."""
        ...

    def body(self, message: InboundMessage, reply: Reply, push_mode: str, at: datetime) -> str:
        """The answer's XML, encrypted when the push was."""
        ...


@dataclass(frozen=True)
class Offer:
    """A waiting conversation held for one rep until a deadline."""

    conversation_id: int
    rep: str
    offer_id: int
    expires_at: datetime


class HandoffQueue(Protocol):
    """Order, offers and presence, in Redis. The database is the truth: every key can be lost and rebuilt.

    Every call raises QueueUnavailable.
    """

    def enqueue(self, conversation_id: int, skill: str, rank: float) -> None:
        """Put a conversation into its line, and nowhere else; a smaller rank is served first. Safe to repeat."""
        ...

    def waiting(self, skill: str, limit: int) -> list[int]:
        """The first conversations of a line, in order."""
        ...

    def hold(self, offer: Offer, skill: str) -> bool:
        """Take a conversation out of its line for one rep; False if it is not waiting."""
        ...

    def release(self, conversation_id: int) -> None:
        """Forget a conversation: from every line and every offer. Safe to repeat."""
        ...

    def beat(self, rep: str) -> None:
        """The rep's screen is alive."""
        ...

    def leave(self, rep: str) -> None:
        """The rep's screen is gone."""
        ...

    def silences(self) -> dict[str, float]:
        """Seconds since each known rep's screen was last alive, by the queue's own clock."""
        ...

    def tick(self) -> float:
        """The desk's timer ran; seconds since it last did, by the queue's own clock, 0.0 the first time."""
        ...

    def needs_rebuild(self) -> bool:
        """True when the keys are not of the present epoch (flushed, failed over, first start)."""
        ...

    def rebuild(self, waiting: Sequence[tuple[int, str, float]], offers: Sequence[Offer], reps: Sequence[str]) -> None:
        """Replace every key by what the database says: (conversation, skill, rank), open offers, and reps to count as
        alive.
        """
        ...


@dataclass(frozen=True)
class Viewing:
    """Which conversation a colleague has open, and whether he is writing in it."""

    conversation_id: int
    is_typing: bool


class Viewers(Protocol):
    """Who has which conversation open, for a short time after he last said so. Losing it costs only a hint.

    Every call raises QueueUnavailable.
    """

    def look(self, rep: str, viewing: Viewing | None) -> Viewing | None:
        """Note what a colleague has open now, None for nothing; what he had open before. Safe to repeat."""
        ...

    def now(self) -> dict[str, Viewing]:
        """What everybody has open."""
        ...


class Waker(Protocol):
    """A bell between processes: rings are hints, losing one costs only the next sweep's delay. Never raises."""

    def ring(self, name: str) -> None:
        """Tell everybody waiting for `name` that there is something new."""
        ...

    def wait(self, name: str, timeout_s: float) -> None:
        """Return when `name` was rung or the time is over."""
        ...
