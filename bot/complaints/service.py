"""Handling complaints: taking one, asking for more time, granting it, telling the result, and the daily reminders.

What the customer must be told is queued in the transaction that makes it true, and sent after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock, local_day
from bot.complaints import rules
from bot.complaints.filing import opinion_lines
from bot.complaints.model import Complaint, ComplaintState, ToldBy
from bot.compliance.rules import CheckWording, Grade
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState, Sender
from bot.delivery.service import Deliverer, queue
from bot.errors import ComplaintStateConflict, NotAllowed, NotFound, SamePerson, SendRefused, WordingBlocked
from bot.events import Event, EventType
from bot.followups.rules import due_in_hours, in_hours
from bot.followups.service import remind
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.messages import Reply
from bot.outbox import publish
from bot.staff.model import Role, StaffMember
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

log = structlog.get_logger()

DESK = "complaint"
# A call that must tell of an extension is due soon, while the desk is open.
TELL_WITHIN = timedelta(hours=2)
NEVER_HIS_OWN, NOT_THE_HANDLER = "complained_of", "not_the_handler"


@dataclass(frozen=True)
class Complaints:
    """What the desk does with complaints."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    clock: Clock
    check_wording: CheckWording

    def take(self, complaint_id: int, username: str) -> None:
        """Make this person its handler. Raises NotFound, NotAllowed (it is about him), ComplaintStateConflict.
        Safe to repeat.
        """
        with self.database.transaction() as session:
            row = _get_open(session, complaint_id)
            _check_not_about(row, username)
            row.handler = username
            _tell_desk(session, row, EventType.COMPLAINT_CHANGED, self.clock.now())

    def ask_extension(self, complaint_id: int, username: str, reason: str) -> None:
        """Ask for the next clock; nothing is longer until somebody else approves. Raises as `take`, WordingBlocked;
        NotAllowed also for a rep while somebody else handles it.
        """
        self._check_words(reason)
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, complaint_id)
            _check_his(session, row, username)
            rules.longer(row.limit_days)
            row.extension_reason, row.extension_asked_by, row.extension_asked_at = reason, username, now
            row.extended_by = row.extended_at = None
            _tell_desk(session, row, EventType.COMPLAINT_CHANGED, now)

    def approve_extension(self, complaint_id: int, username: str) -> bool:
        """Grant what was asked for and tell the customer; False when that takes a call, which is promised then.

        Raises SamePerson, and as `take`.
        """
        now = self.clock.now()
        content = self._content(now)
        with self.database.transaction() as session:
            row = _get_open(session, complaint_id)
            _check_not_about(row, username)
            if row.extension_asked_by is None or row.extended_by is not None:
                raise ComplaintStateConflict(state="no_extension_asked")
            if row.extension_asked_by == username:
                raise SamePerson
            row.limit_days = rules.longer(row.limit_days)
            row.due_on = rules.due_on(local_day(row.filed_at), row.limit_days)
            row.extended_by, row.extended_at, row.reminded_at_days = username, now, None
            said = content.say(
                "complaint_extended", ticket=row.ticket, day=day_text(row), reason=row.extension_reason or ""
            )
            delivery_id = _say(session, row, said, now)
            _tell_desk(session, row, EventType.COMPLAINT_CHANGED, now)
        log.info("complaint_extended", complaint_id=complaint_id, days=row.limit_days)
        if delivery_id is not None and self.deliverer.send(delivery_id) is DeliveryState.SENT:
            return True
        with self.database.transaction() as session:
            reason = f"投诉{row.ticket}延长到{day_text(row)}，请电话告知客户"
            _remind(session, row, reason, in_hours(now + TELL_WITHIN, content.skills[DESK]), now)
        return False

    def close(self, complaint_id: int, username: str, result: str, told_by: ToldBy) -> None:
        """End it with a result the customer has been told: by us now (wechat), or by the handler before.

        Raises SendRefused when it cannot be told here, and stays open then; WordingBlocked, and as `ask_extension`.
        """
        if told_by is ToldBy.WECHAT:
            self._check_words(result)
            delivery_id = self._queue_result(complaint_id, username, result)
            # A send that timed out may have gone, but a result must have: then the handler phones and says so.
            if self.deliverer.send(delivery_id) is not DeliveryState.SENT:
                raise SendRefused(reason="not_delivered")
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, complaint_id)
            _check_his(session, row, username)
            row.state, row.result, row.told_by = ComplaintState.CLOSED, result, told_by
            row.handler, row.closed_by, row.closed_at = row.handler or username, username, now
            _tell_desk(session, row, EventType.COMPLAINT_CLOSED, now)
        log.info("complaint_closed", complaint_id=complaint_id, told_by=told_by.value)

    def remind_due(self) -> int:
        """Remind the desk of complaints whose clock runs out; how many. Safe to repeat: each reminder is given once."""
        now = self.clock.now()
        today = local_day(now)
        with self.database.reading() as session:
            is_open = Complaint.state == ComplaintState.OPEN
            soon = today + timedelta(days=max(rules.REMIND_AT))
            ids = list(session.scalars(select(Complaint.id).where(is_open, Complaint.due_on <= soon)))
        return sum(self._remind_of(complaint_id, now) for complaint_id in ids)

    def _remind_of(self, complaint_id: int, now: datetime) -> bool:
        with self.database.transaction() as session:
            row = session.get_one(Complaint, complaint_id, with_for_update=True)
            days_left = (row.due_on - local_day(now)).days
            at = rules.reminder(days_left, row.reminded_at_days)
            if row.state is not ComplaintState.OPEN or at is None:
                return False
            row.reminded_at_days = at
            left = f"还剩{days_left}天" if days_left > 0 else "今天到期" if days_left == 0 else f"已超期{-days_left}天"
            # The timer finds it at midnight: it is due when somebody is there to do it.
            due_at = due_in_hours(now, now, self._content(now).skills[DESK])
            _remind(session, row, f"投诉{row.ticket}{left}，请给客户处理结果", due_at, now)
            payload = {"complaint_id": row.id, "ticket": row.ticket, "days_left": days_left}
            publish(session, now, Event(EventType.COMPLAINT_DUE, row.conversation_id, payload=payload))
        log.warning("complaint_due", complaint_id=complaint_id, days_left=days_left)
        return True

    def _queue_result(self, complaint_id: int, username: str, result: str) -> int:
        now = self.clock.now()
        content = self._content(now)
        with self.database.transaction() as session:
            row = _get_open(session, complaint_id)
            _check_his(session, row, username)
            before = session.get(Delivery, row.result_delivery_id) if row.result_delivery_id else None
            if before is not None and row.result == result and before.state is not DeliveryState.FAILED:
                return before.id
            said = content.say("complaint_result", ticket=row.ticket, result=result)
            reply = Reply(said.text, opinion_lines(row.id), is_ai=False, source=said.source)
            delivery = queue(
                session,
                follower_id=row.follower_id,
                conversation_id=row.conversation_id,
                sender=Sender.REP,
                reply=reply,
                now=now,
                # The answer the law wants him to have.
                takes_last=True,
            )
            row.result, row.result_delivery_id = result, delivery.id
            _add_line(session, row, reply, now, delivery_id=delivery.id, rep=username)
        return delivery.id

    def _content(self, now: datetime) -> Content:
        """Notices say the same in every region."""
        return self.contents.for_branch(now, None)

    def _check_words(self, text: str) -> None:
        blocked = [finding for finding in self.check_wording(text) if finding.grade is Grade.BLOCK]
        if blocked:
            raise WordingBlocked(findings=[{"rule": one.rule, "excerpt": one.excerpt} for one in blocked])


