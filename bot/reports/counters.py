"""What is counted, each thing once, as a condition on a fact: the sums of a day are made from these conditions, and the
list of chats behind a figure is the rows that meet one (queries.py, drilling.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from bot.clock import local_day
from bot.complaints.model import Complaint, ComplaintState
from bot.customers.model import Follower
from bot.followups.model import Followup, FollowupState
from bot.followups.rules import GRACE
from bot.handoff.matters import Matter, MatterVerdict
from bot.handoff.model import Conversation, Outcome
from bot.quality.model import QualityCheck
from bot.reports.clocks import day_bounds, days_between
from bot.reports.metrics import Dimension
from bot.reports.model import Ending, HandoffFact, OfferAnswer, Stint
from bot.reports.spans import seconds_from

EVERY_DESK = "*"
QUICK_MS = 20_000
# Who is gone sooner than this mistapped.
SHORT_MS = 5_000
SATISFIED = 4
SETTLED_AFTER = timedelta(hours=24)
COMPLAINT_DESK = "complaint"

Condition = ColumnElement[bool]
Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True)
class Facts:
    """Rows of one kind. `of_days` picks those of some days, `chat` is the conversation a row belongs to.

    `counters` are conditions, `totals` numbers to add up, `lengths` columns in ms whose values are counted by the
    second.
    """

    of_days: Condition
    counters: Mapping[str, Condition]
    dimensions: Mapping[Dimension, Column]
    desk: Column
    root: Any
    chat: Column
    joins: tuple[tuple[Any, Condition], ...] = ()
    totals: Mapping[str, Column] = field(default_factory=dict)
    lengths: Mapping[str, Column] = field(default_factory=dict)


def handoffs(first: date, last: date, now: datetime) -> Facts:
    """Wishes for a person, by the day they were made on."""
    fact, chat = HandoffFact, Conversation
    is_accepted = fact.accepted_at.is_not(None)
    gave_up = and_(fact.accepted_at.is_(None), fact.ending == Ending.GAVE_UP)
    is_settled = or_(fact.returned_at.is_not(None), fact.ended_at <= now - SETTLED_AFTER)
    finished = and_(fact.ending == Ending.CLOSED, is_accepted, is_settled)
    ended = and_(fact.ending == Ending.CLOSED, is_accepted)
    outcomes = {f"outcome_{one.value}": and_(ended, chat.outcome == one) for one in Outcome}
    return Facts(
        of_days=fact.arrived_on.between(first, last),
        root=fact,
        chat=fact.conversation_id,
        joins=((chat, chat.id == fact.conversation_id),),
        desk=fact.desk,
        dimensions={
            Dimension.ALL: literal(""),
            Dimension.HOUR: fact.hour,
            Dimension.REP: fact.rep,
            Dimension.BRANCH: fact.branch,
            Dimension.PRODUCT: fact.product,
            Dimension.SOURCE: fact.source,
            Dimension.MATTER: fact.matter,
        },
        counters={
            "arrivals": true(),
            "accepted": is_accepted,
            "in_20s": and_(is_accepted, fact.wait_ms <= QUICK_MS),
            "gave_up": and_(gave_up, fact.wait_ms > SHORT_MS),
            "gave_up_short": and_(gave_up, fact.wait_ms <= SHORT_MS),
            "waiting": and_(fact.accepted_at.is_(None), fact.ended_at.is_(None)),
            "transferred": fact.transfers > 0,
            "requeued": fact.requeues > 0,
            "finished": finished,
            "returned": and_(finished, fact.returned_at.is_not(None)),
            "ended": ended,
            "rating_asked": and_(ended, chat.rating_asked_at.is_not(None)),
            "rated": and_(ended, chat.rating.is_not(None)),
            "satisfied": and_(ended, chat.rating >= SATISFIED),
            **outcomes,
        },
        lengths={"waits": case((is_accepted, fact.wait_ms)), "replies": fact.reply_ms},
    )


def stints(first: date, last: date, _now: datetime) -> Facts:
    """Parts of reps in chats, by the day of the offer or the accept."""
    is_offered = Stint.offered_at.is_not(None)
    return Facts(
        of_days=Stint.began_on.between(first, last),
        root=Stint,
        chat=Stint.conversation_id,
        desk=Stint.desk,
        dimensions={Dimension.ALL: literal(""), Dimension.HOUR: Stint.hour, Dimension.REP: Stint.rep},
        counters={
            "offers": is_offered,
            "missed": Stint.answer == OfferAnswer.MISSED,
            "declined": Stint.answer == OfferAnswer.DECLINED,
            "served": Stint.accepted_at.is_not(None),
            "handled": Stint.handle_ms.is_not(None),
            "handed_on": Stint.ending == Ending.TRANSFERRED,
        },
        totals={"handle_ms": func.coalesce(Stint.handle_ms, 0)},
        lengths={"own_replies": Stint.reply_ms},
    )


def talks(first: date, last: date, now: datetime) -> Facts:
    """Conversations in which a customer said something, by the day they began on."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    chat = Conversation
    asked = exists().where(HandoffFact.conversation_id == chat.id)
    mine = Matter.conversation_id == chat.id
    unhappy = exists().where(mine, Matter.verdict == MatterVerdict.UNSOLVED)
    happy = exists().where(mine, Matter.verdict == MatterVerdict.SOLVED)
    following = chat.__table__.alias("following")
    came_back = exists().where(
        following.c.follower_id == chat.follower_id,
        following.c.id > chat.id,
        seconds_from(chat.last_customer_at, following.c.opened_at) < SETTLED_AFTER.total_seconds(),
    )
    alone = and_(~asked, or_(happy, unhappy, chat.last_customer_at <= now - SETTLED_AFTER))
    return Facts(
        of_days=and_(chat.opened_at >= start, chat.opened_at < end, chat.last_customer_at.is_not(None)),
        root=chat,
        chat=chat.id,
        joins=((Follower, Follower.id == chat.follower_id),),
        # The bot serves for all desks.
        desk=literal(EVERY_DESK),
        dimensions={
            Dimension.ALL: literal(""),
            Dimension.BRANCH: Follower.branch,
            Dimension.SOURCE: chat.source,
        },
        counters={
            "talks": true(),
            "asked_person": asked,
            "alone": alone,
            "alone_solved": and_(alone, ~unhappy, or_(happy, ~came_back)),
        },
    )


