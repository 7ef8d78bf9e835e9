"""What the bank's news make the desk do: a new account's holder is called, a lead is where the bank says it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.audience.recording import note_fact
from bot.customers.model import Follower
from bot.customers.service import by_firm, meet_through_bank
from bot.followups.lifecycle import account_opened
from bot.knowledge.content import Content
from bot.leads.recording import BankFactTold, take_bank_fact

ACCOUNT_OPENED = "account_opened"
# New accounts are called by whoever knows the online bank.
NEW_ACCOUNT_DESK = "ebank"


@dataclass(frozen=True)
class BankNews:
    """One signed fact of the bank."""

    event_id: str
    type: str
    openid: str | None
    firm_id: str | None
    amount_fen: int | None
    due_on: str | None
    occurred_at: datetime
    stage: str | None = None
    product: str | None = None
    firm_name: str | None = None
    contact: str | None = None
    phone: str | None = None


def new_holder(session: Session, news: BankNews, now: datetime) -> Follower | None:
    """Whoever opened an account and is not known here yet, written down as not following; None for other news. When he
    follows and binds his firm, both records become one (bot/duplicates).
    """
    name = news.openid or (by_firm(news.firm_id) if news.firm_id else None)
    if news.type != ACCOUNT_OPENED or name is None:
        return None
    holder = meet_through_bank(session, name, now)
    if not news.openid:
        holder.firm_id, holder.firm_name = news.firm_id, news.firm_name or holder.firm_name
        holder.contact, holder.phone = news.contact or holder.contact, news.phone or holder.phone
    return holder


def begin_work(session: Session, follower: Follower, news: BankNews, content: Content, now: datetime) -> None:
    """Put on the desk's list what these news make due. Called once per event."""
    if news.type == ACCOUNT_OPENED:
        account_opened(
            session,
            follower_id=follower.id,
            event_id=news.event_id,
            phone=news.phone or follower.phone,
            opened_at=news.occurred_at,
            desk=content.skills[NEW_ACCOUNT_DESK],
            now=now,
        )
    note_fact(session, follower.id, news.type, news.occurred_at)
    fact = BankFactTold(news.type, news.event_id, news.stage, news.product, news.amount_fen)
    take_bank_fact(session, follower, fact, now)
