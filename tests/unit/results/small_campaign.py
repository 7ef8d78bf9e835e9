"""One small campaign whose every figure is counted by hand.

It went to eight followers: 1-4 in variant 1 (城南), 5-8 in variant 2 (城北). 9 and 10 were held out, 11 and 12 had opted
out, 13 has a complaint.
"""

from datetime import date, datetime

from bot.campaigns.chunks import Reason
from bot.clock import Clock
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.handoff.model import Conversation
from bot.reports.model import HandoffFact
from bot.results.crediting import Crediting
from bot.results.gathering import Gather
from bot.results.model import ArticleDay, TouchKind
from bot.results.rules import Scene
from bot.results.touches import find_source, mark, note
from tests.factories import MORNING, add_parse
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_chat, add_fact, add_people

DAY_1, DAY_2 = date(2026, 11, 24), date(2026, 11, 25)

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
            session.get_one(Conversation, chat_id).queued_at = at
            session.add(
                HandoffFact(
                    conversation_id=chat_id, arrived_at=at, arrived_on=DAY_1, hour=10, desk="loan", product=product
                )
            )
    return chat_id


def small_campaign(database: Database, clock: Clock) -> int:
    """All of it, gathered; the campaign's id."""
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
