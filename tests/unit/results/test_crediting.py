from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.leads.model import Lead, LeadStage
from bot.results.crediting import Crediting
from bot.results.model import Credit, CreditKind, TouchKind
from bot.results.rules import Scene
from bot.results.touches import note
from tests.factories import MORNING
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_fact, add_people

PAID = "drawdown_paid"


def credit(database: Database, clock: FixedClock) -> dict[str, tuple[int | None, bool]]:
    """Decide all facts; campaign and proof by event."""
    Crediting(database, clock).run()
    with database.reading() as session:
        return {row.event_id: (row.campaign_id, row.is_proven) for row in session.scalars(select(Credit))}


def touch(database: Database, follower_id: int, campaign_id: int, at: datetime) -> None:
    with database.transaction() as session:
        assert note(session, session.get_one(Follower, follower_id), Scene(campaign_id, 1), TouchKind.CLICK, at)


def test_the_last_proven_touch_gets_the_drawdown_and_no_other_campaign(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, firm="F1")
    first = add_campaign(database, {1: [1, 2]})
    add_campaign(database, {1: [1, 2]}, at=MORNING + DAY)
    touch(database, 2, first, MORNING + 2 * HOUR)
    add_fact(database, "e1", PAID, MORNING + 2 * DAY, firm_id="F1", follower_id=1, amount_fen=10_000_000)

    assert credit(database, clock) == {"e1": (first, True)}


def test_without_a_touch_the_last_send_gets_it(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, firm="F1")
    add_campaign(database, {1: [1, 2]})
    second = add_campaign(database, {1: [1, 2]}, at=MORNING + DAY)
    add_fact(database, "e1", PAID, MORNING + 2 * DAY, firm_id="F1", amount_fen=1)

    assert credit(database, clock) == {"e1": (second, False)}


@pytest.mark.parametrize(
    ("after", "is_credited"),
    [(timedelta(seconds=-1), False), (timedelta(0), True), (30 * DAY, True), (30 * DAY + HOUR, False)],
)
def test_what_comes_within_thirty_days_is_counted(
    database: Database, clock: FixedClock, after: timedelta, is_credited: bool
) -> None:
    add_people(database, 1, 2, firm="F1")
    campaign = add_campaign(database, {1: [1, 2]})
    add_fact(database, "e1", PAID, MORNING + after, firm_id="F1", amount_fen=1)

    assert credit(database, clock) == {"e1": (campaign if is_credited else None, False)}


def test_a_touch_repeated_after_the_fact_counts_by_its_first_time(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, firm="F1")
    campaign = add_campaign(database, {1: [1, 2]})
    touch(database, 1, campaign, MORNING + HOUR)
    touch(database, 1, campaign, MORNING + 3 * DAY)
    touch(database, 2, campaign, MORNING + 3 * DAY)
    add_fact(database, "e1", PAID, MORNING + DAY, firm_id="F1", amount_fen=1)

    assert credit(database, clock) == {"e1": (campaign, True)}


def test_who_was_held_out_brings_a_campaign_nothing(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2)
    add_people(database, 3, firm="F3")
    add_campaign(database, {1: [1, 2]}, held=[3])
    add_fact(database, "e1", PAID, MORNING + HOUR, firm_id="F3", follower_id=3, amount_fen=1)

    assert credit(database, clock) == {"e1": (None, False)}


@pytest.mark.parametrize(
    ("kind", "stage", "expected"),
    [
        (PAID, None, CreditKind.DRAWDOWN),
        ("application_stage_changed", "applied", CreditKind.APPLICATION),
        ("application_stage_changed", "approved", None),
        ("points_redeemed", None, CreditKind.REDEMPTION),
        ("account_used", None, CreditKind.WOKEN),
        ("account_opened", None, None),
    ],
)
def test_which_facts_count(
    database: Database, clock: FixedClock, kind: str, stage: str | None, expected: CreditKind | None
) -> None:
    add_people(database, 1, 2, firm="F1")
    add_campaign(database, {1: [1, 2]})
    add_fact(database, "e1", kind, MORNING + HOUR, firm_id="F1", stage=stage, amount_fen=700)

    Crediting(database, clock).run()

    with database.reading() as session:
        found = session.scalars(select(Credit)).first()
        assert (found.kind if found else None) == expected
        assert (found.amount_fen if found else 0) == (700 if expected is CreditKind.DRAWDOWN else 0)


def test_facts_are_decided_once(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, 2, firm="F1")
    add_fact(database, "e1", PAID, MORNING + HOUR, firm_id="F1", amount_fen=1)
    assert Crediting(database, clock).run() == 1
    add_campaign(database, {1: [1, 2]})

    assert Crediting(database, clock).run() == 0
    assert credit(database, clock) == {"e1": (None, False)}


def test_a_credit_says_whose_firm_branch_and_product_it_is(database: Database, clock: FixedClock) -> None:
    add_people(database, 1, firm="F1", branch="城南支行")
    add_people(database, 2)
    add_campaign(database, {1: [1, 2]})
    lead: dict[str, Any] = {"follower_id": 1, "skill": "loan", "product": "tax_loan", "stage": LeadStage.PAID}
    with database.transaction() as session:
        session.add(Lead(**lead, need={}, opened_at=MORNING, changed_at=MORNING))
    add_fact(database, "e1", PAID, MORNING + HOUR, firm_id="F1", amount_fen=1)
    add_fact(database, "e2", PAID, MORNING + HOUR, follower_id=2, amount_fen=1)
    add_fact(database, "e3", PAID, MORNING + HOUR, amount_fen=1)

    Crediting(database, clock).run()

    with database.reading() as session:
        rows = session.scalars(select(Credit).order_by(Credit.event_id)).all()
        assert [(row.firm, row.branch, row.product, row.follower_id) for row in rows] == [
            ("F1", "城南支行", "tax_loan", 1),
            ("follower:2", None, None, 2),
            ("event:e3", None, None, None),
        ]
