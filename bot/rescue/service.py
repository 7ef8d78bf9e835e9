"""Finding windows that end while somebody waits in them, telling who can do something, and promising a call when nobody
did. Called by the timer; each conversation is a transaction of its own, and every act may be repeated.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.alerts.service import About, close_alert, raise_alert
from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Sender
from bot.delivery.service import Deliverer, queue
from bot.errors import CaseStateConflict
from bot.events import Event, EventType
from bot.followups.service import promise
from bot.followups.slots import next_call
from bot.handoff.model import Conversation, Owner
from bot.handoff.transitions import get_locked, get_owned
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.outbox import publish
from bot.rescue import queries, rules
from bot.rescue.model import PENDING, Rescue, RescueState, Why
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

log = structlog.get_logger()

INVITATION = "window_invite"
# What the rep reads before he dials.
REASONS = {
    Why.UNANSWERED: "48小时内没回上客户的话，微信已不能再发",
    Why.PROMISE_LATER: "答应过的事还没办，微信已不能再发",
    Why.IDLE: "对话没有结束，微信已不能再发，请确认事情办好没有",
}


def settle(session: Session, rescue: Rescue, state: RescueState, now: datetime, *, by: str | None = None) -> None:
    """Write what became of a window; nobody is asked to look at it any more."""
    rescue.state, rescue.settled_by, rescue.settled_at = state, by, now
    if state not in PENDING and not queries.has_another_pending(session, rescue):
        close_alert(session, AlertKind.WINDOW_CLOSING, str(rescue.conversation_id), now)
    publish(session, now, Event(EventType.ALLOWANCE_CHANGED, rescue.conversation_id))


@dataclass(frozen=True)
class Rescues:
    """Keeps matters alive whose message window ends."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    guard: OutboundGuard
    clock: Clock

    def sweep(self) -> int:
        """Find windows that end soon and settle those that ended, or in which something happened; how many."""
        now = self.clock.now()
        with self.database.reading() as session:
            ending = queries.ending(session, now)
        for conversation_id in ending:
            self._find(conversation_id, now)
        with self.database.reading() as session:
            pending = queries.to_settle(session, now)
        for rescue_id in pending:
            self._settle(rescue_id, now)
        return len(ending) + len(pending)

    def invite(self, conversation_id: int, username: str) -> None:
        """Send the approved words that ask the customer to write again, once per window; they may take the last
        message.

        Raises CaseNotYours, NotFound, CaseStateConflict (the window does not end soon), SendRefused. Safe to repeat.
        """
        now = self.clock.now()
        content = self.contents.for_branch(now, None)
        with self.database.transaction() as session:
            row = get_owned(session, conversation_id, username)
            pending = queries.find_pending(session, row)
            if pending is None:
                raise CaseStateConflict(state="window_not_closing")
            if pending.state is RescueState.INVITED:
                return
            reply = self.guard.cleared(content.say(INVITATION), content, row.id)
            delivery = queue(
                session,
                follower_id=row.follower_id,
                conversation_id=row.id,
                sender=Sender.NOTICE,
                reply=reply,
                now=now,
                takes_last=True,
            )
            detail = {"source": reply.source}
            add_line(
                session, row.id, Speaker.SYSTEM, reply.text, now, kind="notice", detail=detail, delivery_id=delivery.id
            )
            settle(session, pending, RescueState.INVITED, now, by=username)
        self.deliverer.send(delivery.id)

    def _find(self, conversation_id: int, now: datetime) -> None:
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            # Somebody may have found it, or written, since it was listed.
            if row.last_customer_at is None or queries.find_latest(session, row) is not None:
                return
            chat = queries.chat_of(session, row)
            reason, ends_at = rules.why(chat), rules.ends_at(chat)
            if reason is None or ends_at > now + rules.FOUND_BEFORE:
                return
            found = Rescue(
                conversation_id=row.id,
                follower_id=row.follower_id,
                why=reason,
                state=RescueState.OPEN,
                customer_at=chat.customer_at,
                ends_at=ends_at,
                found_at=now,
            )
            session.add(found)
            session.flush()
            _tell(session, row, found, now)
        log.info("window_closing", handoff_id=conversation_id, outcome=reason.value)

    def _settle(self, rescue_id: int, now: datetime) -> None:
        with self.database.transaction() as session:
            conversation_id = session.get_one(Rescue, rescue_id).conversation_id
            row = get_locked(session, conversation_id)
            rescue = session.get_one(Rescue, rescue_id, with_for_update=True, populate_existing=True)
            if rescue.state not in PENDING:
                return
            chat = queries.chat_of(session, row)
            state = rules.settled(chat, rescue.state, rescue.why, rescue.customer_at, rescue.found_at, now)
            if state is None:
                return
            if state is RescueState.LAPSED:
                _promise_by_itself(session, row, rescue, self.contents.for_branch(now, None), now)
            settle(session, rescue, state, now, by=rescue.settled_by)
        log.info("window_settled", handoff_id=conversation_id, outcome=state.value)


def _tell(session: Session, row: Conversation, found: Rescue, now: datetime) -> None:
    """Whom the chat concerns, and the supervisors."""
    payload = {"rescue_id": found.id, "why": found.why.value, "ends_at": found.ends_at.isoformat()}
    publish(session, now, Event(EventType.ALLOWANCE_CLOSING, row.id, payload=payload))
    left_s = max(0, int((found.ends_at - now).total_seconds()))
    about = About(skill=row.skill, rep=row.rep, conversation_id=row.id, figures={"left_s": left_s})
    raise_alert(session, AlertKind.WINDOW_CLOSING, str(row.id), now, about)


def _promise_by_itself(session: Session, row: Conversation, rescue: Rescue, content: Content, now: datetime) -> None:
    desk = content.skills[row.skill or "general"]
    due_at, slot = next_call(session, desk, now)
    promised = promise(
        session,
        follower_id=row.follower_id,
        conversation_id=row.id,
        skill=desk.id,
        reason=f"{row.reason or '客户咨询'}（{REASONS[rescue.why]}）",
        phone=session.get_one(Follower, row.follower_id).phone,
        due_at=due_at,
        now=now,
        desk=desk,
        slot_at=slot,
    )
    if row.owner is Owner.ACTIVE:
        promised.owner = row.rep
