"""Plans on both databases: the same followers in the same buckets, and two at once that cannot both have a follower."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.campaigns.buckets import GLOBAL_SALT, salt_of
from bot.campaigns.chunks import Chunk, Reason, Recipient
from bot.campaigns.ledger import ContactSlot, MassMessage
from bot.campaigns.rules import bucket
from bot.campaigns.starting import Starter
from bot.clock import FixedClock
from bot.db import Database
from tests.campaign_worlds import POLICY, World, add_followers

pytestmark = pytest.mark.integration


@pytest.fixture
def world(both_databases: Database, clock: FixedClock) -> World:
    return World(both_databases, clock, replace(POLICY, global_holdout_bp=500))


def test_buckets_variants_and_bookings_are_the_same_on_both(world: World) -> None:
    ids = add_followers(world.database, 600)
    campaign_id = world.scheduled(holdout_bp=1000, variants=((1, 40), (2, 60)))

    assert Starter(world.campaigns).run() == 1

    salt = salt_of(campaign_id)
    held = {one for one in ids if bucket(GLOBAL_SALT, one) < 500}
    own = {one for one in ids if bucket(salt, one) < 1000} - held
    first = {one for one in ids if bucket(salt, one, 4) < 4000} - held - own
    with world.database.reading() as session:
        rows = session.scalars(select(Recipient)).all()
        booked = set(session.scalars(select(MassMessage.follower_id)))
        touched = set(session.scalars(select(ContactSlot.follower_id)))
        chunks = session.scalars(select(Chunk)).all()
    assert {one.follower_id for one in rows if one.reason is Reason.HOLDOUT_GLOBAL} == held
    assert {one.follower_id for one in rows if one.reason is Reason.HOLDOUT} == own
    assert {one.follower_id for one in rows if one.variant == 1} == first
    assert booked == touched == set(ids) - held - own
    sizes: Counter[int] = Counter()
    for one in chunks:
        sizes[one.variant] += one.size
    assert sizes == Counter(one.variant for one in rows if one.variant)


def test_plans_made_at_the_same_moment_leave_nobody_with_two(world: World) -> None:
    add_followers(world.database, 400)
    for _ in range(4):
        world.scheduled()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Starter(world.campaigns).run(), range(4)))
    for _ in range(4):
        # One is planned at a time; the others' turns come with the next ticks.
        Starter(world.campaigns).run()

    with world.database.reading() as session:
        twice = select(Recipient.follower_id).where(Recipient.reason.is_(None)).group_by(Recipient.follower_id)
        assert session.scalars(twice.having(func.count() > 1)).all() == []
        reasons = Counter(session.scalars(select(Recipient.reason)))
    held = reasons[Reason.HOLDOUT_GLOBAL] // 4
    assert (reasons[None], reasons[Reason.CAP_WEEK]) == (400 - held, 3 * (400 - held))
