"""Two stages for the account's ports: the fake, and the adapters on the simulator. Both are asked the same questions."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from bot.account_ports import Account
from bot.clock import FixedClock, local_day
from bot.errors import BotError, OutcomeUnknown
from simulator.clock import BEIJING
from simulator.faults import ApiFault
from simulator.mass.running import finish
from simulator.world import World
from tests.fakes_account import FakeAccount

PATHS = {
    "drafts.add": "/cgi-bin/draft/add",
    "drafts.recent": "/cgi-bin/draft/batchget",
    "material.add_image": "/cgi-bin/material/add_material",
    "publishing.submit": "/cgi-bin/freepublish/submit",
    "mass.send_to_list": "/cgi-bin/message/mass/send",
    "mass.send_to_tag": "/cgi-bin/message/mass/sendall",
    "notices.send_template": "/cgi-bin/message/template/send",
    "notices.send_subscribed": "/cgi-bin/message/subscribe/bizsend",
    "figures.of_day": "/datacube/getarticleread",
}
SERVICE = "XqSvcRepaymentDue000000000000000000000000002"
SUBSCRIBED = "XqSubNewRates0000000000000000000000000000003"


class Stage(Protocol):
    account: Account

    def people(self, count: int) -> list[str]:
        """So many followers."""
        ...

    def leave(self, openid: str) -> None: ...

    def fail_next(self, call: str, error: BotError) -> None: ...

    def lose_answer(self, call: str) -> None:
        """The next call of that name is executed, and its answer never comes."""
        ...

    def finish(self, job_id: str) -> None: ...

    def got(self, openid: str) -> int:
        """How many mass messages a follower was shown."""
        ...

    def advance(self, seconds: float) -> None: ...

    def today(self) -> date: ...

    def read(self, article: str, openids: Sequence[str]) -> None: ...

    def share(self, article: str, openids: Sequence[str]) -> None: ...

    def agree(self, openid: str) -> None:
        """One notice of SUBSCRIBED is welcome."""
        ...


class FakeStage:
    def __init__(self, clock: FixedClock) -> None:
        self.fake = FakeAccount(clock)
        self.clock = clock
        self.account = self.fake.ports

    def people(self, count: int) -> list[str]:
        self.fake.following = [f"oContract{number:019d}" for number in range(count)]
        return list(self.fake.following)

    def leave(self, openid: str) -> None:
        self.fake.left.add(openid)

    def fail_next(self, call: str, error: BotError) -> None:
        self.fake.fail_next(call, error)

    def lose_answer(self, call: str) -> None:
        self.fake.time_out_next(call)

    def finish(self, job_id: str) -> None:
        self.fake.finish(job_id)

    def got(self, openid: str) -> int:
        return len(self.fake.received[openid])

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def today(self) -> date:
        return local_day(self.clock.now())

    def read(self, article: str, openids: Sequence[str]) -> None:
        self.fake.read(article, *openids)

    def share(self, article: str, openids: Sequence[str]) -> None:
        self.fake.share(article, *openids)

    def agree(self, openid: str) -> None:
        self.fake.agreed[openid, SUBSCRIBED] += 1


class SimulatorStage:
    def __init__(self, world: World, account: Account, clock: FixedClock) -> None:
        self.world = world
        self.clock = clock
        self.account = account
        # The receipts have tests of their own; here nobody listens for them.
        world.faults.receipts.lose = 1.0
        self._to_morning()

    def people(self, count: int) -> list[str]:
        return self.world.add_many("Contract", count)

    def leave(self, openid: str) -> None:
        self.world.followers[openid].leave()

    def fail_next(self, call: str, error: BotError) -> None:
        if isinstance(error, OutcomeUnknown):
            self._fault(call, http_status=502)
        else:
            self._fault(call, errcode=int(error.fields["reason"]))

    def lose_answer(self, call: str) -> None:
        self._fault(call, http_status=504, after_execution=True)

    def finish(self, job_id: str) -> None:
        finish(self.world, self.world.mass.get(job_id))

    def got(self, openid: str) -> int:
        return sum(entry["via"] == "mass" for entry in self.world.followers[openid].transcript)

    def advance(self, seconds: float) -> None:
        # The product's clock goes with it: it is the one by which it renews its token.
        self.world.clock.advance(seconds)
        self.clock.advance(seconds)

    def today(self) -> date:
        return self.world.clock.beijing().date()

    def read(self, article: str, openids: Sequence[str]) -> None:
        self.world.newsstand.read(self._post(article), openids)

    def share(self, article: str, openids: Sequence[str]) -> None:
        self.world.newsstand.share(self._post(article), openids)

    def agree(self, openid: str) -> None:
        self.world.notices.agree(openid, SUBSCRIBED, for_good=False)

    def _post(self, article: str) -> Any:
        return self.world.newsstand.find(article)

    def _fault(self, call: str, **fault: Any) -> None:
        self.world.faults.api[PATHS[call]] = ApiFault(times=1, **fault)

    def _to_morning(self) -> None:
        """Ten on the second of the next month: no test runs into midnight or the end of a month."""
        now = self.world.clock.now().astimezone(BEIJING)
        first = (now.replace(day=1) + timedelta(days=32)).replace(day=2, hour=10, minute=0, second=0)
        self.world.clock.advance((first - now).total_seconds())
