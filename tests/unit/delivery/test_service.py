"""A row, the call, the row's result."""

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery import rules
from bot.delivery.model import Delivery, DeliveryState, Sender, Trigger
from bot.delivery.service import Deliverer, end_allowances, grant, grants_of, queue
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Choice, Reply
from tests.factories import add_follower
from tests.fakes import FakeWeChat

HELLO = Reply("您好", (Choice("human:start", "人工"),))


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def deliverer(database: Database, wechat: FakeWeChat, clock: FixedClock) -> Deliverer:
    return Deliverer(database, wechat, clock, machine=clock)


@pytest.fixture
def follower(database: Database) -> int:
    return add_follower(database)


def allow(database: Database, follower: int, clock: FixedClock, trigger: Trigger = Trigger.MESSAGE) -> None:
    with database.transaction() as session:
        grant(session, follower, trigger, clock.now())


def queued(database: Database, follower: int, clock: FixedClock, sender: Sender = Sender.BOT) -> int:
    with database.transaction() as session:
        row = queue(session, follower_id=follower, conversation_id=None, sender=sender, reply=HELLO, now=clock.now())
        return row.id


def left(database: Database, follower: int, clock: FixedClock) -> int:
    with database.reading() as session:
        return rules.room(grants_of(session, follower, clock.now()), clock.now()).left


def state(database: Database, delivery_id: int) -> tuple[DeliveryState, str | None, int]:
    with database.reading() as session:
        row = session.get_one(Delivery, delivery_id)
        return row.state, row.reason, row.attempts


def test_a_sent_message_costs_one_of_the_allowance(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)

    result = deliverer.send(queued(database, follower, clock))

    assert result is DeliveryState.SENT
    assert wechat.sent == [("o-tao", HELLO)]
    assert left(database, follower, clock) == 4


def test_sending_twice_sends_once(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    delivery = queued(database, follower, clock)

    deliverer.send_all([delivery, delivery])

    assert len(wechat.sent) == 1


def test_what_crashes_on_one_row_is_logged_and_the_next_goes_out(
    database: Database,
    deliverer: Deliverer,
    wechat: FakeWeChat,
    follower: int,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow(database, follower, clock)
    other = add_follower(database, "o-zhang")
    allow(database, other, clock)
    broken, fine = queued(database, follower, clock), queued(database, other, clock)
    send = wechat.send

    def trips(openid: str, reply: Reply) -> None:
        if openid == "o-tao":
            raise RuntimeError("disk full")
        send(openid, reply)

    monkeypatch.setattr(wechat, "send", trips)
    with capture_logs() as logged:
        deliverer.send_all([broken, fine])

    assert [to for to, _ in wechat.sent] == ["o-zhang"]
    assert [line["delivery_id"] for line in logged if line["event"] == "delivery_crashed"] == [broken]


def test_the_sixth_message_is_refused(database: Database, follower: int, clock: FixedClock) -> None:
    allow(database, follower, clock)
    for _ in range(5):
        queued(database, follower, clock)

    with pytest.raises(SendRefused) as refused:
        queued(database, follower, clock)

    assert refused.value.fields["reason"] == "allowance_spent"


def test_after_48_hours_the_window_is_closed(database: Database, follower: int, clock: FixedClock) -> None:
    allow(database, follower, clock)
    clock.advance(48 * 3600)

    with pytest.raises(SendRefused) as refused:
        queued(database, follower, clock)

    assert refused.value.fields["reason"] == "window_closed"


def test_a_new_message_opens_a_fresh_allowance_instead_of_adding_to_the_old(
    database: Database, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    queued(database, follower, clock)
    clock.advance(60)

    allow(database, follower, clock)

    assert left(database, follower, clock) == 5


def test_a_click_adds_its_minute_to_the_messages_of_the_window(
    database: Database, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    allow(database, follower, clock, Trigger.CLICK)
    assert left(database, follower, clock) == 8

    clock.advance(61)

    assert left(database, follower, clock) == 5


def test_leaving_ends_every_allowance(database: Database, follower: int, clock: FixedClock) -> None:
    allow(database, follower, clock)

    with database.transaction() as session:
        end_allowances(session, follower, clock.now())

    assert left(database, follower, clock) == 0


@pytest.mark.parametrize(
    ("sender", "failure", "becomes"),
    [
        (Sender.REP, OutcomeUnknown(), (DeliveryState.UNKNOWN, "timeout")),
        (Sender.BOT, OutcomeUnknown(), (DeliveryState.QUEUED, "timeout")),
        (Sender.REP, SendRefused(reason="allowance_spent"), (DeliveryState.FAILED, "allowance_spent")),
        (Sender.REP, WechatBusy(), (DeliveryState.QUEUED, "wechat_busy")),
        (Sender.BOT, PlatformMisconfigured(), (DeliveryState.QUEUED, "platform_misconfigured")),
    ],
)
def test_each_failure_has_its_state(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock,
    sender: Sender, failure: BotError, becomes: tuple[DeliveryState, str],
) -> None:  # fmt: skip
    allow(database, follower, clock)
    wechat.failures = [failure]
    delivery = queued(database, follower, clock, sender)

    deliverer.send(delivery)

    assert state(database, delivery)[:2] == becomes


def test_a_closed_window_told_by_the_platform_ends_our_ledger_too(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    wechat.failures = [SendRefused(reason="window_closed")]

    deliverer.send(queued(database, follower, clock))

    assert left(database, follower, clock) == 0


def test_the_sweep_retries_a_busy_platform_until_it_gives_up(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    wechat.failures = [WechatBusy() for _ in range(6)]
    delivery = queued(database, follower, clock, Sender.REP)
    deliverer.send(delivery)

    for _ in range(8):
        clock.advance(1000)
        deliverer.sweep()

    assert state(database, delivery) == (DeliveryState.FAILED, "wechat_busy", 6)
    assert wechat.sent == []


def test_the_sweep_does_not_send_again_what_a_dead_process_may_have_sent_for_a_rep(
    database: Database, deliverer: Deliverer, wechat: FakeWeChat, follower: int, clock: FixedClock
) -> None:
    allow(database, follower, clock)
    reps, bots = queued(database, follower, clock, Sender.REP), queued(database, follower, clock, Sender.BOT)
    with database.transaction() as session:
        for row in session.scalars(select(Delivery)):
            row.state, row.attempts, row.lease_until = DeliveryState.SENDING, 1, clock.now()
    clock.advance(2)

    deliverer.sweep()
    clock.advance(2)
    deliverer.sweep()

    assert state(database, reps)[0] is DeliveryState.UNKNOWN
    assert state(database, bots)[0] is DeliveryState.SENT
    assert len(wechat.sent) == 1
