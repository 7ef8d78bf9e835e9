"""Two records of one customer become one: whoever opened an account without WeChat is known by his firm (`firm:F777`,
bot/dialogue/bank_work.py) until he follows and binds it. Everything written about him meanwhile is his.

Called inside the transaction of a turn or of the bank's binding, so that nobody sees half of it.
"""

from datetime import datetime

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.customers import dedicated
from bot.customers.consents import note_opt_out
from bot.customers.model import Consent, Follower
from bot.customers.service import by_firm, log_id
from bot.db import Base
from bot.duplicates.clashes import CLASHES
from bot.duplicates.tables import MOVED
from bot.events import Event, EventType
from bot.outbox import publish

log = structlog.get_logger()
BANK = Doer("bank")


def absorb_firm_record(session: Session, follower: Follower, now: datetime) -> bool:
    """What stands under the firm's own record comes to its bound owner, whom the caller has locked; False when there is
    none, or when it is another person's. Safe to repeat.
    """
    if follower.firm_id is None or follower.openid == by_firm(follower.firm_id):
        return False
    known = select(Follower).where(Follower.openid == by_firm(follower.firm_id)).with_for_update()
    old = session.scalars(known).first()
    if old is None or not _is_same_person(old, follower):
        return False
    _merge(session, old, follower, now)
    log.info("customers_merged", follower=log_id(follower.openid))
    return True


def _is_same_person(old: Follower, follower: Follower) -> bool:
    """A clerk who binds the firm too is not whom the bank named when the account was opened."""
    return not old.contact or not follower.contact or old.contact == follower.contact


def _merge(session: Session, old: Follower, follower: Follower, now: datetime) -> None:
    for settle in CLASHES.values():
        settle(session, old.id, follower.id, now)
    session.flush()
    for name in MOVED:
        table = Base.metadata.tables[name]
        session.execute(update(table).where(table.c.follower_id == old.id).values(follower_id=follower.id))
    _move_consents(session, old.id, follower.id)
    _keep_facts(old, follower)
    session.delete(old)
    session.flush()
    # What was read before still names the old record.
    session.expire_all()
    note_opt_out(session, follower)
    note(session, now, BANK, Act.CUSTOMER_MERGED, Thing("follower", old.id, follower.id))
    publish(session, now, Event(EventType.CUSTOMER_CHANGED, payload={"follower_id": follower.id}))


def _move_consents(session: Session, old_id: int, new_id: int) -> None:
    """The ledger is never rewritten: each word is taken out and entered anew, with its proof and both its times."""
    table = Base.metadata.tables[Consent.__tablename__]
    rows = session.execute(select(table).where(table.c.follower_id == old_id).order_by(table.c.id)).mappings().all()
    session.execute(delete(table).where(table.c.follower_id == old_id))
    for row in rows:
        session.execute(insert(table).values({**row, "follower_id": new_id}))


def _keep_facts(old: Follower, follower: Follower) -> None:
    """What he himself or his own record told is newer; the rest is kept."""
    for name in ("firm_name", "contact", "phone", "industry", "branch", "last_rep", "source"):
        setattr(follower, name, getattr(follower, name) or getattr(old, name))
    follower.first_seen_at = min(follower.first_seen_at, old.first_seen_at)
    if follower.chosen_rep is None and old.chosen_rep is not None:
        dedicated.choose(follower, old.chosen_rep)
