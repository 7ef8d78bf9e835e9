from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.chunks import Chunk, ChunkState
from bot.customers.model import Follower
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.messages import EventName, InboundMessage, MessageKind
from bot.results.model import CampaignChat, Touch, TouchKind
from bot.results.rules import Scene
from bot.results.touches import Source, find_source, note, note_push, sources_in_words
from tests.factories import MORNING
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_chat, add_people


def push(event: EventName, key: str | None) -> InboundMessage:
    return InboundMessage(MessageKind.EVENT, "o0001", "gh", MORNING, "e1", event=event, event_key=key)


def touches(database: Database) -> list[tuple[int, TouchKind, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Touch).order_by(Touch.follower_id, Touch.kind))
        return [(row.follower_id, row.kind, row.times) for row in rows]


def touch(database: Database, follower_id: int, scene: Scene, at: datetime, kind: TouchKind = TouchKind.SCAN) -> bool:
    with database.transaction() as session:
        return note(session, session.get_one(Follower, follower_id), scene, kind, at)


def source(database: Database, follower_id: int | None, at: datetime, scanned: Scene | None = None) -> Source | None:
    with database.reading() as session:
        return find_source(session, follower_id, at, scanned)


@pytest.mark.parametrize(
    ("event", "key", "kinds"),
    [
        (EventName.SCAN, "m1v1", [TouchKind.SCAN]),
        (EventName.SUBSCRIBE, "m1v1", [TouchKind.FOLLOW]),
        (EventName.CLICK, "m1v1", []),
        (EventName.SCAN, "branch-17", []),
        (EventName.SCAN, "m9v1", []),
        (EventName.SCAN, "m1v3", []),
        (EventName.SCAN, None, []),
    ],
)
def test_only_a_scanned_code_of_a_variant_is_a_touch(
    database: Database, event: EventName, key: str | None, kinds: list[TouchKind]
) -> None:
    add_people(database, 1, 2)
    add_campaign(database, {1: [1, 2]})

    with database.transaction() as session:
        note_push(session, session.get_one(Follower, 1), push(event, key), MORNING)

    assert [kind for _, kind, _ in touches(database)] == kinds


def test_repeats_count_once_and_are_remembered(database: Database) -> None:
    add_people(database, 1, 2)
    campaign = add_campaign(database, {1: [1, 2]})

    for hours in range(3):
        assert touch(database, 1, Scene(campaign, 1), MORNING + hours * HOUR)

    assert touches(database) == [(1, TouchKind.SCAN, 3)]
    with database.reading() as session:
        row = session.scalars(select(Touch)).one()
        assert (row.first_at, row.last_at) == (MORNING, MORNING + 2 * HOUR)


def test_the_last_proven_touch_of_seven_days_wins(database: Database) -> None:
    add_people(database, 1, 2)
    first = add_campaign(database, {1: [1, 2]}, titles=("甲",))
    second = add_campaign(database, {1: [1, 2]}, titles=("乙",), at=MORNING + DAY)
    touch(database, 1, Scene(second, 1), MORNING + DAY)
    touch(database, 1, Scene(first, 1), MORNING + 2 * DAY)

    assert source(database, 1, MORNING + 2 * DAY) == Source(Scene(first, 1), "甲", is_proven=True)
    assert source(database, 1, MORNING + 9 * DAY - HOUR) == Source(Scene(first, 1), "甲", is_proven=True)
    assert source(database, 1, MORNING + 9 * DAY) is None


def test_without_a_touch_what_was_sent_last_in_72_hours_is_possible(database: Database) -> None:
    add_people(database, 1, 2, 3)
    add_campaign(database, {1: [1, 2]}, titles=("甲",), left_out={})
    second = add_campaign(database, {1: [1, 2]}, titles=("乙",), at=MORNING + DAY)

    assert source(database, 1, MORNING + DAY + HOUR) == Source(Scene(second, 1), "乙", is_proven=False)
    assert source(database, 1, MORNING + DAY + timedelta(hours=72)) is None
    assert source(database, 3, MORNING + DAY + HOUR) is None
    assert source(database, None, MORNING + DAY + HOUR) is None


def test_who_was_held_out_or_whose_chunk_never_left_comes_from_nothing(database: Database) -> None:
    add_people(database, 1, 2, 3)
    add_campaign(database, {1: [1, 2]}, held=[3])
    with database.transaction() as session:
        session.scalars(select(Chunk)).one().state = ChunkState.REJECTED

    assert source(database, 1, MORNING + HOUR) is None
    assert source(database, 3, MORNING + HOUR) is None


def test_a_proven_touch_goes_before_a_later_send(database: Database) -> None:
    add_people(database, 1, 2)
    first = add_campaign(database, {1: [1, 2]}, titles=("甲",))
    touch(database, 1, Scene(first, 1), MORNING)
    add_campaign(database, {1: [1, 2]}, titles=("乙",), at=MORNING + DAY)

    assert source(database, 1, MORNING + DAY + HOUR) == Source(Scene(first, 1), "甲", is_proven=True)


def test_what_was_scanned_just_now_needs_no_look_into_the_past(database: Database) -> None:
    add_people(database, 1, 2)
    campaign = add_campaign(database, {1: [1], 2: [2]}, titles=("甲", "乙"))

    assert source(database, None, MORNING, Scene(campaign, 2)) == Source(Scene(campaign, 2), "乙", is_proven=True)
    assert source(database, 1, MORNING + HOUR, Scene(99, 1)) is None


def test_an_open_chat_with_the_bot_comes_from_what_he_scans_now(database: Database) -> None:
    add_people(database, 1, 2)
    campaign = add_campaign(database, {1: [1, 2]})
    chat = add_chat(database, 1, MORNING, owner=Owner.BOT)
    served = add_chat(database, 2, MORNING, owner=Owner.ACTIVE, source="branch-17")

    touch(database, 1, Scene(campaign, 1), MORNING + HOUR)
    touch(database, 2, Scene(campaign, 1), MORNING + HOUR)

    with database.reading() as session:
        row = session.get_one(CampaignChat, chat)
        assert (row.campaign_id, row.variant, row.is_proven) == (campaign, 1, True)
        assert session.get_one(Conversation, chat).source == f"m{campaign}v1"
        # A rep knows already whom he talks to.
        assert session.get(CampaignChat, served) is None
        assert session.get_one(Conversation, served).source == "branch-17"


def test_codes_of_variants_are_told_by_their_articles_and_words_stay_words(database: Database) -> None:
    add_people(database, 1)
    first = add_campaign(database, {1: [1]}, titles=("惠企贴息",))
    second = add_campaign(database, {1: [1], 2: [2]}, titles=("端午积分", "端午换礼"))
    sources = [f"m{first}v1", f"m{second}v2", f"m{second}v3", "m99v1", "门店扫码", None]

    with database.reading() as session:
        assert sources_in_words(session, sources) == {
            f"m{first}v1": "推送《惠企贴息》",
            f"m{second}v2": "推送《端午换礼》",
        }
        assert sources_in_words(session, ["门店扫码"]) == {}
