"""The ledger follows what became of a message and what the platform says of its own count."""

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery.model import DeliveryState, Trigger
from bot.delivery.service import Deliverer
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from tests.factories import add_follower
from tests.fakes import FakeWeChat
from tests.unit.delivery.test_service import allow, left, queued


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def deliverer(database: Database, wechat: FakeWeChat, clock: FixedClock) -> Deliverer:
    return Deliverer(database, wechat, clock, machine=clock)


@pytest.fixture
def follower(database: Database, clock: FixedClock) -> int:
    found = add_follower(database)
    allow(database, found, clock)
    return found


def test_used_up_says_the_platform_and_our_ledger_believes_it(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    wechat.failures = [SendRefused(reason="allowance_spent")]

    deliverer.send(queued(database, follower, clock))

    assert left(database, follower, clock) == 0
    with pytest.raises(SendRefused) as refused:
        queued(database, follower, clock)
    assert refused.value.fields["reason"] == "allowance_spent"


@pytest.mark.parametrize("reason", ["allowance_spent", "window_closed"])
def test_what_the_follower_granted_during_the_call_stays(
    database: Database, follower: int, clock: FixedClock, reason: str
) -> None:
    class AnsweredMeanwhile(FakeWeChat):
        def _fail(self) -> None:
            clock.advance(1)
            allow(database, follower, clock)
            raise SendRefused(reason=reason)

    Deliverer(database, AnsweredMeanwhile(), clock, machine=clock).send(queued(database, follower, clock))

    assert left(database, follower, clock) == 5


@pytest.mark.parametrize("refusal", [SendRefused(reason="too_long"), SendRefused(reason="40007")])
def test_a_message_that_surely_did_not_go_costs_nothing(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock, refusal: BotError
) -> None:
    wechat.failures = [refusal]

    deliverer.send(queued(database, follower, clock))

    assert left(database, follower, clock) == 5


@pytest.mark.parametrize("kind", [WechatBusy, PlatformMisconfigured])
def test_giving_up_gives_back_and_only_once(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock, kind: type[BotError]
) -> None:
    queued(database, follower, clock)
    wechat.failures = [kind() for _ in range(6)]
    still_taken = []
    for _ in range(8):
        clock.advance(1000)
        still_taken.append(left(database, follower, clock))
        deliverer.sweep()

    assert still_taken[:6] == [4] * 6
    assert left(database, follower, clock) == 5


def test_an_unknown_end_stays_paid_for(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    wechat.failures = [OutcomeUnknown(), OutcomeUnknown()]
    delivery = queued(database, follower, clock)

    assert [deliverer.send(delivery) for _ in range(2)][-1] is DeliveryState.UNKNOWN
    assert left(database, follower, clock) == 4


def test_a_later_allowance_gets_nothing_for_what_it_did_not_pay(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    delivery = queued(database, follower, clock)
    clock.advance(5)
    allow(database, follower, clock, Trigger.CLICK)
    allow(database, follower, clock)
    queued(database, follower, clock)
    wechat.failures = [SendRefused(reason="too_long"), WechatBusy()]

    deliverer.send(delivery)

    assert left(database, follower, clock) == 7
