"""The desk's timer and its use of Redis: offers waiting chats to free reps as choosing.py plans it, takes back what
timers.py finds, rebuilds lost keys.

The rows decide; Redis only orders, holds and times. Every step may run twice, in two processes, or find Redis away.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.desks.model import DeskRules
from bot.desks.queries import rules_in_force
from bot.errors import CapacityReached, QueueUnavailable
from bot.events import EventType
from bot.handoff import queries, rules, timers
from bot.handoff.capacity import check_room
from bot.handoff.choosing import Planned, plan_offers, stuck
from bot.handoff.model import Conversation, Owner
from bot.handoff.rules import Waiting
from bot.handoff.serving import lock_rep
from bot.handoff.transitions import event_of, get_locked, rows_changed
from bot.metrics import STUCK
from bot.outbox import publish
from bot.ports import HandoffQueue, Offer, Waker
from bot.staff.model import RepStatus, StaffMember

log = structlog.get_logger()

DESK_BELL = "desk"
# Redis may also hold chats that left their line a moment ago.
MORE_THAN_KNOWN = 20


@dataclass(frozen=True)
class Routing:
    """Who is asked next, and what happens when he does not answer. `defaults` are the desks' rules while no others
    are in force.
    """

    database: Database
    queue: HandoffQueue
    waker: Waker
    clock: Clock
    defaults: Mapping[str, DeskRules]
    _told_stuck: set[int] = field(default_factory=set)

    def beat(self, username: str) -> None:
        """The rep's screen is alive."""
        self._tell_queue(lambda: self.queue.beat(username))

    def watch(self, username: str) -> None:
        """Somebody was given a chat without asking: his screen is watched from now, if it was not before."""
        self._tell_queue(lambda: None if username in self.queue.silences() else self.queue.beat(username))

    def leave(self, username: str) -> None:
        """The rep went off duty."""
        self._tell_queue(lambda: self.queue.leave(username))

    def forget(self, conversation_id: int) -> None:
        """The conversation no longer waits."""
        self._tell_queue(lambda: self.queue.release(conversation_id))

    def wake(self, conversation_id: int | None) -> None:
        """Something changed: put the conversation into its line, offer what can be offered, ring the desk's bell."""
        if conversation_id is not None:
            self._tell_queue(lambda: self._enqueue(conversation_id))
        self.route()
        self.waker.ring(DESK_BELL)

    def desk_of(self, session: Session, skill: str | None) -> DeskRules:
        """The rules of a desk as they are in force now."""
        return queries.desk_of(self.rules(session), skill)

    def rules(self, session: Session) -> Mapping[str, DeskRules]:
        """The rules by desk as they are in force now."""
        return rules_in_force(session, self.defaults)

    def sweep(self) -> None:
        """What a timer does every second: rebuild Redis if it was lost, take back what was not answered, drain the
        lines.
        """
        self._tell_queue(self._rebuild_if_lost)
        self._tell_queue(self._listen_again)
        changed = timers.warn_of_due_words(self.database, self.clock.now())
        changed += self._put_all_back(timers.take_back_offers(self.database, self.defaults, self.clock.now()))
        changed += self._put_all_back(timers.take_back_wordless(self.database, self.clock.now()))
        changed += self._put_all_back(self._take_back_abandoned())
        self._tell_queue(self._mend_lines)
        changed += self.route()
        self._tell_queue(self._note_stuck)
        if changed:
            self.waker.ring(DESK_BELL)

    def route(self) -> int:
        """Offer waiting chats to free reps, one offer a rep; how many offers were made."""
        try:
            silences = self.queue.silences()
            with self.database.reading() as session:
                planned = plan_offers(session, self.defaults, silences, self.clock.now())
            return sum(self._offer(one) for one in planned)
        except QueueUnavailable:
            return 0

    def _offer(self, planned: Planned) -> bool:
        chat = planned.chat
        offer = Offer(chat.id, planned.rep, chat.offer_id + 1, planned.expires_at)
        if not self.queue.hold(offer, chat.skill):
            # Not in line yet, or Redis was away when it was to be put there: the rows know that it waits.
            self.queue.enqueue(chat.id, chat.skill, chat.rank)
            if not self.queue.hold(offer, chat.skill):
                return False
        if self._record_offer(offer, chat.version):
            return True
        self._tell_queue(lambda: self._put_back(chat.id))
        return False

    def _record_offer(self, offer: Offer, version: int) -> bool:
        """Write the offer down if chat and rep still are as they were: that decides, whatever Redis held."""
        now = self.clock.now()
        with self.database.transaction() as session:
            asked = (Conversation.owner == Owner.OFFERED) & (Conversation.rep == offer.rep)
            conversation = get_locked(session, offer.conversation_id)
            rep = lock_rep(session, offer.rep)
            if rep.status is not RepStatus.READY or session.scalar(select(func.count()).where(asked)):
                return False
            try:
                weight = check_room(session, rep, conversation, self.desk_of(session, conversation.skill), now)
            except CapacityReached:
                return False
            held = session.execute(
                update(Conversation)
                .where(
                    Conversation.id == offer.conversation_id,
                    Conversation.owner == Owner.QUEUED,
                    Conversation.version == version,
                )
                .values(
                    owner=Owner.OFFERED,
                    rep=offer.rep,
                    weight=weight,
                    offer_id=offer.offer_id,
                    offered_at=now,
                    offer_expires_at=offer.expires_at,
                    version=Conversation.version + 1,
                )
            )
            if rows_changed(held) != 1:
                return False
            rep.last_offered_at = now
            session.refresh(conversation)
            publish(session, now, event_of(EventType.HANDOFF_OFFERED, conversation, rep=offer.rep))
        log.info("handoff_offered", handoff_id=offer.conversation_id, rep_id=offer.rep)
        return True

    def _put_all_back(self, returned: Sequence[int]) -> int:
        for conversation_id in returned:
            self._tell_queue(partial(self._put_back, conversation_id))
        return len(returned)

    def _take_back_abandoned(self) -> list[int]:
        try:
            silences = self.queue.silences()
            with self.database.reading() as session:
                unwatched = queries.loads(session).keys() - silences.keys()
            for rep in sorted(unwatched):
                # He took a chat while Redis was away: from now on somebody notices when he is gone.
                self.queue.beat(rep)
        except QueueUnavailable:
            return []
        return timers.take_back_abandoned(self.database, silences, self.clock.now())

    def _mend_lines(self) -> None:
        """Put back into Redis whoever waits and is not there: lost between commit and call, or while it was away."""
        for skill, chats in self._lines().items():
            in_line = set(self.queue.waiting(skill, len(chats) + MORE_THAN_KNOWN))
            for chat in chats:
                if chat.id not in in_line:
                    self.queue.enqueue(chat.id, skill, chat.rank)

    def _note_stuck(self) -> None:
        """Count, and tell the log once of, chats that wait though somebody could serve them."""
        now = self.clock.now()
        with self.database.reading() as session:
            long_waiting = (Conversation.owner == Owner.QUEUED) & (Conversation.queued_at < now - rules.STUCK_AFTER)
            if session.scalar(select(func.count()).where(long_waiting)):
                found = stuck(session, self.defaults, self.queue.silences(), now)
            else:
                found = []
        STUCK.set(len(found))
        for conversation_id in sorted(set(found) - self._told_stuck):
            log.warning("handoff_stuck", handoff_id=conversation_id)
        self._told_stuck.intersection_update(found)
        self._told_stuck.update(found)

    def _lines(self) -> dict[str, list[Waiting]]:
        lines: dict[str, list[Waiting]] = defaultdict(list)
        with self.database.reading() as session:
            for chat in queries.line(session, self.rules(session), self.clock.now()):
                lines[chat.skill].append(chat)
        return lines

    def _enqueue(self, conversation_id: int) -> None:
        with self.database.reading() as session:
            row = session.get_one(Conversation, conversation_id)
            if row.owner is not Owner.QUEUED or row.skill is None:
                return
            # A place by the usual order will do: the rows decide who is served first, Redis only holds.
            skill, place = row.skill, queries.rank_of(row)
        self.queue.enqueue(conversation_id, skill, place)

    def _put_back(self, conversation_id: int) -> None:
        self.queue.release(conversation_id)
        self._enqueue(conversation_id)

    def _rebuild_if_lost(self) -> None:
        if self.queue.needs_rebuild():
            self.rebuild()

    def _listen_again(self) -> None:
        """After a time in which no beat could arrive, everybody counts as alive from now."""
        if self.queue.tick() > rules.DEAF_AFTER_S:
            for rep in self.queue.silences():
                self.queue.beat(rep)

    def rebuild(self) -> None:
        """Fill Redis from the rows; reps who said they are on duty or hold chats count as alive from now."""
        now = self.clock.now()
        with self.database.reading() as session:
            lines = [(chat.id, chat.skill, chat.rank) for chat in queries.line(session, self.rules(session), now)]
            offered = session.scalars(select(Conversation).where(Conversation.owner == Owner.OFFERED))
            offers = [Offer(row.id, row.rep, row.offer_id, row.offer_expires_at or now) for row in offered if row.rep]
            on_duty = session.scalars(select(StaffMember.username).where(StaffMember.status != RepStatus.OFFLINE))
            # Who holds a chat counts as alive too, or nobody would ever notice that he is gone.
            reps = sorted({*on_duty, *queries.loads(session)})
        self.queue.rebuild(lines, offers, reps)
        log.warning("queue_rebuilt", waiting=len(lines), offers=len(offers))

    @staticmethod
    def _tell_queue(act: Callable[[], None]) -> None:
        """Do something to Redis after the commit; the rows stay right without it."""
        try:
            act()
        except QueueUnavailable:
            log.warning("queue_unavailable")
