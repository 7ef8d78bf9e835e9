"""Every figure of one small campaign against what was counted by hand (small_campaign.py)."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.results import figures
from bot.results.crediting import Crediting
from bot.results.dictionary import BY_ID, METRICS
from bot.results.drilling import Narrowed, behind
from bot.results.gathering import Gather
from bot.results.metrics import By
from bot.results.model import Arm, EffectKind, TouchKind
from bot.results.rules import Part, Scene
from bot.results.touches import note
from tests.factories import MORNING
from tests.unit.results.rows import DAY, add_campaign, add_fact
from tests.unit.results.small_campaign import DAY_1, DAY_2, EXPECTED, small_campaign


@pytest.fixture
def campaign(database: Database, clock: FixedClock) -> int:
    return small_campaign(database, clock)


def test_every_figure_of_the_campaign(database: Database, campaign: int) -> None:
    with database.reading() as session:
        sums = figures.total(session, [campaign])

    assert {one.id: one.measure(sums).value for one in METRICS} == EXPECTED


def test_figures_by_variant(database: Database, campaign: int) -> None:
    with database.reading() as session:
        found = figures.by(session, [campaign], By.VARIANT)

    def of(name: str) -> dict[str, float | None]:
        return {key: BY_ID[name].measure(sums).value for key, sums in found.items()}

    assert of("submitted") == {"1": 4, "2": 4}
    assert of("delivered") == {"1": 3, "2": 3}
    assert of("reads") == {"1": 5, "2": 4}
    assert of("scans") == {"1": 1, "2": 2}
    assert of("chatters") == {"1": 2, "2": 1}
    assert of("drawdown_fen") == {"1": 15_000_000, "2": 1_000_000}
    assert of("loss_rate") == {"1": 0.25, "2": 0.25}


def test_figures_by_branch_and_by_product_and_by_day(database: Database, campaign: int) -> None:
    with database.reading() as session:
        branches = figures.by(session, [campaign], By.BRANCH)
        products = figures.by(session, [campaign], By.PRODUCT)
        days = figures.by(session, [campaign], By.DAY)

    assert {key: sums.get("drawdown_firms", 0) for key, sums in branches.items()} == {
        "城南支行": 1,
        "城北支行": 1,
        "": 0,
    }
    assert {key: sums["submitted"] for key, sums in branches.items() if "submitted" in sums} == {
        "城南支行": 4,
        "城北支行": 4,
    }
    assert {key: sums["handoffs"] for key, sums in products.items() if "handoffs" in sums} == {"tax_loan": 1, "": 1}
    assert {key: sums["reads"] for key, sums in days.items() if "reads" in sums} == {"2026-11-24": 7, "2026-11-25": 2}
    assert days["2026-11-27"]["drawdown_firms"] == 2


def test_both_groups_are_told_by_the_same_measure(database: Database, campaign: int) -> None:
    with database.reading() as session:
        found = figures.effects(session, campaign)

    # 1, 2, 5 and 6 wrote within a week, of those held out 10; both who act for F1 count, and 5.
    assert found[EffectKind.CHAT] == (Part(4, 8), Part(1, 2))
    assert found[EffectKind.DRAWDOWN] == (Part(3, 8), Part(1, 2))
    assert found[EffectKind.APPLICATION] == (Part(2, 8), Part(0, 2))
    assert found[EffectKind.WOKEN] == (Part(1, 8), Part(0, 2))
    assert found[EffectKind.UNFOLLOW] == (Part(1, 8), Part(1, 2))
    assert found[EffectKind.OPT_OUT] == (Part(2, 8), Part(0, 2))


def test_weeks_add_up(database: Database, campaign: int) -> None:
    with database.reading() as session:
        found = figures.weeks(session, [campaign])
        sizes = figures.sizes_of(session, [campaign])

    assert found[campaign, Arm.SENT, EffectKind.WOKEN] == [0, 1, 1, 1, 1]
    assert found[campaign, Arm.SENT, EffectKind.DRAWDOWN] == [3, 3, 3, 3, 3]
    assert found[campaign, Arm.HELD, EffectKind.CHAT] == [1, 1, 1, 1, 1]
    assert sizes == {(campaign, Arm.SENT): 8, (campaign, Arm.HELD): 2}


def test_what_was_asked_and_why_somebody_was_left_out(database: Database, campaign: int) -> None:
    with database.reading() as session:
        assert figures.intents(session, [campaign]) == [("loan_apply", 2), ("loan_rate", 1)]
        assert figures.reasons(session, [campaign]) == [("holdout", 2), ("opted_out", 2), ("complaint", 1)]


def test_nobody_is_counted_twice_over_several_campaigns(database: Database, clock: FixedClock, campaign: int) -> None:
    again = add_campaign(database, {1: [1, 2, 14]}, at=MORNING + 10 * DAY)
    with database.transaction() as session:
        note(session, session.get_one(Follower, 1), Scene(again, 1), TouchKind.CLICK, MORNING + 10 * DAY)
    add_fact(database, "d5", "drawdown_paid", MORNING + 11 * DAY, firm_id="F1", amount_fen=2_000_000)
    Crediting(database, clock).run()
    Gather(database, clock).run()

    with database.reading() as session:
        first, second = figures.total(session, [campaign]), figures.total(session, [again])
        both = figures.total(session, [campaign, again])
        rows = figures.by(session, [campaign, again], By.CAMPAIGN)

    assert (first["submitted"], second["submitted"], both["submitted"], both["reached"]) == (8, 3, 11, 9)
    assert (first["clicks"], second["clicks"], both["clicks"]) == (1, 1, 1)
    assert (first["drawdown_firms"], second["drawdown_firms"], both["drawdown_firms"]) == (2, 1, 2)
    assert both["drawdown_fen"] == first["drawdown_fen"] + second["drawdown_fen"] == 18_000_000
    assert (rows[str(campaign)]["reached"], rows[str(again)]["drawdown_firms"]) == (8, 1)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("clicks", [1]),
        ("scans", [1, 5, 14]),
        ("follows", [14]),
        ("chatters", [1, 2, 5]),
        ("proven_chatters", [1, 5]),
        ("handoffs", [1, 2]),
        ("applications", [1]),
        ("drawdown_firms", [1, 5]),
        ("woken", [3]),
        ("unfollows", [4]),
        ("opt_outs", [4, 6]),
    ],
)
def test_the_followers_behind_a_figure(database: Database, campaign: int, metric: str, expected: list[int]) -> None:
    counter = BY_ID[metric].behind
    assert counter is not None
    with database.reading() as session:
        found = behind(session, counter, Narrowed((campaign,)), 0, 50)

    assert [one.follower.id for one in found] == expected


def test_followers_behind_a_figure_come_by_pages_and_of_one_branch(database: Database, campaign: int) -> None:
    with database.reading() as session:
        first = behind(session, "chatters", Narrowed((campaign,)), 0, 1)
        rest = behind(session, "chatters", Narrowed((campaign,)), 1, 2)
        north = behind(session, "chatters", Narrowed((campaign,), By.BRANCH, "城北支行"), 0, 9)
        day = behind(session, "drawdown_firms", Narrowed((campaign,), By.DAY, "2026-11-27"), 0, 9)
        unknown = behind(session, "clicks", Narrowed((campaign,), By.PRODUCT, "tax_loan"), 0, 9)

    assert [one.follower.id for one in first] == [1, 2]
    assert [one.follower.id for one in rest] == [2, 5]
    assert [one.follower.id for one in north] == [5]
    assert [one.follower.id for one in day] == [1, 5]
    assert unknown == []
    assert first[0].conversation_id is not None


def test_campaigns_are_found_by_the_day_they_began(database: Database, campaign: int) -> None:
    add_campaign(database, {1: [1, 2]}, at=MORNING + DAY)

    with database.reading() as session:
        assert [one.id for one in figures.started_in(session, DAY_1, DAY_1)] == [campaign]
        assert len(figures.started_in(session, DAY_1, DAY_2)) == 2
        assert figures.started_in(session, DAY_1 - timedelta(days=9), DAY_1 - timedelta(days=1)) == []


def test_figures_cost_the_same_number_of_statements_for_one_campaign_and_for_many(
    database: Database, campaign: int
) -> None:
    others = [add_campaign(database, {1: [1, 2]}, at=MORNING + DAY * number) for number in range(1, 6)]
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for ids in ([campaign, others[0]], [campaign, *others]):
        seen.clear()
        with database.reading() as session:
            figures.total(session, ids)
            figures.by(session, ids, By.CAMPAIGN)
        counts.append(len(seen))

    assert counts[0] == counts[1] > 0
