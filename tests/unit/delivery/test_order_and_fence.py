"""A follower's messages leave in order and once, whoever sends them and whatever happens to whom."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState, Sender
from bot.delivery.service import SEND_LEASE, Deliverer, queue
from bot.errors import WechatBusy
from bot.messages import Reply
from tests.factories import MORNING, add_follower
from tests.fakes import FakeWeChat
from tests.unit.delivery.test_service import allow, state


class SlowWeChat(FakeWeChat):
    """Something happens while the first call is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def send(self, openid: str, reply: Reply) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()
        super().send(openid, reply)

    @property
    def texts(self) -> list[str]:
        return [reply.text for _, reply in self.sent]


@pytest.fixture
def wechat() -> SlowWeChat:
    return SlowWeChat()


@pytest.fixture
def machine() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def deliverer(database: Database, wechat: SlowWeChat, clock: FixedClock, machine: FixedClock) -> Deliverer:
    return Deliverer(database, wechat, clock, machine)


@pytest.fixture
def follower(database: Database, clock: FixedClock) -> int:
    found = add_follower(database)
    allow(database, found, clock)
    return found


def say(database: Database, follower: int, text: str, clock: FixedClock, sender: Sender = Sender.BOT) -> int:
    with database.transaction() as session:
        words = Reply(text)
        return queue(
            session, follower_id=follower, conversation_id=None, sender=sender, reply=words, now=clock.now()
        ).id


def test_the_newer_message_waits_for_the_older_one(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    first, second = (say(database, follower, text, clock) for text in ("一", "二"))
    wechat.failures = [WechatBusy()]
    deliverer.send(first)

    assert deliverer.send(second) is DeliveryState.QUEUED
    assert wechat.texts == []
    clock.advance(3)
    deliverer.sweep()

    assert wechat.texts == ["一", "二"]


def test_another_follower_does_not_wait(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    other = add_follower(database, "o-other")
    allow(database, other, clock)
    wechat.failures = [WechatBusy()]
    deliverer.send(say(database, follower, "一", clock))

    assert deliverer.send(say(database, other, "二", clock)) is DeliveryState.SENT


def test_what_was_queued_during_a_call_goes_right_after_it(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    first = say(database, follower, "一", clock)
    found_blocked: list[DeliveryState] = []
    wechat.meanwhile = [lambda: found_blocked.append(deliverer.send(say(database, follower, "二", clock)))]

    deliverer.send(first)

    assert found_blocked == [DeliveryState.QUEUED]
    assert wechat.texts == ["一", "二"]


def test_what_waits_behind_another_takes_no_place_in_a_sweep(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    wechat.failures = [WechatBusy()]
    deliverer.send(say(database, follower, "一", clock))
    for text in ("二", "三"):
        say(database, follower, text, clock)
    other = add_follower(database, "o-other")
    allow(database, other, clock)
    say(database, other, "别人", clock)
    clock.advance(1.5)

    assert deliverer.sweep(limit=2) == 1
    assert wechat.texts == ["别人"]


def test_a_moved_clock_does_not_double_a_send_that_is_under_way(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    first = say(database, follower, "一", clock)

    def jump_and_sweep() -> None:
        clock.advance(3600)
        deliverer.sweep()
        clock.advance(2)
        deliverer.sweep()

    wechat.meanwhile = [jump_and_sweep]

    assert deliverer.send(first) is DeliveryState.SENT
    assert wechat.texts == ["一"]


def test_a_call_as_long_as_the_worst_one_keeps_its_row(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock, machine: FixedClock
) -> None:
    first = say(database, follower, "一", clock, Sender.REP)

    def sweep_after_28_seconds() -> None:
        machine.advance(28)
        clock.advance(28)
        deliverer.sweep()

    wechat.meanwhile = [sweep_after_28_seconds]

    assert deliverer.send(first) is DeliveryState.SENT


@pytest.mark.parametrize("failures", [[], [WechatBusy()]])
@pytest.mark.parametrize(("taken", "attempts"), [(DeliveryState.UNKNOWN, 1), (DeliveryState.SENDING, 2)])
def test_who_lost_the_row_does_not_write_over_the_result_of_who_took_it(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock,
    failures: list[WechatBusy], taken: DeliveryState, attempts: int,
) -> None:  # fmt: skip
    first = say(database, follower, "一", clock)

    def another_takes_it() -> None:
        with database.transaction() as session:
            session.execute(update(Delivery).values(state=taken, attempts=attempts))

    wechat.meanwhile, wechat.failures = [another_takes_it], list(failures)

    assert deliverer.send(first) is taken
    assert state(database, first) == (taken, None, attempts)


def test_the_row_of_a_dead_process_is_free_when_its_lease_ends(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock, machine: FixedClock
) -> None:
    class Killed(BaseException):
        """The process ends in the middle of the call."""

    def die() -> None:
        raise Killed

    clock.advance(3600)
    first = say(database, follower, "一", clock)
    wechat.meanwhile = [die]
    with pytest.raises(Killed):
        deliverer.send(first)
    machine.advance(SEND_LEASE.total_seconds() - 1)
    deliverer.sweep()
    assert state(database, first)[0] is DeliveryState.SENDING

    machine.advance(2)
    deliverer.sweep()
    clock.advance(2)
    deliverer.sweep()

    assert wechat.texts == ["一"]


def test_a_sweep_whose_time_is_over_begins_no_send(
    database: Database, deliverer: Deliverer, wechat: SlowWeChat, follower: int, clock: FixedClock
) -> None:
    say(database, follower, "一", clock)
    clock.advance(2)

    assert deliverer.sweep(budget_s=0) == 0
    assert wechat.texts == []
    assert deliverer.sweep() == 1
