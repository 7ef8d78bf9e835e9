"""Two stages for the WeChat port: the fake, and the real client on the simulator. Both are asked the same questions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import pytest

from bot.adapters.wechat_calls import PlatformCalls
from bot.adapters.wechat_client import WechatpyClient
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Choice, Reply
from bot.ports import WeChat
from config.settings import Settings
from simulator.allowance import Trigger
from simulator.app import create_app
from simulator.faults import ApiFault
from simulator.settings import SimSettings
from simulator.world import World
from tests.fakes import FakeWeChat
from tests.on_a_port import on_a_port

OPENID = "oTestFollower00000000000001A"
SEND = "/cgi-bin/message/custom/send"


class Stage(Protocol):
    wechat: WeChat

    def texts(self) -> list[Reply]:
        """What the follower has been shown so far, without sources."""
        ...

    def pictures(self) -> int: ...

    def articles(self) -> list[tuple[str, str]]:
        """Title and address of each article card shown."""
        ...

    def is_typing(self) -> bool: ...

    def make_next_send_fail(self, error: BotError) -> None:
        """Bring about, in the stage's own way, what the port reports with this error."""
        ...


class FakeStage:
    def __init__(self) -> None:
        self.fake = FakeWeChat()
        self.wechat: WeChat = self.fake

    def texts(self) -> list[Reply]:
        return [replace(reply, source=None) for openid, reply in self.fake.sent if openid == OPENID]

    def pictures(self) -> int:
        return sum(openid == OPENID for openid, _ in self.fake.images)

    def articles(self) -> list[tuple[str, str]]:
        return [(article.title, article.url) for openid, article in self.fake.articles if openid == OPENID]

    def is_typing(self) -> bool:
        return OPENID in self.fake.typing

    def make_next_send_fail(self, error: BotError) -> None:
        self.fake.failures.append(error)


class SimulatorStage:
    def __init__(self, world: World, wechat: WeChat) -> None:
        self.world = world
        self.wechat = wechat
        self.follower = world.add_follower(OPENID, "陶先生")
        self.follower.follow(world.clock.now_s(), "desk7")
        self.follower.act(Trigger.MESSAGE, world.clock.now_s())

    def texts(self) -> list[Reply]:
        return [_reply(entry) for entry in self.follower.transcript if entry["type"] in ("text", "msgmenu")]

    def pictures(self) -> int:
        return sum(entry["type"] == "image" for entry in self.follower.transcript)

    def articles(self) -> list[tuple[str, str]]:
        shown = [entry for entry in self.follower.transcript if entry["type"] == "news"]
        cards: list[dict[str, str]] = [card for entry in shown for card in list(entry["articles"])]  # type: ignore[call-overload]
        return [(card["title"], card["url"]) for card in cards]

    def is_typing(self) -> bool:
        return self.follower.typing_until_s > self.world.clock.now_s()

    def make_next_send_fail(self, error: BotError) -> None:
        makers: dict[type[BotError], Callable[[], None]] = {
            WechatBusy: lambda: self._fault(errcode=-1),
            OutcomeUnknown: lambda: self._fault(truncate=True),
            PlatformMisconfigured: lambda: self._fault(errcode=48001),
            SendRefused: lambda: self._shut(error.fields["reason"]),
        }
        makers[type(error)]()

    def _fault(self, **fault: Any) -> None:
        self.world.faults.api[SEND] = ApiFault(times=1, **fault)

    def _shut(self, reason: str) -> None:
        if reason == "allowance_spent":
            while any(bucket["left"] for bucket in self.follower.allowance.as_json(self.world.clock.now_s())):
                self.follower.allowance.take(self.world.clock.now_s())
        else:
            self.follower.leave()


@pytest.fixture(params=["fake", "simulator"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return FakeStage()
    found: Stage = request.getfixturevalue("simulator_stage")
    return found


@pytest.fixture
def simulator_stage(settings: Settings, database: Database, clock: FixedClock) -> Iterator[SimulatorStage]:
    app = create_app(SimSettings())
    with on_a_port(app) as url:
        yield SimulatorStage(
            app.extensions["world"],
            WechatpyClient(PlatformCalls(replace(settings, wechat_api_base=url), database, clock)),
        )


def _reply(entry: dict[str, Any]) -> Reply:
    is_ai = entry.get("ai", False)
    if entry["type"] == "text":
        return Reply(entry["text"], is_ai=is_ai)
    choices = tuple(Choice(line["id"], line["content"]) for line in entry["list"])
    return Reply(entry["head"], choices, is_ai=is_ai)
