"""The state of one chat with the bot, kept beside the conversation row, and what makes it stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

IDLE = timedelta(minutes=30)
# Known for the whole contact: that somebody finds screens hard, and that he had his one hint.
ELDER, HINTED = "elder", "hinted"
# Set when a rep gave the chat back to the bot (bot/handoff/transitions.py).
RETURNED = "returned"
# The title of the article that led him here (bot/results/touches.py).
ARTICLE = "article"


@dataclass(frozen=True)
class Session:
    """Where the dialogue stands.

    `flow` and `step` name who is waiting for an answer (None: nobody). `slots` are what the follower told,
    kept through the whole session so that nothing is asked twice. `misses` counts turns in a row that were not
    understood. `tried` are the answers given so far, newest last, for the rep's card. `guide` is the step
    guide in hand: its id and the step the follower is at. `paused` is the flow and step another question
    interrupted. `offered` are the lines (id, text) under the last answer, so that a typed
    label counts as a tap. `guesses` are the intents the last message could also have meant, best first, for whoever
    says that he was misunderstood. `introduced` says that the follower was told who is speaking.
    """

    flow: str | None = None
    step: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0
    tried: tuple[str, ...] = ()
    guide: tuple[str, int] | None = None
    last_intent: str | None = None
    paused: tuple[str, str] | None = None
    offered: tuple[tuple[str, str], ...] = ()
    introduced: bool = False
    guesses: tuple[str, ...] = ()

    def waiting_in(self, flow: str, step: str) -> "Session":
        """The same session, now waiting for an answer in this flow."""
        return replace(self, flow=flow, step=step)

    def idle(self) -> "Session":
        """The same session, waiting for nothing; slots stay."""
        return replace(self, flow=None, step=None)

    def with_slots(self, **values: Any) -> "Session":
        """The same session knowing more; None values change nothing."""
        known = {name: value for name, value in values.items() if value is not None}
        return replace(self, slots={**self.slots, **known})

    def to_json(self) -> dict[str, Any]:
        """A plain dict for the conversation row; the inverse of from_json."""
        return {
            "flow": self.flow,
            "step": self.step,
            "slots": dict(self.slots),
            "misses": self.misses,
            "tried": list(self.tried),
            "guide": list(self.guide) if self.guide else None,
            "last_intent": self.last_intent,
            "paused": list(self.paused) if self.paused else None,
            "offered": [list(line) for line in self.offered],
            "introduced": self.introduced,
            "guesses": list(self.guesses),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Session":
        """The session of a conversation row; an empty dict is a new session."""
        guide, paused = row.get("guide"), row.get("paused")
        return cls(
            flow=row.get("flow"),
            step=row.get("step"),
            slots=row.get("slots", {}),
            misses=row.get("misses", 0),
            tried=tuple(row.get("tried", ())),
            guide=(guide[0], guide[1]) if guide else None,
            last_intent=row.get("last_intent"),
            paused=(paused[0], paused[1]) if paused else None,
            offered=tuple((line[0], line[1]) for line in row.get("offered", ())),
            introduced=row.get("introduced", False),
            guesses=tuple(row.get("guesses", ())),
        )


def load(row: Mapping[str, Any], expires_at: datetime | None, now: datetime) -> Session:
    """The session of a conversation row, or a new one when it went stale; a step guide in hand survives, and what
    holds for the whole contact.
    """
    session = Session.from_json(row)
    if expires_at is None or now < expires_at:
        return session
    kept = {name: session.slots[name] for name in (ELDER, HINTED, RETURNED, ARTICLE) if name in session.slots}
    return Session(guide=session.guide, slots=kept)
