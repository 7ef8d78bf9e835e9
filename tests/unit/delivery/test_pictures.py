"""A picture is uploaded once and sent; whatever goes wrong with it, its words go instead."""

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState, Sender, Trigger
from bot.delivery.pictures import Pictures
from bot.delivery.service import Deliverer, grant, queue
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Picture, Reply
from tests.factories import add_follower
from tests.fakes import FakeWeChat

SHOWN = Reply("第2步：点“贷款”。", source="guide.loan_apply@3", picture=Picture("menu", "第2步：点“贷款”。"))


class Platform(FakeWeChat):
    """Refuses uploads while it has reason to."""

    refuses: BotError | None = None

    def upload_image(self, name: str, content: bytes) -> str:
        if self.refuses is not None:
            raise self.refuses
        return super().upload_image(name, content)


def read(name: str) -> bytes:
    if name != "menu":
        raise FileNotFoundError(name)
    return b"png"


@pytest.fixture
def wechat() -> Platform:
    return Platform()


@pytest.fixture
def deliverer(database: Database, wechat: Platform, clock: FixedClock) -> Deliverer:
    return Deliverer(database, wechat, clock, machine=clock, pictures=Pictures(wechat, read, clock))


def send(database: Database, deliverer: Deliverer, clock: FixedClock, reply: Reply = SHOWN) -> DeliveryState:
    """Send it to a follower who has just written."""
    with database.transaction() as session:
        follower = session.scalars(select(Delivery.follower_id)).first()
    follower = follower or add_follower(database)
    with database.transaction() as session:
        grant(session, follower, Trigger.MESSAGE, clock.now())
        row = queue(
            session, follower_id=follower, conversation_id=None, sender=Sender.BOT, reply=reply, now=clock.now()
        )
    return deliverer.send(row.id)


def test_a_picture_is_uploaded_once_and_sent_twice(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock
) -> None:
    assert [send(database, deliverer, clock) for _ in range(2)] == [DeliveryState.SENT] * 2

    assert [media_id for _, media_id in wechat.images] == ["media-0", "media-0"]
    assert (wechat.media, wechat.sent) == ({"media-0": b"png"}, [])


def test_a_picture_the_platform_will_forget_is_uploaded_anew(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock
) -> None:
    send(database, deliverer, clock)
    clock.advance(49 * 3600)
    send(database, deliverer, clock)

    assert [media_id for _, media_id in wechat.images] == ["media-0", "media-1"]


@pytest.mark.parametrize(
    "refused", [WechatBusy(), PlatformMisconfigured(), OutcomeUnknown(), SendRefused(reason="40009")]
)
def test_when_the_upload_fails_the_words_go(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock, refused: BotError
) -> None:
    wechat.refuses = refused

    assert send(database, deliverer, clock) is DeliveryState.SENT
    assert [reply.text for _, reply in wechat.sent] == [SHOWN.text]
    assert wechat.images == []


def test_a_picture_whose_file_is_gone_is_said_in_words(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock
) -> None:
    send(database, deliverer, clock, Reply("第3步", picture=Picture("gone", "第3步")))

    assert [reply.text for _, reply in wechat.sent] == ["第3步"]


def test_a_picture_the_platform_lost_is_said_in_words_and_uploaded_the_next_time(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock
) -> None:
    send(database, deliverer, clock)
    wechat.failures = [SendRefused(reason="40007")]

    assert send(database, deliverer, clock) is DeliveryState.SENT
    assert [reply.text for _, reply in wechat.sent] == [SHOWN.text]
    send(database, deliverer, clock)
    assert [media_id for _, media_id in wechat.images] == ["media-0", "media-1"]


def test_a_shut_window_is_no_reason_for_words(
    database: Database, deliverer: Deliverer, wechat: Platform, clock: FixedClock
) -> None:
    wechat.failures = [SendRefused(reason="window_closed")]

    assert send(database, deliverer, clock) is DeliveryState.FAILED
    assert wechat.sent == []


def test_a_reply_without_a_picture_is_the_row_it_always_was() -> None:
    assert "picture" not in Reply("您好").to_json()
    assert Reply.from_json(SHOWN.to_json()) == SHOWN
