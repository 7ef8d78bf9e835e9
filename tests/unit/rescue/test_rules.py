"""What would be lost with a window, and what becomes of it."""

from datetime import timedelta

import pytest

from bot.handoff.model import Owner
from bot.rescue.model import RescueState, Why
from bot.rescue.rules import Chat, ends_at, settled, why
from tests.factories import MORNING as HEARD

HOUR = timedelta(hours=1)
FOUND = HEARD + 46 * HOUR
END = HEARD + 48 * HOUR


def chat(owner: Owner = Owner.ACTIVE, rep_h: float | None = None, promised_h: float | None = None) -> Chat:
    """A chat whose customer spoke at HEARD; hours count from there."""
    rep_at = None if rep_h is None else HEARD + rep_h * HOUR
    return Chat(owner, HEARD, rep_at, None if promised_h is None else HEARD + promised_h * HOUR)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (chat(Owner.QUEUED), Why.UNANSWERED),
        (chat(Owner.QUEUED, rep_h=1), Why.UNANSWERED),
        (chat(Owner.OFFERED), Why.UNANSWERED),
        (chat(Owner.ACTIVE), Why.UNANSWERED),
        (chat(Owner.ACTIVE, rep_h=-1), Why.UNANSWERED),
        (chat(Owner.ACTIVE, rep_h=1), Why.IDLE),
        (chat(Owner.ACTIVE, rep_h=1, promised_h=48), Why.IDLE),
        (chat(Owner.ACTIVE, rep_h=1, promised_h=50), Why.PROMISE_LATER),
        (chat(Owner.BOT), None),
        (chat(Owner.CLOSED), None),
    ],
)
def test_what_would_be_lost(found: Chat, reason: Why | None) -> None:
    assert why(found) is reason


def test_a_window_is_48_hours_after_the_customers_word() -> None:
    assert ends_at(chat()) == END


@pytest.mark.parametrize(
    ("now_chat", "state", "reason", "hours", "becomes"),
    [
        (chat(), RescueState.OPEN, Why.UNANSWERED, 47, None),
        (chat(rep_h=1), RescueState.OPEN, Why.IDLE, 47, None),
        (chat(rep_h=47), RescueState.OPEN, Why.UNANSWERED, 47.5, RescueState.SPOKEN),
        (chat(Owner.CLOSED), RescueState.OPEN, Why.UNANSWERED, 47, RescueState.OVER),
        (chat(), RescueState.OPEN, Why.UNANSWERED, 48, RescueState.LAPSED),
        (chat(Owner.QUEUED), RescueState.OPEN, Why.UNANSWERED, 48, RescueState.LAPSED),
        (chat(rep_h=1), RescueState.OPEN, Why.IDLE, 48, RescueState.LAPSED),
        (chat(promised_h=50), RescueState.OPEN, Why.UNANSWERED, 48, RescueState.PROMISED),
        (chat(), RescueState.INVITED, Why.UNANSWERED, 47, None),
        (chat(), RescueState.INVITED, Why.UNANSWERED, 48, RescueState.LAPSED),
        (chat(rep_h=1), RescueState.INVITED, Why.IDLE, 48, RescueState.OVER),
    ],
)
def test_what_becomes_of_a_window(
    now_chat: Chat, state: RescueState, reason: Why, hours: float, becomes: RescueState | None
) -> None:
    assert settled(now_chat, state, reason, HEARD, FOUND, HEARD + hours * HOUR) is becomes


def test_the_customers_next_word_opens_another_window() -> None:
    assert settled(chat(), RescueState.OPEN, Why.UNANSWERED, HEARD - HOUR, FOUND, FOUND) is RescueState.SPOKEN
