"""The product in one process over fakes: what tests of the two Flask apps and of whole turns start from."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import ParamSpec, TypeVar

from bot.bootstrap import TURN_THREADS, Bot, Outside, assemble
from bot.clock import FixedClock
from bot.db import Database
from bot.messages import InboundMessage, MessageKind, Understanding
from bot.ports import Nlu
from config.settings import Settings
from tests.fakes import FakeBank, FakeNlu, FakeQueue, FakeViewers, FakeWaker, FakeWeChat
from tests.fakes_account import FakeAccount

T = TypeVar("T")
P = ParamSpec("P")


class AtOnce(Executor):
    """Runs what it is given before it returns, so that a test finds it done."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 -- as in a pool, it is the future's
            done.set_exception(error)
        return done


@dataclass
class Fakes:
    """The outside of a product under test."""

    clock: FixedClock
    nlu: FakeNlu = field(default_factory=FakeNlu)
    bank: FakeBank = field(default_factory=FakeBank)
    wechat: FakeWeChat = field(default_factory=FakeWeChat)
    queue: FakeQueue = field(default_factory=FakeQueue)
    viewers: FakeViewers = field(default_factory=FakeViewers)
    waker: FakeWaker = field(default_factory=FakeWaker)
    account: FakeAccount = field(init=False)

    def __post_init__(self) -> None:
        self.account = FakeAccount(self.clock)


@dataclass
class UnderTest:
    """A product and its outside."""

    bot: Bot
    fakes: Fakes

    def understands(self, text: str, intent: str, confidence: float = 0.95) -> None:
        """Teach the model one text."""
        self.fakes.nlu.answers[text] = Understanding(intent, confidence, ((intent, confidence),))


def make(settings: Settings, database: Database, clock: FixedClock, nlu: Nlu | None = None) -> UnderTest:
    """A product over fakes and one database; `nlu` is asked in place of the fake model."""
    fakes = Fakes(clock)
    outside = Outside(
        clock=clock,
        nlu=nlu or fakes.nlu,
        bank=fakes.bank,
        wechat=fakes.wechat,
        account=fakes.account.ports,
        queue=fakes.queue,
        viewers=fakes.viewers,
        waker=fakes.waker,
        turning=ThreadPoolExecutor(TURN_THREADS, thread_name_prefix="turn"),
        outgoing=AtOnce(),
    )
    return UnderTest(assemble(settings, database, outside), fakes)


def text_message(
    clock: FixedClock, text: str, *, follower: str = "o-tao", number: int = 1, **more: object
) -> InboundMessage:
    """A text as the guard hands it on."""
    message = InboundMessage(
        MessageKind.TEXT, follower, "gh_0123456789ab", clock.now(), dedupe_key=f"m:{follower}:{number}", text=text
    )
    return replace(message, **more)  # type: ignore[arg-type]


def eventually(look: Callable[[], T], within_s: float = 3.0) -> T:
    """What `look` sees as soon as it is something, for work that runs on the product's own threads."""
    until = time.monotonic() + within_s
    while not (found := look()) and time.monotonic() < until:
        threading.Event().wait(0.01)
    return found
