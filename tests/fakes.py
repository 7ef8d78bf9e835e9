"""One fake per port; each passes the same contract tests as its adapter (tests/contract/)."""

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from bot.core_bank import Application, BankAccount, Certificate, CreditLimit, Fee, Loan, Operator, Profile
from bot.errors import BankUnavailable, BotError, NluUnavailable, NotFound, QueueUnavailable, SendRefused
from bot.knowledge.content import Content
from bot.messages import Article, InboundMessage, Reply, Understanding
from bot.ports import BANK_TIMEOUT_S, Firm, FollowerProfile, Offer, Points, Viewing
from tests.unit.pictures.images import png

Told = TypeVar("Told")
TEXT_BYTES = 2048  # what the platform takes in one text, lines to tap included


class FakeNlu:
    """Answers from a table; `is_down` makes it fail."""

    def __init__(self, answers: Mapping[str, Understanding] | None = None) -> None:
        self.answers = dict(answers or {})
        self.is_down = False
        self.asked: list[str] = []

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        self.asked.append(text)
        if self.is_down:
            raise NluUnavailable
        unknown = Understanding("out_of_scope", 0.1, (("out_of_scope", 0.1),))
        return self.answers.get(text, unknown)


class FakeBank:
    """Firms by openid; everything else by firm id. `asked` is what was asked with the time it was given."""

    def __init__(self) -> None:
        self.firms: dict[str, Firm] = {}
        self.profiles: dict[str, Profile] = {}
        self.accounts: dict[str, Sequence[BankAccount]] = {}
        self.points: dict[str, Points] = {}
        self.limits: dict[str, Sequence[CreditLimit]] = {}
        self.applications: dict[str, Sequence[Application]] = {}
        self.loans: dict[str, Sequence[Loan]] = {}
        self.certificates: dict[str, Sequence[Certificate]] = {}
        self.operators: dict[str, Sequence[Operator]] = {}
        self.fees: dict[str, Sequence[Fee]] = {}
        self.is_down = False
        self.asked: list[tuple[str, float]] = []

    def find_firm(self, openid: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Firm | None:
        self._note("firm", timeout_s)
        return self.firms.get(openid)

    def get_profile(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Profile:
        return self._found("profile", self.profiles, firm_id, timeout_s)

    def get_bank_accounts(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[BankAccount]:
        return self._found("accounts", self.accounts, firm_id, timeout_s)

    def get_points(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Points:
        return self._found("points", self.points, firm_id, timeout_s)

    def get_limits(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[CreditLimit]:
        return self._found("limits", self.limits, firm_id, timeout_s)

    def get_applications(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Application]:
        return self._found("applications", self.applications, firm_id, timeout_s)

    def get_loans(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Loan]:
        return self._found("loans", self.loans, firm_id, timeout_s)

    def get_certificates(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Certificate]:
        return self._found("certificates", self.certificates, firm_id, timeout_s)

    def get_operators(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Operator]:
        return self._found("operators", self.operators, firm_id, timeout_s)

    def get_fees(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Fee]:
        return self._found("fees", self.fees, firm_id, timeout_s)

    def _found(self, name: str, held: Mapping[str, Told], firm_id: str, timeout_s: float) -> Told:
        self._note(name, timeout_s)
        if firm_id not in held:
            raise NotFound
        return held[firm_id]

    def _note(self, name: str, timeout_s: float) -> None:
        self.asked.append((name, timeout_s))
        if self.is_down:
            raise BankUnavailable


class FakeWeChat:
    """Records what was sent; `failures` are raised first, one per call."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Reply]] = []
        self.images: list[tuple[str, str]] = []
        self.articles: list[tuple[str, Article]] = []
        self.typing: list[str] = []
        self.failures: list[BotError] = []
        self.media: dict[str, bytes] = {}
        self.codes: list[tuple[str, int]] = []

    def send(self, openid: str, reply: Reply) -> None:
        self._fail()
        if sum(len(text.encode()) for text in (reply.text, *(choice.text for choice in reply.choices))) > TEXT_BYTES:
            raise SendRefused(reason="too_long")
        self.sent.append((openid, reply))

    def send_image(self, openid: str, media_id: str) -> None:
        self._fail()
        self._check_media(media_id)
        self.images.append((openid, media_id))

    def send_article(self, openid: str, article: Article) -> None:
        self._fail()
        self.articles.append((openid, article))

    def show_typing(self, openid: str) -> None:
        self._fail()
        self.typing.append(openid)

    def get_profile(self, openid: str) -> FollowerProfile:
        return FollowerProfile(openid, True, None, None, None)

    def upload_image(self, name: str, content: bytes) -> str:
        media_id = f"media-{len(self.media)}"
        self.media[media_id] = content
        return media_id

    def download_media(self, media_id: str) -> bytes:
        self._check_media(media_id)
        return self.media[media_id]

    def create_menu(self, buttons: Sequence[Mapping[str, object]]) -> None:
        self._fail()

    def create_qr(self, scene: str, expire_s: int) -> str:
        return f"https://example.invalid/qr/{scene}"

    def qr_picture(self, scene: str, expire_s: int) -> bytes:
        self._fail()
        self.codes.append((scene, expire_s))
        return png(scene.encode())

    def _check_media(self, media_id: str) -> None:
        if media_id not in self.media:
            raise SendRefused(reason="40007")

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


class FakeQueue:
    """ports.HandoffQueue in memory."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[int, float]] = {}
        self.offers: dict[int, str] = {}
        self.silent: dict[str, float] = {}
        self.is_down = False
        self.is_lost = False
        self.since_tick_s = 0.0

    def enqueue(self, conversation_id: int, skill: str, rank: float) -> None:
        self._check()
        self.offers.pop(conversation_id, None)
        for line in self.lines.values():
            line.pop(conversation_id, None)
        self.lines.setdefault(skill, {})[conversation_id] = rank

    def waiting(self, skill: str, limit: int) -> list[int]:
        self._check()
        line = self.lines.get(skill, {})
        return sorted(line, key=lambda member: (line[member], str(member)))[:limit]

    def hold(self, offer: Offer, skill: str) -> bool:
        self._check()
        line = self.lines.get(skill, {})
        if offer.conversation_id not in line:
            return False
        del line[offer.conversation_id]
        self.offers[offer.conversation_id] = offer.rep
        return True

    def release(self, conversation_id: int) -> None:
        self._check()
        for line in self.lines.values():
            line.pop(conversation_id, None)
        self.offers.pop(conversation_id, None)

    def beat(self, rep: str) -> None:
        self._check()
        self.silent[rep] = 0.0

    def leave(self, rep: str) -> None:
        self._check()
        self.silent.pop(rep, None)

    def silences(self) -> dict[str, float]:
        self._check()
        return dict(self.silent)

    def tick(self) -> float:
        self._check()
        return self.since_tick_s

    def needs_rebuild(self) -> bool:
        self._check()
        return self.is_lost

    def lose(self) -> None:
        """Forget everything, as a flushed Redis does."""
        self.lines, self.offers, self.silent, self.is_lost = {}, {}, {}, True

    def rebuild(self, waiting: Sequence[tuple[int, str, float]], offers: Sequence[Offer], reps: Sequence[str]) -> None:
        self._check()
        self.lines, self.offers, self.is_lost = {}, {offer.conversation_id: offer.rep for offer in offers}, False
        for conversation_id, skill, rank in waiting:
            self.lines.setdefault(skill, {})[conversation_id] = rank
        self.silent = dict.fromkeys(reps, 0.0)

    def _check(self) -> None:
        if self.is_down:
            raise QueueUnavailable


class FakeViewers:
    """ports.Viewers in memory, without an end to what was said."""

    def __init__(self) -> None:
        self.open: dict[str, Viewing] = {}
        self.is_down = False

    def look(self, rep: str, viewing: Viewing | None) -> Viewing | None:
        self._check()
        before = self.open.pop(rep, None)
        if viewing is not None:
            self.open[rep] = viewing
        return before

    def now(self) -> dict[str, Viewing]:
        self._check()
        return dict(self.open)

    def _check(self) -> None:
        if self.is_down:
            raise QueueUnavailable


class FakeWaker:
    """The bell inside one process; keeps what was rung."""

    def __init__(self) -> None:
        self.rings: list[str] = []
        self._rung = threading.Event()

    def ring(self, name: str) -> None:
        self.rings.append(name)
        self._rung.set()

    def wait(self, name: str, timeout_s: float) -> None:
        self._rung.wait(timeout_s)
        self._rung.clear()


class PlainAnswers:
    """Passive answers as bare text, so that tests read what the follower reads."""

    def split(self, reply: Reply) -> Sequence[Reply]:
        return [reply]

    def body(self, message: InboundMessage, reply: Reply, push_mode: str, at: object) -> str:
        return "\n".join([reply.text, *(f"[{choice.id}] {choice.text}" for choice in reply.choices)])


class FixedContents:
    """One content, whatever the hour and the branch."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def for_branch(self, now: datetime, branch: str | None) -> Content:
        return self.content

    def everywhere(self, now: datetime) -> Content:
        return self.content
