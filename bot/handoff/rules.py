"""Pure decisions of the desk: the order of a line, who is asked next and who is waited for, when an absent rep loses
what.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bot.desks.model import DeskRules, Order, Strategy

# A silent screen: no new offers, then its offer is withdrawn, then unanswered customers go back to the head of the
# line.
NO_OFFERS_AFTER_S = 30.0
WITHDRAW_OFFER_AFTER_S = 60.0
REQUEUE_AFTER_S = 120.0
ASK_AGAIN_AFTER = timedelta(seconds=10)
# A timer that did not run for so long, or a Redis that was away: nobody's screen could be heard meanwhile.
DEAF_AFTER_S = 10.0
# One point of priority is worth a minute of waiting, so nobody starves behind a stream of urgent cases.
PRIORITY_WORTH_S = 60.0
# With Order.WINDOW, who may be answered for no longer than this stands just behind the urgent ones.
CLOSING_WITHIN = timedelta(hours=4)
# What a message of the customer opens (bot/delivery/model.py).
WINDOW = timedelta(hours=48)
EXPECTED_MINUTES_EACH = 3
# Somebody able was ready for so long and the chat still waits: no rule explains that.
STUCK_AFTER = timedelta(minutes=5)
# What a desk falls back to that no rules name any more.
FALLBACK = "general"


class Priority(IntEnum):
    """Classes of urgency, in points; what lies between two is a mixture (an elder who complains)."""

    NORMAL = 0
    ELDER = 20
    COMPLAINT = 80
    SUSPECTED_FRAUD = 90
    URGENT = 100


HURRIED_POINTS = Priority.SUSPECTED_FRAUD


@dataclass(frozen=True)
class Candidate:
    """A rep as routing sees him. `load` is the weight of what he has, is asked about and still wraps up."""

    username: str
    skills: tuple[str, ...]
    capacity: int
    load: int
    idle_since: datetime
    has_offer: bool
    silent_s: float
    last_offered_at: datetime | None = None
    is_on_shift: bool = True


@dataclass(frozen=True)
class Waiting:
    """A waiting chat as routing sees it. `wished` was named by whoever handed it on, `barred` may never have it."""

    id: int
    skill: str
    version: int
    offer_id: int
    queued_at: datetime
    rank: float
    wished: str | None = None
    dedicated: str | None = None
    last_rep: str | None = None
    barred: str | None = None
    declined_by: Sequence[str] = ()
    may_ask_again: bool = True


def rank(queued_at: datetime, priority: int) -> float:
    """The place in a line; smaller is sooner."""
    return queued_at.timestamp() - priority * PRIORITY_WORTH_S


def rank_in(order: Order, queued_at: datetime, priority: int, closes_at: datetime | None, now: datetime) -> float:
    """The place in a desk's line now, by its order; `closes_at` is when the customer can no longer be answered.

    With Order.WINDOW the last hours count as a priority just below the urgent ones, the sooner they end the more:
    who waited even longer than that is worth still goes first, so nobody starves.
    """
    usual = rank(queued_at, priority)
    if order is not Order.WINDOW or closes_at is None or not now < closes_at <= now + CLOSING_WITHIN:
        return usual
    points = HURRIED_POINTS - (closes_at - now) / CLOSING_WITHIN
    return min(usual, now.timestamp() - points * PRIORITY_WORTH_S)


def weight_for(weight: int, capacity: int) -> int:
    """What a chat of this desk's weight takes of a rep: never more than all of him, or nobody could serve it."""
    return max(1, min(weight, capacity))


def may_be_asked(candidate: Candidate, skill: str, weight: int = 1) -> bool:
    """True when this rep can be offered a chat of this desk now."""
    return (
        may_be_waited_for(candidate, skill)
        and candidate.load + weight_for(weight, candidate.capacity) <= candidate.capacity
        and not candidate.has_offer
    )


def may_be_waited_for(candidate: Candidate, skill: str) -> bool:
    """True for a rep who serves the desk, is there and on shift, though his hands may be full."""
    return skill in candidate.skills and candidate.is_on_shift and candidate.silent_s < NO_OFFERS_AFTER_S


def choose_rep(
    chat: Waiting, reps: Mapping[str, Candidate], desk: DeskRules, deputies: Mapping[str, str], now: datetime
) -> Candidate | None:
    """Who is asked next; None while nobody can be, or while it is worth waiting for one who knows the customer.

    The chain: whom the former rep named, the dedicated rep or his deputy, the last rep, the desk by its strategy, and
    in time the desk it overflows to. A rep who declined or missed this chat is asked again only when nobody else can
    be asked, and not at once.
    """
    waited_s = (now - chat.queued_at).total_seconds()
    patience_s = 0.0
    for username, wait_s in _chain(chat, desk, deputies):
        rep = reps.get(username)
        if rep is None or username in (chat.barred, *chat.declined_by) or not may_be_waited_for(rep, chat.skill):
            continue
        if may_be_asked(rep, chat.skill, desk.weight):
            return rep
        patience_s += wait_s
        if waited_s < patience_s:
            return None
    skills = [chat.skill]
    if desk.overflow_to is not None and 0 < desk.overflow_after_s <= waited_s:
        skills.append(desk.overflow_to)
    return _of_desks(chat, skills, reps.values(), desk)


def expected_minutes(ahead: int, reps: int) -> int:
    """A rounded guess of the wait, at least one minute."""
    return max(1, (ahead + 1) * EXPECTED_MINUTES_EACH // max(1, reps))


def _chain(chat: Waiting, desk: DeskRules, deputies: Mapping[str, str]) -> list[tuple[str, int]]:
    """Who goes before the desk, and for how long each is waited for; each once, at his first place."""
    chain: dict[str, int] = {}
    if chat.wished is not None:
        chain[chat.wished] = desk.dedicated_wait_s
    if chat.dedicated is not None and desk.dedicated_wait_s > 0:
        chain.setdefault(deputies.get(chat.dedicated, chat.dedicated), desk.dedicated_wait_s)
    if chat.last_rep is not None and desk.last_rep_wait_s > 0:
        chain.setdefault(chat.last_rep, desk.last_rep_wait_s)
    return list(chain.items())


def _of_desks(chat: Waiting, skills: Sequence[str], reps: Collection[Candidate], desk: DeskRules) -> Candidate | None:
    """The first of these desks with somebody to ask; those who turned the chat down come last."""
    for is_again in (False, True) if chat.may_ask_again else (False,):
        for skill in skills:
            able = [
                rep
                for rep in reps
                if rep.username != chat.barred
                and (rep.username in chat.declined_by) == is_again
                and may_be_asked(rep, skill, desk.weight)
            ]
            if able:
                return min(able, key=lambda rep: (*_preference(desk.strategy, rep), rep.username))
    return None


def _preference(strategy: Strategy, rep: Candidate) -> tuple[float, float]:
    """What makes a rep come sooner; ties go to whoever has been idle longest."""
    idle = rep.idle_since.timestamp()
    if strategy is Strategy.LEAST_BUSY:
        return rep.load / rep.capacity, idle
    if strategy is Strategy.ROUND_ROBIN:
        return rep.last_offered_at.timestamp() if rep.last_offered_at else 0.0, idle
    return idle, 0.0
