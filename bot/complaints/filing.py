"""Filing a complaint and hearing what the customer says of its result: both inside a turn's own transaction. Called by
bot/dialogue/carry_out.py.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.complaints import rules
from bot.complaints.model import Complaint, ComplaintState, Opinion
from bot.complaints.queries import find_open
from bot.events import Event, EventType
from bot.knowledge.content import Content
from bot.messages import Choice, Reply
from bot.outbox import publish

FLOW = "complaint"
TRIES = 5
PLEASED, DISPLEASED = "满意", "不满意"


def file_complaint(
    session: Session, *, follower_id: int, conversation_id: int, text: str, about_rep: str | None, now: datetime
) -> tuple[Complaint, bool]:
    """The complaint and whether it is new; somebody whose complaint is still open adds to that one."""
    known = find_open(session, follower_id)
    if known is not None:
        known.text = f"{known.text}\n{text}" if text and text not in known.text else known.text
        return known, False
    row = _numbered(
        session,
        Complaint(
            follower_id=follower_id,
            conversation_id=conversation_id,
            state=ComplaintState.OPEN,
            text=text,
            about_rep=about_rep,
            filed_at=now,
            limit_days=rules.CLOCKS[0],
            due_on=rules.due_on(local_day(now), rules.CLOCKS[0]),
        ),
    )
    payload = {"complaint_id": row.id, "ticket": row.ticket}
    publish(session, now, Event(EventType.COMPLAINT_FILED, conversation_id, payload=payload))
    return row, True


def _numbered(session: Session, row: Complaint) -> Complaint:
    """The row with the day's next number. Two at once take one each: the loser of the unique number counts again."""
    day = local_day(row.filed_at)
    prefix = rules.ticket_of(day, 0)[:-4]
    for _ in range(TRIES):
        taken = session.scalar(select(func.count()).where(Complaint.ticket.startswith(prefix))) or 0
        row.ticket = rules.ticket_of(day, taken + 1)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            continue
        return row
    raise RuntimeError("no free ticket number")


def opinion_lines(complaint_id: int) -> tuple[Choice, Choice]:
    """满意 and 不满意 under a result."""
    return (
        Choice(f"{FLOW}:{complaint_id}:{Opinion.PLEASED.value}", PLEASED),
        Choice(f"{FLOW}:{complaint_id}:{Opinion.DISPLEASED.value}", DISPLEASED),
    )


def take_opinion(session: Session, follower_id: int, choice: str | None, content: Content) -> Reply | None:
    """Store a tapped opinion of the customer's own complaint, the first only; what to say, or None for other taps."""
    flow, _, rest = (choice or "").partition(":")
    number, _, said = rest.partition(":")
    if flow != FLOW or not (number.isascii() and number.isdigit() and len(number) <= 18) or said not in set(Opinion):
        return None
    row = session.get(Complaint, int(number))
    if row is None or row.follower_id != follower_id or row.state is not ComplaintState.CLOSED:
        return None
    row.opinion = row.opinion or Opinion(said)
    return content.say("complaint_pleased" if row.opinion is Opinion.PLEASED else "complaint_displeased")
