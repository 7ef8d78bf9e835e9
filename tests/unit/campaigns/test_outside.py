"""Sends the bank's people made in the platform's own console: found, and booked among a follower's four."""

import pytest
from sqlalchemy import select

from bot.account_ports import SentArticle
from bot.campaigns.chunks import Chunk, ChunkState
from bot.campaigns.ledger import MassMessage, OutsideSend, OutsideState
from bot.campaigns.outside import OutsideSends
from bot.campaigns.receiving import take_receipt
from bot.clock import FixedClock, local_day
from bot.db import Database
from bot.errors import CampaignStateConflict, NotFound
from bot.messages import InboundMessage, MessageKind
from tests.campaign_worlds import World, add_followers
from tests.fake_segments import EVERYBODY
from tests.fakes_account import FakeAccount


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    add_followers(database, 10)
    return World(database, clock)


@pytest.fixture
def outside(world: World) -> OutsideSends:
    return OutsideSends(world.database, world.clock, world.neighbours)


@pytest.fixture
def account(clock: FixedClock) -> FakeAccount:
    return FakeAccount(clock)


def receive(world: World, message: InboundMessage) -> None:
    with world.database.transaction() as session:
        take_receipt(session, message, world.clock.now())


def rows(world: World) -> list[OutsideSend]:
    with world.database.reading() as session:
        return list(session.scalars(select(OutsideSend).order_by(OutsideSend.id)))


def booked(world: World) -> int:
    with world.database.reading() as session:
        return len(session.scalars(select(MassMessage.follower_id)).all())


def test_a_send_to_nearly_everybody_is_booked_for_everybody_as_soon_as_it_is_surely_not_ours(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    job = account.console_send([f"o{one:07d}" for one in range(1, 11)], "停机通知")
    receive(world, account.receipt(job))
    assert outside.find(account.ports.figures) == 0

    clock.advance(3601)

    assert outside.find(account.ports.figures) == 1
    assert [(one.state, one.targets, one.booked, one.decided_by) for one in rows(world)] == [
        (OutsideState.BOOKED, 10, 10, "system")
    ]
    assert booked(world) == 10
    assert outside.find(account.ports.figures) == 0


def test_its_title_comes_with_the_figures_and_makes_no_second_send(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    job = account.console_send([f"o{one:07d}" for one in range(1, 11)], "停机通知")
    receive(world, account.receipt(job))
    clock.advance(3601)
    outside.find(account.ports.figures)
    clock.advance(24 * 3600)

    assert outside.find(account.ports.figures) == 0

    assert [(one.title, one.booked) for one in rows(world)] == [("停机通知", 10)]
    assert booked(world) == 10


def test_a_smaller_one_waits_for_somebody_to_say_whom_it_went_to(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    account.console_send(["o0000001", "o0000002"], "内测")
    clock.advance(24 * 3600)
    assert outside.find(account.ports.figures) == 1
    (row,) = rows(world)
    assert (row.title, row.state, booked(world)) == ("内测", OutsideState.OPEN, 0)

    assert outside.book(row.id, EVERYBODY, "ann") == 10

    assert booked(world) == 10
    with pytest.raises(CampaignStateConflict):
        outside.set_aside(row.id, "ann")
    with pytest.raises(NotFound):
        outside.book(99, EVERYBODY, "ann")


def test_only_who_has_one_left_is_booked(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    with world.database.transaction() as session:
        for place in range(1, 5):
            session.add(MassMessage(follower_id=1, month=202611, place=place, campaign_id=1, at=clock.now()))
        session.add(MassMessage(follower_id=2, month=202611, place=1, campaign_id=1, at=clock.now()))
    account.console_send(["o0000001", "o0000002"], "内测")
    clock.advance(24 * 3600)
    outside.find(account.ports.figures)

    assert outside.book(rows(world)[0].id, EVERYBODY, "ann") == 9

    with world.database.reading() as session:
        mine = select(MassMessage.place).where(MassMessage.follower_id == 2, MassMessage.outside_id.is_not(None))
        assert session.scalars(mine).all() == [2]


def test_ours_are_not_taken_for_others(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    campaign_id = world.scheduled()
    with world.database.transaction() as session:
        for number, data_id in ((1, "111"), (2, None)):
            session.add(
                Chunk(
                    campaign_id=campaign_id, number=number, variant=1, size=2, first_id=1, last_id=2,
                    state=ChunkState.ACCEPTED, client_id=f"c{number}", job_id=f"{number}", data_id=data_id,
                    accepted_at=clock.now(),
                )
            )  # fmt: skip
    today = local_day(clock.now())
    account.sent_articles = [
        SentArticle("111_1", "文章1", today, True, ""),
        SentArticle("222_1", "文章1", today, True, ""),
        SentArticle("333_1", "发布而已", today, False, ""),
    ]
    clock.advance(24 * 3600)

    assert outside.find(account.ports.figures) == 0

    with world.database.reading() as session:
        assert session.scalars(select(Chunk.data_id).order_by(Chunk.number)).all() == ["111", "222"]


def test_before_eight_and_while_figures_are_late_nothing_is_missed(
    world: World, outside: OutsideSends, account: FakeAccount, clock: FixedClock
) -> None:
    account.console_send(["o0000001", "o0000002"], "内测")
    clock.advance(21 * 3600)  # seven in the morning
    assert outside.find(account.ports.figures) == 0
    clock.advance(2 * 3600)
    account.are_figures_late = True
    assert outside.find(account.ports.figures) == 0
    account.are_figures_late = False
    clock.advance(24 * 3600)

    assert outside.find(account.ports.figures) == 1


def test_other_reports_of_the_platform_are_only_noted(world: World, clock: FixedClock) -> None:
    receive(world, InboundMessage(MessageKind.EVENT, "oHelper", "gh_1", clock.now(), "j:1", detail={"job_id": "7"}))

    assert rows(world) == []