def promises(first: date, last: date, now: datetime) -> Facts:
    """Call-backs, by the day they were due on; those that may still be called in time are nobody's failure."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    has_ended = Followup.state != FollowupState.OPEN
    # What was called for or missed is written down when it happens; of rows without, only the end is known.
    ended_in_time = and_(has_ended, Followup.kept_on_time.is_(None), Followup.done_at <= Followup.due_at)
    return Facts(
        of_days=and_(Followup.due_at >= start, Followup.due_at < end, or_(Followup.due_at < now - GRACE, has_ended)),
        root=Followup,
        chat=Followup.conversation_id,
        desk=Followup.skill,
        dimensions={Dimension.ALL: literal(""), Dimension.REP: Followup.owner},
        counters={"promised": true(), "kept": or_(Followup.kept_on_time.is_(True), ended_in_time)},
    )


def complaints(first: date, last: date, now: datetime) -> Facts:
    """Complaints, by the last day of their clock; those whose day is not over are nobody's failure."""
    is_closed = Complaint.state == ComplaintState.CLOSED
    days = days_between(first, last)
    in_time = [and_(Complaint.due_on == day, Complaint.closed_at < day_bounds(day)[1]) for day in days]
    return Facts(
        of_days=and_(Complaint.due_on.between(first, last), or_(is_closed, Complaint.due_on < local_day(now))),
        root=Complaint,
        chat=Complaint.conversation_id,
        desk=literal(COMPLAINT_DESK),
        dimensions={Dimension.ALL: literal(""), Dimension.REP: Complaint.handler},
        counters={"complaints": true(), "complaints_on_time": and_(is_closed, or_(*in_time))},
    )


def checks(first: date, last: date, _now: datetime) -> Facts:
    """Scored quality checks, by the day of the score."""
    return Facts(
        of_days=QualityCheck.scored_on.between(first, last),
        root=QualityCheck,
        chat=QualityCheck.conversation_id,
        desk=QualityCheck.desk,
        dimensions={Dimension.ALL: literal(""), Dimension.REP: QualityCheck.rep},
        counters={"quality_scored": true(), "quality_fatal": QualityCheck.is_fatal.is_(True)},
        totals={"quality_points": func.coalesce(QualityCheck.score, 0)},
    )


MAKERS: tuple[Callable[[date, date, datetime], Facts], ...] = (handoffs, stints, talks, promises, complaints, checks)
