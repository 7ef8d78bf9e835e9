"""Customers, reps and repeats at once, on both databases: order holds, nothing doubles, nobody waits for each other."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.handoff.replies import RepMessage
from bot.inbox import InboxRow, RowState
from bot.messages import Reply
from bot.transcripts.model import Line, Speaker
from config.settings import Settings
from tests.at_once import at_once
from tests.factories import add_rep
from tests.product import UnderTest, make, text_message

WAIT = timedelta(seconds=4)
ROUNDS = 12


@pytest.fixture
def product(settings: Settings, both_databases: Database, clock: FixedClock) -> UnderTest:
    """A product over each database."""
    return make(settings, both_databases, clock)


def _talking(product: UnderTest) -> int:
    """A chat whose customer talks to rep01."""
    database, clock = product.bot.database, product.fakes.clock
    add_rep(database, "rep01", skills=("general",))
    accepted = product.bot.inbox.accept(text_message(clock, "人工", number=0), "plain", clock.now(), WAIT)
    product.bot.inbound.drive("o-tao", accepted.claim)
    with database.reading() as session:
        chat = session.scalars(select(Conversation.id)).one()
    product.bot.desk.accept(chat, "rep01")
    return chat


def test_of_two_pushes_of_one_follower_at_once_only_one_is_first(
    product: UnderTest, both_databases: Database, clock: FixedClock
) -> None:
    inbox = product.bot.inbox

    for round_ in range(ROUNDS):
        messages = [text_message(clock, str(one), follower=f"o-{round_}", number=one) for one in range(3)]
        accepted = at_once(*[partial(inbox.accept, one, "plain", clock.now(), WAIT) for one in messages])
        assert sum(one.claim is not None for one in accepted) == 1


def test_a_customer_and_a_rep_who_write_at_once_do_not_wait_for_each_other(
    product: UnderTest, both_databases: Database, clock: FixedClock
) -> None:
    chat = _talking(product)

    for number in range(1, ROUNDS):
        claim = product.bot.inbox.accept(
            text_message(clock, f"第{number}句", number=number), "plain", clock.now(), WAIT
        ).claim
        message = RepMessage(f"key-{number:04d}", Reply(f"答{number}", is_ai=False))
        at_once(
            partial(product.bot.inbound.drive, "o-tao", claim),
            partial(product.bot.rep_replies.send, chat, "rep01", message),
        )

    with both_databases.reading() as session:
        states = set(session.scalars(select(InboxRow.state)))
        said = session.scalars(select(Line).where(Line.speaker != Speaker.BOT)).all()
    assert states == {RowState.DONE}
    assert sum(line.speaker is Speaker.REP for line in said) == ROUNDS - 1
    assert sum(line.speaker is Speaker.CUSTOMER for line in said) == ROUNDS


def test_the_same_key_twice_at_once_is_one_message(
    product: UnderTest, both_databases: Database, clock: FixedClock
) -> None:
    chat = _talking(product)
    message = RepMessage("key-0001", Reply("您好", is_ai=False))

    first, second = at_once(*[partial(product.bot.rep_replies.send, chat, "rep01", message)] * 2)

    assert first.id == second.id


def test_a_click_and_the_end_of_its_offer_do_not_wait_for_each_other(
    product: UnderTest, both_databases: Database, clock: FixedClock
) -> None:
    add_rep(both_databases, "rep01", skills=("general",), capacity=ROUNDS)
    product.bot.desk.routing.beat("rep01")
    for number in range(ROUNDS):
        follower = f"o-{number}"
        claim = product.bot.inbox.accept(
            text_message(clock, "人工", follower=follower), "plain", clock.now(), WAIT
        ).claim
        product.bot.inbound.drive(follower, claim)
        clock.advance(19.9)
        product.bot.desk.routing.sweep()
        with both_databases.reading() as session:
            asked = session.scalars(select(Conversation.id).where(Conversation.owner == Owner.OFFERED)).all()
        clock.advance(0.2)
        for chat in asked:
            at_once(partial(product.bot.desk.accept, chat, "rep01"), product.bot.desk.routing.sweep)

    with both_databases.reading() as session:
        owners = set(session.scalars(select(Conversation.owner)))
    assert owners <= {Owner.ACTIVE, Owner.QUEUED, Owner.OFFERED}
