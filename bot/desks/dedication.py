"""Which customer has which dedicated rep (专属服务代表): given by a supervisor, handed back by one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.customers.dedicated import choose, end
from bot.customers.model import Follower
from bot.db import Database
from bot.desks.rosters import SERVING_ROLES
from bot.errors import NotFound
from bot.events import Event, EventType
from bot.outbox import publish
from bot.staff.model import StaffMember


@dataclass(frozen=True)
class Dedication:
    """The acts, each in one transaction."""

    database: Database
    clock: Clock

    def give(self, follower_id: int, username: str, doer: Doer) -> None:
        """From now on this rep is asked first for this customer. Raises NotFound. Safe to repeat."""
        with self.database.transaction() as session:
            follower = _locked(session, follower_id)
            rep = session.get(StaffMember, username)
            if rep is None or rep.role not in SERVING_ROLES or not rep.is_enabled:
                raise NotFound(rep=username)
            before = follower.dedicated_rep
            choose(follower, username)
            self._tell(session, follower, before, doer, self.clock.now())

    def hand_back(self, follower_id: int, username: str, doer: Doer) -> None:
        """The customer is whose the bank says again, or nobody's, unless he is another's by now. Raises NotFound.
        Safe to repeat.
        """
        with self.database.transaction() as session:
            follower = _locked(session, follower_id)
            if follower.dedicated_rep == username:
                end(follower, username)
                self._tell(session, follower, username, doer, self.clock.now())

    @staticmethod
    def _tell(session: Session, follower: Follower, before: str | None, doer: Doer, now: datetime) -> None:
        """Write the change down, if it is one."""
        if follower.dedicated_rep == before:
            return
        thing = Thing(f"staff:{follower.dedicated_rep or '-'}", follower_id=follower.id)
        note(session, now, doer, Act.DEDICATED_CHANGED, thing)
        publish(session, now, Event(EventType.CUSTOMER_CHANGED, payload={"follower_id": follower.id}))


def customers_of(session: Session, username: str, before: int | None, limit: int) -> list[Follower]:
    """The customers of a dedicated rep, newest first; one more than `limit` when there are more."""
    found = select(Follower).where(Follower.dedicated_rep == username)
    if before is not None:
        found = found.where(Follower.id < before)
    return list(session.scalars(found.order_by(Follower.id.desc()).limit(limit + 1)))


def count_customers(session: Session) -> dict[str, int]:
    """How many customers each dedicated rep has."""
    counts = (
        select(Follower.dedicated_rep, func.count())
        .where(Follower.dedicated_rep.is_not(None))
        .group_by(Follower.dedicated_rep)
    )
    return {rep: count for rep, count in session.execute(counts) if rep}


def _locked(session: Session, follower_id: int) -> Follower:
    follower = session.get(Follower, follower_id, with_for_update=True)
    if follower is None:
        raise NotFound(follower_id=follower_id)
    return follower
