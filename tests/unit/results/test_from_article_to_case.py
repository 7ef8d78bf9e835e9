"""From the article to the chat to the case: what the bot knows, what the conversation comes from."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Conversation
from bot.messages import EventName, InboundMessage, MessageKind
from bot.results.model import CampaignChat, Touch, TouchKind
from bot.transcripts.model import Line, Speaker
from config.settings import Settings
from tests.product import UnderTest, make, text_message
from tests.unit.results.rows import add_campaign, add_people


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    add_people(database, 1, 2)
    add_campaign(database, {1: [1, 2]}, titles=("惠企贴息",))
    return make(settings, database, clock)


def push(product: UnderTest, event: EventName, key: str, follower: str = "o0001", number: int = 1) -> None:
    now = product.fakes.clock.now()
    message = InboundMessage(MessageKind.EVENT, follower, "gh", now, f"e{number}", event=event, event_key=key)
    take(product, message)


def say(product: UnderTest, text: str, *, follower: str = "o0001", number: int = 1) -> None:
    take(product, text_message(product.fakes.clock, text, follower=follower, number=number))


def take(product: UnderTest, message: InboundMessage) -> None:
    bot = product.bot
    accepted = bot.inbox.accept(message, "plain", bot.clock.now(), timedelta(seconds=4))
    bot.inbound.drive(message.follower, accepted.claim)


def answers(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.text for row in session.scalars(select(Line).where(Line.speaker == Speaker.BOT).order_by(Line.id))]


def chats(database: Database) -> list[tuple[str | None, bool | None]]:
    """Source of every conversation, and whether it is proven."""
    with database.reading() as session:
        found = []
        for row in session.scalars(select(Conversation).order_by(Conversation.id)):
            marked = session.get(CampaignChat, row.id)
            found.append((row.source, marked.is_proven if marked else None))
        return found


def test_who_scans_the_code_is_greeted_with_the_article_and_asks_about_it(
    product: UnderTest, database: Database
) -> None:
    push(product, EventName.SCAN, "m1v1")
    say(product, "你们推的那个活动", number=2)

    first, second = answers(database)
    assert "《惠企贴息》" in first
    assert "您说的是《惠企贴息》吧" in second
    assert chats(database) == [("m1v1", True)]


def test_who_follows_by_the_code_is_welcomed_as_its_reader(product: UnderTest, database: Database) -> None:
    push(product, EventName.SUBSCRIBE, "m1v1", follower="o-new")

    assert "您是看了《惠企贴息》来的吧" in answers(database)[0]
    assert chats(database) == [("m1v1", True)]
    with database.reading() as session:
        assert session.scalars(select(Touch)).one().kind is TouchKind.FOLLOW


def test_who_was_sent_it_possibly_comes_from_it(product: UnderTest, database: Database) -> None:
    say(product, "看了你们的推文，想问问")

    assert chats(database) == [("m1v1", False)]
    assert "您说的是《惠企贴息》吧" in answers(database)[0]


@pytest.mark.parametrize(("follower", "after"), [("o0001", timedelta(hours=73)), ("o-other", timedelta(hours=1))])
def test_who_was_not_sent_it_lately_comes_from_nothing(
    product: UnderTest, database: Database, clock: FixedClock, follower: str, after: timedelta
) -> None:
    clock.advance(after.total_seconds())

    say(product, "看了你们的推文，想问问", follower=follower)

    assert chats(database) == [(None, None)]
    assert "您说的是" not in answers(database)[0]


def test_a_scan_does_not_interrupt_what_he_is_asked(product: UnderTest, database: Database) -> None:
    product.understands("我想贷款", "loan_apply")
    say(product, "我想贷款")
    before = len(answers(database))

    push(product, EventName.SCAN, "m1v1", number=2)

    assert len(answers(database)) == before
    assert chats(database) == [("m1v1", True)]


@pytest.mark.parametrize("key", ["m99v1", "branch-17"])
def test_a_scan_of_anything_else_says_nothing(product: UnderTest, database: Database, key: str) -> None:
    push(product, EventName.SCAN, key)

    assert answers(database) == []
    assert chats(database) == []


def test_a_matter_of_its_own_is_answered_as_such(product: UnderTest, database: Database) -> None:
    push(product, EventName.SCAN, "m1v1")
    product.understands("回单在哪里打", "e_receipt")
    say(product, "回单在哪里打", number=2)

    assert "您说的是" not in answers(database)[-1]


def test_who_is_asked_for_knows_what_he_read(product: UnderTest, database: Database) -> None:
    push(product, EventName.SCAN, "m1v1")
    say(product, "人工", number=2)

    with database.reading() as session:
        row = session.scalars(select(Conversation)).one()
        assert ["看过推文", "《惠企贴息》"] in row.card["slots"]
        assert row.source == "m1v1"


def test_the_article_is_known_for_the_whole_contact(product: UnderTest, database: Database, clock: FixedClock) -> None:
    push(product, EventName.SCAN, "m1v1")
    clock.advance(timedelta(hours=2).total_seconds())
    say(product, "你们推的那个活动", number=2)

    assert "您说的是《惠企贴息》吧" in answers(database)[-1]
