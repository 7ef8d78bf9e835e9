"""Every figure of one small campaign, counted by hand.

It went to eight followers: 1-4 in variant 1 (城南), 5-8 in variant 2 (城北). 9 and 10 were held out, 11 and 12 had opted
out, 13 has a complaint.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.campaigns.chunks import Reason
from bot.clock import FixedClock
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.handoff.model import Conversation
from bot.reports.model import HandoffFact
from bot.results import figures
from bot.results.crediting import Crediting
from bot.results.dictionary import BY_ID, METRICS
from bot.results.drilling import Narrowed, behind
from bot.results.gathering import Gather
from bot.results.metrics import By
from bot.results.model import Arm, ArticleDay, EffectKind, TouchKind
from bot.results.rules import Part, Scene
from bot.results.touches import find_source, mark, note
from tests.factories import MORNING, add_parse
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_chat, add_fact, add_people

DAY_1, DAY_2 = date(2026, 11, 24), date(2026, 11, 25)


def open_chat(
    database: Database, follower_id: int, at: datetime, *, product: str | None = None, asks: bool = False
) -> int:
    """A conversation with its source, as bot/inbound.py marks it; `asks` for a person."""
    chat_id = add_chat(database, follower_id, at)
    with database.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        source = find_source(session, follower_id, at)
        if source is not None:
            chat = session.get_one(Conversation, chat_id)
            mark(session, chat, follower, source.scene, is_proven=source.is_proven, now=at)
        if asks:
            session.add(
                HandoffFact(
                    conversation_id=chat_id, arrived_at=at, arrived_on=DAY_1, hour=10, desk="loan", product=product
                )
            )
    return chat_id


@pytest.fixture
def campaign(database: Database, clock: FixedClock) -> int:
    add_people(database, 1, 2, firm="F1", branch="城南支行")
    add_people(database, 3, 4, branch="城南支行")
    add_people(database, 5, firm="F5", branch="城北支行")
    add_people(database, 6, 7, 8, branch="城北支行")
    add_people(database, 9, firm="F9")
    add_people(database, 10, 11, 12, 13, 14)
    made = add_campaign(
        database,
        {1: [1, 2, 3, 4], 2: [5, 6, 7, 8]},
        held=[9, 10],
        left_out={Reason.OPTED_OUT: [11, 12], Reason.COMPLAINT: [13]},
        receipts={1: (4, 3, 3, 0), 2: (4, 4, 3, 1)},
    )
    with database.transaction() as session:
        # 1 clicks twice and scans, 5 scans, 14 follows by the code in a forwarded article.
        for follower_id, variant, kind in (
            (1, 1, TouchKind.CLICK),
            (1, 1, TouchKind.CLICK),
            (1, 1, TouchKind.SCAN),
            (5, 2, TouchKind.SCAN),
            (14, 2, TouchKind.FOLLOW),
        ):
            note(session, session.get_one(Follower, follower_id), Scene(made, variant), kind, MORNING + HOUR)
        for article, day, variant, reads, shares in (
            ("D11_1", DAY_1, 1, 3, 1),
            ("D11_1", DAY_2, 1, 2, 0),
            ("D12_1", DAY_1, 2, 4, 2),
        ):
            session.add(
                ArticleDay(
                    article=article,
                    day=day,
                    campaign_id=made,
                    variant=variant,
                    read_users=reads,
                    share_users=shares,
                    taken_at=MORNING,
                )
            )
        session.get_one(Follower, 4).unfollowed_at = MORNING + 2 * HOUR
        session.get_one(Follower, 10).unfollowed_at = MORNING + 2 * HOUR
        for follower_id in (4, 6):
            session.add(
                Consent(
                    follower_id=follower_id,
                    purpose=Purpose.MARKETING,
                    granted=False,
                    text_version="1",
                    at=MORNING + 3 * HOUR,
                    channel="chat",
                    proof=f"p{follower_id}",
                    recorded_at=MORNING,
                )
            )
    # 1 asks twice and wants a person once, both proven; 2 asks within 72 hours; 5 asks later, proven; 6 too late.
    first = open_chat(database, 1, MORNING + 2 * HOUR, asks=True, product="tax_loan")
    second = open_chat(database, 1, MORNING + DAY)
    other = open_chat(database, 2, MORNING + DAY, asks=True)
    open_chat(database, 5, MORNING + 5 * DAY)
    open_chat(database, 6, MORNING + 4 * DAY)
    open_chat(database, 10, MORNING + DAY)
    add_parse(database, first, "能贷多少", "loan_apply", taken_as="loan_apply")
    add_parse(database, first, "还能贷多少", "loan_apply", taken_as="loan_apply")
    add_parse(database, second, "利率呢", "loan_rate", taken_as="loan_rate")
    add_parse(database, other, "怎么申请", "loan_apply", taken_as="loan_apply")
    add_parse(database, other, "啊", "x", taken_as=None)
    # F1 applies and draws twice, F5 draws; F9 was held out and draws, too; 3's account is used again.
    add_fact(database, "a1", "application_stage_changed", MORNING + DAY, firm_id="F1", stage="applied")
    add_fact(database, "d1", "drawdown_paid", MORNING + 2 * DAY, firm_id="F1", amount_fen=10_000_000)
    add_fact(database, "d2", "drawdown_paid", MORNING + 3 * DAY, firm_id="F1", amount_fen=5_000_000)
    add_fact(database, "d3", "drawdown_paid", MORNING + 3 * DAY, firm_id="F5", amount_fen=1_000_000)
    add_fact(database, "d4", "drawdown_paid", MORNING + 3 * DAY, firm_id="F9", amount_fen=9_000_000)
    add_fact(database, "w1", "account_used", MORNING + 9 * DAY, follower_id=3)
    add_fact(database, "r1", "points_redeemed", MORNING + 9 * DAY, follower_id=7)
    Crediting(database, clock).run()
    Gather(database, clock).run()
    return made


EXPECTED = {
    "planned": 13,
    "left_out": 5,
    "submitted": 8,
    "reached": 8,
    "delivered": 6,
    "filtered": 1,
    "failed": 1,
    "delivery_rate": 6 / 8,
    "reads": 9,
    "read_rate": 9 / 6,
    "shares": 3,
    "clicks": 1,
    "scans": 3,
    "engaged": 3,
    "engaged_rate": 3 / 6,
    "follows": 1,
    "chatters": 3,
    "proven_chatters": 2,
    "handoffs": 2,
    "applications": 1,
    "drawdown_firms": 2,
    "drawdown_fen": 16_000_000,
    "redemptions": 1,
    "woken": 1,
    "unfollows": 1,
    "opt_outs": 2,
    "loss_rate": 2 / 8,
}


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
