"""The only way out: a row, the call, the row's result. Run at once by the process that caused it, swept later if that
one died.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock, SystemClock
from bot.customers.model import Follower
from bot.db import Base, Database
from bot.delivery import claims, rules
from bot.delivery.claims import Claim
from bot.delivery.model import Allowance, Delivery, DeliveryState, Sender, Trigger
from bot.delivery.pictures import Pictures
from bot.errors import BotError, LastUnconfirmed, OutcomeUnknown, PlatformMisconfigured, RetryLater, SendRefused
from bot.events import Event, EventType
from bot.messages import Reply
from bot.outbox import publish
from bot.ports import WeChat
from bot.transcripts.queries import find_rep

log = structlog.get_logger()

# Longer than the worst call: two tries with a fresh token between them, each step up to 7 s, and the waits for locks.
SEND_LEASE = timedelta(seconds=60)
SWEEP_BUDGET_S = 20.0
# What the platform says of its own count, which ours then follows.
CLOSED, SPENT = "window_closed", "allowance_spent"
# It does not know the picture, or not any more.
BAD_MEDIA = "40007"
# The picture was removed before it could go.
NO_PICTURE = "picture_gone"


# Every push runs this. Written once, and over the table: putting a statement together costs more than running it.
_ALLOWANCES = Base.metadata.tables[Allowance.__tablename__]
_RENEWED = (
    update(_ALLOWANCES)
    .where(_ALLOWANCES.c.follower_id == bindparam("whose"), _ALLOWANCES.c.trigger == bindparam("kind"))
    .where(_ALLOWANCES.c.expires_at > bindparam("now"))
    .values(granted_at=bindparam("now"), expires_at=bindparam("until"), total=bindparam("all"), used=0)
    .returning(_ALLOWANCES.c.id)
)


def grant(session: Session, follower_id: int, trigger: Trigger, now: datetime) -> None:
    """The follower did something that opens an allowance; an open one of the same kind begins anew."""
    total, life = rules.GRANTS[trigger]
    mine = {"whose": follower_id, "kind": trigger, "now": now, "until": now + life, "all": total}
    if session.execute(_RENEWED, mine).first() is None:
        granted = {"granted_at": now, "expires_at": now + life, "total": total, "used": 0}
        session.add(Allowance(follower_id=follower_id, trigger=trigger, **granted))


def end_allowances(session: Session, follower_id: int, now: datetime, granted_by: datetime | None = None) -> None:
    """The follower left, or the platform says the window is shut; what was granted after `granted_by` stays open."""
    mine = (Allowance.follower_id == follower_id) & (Allowance.expires_at > now)
    if granted_by is not None:
        mine &= Allowance.granted_at <= granted_by
    session.execute(update(Allowance).where(mine).values(expires_at=now))


def spend_allowances(session: Session, follower_id: int, granted_by: datetime, now: datetime) -> None:
    """The platform says that all is used up: so it is in our ledger, except what was granted after `granted_by`."""
    mine = (Allowance.follower_id == follower_id) & (Allowance.expires_at > now) & (Allowance.granted_at <= granted_by)
    session.execute(update(Allowance).where(mine).values(used=Allowance.total))


def give_back(session: Session, follower_id: int, taken_at: datetime, now: datetime) -> None:
    """A message surely did not go: it costs nothing. The newest open allowance that can have paid for it gets it."""
    payer = (
        select(Allowance.id)
        .where(Allowance.follower_id == follower_id, Allowance.expires_at > now, Allowance.used > 0)
        .where(Allowance.granted_at <= taken_at)
        .order_by(Allowance.granted_at.desc(), Allowance.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    returned = update(Allowance).where(Allowance.id == payer, Allowance.used > 0).values(used=Allowance.used - 1)
    session.execute(returned.execution_options(synchronize_session=False))


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
    takes_last: bool = False,
) -> Delivery:
    """Reserve one message of the allowance and write its row. What is kept back for others (rules.KEPT_BACK) is taken
    only with `takes_last`. A line that still waits for the next one is due now, for this one stands behind it.

    Raises SendRefused (window_closed, allowance_spent, kept_for_answer), LastUnconfirmed.
    """
    # Two senders must not both take the last message.
    _lock(session, follower_id)
    grants = grants_of(session, follower_id, now)
    reason = rules.why_not(sender, grants, now, takes_last=takes_last)
    if reason == rules.LAST_MESSAGE:
        raise LastUnconfirmed
    chosen = rules.choose_grant(grants, now)
    if reason is not None or chosen is None:
        raise refused(reason or rules.refusal(grants, now))
    claims.release(session, follower_id, now)
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


def refused(reason: str) -> SendRefused:
    """The refusal of a message, with what can be done instead."""
    return SendRefused(reason=reason, alternatives=list(rules.ALTERNATIVES.get(reason, ())))


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
    """Sends queued rows. `machine` times the leases: the product's clock may be moved while a call is under way."""

    def __init__(
        self,
        database: Database,
        wechat: WeChat,
        clock: Clock,
        machine: Clock | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        self._database = database
        self._pictures = pictures
        self._wechat = wechat
        self._clock = clock
        self._machine = machine or SystemClock()

    def send(self, delivery_id: int) -> DeliveryState:
        """Send one queued row if nobody else does and nothing older of its follower waits, then those after it; the
        state it is in afterwards. Safe to repeat.
        """
        return self._send(delivery_id, until=None)

    def send_all(self, delivery_ids: Sequence[int]) -> None:
        """Send several, in order. Nobody waits for the result: what goes wrong is logged, and the sweep goes on."""
        for delivery_id in delivery_ids:
            try:
                self.send(delivery_id)
            except Exception:
                log.exception("delivery_crashed", delivery_id=delivery_id)

    def sweep(self, limit: int = 50, budget_s: float = SWEEP_BUDGET_S) -> int:
        """Send what is due and what a dead process left behind; how many rows were tried. No send begins once
        `budget_s` are over; the next sweep goes on.
        """
        until = time.monotonic() + budget_s
        now = self._clock.now()
        with self._database.transaction() as session:
            for row in claims.reset_orphans(session, now, self._machine.now(), limit):
                self._tell(session, row.id, row.conversation_id, row.state, row.reason, now)
        with self._database.reading() as session:
            ids = claims.due(session, now - timedelta(seconds=1), limit)
        for count, delivery_id in enumerate(ids):
            if time.monotonic() >= until:
                return count
            self._send(delivery_id, until)
        return len(ids)

    def _send(self, delivery_id: int, until: float | None) -> DeliveryState:
        held = self._claim(delivery_id) or self._claim_before(delivery_id)
        if held is None:
            return self._state_of(delivery_id)
        last = self._call(held)
        # Whoever queued the next one meanwhile found this one in the way and left it to us. One put off stays there.
        while last is not DeliveryState.QUEUED and (until is None or time.monotonic() < until):
            following = self._claim_next(held.follower_id)
            if following is None:
                break
            last = self._call(following)
        return self._state_of(delivery_id)

    def _call(self, held: Claim) -> DeliveryState:
        try:
            if not self._send_picture(held):
                self._wechat.send(held.openid, held.reply)
        except OutcomeUnknown:
            return self._finish(held, rules.after_unknown(held.sender, held.attempts), "timeout")
        except SendRefused as refused:
            return self._finish(held, DeliveryState.FAILED, str(refused.fields.get("reason", refused.code)))
        except (RetryLater, PlatformMisconfigured) as busy:
            return self._put_off(held, busy.code)
        return self._finish(held, DeliveryState.SENT, None)

    def _send_picture(self, held: Claim) -> bool:
        """Send the message's picture; False when it has none, or when its words must go in its place. A picture without
        such words fails as any message does.
        """
        picture = held.reply.picture
        if picture is None or self._pictures is None:
            return False
        if not picture.instead:
            return self._send_only_picture(held, picture.name)
        try:
            media_id = self._pictures.media_id(picture.name)
        except (OSError, BotError) as error:
            log.warning("picture_not_uploaded", delivery_id=held.delivery_id, error=type(error).__name__)
            return False
        try:
            self._wechat.send_image(held.openid, media_id)
        except SendRefused as refused:
            if refused.fields.get("reason") != BAD_MEDIA:
                raise
            self._pictures.forget(picture.name)
            log.warning("picture_refused", delivery_id=held.delivery_id)
            return False
        return True

    def _send_only_picture(self, held: Claim, name: str) -> bool:
        assert self._pictures is not None
        try:
            media_id = self._pictures.media_id(name)
        except OSError as gone:
            raise SendRefused(reason=NO_PICTURE) from gone
        self._wechat.send_image(held.openid, media_id)
        return True

    def _claim(self, delivery_id: int) -> Claim | None:
        with self._database.transaction() as session:
            return claims.claim(session, delivery_id, self._clock.now(), self._machine.now() + SEND_LEASE)

    def _claim_before(self, delivery_id: int) -> Claim | None:
        """What stands in this row's way, if that is due: a line that waited for another one until this was queued."""
        with self._database.reading() as session:
            older = claims.next_of(session, session.get_one(Delivery, delivery_id).follower_id)
        return self._claim(older) if older is not None and older < delivery_id else None

    def _claim_next(self, follower_id: int) -> Claim | None:
        with self._database.reading() as session:
            found = claims.next_of(session, follower_id)
        return self._claim(found) if found is not None else None

    def _state_of(self, delivery_id: int) -> DeliveryState:
        with self._database.reading() as session:
            return session.scalars(select(Delivery.state).where(Delivery.id == delivery_id)).one()

    def _put_off(self, held: Claim, reason: str) -> DeliveryState:
        again = rules.retry_at(self._clock.now(), held.attempts)
        if again is None:
            return self._finish(held, DeliveryState.FAILED, reason)
        return self._finish(held, DeliveryState.QUEUED, reason, due_at=again)

    def _finish(
        self, held: Claim, state: DeliveryState, reason: str | None, due_at: datetime | None = None
    ) -> DeliveryState:
        now = self._clock.now()
        done_at = None if state is DeliveryState.QUEUED else now
        with self._database.transaction() as session:
            if state is DeliveryState.FAILED:
                # Before the ledger, as `queue` does: what follows from a refusal is written into the conversation too.
                _lock(session, held.follower_id)
            is_mine = claims.finish(session, held, state=state, reason=reason, due_at=due_at or now, done_at=done_at)
            if is_mine:
                if state is DeliveryState.FAILED:
                    self._settle(session, held, reason, now)
                self._tell(session, held.delivery_id, held.conversation_id, state, reason, now)
        if not is_mine:
            log.warning("delivery_claim_lost", delivery_id=held.delivery_id, attempt=held.attempts, state=state.value)
            return self._state_of(held.delivery_id)
        level = log.info if state is DeliveryState.SENT else log.warning
        level("delivery_finished", delivery_id=held.delivery_id, state=state.value, reason=reason)
        return state

    @staticmethod
    def _settle(session: Session, held: Claim, reason: str | None, now: datetime) -> None:
        """What a message that surely did not go means for the ledger."""
        if reason == CLOSED:
            end_allowances(session, held.follower_id, now, granted_by=held.at)
        elif reason == SPENT:
            spend_allowances(session, held.follower_id, held.at, now)
        else:
            give_back(session, held.follower_id, held.created_at, now)
        if held.conversation_id is not None:
            publish(session, now, Event(EventType.ALLOWANCE_CHANGED, held.conversation_id))

    @staticmethod
    def _tell(
        session: Session,
        delivery_id: int,
        conversation_id: int | None,
        state: DeliveryState,
        reason: str | None,
        now: datetime,
    ) -> None:
        if conversation_id is None:
            return
        # Whoever said it is told when it was refused: he may look at another chat by now.
        rep = find_rep(session, conversation_id, delivery_id) if state is DeliveryState.FAILED else None
        payload = {"delivery_id": delivery_id, "state": state.value, "reason": reason, "rep": rep}
        publish(session, now, Event(EventType.DELIVERY_CHANGED, conversation_id, payload=payload))


def _lock(session: Session, follower_id: int) -> None:
    """The follower's row is the lock of his ledger and of his conversations, and everybody takes it first."""
    session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())
