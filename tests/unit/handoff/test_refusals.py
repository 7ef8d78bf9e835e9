"""A rep's message the platform refused: the customer heard nothing, and every rule about unanswered chats sees it so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.errors import SendRefused, WechatBusy
from bot.handoff.model import Conversation, Owner
from bot.handoff.replies import RepMessage
from bot.messages import Reply
from bot.outbox import OutboxRow
from bot.rescue.model import Rescue, RescueState
from bot.staff.model import RepStatus
from config.settings import Settings
from tests.factories import MORNING, add_rep, add_waiting, conversation_of, hear
from tests.product import UnderTest, make

REFUSED = SendRefused(reason="45015")


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


@pytest.fixture
def chat(product: UnderTest, database: Database) -> int:
    """Accepted just now by rep01, whose customer has asked one thing."""
    add_rep(database, "rep01", status=RepStatus.BUSY)
    found = add_waiting(database)
    hear(database, found)
    product.bot.desk.accept(found, "rep01")
    return found


def say(product: UnderTest, chat: int, number: int = 1, rep: str = "rep01") -> None:
    words = Reply(text=f"第{number}句，我查一下", is_ai=False)
    product.bot.rep_replies.send(chat, rep, RepMessage(f"key-{number:08d}", words))


def say_in_vain(product: UnderTest, chat: int, number: int = 1) -> None:
    product.fakes.wechat.failures.append(REFUSED)
    say(product, chat, number)


def told(database: Database, kind: str) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == kind).order_by(OutboxRow.id))
        return [(row.audience, row.payload) for row in rows]


def rescued(database: Database) -> list[RescueState]:
    with database.reading() as session:
        return list(session.scalars(select(Rescue.state)))


def test_a_first_word_that_was_refused_leaves_the_customer_unanswered(
    product: UnderTest, database: Database, chat: int
) -> None:
    say_in_vain(product, chat)

    row = conversation_of(database, chat)
    assert (row.last_rep_at, row.unanswered) == (None, 1)


def test_what_was_heard_before_stays_an_answer(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    say(product, chat)
    clock.advance(10)
    for text in ("还有", "怎么收费"):
        hear(database, chat, text, at=clock.now())
    clock.advance(10)

    say_in_vain(product, chat, 2)

    row = conversation_of(database, chat)
    assert (row.last_rep_at, row.unanswered) == (MORNING, 2)


def test_a_word_after_the_refused_one_is_an_answer(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    say_in_vain(product, chat)
    clock.advance(5)

    say(product, chat, 2)

    row = conversation_of(database, chat)
    assert (row.last_rep_at, row.unanswered) == (clock.now(), 0)


def test_the_rep_whose_words_they_were_is_told(product: UnderTest, database: Database, chat: int) -> None:
    say_in_vain(product, chat)

    [(_, payload)] = told(database, "delivery.changed")
    assert (payload["state"], payload["reason"], payload["rep"]) == ("failed", "45015", "rep01")


def test_when_his_screen_goes_silent_the_customer_goes_back_to_the_line(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    clock.advance(1)
    say_in_vain(product, chat)
    product.fakes.queue.silent["rep01"] = 3600

    product.bot.desk.routing.sweep()

    assert conversation_of(database, chat).owner is not Owner.ACTIVE


def test_he_is_warned_once_and_keeps_the_chat_for_he_is_no_empty_chair(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    clock.advance(20)
    say_in_vain(product, chat)
    clock.advance(59)
    product.bot.desk.routing.sweep()
    assert told(database, "handoff.reply_due") == []

    for _ in range(3):
        clock.advance(1)
        product.bot.desk.routing.sweep()

    assert told(database, "handoff.reply_due")[0][1]["is_first"] is False
    assert len(told(database, "handoff.reply_due")) == 1
    assert conversation_of(database, chat).rep == "rep01"


def test_whoever_has_it_by_then_owes_his_own_first_word(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    product.fakes.wechat.failures.append(WechatBusy())
    say(product, chat)
    add_rep(database, "rep02", status=RepStatus.BUSY)
    product.bot.desk.transfer(chat, "rep01", skill="loan", to="rep02", note="")
    product.bot.desk.accept(chat, "rep02")
    clock.advance(5)
    product.fakes.wechat.failures.append(REFUSED)

    product.bot.deliverer.sweep()

    row = conversation_of(database, chat)
    assert (row.last_rep_at, row.reply_due_at) == (None, MORNING + timedelta(seconds=60))


def test_a_notice_that_was_refused_changes_nothing(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    say(product, chat)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.rep, row.lost_rep_at = Owner.QUEUED, None, clock.now()
    product.fakes.wechat.failures.append(REFUSED)

    product.bot.handovers.tell_late()

    row = conversation_of(database, chat)
    assert (row.last_rep_at, row.unanswered) == (MORNING, 0)
    assert told(database, "delivery.changed")[-1][1]["state"] == "failed"


@pytest.mark.parametrize("ends", ["refused", "sent"])
def test_a_window_that_ends_is_settled_by_words_that_went_and_by_no_others(
    product: UnderTest, database: Database, chat: int, clock: FixedClock, ends: str
) -> None:
    clock.advance(47 * 3600)
    product.bot.rescues.sweep()
    clock.advance(60)
    product.fakes.wechat.failures.append(WechatBusy())
    say(product, chat)
    product.bot.rescues.sweep()
    assert rescued(database) == [RescueState.OPEN]

    clock.advance(5)
    if ends == "refused":
        product.fakes.wechat.failures.append(REFUSED)
    product.bot.deliverer.sweep()
    product.bot.rescues.sweep()

    assert rescued(database) == [RescueState.OPEN if ends == "refused" else RescueState.SPOKEN]


def test_a_window_does_not_end_for_us_while_an_answer_is_on_its_way(
    product: UnderTest, database: Database, chat: int, clock: FixedClock
) -> None:
    clock.advance(47 * 3600)
    product.bot.rescues.sweep()
    clock.advance(3599)
    product.fakes.wechat.failures.append(WechatBusy())
    say(product, chat)
    clock.advance(1)

    product.bot.rescues.sweep()
    assert rescued(database) == [RescueState.OPEN]
    clock.advance(5)
    product.fakes.wechat.failures.append(SendRefused(reason="window_closed"))
    product.bot.deliverer.sweep()
    product.bot.rescues.sweep()

    assert rescued(database) == [RescueState.LAPSED]
