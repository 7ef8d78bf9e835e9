"""What reps do with conversations. Accepting is one conditional update on owner and version, with the rep's capacity
counted in the same transaction; Redis is told afterwards and may miss it: the next sweep repairs that from the rows.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from bot.clock import Clock
from bot.db import Database
from bot.errors import CaseStateConflict
from bot.events import Event, EventType
from bot.handoff.capacity import check_room
from bot.handoff.model import Conversation, OfferEnded, Outcome, Owner
from bot.handoff.offers import end_offer
from bot.handoff.routing import DESK_BELL, Routing
from bot.handoff.serving import begin_serving, check_present, lock_rep, start_idling, stop_waiting_for_words
from bot.handoff.transitions import (
    DECLINED,
    Consequence,
    active_count,
    check_free_for,
    close,
    event_of,
    get_locked,
    get_owned,
    get_wrapped,
    nothing,
    requeue,
    rows_changed,
)
from bot.outbox import publish
from bot.staff.model import RepStatus, StaffMember

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """The acts of reps, each in one transaction."""

    database: Database
    routing: Routing
    clock: Clock

    def accept(self, conversation_id: int, username: str) -> None:
        """Give a waiting or offered chat to this rep.

        Raises CaseAlreadyTaken (with the owner's name), CapacityReached, CaseStateConflict, NotFound. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_locked(session, conversation_id)
            rep = lock_rep(session, username)
            if conversation.owner is Owner.ACTIVE and conversation.rep == username:
                return
            check_free_for(session, conversation, username)
            desk = self.routing.desk_of(session, conversation.skill)
            weight = check_room(session, rep, conversation, desk, now)
            end_offer(session, conversation, OfferEnded.ACCEPTED, now)
            free = (Conversation.owner == Owner.QUEUED) | (
                (Conversation.owner == Owner.OFFERED) & (Conversation.rep == username)
            )
            taken = session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, free, Conversation.version == conversation.version)
                .values(
                    owner=Owner.ACTIVE,
                    rep=username,
                    weight=weight,
                    offer_expires_at=None,
                    version=Conversation.version + 1,
                )
                .execution_options(synchronize_session=False)
            )
            if rows_changed(taken) != 1:
                session.refresh(conversation)
                check_free_for(session, conversation, username)
                raise CaseStateConflict(state=conversation.owner.value)
            session.refresh(conversation)
            begin_serving(session, conversation, rep, desk, now)
            publish(session, now, event_of(EventType.HANDOFF_ACCEPTED, conversation, rep=username))
        self.routing.forget(conversation_id)
        # Whoever clicks is there; from here on his screen is watched.
        self.routing.beat(username)
        log.info("handoff_accepted", handoff_id=conversation_id, rep_id=username)

    def decline(self, conversation_id: int, username: str, reason: str) -> None:
        """Turn an offer down; the chat goes back to its place and to somebody else. Raises CaseStateConflict."""
        with self.database.transaction() as session:
            conversation = get_locked(session, conversation_id)
            if conversation.owner is not Owner.OFFERED or conversation.rep != username:
                raise CaseStateConflict(state=conversation.owner.value)
            requeue(session, conversation, self.clock.now(), cause=DECLINED, reason=reason)
        self.routing.wake(conversation_id)

    def transfer(self, conversation_id: int, username: str, *, skill: str, to: str | None, note: str) -> None:
        """Hand a chat to another desk or rep, with a note; its waiting time starts now. The rep is asked first and has
        to accept; when he does not, his desk is asked. Raises CaseNotYours, NotFound, RepAbsent.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_owned(session, conversation_id, username)
            if to is not None:
                check_present(session, to, now)
            conversation.owner, conversation.rep, conversation.skill = Owner.QUEUED, None, skill
            conversation.queued_at, conversation.declined_by = now, [username]
            conversation.wished_rep = to
            # As after a decline: he is not asked again at once, whoever else is there.
            conversation.offer_expires_at = now
            stop_waiting_for_words(conversation)
            conversation.version += 1
            conversation.card = {**conversation.card, "transfer": {"from": username, "to": to, "note": note}}
            start_idling(session, username, now)
            publish(session, now, event_of(EventType.HANDOFF_TRANSFERRED, conversation, rep=username))
        self.routing.wake(conversation_id)

    def close(
        self, conversation_id: int, username: str, outcome: Outcome, note: str, consequence: Consequence = nothing
    ) -> int:
        """End a chat with its outcome and what that brings with it; the bot has the customer's next word, and its rep a
        while to wrap it up. Raises CaseNotYours, and what the consequence raises. Returns the follower's id.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_owned(session, conversation_id, username)
            desk = self.routing.desk_of(session, conversation.skill)
            close(conversation, outcome, note, now)
            conversation.wrap_up_until = now + timedelta(seconds=desk.wrap_up_s)
            start_idling(session, username, conversation.wrap_up_until)
            publish(session, now, event_of(EventType.HANDOFF_CLOSED, conversation, rep=username))
            consequence(session, conversation, now)
            follower_id = conversation.follower_id
        self.routing.wake(None)
        log.info("handoff_closed", handoff_id=conversation_id, rep_id=username, outcome=outcome.value)
        return follower_id

    def wrap_up(self, conversation_id: int, username: str) -> None:
        """The rep is done with a closed chat before its time: it weighs nothing any more. Raises CaseNotYours,
        NotFound. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_wrapped(session, conversation_id, username)
            if conversation.wrap_up_until is None or conversation.wrap_up_until <= now:
                return
            conversation.wrap_up_until = now
            conversation.version += 1
            start_idling(session, username, now)
            publish(session, now, event_of(EventType.HANDOFF_WRAPPED, conversation))
        self.routing.wake(None)

    def correct_outcome(
        self, conversation_id: int, username: str, outcome: Outcome, note: str, consequence: Consequence = nothing
    ) -> None:
        """Say better how a chat ended, while it is wrapped up, with what another outcome brings with it. Raises
        CaseNotYours, NotFound, CaseStateConflict. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_wrapped(session, conversation_id, username)
            if conversation.wrap_up_until is None or conversation.wrap_up_until <= now:
                raise CaseStateConflict(state="wrapped")
            is_another = conversation.outcome is not outcome
            conversation.outcome, conversation.outcome_note = outcome, note
            conversation.version += 1
            publish(session, now, event_of(EventType.HANDOFF_WRAPPED, conversation))
            if is_another:
                consequence(session, conversation, now)
        self.routing.waker.ring(DESK_BELL)

    def set_status(self, username: str, status: RepStatus) -> None:
        """What the rep wants now; ready drains the lines, anything else gives an open offer back."""
        # Whoever says something of himself is there.
        self.routing.beat(username)
        self.force_status(username, status)

    def force_status(self, username: str, status: RepStatus) -> None:
        """The same in another's word: whether his own screen is alive stays as it is known."""
        now = self.clock.now()
        with self.database.transaction() as session:
            rep = lock_rep(session, username)
            if status is RepStatus.READY and rep.status is not RepStatus.READY:
                rep.idle_since = now
                rep.missed_offers = 0
            if rep.status is not status:
                rep.status_since = now
            rep.status = status
            publish(
                session, now, Event(EventType.REP_STATUS_CHANGED, payload={"rep": username, "status": status.value})
            )
            holds_chats = active_count(session, username) > 0
        if status is not RepStatus.READY:
            self._give_offers_back(username)
        if status is RepStatus.OFFLINE and not holds_chats:
            # His screen stays watched while he holds chats: when it goes silent, they go back to the line.
            self.routing.leave(username)
        self.routing.wake(None)

    def skill_of(self, username: str | None) -> str | None:
        """The first desk a colleague serves, or None for nobody."""
        with self.database.reading() as session:
            rep = session.get(StaffMember, username) if username else None
        return rep.skills[0] if rep and rep.skills else None

    def _give_offers_back(self, username: str) -> None:
        """Of a rep who is not ready any more: looked for after that was written, so that no new one can follow."""
        asked = (Conversation.owner == Owner.OFFERED) & (Conversation.rep == username)
        with self.database.reading() as session:
            ids = session.scalars(select(Conversation.id).where(asked)).all()
        for conversation_id in ids:
            with self.database.transaction() as session:
                row = get_locked(session, conversation_id)
                if row.owner is Owner.OFFERED and row.rep == username:
                    requeue(session, row, self.clock.now(), cause="rep_left")
