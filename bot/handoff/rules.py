"""Pure decisions of the desk: the order of a line, who is asked next, when an absent rep loses what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

OFFER_FOR = timedelta(seconds=20)
# A silent screen: no new offers, then its offer is withdrawn, then unanswered customers go back to the head of the
# line.
NO_OFFERS_AFTER_S = 30.0
WITHDRAW_OFFER_AFTER_S = 60.0
REQUEUE_AFTER_S = 120.0
MISSES_BEFORE_BREAK = 2
ASK_AGAIN_AFTER = timedelta(seconds=10)
# A timer that did not run for so long, or a Redis that was away: nobody's screen could be heard meanwhile.
DEAF_AFTER_S = 10.0
# One point of priority is worth a minute of waiting, so nobody starves behind a stream of urgent cases.
PRIORITY_WORTH_S = 60.0
EXPECTED_MINUTES_EACH = 3


@dataclass(frozen=True)
class Candidate:
    """A rep as routing sees him. `load` counts chats he has and the one he is asked about."""

    username: str
    skills: tuple[str, ...]
    capacity: int
    load: int
    idle_since: datetime
    has_offer: bool
    silent_s: float


def rank(queued_at: datetime, priority: int) -> float:
    """The place in a line; smaller is sooner."""
    return queued_at.timestamp() - priority * PRIORITY_WORTH_S


def may_be_asked(candidate: Candidate, skill: str) -> bool:
    """True when this rep can be offered a chat of this desk now."""
    return (
        skill in candidate.skills
        and candidate.load < candidate.capacity
        and not candidate.has_offer
        and candidate.silent_s < NO_OFFERS_AFTER_S
    )


def choose_rep(
    candidates: Sequence[Candidate],
    skill: str,
    *,
    preferred: Sequence[str | None],
    declined_by: Sequence[str],
    may_ask_again: bool,
) -> Candidate | None:
    """Who is asked next: the dedicated rep, then the last one, then whoever has been idle longest; None when nobody
    can.

    A rep who declined or missed this chat is asked again only when nobody else of the desk can be asked now, and not
    at once (`may_ask_again`).
    """
    able = [candidate for candidate in candidates if may_be_asked(candidate, skill)]
    fresh = [candidate for candidate in able if candidate.username not in declined_by]
    if fresh or not may_ask_again:
        able = fresh
    for username in preferred:
        for candidate in able:
            if candidate.username == username:
                return candidate
    return min(able, key=lambda candidate: (candidate.idle_since, candidate.username), default=None)


def expected_minutes(ahead: int, reps: int) -> int:
    """A rounded guess of the wait, at least one minute."""
    return max(1, (ahead + 1) * EXPECTED_MINUTES_EACH // max(1, reps))