def day_text(row: Complaint) -> str:
    """12月9日: the last day of its clock."""
    return f"{row.due_on.month}月{row.due_on.day}日"


def _get_open(session: Session, complaint_id: int) -> Complaint:
    row = session.get(Complaint, complaint_id, with_for_update=True)
    if row is None:
        raise NotFound(complaint_id=complaint_id)
    if row.state is not ComplaintState.OPEN:
        raise ComplaintStateConflict(state=row.state.value)
    return row


def _check_not_about(row: Complaint, username: str) -> None:
    if row.about_rep == username:
        raise NotAllowed(reason=NEVER_HIS_OWN)


def _check_his(session: Session, row: Complaint, username: str) -> None:
    """Its handler acts on it, anybody while it has none, and supervisors; whom it is about never does."""
    _check_not_about(row, username)
    person = session.get(StaffMember, username)
    is_supervisor = person is not None and person.role is Role.SUPERVISOR
    if row.handler not in (None, username) and not is_supervisor:
        raise NotAllowed(reason=NOT_THE_HANDLER)


def _say(session: Session, row: Complaint, reply: Reply, now: datetime) -> int | None:
    """Queue a notice with its line; None when the platform's window is shut."""
    try:
        delivery = queue(
            session,
            follower_id=row.follower_id,
            conversation_id=row.conversation_id,
            sender=Sender.NOTICE,
            reply=reply,
            now=now,
        )
    except SendRefused:
        return None
    _add_line(session, row, reply, now, delivery_id=delivery.id)
    return delivery.id


def _add_line(
    session: Session, row: Complaint, reply: Reply, now: datetime, *, delivery_id: int, rep: str | None = None
) -> None:
    detail = {"choices": [[choice.id, choice.text] for choice in reply.choices], "source": reply.source}
    speaker = Speaker.REP if rep else Speaker.SYSTEM
    add_line(
        session,
        row.conversation_id,
        speaker,
        reply.text,
        now,
        kind="notice",
        detail=detail,
        rep=rep,
        delivery_id=delivery_id,
    )


def _remind(session: Session, row: Complaint, reason: str, due_at: datetime, now: datetime) -> None:
    follower = session.get_one(Follower, row.follower_id)
    remind(
        session,
        follower_id=row.follower_id,
        conversation_id=row.conversation_id,
        skill=DESK,
        owner=row.handler,
        reason=reason,
        phone=follower.phone,
        due_at=due_at,
        now=now,
    )


def _tell_desk(session: Session, row: Complaint, type_: EventType, now: datetime) -> None:
    payload = {"complaint_id": row.id, "ticket": row.ticket}
    publish(session, now, Event(type_, row.conversation_id, payload=payload))
