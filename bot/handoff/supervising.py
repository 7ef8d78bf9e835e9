"""What supervisors do with conversations others have or wait in, and how a chat goes back to the bot. Each act is one
transaction with its row of the audit; who had the chat is told by an event.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.db import Database
from bot.errors import CaseNotYours, CaseStateConflict
from bot.events import EventType
from bot.handoff.capacity import check_room
from bot.handoff.model import Conversation, OfferEnded, Outcome, Owner
from bot.handoff.offers import end_offer
from bot.handoff.routing import Routing
from bot.handoff.serving import begin_serving, check_present, lock_rep, start_idling
from bot.handoff.transitions import (
    Consequence,
    check_not_about,
    close,
    event_of,
    get_locked,
    give_back,
    name_of,
    nothing,
)
from bot.outbox import publish

log = structlog.get_logger()

OPEN_AT_THE_DESK = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)


@dataclass(frozen=True)
class Supervision:
    """Acts over the heads of routing and reps."""

    database: Database
    routing: Routing
    clock: Clock

    def assign(self, conversation_id: int, doer: Doer, to: str, reason: str) -> None:
        """Give a waiting, offered or active chat to a rep with room, without asking him.

        Raises NotFound, RepAbsent, CapacityReached, CaseStateConflict, NotAllowed (the complaint is about him). Safe
        to repeat.
        """
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            check_present(session, to, self.clock.now())
            former = self._give(session, row, to, doer, Act.CONVERSATION_ASSIGNED, reason)
        self._tell(conversation_id, to, former)

    def take_over(self, conversation_id: int, doer: Doer, reason: str) -> None:
        """The supervisor serves the chat from now on, within his own capacity. Raises as assign does."""
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            former = self._give(session, row, doer.username, doer, Act.CONVERSATION_TAKEN_OVER, reason)
        self._tell(conversation_id, doer.username, former)

    def give_back(self, conversation_id: int, doer: Doer, text: str, asked: Sequence[str], *, of: str | None) -> None:
        """An active chat goes back to the bot, with what was done and which slots were asked for. `of` is the rep who
        must have it, or None for whoever has.

        Raises NotFound, CaseNotYours, CaseStateConflict (nobody has it).
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner is not Owner.ACTIVE or row.rep is None:
                raise CaseStateConflict(state=row.owner.value)
            if of is not None and row.rep != of:
                raise CaseNotYours(owner=name_of(session, row.rep), state=row.owner.value)
            former = row.rep
            give_back(session, row, doer.username, text, asked, now)
            start_idling(session, former, now)
            if former != doer.username:
                note(session, now, doer, Act.CONVERSATION_RETURNED, _thing(row), text)
        self.routing.wake(None)
        log.info("handoff_returned", handoff_id=conversation_id, rep_id=former)

    def close(
        self, conversation_id: int, doer: Doer, outcome: Outcome, reason: str, consequence: Consequence = nothing
    ) -> None:
        """End a waiting or offered chat, or one that somebody serves, with its outcome and what that brings with it.
        Nobody wraps it up: what is said of it here stands.

        Raises NotFound, CaseStateConflict (it is not at the desk), NotAllowed (the complaint is about him), and what
        the consequence raises.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner not in OPEN_AT_THE_DESK:
                raise CaseStateConflict(state=row.owner.value)
            check_not_about(session, row, doer.username)
            end_offer(session, row, OfferEnded.WITHDRAWN, now)
            if row.owner is Owner.OFFERED:
                # He was only asked.
                row.rep = None
            if row.rep is not None:
                start_idling(session, row.rep, now)
            close(row, outcome, reason, now)
            publish(session, now, event_of(EventType.HANDOFF_CLOSED, row, by=doer.username))
            consequence(session, row, now)
            note(session, now, doer, Act.CONVERSATION_CLOSED, _thing(row), reason)
        self.routing.forget(conversation_id)
        self.routing.wake(None)
        log.info("handoff_closed", handoff_id=conversation_id, rep_id=doer.username, outcome=outcome.value)

    def _give(self, session: Session, row: Conversation, to: str, doer: Doer, act: Act, reason: str) -> str | None:
        """Make him the owner, and who had it before; None when it was nobody's, or his already."""
        now, former = self.clock.now(), row.rep
        if row.owner is Owner.ACTIVE and former == to:
            return None
        if row.owner not in OPEN_AT_THE_DESK:
            raise CaseStateConflict(state=row.owner.value)
        check_not_about(session, row, to)
        # Two reps at once: in the order of their names, or two who swap chats would wait for each other.
        locked = {name: lock_rep(session, name) for name in sorted({to, *([former] if former else [])})}
        desk = self.routing.desk_of(session, row.skill)
        weight = check_room(session, locked[to], row, desk, now)
        end_offer(session, row, OfferEnded.ACCEPTED if former == to else OfferEnded.WITHDRAWN, now)
        if former is not None and former != to and row.owner is Owner.ACTIVE:
            start_idling(session, former, now)
        row.owner, row.rep, row.weight, row.offer_expires_at = Owner.ACTIVE, to, weight, None
        row.version += 1
        begin_serving(session, row, locked[to], desk, now)
        told = {"by": doer.username, "former": former, "act": act.value}
        publish(session, now, event_of(EventType.HANDOFF_ASSIGNED, row, **told))
        note(session, now, doer, act, _thing(row), reason)
        return former

    def _tell(self, conversation_id: int, rep: str, former: str | None) -> None:
        self.routing.forget(conversation_id)
        # From here on his screen is watched, whether he looks at it or not.
        self.routing.watch(rep)
        self.routing.wake(None)
        log.info("handoff_assigned", handoff_id=conversation_id, rep_id=rep, former=former)


def _thing(row: Conversation) -> Thing:
    return Thing("conversation", row.id, row.follower_id)
