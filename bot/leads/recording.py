"""Leads that chats and the bank make and move, in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.events import Event, EventType
from bot.leads import rules
from bot.leads.model import ANY_PRODUCT, Lead, LeadStage, LeadStageChange, LostReason
from bot.outbox import publish

BANK = "bank"
SKILL = "loan"


def note_need(
    session: Session,
    follower: Follower,
    conversation_id: int | None,
    slots: Mapping[str, Any],
    now: datetime,
    *,
    source: str | None = None,
) -> Lead:
    """The customer's open lead, made or brought up to date with what he told; from now on it is talked of in this
    chat. Safe to repeat.
    """
    product = slots.get("product") or ANY_PRODUCT
    lead = find_open(session, follower.id, product)
    if lead is None:
        lead = open_lead(session, follower, conversation_id, product, now, source=source)
    elif lead.product == ANY_PRODUCT and product != ANY_PRODUCT:
        lead.product = product
    lead.conversation_id = conversation_id or lead.conversation_id
    need = rules.told(lead.need, slots)
    if need != lead.need:
        lead.need, lead.changed_at = need, now
        tell(session, lead, now)
    return lead


def find_open(session: Session, follower_id: int, product: str) -> Lead | None:
    """His open lead for this product; else the one whose product is not named yet; for no product in particular, the
    newest one.
    """
    open_ones = select(Lead).where(Lead.follower_id == follower_id, Lead.closed_at.is_(None))
    found = session.scalars(open_ones.order_by(Lead.id.desc()).with_for_update()).all()
    same = next((lead for lead in found if lead.product == product), None)
    if same is not None:
        return same
    if product == ANY_PRODUCT:
        return found[0] if found else None
    return next((lead for lead in found if lead.product == ANY_PRODUCT), None)


def open_lead(
    session: Session,
    follower: Follower,
    conversation_id: int | None,
    product: str,
    now: datetime,
    *,
    source: str | None = None,
    actor: str = rules.CUSTOMER,
) -> Lead:
    """A new lead at its first stage."""
    lead = Lead(
        follower_id=follower.id,
        firm_id=follower.firm_id,
        conversation_id=conversation_id,
        skill=SKILL,
        product=product,
        stage=LeadStage.ENQUIRY,
        need={},
        source=source or follower.source,
        opened_at=now,
        changed_at=now,
    )
    session.add(lead)
    session.flush()
    session.add(LeadStageChange(lead_id=lead.id, stage=lead.stage, at=now, actor=actor))
    tell(session, lead, now)
    return lead


@dataclass(frozen=True)
class BankFactTold:
    """What the bank reported: the type, what it said of the application, the product, the sum, and the event's id."""

    type: str
    event_id: str
    stage: str | None = None
    product: str | None = None
    amount_fen: int | None = None


def take_bank_fact(session: Session, follower: Follower, fact: BankFactTold, now: datetime) -> Lead | None:
    """Move the customer's open lead to where the bank says it is; None when there is nothing to move."""
    stage = rules.bank_stage(fact.type, fact.stage)
    lead = find_open(session, follower.id, fact.product or ANY_PRODUCT) if stage is not None else None
    if stage is None or lead is None or not rules.may_go(lead.stage, stage):
        return None
    lead.firm_id = lead.firm_id or follower.firm_id
    if stage is LeadStage.PAID:
        lead.amount_fen = fact.amount_fen
    reason = LostReason.REFUSED_BY_BANK if stage is LeadStage.LOST else None
    go(session, lead, stage, BANK, fact.event_id, now, reason)
    return lead


def go(
    session: Session,
    lead: Lead,
    stage: LeadStage,
    actor: str,
    evidence: str | None,
    now: datetime,
    lost_reason: LostReason | None = None,
) -> None:
    """Write a stage down; the caller has made sure that it may come to it."""
    lead.stage, lead.changed_at, lead.lost_reason = stage, now, lost_reason
    lead.closed_at = now if stage in rules.CLOSED else None
    session.add(LeadStageChange(lead_id=lead.id, stage=stage, at=now, actor=actor, evidence=evidence or None))
    tell(session, lead, now)


def tell(session: Session, lead: Lead, now: datetime) -> None:
    """Publish a change of a lead with its transaction, to whom the chat concerns in which it is talked of."""
    payload = {"lead_id": lead.id, "stage": lead.stage.value}
    publish(session, now, Event(EventType.LEAD_CHANGED, lead.conversation_id, payload=payload))
