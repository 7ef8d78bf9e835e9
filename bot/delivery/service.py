"""The only way out: a row, the call, the row's result. Run at once by the process that caused it, swept later if that
one died.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery import rules
from bot.delivery.model import Allowance, Delivery, DeliveryState, Sender, Trigger
from bot.errors import OutcomeUnknown, PlatformMisconfigured, RetryLater, SendRefused
from bot.events import Event, EventType
from bot.messages import Reply
from bot.outbox import publish
from bot.ports import WeChat

log = structlog.get_logger()

SEND_LEASE = timedelta(seconds=15)


def grant(session: Session, follower_id: int, trigger: Trigger, now: datetime) -> None:
    """The follower did something that opens an allowance; an older one of the same kind ends."""
    total, life = rules.GRANTS[trigger]
    earlier = update(Allowance).where(Allowance.follower_id == follower_id, Allowance.trigger == trigger)
    session.execute(earlier.where(Allowance.expires_at > now).values(expires_at=now))
    session.add(Allowance(follower_id=follower_id, trigger=trigger, granted_at=now, expires_at=now + life, total=total))


def end_allowances(session: Session, follower_id: int, now: datetime) -> None:
    """The follower left, or the platform says the window is shut."""
    session.execute(
        update(Allowance).where(Allowance.follower_id == follower_id, Allowance.expires_at > now).values(expires_at=now)
    )


def grants_of(session: Session, follower_id: int, now: datetime) -> list[rules.Grant]:
    """The follower's allowances that have not lapsed."""
    found = session.scalars(select(Allowance).where(Allowance.follower_id == follower_id, Allowance.expires_at > now))
    return [rules.Grant(row.id, row.total - row.used, row.expires_at) for row in found]


def queue(
    session: Session,
    *,
    follower_id: int,
    conversation_id: int | None,
    sender: Sender,
    reply: Reply,
    now: datetime,
) -> Delivery:
    """Reserve one message of the allowance and write its row. Raises SendRefused (window_closed, allowance_spent)."""
    # The follower's row is the lock: two senders must not both take the last message.
    session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())
    grants = grants_of(session, follower_id, now)
    chosen = rules.choose_grant(grants, now)
    if chosen is None:
        raise SendRefused(reason=rules.refusal(grants, now))
    session.execute(update(Allowance).where(Allowance.id == chosen.id).values(used=Allowance.used + 1))
    row = Delivery(
        follower_id=follower_id,
        conversation_id=conversation_id,
        sender=sender,
        state=DeliveryState.QUEUED,
        content=reply.to_json(),
        created_at=now,
        due_at=now,
    )
    session.add(row)
    session.flush()
    if conversation_id is not None:
        publish(session, now, Event(EventType.ALLOWANCE_CHANGED, conversation_id))
    return row


def record_passive(session: Session, follower_id: int, conversation_id: int, reply: Reply, now: datetime) -> Delivery:
    """Write the row of an answer that goes out in the reply to the push itself."""
    row = Delivery(
        follower_id=follower_id,
        conversation_id=conversation_id,
        sender=Sender.BOT,
        state=DeliveryState.PASSIVE,
        content=reply.to_json(),
        created_at=now,
        due_at=now,
        done_at=now,
    )
    session.add(row)
    session.flush()
    return row


class Deliverer:
    """Sends queued rows."""

    def __init__(self, database: Database, wechat: WeChat, clock: Clock) -> None:
        self._database = database
        self._wechat = wechat
        self._clock = clock

    def send(self, delivery_id: int) -> DeliveryState:
        """Send one queued row if nobody else does; the state it is in afterwards. Safe to repeat."""
        claimed = self._claim(delivery_id)
        if claimed is None:
            return self._state_of(delivery_id)
        openid, reply, sender, attempts = claimed
        try:
            self._wechat.send(openid, reply)
        except OutcomeUnknown:
            return self._finish(delivery_id, rules.after_unknown(sender, attempts), "timeout")
        except SendRefused as refused:
            return self._finish(delivery_id, DeliveryState.FAILED, str(refused.fields.get("reason", refused.code)))
        except (RetryLater, PlatformMisconfigured) as busy:
            return self._put_off(delivery_id, attempts, busy.code)
        return self._finish(delivery_id, DeliveryState.SENT, None)

    def send_all(self, delivery_ids: Sequence[int]) -> None:
        """Send several, in order."""
        for delivery_id in delivery_ids:
            self.send(delivery_id)

    def sweep(self, limit: int = 50) -> int:
        """Send what is due and what a dead process left behind; how many rows were looked at."""
        now = self._clock.now()
        orphaned = (Delivery.state == DeliveryState.SENDING) & (Delivery.lease_until < now)
        with self._database.transaction() as session:
            for row in session.scalars(select(Delivery).where(orphaned).limit(limit)):
                # Nobody knows whether the dead process had sent it.
                row.state = rules.after_unknown(row.sender, row.attempts)
                row.due_at = now
                self._tell(session, row, now)
        due = (Delivery.state == DeliveryState.QUEUED) & (Delivery.due_at <= now - timedelta(seconds=1))
        with self._database.reading() as session:
            ids = list(session.scalars(select(Delivery.id).where(due).order_by(Delivery.id).limit(limit)))
        self.send_all(ids)
        return len(ids)

    def _claim(self, delivery_id: int) -> tuple[str, Reply, Sender, int] | None:
        now = self._clock.now()
        mine = (
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED, Delivery.due_at <= now)
            .values(state=DeliveryState.SENDING, attempts=Delivery.attempts + 1, lease_until=now + SEND_LEASE)
            .returning(Delivery.follower_id, Delivery.content, Delivery.sender, Delivery.attempts)
        )
        with self._database.transaction() as session:
            row = session.execute(mine).first()
            if row is None:
                return None
            openid = session.scalars(select(Follower.openid).where(Follower.id == row.follower_id)).one()
        return openid, Reply.from_json(row.content), row.sender, row.attempts

    def _state_of(self, delivery_id: int) -> DeliveryState:
        with self._database.reading() as session:
            return session.scalars(select(Delivery.state).where(Delivery.id == delivery_id)).one()

    def _put_off(self, delivery_id: int, attempts: int, reason: str) -> DeliveryState:
        again = rules.retry_at(self._clock.now(), attempts)
        if again is None:
            return self._finish(delivery_id, DeliveryState.FAILED, reason)
        return self._finish(delivery_id, DeliveryState.QUEUED, reason, due_at=again)

    def _finish(
        self, delivery_id: int, state: DeliveryState, reason: str | None, due_at: datetime | None = None
    ) -> DeliveryState:
        now = self._clock.now()
        with self._database.transaction() as session:
            row = session.get_one(Delivery, delivery_id)
            row.state, row.reason, row.lease_until = state, reason, None
            row.due_at = due_at or now
            row.done_at = None if state is DeliveryState.QUEUED else now
            if reason == "window_closed":
                end_allowances(session, row.follower_id, now)
            self._tell(session, row, now)
        level = log.info if state is DeliveryState.SENT else log.warning
        level("delivery_finished", delivery_id=delivery_id, state=state.value, reason=reason)
        return state

    @staticmethod
    def _tell(session: Session, row: Delivery, now: datetime) -> None:
        if row.conversation_id is None:
            return
        payload = {"delivery_id": row.id, "state": row.state.value, "reason": row.reason}
        publish(session, now, Event(EventType.DELIVERY_CHANGED, row.conversation_id, payload=payload))
