"""What may be there once for a customer and stands under both his records: one is kept, with what the other held."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.complaints.model import Complaint, ComplaintState, ToldBy
from bot.complaints.notes import ComplaintNote
from bot.customers.remarks import tags_on
from bot.handoff.model import Conversation, Outcome, Owner
from bot.leads.model import Lead, LeadStageChange
from bot.leads.rules import ORDER
from bot.privacy.model import DataRequest, LegalHold, RequestState
from bot.privacy.registry import get_table

BY = "bank"

Settle = Callable[[Session, int, int, datetime], None]
Row = TypeVar("Row", Complaint, Conversation, DataRequest, Lead, LegalHold)


def _settle_tags(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """A tag both have stays on once; the other ends as history."""
    kept = {row.tag for row in tags_on(session, new_id)}
    for row in tags_on(session, old_id):
        if row.tag in kept:
            row.removed_by, row.removed_at = BY, now


def _settle_leads(session: Session, old_id: int, new_id: int, _now: datetime) -> None:
    """One interest: the one further on, with the need, the owner and the way of both."""
    is_open = Lead.closed_at.is_(None)
    mine = {lead.product: lead for lead in _rows(session, Lead, new_id, is_open)}
    for other in _rows(session, Lead, old_id, is_open):
        if other.product in mine:
            kept, gone = sorted((mine[other.product], other), key=lambda lead: ORDER.index(lead.stage), reverse=True)
            _join_leads(session, kept, gone)


def _join_leads(session: Session, kept: Lead, gone: Lead) -> None:
    kept.need = {**gone.need, **kept.need}
    for name in ("firm_id", "conversation_id", "source", "owner", "amount_fen"):
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    kept.opened_at = min(kept.opened_at, gone.opened_at)
    kept.changed_at = max(kept.changed_at, gone.changed_at)
    session.execute(update(LeadStageChange).where(LeadStageChange.lead_id == gone.id).values(lead_id=kept.id))
    session.delete(gone)


def _settle_chats(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """He writes in one chat: the one he writes in stays open."""
    is_open = Conversation.owner != Owner.CLOSED
    if _rows(session, Conversation, new_id, is_open):
        for other in _rows(session, Conversation, old_id, is_open):
            other.owner, other.outcome, other.closed_at = Owner.CLOSED, Outcome.EXPIRED, now
            other.version += 1


def _settle_complaints(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """Two complaints run on as one, by the earlier clock and with the words of both."""
    is_open = Complaint.state == ComplaintState.OPEN
    both = [*_rows(session, Complaint, new_id, is_open), *_rows(session, Complaint, old_id, is_open)]
    for gone in sorted(both, key=lambda one: (one.due_on, one.id))[1:]:
        kept = min(both, key=lambda one: (one.due_on, one.id))
        words = f"并入投诉{gone.ticket}（{local_day(gone.filed_at):%Y-%m-%d}登记）：{gone.text}"
        session.add(ComplaintNote(complaint_id=kept.id, text=words, by=BY, at=now))
        if kept.handler == gone.about_rep:
            # Nobody handles what was said of himself, not even as a part.
            kept.handler = None
        # Nor takes it afterwards.
        kept.about_rep = kept.about_rep or gone.about_rep
        # A closed one must say how its result is told: with that of the other, and he was known by his phone.
        gone.state, gone.closed_at, gone.closed_by = ComplaintState.CLOSED, now, BY
        gone.result, gone.told_by = f"与投诉{kept.ticket}合并办理，处理结果见{kept.ticket}", ToldBy.PHONE


def _settle_requests(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """What he asked for twice is done once, by the earlier day."""
    is_open = DataRequest.state == RequestState.OPEN
    mine = {row.kind: row for row in _rows(session, DataRequest, new_id, is_open)}
    for other in _rows(session, DataRequest, old_id, is_open):
        if other.kind in mine:
            kept, gone = sorted((mine[other.kind], other), key=lambda one: (one.due_at, one.id))
            gone.state, gone.handled_by, gone.handled_at = RequestState.REFUSED, BY, now
            gone.note = f"与{kept.number}为同一请求，一并办理"


def _settle_holds(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """Both reasons hold under one; lifting it takes both."""
    is_open = LegalHold.lifted_at.is_(None)
    for kept in _rows(session, LegalHold, new_id, is_open):
        for other in _rows(session, LegalHold, old_id, is_open):
            kept.reason = f"{kept.reason}；{other.reason}"
            other.lifted_by, other.lifted_at = BY, now


def _once(name: str, *others: str) -> Settle:
    """Of what both have in the same place, the one who follows keeps his own."""

    def settle(session: Session, old_id: int, new_id: int, _now: datetime) -> None:
        table = get_table(name)
        mine = table.alias()
        same = and_(
            mine.c.follower_id == new_id, *(mine.c[other].is_not_distinct_from(table.c[other]) for other in others)
        )
        twice = select(mine.c.follower_id).where(same).exists()
        session.execute(delete(table).where(table.c.follower_id == old_id, twice))

    return settle


def _rows(session: Session, table: type[Row], follower_id: int, condition: ColumnElement[bool]) -> list[Row]:
    mine = select(table).where(table.follower_id == follower_id, condition).order_by(table.id)
    return list(session.scalars(mine.with_for_update()))


CLASHES: Mapping[str, Settle] = {
    "conversations": _settle_chats,
    "customer_tags": _settle_tags,
    "leads": _settle_leads,
    "complaints": _settle_complaints,
    "data_requests": _settle_requests,
    "legal_holds": _settle_holds,
    "campaign_recipients": _once("campaign_recipients", "campaign_id"),
    "campaign_effects": _once("campaign_effects", "campaign_id", "kind"),
    "campaign_touches": _once("campaign_touches", "campaign_id", "variant", "kind"),
    "mass_ledger": _once("mass_ledger", "month", "place"),
    "contact_slots": _once("contact_slots", "slot"),
    "traits": _once("traits", "key", "list_id"),
    "audience_list_rows": _once("audience_list_rows", "list_id"),
}
