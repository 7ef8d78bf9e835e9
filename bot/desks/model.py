"""How a desk deals out its chats: the rules a supervisor may change while it is open."""

from dataclasses import dataclass
from enum import StrEnum


class Strategy(StrEnum):
    """Whom a desk asks first among those who have room."""

    LONGEST_IDLE = "longest_idle"
    LEAST_BUSY = "least_busy"
    ROUND_ROBIN = "round_robin"


class Order(StrEnum):
    """Who is served first: by waiting and priority, or, inside the last hours, by whose message window ends first."""

    WAITING = "waiting"
    WINDOW = "window"


@dataclass(frozen=True)
class DeskRules:
    """The rules of one desk. Every time is in seconds and, except for `offer_s` and `wrap_up_s`, 0 means: never.

    `weight` is what one of its chats takes of a rep's capacity. A chat is first offered to the dedicated rep (or his
    deputy) for `dedicated_wait_s`, then to the last rep for `last_rep_wait_s`, then to the desk, and after
    `overflow_after_s` of waiting to the desk `overflow_to` as well. A rep who leaves a customer without a first answer
    for `first_reply_s` loses the chat.
    """

    strategy: Strategy
    order: Order
    weight: int
    offer_s: int
    misses_before_break: int
    dedicated_wait_s: int
    last_rep_wait_s: int
    overflow_to: str | None
    overflow_after_s: int
    first_reply_s: int
    wrap_up_s: int
