from datetime import timedelta

from sqlalchemy import select

from bot.campaigns.model import CampaignState
from bot.clock import FixedClock
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.results.gathering import Gather
from bot.results.model import Arm, Effect, EffectKind, Gathering, GroupSize
from tests.factories import MORNING
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_chat, add_fact, add_people

Found = set[tuple[int, EffectKind, Arm, int]]


def gathered(database: Database, clock: FixedClock) -> Found:
    """Gather; follower, kind, group and week of every effect."""
    Gather(database, clock).run()
    with database.reading() as session:
        return {(row.follower_id, row.kind, row.group, row.week) for row in session.scalars(select(Effect))}


def say_no(database: Database, follower_id: int, hours: float, *, granted: bool = False) -> None:
    with database.transaction() as session:
        session.add(
            Consent(
                follower_id=follower_id,
                purpose=Purpose.MARKETING,
                granted=granted,
                text_version="1",
                at=MORNING + hours * HOUR,
                channel="chat",
                proof=f"p{follower_id}{hours}",
                recorded_at=MORNING,
            )
        )


def test_groups_are_counted_by_variant_and_branch(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, branch="城南支行")
    add_people(database, 3, 4, 5)
    add_campaign(database, {1: [1, 3], 2: [2, 4]}, held=[5])

    gathered(database, clock)
    clock.advance(timedelta(hours=2).total_seconds())
    gathered(database, clock)

    with database.reading() as session:
        rows = session.scalars(select(GroupSize)).all()
        assert {(row.group, row.variant, row.branch, row.followers) for row in rows} == {
            (Arm.SENT, 1, "城南支行", 1),
            (Arm.SENT, 1, "", 1),
            (Arm.SENT, 2, "城南支行", 1),
            (Arm.SENT, 2, "", 1),
            (Arm.HELD, 0, "", 1),
        }


def test_chats_of_both_groups_count_by_the_week(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, 3, 4, 5)
    add_campaign(database, {1: [1, 2, 5]}, held=[3])
    add_chat(database, 1, MORNING + HOUR)
    add_chat(database, 1, MORNING + 8 * DAY)
    add_chat(database, 2, MORNING - HOUR)
    add_chat(database, 2, MORNING + 7 * DAY)
    add_chat(database, 3, MORNING + 29 * DAY)
    add_chat(database, 4, MORNING + HOUR)
    add_chat(database, 5, MORNING + HOUR, spoke=False)
    add_chat(database, 5, MORNING + 31 * DAY)

    assert gathered(database, clock) == {
        (1, EffectKind.CHAT, Arm.SENT, 0),
        (2, EffectKind.CHAT, Arm.SENT, 1),
        (3, EffectKind.CHAT, Arm.HELD, 4),
    }


def test_facts_of_a_firm_are_everybodys_who_acts_for_it(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, firm="F1")
    add_people(database, 3)
    add_people(database, 4, firm="F4")
    add_campaign(database, {1: [1, 3]}, held=[2, 4])
    add_fact(database, "e1", "drawdown_paid", MORNING + DAY, firm_id="F1", follower_id=1, amount_fen=1)
    add_fact(database, "e2", "account_used", MORNING + 8 * DAY, follower_id=3)
    add_fact(database, "e3", "points_redeemed", MORNING + DAY, firm_id="F4")
    add_fact(database, "e4", "drawdown_paid", MORNING + 31 * DAY, firm_id="F4", amount_fen=1)

    assert gathered(database, clock) == {
        (1, EffectKind.DRAWDOWN, Arm.SENT, 0),
        (2, EffectKind.DRAWDOWN, Arm.HELD, 0),
        (3, EffectKind.WOKEN, Arm.SENT, 1),
    }


def test_who_leaves_or_refuses_within_72_hours_is_a_loss(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, 3, 4, 5)
    add_campaign(database, {1: [1, 2, 4]}, held=[3, 5])
    with database.transaction() as session:
        for follower_id, hours in ((1, 72), (2, 73), (3, 1)):
            session.get_one(Follower, follower_id).unfollowed_at = MORNING + hours * HOUR
    say_no(database, 4, 71.5)
    say_no(database, 2, 73)
    say_no(database, 5, 1, granted=True)

    assert gathered(database, clock) == {
        (1, EffectKind.UNFOLLOW, Arm.SENT, 0),
        (3, EffectKind.UNFOLLOW, Arm.HELD, 0),
        (4, EffectKind.OPT_OUT, Arm.SENT, 0),
    }


def test_gathering_again_finds_what_is_new_and_nothing_twice(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2)
    add_campaign(database, {1: [1, 2]})
    add_chat(database, 1, MORNING + HOUR)
    first = gathered(database, clock)
    add_chat(database, 2, MORNING + HOUR)

    assert gathered(database, clock) == first
    clock.advance(timedelta(minutes=1).total_seconds())

    assert len(gathered(database, clock)) == len(first) + 1


def test_only_campaigns_that_began_are_gathered_until_nothing_more_counts(
    database: Database, clock: FixedClock
) -> None:
    add_people(database, 1, 2)
    over = add_campaign(database, {1: [1, 2]}, at=MORNING - 32 * DAY)
    running = add_campaign(database, {1: [1, 2]}, state=CampaignState.RUNNING)
    add_campaign(database, {1: [1, 2]}, state=CampaignState.SCHEDULED, started_at=None)
    stopped = add_campaign(database, {1: [1, 2]}, state=CampaignState.CANCELLED, started_at=None)

    assert Gather(database, clock).run() == 2
    with database.reading() as session:
        assert session.get_one(Gathering, over).next_at is None
        assert session.get_one(Gathering, running).next_at == MORNING + timedelta(minutes=1)
        assert session.get(Gathering, stopped) is None
    assert Gather(database, clock).run() == 0
