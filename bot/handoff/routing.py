"""The desk's timer and its use of Redis: offers waiting chats to free reps, takes back what nobody answers, rebuilds
lost keys.

The rows decide; Redis only orders, holds and times. Every step may run twice, in two processes, or find Redis away.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import func, select, update

from bot.clock import Clock
from bot.complaints.queries import find_complained_of
from bot.complaints.service import DESK as COMPLAINTS
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import QueueUnavailable
from bot.events import EventType
from bot.handoff import queries, rules
from bot.handoff.model import Conversation, Owner
from bot.handoff.transitions import (
    count_missed_offer,
    event_of,
    get_locked,
    is_abandoned,
    lock_rep,
    requeue,
    rows_changed,
)
from bot.outbox import publish
from bot.ports import HandoffQueue, Offer, Waker
from bot.staff.model import RepStatus, StaffMember

log = structlog.get_logger()

DESK_BELL = "desk"
ROUTE_AT_ONCE = 20


@dataclass(frozen=True)
class Routing:
    """Who is asked next, and what happens when he does not answer."""

    database: Database
    queue: HandoffQueue
    waker: Waker
    clock: Clock

    def beat(self, username: str) -> None:
        """The rep's screen is alive."""
        self._tell_queue(lambda: self.queue.beat(username))

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

    def sweep(self) -> None:
        """What a timer does every second: rebuild Redis if it was lost, take back stale offers, drain the lines."""
        self._tell_queue(self._rebuild_if_lost)
        self._tell_queue(self._listen_again)
        changed = self._take_back_offers()
        changed += self._requeue_abandoned()
        changed += self.route()
        if changed:
            self.waker.ring(DESK_BELL)

    def route(self) -> int:
        """Offer waiting chats to free reps, one offer a rep; how many offers were made."""
        lines: dict[str, dict[int, float]] = defaultdict(dict)
        with self.database.reading() as session:
            for row in queries.waiting(session):
                lines[row.skill or ""][row.id] = queries.rank_of(row)
        if not lines:
            return 0
        try:
            silences = self.queue.silences()
            return sum(self._route_line(skill, ranks, silences) for skill, ranks in lines.items())
        except QueueUnavailable:
            return 0

    def _route_line(self, skill: str, ranks: dict[int, float], silences: dict[str, float]) -> int:
        in_line = set(self.queue.waiting(skill, len(ranks) + ROUTE_AT_ONCE))
        for lost in ranks.keys() - in_line:
            # Not there yet, or Redis was away when it was to be put in line, or its offer was never recorded.
            self.queue.enqueue(lost, skill, ranks[lost])
        # In the rows' order: whoever asked first is offered first, also when Redis has not heard of him yet.
        order = sorted(ranks, key=lambda conversation_id: (ranks[conversation_id], conversation_id))
        return sum(self._offer(conversation_id, skill, silences) for conversation_id in order[:ROUTE_AT_ONCE])

    def _offer(self, conversation_id: int, skill: str, silences: dict[str, float]) -> bool:
        drafted = self._draft_offer(conversation_id, skill, silences)
        if drafted is None:
            return False
        offer, version = drafted
        try:
            if not self.queue.hold(offer, skill):
                return False
        except QueueUnavailable:
            return False
        if self._record_offer(offer, version):
            return True
        self._tell_queue(lambda: self._put_back(conversation_id))
        return False

    def _draft_offer(self, conversation_id: int, skill: str, silences: dict[str, float]) -> tuple[Offer, int] | None:
        """Whom to ask, and the version of the row the choice rests on; None when nobody can be asked."""
        now = self.clock.now()
        with self.database.reading() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is not None and conversation.owner is Owner.QUEUED:
                follower = session.get_one(Follower, conversation.follower_id)
                barred = find_complained_of(session, follower.id) if skill == COMPLAINTS else None
                chosen = rules.choose_rep(
                    [one for one in queries.candidates(session, silences, now) if one.username != barred],
                    skill,
                    preferred=[_wished(conversation), follower.dedicated_rep, follower.last_rep],
                    declined_by=conversation.declined_by,
                    may_ask_again=_rested(conversation, now),
                )
                if chosen is None:
                    return None
                offer = Offer(conversation_id, chosen.username, conversation.offer_id + 1, now + rules.OFFER_FOR)
                return offer, conversation.version
        # Somebody else moved it on; its place in the line is stale.
        self.forget(conversation_id)
        return None

    def _record_offer(self, offer: Offer, version: int) -> bool:
        now = self.clock.now()
        with self.database.transaction() as session:
            asked = (Conversation.owner == Owner.OFFERED) & (Conversation.rep == offer.rep)
            conversation = get_locked(session, offer.conversation_id)
            rep = lock_rep(session, offer.rep)
            if rep.status is not RepStatus.READY or session.scalar(select(func.count()).where(asked)):
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
                    offer_id=offer.offer_id,
                    offer_expires_at=offer.expires_at,
                    version=Conversation.version + 1,
                )
            )
            if rows_changed(held) != 1:
                return False
            session.refresh(conversation)
            publish(session, now, event_of(EventType.HANDOFF_OFFERED, conversation, rep=offer.rep))
        log.info("handoff_offered", handoff_id=offer.conversation_id, rep_id=offer.rep)
        return True

    def _take_back_offers(self) -> int:
        now = self.clock.now()
        overdue = (Conversation.owner == Owner.OFFERED) & (Conversation.offer_expires_at < now)
        with self.database.reading() as session:
            ids = list(session.scalars(select(Conversation.id).where(overdue)))
        for conversation_id in ids:
            with self.database.transaction() as session:
                conversation = get_locked(session, conversation_id)
                if conversation.owner is not Owner.OFFERED or (conversation.offer_expires_at or now) >= now:
                    continue
                count_missed_offer(session, conversation.rep, now)
                requeue(session, conversation, now, cause="offer_timeout")
            self._tell_queue(partial(self._put_back, conversation_id))
        return len(ids)

    def _requeue_abandoned(self) -> int:
        """Chats whose rep's screen went silent; customers who wait for a word go back to the head of the line."""
        try:
            silences = self.queue.silences()
        except QueueUnavailable:
            return 0
        with self.database.reading() as session:
            held = session.scalars(select(Conversation).where(Conversation.owner.in_([Owner.OFFERED, Owner.ACTIVE])))
            lost = [row.id for row in held if is_abandoned(row, silences.get(row.rep or "", 0.0))]
        for conversation_id in lost:
            with self.database.transaction() as session:
                conversation = get_locked(session, conversation_id)
                if not is_abandoned(conversation, silences.get(conversation.rep or "", 0.0)):
                    continue
                requeue(session, conversation, self.clock.now(), cause="rep_silent")
            self._tell_queue(partial(self._put_back, conversation_id))
        return len(lost)

    def _enqueue(self, conversation_id: int) -> None:
        with self.database.reading() as session:
            row = session.get_one(Conversation, conversation_id)
            if row.owner is not Owner.QUEUED or row.skill is None:
                return
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
            lines = [(row.id, row.skill, queries.rank_of(row)) for row in queries.waiting(session) if row.skill]
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


def _rested(conversation: Conversation, now: datetime) -> bool:
    """True when the last offer of this chat ended a while ago, or there was none."""
    ended_at = conversation.offer_expires_at
    return ended_at is None or now - ended_at >= rules.ASK_AGAIN_AFTER


def _wished(conversation: Conversation) -> str | None:
    transfer = conversation.card.get("transfer") or {}
    wished: str | None = transfer.get("to")
    return wished
