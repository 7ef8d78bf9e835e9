"""Figures of campaigns on both databases: the same numbers, counted by hand, and two timers at once."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.db import Database
from bot.results import figures
from bot.results.crediting import Crediting
from bot.results.dictionary import METRICS
from bot.results.gathering import Gather, gather
from bot.results.metrics import By
from bot.results.model import Credit, Effect
from tests.factories import MORNING
from tests.unit.results.rows import HOUR, add_campaign, add_fact, add_people
from tests.unit.results.small_campaign import EXPECTED, small_campaign


def test_both_databases_count_what_was_counted_by_hand(both_databases: Database, clock: FixedClock) -> None:
    campaign = small_campaign(both_databases, clock)

    with both_databases.reading() as session:
        sums = figures.total(session, [campaign])
        by_day = figures.by(session, [campaign], By.DAY)

    assert {one.id: one.measure(sums).value for one in METRICS} == EXPECTED
    assert by_day["2026-11-27"]["drawdown_firms"] == 2


def test_two_workers_decide_each_fact_once(both_databases: Database, clock: FixedClock) -> None:
    add_people(both_databases, 1, 2, firm="F1")
    add_campaign(both_databases, {1: [1, 2]})
    for number in range(40):
        add_fact(both_databases, f"e{number}", "drawdown_paid", MORNING + HOUR, firm_id="F1", amount_fen=1)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(Crediting(both_databases, clock).run) for _ in range(4)]:
            done.result()
    # Whoever lost the race left his slice to the next tick.
    Crediting(both_databases, clock).run()

    with both_databases.reading() as session:
        assert session.execute(select(func.count(), func.sum(Credit.amount_fen))).one() == (40, 40)


def test_two_workers_gather_nothing_twice(both_databases: Database, clock: FixedClock) -> None:
    campaign = small_campaign(both_databases, clock)
    with both_databases.reading() as session:
        before = session.scalar(select(func.count()).select_from(Effect))
    clock.advance(3600)

    def again() -> None:
        with both_databases.transaction() as session:
            gather(session, campaign, clock.now())

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(again) for _ in range(4)]:
            done.result()

    assert Gather(both_databases, clock).run() == 0
    with both_databases.reading() as session:
        assert session.scalar(select(func.count()).select_from(Effect)) == before
        assert figures.sizes_of(session, [campaign]) != {}
