"""A supervisor sets what a rep says of himself; the rep is told, and it is written down."""

from dataclasses import dataclass

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.errors import NotFound, QueueUnavailable, RepNotThere
from bot.events import Event, EventType
from bot.handoff.rules import NO_OFFERS_AFTER_S
from bot.handoff.service import Desk
from bot.outbox import publish
from bot.staff.model import RepStatus, Role, StaffMember

BY_SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Forcing:
    """The act of supervisors on a rep's status."""

    desk: Desk

    def set_status(self, username: str, status: RepStatus, doer: Doer) -> None:
        """Set it. Nobody is made ready whose screen is not alive: customers would be offered to an empty chair. Raises
        NotFound, RepNotThere. Safe to repeat.
        """
        desk, now = self.desk, self.desk.clock.now()
        if status is RepStatus.READY and not self._is_there(username):
            raise RepNotThere(rep=username)
        with desk.database.transaction() as session:
            rep = session.get(StaffMember, username)
            if rep is None or rep.role not in (Role.REP, Role.SUPERVISOR) or not rep.is_enabled:
                raise NotFound(rep=username)
            note(session, now, doer, Act.STATUS_FORCED, Thing(f"staff:{username}"), f"{rep.status} → {status}")
            payload = {"rep": username, "status": status.value, "cause": BY_SUPERVISOR}
            publish(session, now, Event(EventType.REP_STATUS_CHANGED, audience=username, payload=payload))
        desk.force_status(username, status)

    def _is_there(self, username: str) -> bool:
        try:
            silent_s = self.desk.routing.queue.silences().get(username)
        except QueueUnavailable:
            return False
        return silent_s is not None and silent_s < NO_OFFERS_AFTER_S
