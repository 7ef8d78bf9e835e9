"""Many sweeps at once on both databases: every message once, each follower's in order."""

from collections import defaultdict

from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState, Sender, Trigger
from bot.delivery.service import Deliverer, grant, queue
from bot.messages import Reply
from tests.at_once import at_once
from tests.factories import add_follower
from tests.fakes import FakeWeChat

FOLLOWERS, EACH, PROCESSES = 4, 4, 4


def test_sweeps_side_by_side_send_each_message_once_and_in_order(both_databases: Database, clock: FixedClock) -> None:
    for number in range(FOLLOWERS):
        follower = add_follower(both_databases, f"o-{number}")
        with both_databases.transaction() as session:
            grant(session, follower, Trigger.MESSAGE, clock.now())
            for text in range(EACH):
                queue(
                    session,
                    follower_id=follower,
                    conversation_id=None,
                    sender=Sender.BOT,
                    reply=Reply(str(text)),
                    now=clock.now(),
                )
    clock.advance(2)
    wechat = FakeWeChat()

    at_once(*[Deliverer(both_databases, wechat, clock).sweep for _ in range(PROCESSES)])

    received: dict[str, list[str]] = defaultdict(list)
    for openid, reply in wechat.sent:
        received[openid].append(reply.text)
    assert received == {f"o-{number}": [str(text) for text in range(EACH)] for number in range(FOLLOWERS)}


def test_sweeps_that_find_the_same_dead_send_decide_once(both_databases: Database, clock: FixedClock) -> None:
    follower = add_follower(both_databases)
    with both_databases.transaction() as session:
        grant(session, follower, Trigger.MESSAGE, clock.now())
        row = queue(
            session, follower_id=follower, conversation_id=None, sender=Sender.BOT, reply=Reply("一"), now=clock.now()
        )
        row.state, row.attempts, row.lease_until = DeliveryState.SENDING, 1, clock.now()
    wechat, machine = FakeWeChat(), FixedClock(clock.now())
    machine.advance(1)
    deliverers = [Deliverer(both_databases, wechat, clock, machine) for _ in range(PROCESSES)]

    for _ in range(2):
        at_once(*[one.sweep for one in deliverers])
        clock.advance(2)

    assert len(wechat.sent) == 1
    with both_databases.reading() as session:
        assert session.execute(select(Delivery.state, Delivery.attempts)).one() == (DeliveryState.SENT, 2)
