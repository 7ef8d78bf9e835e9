"""Who is sent a campaign, who is left out for which reason, and what is booked for him."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.campaigns import judging
from bot.campaigns.acting import found
from bot.campaigns.approving import variants_of
from bot.campaigns.buckets import GLOBAL_SALT, salt_of
from bot.campaigns.chunks import Chunk, Reason, Recipient, RecipientCount
from bot.campaigns.judging import terms_of
from bot.campaigns.ledger import ContactSlot, MassMessage
from bot.campaigns.model import MessageClass, Route
from bot.campaigns.planning import SampleTooSmall, fates, write_plan
from bot.campaigns.rules import bucket
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.customers.consents import Proof, withdraw
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from tests.campaign_worlds import POLICY, World, add_followers
from tests.factories import MORNING


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def plan(world: World, campaign_id: int, **policy: Any) -> dict[int, Recipient]:
    """The rows of a plan made now, by follower."""

    with world.database.transaction() as session:
        campaign = found(session, campaign_id)
        terms = terms_of(campaign, variants_of(session, campaign_id))
        write_plan(session, terms, world.clock.now(), replace(POLICY, **policy), world.segments.who)
    with world.database.reading() as session:
        rows = session.scalars(select(Recipient).where(Recipient.campaign_id == campaign_id))
        return {row.follower_id: row for row in rows}


def reasons(rows: dict[int, Recipient]) -> dict[int, Reason | None]:
    return {one: row.reason for one, row in rows.items()}


def open_chat(world: World, follower_id: int, owner: Owner, skill: str) -> None:
    with world.database.transaction() as session:
        session.add(
            Conversation(
                follower_id=follower_id,
                owner=owner,
                skill=skill,
                opened_at=MORNING,
                queued_at=MORNING,
                card={},
                session={},
            )
        )


def test_everybody_has_one_reason_or_a_chunk(world: World) -> None:
    add_followers(world.database, 12)
    add_followers(world.database, 1, first=13, agreed=False)
    world.segments.add(7, "网点客户", lambda: Follower.id == 9)
    now = world.clock.now()
    with world.database.transaction() as session:
        session.get_one(Follower, 1).erased_at = now
        session.get_one(Follower, 2).is_following = False
        withdraw(session, session.get_one(Follower, 3), [Purpose.MARKETING], now, Proof("chat", "v1", "no"))
        for place in range(1, 5):
            session.add(MassMessage(follower_id=4, month=202611, place=place, campaign_id=99, at=now))
        session.add(ContactSlot(follower_id=5, slot=1, campaign_id=99, at=now - timedelta(days=6)))
        for slot, days in ((1, 29), (2, 20), (3, 8)):
            session.add(ContactSlot(follower_id=6, slot=slot, campaign_id=99, at=now - timedelta(days=days)))
    open_chat(world, 7, Owner.ACTIVE, "loan")
    open_chat(world, 8, Owner.BOT, "fraud")
    open_chat(world, 10, Owner.BOT, "loan")
    with world.database.transaction() as session:
        chat = session.scalars(select(Conversation).where(Conversation.follower_id == 10)).one()
        file_complaint(session, follower_id=10, conversation_id=chat.id, text="不满意", about_rep=None, now=now)

    rows = plan(world, world.approved(excluded=(7,)))

    assert reasons(rows) == {
        1: Reason.ERASED,
        2: Reason.NOT_FOLLOWING,
        3: Reason.OPTED_OUT,
        4: Reason.QUOTA,
        5: Reason.CAP_WEEK,
        6: Reason.CAP_MONTH,
        7: Reason.IN_CHAT,
        8: Reason.FRAUD,
        9: Reason.EXCLUDED,
        10: Reason.COMPLAINT,
        11: None,
        12: None,
        13: Reason.NO_CONSENT,
    }
    assert {one for one, row in rows.items() if row.chunk is not None} == {11, 12}


def test_a_service_message_keeps_to_the_platforms_four_but_not_to_marketing_rules(world: World) -> None:
    world.articles.versions[1] = replace(world.articles.versions[1], is_marketing=False)
    add_followers(world.database, 6, agreed=False)
    now = world.clock.now()
    with world.database.transaction() as session:
        session.add(ContactSlot(follower_id=1, slot=1, campaign_id=99, at=now))
        for place in range(1, 5):
            session.add(MassMessage(follower_id=2, month=202611, place=place, campaign_id=99, at=now))
        withdraw(session, session.get_one(Follower, 3), [Purpose.MARKETING], now, Proof("chat", "v1", "no"))
        withdraw(session, session.get_one(Follower, 4), [Purpose.SERVICE], now, Proof("chat", "v1", "no2"))
    open_chat(world, 5, Owner.ACTIVE, "loan")

    rows = plan(world, world.approved(message_class=MessageClass.SERVICE), global_holdout_bp=5000)

    assert reasons(rows) == {1: None, 2: Reason.QUOTA, 3: None, 4: Reason.NO_CONSENT, 5: None, 6: None}
    with world.database.reading() as session:
        assert session.scalars(select(ContactSlot.campaign_id)).all() == [99]


def test_holdouts_go_by_the_followers_bucket_and_stay_the_same_in_every_run(world: World) -> None:
    ids = add_followers(world.database, 400)
    first = world.approved(holdout_bp=2000)

    rows = plan(world, first, global_holdout_bp=500)

    held = {one for one in ids if bucket(GLOBAL_SALT, one) < 500}
    assert {one for one, row in rows.items() if row.reason is Reason.HOLDOUT_GLOBAL} == held
    own = {one for one in ids if bucket(salt_of(first), one) < 2000} - held
    assert {one for one, row in rows.items() if row.reason is Reason.HOLDOUT} == own
    assert 5 < len(held) < 40 and 40 < len(own) < 120  # noqa: PT018 -- a part of four hundred


def test_variants_share_the_audience_by_bucket(world: World) -> None:
    ids = add_followers(world.database, 300)
    campaign_id = world.approved(variants=((1, 30), (2, 70)))

    rows = plan(world, campaign_id)

    assert {one: row.variant for one, row in rows.items()} == {
        one: 1 if bucket(salt_of(campaign_id), one, 4) < 3000 else 2 for one in ids
    }
    with world.database.reading() as session:
        chunks = session.scalars(select(Chunk).order_by(Chunk.number)).all()
    assert [(one.number, one.variant) for one in chunks] == [(1, 1), (2, 2)]
    assert sum(one.size for one in chunks) == 300


def test_a_test_on_too_few_is_not_planned(world: World) -> None:
    add_followers(world.database, 30)
    campaign_id = world.approved(variants=((1, 30), (2, 70)))

    with pytest.raises(SampleTooSmall):
        plan(world, campaign_id, min_sample=25)

    with world.database.reading() as session:
        assert session.scalars(select(Recipient)).all() == []
        assert session.scalars(select(MassMessage)).all() == []


@pytest.mark.parametrize(("followers", "sizes"), [(10, [10]), (11, [2, 9]), (20, [10, 10]), (21, [2, 9, 10]), (2, [2])])
def test_no_chunk_is_a_single_follower(
    world: World, monkeypatch: pytest.MonkeyPatch, followers: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(judging, "CHUNK_SIZE", 10)
    add_followers(world.database, followers)

    rows = plan(world, world.approved())

    with world.database.reading() as session:
        chunks = session.scalars(select(Chunk).order_by(Chunk.number)).all()
    assert sorted(one.size for one in chunks) == sizes
    counted = Counter(row.chunk for row in rows.values())
    assert counted == Counter({one.number: one.size for one in chunks})
    assert all(one.first_id <= min(two for two, row in rows.items() if row.chunk == one.number) for one in chunks)


def test_with_a_tag_a_variant_is_one_chunk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "CHUNK_SIZE", 10)
    add_followers(world.database, 25)

    plan(world, world.approved(route=Route.TAG))

    with world.database.reading() as session:
        assert [(one.number, one.size) for one in session.scalars(select(Chunk))] == [(1, 25)]


def test_one_follower_alone_is_left_out_because_the_platform_takes_two(world: World) -> None:
    add_followers(world.database, 1)

    rows = plan(world, world.approved())

    assert [(row.reason, row.chunk, row.place) for row in rows.values()] == [(Reason.ALONE, None, None)]
    with world.database.reading() as session:
        assert session.scalars(select(MassMessage)).all() == []


def test_the_lowest_free_places_are_booked_and_old_touches_taken_over(world: World) -> None:
    add_followers(world.database, 3)
    now = world.clock.now()
    with world.database.transaction() as session:
        for follower, place in ((1, 1), (1, 3), (2, 2)):
            session.add(MassMessage(follower_id=follower, month=202611, place=place, campaign_id=99, at=now))
        for slot in (1, 2):
            session.add(
                ContactSlot(follower_id=3, slot=slot, campaign_id=98, at=now - timedelta(days=31 - 15 * (slot - 1)))
            )

    campaign_id = world.approved()
    plan(world, campaign_id)

    with world.database.reading() as session:
        mine = select(MassMessage.follower_id, MassMessage.place).where(MassMessage.campaign_id == campaign_id)
        assert {tuple(row) for row in session.execute(mine)} == {(1, 2), (2, 1), (3, 1)}
        touches = select(ContactSlot.follower_id, ContactSlot.slot).where(ContactSlot.campaign_id == campaign_id)
        assert {tuple(row) for row in session.execute(touches)} == {(1, 1), (2, 1), (3, 1)}


def test_two_campaigns_cannot_both_have_the_same_week(world: World) -> None:
    add_followers(world.database, 4)
    first, second = world.approved(), world.approved()

    plan(world, first)
    rows = plan(world, second)

    assert set(reasons(rows).values()) == {Reason.CAP_WEEK}


def test_what_a_plan_would_come_to_is_what_it_comes_to(world: World) -> None:
    add_followers(world.database, 50)
    add_followers(world.database, 5, first=51, agreed=False)
    campaign_id = world.approved(holdout_bp=1000)
    with world.database.reading() as session:
        terms = terms_of(found(session, campaign_id, lock=False), variants_of(session, campaign_id))
        would = fates(session, terms, world.clock.now(), POLICY, world.segments.who)

    rows = plan(world, campaign_id)

    assert {one.reason: one.followers for one in would} == Counter(row.reason for row in rows.values())
    with world.database.reading() as session:
        kept = {row.reason: row.followers for row in session.scalars(select(RecipientCount))}
    assert kept == {one.reason.value if one.reason else "": one.followers for one in would}
