"""Leads over HTTP: made by a chat at the loan desk, put right by the rep, moved by rep and bank, counted by firm."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.dialogue.bank_work import BankNews
from bot.handoff.model import Conversation, Owner
from bot.leads.recording import note_need
from bot.outbox import OutboxRow
from tests.factories import MORNING, add_follower, add_waiting, conversation_of
from tests.product import UnderTest, text_message
from tests.unit.api.conftest import Browser


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


def add_lead(database: Database, number: int = 1, *, firm: str | None = None, **slots: Any) -> int:
    follower_id = add_follower(database, f"o-lead-{number}")
    with database.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        follower.firm_id = firm
        return note_need(session, follower, None, slots, MORNING).id


def need_of(lead: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {field["name"]: (field["text"], field["by"]) for field in lead["need"]}


def news(kind: str, openid: str, number: int = 1, **more: Any) -> BankNews:
    values = {"firm_id": None, "amount_fen": None, "due_on": None, "occurred_at": MORNING, **more}
    return BankNews(event_id=f"evt-{kind}-{number}", type=kind, openid=openid, **values)


def test_a_chat_at_the_loan_desk_makes_one_lead_with_what_the_customer_told(
    rep: Browser, product: UnderTest, clock: FixedClock, database: Database
) -> None:
    said = "想找专属客服贷款，二三十万，开餐厅采购食材，没有抵押"
    product.understands(said, "dedicated_rep")
    for number in (1, 2):
        accepted = product.bot.inbox.accept(
            text_message(clock, said, number=number), "plain", clock.now(), timedelta(seconds=9)
        )
        product.bot.turns.answer("o-tao", accepted, time.monotonic() + 9)

    [lead] = rep.get("/api/leads").json["items"]

    shown = rep.get(f"/api/leads/{lead['id']}").json
    assert (lead["stage"], lead["product_name"], lead["owner"]) == ("enquiry", None, None)
    assert need_of(shown)["industry"] == ("餐饮", "customer")
    assert need_of(shown)["collateral"] == ("没有抵押", "customer")
    assert need_of(shown)["urgency"] == (None, None)
    beside = rep.get(f"/api/handoffs/{lead['conversation_id']}/leads").json["items"]
    assert [one["item"]["id"] for one in beside] == [lead["id"]]


def test_a_lead_is_told_of_in_the_chat_in_which_it_is_talked_of(rep: Browser, database: Database) -> None:
    first, second = add_waiting(database, 1), add_waiting(database, 2)
    with database.transaction() as session:
        follower = session.get_one(Follower, conversation_of(database, first).follower_id)
        session.get_one(Conversation, first).owner = Owner.CLOSED
        session.get_one(Conversation, second).follower_id = follower.id
        lead = note_need(session, follower, first, {"term": 6}, MORNING)
        note_need(session, follower, second, {"years": 4.0}, MORNING)
        assert lead.conversation_id == second

    assert rep.post("/api/leads", {"conversation_id": second}).status_code == 201

    with database.reading() as session:
        told = session.scalars(select(OutboxRow.conversation_id).where(OutboxRow.type == "lead.changed")).all()
    assert told == [first, first, second, second]


def test_what_the_rep_puts_right_outlives_what_the_customer_says_next(rep: Browser, database: Database) -> None:
    lead = add_lead(database, purpose="采购备货", years=4.0)

    answer = rep.client.put(
        f"/api/leads/{lead}/need",
        json={"purpose": "装修", "years": None, "urgency": "week", "amount": [20_000_000, 30_000_000]},
        headers={"X-CSRF-Token": rep.token},
    )

    assert answer.status_code == 200, answer.text
    with database.transaction() as session:
        follower = session.get_one(Follower, 1)
        note_need(session, follower, None, {"purpose": "采购备货", "years": 4.0, "term": 6}, MORNING)
    shown = need_of(rep.get(f"/api/leads/{lead}").json)
    assert shown["purpose"] == ("装修", "rep")
    assert shown["years"] == (None, "rep")
    assert shown["urgency"] == ("一周内", "rep")
    assert shown["amount"] == ("20万–30万元", "rep")
    assert shown["term"] == ("半年", "customer")


def test_the_bank_moves_a_lead_to_the_money_and_never_back(
    rep: Browser, product: UnderTest, database: Database
) -> None:
    lead = add_lead(database, firm="F1", product="jingying_kuaidai")

    def stage() -> str:
        return str(rep.get(f"/api/leads/{lead}").json["item"]["stage"])

    take = product.bot.aftercare.take_news
    take(news("application_stage_changed", "o-lead-1", 1, stage="approved"))
    assert stage() == "approval"
    take(news("application_stage_changed", "o-lead-1", 2, stage="applied"))
    assert stage() == "approval"
    take(news("drawdown_paid", "o-lead-1", 3, amount_fen=25_000_000))
    assert stage() == "paid"
    shown = rep.get(f"/api/leads/{lead}").json
    assert [(one["stage"], one["actor"]) for one in shown["stages"]] == [
        ("enquiry", "customer"), ("approval", "bank"), ("paid", "bank"),
    ]  # fmt: skip
    assert (shown["item"]["amount_fen"], shown["next_stages"]) == (25_000_000, [])


def test_a_stage_has_its_evidence_and_a_lost_lead_its_reason(rep: Browser, database: Database) -> None:
    lead = add_lead(database)

    moved = rep.post(f"/api/leads/{lead}/stage", {"stage": "applied", "evidence": "客户发来申请成功截图"}).json
    assert (moved["item"]["stage"], moved["item"]["owner"]) == ("applied", "rep")
    assert moved["stages"][-1]["evidence"] == "客户发来申请成功截图"
    back = rep.post(f"/api/leads/{lead}/stage", {"stage": "enquiry"})
    assert (back.status_code, back.json["code"]) == (409, "lead_state_conflict")
    assert rep.post(f"/api/leads/{lead}/stage", {"stage": "lost"}).status_code == 422
    lost = rep.post(f"/api/leads/{lead}/stage", {"stage": "lost", "lost_reason": "too_dear"}).json
    assert (lost["item"]["stage"], lost["item"]["lost_reason"]) == ("lost", "too_dear")
    assert rep.post(f"/api/leads/{lead}/stage", {"stage": "paid"}).status_code == 409


def test_a_firm_with_two_leads_counts_once(rep: Browser, database: Database) -> None:
    add_lead(database, 1, firm="F1")
    add_lead(database, 2, firm="F1")
    add_lead(database, 3)

    figures = {one["stage"]: one for one in rep.get("/api/leads").json["figures"]}

    assert (figures["enquiry"]["leads"], figures["enquiry"]["firms"]) == (3, 2)
    assert figures["paid"]["leads"] == 0


def test_a_customer_has_one_open_lead_per_product(database: Database) -> None:
    first = add_lead(database, purpose="备货")
    with database.transaction() as session:
        follower = session.get_one(Follower, 1)
        same = note_need(session, follower, None, {"product": "jingying_kuaidai"}, MORNING).id
        other = note_need(session, follower, None, {"product": "shuiwudai"}, MORNING).id

    assert (same == first, other == first) == (True, False)


def test_leads_are_paged_and_a_colleagues_are_not_shown(
    rep: Browser, signed_in: Callable[[str], Browser], database: Database
) -> None:
    ids = [add_lead(database, number) for number in range(5)]
    rep.post(f"/api/leads/{ids[0]}/stage", {"stage": "applied"})

    first = rep.get("/api/leads", limit=3).json
    second = rep.get("/api/leads", limit=3, cursor=first["next"]).json

    assert [lead["id"] for page in (first, second) for lead in page["items"]] == ids[::-1]
    assert second["next"] is None
    colleague = signed_in("rep2")
    assert len(colleague.get("/api/leads").json["items"]) == 4
    assert colleague.get(f"/api/leads/{ids[0]}").status_code == 404
    assert rep.get("/api/leads", cursor="nonsense").status_code == 422


def test_a_lead_made_by_hand_is_the_open_one(rep: Browser, database: Database) -> None:
    chat = add_waiting(database)

    made = [rep.post("/api/leads", {"conversation_id": chat, "product": None}).json["item"]["id"] for _ in range(2)]

    assert made[0] == made[1]
    assert rep.post("/api/leads", {"conversation_id": chat, "product": "gold"}).status_code == 422
    assert rep.post("/api/leads", {"conversation_id": 999}).status_code == 404


def test_the_need_is_sealed(database: Database) -> None:
    lead = add_lead(database, purpose="采购食材")

    with database.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT need FROM leads WHERE id = ?", (lead,)).scalar()

    assert "采购" not in str(raw)
    assert "purpose" not in str(raw)
